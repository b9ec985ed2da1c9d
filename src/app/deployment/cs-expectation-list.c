/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command should print, line by line, each with a mark. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-expectation-list.h"

#include "cs-page-intents.h"
#include "cs-status-icon.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsExpectationList
{
  AdwBin parent_instance;

  GtkBox *rows;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsBlockState *block;
  char *shown; /* what the rows say, so that they are made anew only when that changes */
};

G_DEFINE_FINAL_TYPE (CsExpectationList, cs_expectation_list, ADW_TYPE_BIN)

static CsStatus
status_of (const CsJudgement *judgement)
{
  switch (judgement->verdict)
    {
    case CS_VERDICT_MET:
      return CS_STATUS_PASSED;
    case CS_VERDICT_NOT_MET:
      return CS_STATUS_FAILED;
    case CS_VERDICT_OPEN:
    default:
      return CS_STATUS_WAITING;
    }
}

static char *
describe_person (const CsJudgement *judgement)
{
  g_autofree char *when = cs_time_words_moment (judgement->at);

  return judgement->verdict == CS_VERDICT_MET
           /* Translators: who judged what a command printed, and when */
           ? g_strdup_printf (_("Met, says %s · %s"), judgement->actor, when)
           : g_strdup_printf (_("Not met, says %s · %s"), judgement->actor, when);
}

/* Where it stands in the output, or what is missing. */
static char *
describe (const CsJudgement *judgement)
{
  if (judgement->actor != NULL)
    return describe_person (judgement);
  if (judgement->verdict == CS_VERDICT_OPEN && judgement->found != NULL)
    return g_strdup_printf (_("Is this it? Line %u: %s"), judgement->output_line,
                            judgement->found);
  if (judgement->verdict == CS_VERDICT_OPEN)
    return g_strdup (_("Look at the output: is it so?"));
  if (judgement->verdict == CS_VERDICT_NOT_MET && judgement->found != NULL)
    return g_strdup_printf (_("Not met by line %u: %s"), judgement->output_line, judgement->found);
  if (judgement->verdict == CS_VERDICT_NOT_MET)
    return g_strdup (_("Not found in the output"));
  if (judgement->output_line == 0)
    return g_strdup (_("Met"));
  return g_strdup_printf (_("Met by line %u"), judgement->output_line);
}

static guint
index_of (GtkWidget *button)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "index"));
}

static void
met_cb (CsExpectationList *self, GtkWidget *button)
{
  cs_intent_judge (GTK_WIDGET (self), self->workspace, self->deployment, self->block,
                   index_of (button), TRUE);
}

static void
not_met_cb (CsExpectationList *self, GtkWidget *button)
{
  cs_intent_judge (GTK_WIDGET (self), self->workspace, self->deployment, self->block,
                   index_of (button), FALSE);
}

static void
append_button (CsExpectationList *self,
               GtkWidget *box,
               const char *label,
               guint index,
               const CsJudgement *judgement,
               GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_object_set_data (G_OBJECT (button), "index", GUINT_TO_POINTER (index));
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  judgement->text, -1);
  gtk_box_append (GTK_BOX (box), button);
}

/* What a person said can be said otherwise, until someone signs for it. */
static GtkWidget *
make_buttons (CsExpectationList *self, const CsJudgement *judgement, guint index)
{
  g_autoptr (GPtrArray) gates =
    cs_deployment_gates_for_judge (self->deployment, self->block, index);
  GtkWidget *box;

  if (gates->len > 0)
    return NULL;
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  if (judgement->verdict != CS_VERDICT_MET)
    append_button (self, box, _("Met"), index, judgement, G_CALLBACK (met_cb));
  if (judgement->verdict != CS_VERDICT_NOT_MET)
    append_button (self, box, _("Not Met"), index, judgement, G_CALLBACK (not_met_cb));
  return box;
}

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_row (CsExpectationList *self, const CsJudgement *judgement, guint index)
{
  g_autofree char *text = g_strstrip (g_strdup (judgement->text));
  g_autofree char *words = describe (judgement);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *icon = g_object_new (CS_TYPE_STATUS_ICON, "valign", GTK_ALIGN_START, NULL);
  GtkWidget *caption = make_label (words, "caption");
  GtkWidget *buttons = make_buttons (self, judgement, index);

  cs_status_icon_set_status (CS_STATUS_ICON (icon), status_of (judgement));
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (column), make_label (text, "expectation"));
  gtk_box_append (GTK_BOX (column), caption);
  if (buttons != NULL)
    gtk_box_append (GTK_BOX (column), buttons);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), column);
  return row;
}

/* Everything that the rows show, as one text. */
static char *
outline (CsExpectationList *self, GPtrArray *judgements)
{
  GString *text = g_string_new (cs_block_state_get_run_id (self->block));

  for (guint i = 0; i < judgements->len; i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (judgements, i);
      g_autoptr (GPtrArray) gates =
        cs_deployment_gates_for_judge (self->deployment, self->block, i);

      g_string_append_printf (text, " %d/%u/%" G_GINT64_FORMAT, judgement->verdict, gates->len,
                              judgement->at);
    }
  return g_string_free (text, FALSE);
}

static void
update_cb (CsExpectationList *self)
{
  GPtrArray *judgements = cs_block_state_get_judgements (self->block);
  g_autofree char *shown = judgements != NULL ? outline (self, judgements) : NULL;
  GtkWidget *child;

  gtk_widget_set_visible (GTK_WIDGET (self), judgements != NULL);
  if (g_strcmp0 (shown, self->shown) == 0)
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, child);
  for (guint i = 0; judgements != NULL && i < judgements->len; i++)
    gtk_box_append (self->rows, make_row (self, g_ptr_array_index (judgements, i), i));
  g_free (self->shown);
  self->shown = g_steal_pointer (&shown);
}

static void
cs_expectation_list_dispose (GObject *object)
{
  CsExpectationList *self = CS_EXPECTATION_LIST (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->block);

  G_OBJECT_CLASS (cs_expectation_list_parent_class)->dispose (object);
}

static void
cs_expectation_list_finalize (GObject *object)
{
  g_free (CS_EXPECTATION_LIST (object)->shown);

  G_OBJECT_CLASS (cs_expectation_list_parent_class)->finalize (object);
}

static void
cs_expectation_list_class_init (CsExpectationListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_expectation_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_expectation_list_finalize;
}

static void
cs_expectation_list_init (CsExpectationList *self)
{
  self->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 3));
  gtk_widget_add_css_class (GTK_WIDGET (self->rows), "expectations");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->rows));
}

/**
 * cs_expectation_list_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @block: one of its commands
 *
 * Returns: (transfer floating): a new #CsExpectationList; it shows itself when there is something
 *   to show
 */
GtkWidget *
cs_expectation_list_new (CsWorkspace *workspace, CsDeployment *deployment, CsBlockState *block)
{
  CsExpectationList *self = g_object_new (CS_TYPE_EXPECTATION_LIST, NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->block = g_object_ref (block);

  g_signal_connect_object (block, "notify::status", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}
