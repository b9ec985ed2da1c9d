/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A button that says how many diagnostics a runbook has, and lists them. */

#define G_LOG_DOMAIN "cs-diagnostics-button"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-diagnostics-button.h"
#include "cs-finding.h"
#include "cs-growing-list.h"

/* One width for all, which needs no measuring. */
#define WIDTH_CHARS 36

struct _CsDiagnosticsButton
{
  AdwBin parent_instance;

  GListModel *diagnostics; /* of CsFinding */

  GtkMenuButton *button;
  AdwButtonContent *count;
  GtkListView *list;
};

G_DEFINE_FINAL_TYPE (CsDiagnosticsButton, cs_diagnostics_button, ADW_TYPE_BIN)

enum
{
  LINE_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* An icon, beside it the sentence, and below that the line. */
static void
setup_row_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *sentence = gtk_label_new (NULL);
  GtkWidget *line = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (sentence), 0);
  gtk_label_set_wrap (GTK_LABEL (sentence), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (sentence), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (sentence), WIDTH_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (sentence), WIDTH_CHARS);
  gtk_label_set_xalign (GTK_LABEL (line), 0);
  gtk_widget_add_css_class (line, "caption");
  gtk_widget_add_css_class (line, "dim-label");
  gtk_widget_add_css_class (line, "numeric");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), sentence);
  gtk_box_append (GTK_BOX (words), line);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), words);
  gtk_list_item_set_child (item, row);
}

static const char *
get_style (CsFindingSeverity severity)
{
  switch (severity)
    {
    case CS_FINDING_ERROR:
      return "error";
    case CS_FINDING_WARNING:
      return "warning";
    case CS_FINDING_NOTE:
    case CS_FINDING_NO_DIAGNOSTIC:
    default:
      return "dim-label";
    }
}

static void
bind_row_cb (GtkListItemFactory *factory, GtkListItem *item)
{
  CsFinding *finding = gtk_list_item_get_item (item);
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *sentence = gtk_widget_get_first_child (gtk_widget_get_next_sibling (icon));
  GtkWidget *line = gtk_widget_get_next_sibling (sentence);
  const char *classes[] = { get_style (cs_finding_get_severity (finding)), NULL };
  g_autofree char *place = g_strdup_printf (_("Line %u"), cs_finding_get_line (finding));

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), cs_finding_get_icon (finding));
  gtk_widget_set_css_classes (icon, classes);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  cs_finding_get_title (finding), -1);
  gtk_label_set_text (GTK_LABEL (sentence), cs_finding_get_why (finding));
  gtk_label_set_text (GTK_LABEL (line), place);
}

/* Rows are made when they are to be seen, and not kept. */
static void
map_cb (CsDiagnosticsButton *self)
{
  g_autoptr (GtkSelectionModel) selection = NULL;

  if (self->diagnostics == NULL)
    return;
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (cs_growing_list_new (self->diagnostics)));
  gtk_list_view_set_model (self->list, selection);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
closed_cb (CsDiagnosticsButton *self)
{
  gtk_list_view_set_model (self->list, NULL);
}

static void
activate_cb (CsDiagnosticsButton *self, guint position)
{
  g_autoptr (CsFinding) finding = g_list_model_get_item (self->diagnostics, position);

  gtk_menu_button_popdown (self->button);
  if (finding != NULL)
    g_signal_emit (self, signals[LINE_CHOSEN], 0, cs_finding_get_line (finding));
}

static void
cs_diagnostics_button_dispose (GObject *object)
{
  CsDiagnosticsButton *self = CS_DIAGNOSTICS_BUTTON (object);

  g_clear_object (&self->diagnostics);
  G_OBJECT_CLASS (cs_diagnostics_button_parent_class)->dispose (object);
}

static void
cs_diagnostics_button_class_init (CsDiagnosticsButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_diagnostics_button_dispose;

  signals[LINE_CHOSEN] = g_signal_new ("line-chosen", CS_TYPE_DIAGNOSTICS_BUTTON, G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-diagnostics-button.ui");
  gtk_widget_class_bind_template_child (widget_class, CsDiagnosticsButton, button);
  gtk_widget_class_bind_template_child (widget_class, CsDiagnosticsButton, count);
  gtk_widget_class_bind_template_child (widget_class, CsDiagnosticsButton, list);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, map_cb);
}

static void
cs_diagnostics_button_init (CsDiagnosticsButton *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_row_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
}

/**
 * cs_diagnostics_button_show: (skip)
 * @self: a button
 * @diagnostics: (element-type CsFinding): what to list, the gravest first
 *
 * Says how many there are, and how grave the gravest is.
 */
void
cs_diagnostics_button_show (CsDiagnosticsButton *self, GListModel *diagnostics)
{
  g_autoptr (CsFinding) gravest = NULL;
  g_autofree char *count = NULL;

  g_return_if_fail (CS_IS_DIAGNOSTICS_BUTTON (self));

  gravest = g_list_model_get_item (diagnostics, 0);
  gtk_widget_set_visible (GTK_WIDGET (self), gravest != NULL);
  if (gravest != NULL)
    adw_button_content_set_icon_name (self->count, cs_finding_get_icon (gravest));
  count = g_strdup_printf ("%u", g_list_model_get_n_items (diagnostics));
  adw_button_content_set_label (self->count, count);
  g_set_object (&self->diagnostics, diagnostics);
}
