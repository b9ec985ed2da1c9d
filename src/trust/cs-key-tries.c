/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a person's key was tried in vain: a look at the stream `keys`. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-key-tries.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-json.h"

/** LOOK_BACK: records of one person within the time; whoever has more has none left anyway */
#define LOOK_BACK 200

typedef struct
{
  char *key;
  gint64 span; /* microseconds */
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;

  g_free (check->key);
  g_free (check);
}

static gboolean
counts (CsRecord *record, const char *key)
{
  const char *kind = cs_record_get_kind (record);

  return (g_str_equal (kind, CS_KEY_TRIES_WRONG) || g_str_equal (kind, CS_KEY_TRIES_REFUSED)) &&
         g_strcmp0 (cs_json_get_string (cs_record_get_body (record), "key"), key) == 0;
}

static GError *
build_refusal (const char *key, gint64 until)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (until / G_USEC_PER_SEC + 1);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *time = g_date_time_format (local, "%H:%M:%S");

  return g_error_new (CS_ERROR, CS_ERROR_AUTH,
                      "The key %s was tried %d times in vain, so it is not tried again before %s. "
                      "Then give its right passphrase, or put it into your SSH agent",
                      key, CS_KEY_TRIES_MAX, time);
}

static void
queried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_query_finish (CS_STORE (source), result, &error);
  guint tries = 0;

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* Newest first: the oldest of the last three decides how long. */
  for (guint i = 0; i < records->len; i++)
    if (counts (records->pdata[i], check->key) && ++tries == CS_KEY_TRIES_MAX)
      {
        g_task_return_error (
          task, build_refusal (check->key, cs_record_get_at (records->pdata[i]) + check->span));
        return;
      }
  g_task_return_int (task, CS_KEY_TRIES_MAX - tries);
}

/**
 * cs_key_tries_check_async:
 * @store: the journal
 * @actor: whose tries count
 * @key: fingerprint of a key, or the path of one that can't be read
 * @seconds: how far back tries count
 *
 * Looks whether a key may be tried. Nothing is kept in memory, so it holds for all programs that
 * use this journal.
 */
void
cs_key_tries_check_async (CsStore *store,
                          const char *actor,
                          const char *key,
                          guint seconds,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (CsQuery) query = cs_query_new ();
  Check *check = g_new0 (Check, 1);

  g_task_set_source_tag (task, cs_key_tries_check_async);
  g_task_set_task_data (task, check, check_free);
  check->key = g_strdup (key);
  check->span = (gint64) seconds * G_USEC_PER_SEC;
  query->stream_prefix = g_strdup (CS_KEY_TRIES_STREAM);
  query->actor = g_strdup (actor);
  query->since = cs_clock_now () - check->span;
  query->limit = LOOK_BACK;
  cs_store_query_async (store, query, cancellable, queried_cb, task);
}

/**
 * cs_key_tries_check_finish:
 *
 * Returns: how many tries are left; 0 with %CS_ERROR_AUTH, which says until when, or as
 *   cs_store_query_finish()
 */
guint
cs_key_tries_check_finish (GAsyncResult *result, GError **error)
{
  gssize left;

  g_return_val_if_fail (g_task_is_valid (result, NULL), 0);

  left = g_task_propagate_int (G_TASK (result), error);
  return (guint) MAX (left, 0);
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * cs_key_tries_note_async:
 * @store: the journal
 * @actor: who tried
 * @kind: what went wrong: %CS_KEY_TRIES_WRONG, %CS_KEY_TRIES_REFUSED or %CS_KEY_TRIES_FORGOTTEN
 * @key: fingerprint of the key, or the path of one that can't be read
 *
 * Records a try in vain. Once it began, it is not cancelled: else who cancels in time could try for
 * ever.
 */
void
cs_key_tries_note_async (CsStore *store,
                         const char *actor,
                         const char *kind,
                         const char *key,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  g_task_set_source_tag (task, cs_key_tries_note_async);
  json_object_set_string_member (object, "key", key);
  json_node_take_object (body, object);
  g_ptr_array_add (drafts, cs_draft_new (kind, body));
  cs_store_append_async (store, CS_KEY_TRIES_STREAM, CS_STORE_ANY, actor, drafts, NULL, noted_cb,
                         task);
}

/**
 * cs_key_tries_note_finish:
 *
 * Returns: whether it is recorded; else as cs_store_append_finish()
 */
gboolean
cs_key_tries_note_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
