/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guardrails of a flag: what has to be good, how it is, and why the next stage waits for it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-guardrail-group.h"

#include "cs-gate.h"
#include "cs-guardrail-dialog.h"

#include <glib/gi18n.h>

struct _CsGuardrailGroup
{
  AdwPreferencesGroup parent_instance;

  CsWorkspace *workspace;
  CsRolloutEntry *entry;
  GPtrArray *rows; /* unowned */
  char *shown;     /* what the rows say */
};

G_DEFINE_FINAL_TYPE (CsGuardrailGroup, cs_guardrail_group, ADW_TYPE_PREFERENCES_GROUP)

/** State: of one guardrail */
typedef struct
{
  const CsCriterion *criterion;
  char *words;
  const char *icon;
  const char *style;
} State;

static void
clear_state (gpointer data)
{
  g_free (((State *) data)->words);
}

static gboolean
is_asked_for (CsFlag *flag, const char *id)
{
  const CsStage *stage = cs_flag_get_stage (flag);

  return stage == NULL || stage->guardrails == NULL ||
         g_strv_contains ((const char *const *) stage->guardrails, id);
}

static char *
dup_words (const CsWatchJudgement *judgement, gboolean passes)
{
  const char *reason = judgement != NULL ? judgement->reason : NULL;

  if (judgement == NULL)
    return g_strdup (_("Waits, because nobody has judged it yet"));
  if (judgement->verdict == CS_WATCH_BAD)
    /* Translators: of a guardrail: it is bad, and why */
    return reason != NULL ? g_strdup_printf (_("Bad: %s"), reason) : g_strdup (_("Bad"));
  if (judgement->verdict == CS_WATCH_GOOD && !passes)
    return g_strdup (_("Waits, because nobody measures it now"));
  if (judgement->verdict == CS_WATCH_GOOD)
    /* Translators: of a guardrail: it is good, and why */
    return reason != NULL ? g_strdup_printf (_("Good: %s"), reason) : g_strdup (_("Good"));
  if (reason == NULL)
    return g_strdup (_("Waits, because it is inconclusive"));
  /* Translators: of a guardrail: nobody can say whether it is good, and why */
  return g_strdup_printf (_("Waits, because it is inconclusive: %s"), reason);
}

static State
find_state (CsRollout *rollout, const CsCriterion *criterion)
{
  const CsWatchJudgement *judgement =
    cs_watch_get_judgement (cs_rollout_get_watch (rollout), criterion->id);
  CsGate *gate = cs_rollout_find_guardrail_gate (rollout, criterion->id);
  gboolean bad = judgement != NULL && judgement->verdict == CS_WATCH_BAD;
  gboolean good = gate == NULL;
  State state = { criterion, NULL, "dialog-question-symbolic", "status-waiting" };

  g_clear_pointer (&gate, cs_gate_free);
  if (!is_asked_for (cs_rollout_get_flag (rollout), criterion->id))
    {
      state.words = g_strdup (_("The next stage does not wait for it"));
      state.icon = "cs-todo-symbolic";
      state.style = "status-todo";
      return state;
    }
  state.words = dup_words (judgement, good);
  if (good || bad)
    {
      state.icon = good ? "cs-passed-symbolic" : "cs-failed-symbolic";
      state.style = good ? "status-passed" : "status-failed";
    }
  return state;
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_watch_act_finish (CS_WATCH (source), result, &error))
    gtk_widget_activate_action (self, "win.toast", "s", error->message);
}

static void
answered_cb (CsGuardrailGroup *self, const char *response, AdwMessageDialog *dialog)
{
  CsRollout *rollout = self->entry != NULL ? cs_rollout_entry_get_rollout (self->entry) : NULL;

  if (g_str_equal (response, "remove") && rollout != NULL)
    cs_watch_remove_async (cs_rollout_get_watch (rollout),
                           cs_rollout_entry_get_actor (self->entry),
                           g_object_get_data (G_OBJECT (dialog), "id"), NULL, removed_cb,
                           g_object_ref (self));
}

static void
remove_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsGuardrailGroup *self = CS_GUARDRAIL_GROUP (widget);
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);
  const char *id = g_variant_get_string (parameter, NULL);
  const CsCriterion *criterion = cs_watch_find_criterion (cs_rollout_get_watch (rollout), id);
  g_autofree char *words = criterion != NULL ? cs_criterion_dup_words (criterion) : NULL;
  GtkWidget *dialog;

  if (words == NULL)
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                                   _("Remove the Guardrail?"), words);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "remove",
                                    _("Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  g_object_set_data_full (G_OBJECT (dialog), "id", g_strdup (id), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsGuardrailGroup *self = CS_GUARDRAIL_GROUP (widget);

  if (self->entry != NULL)
    cs_guardrail_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->workspace,
                                 self->entry);
}

static GtkWidget *
new_remove_button (const CsCriterion *criterion, const char *title)
{
  g_autofree char *words = g_strdup_printf (_("Remove “%s”"), title);
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", criterion->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "guardrails.remove");
  return button;
}

static void
add_row (CsGuardrailGroup *self, const State *state)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = cs_criterion_dup_words (state->criterion);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE,
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                  "icon-name", state->icon,
                                  NULL);

  gtk_widget_add_css_class (icon, state->style);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), state->words);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_remove_button (state->criterion, title));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

static void
cs_guardrail_group_dispose (GObject *object)
{
  CsGuardrailGroup *self = CS_GUARDRAIL_GROUP (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->entry);
  G_OBJECT_CLASS (cs_guardrail_group_parent_class)->dispose (object);
}

static void
cs_guardrail_group_finalize (GObject *object)
{
  CsGuardrailGroup *self = CS_GUARDRAIL_GROUP (object);

  g_ptr_array_unref (self->rows);
  g_free (self->shown);
  G_OBJECT_CLASS (cs_guardrail_group_parent_class)->finalize (object);
}

static void
cs_guardrail_group_class_init (CsGuardrailGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_guardrail_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_guardrail_group_finalize;
  gtk_widget_class_install_action (widget_class, "guardrails.add", NULL, add_cb);
  gtk_widget_class_install_action (widget_class, "guardrails.remove", "s", remove_cb);
}

static void
cs_guardrail_group_init (CsGuardrailGroup *self)
{
  GtkWidget *add = gtk_button_new_with_label (_("Add…"));

  self->rows = g_ptr_array_new ();
  gtk_widget_set_valign (add, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (add, _("Add Guardrails"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (add), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Add Guardrails"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (add), "guardrails.add");
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Guardrails"));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), add);
}

/* Rows that would be the same ones stay: whoever reads them keeps the place. */
static gboolean
note (CsGuardrailGroup *self, GArray *states)
{
  g_autoptr (GString) text = g_string_new (cs_rollout_entry_get_key (self->entry));

  for (guint i = 0; i < states->len; i++)
    {
      const State *state = &g_array_index (states, State, i);
      g_autofree char *title = cs_criterion_dup_words (state->criterion);

      g_string_append_printf (text, "\n%s\t%s\t%s\t%s", state->criterion->id, title, state->icon,
                              state->words);
    }
  if (g_strcmp0 (self->shown, text->str) == 0)
    return FALSE;
  g_free (self->shown);
  self->shown = g_strdup (text->str);
  return TRUE;
}

/**
 * cs_guardrail_group_show: (skip)
 * @self: a group
 * @workspace: whose other watches guardrails can be taken from
 * @entry: a flag that was read
 */
void
cs_guardrail_group_show (CsGuardrailGroup *self, CsWorkspace *workspace, CsRolloutEntry *entry)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (entry);
  GPtrArray *criteria = cs_watch_get_criteria (cs_rollout_get_watch (rollout));
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (State));

  g_return_if_fail (CS_IS_GUARDRAIL_GROUP (self));

  g_set_object (&self->workspace, workspace);
  g_set_object (&self->entry, entry);
  g_array_set_clear_func (states, clear_state);
  for (guint i = 0; i < criteria->len; i++)
    {
      State state = find_state (rollout, criteria->pdata[i]);

      g_array_append_val (states, state);
    }
  if (!note (self, states))
    return;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < states->len; i++)
    add_row (self, &g_array_index (states, State, i));
  adw_preferences_group_set_description (
    ADW_PREFERENCES_GROUP (self),
    states->len > 0 ? NULL
                    : _("None: only time and signatures are asked for before the next stage."));
}
