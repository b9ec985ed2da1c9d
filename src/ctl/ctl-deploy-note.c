/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy note */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-note.h"
#include "ctl-act.h"
#include "ctl-commands.h"
#include "ctl-notes.h"
#include "ctl-print.h"

static GBytes *
read_file (const char *path, GError **error)
{
  g_autoptr (GError) problem = NULL;
  char *contents = NULL;
  gsize size = 0;

  if (g_file_get_contents (path, &contents, &size, &problem))
    return g_bytes_new_take (contents, size);
  g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID, problem->message);
  return NULL;
}

CtlStatus
ctl_deploy_note (Ctl *ctl, char **arguments)
{
  g_autofree char *path = NULL;
  const GOptionEntry entries[] = {
    { "attach", 0, 0, G_OPTION_ARG_FILENAME, &path, NULL, "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  CsDeployment *deployment = NULL;
  CsStepState *step = NULL;

  if (ctl_parse (ctl, arguments, entries, 2, 3, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    step = ctl_act_find_step (deployment, words[1], &error);
  if (step != NULL && path != NULL)
    bytes = read_file (path, &error);
  if (step == NULL || error != NULL)
    return ctl_fail (error);
  cs_deployment_note_async (deployment, cs_workspace_get_actor (ctl->workspace), step, words[2],
                            path, bytes, NULL, ctl_ready_cb, &result);
  if (!cs_deployment_note_finish (deployment, ctl_wait (&result), &error))
    return ctl_fail (error);
  return CTL_DONE;
}

void
ctl_notes_print (CsDeployment *deployment)
{
  GPtrArray *notes = cs_deployment_get_notes (deployment);

  for (guint i = 0; i < notes->len; i++)
    {
      const CsNote *note = g_ptr_array_index (notes, i);
      g_autofree char *at = ctl_format_time (note->at);

      ctl_print (stdout, "note  step %s  %s  %s", note->step, at, note->actor);
      if (note->text != NULL)
        ctl_print (stdout, ": %s", note->text);
      if (note->file != NULL)
        ctl_print (stdout, "  [%s, SHA-256 %s]", note->file, note->digest);
      fputc ('\n', stdout);
    }
}

JsonArray *
ctl_notes_to_json (CsDeployment *deployment)
{
  GPtrArray *notes = cs_deployment_get_notes (deployment);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < notes->len; i++)
    {
      const CsNote *note = g_ptr_array_index (notes, i);
      JsonObject *object = json_object_new ();

      ctl_set_text (object, "step", note->step);
      ctl_set_text (object, "text", note->text);
      ctl_set_text (object, "actor", note->actor);
      ctl_set_time (object, "at", note->at);
      ctl_set_text (object, "file", note->file);
      ctl_set_text (object, "digest", note->digest);
      json_object_set_int_member (object, "size", note->size);
      json_array_add_object_element (array, object);
    }
  return array;
}
