/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy follow-ups, follow-up, close */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-clock.h"
#include "cs-error.h"
#include "ctl-act.h"
#include "ctl-after.h"
#include "ctl-commands.h"
#include "ctl-print.h"

static char *
dup_state (CsDeployment *deployment, const CsFollowUp *follow_up)
{
  gint64 due = cs_deployment_get_due (deployment, follow_up);
  g_autofree char *when = NULL;

  if (follow_up->done)
    {
      when = ctl_format_time (follow_up->at);
      return g_strdup_printf ("done by %s, %s", follow_up->actor, when);
    }
  if (follow_up->left_out != NULL)
    return g_strdup_printf ("left out: %s", follow_up->left_out);
  if (follow_up->handed_over)
    return g_strdup ("handed over");
  if (due == 0)
    return g_strdup (follow_up->when != NULL ? follow_up->when : "");
  when = ctl_format_time (due);
  return g_strconcat (due < cs_clock_now () ? "was due " : "due ", when, NULL);
}

void
ctl_after_print (CsDeployment *deployment)
{
  g_autoptr (GPtrArray) list = cs_deployment_list_follow_ups (deployment, FALSE);

  if (list->len > 0)
    fputs ("Afterwards:\n", stdout);
  for (guint i = 0; i < list->len; i++)
    {
      const CsFollowUp *follow_up = g_ptr_array_index (list, i);
      g_autofree char *state = dup_state (deployment, follow_up);
      g_autofree char *line = g_strdup_printf ("%6u", follow_up->line);

      ctl_print (stdout, "%s  [%s] %s (%s)\n", line, follow_up->done ? "x" : " ", follow_up->text,
                 state);
    }
  if (cs_deployment_get_closing_reason (deployment) != NULL)
    ctl_print (stdout, "Closed with what was open: %s\n",
               cs_deployment_get_closing_reason (deployment));
}

JsonArray *
ctl_after_to_json (CsDeployment *deployment)
{
  g_autoptr (GPtrArray) list = cs_deployment_list_follow_ups (deployment, FALSE);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < list->len; i++)
    {
      const CsFollowUp *follow_up = g_ptr_array_index (list, i);
      JsonObject *object = json_object_new ();

      ctl_set_text (object, "kind", cs_follow_up_kind_to_string (follow_up->kind));
      json_object_set_int_member (object, "line", follow_up->line);
      ctl_set_text (object, "text", follow_up->text);
      ctl_set_text (object, "when", follow_up->when);
      ctl_set_time (object, "due", cs_deployment_get_due (deployment, follow_up));
      json_object_set_boolean_member (object, "done", follow_up->done);
      ctl_set_text (object, "actor", follow_up->actor);
      ctl_set_time (object, "at", follow_up->at);
      ctl_set_text (object, "left_out", follow_up->left_out);
      json_object_set_boolean_member (object, "handed_over", follow_up->handed_over);
      json_array_add_object_element (array, object);
    }
  return array;
}

CtlStatus
ctl_deploy_follow_ups (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  if (json)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);

      json_node_take_array (node, ctl_after_to_json (deployment));
      ctl_print_json (node);
    }
  else
    ctl_after_print (deployment);
  return CTL_DONE;
}

static const CsFollowUp *
find_follow_up (CsDeployment *deployment, const char *text, GError **error)
{
  const CsFollowUp *found = NULL;
  guint64 line;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &line, NULL))
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is no number of a line", text);
  else if ((found = cs_deployment_find_follow_up (deployment, (guint) line)) == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "The runbook lists nothing to do afterwards in line %s; “countersignctl deploy "
                 "follow-ups” names the lines",
                 text);
  return found;
}

CtlStatus
ctl_deploy_follow_up (Ctl *ctl, char **arguments)
{
  gboolean undo = FALSE;
  const GOptionEntry entries[] = {
    { "undo", 0, 0, G_OPTION_ARG_NONE, &undo, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  const CsFollowUp *follow_up = NULL;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    follow_up = find_follow_up (deployment, words[1], &error);
  if (follow_up == NULL)
    return ctl_fail (error);
  cs_deployment_follow_up_async (deployment, cs_workspace_get_actor (ctl->workspace), follow_up,
                                 !undo, NULL, ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, TRUE);
}

CtlStatus
ctl_deploy_close (Ctl *ctl, char **arguments)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  cs_deployment_hand_over_async (deployment, cs_workspace_get_actor (ctl->workspace), reason, NULL,
                                 ctl_ready_cb, &result);
  return ctl_act_finish (deployment, &result, FALSE);
}
