/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows a signer's handwriting, on paper. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-handwriting-view.h"

#include "cs-handwriting-drawing.h"

#include <glib/gi18n.h>

#define HEIGHT 72
#define PADDING 8

struct _CsHandwritingView
{
  GtkWidget parent_instance;

  CsHandwriting *handwriting;
};

G_DEFINE_FINAL_TYPE (CsHandwritingView, cs_handwriting_view, GTK_TYPE_WIDGET)

/* Ink is black, and a picture may have no background: so there is paper under it, at night, too. */
static void
cs_handwriting_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CsHandwritingView *self = CS_HANDWRITING_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  GskRoundedRect paper;
  cairo_t *cr;

  if (self->handwriting == NULL || width <= 2 * PADDING || height <= 2 * PADDING)
    return;
  gsk_rounded_rect_init_from_rect (&paper, &area, 8);
  gtk_snapshot_push_rounded_clip (snapshot, &paper);
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, 1, 1 }, &area);
  cr = gtk_snapshot_append_cairo (snapshot, &area);
  cs_handwriting_draw (self->handwriting, cr, PADDING, PADDING, width - 2 * PADDING,
                       height - 2 * PADDING);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
}

static void
cs_handwriting_view_measure (GtkWidget *widget,
                             GtkOrientation orientation,
                             int for_size,
                             int *minimum,
                             int *natural,
                             int *minimum_baseline,
                             int *natural_baseline)
{
  CsHandwritingView *self = CS_HANDWRITING_VIEW (widget);

  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 60;
  *natural = *minimum;
  if (orientation == GTK_ORIENTATION_HORIZONTAL && self->handwriting != NULL)
    *natural = CLAMP (
      (int) ((HEIGHT - 2 * PADDING) * cs_handwriting_get_aspect (self->handwriting)) + 2 * PADDING,
      *minimum, 480);
}

static void
cs_handwriting_view_finalize (GObject *object)
{
  cs_handwriting_free (CS_HANDWRITING_VIEW (object)->handwriting);
  G_OBJECT_CLASS (cs_handwriting_view_parent_class)->finalize (object);
}

static void
cs_handwriting_view_class_init (CsHandwritingViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_handwriting_view_finalize;
  widget_class->snapshot = cs_handwriting_view_snapshot;
  widget_class->measure = cs_handwriting_view_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
cs_handwriting_view_init (CsHandwritingView *self)
{
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Handwritten signature"), -1);
}

/** cs_handwriting_view_set_bytes: (skip): what to show; %NULL, or what can't be read: it hides. */
void
cs_handwriting_view_set_bytes (CsHandwritingView *self, GBytes *bytes)
{
  g_return_if_fail (CS_IS_HANDWRITING_VIEW (self));

  g_clear_pointer (&self->handwriting, cs_handwriting_free);
  if (bytes != NULL)
    self->handwriting = cs_handwriting_new_from_bytes (bytes, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), self->handwriting != NULL);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
