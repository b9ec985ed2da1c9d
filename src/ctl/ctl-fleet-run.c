/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command on a fleet: one line for each member, and what those printed that failed. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-fleet-run.h"

#include "cs-error.h"
#include "ctl-deployment-json.h"
#include "ctl-print.h"

#include <string.h>

/* Bytes of the end of a failed member's output that are printed; the record has it all. */
#define SHOWN_OUTPUT 4096

void
ctl_fleet_run_clear (CtlFleetRun *self)
{
  g_clear_pointer (&self->batch, g_free);
  g_clear_pointer (&self->pause, g_free);
  g_clear_pointer (&self->stop_after, g_free);
}

gboolean
ctl_fleet_run_check (const CtlFleetRun *self, CsDeployment *deployment, GError **error)
{
  CsTarget *target = cs_deployment_get_target (deployment);
  CsBatching batching = *cs_target_get_batching (target);
  gboolean used = self->batch != NULL || self->pause != NULL || self->stop_after != NULL ||
                  self->rest || self->retry_failed || self->json;

  if (used && cs_target_get_kind (target) != CS_TARGET_FLEET)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no fleet: --batch, --pause, --stop-after, --continue, --retry-failed "
                   "and --json are for fleets",
                   cs_target_get_name (target));
      return FALSE;
    }
  if (self->rest && self->retry_failed)
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "Give --continue or --retry-failed, not both");
      return FALSE;
    }
  return cs_batching_parse (&batching, self->batch, self->pause, self->stop_after, error);
}

static gboolean
has_ended (CsStatus status)
{
  return status == CS_STATUS_PASSED || status == CS_STATUS_FAILED ||
         status == CS_STATUS_INTERRUPTED;
}

/* "web-1: passed after 0.3 s", "web-2: failed after 0.1 s: exited with status 3" */
static void
member_changed_cb (CsBlockState *member, GParamSpec *pspec, gpointer user_data)
{
  CsStatus status = cs_block_state_get_status (member);
  g_autofree char *duration = NULL;

  if (!has_ended (status))
    return;
  duration = ctl_format_duration (
    MAX (cs_block_state_get_finished (member) - cs_block_state_get_started (member), 0));
  ctl_print (stderr, "%s: %s after %s", cs_block_state_get_member (member),
             cs_status_to_string (status), duration);
  if (status != CS_STATUS_PASSED && cs_block_state_get_ending (member) != NULL)
    {
      ctl_print (stderr, ": %s", cs_block_state_get_ending (member));
      fprintf (stderr, " with status %d", cs_block_state_get_exit_status (member));
    }
  else if (status != CS_STATUS_PASSED && cs_block_state_get_problem (member) != NULL)
    ctl_print (stderr, ": %s", cs_block_state_get_problem (member));
  fputc ('\n', stderr);
}

static void
pause_changed_cb (CsBlockState *block, GParamSpec *pspec, gpointer user_data)
{
  gint64 until = cs_block_state_get_pause_until (block);
  g_autofree char *when = until != 0 ? ctl_format_time (until) : NULL;

  if (when != NULL)
    ctl_print (stderr, "== the next batch starts at %s\n", when);
}

static void
connect_members (CsBlockState *block, gpointer data)
{
  GListModel *members = cs_block_state_get_members (block);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      g_signal_connect (member, "notify::status", G_CALLBACK (member_changed_cb), data);
    }
  g_signal_connect (block, "notify::pause-until", G_CALLBACK (pause_changed_cb), data);
}

static void
disconnect_members (CsBlockState *block, gpointer data)
{
  GListModel *members = cs_block_state_get_members (block);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      g_signal_handlers_disconnect_by_data (member, data);
    }
  g_signal_handlers_disconnect_by_data (block, data);
}

/* The end of what a failed member printed. */
static void
print_output (Ctl *ctl, CsBlockState *member)
{
  const char *digest = cs_block_state_get_output (member);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *data;
  gsize size = 0, skip;

  if (digest == NULL || cs_block_state_get_output_size (member) == 0)
    return;
  bytes = cs_store_get_blob_sync (cs_workspace_get_store (ctl->workspace), digest, &error);
  ctl_print (stdout, "-- %s printed:\n", cs_block_state_get_member (member));
  if (bytes == NULL)
    {
      ctl_print (stdout, "%s\n", error->message);
      return;
    }
  data = g_bytes_get_data (bytes, &size);
  skip = size > SHOWN_OUTPUT ? size - SHOWN_OUTPUT : 0;
  if (skip > 0)
    printf ("[%" G_GSIZE_FORMAT " bytes before this are in the record]\n", skip);
  ctl_print_output (stdout, data + skip, size - skip, TRUE);
  if (size > 0 && data[size - 1] != '\n')
    fputc ('\n', stdout);
}

/* Whether no command ran, because none of those that were tried could be reached. */
static gboolean
nothing_reached (CsBlockState *block)
{
  GListModel *members = cs_block_state_get_members (block);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      if (cs_block_state_get_ending (member) != NULL)
        return FALSE;
    }
  return cs_block_state_count_members (block, CS_STATUS_FAILED) > 0;
}

static CtlStatus
tell_end (Ctl *ctl, CsBlockState *block)
{
  GListModel *members = cs_block_state_get_members (block);
  CsStatus status = cs_block_state_get_status (block);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);

      if (cs_block_state_get_status (member) == CS_STATUS_FAILED)
        print_output (ctl, member);
    }
  fprintf (stderr, "== %u of %u members passed",
           cs_block_state_count_members (block, CS_STATUS_PASSED),
           cs_block_state_get_n_members (block));
  fprintf (stderr, ", %u failed, %u not known, %u left out, %u to come\n",
           cs_block_state_count_members (block, CS_STATUS_FAILED),
           cs_block_state_count_members (block, CS_STATUS_INTERRUPTED),
           cs_block_state_count_members (block, CS_STATUS_SKIPPED),
           cs_block_state_count_members (block, CS_STATUS_TODO));
  if (status == CS_STATUS_PASSED)
    return CTL_DONE;
  if (status == CS_STATUS_WAITING || status == CS_STATUS_INTERRUPTED)
    return CTL_WAITING;
  return nothing_reached (block) ? CTL_UNREACHABLE : CTL_NO;
}

gboolean
ctl_fleet_run_set_up (const CtlFleetRun *self,
                      CsDeployment *deployment,
                      CsBatching *batching,
                      CsFleetPart *part,
                      GError **error)
{
  *batching = *cs_target_get_batching (cs_deployment_get_target (deployment));
  *part = self->rest           ? CS_FLEET_REST
          : self->retry_failed ? CS_FLEET_FAILED
                               : CS_FLEET_OPEN;
  return cs_batching_parse (batching, self->batch, self->pause, self->stop_after, error);
}

void
ctl_fleet_run_follow (const CtlFleetRun *self, CsBlockState *block)
{
  connect_members (block, (gpointer) self);
}

void
ctl_fleet_run_leave (const CtlFleetRun *self, CsBlockState *block)
{
  disconnect_members (block, (gpointer) self);
}

CtlStatus
ctl_fleet_run_tell_end (const CtlFleetRun *self, Ctl *ctl, CsBlockState *block)
{
  CtlStatus status = tell_end (ctl, block);

  if (self->json)
    {
      g_autoptr (JsonNode) node = ctl_block_to_json (block);

      ctl_print_json (node);
    }
  return status;
}

CtlStatus
ctl_fleet_run (const CtlFleetRun *self,
               Ctl *ctl,
               CsDeployment *deployment,
               CsStepState *step,
               CsBlockState *block,
               GCancellable *cancellable)
{
  CsBatching batching;
  CsFleetPart part;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ended;

  if (!ctl_fleet_run_set_up (self, deployment, &batching, &part, &error))
    return ctl_fail (error);
  ctl_fleet_run_follow (self, block);
  cs_deployment_run_fleet_async (deployment, cs_workspace_get_actor (ctl->workspace), step, block,
                                 part, &batching, cancellable, ctl_ready_cb, &result);
  ended = cs_deployment_run_block_finish (deployment, ctl_wait (&result), &error);
  ctl_fleet_run_leave (self, block);
  return ended ? ctl_fleet_run_tell_end (self, ctl, block) : ctl_fail (error);
}
