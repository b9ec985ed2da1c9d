/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy run, recover */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-auto-advance.h"
#include "cs-error.h"
#include "ctl-commands.h"
#include "ctl-fleet-run.h"
#include "ctl-judgements.h"
#include "ctl-next.h"
#include "ctl-print.h"
#include "ctl-screen.h"

#include <glib-unix.h>
#include <string.h>

/* One `deploy run`; its signals and what runs now. */
typedef struct
{
  Ctl *ctl;
  CtlFleetRun fleet; /* how a fleet is gone through */
  const char *actor;
  CsDeployment *deployment;
  CsBlockState *block; /* that runs now; NULL between two */
  CtlStatus status;    /* of the newest command that a program started by itself */
  GCancellable *cancellable;
  guint time_box;    /* seconds for endless commands; 0: as the runbook says */
  guint timer;       /* source that stops the endless command that runs now; 0 */
  gint64 shown;      /* bytes of the output that were printed or could not be */
  CtlScreen *screen; /* while a command has this terminal */
  GByteArray *held;  /* the beginning of a character */
} Runner;

static gboolean
stop_cb (gpointer user_data)
{
  Runner *runner = user_data;

  g_cancellable_cancel (runner->cancellable);
  if (runner->block != NULL)
    cs_deployment_stop_block (runner->deployment, runner->block);
  return G_SOURCE_CONTINUE;
}

/* Ctrl+C ends what does not end by itself, and nothing else: that is how it passes. */
static gboolean
interrupt_cb (gpointer user_data)
{
  Runner *runner = user_data;
  gboolean endless =
    runner->block != NULL && cs_block_get_endless (cs_block_state_get_block (runner->block));

  if (!endless || cs_block_state_get_run (runner->block) == NULL)
    return stop_cb (runner);
  cs_deployment_stop_block (runner->deployment, runner->block);
  return G_SOURCE_CONTINUE;
}

static gboolean
time_over_cb (gpointer user_data)
{
  Runner *runner = user_data;

  runner->timer = 0;
  cs_deployment_stop_block (runner->deployment, runner->block);
  return G_SOURCE_REMOVE;
}

static void
print_held (Runner *runner, gboolean last)
{
  gsize printed;

  if (runner->held->len == 0)
    return;
  printed =
    ctl_print_output (stdout, (const char *) runner->held->data, runner->held->len, last);
  g_byte_array_remove_range (runner->held, 0, (guint) MIN (printed, runner->held->len));
  fflush (stdout);
}

static void
output_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  Runner *runner = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (offset > runner->shown)
    {
      print_held (runner, TRUE);
      fprintf (stderr,
               "\n[%" G_GINT64_FORMAT " bytes are not shown here; they are in the record]\n",
               offset - runner->shown);
    }
  runner->shown = offset + (gint64) size;
  g_byte_array_append (runner->held, data, (guint) size);
  print_held (runner, FALSE);
}

static void
run_changed_cb (CsBlockState *block, GParamSpec *pspec, gpointer user_data)
{
  Runner *runner = user_data;
  CsRun *run = cs_block_state_get_run (block);

  if (run == NULL)
    return;
  runner->shown = 0;
  if (cs_run_is_terminal (run))
    runner->screen = ctl_screen_attach (run);
  else
    g_signal_connect (run, "output", G_CALLBACK (output_cb), runner);
  if (runner->time_box > 0 && cs_block_get_endless (cs_block_state_get_block (block)))
    runner->timer = g_timeout_add_seconds (runner->time_box, time_over_cb, runner);
  /* Ctrl+C came while the command was on its way. */
  if (g_cancellable_is_cancelled (runner->cancellable))
    cs_deployment_stop_block (runner->deployment, block);
}

static CtlStatus
tell_end (CsBlockState *block)
{
  gboolean passed = cs_block_state_get_status (block) == CS_STATUS_PASSED;
  gboolean asked = cs_block_state_awaits_verdict (block);
  g_autofree char *duration = ctl_format_duration (cs_block_state_get_finished (block) -
                                                   cs_block_state_get_started (block));

  ctl_print (stderr, "== %s after %s: %s",
             passed  ? "passed"
             : asked ? "waits for a verdict"
                     : "failed",
             duration, cs_block_state_get_ending (block));
  fprintf (stderr, " with status %d\n", cs_block_state_get_exit_status (block));
  ctl_judgements_print (block, "   ", stderr);
  return passed ? CTL_DONE : asked ? CTL_WAITING
                                   : CTL_NO;
}

/* A command that asks questions gets this terminal, if there is one. */
static gboolean
lend_terminal (Runner *runner, CsBlock *block)
{
  guint columns, rows;

  if (!cs_block_get_interactive (block))
    return TRUE;
  if (ctl_screen_get_size (&columns, &rows))
    {
      cs_deployment_set_terminal (runner->deployment, g_getenv ("TERM"), columns, rows);
      return TRUE;
    }
  fprintf (stderr,
           "countersignctl: The command in line %u asks questions: run it where standard input and "
           "output are a terminal\n",
           cs_block_get_line (block));
  return FALSE;
}

static void
tell_start (CsStepState *step, CsBlockState *block)
{
  ctl_print (stderr, "== step %s “%s”", cs_step_get_id (cs_step_state_get_step (step)),
             cs_step_get_title (cs_step_state_get_step (step)));
  fprintf (stderr, ", command in line %u\n", cs_block_get_line (cs_block_state_get_block (block)));
}

static CtlStatus
run_on_fleet (Runner *runner, CsStepState *step, CsBlockState *block)
{
  CtlStatus status;

  tell_start (step, block);
  runner->block = block;
  status =
    ctl_fleet_run (&runner->fleet, runner->ctl, runner->deployment, step, block,
                   runner->cancellable);
  runner->block = NULL;
  return status;
}

/* Shows what a command prints, until it is left. */
static void
follow (Runner *runner, CsBlockState *block)
{
  runner->block = block;
  if (cs_block_state_get_n_members (block) > 0)
    ctl_fleet_run_follow (&runner->fleet, block);
  else
    g_signal_connect (block, "notify::run", G_CALLBACK (run_changed_cb), runner);
}

static void
leave (Runner *runner, CsBlockState *block)
{
  g_clear_handle_id (&runner->timer, g_source_remove);
  g_clear_pointer (&runner->screen, ctl_screen_detach);
  runner->block = NULL;
  print_held (runner, TRUE);
  if (cs_block_state_get_n_members (block) > 0)
    ctl_fleet_run_leave (&runner->fleet, block);
  else
    g_signal_handlers_disconnect_by_func (block, run_changed_cb, runner);
}

static CtlStatus
fail_to_run (const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return ctl_fail (error);
  fputs ("countersignctl: Stopped before the command was started\n", stderr);
  return CTL_NO;
}

static CtlStatus
run_on_target (Runner *runner, CsStepState *step, CsBlockState *block)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ended;

  if (!lend_terminal (runner, cs_block_state_get_block (block)))
    return CTL_WAITING;
  tell_start (step, block);
  follow (runner, block);
  cs_deployment_run_block_async (runner->deployment, runner->actor, step, block,
                                 runner->cancellable, ctl_ready_cb, &result);
  ended = cs_deployment_run_block_finish (runner->deployment, ctl_wait (&result), &error);
  leave (runner, block);
  return ended ? tell_end (block) : fail_to_run (error);
}

static CtlStatus
run_block (Runner *runner, CsStepState *step, CsBlockState *block)
{
  return cs_block_state_get_n_members (block) > 0 ? run_on_fleet (runner, step, block)
                                                  : run_on_target (runner, step, block);
}

/* The commands of a step that are run by name, or those of one choice. */
static void
tell_blocks (CsStepState *step, const char *choice)
{
  GListModel *blocks = cs_step_state_get_blocks (step);

  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlockState) state = g_list_model_get_item (blocks, i);
      CsBlock *block = cs_block_state_get_block (state);
      const char *condition = cs_block_get_condition (block);

      if (choice == NULL || g_strcmp0 (cs_block_get_choice (block), choice) == 0)
        ctl_print (stderr, "  %s  %s\n", cs_block_get_id (block),
                   condition != NULL ? condition : "");
    }
}

/* One of several that stand for each other is chosen by a person. */
static gboolean
tell_choice (CsStepState *step, CsBlockState *state)
{
  CsBlock *block = cs_block_state_get_block (state);

  if (cs_block_get_choice (block) == NULL)
    return FALSE;
  fprintf (stderr, "countersignctl: From line %u on, a person chooses one of these; name it:\n",
           cs_block_get_line (block));
  tell_blocks (step, cs_block_get_choice (block));
  return TRUE;
}

/* Runs what is to be run of a step: what has not passed, or the endless commands once more. */
static CtlStatus
run_blocks (Runner *runner, CsStepState *step, gboolean once_more, guint *n_run)
{
  GListModel *blocks = cs_step_state_get_blocks (step);
  CtlStatus status = CTL_DONE;

  for (guint i = 0; i < g_list_model_get_n_items (blocks) && status == CTL_DONE; i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (blocks, i);
      gboolean passed = cs_block_state_get_status (block) == CS_STATUS_PASSED;

      if (!(once_more ? passed && cs_block_get_endless (cs_block_state_get_block (block))
                      : cs_step_state_waits_for (step, block)))
        continue;
      if (tell_choice (step, block))
        return CTL_WAITING;
      status = run_block (runner, step, block);
      (*n_run)++;
    }
  return status;
}

static CtlStatus
run_step (Runner *runner, CsStepState *step)
{
  GListModel *blocks = cs_step_state_get_blocks (step);
  guint n_run = 0;
  CtlStatus status = run_blocks (runner, step, FALSE, &n_run);

  if (n_run == 0)
    status = run_blocks (runner, step, TRUE, &n_run);
  if (n_run > 0)
    return status;
  if (g_list_model_get_n_items (blocks) > 0 && !cs_step_state_has_work (step))
    {
      fputs ("countersignctl: A person decides which commands of this step are run; name one:\n",
             stderr);
      tell_blocks (step, NULL);
      return CTL_WAITING;
    }
  if (g_list_model_get_n_items (blocks) > 0)
    {
      fputs ("countersignctl: All commands of this step have run already and passed\n", stderr);
      return CTL_REFUSED;
    }
  ctl_print (stderr, "countersignctl: Step %s has no commands; a person does it\n",
             cs_step_get_id (cs_step_state_get_step (step)));
  return CTL_WAITING;
}

static void
starting_cb (CsAutoAdvance *going, CsStepState *step, CsBlockState *block, Runner *runner)
{
  tell_start (step, block);
  follow (runner, block);
}

static void
ended_cb (CsAutoAdvance *going,
          CsStepState *step,
          CsBlockState *block,
          const GError *error,
          Runner *runner)
{
  leave (runner, block);
  if (error != NULL)
    return;
  runner->status = cs_block_state_get_n_members (block) > 0
                     ? ctl_fleet_run_tell_end (&runner->fleet, runner->ctl, block)
                     : tell_end (block);
}

/* Why no program goes on: the last command did not pass, or a person is needed. */
static CtlStatus
tell_stop (Runner *runner, const CsGate *why)
{
  CsNext next;

  cs_deployment_get_next (runner->deployment, &next);
  if (runner->status != CTL_DONE)
    return runner->status;
  if (next.kind == CS_NEXT_RUN || next.kind == CS_NEXT_CONTINUE)
    ctl_print (stderr, "countersignctl: %s\n", why->words);
  return CTL_WAITING;
}

static CtlStatus
advance (Runner *runner, CsPhaseState *until)
{
  g_autoptr (CsAutoAdvance) going = cs_auto_advance_new (runner->deployment, runner->actor);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsGate) why = NULL;
  g_autoptr (GError) error = NULL;
  CsBatching batching;
  CsFleetPart part;
  CtlStatus status = CTL_DONE;

  if (!ctl_fleet_run_set_up (&runner->fleet, runner->deployment, &batching, &part, &error))
    return ctl_fail (error);
  cs_auto_advance_set_until (going, until);
  cs_auto_advance_set_fleet (going, &batching, part, runner->fleet.rest);
  g_signal_connect (going, "starting", G_CALLBACK (starting_cb), runner);
  g_signal_connect (going, "ended", G_CALLBACK (ended_cb), runner);
  cs_auto_advance_run_async (going, runner->cancellable, ctl_ready_cb, &result);
  if (!cs_auto_advance_run_finish (going, ctl_wait (&result), &why, &error))
    status = error != NULL ? fail_to_run (error) : tell_stop (runner, why);
  ctl_next_print (runner->deployment, stderr);
  return status;
}

static CsPhaseState *
find_phase (CsDeployment *deployment, const char *name, GError **error)
{
  GListModel *phases = cs_deployment_get_phases (deployment);
  g_autofree char *wanted = g_utf8_casefold (name, -1);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (phases, i);
      CsPhase *source = cs_phase_state_get_phase (phase);
      g_autofree char *title = g_utf8_casefold (cs_phase_get_title (source), -1);

      if (g_str_equal (cs_phase_get_id (source), name) || g_str_equal (title, wanted))
        return phase;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "No phase on the path is named “%s”", name);
  return NULL;
}

static CtlStatus
run (Runner *runner, const char *step_id, const char *until)
{
  g_autoptr (GError) error = NULL;
  CsPhaseState *phase = until != NULL ? find_phase (runner->deployment, until, &error) : NULL;
  CsStepState *step =
    step_id != NULL ? cs_deployment_find_step (runner->deployment, step_id) : NULL;
  CsBlockState *block = NULL;

  if (step_id != NULL && step == NULL)
    block = ctl_find_block (runner->deployment, step_id, &step);
  if (step_id != NULL && until != NULL)
    g_set_error (&error, CS_ERROR, CS_ERROR_INVALID, "Give a step or --until, not both");
  else if (step_id != NULL && block == NULL && step == NULL)
    g_set_error (&error, CS_ERROR, CS_ERROR_NOT_FOUND, "The runbook has no step or command “%s”",
                 step_id);
  if (error != NULL)
    return ctl_fail (error);
  if (block != NULL)
    return run_block (runner, step, block);
  return step != NULL ? run_step (runner, step) : advance (runner, phase);
}

/* The target tidies up before the program ends; if it can't, the journal has all that counts. */
static void
disconnect (CsDeployment *deployment)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_deployment_disconnect_async (deployment, ctl_ready_cb, &result);
  cs_deployment_disconnect_finish (deployment, ctl_wait (&result), NULL);
}

CtlStatus
ctl_deploy_run (Ctl *ctl, char **arguments)
{
  g_autofree char *until = NULL;
  g_autofree char *time_box = NULL;
  Runner runner = { NULL };
  const GOptionEntry entries[] = {
    { "for", 0, 0, G_OPTION_ARG_FILENAME, &time_box, NULL, "TIME" },
    { "until", 0, 0, G_OPTION_ARG_FILENAME, &until, NULL, "PHASE" },
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &runner.fleet.batch, NULL, "10%|5" },
    { "pause", 0, 0, G_OPTION_ARG_FILENAME, &runner.fleet.pause, NULL, "30s|ask" },
    { "stop-after", 0, 0, G_OPTION_ARG_FILENAME, &runner.fleet.stop_after, NULL, "N" },
    { "continue", 0, 0, G_OPTION_ARG_NONE, &runner.fleet.rest, NULL, NULL },
    { "retry-failed", 0, 0, G_OPTION_ARG_NONE, &runner.fleet.retry_failed, NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &runner.fleet.json, NULL, NULL },
    { NULL },
  };
  const int stopping[] = { SIGINT, SIGTERM, SIGHUP };
  guint sources[G_N_ELEMENTS (stopping)];
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CtlStatus status;

  if (ctl_parse (ctl, arguments, entries, 1, 2, &words, &error) &&
      ctl_parse_seconds (time_box, "--for", &runner.time_box, &error))
    runner.deployment = ctl_open_deployment (ctl, words[0], &error);
  if (runner.deployment == NULL ||
      !ctl_fleet_run_check (&runner.fleet, runner.deployment, &error))
    {
      ctl_fleet_run_clear (&runner.fleet);
      return ctl_fail (error);
    }
  runner.ctl = ctl;
  runner.actor = cs_workspace_get_actor (ctl->workspace);
  runner.cancellable = g_cancellable_new ();
  runner.held = g_byte_array_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (stopping); i++)
    sources[i] = g_unix_signal_add (stopping[i], stopping[i] == SIGINT ? interrupt_cb : stop_cb,
                                    &runner);
  status = run (&runner, words[1], until);
  for (gsize i = 0; i < G_N_ELEMENTS (stopping); i++)
    g_source_remove (sources[i]);
  disconnect (runner.deployment);
  g_object_unref (runner.cancellable);
  g_byte_array_unref (runner.held);
  ctl_fleet_run_clear (&runner.fleet);
  return status;
}

CtlStatus
ctl_deploy_recover (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsDeployment *deployment = NULL;
  CsNext next = { CS_NEXT_NOTHING };

  if (ctl_parse (ctl, arguments, NULL, 1, 1, &words, &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL)
    return ctl_fail (error);
  cs_deployment_recover_async (deployment, cs_workspace_get_actor (ctl->workspace), NULL,
                               ctl_ready_cb, &result);
  if (!cs_deployment_recover_finish (deployment, ctl_wait (&result), &error))
    return ctl_fail (error);
  cs_deployment_get_next (deployment, &next);
  ctl_next_print (deployment, stderr);
  disconnect (deployment);
  if (next.kind == CS_NEXT_SETTLE && cs_step_state_get_status (next.step) == CS_STATUS_INTERRUPTED)
    return CTL_WAITING;
  return CTL_DONE;
}
