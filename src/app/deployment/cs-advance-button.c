/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Has a deployment go on by itself, and stops it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-advance-button.h"

#include "cs-intent.h"

#include <glib/gi18n.h>

struct _CsAdvanceButton
{
  AdwBin parent_instance;

  GtkButton *button;
  gboolean narrow;

  CsDeployment *deployment;
  CsWorkspace *workspace;
  CsAutoAdvance *advance;
  gboolean stopping;
  char *stopped;     /* why it stopped; NULL: it did not, or that is past */
  gint64 stopped_at; /* how many records there were then */
};

G_DEFINE_FINAL_TYPE (CsAdvanceButton, cs_advance_button, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_NARROW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_face (CsAdvanceButton *self, const char *label, const char *icon, const char *tip)
{
  if (self->narrow)
    gtk_button_set_icon_name (self->button, icon);
  else
    gtk_button_set_label (self->button, label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

static void
update_cb (CsAdvanceButton *self)
{
  gboolean active = cs_auto_advance_is_active (self->advance);
  CsNext next;
  gboolean can = active || cs_auto_advance_find_next (self->advance, &next, NULL);

  if (can && !active)
    {
      g_autoptr (GPtrArray) gates =
        cs_deployment_gates_for_run (self->deployment, next.step, next.block);

      can = gates->len == 0;
    }
  if (self->stopped != NULL && cs_deployment_get_n_records (self->deployment) != self->stopped_at)
    g_clear_pointer (&self->stopped, g_free);
  if (active)
    set_face (self, _("Stop Advancing"), "media-playback-stop-symbolic",
              _("Nothing more is started; the command that runs goes on to its end"));
  else
    set_face (self, _("Auto-Advance"), "media-skip-forward-symbolic",
              _("Run one command after the other, up to the first thing that needs a person"));
  gtk_widget_set_visible (GTK_WIDGET (self->button), can);
  gtk_widget_set_visible (GTK_WIDGET (self), can);
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), !self->stopping);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What came of it is said where the button is; an error like that of any other act. */
typedef struct
{
  CsAdvanceButton *button; /* owned */
  CsIntent *intent;
} Advancing;

static void
advancing_free (Advancing *advancing)
{
  g_object_unref (advancing->button);
  cs_intent_free (advancing->intent);
  g_free (advancing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Advancing, advancing_free)

static char *
describe_stop (const CsGate *why)
{
  if (why->who == NULL)
    /* Translators: what it waits for */
    return g_strdup_printf (_("Auto-advance stopped: %s"), why->words);
  /* Translators: what it waits for, and who can give that */
  return g_strdup_printf (_("Auto-advance stopped: %s (%s)"), why->words, why->who);
}

static void
advanced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Advancing) advancing = user_data;
  CsAdvanceButton *self = advancing->button;
  g_autoptr (CsGate) why = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = cs_auto_advance_run_finish (CS_AUTO_ADVANCE (source), result, &why, &error);

  if (error != NULL)
    cs_intent_tell (advancing->intent, error);
  if (self->advance == NULL)
    return;
  self->stopping = FALSE;
  g_free (self->stopped);
  self->stopped = !done && why != NULL ? describe_stop (why) : NULL;
  self->stopped_at = cs_deployment_get_n_records (self->deployment);
  update_cb (self);
}

static void
clicked_cb (CsAdvanceButton *self)
{
  Advancing *advancing;

  if (cs_auto_advance_is_active (self->advance))
    {
      self->stopping = TRUE;
      cs_auto_advance_stop (self->advance);
      update_cb (self);
      return;
    }
  advancing = g_new0 (Advancing, 1);
  advancing->button = g_object_ref (self);
  advancing->intent =
    cs_intent_new (GTK_WIDGET (self), self->workspace, self->deployment, NULL, NULL);
  g_clear_pointer (&self->stopped, g_free);
  cs_auto_advance_run_async (self->advance, NULL, advanced_cb, advancing);
}

/* Nothing is begun that no window shows. */
static void
cs_advance_button_dispose (GObject *object)
{
  CsAdvanceButton *self = CS_ADVANCE_BUTTON (object);

  if (self->advance != NULL)
    cs_auto_advance_stop (self->advance);
  g_clear_object (&self->advance);
  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_advance_button_parent_class)->dispose (object);
}

static void
cs_advance_button_finalize (GObject *object)
{
  g_free (CS_ADVANCE_BUTTON (object)->stopped);

  G_OBJECT_CLASS (cs_advance_button_parent_class)->finalize (object);
}

static void
cs_advance_button_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  CsAdvanceButton *self = CS_ADVANCE_BUTTON (object);

  switch (prop_id)
    {
    case PROP_NARROW:
      self->narrow = g_value_get_boolean (value);
      if (self->advance != NULL)
        update_cb (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_advance_button_class_init (CsAdvanceButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_advance_button_dispose;
  object_class->finalize = cs_advance_button_finalize;
  object_class->set_property = cs_advance_button_set_property;

  properties[PROP_NARROW] = g_param_spec_boolean (
    "narrow", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_advance_button_init (CsAdvanceButton *self)
{
  self->button = GTK_BUTTON (gtk_button_new ());
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->button));
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (clicked_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * cs_advance_button_set_deployment: (skip)
 * @self: a #CsAdvanceButton
 * @workspace: the workspace
 * @deployment: what may go on by itself
 *
 * Is to be seen when something would be run, and stops what it started when it goes.
 */
void
cs_advance_button_set_deployment (CsAdvanceButton *self,
                                  CsWorkspace *workspace,
                                  CsDeployment *deployment)
{
  g_return_if_fail (CS_IS_ADVANCE_BUTTON (self) && self->advance == NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->advance = cs_auto_advance_new (deployment, cs_workspace_get_actor (workspace));
  g_signal_connect_object (self->advance, "notify::active", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  update_cb (self);
}

/** cs_advance_button_is_active: (skip): whether the deployment goes on by itself now. */
gboolean
cs_advance_button_is_active (CsAdvanceButton *self)
{
  g_return_val_if_fail (CS_IS_ADVANCE_BUTTON (self), FALSE);

  return self->advance != NULL && cs_auto_advance_is_active (self->advance);
}

/**
 * cs_advance_button_get_words: (skip)
 * @self: a #CsAdvanceButton
 *
 * Returns: (transfer none) (nullable): what it does, or why it stopped; %NULL: there is nothing to
 *   be said
 */
const char *
cs_advance_button_get_words (CsAdvanceButton *self)
{
  g_return_val_if_fail (CS_IS_ADVANCE_BUTTON (self), NULL);

  if (!cs_advance_button_is_active (self))
    return self->stopped;
  return self->stopping ? _("Auto-advance stops after this command")
                        : _("Auto-advance: the next command follows by itself");
}
