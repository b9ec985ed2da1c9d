/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing a decree with someone's key, and recording it. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-decree-signing.h"

typedef struct
{
  CsDecree *decree;
  CsEnvelope *envelope;
} Signing;

static void
signing_free (Signing *signing)
{
  cs_decree_free (signing->decree);
  g_clear_object (&signing->envelope);
  g_free (signing);
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Signing *signing = g_task_get_task_data (task);
  CsDecree *decree = signing->decree;
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (CsDecree) opened = NULL;
  GError *error = NULL;
  g_autofree char *signature = cs_key_sign_finish (CS_KEY (source), result, &error);

  if (signature == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_envelope_add_signature (signing->envelope, decree->key, signature);
  body = cs_decree_to_body (decree, signing->envelope);
  /* What nobody could read back is not recorded in the first place. */
  opened = cs_decree_open (json_node_get_object (body), decree->stream, decree->kind, decree->head,
                           &error);
  if (opened != NULL)
    g_task_return_pointer (task, g_steal_pointer (&body), (GDestroyNotify) json_node_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_decree_sign_async:
 * @decree: (transfer full): what is decided
 * @key: of the one who decides
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Signs a decree.
 */
void
cs_decree_sign_async (CsDecree *decree,
                      CsKey *key,
                      CsAskpass *askpass,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) message = NULL;
  Signing *signing = g_new0 (Signing, 1);
  GError *error = NULL;

  signing->decree = decree;
  g_task_set_source_tag (task, cs_decree_sign_async);
  g_task_set_task_data (task, signing, (GDestroyNotify) signing_free);
  payload = cs_decree_to_payload (decree, &error);
  if (payload == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  signing->envelope = cs_envelope_new (CS_ENVELOPE_TYPE_IN_TOTO, payload);
  message = cs_envelope_get_signed_bytes (signing->envelope);
  cs_key_sign_async (key, CS_DECREE_NAMESPACE, message, askpass, cancellable, signed_cb,
                     g_object_ref (task));
}

/**
 * cs_decree_sign_finish:
 *
 * Returns: (transfer full): the body of the record; %NULL with %CS_ERROR_AUTH if the key could not
 *   be used or is of a kind that can't sign decrees, %CS_ERROR_INVALID
 */
JsonNode *
cs_decree_sign_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  char *stream;
  char *kind;
  char *by;
  gint64 expected_n;
} Recording;

static void
recording_free (Recording *recording)
{
  g_free (recording->stream);
  g_free (recording->kind);
  g_free (recording->by);
  g_free (recording);
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_stream_list_fold (g_task_get_source_object (task), records);
  g_task_return_boolean (task, TRUE);
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsStreamList *list = g_task_get_source_object (task);
  Recording *recording = g_task_get_task_data (task);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  GError *error = NULL;
  g_autoptr (JsonNode) body = cs_decree_sign_finish (result, &error);

  if (body == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_add (drafts, cs_draft_new (recording->kind, body));
  cs_store_append_async (cs_stream_list_get_store (list), recording->stream, recording->expected_n,
                         recording->by, drafts, g_task_get_cancellable (task), appended_cb,
                         g_object_ref (task));
}

/**
 * cs_decree_record_async:
 * @list: which follows the stream of @decree
 * @decree: (transfer full): what is decided, over the head that @list has folded
 * @key: of the one who decides
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Signs a decree and appends it at the end of its stream, and nowhere else: if someone else is
 * first, it has to be decided again.
 */
void
cs_decree_record_async (CsStreamList *list,
                        CsDecree *decree,
                        CsKey *key,
                        CsAskpass *askpass,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (list, cancellable, callback, user_data);
  Recording *recording = g_new0 (Recording, 1);

  recording->stream = g_strdup (decree->stream);
  recording->kind = g_strdup (decree->kind);
  recording->by = g_strdup (decree->by);
  recording->expected_n = cs_stream_list_get_next_n (list);
  g_task_set_source_tag (task, cs_decree_record_async);
  g_task_set_task_data (task, recording, (GDestroyNotify) recording_free);
  cs_decree_sign_async (decree, key, askpass, cancellable, ready_cb, g_object_ref (task));
}

/**
 * cs_decree_record_finish:
 *
 * Returns: %TRUE when @list has folded the record; else %CS_ERROR_AUTH if the key could not be used
 *   or is of a kind that can't sign decrees, %CS_ERROR_CONFLICT if something was recorded
 *   meanwhile, %CS_ERROR_INVALID, or an error of the store
 */
gboolean
cs_decree_record_finish (CsStreamList *list, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, list), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
