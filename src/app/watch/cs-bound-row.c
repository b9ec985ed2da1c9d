/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bound of a watch in one line: what it says, and what is the case. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-bound-row.h"

#include "cs-clock.h"
#include "cs-watch-intent.h"
#include "cs-watch-words.h"

#include <glib/gi18n.h>

struct _CsBoundRow
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkLabel *words;
  GtkLabel *verdict;

  CsWatchDesk *desk;
  CsDeployment *deployment;
  char *id;
};

G_DEFINE_FINAL_TYPE (CsBoundRow, cs_bound_row, ADW_TYPE_BIN)

static void
remove_cb (CsBoundRow *self)
{
  cs_watch_intent_remove (GTK_WIDGET (self), self->desk, self->deployment, self->id);
}

static void
cs_bound_row_dispose (GObject *object)
{
  CsBoundRow *self = CS_BOUND_ROW (object);

  g_clear_object (&self->desk);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (cs_bound_row_parent_class)->dispose (object);
}

static void
cs_bound_row_finalize (GObject *object)
{
  g_free (CS_BOUND_ROW (object)->id);

  G_OBJECT_CLASS (cs_bound_row_parent_class)->finalize (object);
}

static void
cs_bound_row_class_init (CsBoundRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_bound_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_bound_row_finalize;
}

static GtkWidget *
new_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
cs_bound_row_init (CsBoundRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");

  self->icon = GTK_IMAGE (gtk_image_new ());
  self->words = GTK_LABEL (new_label (NULL));
  self->verdict = GTK_LABEL (new_label ("caption"));
  gtk_widget_add_css_class (GTK_WIDGET (self->verdict), "dim-label");
  gtk_widget_set_valign (GTK_WIDGET (self->icon), GTK_ALIGN_START);
  gtk_widget_set_margin_top (GTK_WIDGET (self->icon), 2);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _("Remove the Threshold"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Remove the Threshold"), -1);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->words));
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (self->verdict));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), remove);
  adw_bin_set_child (ADW_BIN (self), box);
}

/** cs_bound_row_new: (skip): (transfer floating): a row that shows nothing yet. */
GtkWidget *
cs_bound_row_new (CsWatchDesk *desk, CsDeployment *deployment)
{
  CsBoundRow *self = g_object_new (CS_TYPE_BOUND_ROW, NULL);

  self->desk = g_object_ref (desk);
  self->deployment = g_object_ref (deployment);
  return GTK_WIDGET (self);
}

static void
show_verdict (CsBoundRow *self, CsWatchVerdict verdict, const char *reason)
{
  const char *classes[] = { cs_watch_words_class (verdict), NULL };
  const char *word = cs_watch_words_verdict (verdict);
  /* Translators: a verdict such as "Good", and why it is so */
  g_autofree char *words =
    reason != NULL ? g_strdup_printf (_("%s: %s"), word, reason) : g_strdup (word);

  gtk_image_set_from_icon_name (self->icon, cs_watch_words_icon (verdict));
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), classes);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, word,
                                  -1);
  gtk_label_set_label (self->verdict, words);
}

/** cs_bound_row_show: (skip): shows a bound with the newest verdict: of this program, else of the
 * record. */
void
cs_bound_row_show (CsBoundRow *self, const CsCriterion *criterion)
{
  CsDeploymentWatch *watch;
  const CsWatchJudgement *recorded;
  g_autofree char *words = NULL;
  CsJudge *judge;

  g_return_if_fail (CS_IS_BOUND_ROW (self));

  if (g_strcmp0 (self->id, criterion->id) != 0)
    {
      g_free (self->id);
      self->id = g_strdup (criterion->id);
    }
  words = cs_watch_words_criterion (criterion);
  gtk_label_set_label (self->words, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->words),
                               cs_watch_words_severity (criterion->severity));
  watch = cs_watch_desk_find (self->desk, self->deployment);
  judge =
    cs_watcher_get_judge (cs_deployment_watch_get_watcher (watch), criterion->id);
  recorded = cs_watch_get_judgement (cs_deployment_watch_get_watch (watch), criterion->id);
  if (judge != NULL)
    {
      CsWatchVerdict verdict = cs_judge_look (judge, cs_clock_now ());

      show_verdict (self, verdict, cs_judge_get_words (judge));
    }
  else if (recorded != NULL)
    show_verdict (self, recorded->verdict, recorded->reason);
  else
    show_verdict (self, CS_WATCH_INCONCLUSIVE, NULL);
}
