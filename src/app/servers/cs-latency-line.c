/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a server took to answer, the last times: a line without words. */

#define G_LOG_DOMAIN "cs-latency-line"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-latency-line.h"

/* Pixels. */
#define WIDTH 72
#define HEIGHT 20
#define MARGIN 3.0
#define DOT 2.0

struct _CsLatencyLine
{
  GtkWidget parent_instance;

  GArray *values; /* double, milliseconds, oldest first */
};

G_DEFINE_FINAL_TYPE (CsLatencyLine, cs_latency_line, GTK_TYPE_WIDGET)

static double
find_highest (CsLatencyLine *self)
{
  double highest = 0;

  for (guint i = 0; i < self->values->len; i++)
    highest = MAX (highest, g_array_index (self->values, double, i));
  return highest > 0 ? highest : 1;
}

/* The scale begins at nothing: what wanders between 11 and 12 ms is flat, as it should be. */
static void
trace (CsLatencyLine *self, cairo_t *cr, double width, double height)
{
  double highest = find_highest (self);
  guint n = self->values->len;
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  for (guint i = 0; i < n; i++)
    {
      double along = i / (double) (n - 1);
      double x = MARGIN + (rtl ? 1 - along : along) * (width - 2 * MARGIN);
      double part = g_array_index (self->values, double, i) / highest;

      cairo_line_to (cr, x, height - MARGIN - part * (height - 2 * MARGIN));
    }
}

static void
cs_latency_line_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CsLatencyLine *self = CS_LATENCY_LINE (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, width, height);
  GdkRGBA color;
  double x, y;
  cairo_t *cr;

  if (self->values->len < 2)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  trace (self, cr, width, height);
  cairo_get_current_point (cr, &x, &y);
  cairo_stroke (cr);
  cairo_arc (cr, x, y, DOT, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
cs_latency_line_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
cs_latency_line_finalize (GObject *object)
{
  g_array_unref (CS_LATENCY_LINE (object)->values);
  G_OBJECT_CLASS (cs_latency_line_parent_class)->finalize (object);
}

static void
cs_latency_line_class_init (CsLatencyLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_latency_line_finalize;

  widget_class->snapshot = cs_latency_line_snapshot;
  widget_class->measure = cs_latency_line_measure;

  gtk_widget_class_set_css_name (widget_class, "latencyline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
cs_latency_line_init (CsLatencyLine *self)
{
  self->values = g_array_new (FALSE, FALSE, sizeof (double));
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a;
  double two = *(const double *) b;

  return one < two ? -1 : one > two;
}

/* For those who don't see the line, and as its tooltip. */
static void
update_words (CsLatencyLine *self)
{
  g_autoptr (GArray) sorted = NULL;
  g_autofree char *words = NULL;
  guint n = self->values->len;

  if (n == 0)
    return;
  sorted = g_array_copy (self->values);
  g_array_sort (sorted, compare_values);
  /* Translators: how long a server took to answer */
  words = g_strdup_printf (_("Fastest %.0f ms, median %.0f ms, slowest %.0f ms"),
                           MAX (1.0, g_array_index (sorted, double, 0)),
                           MAX (1.0, g_array_index (sorted, double, n / 2)),
                           MAX (1.0, g_array_index (sorted, double, n - 1)));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/**
 * cs_latency_line_set_values:
 * @self: a line
 * @values: (array length=n): milliseconds, oldest first
 * @n: how many
 *
 * Draws these.
 */
void
cs_latency_line_set_values (CsLatencyLine *self, const double *values, guint n)
{
  g_return_if_fail (CS_IS_LATENCY_LINE (self));

  g_array_set_size (self->values, 0);
  if (n > 0)
    g_array_append_vals (self->values, values, n);
  update_words (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * cs_latency_line_set_microseconds:
 * @self: a line
 * @values: (element-type gint64): microseconds, oldest first
 *
 * Draws these.
 */
void
cs_latency_line_set_microseconds (CsLatencyLine *self, GArray *values)
{
  g_autofree double *milliseconds = g_new (double, values->len + 1);

  for (guint i = 0; i < values->len; i++)
    milliseconds[i] = g_array_index (values, gint64, i) / 1000.0;
  cs_latency_line_set_values (self, milliseconds, values->len);
}
