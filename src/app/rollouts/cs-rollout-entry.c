/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag as the window knows it: its rollout, what could be next, and what is being done to it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-rollout-entry.h"

#include "cs-error.h"
#include "cs-rollout-watch.h"

#include <string.h>

/* Soaking goes on by itself: seconds between two looks at it. */
#define LOOK_SECONDS 15

struct _CsRolloutEntry
{
  GObject parent_instance;

  CsRolloutSite *site;
  char *actor;
  char *key;
  GCancellable *cancellable;
  CsRollout *rollout;
  GError *error;
  CsRolloutPlan *next;
  CsRolloutPlan *update;
  GError *problem;
  GPtrArray *gates;
  guint busy; /* acts that were begun here */
  gboolean looking;
  gboolean look_again;
  guint timer;
  CsRolloutWatch *watch;
  CsRolloutWatching watching;
  GError *watch_error;
};

G_DEFINE_FINAL_TYPE (CsRolloutEntry, cs_rollout_entry, G_TYPE_OBJECT)

enum
{
  CHANGED,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
tell (CsRolloutEntry *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
is_closed (CsRolloutEntry *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

static void
verified_cb (CsRolloutEntry *self)
{
  if (self->watch_error != NULL)
    {
      g_clear_error (&self->watch_error);
      tell (self);
    }
}

static void
watch_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  cs_rollout_watch_close_finish (CS_ROLLOUT_WATCH (source), result, NULL);
}

static void
end_watch (CsRolloutEntry *self)
{
  g_autoptr (CsRolloutWatch) watch = g_steal_pointer (&self->watch);

  if (watch == NULL)
    return;
  g_signal_handlers_disconnect_by_data (watch, self);
  cs_rollout_watch_close_async (watch, watch_closed_cb, NULL);
}

/* Who was asked for a passphrase and gave none is not asked again every minute. */
static void
trouble_cb (CsRolloutEntry *self, const GError *error)
{
  g_clear_error (&self->watch_error);
  self->watch_error = g_error_copy (error);
  if (g_error_matches (error, CS_ERROR, CS_ERROR_AUTH))
    {
      end_watch (self);
      self->watching = CS_ROLLOUT_WATCHING_FAILED;
    }
  tell (self);
}

static void
watch_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutEntry) self = user_data;
  g_autoptr (CsRolloutWatch) watch = cs_rollout_watch_open_finish (result, &self->watch_error);

  if (is_closed (self))
    return;
  self->watching = CS_ROLLOUT_WATCHING_FAILED;
  if (watch != NULL &&
      cs_rollout_watch_start (watch, CS_ROLLOUT_WATCH_INTERVAL, &self->watch_error))
    {
      self->watching = CS_ROLLOUT_WATCHING_HERE;
      self->watch = g_steal_pointer (&watch);
      g_signal_connect_object (self->watch, "verified", G_CALLBACK (verified_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->watch, "trouble", G_CALLBACK (trouble_cb), self,
                               G_CONNECT_SWAPPED);
    }
  else if (g_error_matches (self->watch_error, CS_ERROR, CS_ERROR_BUSY))
    {
      self->watching = CS_ROLLOUT_WATCHING_ELSEWHERE;
      g_clear_error (&self->watch_error);
    }
  tell (self);
}

/* What is planned for a time is carried out by whoever watches the flag. */
static gboolean
is_to_be_watched (CsFlag *flag)
{
  const CsFlagSchedule *schedule = cs_flag_get_schedule (flag);

  return cs_flag_get_stage (flag) != NULL || (schedule != NULL && schedule->suspended == NULL);
}

/* A flag that is on, or is to be, is watched, unless it is already. */
static void
watch (CsRolloutEntry *self)
{
  gboolean on;

  if (self->rollout == NULL || is_closed (self))
    return;
  on = is_to_be_watched (cs_rollout_get_flag (self->rollout));
  if (!on && self->watching != CS_ROLLOUT_WATCHING_NOBODY)
    {
      end_watch (self);
      g_clear_error (&self->watch_error);
      self->watching = CS_ROLLOUT_WATCHING_NOBODY;
      tell (self);
    }
  if (!on || (self->watching != CS_ROLLOUT_WATCHING_NOBODY &&
              self->watching != CS_ROLLOUT_WATCHING_ELSEWHERE))
    return;
  /* Until it is opened, nobody else begins. */
  self->watching = CS_ROLLOUT_WATCHING_HERE;
  cs_rollout_watch_open_async (self->rollout, self->actor, self->cancellable, watch_opened_cb,
                               g_object_ref (self));
}

/* What was asked for is known, or can't be; whatever happened meanwhile is asked for once more. */
static void
end_look (CsRolloutEntry *self)
{
  gboolean again = self->look_again;

  self->looking = FALSE;
  self->look_again = FALSE;
  g_clear_pointer (&self->gates, g_ptr_array_unref);
  if (self->next != NULL)
    self->gates = cs_rollout_list_gates (self->rollout, self->next, self->actor);
  tell (self);
  watch (self);
  if (again)
    cs_rollout_entry_refresh (self);
}

static gboolean
changes_nobody (const CsRolloutPlan *plan)
{
  return cs_flag_state_equal (plan->from, plan->to);
}

static void
update_planned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutEntry) self = user_data;
  CsRolloutPlan *plan = cs_rollout_plan_stage_finish (CS_ROLLOUT (source), result, NULL);

  if (is_closed (self))
    {
      cs_rollout_plan_free (plan);
      return;
    }
  g_clear_pointer (&self->update, cs_rollout_plan_free);
  if (plan != NULL && !changes_nobody (plan))
    self->update = plan;
  else
    cs_rollout_plan_free (plan);
  end_look (self);
}

/* Who would join or leave if the stage that it is in were begun now. */
static void
plan_update (CsRolloutEntry *self)
{
  const CsStage *stage = cs_flag_get_stage (cs_rollout_get_flag (self->rollout));

  if (stage != NULL)
    {
      cs_rollout_plan_stage_async (self->rollout, stage->id, self->cancellable, update_planned_cb,
                                   g_object_ref (self));
      return;
    }
  g_clear_pointer (&self->update, cs_rollout_plan_free);
  end_look (self);
}

static void
next_planned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutEntry) self = user_data;
  g_autoptr (GError) error = NULL;
  CsRolloutPlan *plan = cs_rollout_plan_stage_finish (CS_ROLLOUT (source), result, &error);

  if (is_closed (self))
    {
      cs_rollout_plan_free (plan);
      return;
    }
  g_clear_pointer (&self->next, cs_rollout_plan_free);
  self->next = plan;
  self->problem = g_steal_pointer (&error);
  plan_update (self);
}

static void
plan (CsRolloutEntry *self)
{
  const CsStage *stage = cs_flag_get_next_stage (cs_rollout_get_flag (self->rollout));

  g_clear_error (&self->problem);
  if (stage != NULL)
    {
      cs_rollout_plan_stage_async (self->rollout, stage->id, self->cancellable, next_planned_cb,
                                   g_object_ref (self));
      return;
    }
  g_clear_pointer (&self->next, cs_rollout_plan_free);
  plan_update (self);
}

static void
refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutEntry) self = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_rollout_refresh_finish (CS_ROLLOUT (source), result, &error))
    {
      if (!is_closed (self))
        plan (self);
      return;
    }
  if (is_closed (self))
    return;
  g_clear_pointer (&self->next, cs_rollout_plan_free);
  g_clear_error (&self->problem);
  self->problem = g_steal_pointer (&error);
  end_look (self);
}

static gboolean
look_cb (gpointer user_data)
{
  CsRolloutEntry *self = user_data;

  if (cs_flag_get_stage (cs_rollout_get_flag (self->rollout)) != NULL)
    cs_rollout_entry_refresh (self);
  return G_SOURCE_CONTINUE;
}

/* What the flag says changes at once; what it means for the next stage a moment later. */
static void
flag_changed_cb (CsRolloutEntry *self)
{
  tell (self);
  cs_rollout_entry_refresh (self);
}

static void
follow (CsRolloutEntry *self)
{
  g_signal_connect_object (cs_rollout_get_flag (self->rollout), "changed",
                           G_CALLBACK (flag_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cs_rollout_get_watch (self->rollout), "changed",
                           G_CALLBACK (cs_rollout_entry_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cs_rollout_get_companies (self->rollout), "items-changed",
                           G_CALLBACK (cs_rollout_entry_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->site->people, "items-changed",
                           G_CALLBACK (cs_rollout_entry_refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->site->policies, "items-changed",
                           G_CALLBACK (cs_rollout_entry_refresh), self, G_CONNECT_SWAPPED);
  self->timer = g_timeout_add_seconds (LOOK_SECONDS, look_cb, self);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutEntry) self = user_data;
  CsRollout *rollout = cs_rollout_load_finish (result, &self->error);

  if (is_closed (self))
    {
      g_clear_object (&rollout);
      return;
    }
  self->rollout = rollout;
  if (rollout == NULL)
    {
      tell (self);
      return;
    }
  follow (self);
  self->looking = TRUE;
  plan (self);
}

static void
cs_rollout_entry_dispose (GObject *object)
{
  CsRolloutEntry *self = CS_ROLLOUT_ENTRY (object);

  cs_rollout_entry_close (self);
  g_clear_object (&self->rollout);
  g_clear_pointer (&self->site, cs_rollout_site_unref);

  G_OBJECT_CLASS (cs_rollout_entry_parent_class)->dispose (object);
}

static void
cs_rollout_entry_finalize (GObject *object)
{
  CsRolloutEntry *self = CS_ROLLOUT_ENTRY (object);

  g_free (self->actor);
  g_free (self->key);
  g_object_unref (self->cancellable);
  g_clear_error (&self->error);
  g_clear_error (&self->problem);
  g_clear_error (&self->watch_error);
  g_clear_pointer (&self->next, cs_rollout_plan_free);
  g_clear_pointer (&self->update, cs_rollout_plan_free);
  g_clear_pointer (&self->gates, g_ptr_array_unref);

  G_OBJECT_CLASS (cs_rollout_entry_parent_class)->finalize (object);
}

static void
cs_rollout_entry_class_init (CsRolloutEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cs_rollout_entry_dispose;
  object_class->finalize = cs_rollout_entry_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_ERROR);
}

static void
cs_rollout_entry_init (CsRolloutEntry *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * cs_rollout_entry_new:
 * @site: where
 * @actor: who acts in this window
 * @key: of the flag
 *
 * Begins to read the flag; ::changed says when it is there.
 *
 * Returns: (transfer full): the entry
 */
CsRolloutEntry *
cs_rollout_entry_new (CsRolloutSite *site, const char *actor, const char *key)
{
  CsRolloutEntry *self = g_object_new (CS_TYPE_ROLLOUT_ENTRY, NULL);

  self->site = cs_rollout_site_ref (site);
  self->actor = g_strdup (actor);
  self->key = g_strdup (key);
  cs_rollout_load_async (site, key, self->cancellable, loaded_cb, g_object_ref (self));
  return self;
}

const char *
cs_rollout_entry_get_key (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), NULL);
  return self->key;
}

const char *
cs_rollout_entry_get_actor (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), NULL);
  return self->actor;
}

CsRollout *
cs_rollout_entry_get_rollout (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), NULL);
  return self->rollout;
}

const GError *
cs_rollout_entry_get_error (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), NULL);
  return self->error;
}

const CsRolloutPlan *
cs_rollout_entry_get_next (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), NULL);
  return self->next;
}

const CsRolloutPlan *
cs_rollout_entry_get_update (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), NULL);
  return self->update;
}

const GError *
cs_rollout_entry_get_problem (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), NULL);
  return self->problem;
}

GPtrArray *
cs_rollout_entry_get_gates (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), NULL);
  return self->gates;
}

gboolean
cs_rollout_entry_is_busy (CsRolloutEntry *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), FALSE);
  return self->busy > 0;
}

/**
 * cs_rollout_entry_get_watching:
 * @self: an entry
 * @error: (out) (nullable) (transfer none): what went wrong when it was last looked at; %NULL if
 *   nothing
 *
 * Returns: who watches
 */
CsRolloutWatching
cs_rollout_entry_get_watching (CsRolloutEntry *self, const GError **error)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_ENTRY (self), CS_ROLLOUT_WATCHING_NOBODY);

  *error = self->watch_error;
  return self->watching;
}

/** cs_rollout_entry_refresh: looks again, once more if it is being looked at just now. */
void
cs_rollout_entry_refresh (CsRolloutEntry *self)
{
  g_return_if_fail (CS_IS_ROLLOUT_ENTRY (self));

  if (self->rollout == NULL || is_closed (self))
    return;
  if (self->looking)
    {
      self->look_again = TRUE;
      return;
    }
  self->looking = TRUE;
  cs_rollout_refresh_async (self->rollout, self->cancellable, refreshed_cb, g_object_ref (self));
}

/** cs_rollout_entry_watch_again: begins anew after it has failed. */
void
cs_rollout_entry_watch_again (CsRolloutEntry *self)
{
  g_return_if_fail (CS_IS_ROLLOUT_ENTRY (self));

  if (self->watching != CS_ROLLOUT_WATCHING_FAILED)
    return;
  self->watching = CS_ROLLOUT_WATCHING_NOBODY;
  g_clear_error (&self->watch_error);
  watch (self);
  tell (self);
}

static void
begin (CsRolloutEntry *self)
{
  /* The program stays until what was begun has its end on record. */
  g_application_hold (g_application_get_default ());
  self->busy++;
  tell (self);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutEntry) self = user_data;
  g_autoptr (GError) error = NULL;

  cs_rollout_act_finish (CS_ROLLOUT (source), result, &error);
  self->busy--;
  cs_rollout_entry_refresh (self);
  tell (self);
  g_signal_emit (self, signals[ENDED], 0, error);
  g_application_release (g_application_get_default ());
}

/** cs_rollout_entry_change: carries a plan out. */
void
cs_rollout_entry_change (CsRolloutEntry *self, const CsRolloutPlan *plan, const char *reason)
{
  g_return_if_fail (CS_IS_ROLLOUT_ENTRY (self) && self->rollout != NULL);

  begin (self);
  cs_rollout_change_async (self->rollout, plan, self->actor, reason, NULL, ended_cb,
                           g_object_ref (self));
}

/** cs_rollout_entry_act: switches it off, adopts or restores. */
void
cs_rollout_entry_act (CsRolloutEntry *self, CsRolloutAct act, const char *reason)
{
  g_return_if_fail (CS_IS_ROLLOUT_ENTRY (self) && self->rollout != NULL);

  begin (self);
  act (self->rollout, self->actor, reason, NULL, ended_cb, g_object_ref (self));
}

/** cs_rollout_entry_verify: reads what is there, and settles what was interrupted. */
void
cs_rollout_entry_verify (CsRolloutEntry *self)
{
  g_return_if_fail (CS_IS_ROLLOUT_ENTRY (self) && self->rollout != NULL);

  begin (self);
  cs_rollout_verify_async (self->rollout, self->actor, NULL, ended_cb, g_object_ref (self));
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  cs_rollout_close_finish (CS_ROLLOUT (source), result, NULL);
  if (g_application_get_default () != NULL)
    g_application_release (g_application_get_default ());
}

/** cs_rollout_entry_close: (skip): ends the watch and the connections. */
void
cs_rollout_entry_close (CsRolloutEntry *self)
{
  g_return_if_fail (CS_IS_ROLLOUT_ENTRY (self));

  if (is_closed (self))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  end_watch (self);
  if (self->rollout == NULL)
    return;
  if (g_application_get_default () != NULL)
    g_application_hold (g_application_get_default ());
  cs_rollout_close_async (self->rollout, closed_cb, NULL);
}
