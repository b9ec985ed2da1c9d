/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures what a watch says, judges it, and records what came of it. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-watcher.h"

#include "cs-error.h"
#include "cs-watched-probe.h"

#include <string.h>

/** CALM: microseconds between two records of verdicts about one bound that are not bad */
#define CALM ((gint64) 60 * G_USEC_PER_SEC)
/** COMPACTION: microseconds between two times at which old measurements are summed up */
#define COMPACTION ((gint64) 3600 * G_USEC_PER_SEC)

struct _CsWatcher
{
  GObject parent_instance;

  CsWatch *watch;
  CsProber *prober;
  CsSeriesStore *series;
  CsWatchClock *clock;
  char *actor;
  gboolean running;
  GPtrArray *probes; /* of CsWatchedProbe, as the watch has them */
  gulong changed_handler;
  guint countdown_call;
  guint compaction_call;
  GHashTable *noted;  /* id of a bound → gint64: when its verdict was recorded last */
  GHashTable *noting; /* ids of the bounds whose verdict is being recorded */
  gint64 firing;      /* n of the alarm that is being fired; -1 */
  gint64 told;        /* alarms before this record were told of */
};

enum
{
  MEASURED,
  ALARM,
  ROLLBACK_DUE,
  TROUBLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsWatcher, cs_watcher, G_TYPE_OBJECT)

/* A probe on its way: it may be gone when the answer comes. */
typedef struct
{
  CsWatcher *watcher;
  char *probe;
  GCancellable *measuring;
} Errand;

static Errand *
errand_new (CsWatcher *self, CsWatchedProbe *watched)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->watcher = g_object_ref (self);
  errand->probe = g_strdup (watched->probe->id);
  errand->measuring = g_object_ref (watched->measuring);
  return errand;
}

static void
errand_free (Errand *self)
{
  g_object_unref (self->watcher);
  g_object_unref (self->measuring);
  g_free (self->probe);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static CsWatchedProbe *
find (CsWatcher *self, const char *id)
{
  for (guint i = 0; i < self->probes->len; i++)
    {
      CsWatchedProbe *watched = self->probes->pdata[i];

      if (strcmp (watched->probe->id, id) == 0)
        return watched;
    }
  return NULL;
}

static CsWatchedProbe *
find_of_errand (Errand *errand)
{
  CsWatchedProbe *watched = find (errand->watcher, errand->probe);

  return watched != NULL && watched->measuring == errand->measuring ? watched : NULL;
}

static void
tell_trouble (CsWatcher *self, const GError *error)
{
  g_signal_emit (self, signals[TROUBLE], 0, error);
}

static void watch_countdown (CsWatcher *self);

static void
fired_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsWatcher) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 n = self->firing;

  self->firing = -1;
  if (!cs_watch_act_finish (self->watch, result, &error))
    {
      /* Somebody else fired or stopped it, or it could not be recorded: then it is tried again. */
      if (!g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT) &&
          !g_error_matches (error, CS_ERROR, CS_ERROR_REFUSED))
        tell_trouble (self, error);
      watch_countdown (self);
      return;
    }
  for (guint i = 0; i < cs_watch_get_alarms (self->watch)->len; i++)
    {
      CsAlarm *alarm = cs_watch_get_alarms (self->watch)->pdata[i];

      if (alarm->n == n)
        g_signal_emit (self, signals[ROLLBACK_DUE], 0, alarm);
    }
}

/* What led to the alarm has to be so still: of what recovered meanwhile, or is not known to be bad
 * any more, nobody has to be saved. */
static gboolean
is_still_bad (CsWatcher *self, const CsAlarm *alarm)
{
  CsJudge *judge = cs_watcher_get_judge (self, alarm->criterion);

  return judge != NULL && cs_judge_look (judge, cs_watch_clock_now (self->clock)) == CS_WATCH_BAD;
}

static void
countdown_over_cb (gpointer user_data)
{
  CsWatcher *self = user_data;
  const CsAlarm *alarm = cs_watch_get_counting_alarm (self->watch);
  gint64 now = cs_watch_clock_now (self->clock);

  self->countdown_call = 0;
  if (alarm == NULL || self->firing >= 0 || !self->running)
    return;
  if (now < alarm->fires_at || !is_still_bad (self, alarm))
    {
      watch_countdown (self);
      return;
    }
  self->firing = alarm->n;
  cs_watch_note_fired_async (self->watch, self->actor, alarm, now, fired_cb, g_object_ref (self));
}

/* Once it is over, it is looked at again with each second, until it is bad, settled or stopped. */
static void
watch_countdown (CsWatcher *self)
{
  const CsAlarm *alarm = cs_watch_get_counting_alarm (self->watch);

  cs_watch_clock_remove (self->clock, self->countdown_call);
  self->countdown_call = 0;
  if (alarm == NULL || !self->running || self->firing >= 0)
    return;
  self->countdown_call =
    cs_watch_clock_add (self->clock,
                        MAX (alarm->fires_at, cs_watch_clock_now (self->clock) + G_USEC_PER_SEC),
                        countdown_over_cb, self);
}

static void
tell_alarms (CsWatcher *self)
{
  GPtrArray *alarms = cs_watch_get_alarms (self->watch);

  for (guint i = 0; i < alarms->len; i++)
    {
      CsAlarm *alarm = alarms->pdata[i];

      if (alarm->n < self->told)
        continue;
      self->told = alarm->n + 1;
      if (cs_alarm_is_open (alarm))
        g_signal_emit (self, signals[ALARM], 0, alarm);
    }
}

typedef struct
{
  CsWatcher *watcher;
  char *criterion;
} Noting;

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Noting *noting = user_data;
  g_autoptr (CsWatcher) self = noting->watcher;
  g_autofree char *criterion = noting->criterion;
  g_autoptr (GError) error = NULL;

  g_free (noting);
  g_hash_table_remove (self->noting, criterion);
  if (cs_watch_act_finish (self->watch, result, &error))
    return;
  /* It is judged again with the next sample. */
  g_hash_table_remove (self->noted, criterion);
  if (!g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT))
    tell_trouble (self, error);
}

static gboolean
is_worth_a_record (CsWatcher *self, CsJudge *judge, gint64 now)
{
  const char *id = cs_judge_get_criterion (judge)->id;
  const CsWatchJudgement *recorded = cs_watch_get_judgement (self->watch, id);
  const gint64 *last = g_hash_table_lookup (self->noted, id);
  CsWatchVerdict verdict = cs_judge_get_verdict (judge);

  if (g_hash_table_contains (self->noting, id))
    return FALSE;
  if (recorded == NULL)
    return verdict != CS_WATCH_INCONCLUSIVE;
  if (verdict == recorded->verdict)
    return FALSE;
  /* What goes to and fro fills no journal; but nothing bad waits, nor does the end of an alarm. */
  return verdict == CS_WATCH_BAD || last == NULL || now - *last >= CALM ||
         (verdict == CS_WATCH_GOOD && cs_watch_find_open_alarm (self->watch, id) != NULL);
}

static void
note_verdict (CsWatcher *self, CsJudge *judge, gint64 now)
{
  const CsCriterion *criterion = cs_judge_get_criterion (judge);
  Noting *noting;

  if (!is_worth_a_record (self, judge, now) || cs_watch_is_ended (self->watch))
    return;
  noting = g_new0 (Noting, 1);
  noting->watcher = g_object_ref (self);
  noting->criterion = g_strdup (criterion->id);
  g_hash_table_add (self->noting, g_strdup (criterion->id));
  g_hash_table_replace (self->noted, g_strdup (criterion->id), g_memdup2 (&now, sizeof now));
  cs_watch_note_verdict_async (self->watch, self->actor, criterion, cs_judge_get_verdict (judge),
                               cs_judge_get_reason (judge), now, noted_cb, noting);
}

static void plan (CsWatcher *self, CsWatchedProbe *watched);

static void
keep (CsWatcher *self, CsWatchedProbe *watched, const CsSample *sample)
{
  g_autofree char *name = cs_watch_dup_series (self->watch, watched->probe);
  CsSeriesPoint point = { sample->at,
                          sample->state,
                          { sample->value, sample->time, sample->first_byte } };

  if (self->series != NULL)
    cs_series_store_add (self->series, name, &point);
}

static void
measured_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) errand = user_data;
  CsWatcher *self = errand->watcher;
  CsWatchedProbe *watched = find_of_errand (errand);
  g_autofree char *detail = NULL;
  CsSample sample;

  if (!cs_prober_measure_finish (CS_PROBER (source), result, &sample, &detail, NULL) ||
      watched == NULL)
    return;
  g_clear_object (&watched->measuring);
  g_free (watched->detail);
  watched->detail = g_steal_pointer (&detail);
  watched->n_measured++;
  cs_watched_probe_add (watched, &sample);
  keep (self, watched, &sample);
  for (guint i = 0; i < watched->judges->len; i++)
    note_verdict (self, watched->judges->pdata[i], sample.at);
  plan (self, watched);
  g_signal_emit (self, signals[MEASURED], 0, errand->probe);
}

static void
due_cb (gpointer user_data)
{
  CsWatchedProbe *watched = user_data;
  CsWatcher *self = watched->owner;

  watched->call = 0;
  watched->measuring = g_cancellable_new ();
  cs_prober_measure_async (self->prober, watched->probe, watched->measuring, measured_cb,
                           errand_new (self, watched));
}

static void
plan (CsWatcher *self, CsWatchedProbe *watched)
{
  cs_watched_probe_plan (watched, cs_watch_clock_now (self->clock));
  watched->call = cs_watch_clock_add (self->clock, watched->due, due_cb, watched);
}

/* What was measured by an earlier program counts as if it had been measured by this one. */
static void
replay (CsWatchedProbe *watched, GArray *buckets)
{
  for (guint i = 0; i < buckets->len; i++)
    {
      const CsSeriesBucket *bucket = &g_array_index (buckets, CsSeriesBucket, i);
      CsSample sample = { bucket->at, CS_SAMPLE_GOOD, bucket->ranges[0].sum, bucket->ranges[1].sum,
                          bucket->ranges[2].sum };

      if (bucket->width != 0)
        continue;
      while (sample.state < CS_SAMPLE_ERROR && bucket->states[sample.state] == 0)
        sample.state++;
      cs_watched_probe_add (watched, &sample);
    }
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Errand) errand = user_data;
  CsWatcher *self = errand->watcher;
  CsWatchedProbe *watched = find_of_errand (errand);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) buckets =
    cs_series_store_read_finish (CS_SERIES_STORE (source), result, &error);

  if (watched == NULL)
    return;
  g_clear_object (&watched->measuring);
  if (buckets != NULL)
    replay (watched, buckets);
  else
    tell_trouble (self, error);
  plan (self, watched);
}

static void
begin (CsWatcher *self, CsWatchedProbe *watched)
{
  g_autofree char *name = cs_watch_dup_series (self->watch, watched->probe);
  gint64 now = cs_watch_clock_now (self->clock);

  watched->owner = self;
  if (self->series == NULL)
    {
      plan (self, watched);
      return;
    }
  watched->measuring = g_cancellable_new ();
  cs_series_store_read_async (self->series, name, now - cs_watched_probe_get_span (watched), now,
                              watched->measuring, read_cb, errand_new (self, watched));
}

static void
free_probe (gpointer data)
{
  CsWatchedProbe *watched = data;
  CsWatcher *self = watched->owner;

  cs_watch_clock_remove (self->clock, watched->call);
  cs_watched_probe_free (watched);
}

/* The probe as it is measured already, taken out of the list; NULL if it is new or has changed. */
static CsWatchedProbe *
take_same (CsWatcher *self, const CsProbe *probe, GPtrArray *criteria)
{
  for (guint i = 0; i < self->probes->len; i++)
    {
      CsWatchedProbe *watched = self->probes->pdata[i];

      if (cs_watched_probe_is_same (watched, probe, criteria))
        return g_ptr_array_steal_index (self->probes, i);
    }
  return NULL;
}

/* Begins what is new, ends what is gone, and leaves alone what is as it was. */
static void
follow_plan (CsWatcher *self)
{
  GPtrArray *wanted = cs_watch_get_probes (self->watch);
  GPtrArray *criteria = cs_watch_get_criteria (self->watch);
  g_autoptr (GPtrArray) probes = g_ptr_array_new_with_free_func (free_probe);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();

  for (guint i = 0; i < wanted->len && !cs_watch_is_ended (self->watch); i++)
    {
      CsWatchedProbe *watched = take_same (self, wanted->pdata[i], criteria);

      if (watched == NULL)
        {
          watched = cs_watched_probe_new (wanted->pdata[i], criteria);
          g_ptr_array_add (fresh, watched);
        }
      g_ptr_array_add (probes, watched);
    }
  g_ptr_array_unref (self->probes);
  self->probes = g_steal_pointer (&probes);
  for (guint i = 0; i < fresh->len; i++)
    begin (self, fresh->pdata[i]);
}

static void
changed_cb (CsWatch *watch, CsWatcher *self)
{
  follow_plan (self);
  watch_countdown (self);
  tell_alarms (self);
}

static void
compacted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsWatcher) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_series_store_compact_finish (CS_SERIES_STORE (source), result, &error))
    tell_trouble (self, error);
}

static void
compact_cb (gpointer user_data)
{
  CsWatcher *self = user_data;
  gint64 now = cs_watch_clock_now (self->clock);

  cs_series_store_compact_async (self->series, now, compacted_cb, g_object_ref (self));
  self->compaction_call = cs_watch_clock_add (self->clock, now + COMPACTION, compact_cb, self);
}

static void
cs_watcher_dispose (GObject *object)
{
  CsWatcher *self = CS_WATCHER (object);

  if (self->watch != NULL)
    cs_watcher_stop (self);
  g_clear_object (&self->watch);
  g_clear_object (&self->prober);
  g_clear_object (&self->series);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (cs_watcher_parent_class)->dispose (object);
}

static void
cs_watcher_finalize (GObject *object)
{
  CsWatcher *self = CS_WATCHER (object);

  g_ptr_array_unref (self->probes);
  g_hash_table_unref (self->noted);
  g_hash_table_unref (self->noting);
  g_free (self->actor);

  G_OBJECT_CLASS (cs_watcher_parent_class)->finalize (object);
}

static void
cs_watcher_class_init (CsWatcherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cs_watcher_dispose;
  object_class->finalize = cs_watcher_finalize;

  signals[MEASURED] = g_signal_new ("measured", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ALARM] = g_signal_new ("alarm", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[ROLLBACK_DUE] = g_signal_new ("rollback-due", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[TROUBLE] = g_signal_new ("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cs_watcher_init (CsWatcher *self)
{
  self->probes = g_ptr_array_new_with_free_func (free_probe);
  self->noted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->noting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->firing = -1;
}

/**
 * cs_watcher_new:
 * @watch: what is measured
 * @prober: who measures
 * @series: (nullable): where measurements are kept
 * @clock: the time by which it goes
 * @actor: in whose name it is recorded
 *
 * Returns: (transfer full): a watcher that does nothing yet
 */
CsWatcher *
cs_watcher_new (CsWatch *watch,
                CsProber *prober,
                CsSeriesStore *series,
                CsWatchClock *clock,
                const char *actor)
{
  CsWatcher *self = g_object_new (CS_TYPE_WATCHER, NULL);

  self->watch = g_object_ref (watch);
  self->prober = g_object_ref (prober);
  g_set_object (&self->series, series);
  self->clock = g_object_ref (clock);
  self->actor = g_strdup (actor);
  return self;
}

/**
 * cs_watcher_start:
 * @self: a watcher
 *
 * Begins to measure what the watch says, and follows it. A countdown that another program left
 * behind goes on.
 */
void
cs_watcher_start (CsWatcher *self)
{
  g_return_if_fail (CS_IS_WATCHER (self));

  if (self->running)
    return;
  self->running = TRUE;
  self->changed_handler =
    g_signal_connect (self->watch, "changed", G_CALLBACK (changed_cb), self);
  if (self->series != NULL)
    self->compaction_call =
      cs_watch_clock_add (self->clock, cs_watch_clock_now (self->clock) + COMPACTION / 60,
                          compact_cb, self);
  changed_cb (self->watch, self);
}

/**
 * cs_watcher_stop:
 * @self: a watcher
 *
 * Measures nothing any more; what is on its way is dropped.
 */
void
cs_watcher_stop (CsWatcher *self)
{
  g_return_if_fail (CS_IS_WATCHER (self));

  if (!self->running)
    return;
  self->running = FALSE;
  g_clear_signal_handler (&self->changed_handler, self->watch);
  cs_watch_clock_remove (self->clock, self->countdown_call);
  cs_watch_clock_remove (self->clock, self->compaction_call);
  self->countdown_call = 0;
  self->compaction_call = 0;
  g_ptr_array_set_size (self->probes, 0);
}

gboolean
cs_watcher_is_running (CsWatcher *self)
{
  g_return_val_if_fail (CS_IS_WATCHER (self), FALSE);
  return self->running;
}

gboolean
cs_watcher_is_busy (CsWatcher *self)
{
  g_return_val_if_fail (CS_IS_WATCHER (self), FALSE);

  for (guint i = 0; i < self->probes->len; i++)
    if (((CsWatchedProbe *) self->probes->pdata[i])->measuring != NULL)
      return TRUE;
  return g_hash_table_size (self->noting) > 0 || self->firing >= 0;
}

CsWatch *
cs_watcher_get_watch (CsWatcher *self)
{
  g_return_val_if_fail (CS_IS_WATCHER (self), NULL);
  return self->watch;
}

CsSamples *
cs_watcher_get_samples (CsWatcher *self, const char *probe_id)
{
  CsWatchedProbe *watched;

  g_return_val_if_fail (CS_IS_WATCHER (self) && probe_id != NULL, NULL);
  watched = find (self, probe_id);
  return watched != NULL ? watched->samples : NULL;
}

const char *
cs_watcher_get_detail (CsWatcher *self, const char *probe_id)
{
  CsWatchedProbe *watched;

  g_return_val_if_fail (CS_IS_WATCHER (self) && probe_id != NULL, NULL);
  watched = find (self, probe_id);
  return watched != NULL ? watched->detail : NULL;
}

/**
 * cs_watcher_get_judge:
 * @self: a watcher
 * @criterion_id: of a bound
 *
 * Returns: (transfer none) (nullable): who judges it, until the watch changes
 */
CsJudge *
cs_watcher_get_judge (CsWatcher *self, const char *criterion_id)
{
  g_return_val_if_fail (CS_IS_WATCHER (self) && criterion_id != NULL, NULL);

  for (guint i = 0; i < self->probes->len; i++)
    {
      CsWatchedProbe *watched = self->probes->pdata[i];

      for (guint j = 0; j < watched->judges->len; j++)
        if (strcmp (cs_judge_get_criterion (watched->judges->pdata[j])->id, criterion_id) == 0)
          return watched->judges->pdata[j];
    }
  return NULL;
}

guint64
cs_watcher_get_n_measured (CsWatcher *self, const char *probe_id)
{
  CsWatchedProbe *watched;

  g_return_val_if_fail (CS_IS_WATCHER (self) && probe_id != NULL, 0);
  watched = find (self, probe_id);
  return watched != NULL ? watched->n_measured : 0;
}

guint64
cs_watcher_get_n_missed (CsWatcher *self, const char *probe_id)
{
  CsWatchedProbe *watched;

  g_return_val_if_fail (CS_IS_WATCHER (self) && probe_id != NULL, 0);
  watched = find (self, probe_id);
  return watched != NULL ? watched->n_missed : 0;
}
