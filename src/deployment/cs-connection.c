/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connections to a deployment's target or to the members of its fleet: dropped, or closed when
 * they are tidy. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-clock.h"
#include "cs-member.h"

/* Targets that tidy up at once. */
#define MAX_FORGETTING 8

static void
follow_breaker (CsDeployment *self, CsTarget *target)
{
  CsBreaker *breaker = cs_breakers_lookup (self->breakers, cs_target_get_name (target));

  if (breaker != NULL)
    g_signal_connect_object (breaker, "notify::state", G_CALLBACK (cs_deployment_queue_changed),
                             self, G_CONNECT_SWAPPED);
}

/**
 * cs_deployment_set_breakers:
 * @breakers: (nullable): of the targets
 *
 * Has connections that are made from now on go through the breaker of the target.
 */
void
cs_deployment_set_breakers (CsDeployment *self, CsBreakers *breakers)
{
  GListModel *members;

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  members = cs_target_get_members (self->target);
  if (!g_set_object (&self->breakers, breakers) || breakers == NULL)
    return;
  follow_breaker (self, self->target);
  for (guint i = 0; members != NULL && i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);

      follow_breaker (self, cs_member_get_target (member));
    }
}

/* Whether nobody is let through to this target just now. */
static CsBreaker *
find_open_breaker (CsDeployment *self, CsTarget *target)
{
  CsBreaker *breaker = cs_breakers_lookup (self->breakers, cs_target_get_name (target));

  return breaker != NULL && cs_breaker_get_state (breaker) == CS_BREAKER_OPEN ? breaker : NULL;
}

static gboolean
reaches_nobody (CsDeployment *self, GListModel *members)
{
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);

      if (find_open_breaker (self, cs_member_get_target (member)) == NULL)
        return FALSE;
    }
  return TRUE;
}

/* The target has not answered for so long that it is left alone for a while. Of a fleet one member
 * that may answer is enough. */
void
cs_deployment_add_target_gate (CsDeployment *self, GPtrArray *gates)
{
  GListModel *members = cs_target_get_members (self->target);
  const char *name = cs_target_get_name (self->target);
  CsBreaker *breaker;
  g_autofree char *again = NULL;

  if (self->breakers == NULL)
    return;
  if (members != NULL)
    {
      if (reaches_nobody (self, members))
        cs_gates_add (gates, "target", self->operator, "No server of the fleet “%s” answers", name);
      return;
    }
  breaker = find_open_breaker (self, self->target);
  if (breaker == NULL)
    return;
  again = cs_deployment_dup_moment (cs_clock_now () + cs_breaker_get_wait (breaker));
  cs_gates_add (gates, "target", self->operator,
                "“%s” is left alone: it did not answer %u times in a row (%s). It is tried again "
                "at %s, or at once when someone resets it",
                name, cs_breaker_get_failures (breaker), cs_breaker_get_problem (breaker), again);
}

/**
 * cs_deployment_set_terminal:
 * @type: (nullable): what `TERM` says; %NULL for `xterm-256color`
 * @columns: its width in characters; 0 if there is none
 * @rows: its height in lines
 *
 * Whoever calls this shows a terminal for the interactive commands that are run from now on.
 */
void
cs_deployment_set_terminal (CsDeployment *self, const char *type, guint columns, guint rows)
{
  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  g_free (self->terminal_type);
  self->terminal_type = g_strdup (type);
  self->terminal_columns = columns;
  self->terminal_rows = rows;
}

/**
 * cs_deployment_disconnect:
 *
 * Ends the connections to the target, or to all members of the fleet, at once. Commands that run go
 * on there.
 */
void
cs_deployment_disconnect (CsDeployment *self)
{
  GHashTableIter iter;
  CsSite *site;

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  g_hash_table_iter_init (&iter, self->sites);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &site))
    cs_site_drop_session (site);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDeployment *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!cs_session_close_finish (CS_SESSION (source), result, &error))
    g_debug ("A connection did not close well: %s", error->message);
  if (--self->n_closing == 0)
    g_task_return_boolean (task, TRUE);
}

/* Closes for the waiting disconnect once no target keeps anything of what is recorded. */
static void
close_when_tidy (CsDeployment *self)
{
  g_autoptr (GTask) task = NULL;
  GHashTableIter iter;
  CsSite *site;

  if (self->n_forgetting > 0 || !g_queue_is_empty (self->litter) || self->disconnecting == NULL)
    return;
  task = g_steal_pointer (&self->disconnecting);
  g_hash_table_iter_init (&iter, self->sites);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &site))
    {
      g_autoptr (CsSession) session = g_steal_pointer (&site->session);

      if (session == NULL)
        continue;
      self->n_closing++;
      cs_session_close_async (session, closed_cb, g_object_ref (task));
    }
  if (self->n_closing == 0)
    g_task_return_boolean (task, TRUE);
}

/* What a target keeps of a run whose end is recorded. */
typedef struct
{
  CsSite *site; /* unowned: as old as the deployment */
  char *run_id;
} Litter;

static void
litter_free (Litter *self)
{
  g_free (self->run_id);
  g_free (self);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsDeployment) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_session_forget_finish (CS_SESSION (source), result, &error))
    g_debug ("What the target keeps of a run stays there: %s", error->message);
  self->n_forgetting--;
  cs_deployment_tidy (self);
}

/* A few at a time, and not while a fleet is gone through: its commands come first. */
void
cs_deployment_tidy (CsDeployment *self)
{
  while (self->n_forgetting < MAX_FORGETTING && g_hash_table_size (self->drives) == 0 &&
         !g_queue_is_empty (self->litter))
    {
      Litter *litter = g_queue_pop_head (self->litter);

      if (litter->site->session != NULL)
        {
          self->n_forgetting++;
          cs_session_forget_async (litter->site->session, litter->run_id, NULL, forgotten_cb,
                                   g_object_ref (self));
        }
      litter_free (litter);
    }
  close_when_tidy (self);
}

/* The target may remove what it keeps of a run whose end is recorded. */
void
cs_deployment_forget_run (CsDeployment *self, CsSite *site, const char *run_id)
{
  Litter *litter = g_new0 (Litter, 1);

  litter->site = site;
  litter->run_id = g_strdup (run_id);
  g_queue_push_tail (self->litter, litter);
  cs_deployment_tidy (self);
}

void
cs_deployment_drop_litter (CsDeployment *self)
{
  g_queue_free_full (g_steal_pointer (&self->litter), (GDestroyNotify) litter_free);
}

/**
 * cs_deployment_disconnect_async:
 *
 * Ends the connections as soon as the targets have removed what they keep of the runs whose ends
 * are recorded. To be called before a program ends. One at a time.
 */
void
cs_deployment_disconnect_async (CsDeployment *self,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (CS_IS_DEPLOYMENT (self));
  g_return_if_fail (self->disconnecting == NULL);

  self->disconnecting = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->disconnecting, cs_deployment_disconnect_async);
  close_when_tidy (self);
}

/** cs_deployment_disconnect_finish: %TRUE when the connection is closed, or there was none. */
gboolean
cs_deployment_disconnect_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
