/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is watched for a deployment or a rollout, and what came of it: the fold of its stream. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-watch-private.h"

#include <string.h>

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsWatch, cs_watch, G_TYPE_OBJECT)

static void
cs_watch_dispose (GObject *object)
{
  CsWatch *self = CS_WATCH (object);

  g_clear_signal_handler (&self->appended_handler, self->store);
  g_clear_object (&self->store);
  g_clear_object (&self->people);

  G_OBJECT_CLASS (cs_watch_parent_class)->dispose (object);
}

static void
cs_watch_finalize (GObject *object)
{
  CsWatch *self = CS_WATCH (object);

  g_free (self->owner);
  g_free (self->stream);
  g_free (self->head);
  g_ptr_array_unref (self->probes);
  g_ptr_array_unref (self->criteria);
  g_ptr_array_unref (self->alarms);
  g_hash_table_unref (self->judgements);
  cs_consent_free (self->consent);

  G_OBJECT_CLASS (cs_watch_parent_class)->finalize (object);
}

static void
cs_watch_class_init (CsWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_watch_dispose;
  object_class->finalize = cs_watch_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_watch_init (CsWatch *self)
{
  self->head = g_strdup (CS_RECORD_NO_PREVIOUS);
  self->probes = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_probe_free);
  self->criteria = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_criterion_free);
  self->alarms = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_alarm_free);
  self->judgements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) cs_watch_judgement_free);
}

static void
appended_cb (CsStore *store, CsRecord *record, CsWatch *self)
{
  if (strcmp (cs_record_get_stream (record), self->stream) != 0 ||
      cs_record_get_n (record) != self->n_records)
    return;
  cs_watch_fold (self, record);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fold_all (CsWatch *self, GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++)
    if (cs_record_get_n (records->pdata[i]) == self->n_records)
      cs_watch_fold (self, records->pdata[i]);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsWatch *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  fold_all (self, records);
  if (self->appended_handler != 0)
    {
      g_task_return_pointer (task, g_object_ref (self), g_object_unref);
      return;
    }
  /* What others append between the reading and the signal is read once more. */
  self->appended_handler =
    g_signal_connect (self->store, "appended", G_CALLBACK (appended_cb), self);
  cs_store_read_async (self->store, self->stream, self->n_records, g_task_get_cancellable (task),
                       read_cb, g_object_ref (task));
}

/**
 * cs_watch_load_async:
 * @store: the journal
 * @people: who may consent
 * @owner: the stream of the deployment or rollout that is watched
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is folded
 * @user_data: for @callback
 */
void
cs_watch_load_async (CsStore *store,
                     CsPeople *people,
                     const char *owner,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  CsWatch *self = g_object_new (CS_TYPE_WATCH, NULL);

  g_return_if_fail (CS_IS_STORE (store) && CS_IS_PEOPLE (people) && owner != NULL);

  self->store = g_object_ref (store);
  self->people = g_object_ref (people);
  self->owner = g_strdup (owner);
  self->stream = g_strconcat (CS_WATCH_STREAM_PREFIX, owner, NULL);
  g_task_set_source_tag (task, cs_watch_load_async);
  g_task_set_task_data (task, self, g_object_unref);
  cs_store_read_async (store, self->stream, 0, cancellable, read_cb, g_steal_pointer (&task));
}

/**
 * cs_watch_load_finish:
 * @result: of the call
 * @error: as cs_store_read_finish()
 *
 * Returns: (transfer full) (nullable): the watch, which follows the store
 */
CsWatch *
cs_watch_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
cs_watch_get_owner (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), NULL);
  return self->owner;
}

const char *
cs_watch_get_stream (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), NULL);
  return self->stream;
}

gint64
cs_watch_get_n_records (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), 0);
  return self->n_records;
}

gboolean
cs_watch_is_begun (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), FALSE);
  return self->begun_at != 0;
}

gboolean
cs_watch_is_ended (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), FALSE);
  return self->ended;
}

gint64
cs_watch_get_begun_at (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), 0);
  return self->begun_at;
}

GPtrArray *
cs_watch_get_probes (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), NULL);
  return self->probes;
}

GPtrArray *
cs_watch_get_criteria (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), NULL);
  return self->criteria;
}

GPtrArray *
cs_watch_get_alarms (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), NULL);
  return self->alarms;
}

/**
 * cs_watch_find_probe:
 * @self: a watch
 * @id_or_name: what it is called
 *
 * Returns: (transfer none) (nullable): the probe, until the watch changes
 */
const CsProbe *
cs_watch_find_probe (CsWatch *self, const char *id_or_name)
{
  g_return_val_if_fail (CS_IS_WATCH (self) && id_or_name != NULL, NULL);

  for (guint i = 0; i < self->probes->len; i++)
    {
      const CsProbe *probe = self->probes->pdata[i];

      if (strcmp (probe->id, id_or_name) == 0 || strcmp (probe->name, id_or_name) == 0)
        return probe;
    }
  return NULL;
}

/**
 * cs_watch_find_criterion:
 * @self: a watch
 * @id: of a bound
 *
 * Returns: (transfer none) (nullable): the bound, until the watch changes
 */
const CsCriterion *
cs_watch_find_criterion (CsWatch *self, const char *id)
{
  g_return_val_if_fail (CS_IS_WATCH (self) && id != NULL, NULL);

  for (guint i = 0; i < self->criteria->len; i++)
    if (strcmp (((CsCriterion *) self->criteria->pdata[i])->id, id) == 0)
      return self->criteria->pdata[i];
  return NULL;
}

/**
 * cs_watch_find_open_alarm:
 * @self: a watch
 * @criterion: id of a bound
 *
 * Returns: (transfer none) (nullable): the alarm about it that is not over
 */
const CsAlarm *
cs_watch_find_open_alarm (CsWatch *self, const char *criterion)
{
  g_return_val_if_fail (CS_IS_WATCH (self) && criterion != NULL, NULL);

  for (guint i = self->alarms->len; i > 0; i--)
    {
      const CsAlarm *alarm = self->alarms->pdata[i - 1];

      if (cs_alarm_is_open (alarm) && strcmp (alarm->criterion, criterion) == 0)
        return alarm;
    }
  return NULL;
}

/**
 * cs_watch_get_counting_alarm:
 * @self: a watch
 *
 * Returns: (transfer none) (nullable): of the alarms that count down to a rollback, the one whose
 *   time comes first
 */
const CsAlarm *
cs_watch_get_counting_alarm (CsWatch *self)
{
  const CsAlarm *first = NULL;

  g_return_val_if_fail (CS_IS_WATCH (self), NULL);

  for (guint i = 0; i < self->alarms->len; i++)
    {
      const CsAlarm *alarm = self->alarms->pdata[i];

      if (alarm->state == CS_ALARM_COUNTING && (first == NULL || alarm->fires_at < first->fires_at))
        first = alarm;
    }
  return first;
}

const CsWatchJudgement *
cs_watch_get_judgement (CsWatch *self, const char *criterion)
{
  g_return_val_if_fail (CS_IS_WATCH (self) && criterion != NULL, NULL);
  return g_hash_table_lookup (self->judgements, criterion);
}

const CsConsent *
cs_watch_get_consent (CsWatch *self)
{
  g_return_val_if_fail (CS_IS_WATCH (self), NULL);
  return self->consent;
}

/**
 * cs_watch_dup_series:
 * @self: a watch
 * @probe: one of its probes
 *
 * Returns: (transfer full): the name of the series of its measurements
 */
char *
cs_watch_dup_series (CsWatch *self, const CsProbe *probe)
{
  g_return_val_if_fail (CS_IS_WATCH (self) && probe != NULL, NULL);
  return g_strconcat (self->owner, "/", probe->id, NULL);
}
