/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag and its rollout: the fold of the stream `rollout/KEY`. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flag-private.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsFlag, cs_flag, G_TYPE_OBJECT)

static void
cs_flag_dispose (GObject *object)
{
  CsFlag *self = CS_FLAG (object);

  g_clear_signal_handler (&self->appended_handler, self->store);
  g_clear_object (&self->store);
  g_clear_object (&self->people);

  G_OBJECT_CLASS (cs_flag_parent_class)->dispose (object);
}

static void
cs_flag_finalize (GObject *object)
{
  CsFlag *self = CS_FLAG (object);

  g_free (self->key);
  g_free (self->stream);
  g_free (self->head);
  g_free (self->description);
  g_free (self->owner);
  g_free (self->environment);
  g_clear_pointer (&self->schedule, cs_flag_schedule_free);
  g_clear_pointer (&self->provider, json_object_unref);
  g_ptr_array_unref (self->stages);
  g_strfreev (self->pinned_in);
  g_strfreev (self->pinned_out);
  g_free (self->stage);
  g_free (self->members);
  g_ptr_array_unref (self->formers);
  cs_flag_change_free (self->change);
  g_free (self->trouble);
  g_free (self->drift);
  g_free (self->drift_state);
  g_ptr_array_unref (self->ballots);
  g_ptr_array_unref (self->overrides);
  g_ptr_array_unref (self->changes);

  G_OBJECT_CLASS (cs_flag_parent_class)->finalize (object);
}

static void
cs_flag_class_init (CsFlagClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_flag_dispose;
  object_class->finalize = cs_flag_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_flag_init (CsFlag *self)
{
  self->head = g_strdup (CS_RECORD_NO_PREVIOUS);
  self->environment = g_strdup (CS_FLAG_ENVIRONMENT);
  self->stages = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_stage_free);
  self->formers = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_flag_former_free);
  self->ballots = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_flag_ballot_free);
  self->overrides = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_flag_override_free);
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_flag_change_free);
}

static void
appended_cb (CsStore *store, CsRecord *record, CsFlag *self)
{
  if (strcmp (cs_record_get_stream (record), self->stream) != 0 ||
      cs_record_get_n (record) != self->n_records)
    return;
  cs_flag_fold (self, record);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsFlag *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < records->len; i++)
    if (cs_record_get_n (records->pdata[i]) == self->n_records)
      cs_flag_fold (self, records->pdata[i]);
  if (self->appended_handler == 0)
    {
      /* What others append between the reading and the signal is read once more. */
      self->appended_handler =
        g_signal_connect (self->store, "appended", G_CALLBACK (appended_cb), self);
      cs_store_read_async (self->store, self->stream, self->n_records,
                           g_task_get_cancellable (task), read_cb, g_object_ref (task));
    }
  else if (self->provider != NULL)
    g_task_return_pointer (task, g_object_ref (self), g_object_unref);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no flag “%s”",
                             self->key);
}

/**
 * cs_flag_key_check:
 * @key: of a flag
 *
 * Returns: whether flag services and file names take it as it is; else %CS_ERROR_INVALID
 */
gboolean
cs_flag_key_check (const char *key, GError **error)
{
  gsize length =
    strspn (key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

  if (length > 0 && length <= 100 && key[length] == '\0' && g_ascii_isalnum (*key))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "“%s” is no key of a flag: it may hold letters, digits and “._-”, and begins with "
               "a letter or digit",
               key);
  return FALSE;
}

/**
 * cs_flag_load_async:
 * @store: the journal
 * @people: who may sign
 * @key: of the flag
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is folded
 * @user_data: for @callback
 */
void
cs_flag_load_async (CsStore *store,
                    CsPeople *people,
                    const char *key,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  CsFlag *self = g_object_new (CS_TYPE_FLAG, NULL);
  GError *error = NULL;

  g_return_if_fail (CS_IS_STORE (store) && CS_IS_PEOPLE (people) && key != NULL);

  self->store = g_object_ref (store);
  self->people = g_object_ref (people);
  self->key = g_strdup (key);
  self->stream = g_strconcat (CS_FLAG_STREAM_PREFIX, key, NULL);
  g_task_set_source_tag (task, cs_flag_load_async);
  g_task_set_task_data (task, self, g_object_unref);
  if (cs_flag_key_check (key, &error))
    cs_store_read_async (store, self->stream, 0, cancellable, read_cb, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/** cs_flag_load_finish: (transfer full): the flag, which follows the store; %CS_ERROR_NOT_FOUND. */
CsFlag *
cs_flag_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
cs_flag_get_key (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->key;
}

const char *
cs_flag_get_stream (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->stream;
}

const char *
cs_flag_get_head (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->head;
}

gint64
cs_flag_get_n_records (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), 0);
  return self->n_records;
}

const char *
cs_flag_get_description (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->description;
}

const char *
cs_flag_get_owner (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->owner;
}

const char *
cs_flag_get_environment (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->environment;
}

JsonObject *
cs_flag_get_provider (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->provider;
}

const char *
cs_flag_get_provider_kind (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return cs_json_get_string (self->provider, "kind");
}

GPtrArray *
cs_flag_get_stages (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->stages;
}

const CsPins *
cs_flag_get_pins (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return &self->pins;
}

/** cs_flag_get_stage_index: which of the stages has this id; -1 if none has. */
int
cs_flag_get_stage_index (CsFlag *self, const char *id)
{
  g_return_val_if_fail (CS_IS_FLAG (self), -1);

  for (guint i = 0; id != NULL && i < self->stages->len; i++)
    if (strcmp (((CsStage *) self->stages->pdata[i])->id, id) == 0)
      return (int) i;
  return -1;
}

/** cs_flag_find_stage: (transfer none) (nullable): the stage that is called so. */
const CsStage *
cs_flag_find_stage (CsFlag *self, const char *id_or_title)
{
  int index = cs_flag_get_stage_index (self, id_or_title);

  if (index >= 0)
    return self->stages->pdata[index];
  for (guint i = 0; i < self->stages->len; i++)
    if (g_strcmp0 (((CsStage *) self->stages->pdata[i])->title, id_or_title) == 0)
      return self->stages->pdata[i];
  return NULL;
}

/** cs_flag_get_stage: (transfer none) (nullable): the stage that it is in; %NULL: off. */
const CsStage *
cs_flag_get_stage (CsFlag *self)
{
  int index = cs_flag_get_stage_index (self, self->stage);

  return index >= 0 ? self->stages->pdata[index] : NULL;
}

/** cs_flag_get_next_stage: (transfer none) (nullable): the one behind it. */
const CsStage *
cs_flag_get_next_stage (CsFlag *self)
{
  guint next = (guint) (cs_flag_get_stage_index (self, self->stage) + 1);

  return next < self->stages->len ? self->stages->pdata[next] : NULL;
}

gint64
cs_flag_get_since (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), 0);
  return self->since;
}

const char *
cs_flag_get_members (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->members;
}

guint
cs_flag_get_n_members (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), 0);
  return self->n_members;
}

/**
 * cs_flag_get_before:
 * @self: a flag
 * @state: (out) (nullable): the digest of the state before this stage; %NULL: nobody
 * @stage: (out) (nullable): the id of the stage then; %NULL: off
 *
 * Returns: whether there is something to step back to
 */
gboolean
cs_flag_get_before (CsFlag *self, const char **state, const char **stage)
{
  const CsFlagFormer *former;

  g_return_val_if_fail (CS_IS_FLAG (self), FALSE);

  if (self->formers->len == 0)
    return FALSE;
  former = self->formers->pdata[self->formers->len - 1];
  *state = former->state;
  *stage = former->stage;
  return TRUE;
}

const CsFlagChange *
cs_flag_get_change (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->change;
}

const char *
cs_flag_get_trouble (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->trouble;
}

const char *
cs_flag_get_drift (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->drift;
}

const char *
cs_flag_get_drift_state (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->drift_state;
}

GPtrArray *
cs_flag_get_ballots (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->ballots;
}

GPtrArray *
cs_flag_get_overrides (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->overrides;
}

GPtrArray *
cs_flag_get_changes (CsFlag *self)
{
  g_return_val_if_fail (CS_IS_FLAG (self), NULL);
  return self->changes;
}
