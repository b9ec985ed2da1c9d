/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl runbook */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-json.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-runbook.h"

#include <string.h>

static void
print_line_number (guint line)
{
  printf ("%6u  ", line);
}

/* What a person decides about a block, and what it is cut into because of that. */
static void
print_parts (CsBlock *block)
{
  if (cs_block_get_condition (block) != NULL)
    ctl_print (stdout, "                %s\n", cs_block_get_condition (block));
  for (guint i = 0; i < cs_block_get_n_parts (block); i++)
    {
      CsBlock *part = cs_block_get_part (block, i);
      const char *condition = cs_block_get_condition (part), *inside = cs_block_get_inside (part);

      print_line_number (cs_block_get_line (part));
      ctl_print (stdout, "      %s%s%s%s%s\n", cs_block_get_id (part),
                 condition != NULL ? "  " : "", condition != NULL ? condition : "",
                 inside != NULL ? "  in " : "", inside != NULL ? inside : "");
    }
}

/* "  (2 h 30 min)", as people say it. */
static void
print_estimate (gint64 seconds)
{
  if (seconds < 0)
    return;
  fputs ("  (", stdout);
  if (seconds >= 3600)
    printf ("%" G_GINT64_FORMAT " h", seconds / 3600);
  if (seconds % 3600 >= 60)
    printf ("%s%" G_GINT64_FORMAT " min", seconds >= 3600 ? " " : "", seconds % 3600 / 60);
  if (seconds % 60 > 0 || seconds == 0)
    printf ("%s%" G_GINT64_FORMAT " s", seconds >= 60 ? " " : "", seconds % 60);
  fputc (')', stdout);
}

static void
print_step (CsStep *step)
{
  GListModel *blocks = cs_step_get_blocks (step);
  GListModel *checks = cs_step_get_checks (step);

  print_line_number (cs_step_get_line (step));
  ctl_print (stdout, "  %s  %s", cs_step_get_id (step), cs_step_get_title (step));
  print_estimate (cs_step_get_estimate (step));
  fputc ('\n', stdout);
  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, i);

      print_line_number (cs_block_get_line (block));
      ctl_print (stdout, "    %s  %s %s%s%s%s\n", cs_block_get_id (block),
                 cs_block_kind_to_string (cs_block_get_kind (block)), cs_block_get_language (block),
                 cs_block_get_endless (block) ? " endless" : "",
                 cs_block_get_interactive (block) ? " interactive" : "",
                 cs_block_get_destructive (block) ? " destructive" : "");
      print_parts (block);
    }
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (CsCheck) check = g_list_model_get_item (checks, i);

      print_line_number (cs_check_get_line (check));
      ctl_print (stdout, "    %s  [%s] %s\n", cs_check_get_id (check),
                 cs_check_get_done (check) ? "x" : " ", cs_check_get_text (check));
    }
}

static void
print_phase (CsPhase *phase)
{
  GListModel *steps = cs_phase_get_steps (phase);

  print_line_number (cs_phase_get_line (phase));
  ctl_print (stdout, "%s  %s  [%s]", cs_phase_get_id (phase), cs_phase_get_title (phase),
             cs_phase_kind_to_string (cs_phase_get_kind (phase)));
  if (cs_phase_get_environment (phase) != NULL)
    ctl_print (stdout, "  only for %s", cs_phase_get_environment (phase));
  print_estimate (cs_phase_get_estimate (phase));
  fputc ('\n', stdout);
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (steps, i);

      print_step (step);
    }
}

static void
print_outline (CsRunbook *runbook)
{
  GListModel *phases = cs_runbook_get_phases (runbook);
  GListModel *signoffs = cs_runbook_get_signoffs (runbook);

  ctl_print (stdout, "%s\n%s\n", cs_runbook_get_title (runbook), cs_runbook_get_digest (runbook));
  if (cs_runbook_get_encoding_damage (runbook) != NULL)
    ctl_print (stdout, "Damaged text (%s) is shown repaired.\n",
               cs_runbook_get_encoding_damage (runbook));
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);

      print_phase (phase);
    }
  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);

      print_line_number (cs_signoff_get_line (signoff));
      ctl_print (stdout, "%s  sign: %s  “%s”\n", cs_signoff_get_id (signoff),
                 cs_signoff_get_role (signoff), cs_signoff_get_meaning (signoff));
    }
}

CtlStatus
ctl_runbook_show (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsRunbook) runbook = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error))
    runbook = ctl_load_runbook (ctl, words[0], &error);
  if (runbook == NULL)
    return ctl_fail (error);
  if (json)
    {
      g_autoptr (JsonNode) node = cs_runbook_to_json (runbook);

      ctl_print_json (node);
    }
  else
    print_outline (runbook);
  return CTL_DONE;
}

CtlStatus
ctl_runbook_source (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (GBytes) source = NULL;

  if (ctl_parse (ctl, arguments, NULL, 1, 1, &words, &error))
    runbook = ctl_load_runbook (ctl, words[0], &error);
  if (runbook == NULL)
    return ctl_fail (error);
  source = cs_runbook_rebuild_source (runbook);
  fwrite (g_bytes_get_data (source, NULL), 1, g_bytes_get_size (source), stdout);
  return CTL_DONE;
}

static JsonArray *
get_diagnostics (JsonNode *model)
{
  return cs_json_get_array (json_node_get_object (model), "diagnostics");
}

/* FILE:LINE: severity: code: message, so that editors and build servers find the line. */
static void
print_diagnostics (const char *path, JsonArray *diagnostics)
{
  for (guint i = 0; i < json_array_get_length (diagnostics); i++)
    {
      JsonObject *item = json_array_get_object_element (diagnostics, i);
      g_autofree char *line =
        g_strdup_printf ("%" G_GINT64_FORMAT, cs_json_get_int (item, "line", 0));

      ctl_print (stdout, "%s:%s: %s: %s: %s\n", path, line, cs_json_get_string (item, "severity"),
                 cs_json_get_string (item, "code"), cs_json_get_string (item, "message"));
    }
}

static gboolean
is_clean (JsonArray *diagnostics, gboolean strict)
{
  for (guint i = 0; i < json_array_get_length (diagnostics); i++)
    {
      const char *severity =
        cs_json_get_string (json_array_get_object_element (diagnostics, i), "severity");

      if (g_strcmp0 (severity, "error") == 0 || (strict && g_strcmp0 (severity, "warning") == 0))
        return FALSE;
    }
  return TRUE;
}

/* What is said of one file, for programs: it could be read, and has a digest and diagnostics, or an
 * error. */
static JsonNode *
report_to_json (const char *path, CsRunbook *runbook, JsonArray *diagnostics, const GError *error)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *name = g_utf8_make_valid (path, -1);

  ctl_set_text (object, "file", name);
  ctl_set_text (object, "digest", runbook != NULL ? cs_runbook_get_digest (runbook) : NULL);
  ctl_set_text (object, "error", error != NULL ? error->message : NULL);
  json_object_set_array_member (
    object, "diagnostics",
    diagnostics != NULL ? json_array_ref (diagnostics) : json_array_new ());
  json_node_take_object (node, object);
  return node;
}

/* One file: prints what is said of it, or adds it to the report. A file that can't be read does not
 * hide what is said of the others. */
static CtlStatus
check_file (const char *path, gboolean strict, JsonArray *report)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (JsonNode) model = NULL;
  JsonArray *diagnostics = NULL;

  cs_runbook_load_async (file, NULL, ctl_ready_cb, &result);
  runbook = cs_runbook_load_finish (ctl_wait (&result), &error);
  if (runbook != NULL)
    {
      model = cs_runbook_to_json (runbook);
      diagnostics = get_diagnostics (model);
    }
  if (report != NULL)
    json_array_add_element (report, report_to_json (path, runbook, diagnostics, error));
  else if (diagnostics != NULL)
    print_diagnostics (path, diagnostics);
  if (runbook == NULL)
    return ctl_fail (error);
  return is_clean (diagnostics, strict) ? CTL_DONE : CTL_NO;
}

CtlStatus
ctl_runbook_check (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE, strict = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { "strict", 0, 0, G_OPTION_ARG_NONE, &strict, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *report = json_array_new ();
  CtlStatus status = CTL_DONE;

  json_node_take_array (node, report);
  if (!ctl_parse (ctl, arguments, entries, 1, G_MAXUINT, &words, &error))
    return ctl_fail (error);
  for (char **word = words; *word != NULL; word++)
    {
      CtlStatus one = check_file (*word, strict, json ? report : NULL);

      status = MAX (status, one);
    }
  if (json)
    ctl_print_json (node);
  return status;
}
