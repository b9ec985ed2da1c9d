/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endless commands run beside the path, several at once, and always come to an end. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"

#include <string.h>

static const char *const runbook_text = "# Watched\n"
                                        "\n"
                                        "## Deployment Steps\n"
                                        "\n"
                                        "### Step 1: Watch\n"
                                        "\n"
                                        "```bash\n"
                                        "echo one; tail -f /dev/null\n"
                                        "```\n"
                                        "\n"
                                        "```bash\n"
                                        "cd /; export WATCHED=1; echo two; tail -f /dev/null\n"
                                        "```\n"
                                        "\n"
                                        "### Step 2: Work\n"
                                        "\n"
                                        "```bash\n"
                                        "mkdir -p work && cd work && echo worked\n"
                                        "```\n"
                                        "\n"
                                        "### Step 3: Look\n"
                                        "\n"
                                        "```bash\n"
                                        "basename \"$PWD\"; echo \"${WATCHED-unset}\"\n"
                                        "```\n"
                                        "\n"
                                        "### Step 4: Watch for a second\n"
                                        "\n"
                                        "```bash {timeout=1}\n"
                                        "tail -f /dev/null\n"
                                        "```\n"
                                        "\n"
                                        "## Rollback Procedure\n"
                                        "\n"
                                        "### Step 1: Take it back\n"
                                        "\n"
                                        "```bash\n"
                                        "echo back\n"
                                        "```\n";

/* One stream that was started and is not waited for. */
typedef struct
{
  CsBlockState *block;
  GAsyncResult *result;
  gboolean shown;
} Stream;

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Stream *) user_data)->result = g_object_ref (result);
}

static void
output_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  ((Stream *) user_data)->shown = TRUE;
}

static void
run_cb (CsBlockState *block, GParamSpec *pspec, gpointer user_data)
{
  if (cs_block_state_get_run (block) != NULL)
    g_signal_connect (cs_block_state_get_run (block), "output", G_CALLBACK (output_cb), user_data);
}

/* Returns when it has printed its first line. */
static void
begin_stream (Fixture *self,
              CsDeployment *deployment,
              const char *step,
              guint block,
              gboolean prints,
              Stream *stream)
{
  gulong handler;

  stream->shown = FALSE;
  stream->block = fixture_block (deployment, step, block);
  handler = g_signal_connect (stream->block, "notify::run", G_CALLBACK (run_cb), stream);
  cs_deployment_run_block_async (deployment, cs_workspace_get_actor (self->workspace),
                                 cs_deployment_find_step (deployment, step), stream->block, NULL,
                                 ended_cb, stream);
  while (stream->result == NULL &&
         !(prints ? stream->shown : cs_block_state_get_run (stream->block) != NULL))
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (stream->block, handler);
}

static void
end_stream (CsDeployment *deployment, Stream *stream, const char *ending, CsStatus status)
{
  g_autoptr (GError) error = NULL;

  while (stream->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (cs_deployment_run_block_finish (deployment, stream->result, &error));
  g_assert_no_error (error);
  g_clear_object (&stream->result);
  g_assert_cmpstr (cs_block_state_get_ending (stream->block), ==, ending);
  g_assert_cmpint (cs_block_state_get_status (stream->block), ==, status);
}

static guint
count_streams (CsDeployment *deployment)
{
  g_autoptr (GPtrArray) streams = cs_deployment_list_streams (deployment);

  return streams->len;
}

static CsStatus
status_of_step (CsDeployment *deployment, const char *step)
{
  return cs_step_state_get_status (cs_deployment_find_step (deployment, step));
}

static void
test_beside (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (self, runbook_text);
  Stream one = { NULL }, two = { NULL };
  g_autofree char *printed = NULL;
  g_autofree char *watched = NULL;
  g_autoptr (GError) error = NULL;
  CsNext next;

  begin_stream (self, deployment, "1.1", 0, TRUE, &one);
  begin_stream (self, deployment, "1.1", 1, TRUE, &two);
  g_assert_cmpuint (count_streams (deployment), ==, 2);
  g_assert_true (cs_block_state_is_stream (one.block));
  g_assert_cmpint (status_of_step (deployment, "1.1"), ==, CS_STATUS_PASSED);
  cs_deployment_get_next (deployment, &next);
  g_assert_cmpint (next.kind, ==, CS_NEXT_RUN);
  g_assert_cmpstr (cs_step_get_id (cs_step_state_get_step (next.step)), ==, "1.2");

  g_assert_true (fixture_run (self, deployment, "1.2", 0, &error));
  g_assert_no_error (error);
  cs_deployment_stop_block (deployment, two.block);
  end_stream (deployment, &two, "stopped", CS_STATUS_PASSED);
  g_assert_cmpuint (count_streams (deployment), ==, 1);
  watched = fixture_output (self, two.block);
  g_assert_true (g_str_has_prefix (watched, "two\n"));

  /* What a stream left behind is not where the path goes on. */
  g_assert_true (fixture_run (self, deployment, "1.3", 0, &error));
  g_assert_no_error (error);
  printed = fixture_output (self, fixture_block (deployment, "1.3", 0));
  g_assert_cmpstr (printed, ==, "work\nunset\n");

  /* A stream may be started again. */
  begin_stream (self, deployment, "1.1", 1, TRUE, &two);
  g_assert_cmpuint (count_streams (deployment), ==, 2);
  cs_deployment_stop_block (deployment, one.block);
  cs_deployment_stop_block (deployment, two.block);
  end_stream (deployment, &one, "stopped", CS_STATUS_PASSED);
  end_stream (deployment, &two, "stopped", CS_STATUS_PASSED);
  g_assert_cmpuint (cs_block_state_get_attempts (two.block), ==, 2);
}

static void
go_to_last_step (Fixture *self, CsDeployment *deployment)
{
  g_assert_true (fixture_skip (self, deployment, "1.1", "a test", NULL));
  g_assert_true (fixture_run (self, deployment, "1.2", 0, NULL));
  g_assert_true (fixture_run (self, deployment, "1.3", 0, NULL));
}

static void
test_time_box (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (self, runbook_text);
  Stream stream = { NULL };

  go_to_last_step (self, deployment);
  begin_stream (self, deployment, "1.4", 0, FALSE, &stream);
  end_stream (deployment, &stream, "timed-out", CS_STATUS_PASSED);
  g_assert_cmpint (status_of_step (deployment, "1.4"), ==, CS_STATUS_PASSED);
}

static void
test_close (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (self, runbook_text);
  Stream one = { NULL };
  Stream two = { NULL };
  g_autoptr (GError) error = NULL;

  begin_stream (self, deployment, "1.1", 0, TRUE, &one);
  begin_stream (self, deployment, "1.1", 1, TRUE, &two);
  g_assert_true (fixture_run (self, deployment, "1.2", 0, NULL));
  g_assert_true (fixture_run (self, deployment, "1.3", 0, NULL));
  g_assert_false (fixture_close (self, deployment, &error)); /* refused: the streams go on */
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  g_assert_cmpuint (count_streams (deployment), ==, 2);
  g_assert_true (fixture_skip (self, deployment, "1.4", "a test", NULL));
  g_assert_true (fixture_close (self, deployment, &error));
  g_assert_no_error (error);
  end_stream (deployment, &one, "stopped", CS_STATUS_PASSED);
  end_stream (deployment, &two, "stopped", CS_STATUS_PASSED);
  g_assert_cmpint (cs_deployment_get_status (deployment), ==, CS_DEPLOYMENT_FINISHED);
}

static void
test_roll_back (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (self, runbook_text);
  Stream stream = { NULL };
  g_autoptr (GError) error = NULL;

  begin_stream (self, deployment, "1.1", 0, TRUE, &stream);
  g_assert_true (fixture_roll_back (self, deployment, 0, "it smokes", &error));
  g_assert_no_error (error);
  end_stream (deployment, &stream, "stopped", CS_STATUS_PASSED);
  g_assert_cmpint (cs_deployment_get_status (deployment), ==, CS_DEPLOYMENT_ROLLING_BACK);
}

/* A stream that ends by itself and badly is a command that failed. */
static void
test_fails (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment =
    fixture_start (self, "# W\n\n## Deployment Steps\n\n### Step 1: W\n\n"
                         "```bash\ntail -f /nowhere/log\n```\n");
  Stream stream = { NULL };

  begin_stream (self, deployment, "1.1", 0, FALSE, &stream);
  end_stream (deployment, &stream, "exited", CS_STATUS_FAILED);
  g_assert_cmpint (status_of_step (deployment, "1.1"), ==, CS_STATUS_FAILED);
}

/* This program goes away: the next one finds the stream, ends it, and may start it again. */
static void
test_abandoned (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (self, runbook_text);
  g_autofree char *id = g_strdup (cs_deployment_get_id (deployment));
  Stream stream = { NULL };
  g_autoptr (GError) error = NULL;

  begin_stream (self, deployment, "1.1", 0, TRUE, &stream);
  cs_deployment_disconnect (deployment);
  while (stream.result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (cs_deployment_run_block_finish (deployment, stream.result, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  g_clear_object (&stream.result);
  fixture_restart (self);
  deployment = cs_workspace_find_deployment (self->workspace, id, NULL);
  stream.block = fixture_block (deployment, "1.1", 0);
  g_assert_cmpint (cs_block_state_get_status (stream.block), ==, CS_STATUS_INTERRUPTED);
  g_assert_true (fixture_recover (self, deployment, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (cs_block_state_get_ending (stream.block), ==, "stopped");
  g_assert_cmpint (cs_block_state_get_status (stream.block), ==, CS_STATUS_PASSED);
  begin_stream (self, deployment, "1.1", 0, TRUE, &stream);
  cs_deployment_stop_block (deployment, stream.block);
  end_stream (deployment, &stream, "stopped", CS_STATUS_PASSED);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *self, gconstpointer data);
  } tests[] = {
    { "/deployment/streams/beside", test_beside },
    { "/deployment/streams/time-box", test_time_box },
    { "/deployment/streams/close", test_close },
    { "/deployment/streams/roll-back", test_roll_back },
    { "/deployment/streams/fails", test_fails },
    { "/deployment/streams/abandoned", test_abandoned },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_set_up, tests[i].test, fixture_tear_down);
  return g_test_run ();
}
