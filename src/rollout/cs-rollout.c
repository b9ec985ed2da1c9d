/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flag's rollout: loaded, and read again. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-private.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-flag-state-reader.h"
#include "cs-series-store.h"
#include "cs-soak.h"

#include <string.h>

/** SLACK: intervals of a probe for which a measurement stands */
#define SLACK 3

G_DEFINE_FINAL_TYPE (CsRollout, cs_rollout, G_TYPE_OBJECT)

/* What is loaded, one after the other. */
typedef enum
{
  FLAG,
  COMPANIES,
  WATCH,
  LIST,
  STATE,
  BEFORE,
  VERDICTS,
  OPEN_SERIES,
  SERIES,
  DONE,
} Step;

typedef struct
{
  CsRollout *self;
  char *key;
  Step step;
  CsCompanyVersion *version; /* whose companies are being read */
  GPtrArray *verdicts;       /* records of the watch */
  CsSeriesStore *series;
  char **guardrails;
  guint next; /* of the guardrails */
  GArray *good;
} Loading;

static void load_next (GTask *task);

static void
loading_free (Loading *loading)
{
  g_clear_object (&loading->self);
  g_clear_object (&loading->version);
  g_free (loading->key);
  g_clear_pointer (&loading->verdicts, g_ptr_array_unref);
  if (loading->series != NULL)
    cs_series_store_close (loading->series);
  g_clear_object (&loading->series);
  g_strfreev (loading->guardrails);
  g_clear_pointer (&loading->good, g_array_unref);
  g_free (loading);
}

static void
cs_rollout_dispose (GObject *object)
{
  CsRollout *self = CS_ROLLOUT (object);

  g_clear_object (&self->flag);
  g_clear_object (&self->companies);
  g_clear_object (&self->provider);
  g_clear_object (&self->watch);
  g_clear_pointer (&self->site, cs_rollout_site_unref);

  G_OBJECT_CLASS (cs_rollout_parent_class)->dispose (object);
}

static void
cs_rollout_finalize (GObject *object)
{
  CsRollout *self = CS_ROLLOUT (object);

  g_clear_pointer (&self->list, cs_company_list_unref);
  g_free (self->list_digest);
  g_clear_pointer (&self->state, cs_flag_state_unref);
  g_clear_pointer (&self->before, cs_flag_state_unref);
  g_hash_table_unref (self->measured);

  G_OBJECT_CLASS (cs_rollout_parent_class)->finalize (object);
}

static void
cs_rollout_class_init (CsRolloutClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_rollout_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_rollout_finalize;
}

static void
cs_rollout_init (CsRollout *self)
{
  self->measured = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

char **
cs_rollout_list_guardrails (CsRollout *self)
{
  const CsStage *stage = cs_flag_get_stage (self->flag);
  GPtrArray *criteria = cs_watch_get_criteria (self->watch);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  if (stage != NULL && stage->guardrails != NULL)
    return g_strdupv (stage->guardrails);
  for (guint i = 0; stage != NULL && i < criteria->len; i++)
    g_strv_builder_add (ids, ((CsCriterion *) criteria->pdata[i])->id);
  return g_strv_builder_end (ids);
}

static const CsProbe *
find_probe (CsRollout *self, const char *guardrail)
{
  const CsCriterion *criterion = cs_watch_find_criterion (self->watch, guardrail);

  return criterion != NULL ? cs_watch_find_probe (self->watch, criterion->probe) : NULL;
}

/* What was measured for one guardrail: only while it was, and was good, the stage has soaked. */
static void
take_series (Loading *loading, GArray *buckets)
{
  CsRollout *self = loading->self;
  const char *guardrail = loading->guardrails[loading->next];
  const CsProbe *probe = find_probe (self, guardrail);
  gint64 now = cs_clock_now ();
  gint64 slack = SLACK * probe->interval + probe->timeout;
  g_autoptr (GArray) measured = cs_soak_list_measured (buckets, slack, now);
  g_autoptr (GArray) good = cs_soak_list_good (loading->verdicts, guardrail, now);
  g_autoptr (GArray) both = cs_soak_intersect (measured, good);
  GArray *left = cs_soak_intersect (loading->good, both);
  gint64 until = 0;

  if (buckets->len > 0)
    {
      const CsSeriesBucket *newest = &g_array_index (buckets, CsSeriesBucket, buckets->len - 1);

      until = newest->at + newest->width + slack;
    }
  g_hash_table_replace (self->measured, g_strdup (guardrail), g_memdup2 (&until, sizeof until));
  g_array_unref (loading->good);
  loading->good = left;
  loading->next++;
}

static gboolean
finish_flag (Loading *loading, GAsyncResult *result, GError **error)
{
  CsRollout *self = loading->self;

  self->flag = cs_flag_load_finish (result, error);
  if (self->flag != NULL)
    self->provider =
      cs_rollout_site_make_provider (self->site, loading->key,
                                     cs_flag_get_environment (self->flag),
                                     cs_flag_get_provider (self->flag), error);
  return self->provider != NULL;
}

/* list (transfer full): of the version with this digest */
static void
set_list (CsRollout *self, CsCompanyList *list, const char *digest)
{
  char *copy = g_strdup (digest);

  g_clear_pointer (&self->list, cs_company_list_unref);
  g_free (self->list_digest);
  self->list = list;
  self->list_digest = copy;
}

static gboolean
finish_list (Loading *loading, GAsyncResult *result, GError **error)
{
  CsRollout *self = loading->self;
  CsCompanyList *list = cs_companies_read_finish (self->companies, result, error);

  if (list == NULL)
    return FALSE;
  if (loading->version != NULL)
    cs_rollout_site_keep_companies (self->site, cs_company_version_get_digest (loading->version),
                                    list);
  set_list (self, list,
            loading->version != NULL ? cs_company_version_get_digest (loading->version) : NULL);
  return TRUE;
}

static gboolean
finish_state (CsFlagState **state, GAsyncResult *result, GError **error)
{
  CsFlagState *read = cs_flag_state_read_finish (result, error);

  if (read == NULL)
    return FALSE;
  g_clear_pointer (state, cs_flag_state_unref);
  *state = read;
  return TRUE;
}

static gboolean
finish_step (Loading *loading, GObject *source, GAsyncResult *result, GError **error)
{
  CsRollout *self = loading->self;
  g_autoptr (GArray) buckets = NULL;

  switch (loading->step)
    {
    case FLAG:
      return finish_flag (loading, result, error);
    case COMPANIES:
      self->companies = cs_companies_load_finish (result, error);
      return self->companies != NULL;
    case WATCH:
      self->watch = cs_watch_load_finish (result, error);
      return self->watch != NULL;
    case LIST:
      return finish_list (loading, result, error);
    case STATE:
      return finish_state (&self->state, result, error);
    case BEFORE:
      return finish_state (&self->before, result, error);
    case VERDICTS:
      loading->verdicts = cs_store_read_finish (CS_STORE (source), result, error);
      return loading->verdicts != NULL;
    case OPEN_SERIES:
      loading->series = cs_series_store_open_finish (result, error);
      return loading->series != NULL;
    case SERIES:
      buckets = cs_series_store_read_finish (loading->series, result, error);
      if (buckets != NULL)
        take_series (loading, buckets);
      return buckets != NULL;
    case DONE:
    default:
      return TRUE;
    }
}

static void
step_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;

  if (!finish_step (loading, source, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (loading->step != SERIES)
    loading->step++;
  load_next (g_steal_pointer (&task));
}

static void
begin_soak (Loading *loading)
{
  gint64 since = cs_flag_get_since (loading->self->flag);

  loading->guardrails = cs_rollout_list_guardrails (loading->self);
  loading->good = cs_soak_whole (cs_flag_get_stage (loading->self->flag) != NULL
                                   ? since
                                   : G_MAXINT64,
                                 cs_clock_now ());
  g_hash_table_remove_all (loading->self->measured);
}

/* The next guardrail whose probe there is; without one, the stage can't soak. */
static gboolean
find_series (Loading *loading)
{
  for (; loading->guardrails[loading->next] != NULL; loading->next++)
    {
      if (find_probe (loading->self, loading->guardrails[loading->next]) != NULL)
        return TRUE;
      g_array_set_size (loading->good, 0);
    }
  return FALSE;
}

/* A version never changes: what this program has read of it for another flag is what is there. */
static void
load_list (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  CsRollout *self = loading->self;
  CsCompanyVersion *newest = cs_companies_get_newest (self->companies);
  const char *digest = newest != NULL ? cs_company_version_get_digest (newest) : NULL;
  CsCompanyList *kept =
    digest != NULL ? cs_rollout_site_dup_companies (self->site, digest) : NULL;

  if (kept == NULL)
    {
      g_set_object (&loading->version, newest);
      cs_companies_read_async (self->companies, newest, g_task_get_cancellable (task), step_cb,
                               task);
      return;
    }
  set_list (self, kept, digest);
  loading->step++;
  load_next (task);
}

static void
load_blob (GTask *task, CsFlagState **state, const char *digest)
{
  Loading *loading = g_task_get_task_data (task);
  gboolean same = digest != NULL && *state != NULL &&
                  strcmp (digest, cs_flag_state_get_digest (*state)) == 0;

  if (digest != NULL && !same)
    {
      cs_flag_state_read_async (loading->self->site->store, digest,
                                g_task_get_cancellable (task), step_cb, task);
      return;
    }
  if (!same)
    {
      g_clear_pointer (state, cs_flag_state_unref);
      *state = cs_flag_state_new_nobody ();
    }
  loading->step++;
  load_next (task);
}

static void
load_series (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  CsRollout *self = loading->self;
  g_autofree char *series = NULL;

  if (loading->step == VERDICTS)
    begin_soak (loading);
  if (!find_series (loading))
    {
      self->soaked = cs_soak_total (loading->good);
      g_task_return_pointer (task, g_object_ref (self), g_object_unref);
      g_object_unref (task);
      return;
    }
  if (loading->step == VERDICTS)
    cs_store_read_async (self->site->store, cs_watch_get_stream (self->watch), 0,
                         g_task_get_cancellable (task), step_cb, task);
  else if (loading->step == OPEN_SERIES)
    cs_series_store_open_async (self->site->directory, g_task_get_cancellable (task), step_cb,
                                task);
  else
    {
      series =
        cs_watch_dup_series (self->watch,
                             find_probe (self, loading->guardrails[loading->next]));
      cs_series_store_read_async (loading->series, series, cs_flag_get_since (self->flag),
                                  cs_clock_now (), g_task_get_cancellable (task), step_cb, task);
    }
}

static void
load_next (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  CsRollout *self = loading->self;
  GCancellable *cancellable = g_task_get_cancellable (task);
  const char *state = NULL;
  const char *stage = NULL;

  switch (loading->step)
    {
    case FLAG:
      cs_flag_load_async (self->site->store, self->site->people, loading->key, cancellable,
                          step_cb, task);
      break;
    case COMPANIES:
      cs_companies_load_async (self->site->store, cancellable, step_cb, task);
      break;
    case WATCH:
      cs_watch_load_async (self->site->store, self->site->people,
                           cs_flag_get_stream (self->flag), cancellable, step_cb, task);
      break;
    case LIST:
      load_list (task);
      break;
    case STATE:
      load_blob (task, &self->state, cs_flag_get_members (self->flag));
      break;
    case BEFORE:
      cs_flag_get_before (self->flag, &state, &stage);
      load_blob (task, &self->before, state);
      break;
    case VERDICTS:
    case OPEN_SERIES:
    case SERIES:
    case DONE:
    default:
      load_series (task);
    }
}

/**
 * cs_rollout_load_async:
 * @site: where
 * @key: of the flag
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is loaded
 * @user_data: for @callback
 */
void
cs_rollout_load_async (CsRolloutSite *site,
                       const char *key,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Loading *loading = g_new0 (Loading, 1);

  loading->self = g_object_new (CS_TYPE_ROLLOUT, NULL);
  loading->self->site = cs_rollout_site_ref (site);
  loading->key = g_strdup (key);
  g_task_set_source_tag (task, cs_rollout_load_async);
  g_task_set_task_data (task, loading, (GDestroyNotify) loading_free);
  load_next (task);
}

/** cs_rollout_load_finish: (transfer full): the rollout. */
CsRollout *
cs_rollout_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_rollout_refresh_async:
 * @self: a rollout
 * @cancellable: (nullable): of the waiting
 * @callback: called when all is as of now
 * @user_data: for @callback
 */
void
cs_rollout_refresh_async (CsRollout *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Loading *loading = g_new0 (Loading, 1);

  loading->self = g_object_ref (self);
  loading->step = LIST;
  g_task_set_source_tag (task, cs_rollout_refresh_async);
  g_task_set_task_data (task, loading, (GDestroyNotify) loading_free);
  load_next (task);
}

/** cs_rollout_refresh_finish: %TRUE when all is as of now. */
gboolean
cs_rollout_refresh_finish (CsRollout *self, GAsyncResult *result, GError **error)
{
  g_autoptr (CsRollout) same = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  same = g_task_propagate_pointer (G_TASK (result), error);
  return same != NULL;
}

CsFlag *
cs_rollout_get_flag (CsRollout *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT (self), NULL);
  return self->flag;
}

CsWatch *
cs_rollout_get_watch (CsRollout *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT (self), NULL);
  return self->watch;
}

CsCompanies *
cs_rollout_get_companies (CsRollout *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT (self), NULL);
  return self->companies;
}

CsCompanyList *
cs_rollout_get_company_list (CsRollout *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT (self), NULL);
  return self->list;
}

CsFlagState *
cs_rollout_get_state (CsRollout *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT (self), NULL);
  return self->state;
}

CsFlagProvider *
cs_rollout_get_provider (CsRollout *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT (self), NULL);
  return self->provider;
}

gint64
cs_rollout_get_soaked (CsRollout *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT (self), 0);
  return self->soaked;
}

CsRunLock *
cs_rollout_take_lock (CsRollout *self, GError **error)
{
  g_autofree char *name = g_strconcat ("rollout-", cs_flag_get_key (self->flag), NULL);
  GError *local_error = NULL;
  CsRunLock *lock = cs_run_lock_take (self->site->state_directory, name, &local_error);

  if (g_error_matches (local_error, CS_ERROR, CS_ERROR_BUSY))
    {
      g_error_free (local_error);
      g_set_error (error, CS_ERROR, CS_ERROR_BUSY,
                   "Another program is switching “%s” just now; wait until that has ended",
                   cs_flag_get_key (self->flag));
    }
  else if (local_error != NULL)
    g_propagate_error (error, local_error);
  return lock;
}

gboolean
cs_rollout_is_locked (CsRollout *self)
{
  g_autofree char *name = g_strconcat ("rollout-", cs_flag_get_key (self->flag), NULL);

  return cs_run_lock_is_held (self->site->state_directory, name);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_flag_provider_close_finish (CS_FLAG_PROVIDER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * cs_rollout_close_async:
 * @self: a rollout
 * @callback: called when it holds no connection any more
 * @user_data: for @callback
 */
void
cs_rollout_close_async (CsRollout *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_rollout_close_async);
  cs_flag_provider_close_async (self->provider, closed_cb, task);
}

/** cs_rollout_close_finish: %TRUE when it holds no connection any more. */
gboolean
cs_rollout_close_finish (CsRollout *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
