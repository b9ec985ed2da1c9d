/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people write beside a step, and files that they put there. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-note.h"

#include "cs-deployment-private.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

/* A note that waits for its file to be stored. */
typedef struct
{
  char *actor;
  JsonNode *body;
} Noting;

static void
noting_free (Noting *self)
{
  g_free (self->actor);
  g_clear_pointer (&self->body, json_node_unref);
  g_free (self);
}

/** cs_note_free: frees a note. */
void
cs_note_free (CsNote *self)
{
  if (self == NULL)
    return;
  g_free (self->step);
  g_free (self->text);
  g_free (self->actor);
  g_free (self->file);
  g_free (self->digest);
  g_free (self);
}

/** cs_deployment_get_notes: (transfer none) (element-type CsNote): in the order of the record. */
GPtrArray *
cs_deployment_get_notes (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->notes;
}

void
cs_deployment_fold_noted (CsDeployment *self, CsRecord *record, JsonObject *body)
{
  const char *step = cs_json_get_string (body, "step");
  JsonObject *file = cs_json_get_object (body, "file");
  CsNote *note;

  if (step == NULL || cs_deployment_find_step (self, step) == NULL)
    return;
  note = g_new0 (CsNote, 1);
  note->step = g_strdup (step);
  note->text = g_strdup (cs_json_get_string (body, "text"));
  note->actor = g_strdup (cs_record_get_actor (record));
  note->at = cs_record_get_at (record);
  if (file != NULL)
    {
      note->file = g_strdup (cs_json_get_string (file, "name"));
      note->digest = g_strdup (cs_json_get_string (file, "digest"));
      note->size = cs_json_get_int (file, "size", 0);
    }
  g_ptr_array_add (self->notes, note);
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_deployment_append_finish (CS_DEPLOYMENT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
append (GTask *task, const char *digest)
{
  CsDeployment *self = g_task_get_source_object (task);
  Noting *noting = g_task_get_task_data (task);
  const char *blobs[] = { digest, NULL };

  cs_deployment_append_async (self, self->n_records, noting->actor, "noted",
                              g_steal_pointer (&noting->body), digest != NULL ? blobs : NULL,
                              g_task_get_cancellable (task), noted_cb, g_object_ref (task));
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Noting *noting = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *digest = cs_store_put_blob_finish (CS_STORE (source), result, &error);

  if (digest == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  json_object_set_string_member (
    cs_json_get_object (json_node_get_object (noting->body), "file"), "digest", digest);
  append (task, digest);
}

/* A file is kept as it is, so one with a known secret in it is not taken. */
static gboolean
check_file (CsDeployment *self, const char *name, GBytes *bytes, GError **error)
{
  gsize size = g_bytes_get_size (bytes);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), size);

  if (size > CS_NOTE_MAX_FILE)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "“%s” is larger than %d MiB: put it elsewhere, and note where", name,
                 CS_NOTE_MAX_FILE / (1024 * 1024));
  else if (strlen (text) == size && cs_deployment_holds_secret (self, text))
    g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                 "“%s” holds a secret, and attachments are kept as they are: take it out first",
                 name);
  else
    return TRUE;
  return FALSE;
}

static JsonNode *
new_body (CsDeployment *self, CsStepState *step, const char *text, const char *file, GBytes *bytes)
{
  g_autofree char *clear =
    cs_deployment_has_reason (text) ? cs_deployment_redact (self, text) : NULL;
  JsonNode *body = cs_deployment_body ("step", cs_step_get_id (step->step), "title",
                                       cs_step_get_title (step->step), "text",
                                       clear != NULL                     ? clear
                                       : cs_deployment_has_reason (text) ? text
                                                                         : NULL,
                                       NULL);

  if (bytes != NULL)
    {
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "name", file);
      json_object_set_int_member (object, "size", (gint64) g_bytes_get_size (bytes));
      json_object_set_object_member (json_node_get_object (body), "file", object);
    }
  return body;
}

/**
 * cs_deployment_note_async:
 * @actor: who
 * @step: any step of the deployment
 * @text: (nullable): what is to be remembered; secrets in it are masked
 * @file: (nullable): name of a file to attach
 * @bytes: (nullable): what is in it, with @file; at most %CS_NOTE_MAX_FILE
 *
 * Records a note at a step, at any time before the deployment is closed.
 */
void
cs_deployment_note_async (CsDeployment *self,
                          const char *actor,
                          CsStepState *step,
                          const char *text,
                          const char *file,
                          GBytes *bytes,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) gates = cs_gates_new ();
  g_autofree char *name = file != NULL ? g_path_get_basename (file) : NULL;
  Noting *noting = g_new0 (Noting, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, cs_deployment_note_async);
  g_task_set_task_data (task, noting, (GDestroyNotify) noting_free);
  if (self->closed_at != 0)
    cs_gates_add (gates, "closed", NULL, "The deployment is closed");
  if (bytes == NULL && !cs_deployment_has_reason (text))
    cs_gates_add (gates, "reason", NULL, "There is nothing to note: write something, or attach a "
                                         "file");
  if (!cs_gates_to_error (gates, &error) ||
      (bytes != NULL && !check_file (self, name, bytes, &error)))
    {
      g_task_return_error (task, error);
      return;
    }
  noting->actor = g_strdup (actor);
  noting->body = new_body (self, step, text, name, bytes);
  if (bytes == NULL)
    append (task, NULL);
  else
    cs_store_put_blob_async (self->store, bytes, cancellable, stored_cb, g_object_ref (task));
}

/**
 * cs_deployment_note_finish:
 *
 * Returns: %TRUE when the note is recorded; else %CS_ERROR_REFUSED (closed, nothing to note, a
 *   secret in the file), %CS_ERROR_INVALID (too large), %CS_ERROR_CONFLICT, %CS_ERROR_STORAGE
 */
gboolean
cs_deployment_note_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
