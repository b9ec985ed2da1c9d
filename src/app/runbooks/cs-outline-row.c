/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The widget for one line of a runbook's outline. */

#define G_LOG_DOMAIN "cs-outline-row"

#include "config.h"

#include "cs-outline-row.h"
#include "cs-time-words.h"

struct _CsOutlineRow
{
  GtkWidget parent_instance;

  GtkTreeExpander *expander;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *estimate;
  GtkLabel *chip;
};

G_DEFINE_FINAL_TYPE (CsOutlineRow, cs_outline_row, GTK_TYPE_WIDGET)

static const char *
get_title_style (CsOutlineItem *item)
{
  switch (cs_outline_item_get_kind (item))
    {
    case CS_OUTLINE_PHASE:
      return "heading";
    case CS_OUTLINE_BLOCK:
      return "outline-code";
    case CS_OUTLINE_STEP:
    case CS_OUTLINE_CHECK:
    case CS_OUTLINE_SIGNOFF:
    default:
      return "body";
    }
}

/* Asked for when the pointer rests: setting a text looks where the pointer is, for each row. */
static gboolean
query_tooltip_cb (CsOutlineRow *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  GtkTreeListRow *row = gtk_tree_expander_get_list_row (self->expander);
  g_autoptr (CsOutlineItem) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (item == NULL)
    return FALSE;
  gtk_tooltip_set_text (tooltip, cs_outline_item_get_title (item));
  return TRUE;
}

static void
show_item (CsOutlineRow *self, CsOutlineItem *item)
{
  const char *title_classes[] = { get_title_style (item), NULL };
  const char *chip_classes[] = { "chip", "phase", cs_outline_item_get_chip_style (item), NULL };
  const char *chip = cs_outline_item_get_chip (item);
  gint64 estimate = cs_outline_item_get_estimate (item);
  g_autofree char *title = cs_time_words_strip (cs_outline_item_get_title (item), estimate);
  g_autofree char *duration = estimate >= 0 && !cs_time_words_says (title, estimate)
                                ? cs_time_words_duration (estimate)
                                : NULL;

  gtk_image_set_from_icon_name (self->icon, cs_outline_item_get_icon (item));
  gtk_widget_set_visible (GTK_WIDGET (self->icon), cs_outline_item_get_icon (item) != NULL);
  gtk_label_set_text (self->title, title);
  gtk_widget_set_css_classes (GTK_WIDGET (self->title), title_classes);
  gtk_label_set_text (self->estimate, duration != NULL ? duration : "");
  gtk_widget_set_visible (GTK_WIDGET (self->estimate), duration != NULL);
  gtk_label_set_text (self->chip, chip != NULL ? chip : "");
  gtk_widget_set_css_classes (GTK_WIDGET (self->chip), chip_classes);
  gtk_widget_set_visible (GTK_WIDGET (self->chip), chip != NULL);
}

static void
cs_outline_row_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (cs_outline_row_parent_class)->dispose (object);
}

static void
cs_outline_row_class_init (CsOutlineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_outline_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-outline-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CsOutlineRow, expander);
  gtk_widget_class_bind_template_child (widget_class, CsOutlineRow, icon);
  gtk_widget_class_bind_template_child (widget_class, CsOutlineRow, title);
  gtk_widget_class_bind_template_child (widget_class, CsOutlineRow, estimate);
  gtk_widget_class_bind_template_child (widget_class, CsOutlineRow, chip);
  gtk_widget_class_bind_template_callback (widget_class, query_tooltip_cb);
}

static void
cs_outline_row_init (CsOutlineRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_outline_row_new:
 *
 * Returns: (transfer floating): a row that shows nothing yet
 */
GtkWidget *
cs_outline_row_new (void)
{
  return g_object_new (CS_TYPE_OUTLINE_ROW, NULL);
}

/**
 * cs_outline_row_bind:
 * @self: a row
 * @row: (nullable): what to show: a row whose item is a #CsOutlineItem
 */
void
cs_outline_row_bind (CsOutlineRow *self, GtkTreeListRow *row)
{
  g_autoptr (CsOutlineItem) item = NULL;

  g_return_if_fail (CS_IS_OUTLINE_ROW (self));

  gtk_tree_expander_set_list_row (self->expander, row);
  if (row == NULL)
    return;
  item = gtk_tree_list_row_get_item (row);
  show_item (self, item);
}
