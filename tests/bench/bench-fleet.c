/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of a deployment on servers over SSH, timed; bench-fleet.py sets the servers up, runs this
 * and the others, and prints the table.
 *
 *   bench-fleet DATA-DIR MEMBERS-FILE ROUNDS COMMAND    a fleet, one line a step: milliseconds,
 *     and those of the processor until its end and until the next one begins, if BENCH_CPU names a
 *     file that counts them in nanoseconds
 *   bench-fleet DATA-DIR FILE.agents ROUNDS COMMAND    the same; a line is NAME URL FINGERPRINT KEY
 *   bench-fleet DATA-DIR DESTINATION IDENTITY ROUNDS COMMAND    one server */

#include "cs-error.h"
#include "cs-member.h"
#include "cs-workspace.h"

#include <string.h>
#include <sys/resource.h>

/** PAUSE: milliseconds between two steps; people and deployments leave more. On a fleet there is
 * more to be made ready for the next one. */
#define PAUSE 300
#define PAUSE_FLEET 4000

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static gboolean
over_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
pause_loop (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, over_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
check (const GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static CsTarget *
new_fleet (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) members = NULL;
  CsTarget *target;

  g_file_get_contents (path, &text, NULL, &error);
  check (error);
  members = cs_member_parse_list (text, &error);
  check (error);
  target = cs_target_new_fleet ("fleet", members, NULL, NULL, &error);
  check (error);
  return target;
}

static void
add_agent (GPtrArray *members, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) target = NULL;

  if (g_strv_length (words) != 4)
    return;
  target = cs_target_new_agent (words[0], words[1], words[2], words[3], NULL, &error);
  check (error);
  g_ptr_array_add (members, cs_member_new (words[0], 1, target, &error));
  check (error);
}

static CsTarget *
new_agents (const char *path)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  CsTarget *target;

  g_file_get_contents (path, &text, NULL, &error);
  check (error);
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    add_agent (members, *line);
  target = cs_target_new_fleet ("fleet", members, NULL, NULL, &error);
  check (error);
  return target;
}

static CsWorkspace *
open_workspace (const char *directory)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsWorkspace *workspace;

  cs_workspace_open_async (directory, NULL, ready_cb, &result);
  workspace = cs_workspace_open_finish (wait_for (&result), &error);
  check (error);
  return workspace;
}

static CsDeployment *
start (CsWorkspace *workspace, CsTarget *target, guint rounds, const char *command)
{
  g_autoptr (GString) text = g_string_new ("# Bench\n\n## Deployment Steps\n");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsDeployment *deployment;

  for (guint i = 1; i <= rounds; i++)
    g_string_append_printf (text, "\n### Step %u: Run\n\n```bash\n%s\n```\n", i, command);
  bytes = g_bytes_new (text->str, text->len);
  runbook = cs_runbook_new_from_bytes (bytes, &error);
  check (error);
  cs_workspace_start_async (workspace, runbook, "bench.md", "bench", target, "bench", NULL,
                            ready_cb, &result);
  deployment = cs_workspace_start_finish (workspace, wait_for (&result), &error);
  check (error);
  return deployment;
}

/* Says of each member why it is not done. */
static void
tell_members (CsBlockState *block)
{
  GListModel *members = cs_block_state_get_members (block);

  for (guint i = 0; members != NULL && i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      if (cs_block_state_get_status (member) != CS_STATUS_PASSED)
        g_printerr ("%s: %s: %s\n", cs_block_state_get_member (member),
                    cs_status_to_string (cs_block_state_get_status (member)),
                    cs_block_state_get_problem (member));
    }
}

/* Milliseconds of the processor so far, of all processes that are counted. */
static double
read_cpu (void)
{
  const char *path = g_getenv ("BENCH_CPU");
  g_autofree char *text = NULL;

  if (path == NULL || path[0] == '\0' || !g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  return (double) g_ascii_strtoull (text, NULL, 10) / 1e6;
}

/* From the click to the durable record of the last end: milliseconds. */
static double
time_step (CsWorkspace *workspace, CsDeployment *deployment, guint number)
{
  g_autofree char *id = g_strdup_printf ("1.%u", number);
  CsStepState *step = cs_deployment_find_step (deployment, id);
  g_autoptr (CsBlockState) block = g_list_model_get_item (cs_step_state_get_blocks (step), 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begun = g_get_monotonic_time ();

  cs_deployment_run_block_async (deployment, cs_workspace_get_actor (workspace), step, block, NULL,
                                 ready_cb, &result);
  cs_deployment_run_block_finish (deployment, wait_for (&result), &error);
  check (error);
  if (cs_block_state_get_status (block) != CS_STATUS_PASSED)
    tell_members (block);
  if (cs_block_state_get_status (block) != CS_STATUS_PASSED)
    g_error ("step %s: %s", id, cs_status_to_string (cs_block_state_get_status (block)));
  return (double) (g_get_monotonic_time () - begun) / 1000;
}

int
main (int argc, char *argv[])
{
  g_autoptr (CsTarget) target = NULL;
  g_autoptr (CsWorkspace) workspace = NULL;
  g_autoptr (CsDeployment) deployment = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;
  struct rusage usage;
  guint rounds;

  if (argc != 5 && argc != 6)
    g_error ("see the head of bench-fleet.c");
  if (argc == 5)
    target = g_str_has_suffix (argv[2], ".agents") ? new_agents (argv[2]) : new_fleet (argv[2]);
  else
    target = cs_target_new_ssh ("one", argv[2], argv[3], NULL, &error);
  check (error);
  rounds = (guint) g_ascii_strtoull (argv[argc - 2], NULL, 10);
  workspace = open_workspace (argv[1]);
  deployment = start (workspace, target, rounds, argv[argc - 1]);
  for (guint i = 1; i <= rounds; i++)
    {
      double before = read_cpu ();
      double wall = time_step (workspace, deployment, i);
      double cpu = read_cpu () - before;

      pause_loop (argc == 5 ? PAUSE_FLEET : PAUSE);
      g_print ("%.2f %.2f %.2f\n", wall, cpu, read_cpu () - before);
    }
  cs_deployment_disconnect_async (deployment, ready_cb, &closed);
  cs_deployment_disconnect_finish (deployment, wait_for (&closed), NULL);
  getrusage (RUSAGE_SELF, &usage);
  g_print ("memory %ld\n", usage.ru_maxrss / 1024);
  return 0;
}
