/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records what agents say of the certificates that they will show. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-targets.h"

#include "cs-error.h"

#define MAX_TRIES 8

/* What an agent said, on its way into the stream. */
typedef struct
{
  char *actor;
  char *target;
  char *agreed;
  char *current;
  char *next;
  char *from;
  guint tries;
} Note;

static void try_note (GTask *task);

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->actor);
  g_free (note->target);
  g_free (note->agreed);
  g_free (note->current);
  g_free (note->next);
  g_free (note->from);
  g_free (note);
}

static void
again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_stream_list_catch_up_finish (CS_STREAM_LIST (source), result, &error))
    try_note (task);
  else
    g_task_return_error (task, error);
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsStreamList *list = g_task_get_source_object (task);
  Note *note = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    {
      cs_stream_list_fold (list, records);
      g_task_return_boolean (task, TRUE);
    }
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT) && note->tries < MAX_TRIES)
    cs_stream_list_catch_up_async (list, NULL, again_cb, g_object_ref (task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Someone else may have heard the same meanwhile: it is recorded once. */
static void
try_note (GTask *task)
{
  CsTargets *self = g_task_get_source_object (task);
  CsStreamList *list = CS_STREAM_LIST (self);
  Note *note = g_task_get_task_data (task);
  const CsAgentCertificates told = {
    note->target, note->agreed, note->current, note->next, note->from,
  };
  const char *kind = NULL;
  g_autoptr (JsonNode) body = cs_agent_pins_compare (cs_targets_get_pins (self), &told, &kind);
  g_autoptr (GPtrArray) drafts = NULL;

  if (body == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  note->tries++;
  drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_ptr_array_add (drafts, cs_draft_new (kind, body));
  cs_store_append_async (cs_stream_list_get_store (list), CS_TARGETS_STREAM,
                         cs_stream_list_get_next_n (list), note->actor, drafts, NULL, appended_cb,
                         g_object_ref (task));
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* Nothing is lost by it: the agent says the same the next time. */
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("What an agent says of its certificate was not recorded: %s", error->message);
}

static void
certificates_told_cb (CsAgentAccess *access, gpointer data, gpointer user_data)
{
  CsTargets *self = CS_TARGETS (user_data);
  const CsAgentCertificates *told = data;
  g_autoptr (GTask) task = g_task_new (self, NULL, noted_cb, NULL);
  Note *note = g_new0 (Note, 1);

  note->actor = g_strdup (g_object_get_data (G_OBJECT (self), "certificates-actor"));
  note->target = g_strdup (told->target);
  note->agreed = g_strdup (told->agreed);
  note->current = g_strdup (told->current);
  note->next = g_strdup (told->next);
  note->from = g_strdup (told->from);
  g_task_set_source_tag (task, certificates_told_cb);
  g_task_set_task_data (task, note, note_free);
  try_note (task);
}

/**
 * cs_targets_follow_certificates:
 * @self: the targets
 * @access: who asks agents
 * @actor: in whose name it is recorded
 *
 * From now on what agents say of their certificates is recorded, and @access knows it.
 */
void
cs_targets_follow_certificates (CsTargets *self, CsAgentAccess *access, const char *actor)
{
  g_return_if_fail (CS_IS_TARGETS (self));
  g_return_if_fail (CS_IS_AGENT_ACCESS (access));

  g_object_set_data_full (G_OBJECT (self), "certificates-actor", g_strdup (actor), g_free);
  cs_agent_access_set_pins (access, cs_targets_get_pins (self));
  g_signal_connect_object (access, "certificates-told", G_CALLBACK (certificates_told_cb), self, 0);
}
