/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one next thing of a deployment: said in words, with one button. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-next-bar.h"

#include "cs-advance-button.h"
#include "cs-incident-window.h"
#include "cs-page-intents.h"
#include "cs-sign-sheet.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsNextBar
{
  AdwBin parent_instance;

  GtkLabel *words;
  GtkLabel *missing;
  GtkButton *button;
  CsAdvanceButton *advance;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsPhaseState *shown; /* the phase that the page shows; NULL: the signatures that stand in none */
};

G_DEFINE_FINAL_TYPE (CsNextBar, cs_next_bar, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_NARROW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  SHOW_STEP,
  GO_ON,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
contains (GListModel *model, gpointer item)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GObject) other = g_list_model_get_item (model, i);

      if (other == item)
        return TRUE;
    }

  return FALSE;
}

/* Whether what is next can be seen on the page: nobody runs or signs what is out of sight. */
static gboolean
is_elsewhere (CsNextBar *self, const CsNext *next)
{
  if (next->step != NULL)
    return self->shown == NULL || !contains (cs_phase_state_get_steps (self->shown), next->step);
  if (next->signoff == NULL)
    return FALSE;
  if (self->shown == NULL)
    return cs_signoff_get_phase_id (cs_signoff_state_get_signoff (next->signoff)) != NULL;

  return !contains (cs_phase_state_get_signoffs (self->shown), next->signoff);
}

static char *
describe_settle (const CsNext *next, const char *title)
{
  if (cs_step_state_get_status (next->step) == CS_STATUS_INTERRUPTED)
    return g_strdup_printf (_("“%s” was interrupted"), title);

  return g_strdup_printf (_("“%s” failed"), title);
}

static char *
describe_over (CsDeployment *deployment)
{
  g_autofree char *when = cs_time_words_moment (cs_deployment_get_closed_at (deployment));

  return cs_deployment_get_status (deployment) == CS_DEPLOYMENT_ROLLED_BACK
           ? g_strdup_printf (_("Rolled back and closed, %s"), when)
           : g_strdup_printf (_("Finished, %s"), when);
}

static char *
describe (CsNextBar *self, const CsNext *next)
{
  const char *title =
    next->step != NULL ? cs_step_get_title (cs_step_state_get_step (next->step)) : NULL;

  switch (next->kind)
    {
    case CS_NEXT_RUN:
      return g_strdup_printf (_("Next: run the command of “%s”"), title);
    case CS_NEXT_RUNNING:
      return g_strdup_printf (_("“%s” is running"), title);
    case CS_NEXT_CHECK:
      if (next->check != NULL)
        return g_strdup_printf (_("Next: tick “%s”"),
                                cs_check_get_text (cs_check_state_get_check (next->check)));
      return g_strdup_printf (_("Next: do what “%s” says, and mark it as done"), title);
    case CS_NEXT_SIGN:
      return g_strdup_printf (_("Next: signature of %s"),
                              cs_signoff_get_role (cs_signoff_state_get_signoff (next->signoff)));
    case CS_NEXT_SETTLE:
      return describe_settle (next, title);
    case CS_NEXT_CONTINUE:
      return g_strdup_printf (_("“%s” waits for its next batch of servers"), title);
    case CS_NEXT_RESOLVE:
      return g_strdup_printf (_("First: resolve “%s”"), next->point->text);
    case CS_NEXT_DECIDE:
      return g_strdup (next->point->no_go ? _("It was decided not to go on")
                                          : _("Next: decide whether the deployment goes on"));
    case CS_NEXT_JUDGE:
      return g_strdup_printf (_("Next: say whether “%s” printed what is expected"), title);
    case CS_NEXT_CLOSE:
      return g_strdup (_("Everything is done"));
    case CS_NEXT_NOTHING:
    default:
      return describe_over (self->deployment);
    }
}

static const char *
get_label (CsNextBar *self, const CsNext *next)
{
  if (is_elsewhere (self, next))
    return _("Continue");

  switch (next->kind)
    {
    case CS_NEXT_RUN:
      return _("Run Next");
    case CS_NEXT_RUNNING:
      return _("Show");
    case CS_NEXT_CHECK:
      return next->check != NULL ? _("Show") : _("Mark as Done");
    case CS_NEXT_SIGN:
      return _("Sign Now…");
    case CS_NEXT_SETTLE:
    case CS_NEXT_JUDGE:
      return _("Show");
    case CS_NEXT_RESOLVE:
      return _("Resolve…");
    case CS_NEXT_DECIDE:
      return _("Go…");
    case CS_NEXT_CONTINUE:
      return _("Continue");
    case CS_NEXT_CLOSE:
      return _("Close Deployment");
    case CS_NEXT_NOTHING:
    default:
      return cs_deployment_get_status (self->deployment) == CS_DEPLOYMENT_ROLLED_BACK
               ? _("Incident Report…")
               : NULL;
    }
}

static GPtrArray *
list_gates (CsNextBar *self, const CsNext *next)
{
  switch (next->kind)
    {
    case CS_NEXT_RUN:
    case CS_NEXT_CONTINUE:
      return cs_deployment_gates_for_run (self->deployment, next->step, next->block);
    case CS_NEXT_SIGN:
      return cs_deployment_gates_for_sign (self->deployment, next->signoff);
    case CS_NEXT_CLOSE:
      return cs_deployment_gates_for_close (self->deployment);
    case CS_NEXT_CHECK:
    case CS_NEXT_JUDGE:
      return cs_deployment_gates_for_step (self->deployment, next->step);
    case CS_NEXT_RUNNING:
    case CS_NEXT_SETTLE:
    case CS_NEXT_RESOLVE:
    case CS_NEXT_DECIDE:
    case CS_NEXT_NOTHING:
    default:
      return g_ptr_array_new ();
    }
}

static char *
describe_gate (GPtrArray *gates)
{
  const CsGate *gate = gates->len > 0 ? g_ptr_array_index (gates, 0) : NULL;

  if (gate == NULL)
    return g_strdup ("");
  if (gate->who == NULL)
    return g_strdup (gate->words);

  /* Translators: what is missing, and who can give it */
  return g_strdup_printf (_("%s (%s)"), gate->words, gate->who);
}

/* What goes on by itself, or why it stopped, before what stands in the way. */
static char *
describe_missing (CsNextBar *self, GPtrArray *gates)
{
  const char *words = cs_advance_button_get_words (self->advance);

  return words != NULL ? g_strdup (words) : describe_gate (gates);
}

static void
update_cb (CsNextBar *self)
{
  g_autoptr (GPtrArray) gates = NULL;
  g_autofree char *words = NULL;
  g_autofree char *missing = NULL;
  const char *label;
  CsNext next;

  cs_deployment_get_next (self->deployment, &next);
  gates = list_gates (self, &next);
  words = describe (self, &next);
  missing = describe_missing (self, gates);
  label = cs_advance_button_is_active (self->advance) ? NULL : get_label (self, &next);

  gtk_label_set_label (self->words, words);
  gtk_label_set_label (self->missing, missing);
  gtk_widget_set_visible (GTK_WIDGET (self->missing), *missing != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->button), label != NULL);
  gtk_button_set_label (self->button, label != NULL ? label : "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->button),
                            gates->len == 0 || is_elsewhere (self, &next));
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "suggested-action");
}

static void
cs_next_bar_dispose (GObject *object)
{
  CsNextBar *self = CS_NEXT_BAR (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->shown);

  G_OBJECT_CLASS (cs_next_bar_parent_class)->dispose (object);
}

static void
cs_next_bar_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  CsNextBar *self = CS_NEXT_BAR (object);

  switch (prop_id)
    {
    case PROP_NARROW:
      g_object_set_property (G_OBJECT (self->advance), "narrow", value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_next_bar_class_init (CsNextBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_next_bar_dispose;
  G_OBJECT_CLASS (klass)->set_property = cs_next_bar_set_property;

  properties[PROP_NARROW] = g_param_spec_boolean (
    "narrow", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);

  signals[SHOW_STEP] =
    g_signal_new ("show-step", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CS_TYPE_STEP_STATE);
  signals[GO_ON] = g_signal_new ("go-on", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CS_TYPE_ADVANCE_BUTTON);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-next-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, CsNextBar, words);
  gtk_widget_class_bind_template_child (widget_class, CsNextBar, missing);
  gtk_widget_class_bind_template_child (widget_class, CsNextBar, button);
  gtk_widget_class_bind_template_child (widget_class, CsNextBar, advance);
  gtk_widget_class_bind_template_callback (widget_class, cs_next_bar_act);
}

static void
cs_next_bar_init (CsNextBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_next_bar_set_deployment: (skip)
 * @self: a #CsNextBar
 * @workspace: the workspace
 * @deployment: the deployment
 *
 * Shows what is next in @deployment and follows it.
 */
void
cs_next_bar_set_deployment (CsNextBar *self, CsWorkspace *workspace, CsDeployment *deployment)
{
  g_return_if_fail (CS_IS_NEXT_BAR (self));

  g_set_object (&self->workspace, workspace);
  g_set_object (&self->deployment, deployment);
  cs_advance_button_set_deployment (self->advance, workspace, deployment);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->advance, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);
}

/** cs_next_bar_is_advancing: (skip): whether one command after the other is run by itself. */
gboolean
cs_next_bar_is_advancing (CsNextBar *self)
{
  g_return_val_if_fail (CS_IS_NEXT_BAR (self), FALSE);

  return cs_advance_button_is_active (self->advance);
}

/**
 * cs_next_bar_set_shown: (skip)
 * @self: a #CsNextBar
 * @phase: (nullable): the phase that the page shows
 *
 * Tells what is in sight: what is not can only be gone to.
 */
void
cs_next_bar_set_shown (CsNextBar *self, CsPhaseState *phase)
{
  g_return_if_fail (CS_IS_NEXT_BAR (self));

  g_set_object (&self->shown, phase);
  update_cb (self);
}

/**
 * cs_next_bar_act: (skip)
 * @self: a #CsNextBar
 *
 * Does what the button says.
 */
void
cs_next_bar_act (CsNextBar *self)
{
  g_autoptr (GPtrArray) gates = NULL;
  CsNext next;

  g_return_if_fail (CS_IS_NEXT_BAR (self));

  cs_deployment_get_next (self->deployment, &next);
  if (is_elsewhere (self, &next))
    {
      g_signal_emit (self, signals[GO_ON], 0);
      return;
    }

  gates = list_gates (self, &next);
  if (gates->len > 0)
    return;

  if (next.step != NULL)
    g_signal_emit (self, signals[SHOW_STEP], 0, next.step);

  if (next.kind == CS_NEXT_RUN || next.kind == CS_NEXT_CONTINUE)
    cs_intent_run (GTK_WIDGET (self), self->workspace, self->deployment, next.step, next.block);
  else if (next.kind == CS_NEXT_CHECK && next.check == NULL)
    cs_intent_confirm (GTK_WIDGET (self), self->workspace, self->deployment, next.step);
  else if (next.kind == CS_NEXT_SIGN)
    cs_sign_sheet_present (GTK_WIDGET (self), self->workspace, self->deployment, next.signoff);
  else if (next.kind == CS_NEXT_RESOLVE)
    cs_intent_resolve (GTK_WIDGET (self), self->workspace, self->deployment, next.point);
  else if (next.kind == CS_NEXT_DECIDE)
    cs_intent_decide (GTK_WIDGET (self), self->workspace, self->deployment, next.point, TRUE);
  else if (next.kind == CS_NEXT_CLOSE)
    cs_intent_close (GTK_WIDGET (self), self->workspace, self->deployment);
  else if (next.kind == CS_NEXT_NOTHING)
    cs_incident_window_present (GTK_WIDGET (self), self->workspace, self->deployment);
}
