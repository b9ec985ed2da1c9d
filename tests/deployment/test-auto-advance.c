/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a program goes by itself, and what it stops at. */

#include "cs-deployment-fixture.h"

#include "cs-auto-advance.h"
#include "cs-error.h"

#include <string.h>

/* Where it stops in a runbook, and why. */
typedef struct
{
  const char *name;
  const char *text;
  const char *stop; /* the step before which it stops; NULL: it comes to the end */
  const char *words;
  const char *who; /* "*": the operator */
} Case;

#define GO "# T\n\n## Deployment Steps\n\n### Step 1: Go\n\n```bash\necho gone\n```\n\n"

static const Case CASES[] = {
  { "end", GO "### Step 2: On\n\n```bash\necho on\n```\n", NULL, NULL, NULL },
  { "check", GO "### Step 2: Look\n\n- [ ] Seen\n", "1.2", "A person ticks “Seen”", "*" },
  { "words", GO "### Step 2: Tell\n\nTell people.\n", "1.2",
    "A person does what “Tell” says, and confirms it", "*" },
  { "destructive", GO "### Step 2: Away\n\n```bash\nrm -rf ./there\n```\n", "1.2",
    "destroys something, so a person starts it", "*" },
  { "interactive", GO "### Step 2: Ask\n\n```bash {interactive}\nread answer\n```\n", "1.2",
    "asks questions, so a person starts it", "*" },
  { "endless", GO "### Step 2: Follow\n\n```bash\ntail -f /dev/null\n```\n", "1.2",
    "does not end by itself, so a person starts it", "*" },
  { "choice",
    GO "### Step 2: Go on\n\n#### Option A: This\n\n```bash\necho this\n```\n\n"
       "#### Option B: That\n\n```bash\necho that\n```\n",
    "1.2", "one of several to choose from", "*" },
  { "failed", GO "### Step 2: Fail\n\n```bash\nfalse\n```\n\n### Step 3: On\n\n```bash\nls\n```\n",
    "1.2", "did not go well: a person decides what comes of it", "*" },
  { "verdict",
    GO "### Step 2: Say\n\n```bash\necho here\n# Should show a clean tree\n```\n", "1.2",
    "waits for a verdict", "*" },
  { "signature",
    "# T\n\n## Preparation\n\n### Step 1: Go\n\n```bash\necho gone\n```\n\n## Approval\n\n"
    "- Tech Lead: ____________________ Date: ________\n",
    NULL, "The signature of Tech Lead is missing", "Tech Lead" },
  { "blocker", "# T\n\n## Blockers\n\n### BLOCKER 1: No index\n\nSlow.\n\n" GO, NULL,
    "blocks the deployment: someone resolves it, with a note", "*" },
};

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
finish (CsAutoAdvance *going, GAsyncResult **result, CsGate **why, GError **error)
{
  g_autoptr (GAsyncResult) done = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = g_steal_pointer (result);
  return cs_auto_advance_run_finish (going, done, why, error);
}

static gboolean
go (CsAutoAdvance *going, CsGate **why, GError **error)
{
  GAsyncResult *result = NULL;

  cs_auto_advance_run_async (going, NULL, result_cb, &result);
  return finish (going, &result, why, error);
}

static void
test_case (Fixture *self, gconstpointer data)
{
  const Case *one = data;
  CsDeployment *deployment = fixture_start (self, one->text);
  const char *actor = cs_workspace_get_actor (self->workspace);
  g_autoptr (CsAutoAdvance) going = cs_auto_advance_new (deployment, actor);
  g_autoptr (CsGate) why = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = go (going, &why, &error);
  CsNext next;

  g_assert_no_error (error);
  g_assert_false (cs_auto_advance_is_active (going));
  g_assert_true (done == (one->words == NULL));
  cs_deployment_get_next (deployment, &next);
  if (one->words == NULL)
    {
      g_assert_null (why);
      g_assert_cmpint (next.kind, ==, CS_NEXT_CLOSE);
      return;
    }
  if (strstr (why->words, one->words) == NULL)
    g_error ("“%s” does not say “%s”", why->words, one->words);
  g_assert_cmpstr (why->who, ==, strcmp (one->who, "*") == 0 ? actor : one->who);
  if (one->stop != NULL)
    g_assert_cmpstr (cs_step_get_id (cs_step_state_get_step (next.step)), ==, one->stop);
}

static void
count_cb (CsAutoAdvance *going, CsStepState *step, CsBlockState *block, gpointer data)
{
  g_assert_true (cs_auto_advance_is_active (going));
  (*(guint *) data)++;
}

static void
stop_cb (CsAutoAdvance *going, CsStepState *step, CsBlockState *block, gpointer data)
{
  cs_auto_advance_stop (going);
}

static void
ended_cb (CsAutoAdvance *going,
          CsStepState *step,
          CsBlockState *block,
          const GError *error,
          gpointer data)
{
  g_assert_no_error (error);
  (*(guint *) data)++;
}

/* What runs when it is told to stop goes on to its end; told again, it goes on behind it, and each
 * command is run once. */
static void
test_stop (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment =
    fixture_start (self, GO "### Step 2: On\n\n```bash\necho on\n```\n");
  g_autoptr (CsAutoAdvance) going =
    cs_auto_advance_new (deployment, cs_workspace_get_actor (self->workspace));
  gulong stopping = g_signal_connect (going, "starting", G_CALLBACK (stop_cb), NULL);
  guint started = 0;
  guint ended = 0;
  g_autoptr (CsGate) why = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (going, "starting", G_CALLBACK (count_cb), &started);
  g_signal_connect (going, "ended", G_CALLBACK (ended_cb), &ended);
  g_assert_false (go (going, &why, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (why->id, ==, "stopped");
  g_assert_cmpuint (started, ==, 1);
  g_assert_cmpuint (ended, ==, 1);
  g_assert_cmpint (cs_block_state_get_status (fixture_block (deployment, "1.1", 0)), ==,
                   CS_STATUS_PASSED);
  g_signal_handler_disconnect (going, stopping);
  g_assert_true (go (going, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (started, ==, 2);
  g_assert_cmpuint (cs_block_state_get_attempts (fixture_block (deployment, "1.1", 0)), ==, 1);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (self, GO);
  g_autoptr (CsAutoAdvance) going =
    cs_auto_advance_new (deployment, cs_workspace_get_actor (self->workspace));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  cs_auto_advance_run_async (going, cancellable, result_cb, &result);
  g_assert_false (finish (going, &result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (cs_block_state_get_attempts (fixture_block (deployment, "1.1", 0)), ==, 0);
}

/* Up to the end of a phase and no further; what a gate holds back is that gate's error. */
static void
test_until (Fixture *self, gconstpointer data)
{
  CsDeployment *deployment = fixture_start (
    self, "# T\n\n## Preparation\n\n```bash\necho ready\n```\n\n## Deployment Steps\n\n"
          "### Step 1: Go\n\n```bash\necho <RELEASE_TAG>\n```\n");
  g_autoptr (CsAutoAdvance) going =
    cs_auto_advance_new (deployment, cs_workspace_get_actor (self->workspace));
  g_autoptr (CsPhaseState) first =
    g_list_model_get_item (cs_deployment_get_phases (deployment), 0);
  g_autoptr (GError) error = NULL;

  cs_auto_advance_set_until (going, first);
  g_assert_true (go (going, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (cs_phase_state_get_status (first), ==, CS_STATUS_PASSED);
  g_assert_cmpuint (cs_block_state_get_attempts (fixture_block (deployment, "2.1", 0)), ==, 0);
  cs_auto_advance_set_until (going, NULL);
  g_assert_false (go (going, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_assert_nonnull (strstr (error->message, "RELEASE_TAG"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *path = g_strdup_printf ("/auto-advance/stops/%s", CASES[i].name);

      g_test_add (path, Fixture, &CASES[i], fixture_set_up, test_case, fixture_tear_down);
    }
  g_test_add ("/auto-advance/stop", Fixture, NULL, fixture_set_up, test_stop, fixture_tear_down);
  g_test_add ("/auto-advance/cancel", Fixture, NULL, fixture_set_up, test_cancel,
              fixture_tear_down);
  g_test_add ("/auto-advance/until", Fixture, NULL, fixture_set_up, test_until,
              fixture_tear_down);
  return g_test_run ();
}
