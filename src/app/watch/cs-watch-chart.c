/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a number went: a line over time, with its bounds and what happened meanwhile. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-watch-chart.h"

#include "cs-time-words.h"
#include "cs-watch-words.h"

#include <glib/gi18n.h>

/* Pixels. */
#define MIN_WIDTH 160
#define HEIGHT 112
#define MARGIN 4.0
#define STRIP 5.0 /* of failures, at the bottom */
#define DOT 3.0
#define FLAG 3.5

/* A bound that is further away than so many times the highest number is told, not drawn: it would
 * make a flat line of everything. */
#define FAR 3

typedef struct
{
  double level;
  CsSeverity severity;
  char *words;
} Level;

typedef struct
{
  gint64 at;
  CsChartEvent kind;
  char *words;
} Event;

struct _CsWatchChart
{
  GtkWidget parent_instance;

  char *title;
  char *unit;
  gint64 interval;
  CsTrend *trend; /* NULL: nothing is known yet */
  GArray *levels; /* of Level */
  GArray *events; /* of Event */
};

G_DEFINE_FINAL_TYPE (CsWatchChart, cs_watch_chart, GTK_TYPE_WIDGET)

/* Where things are drawn while one picture is made. */
typedef struct
{
  CsWatchChart *chart;
  cairo_t *cr;
  double width;
  double top;    /* of the numbers */
  double bottom; /* where the scale begins */
  double most;   /* the end of the scale */
  gboolean rtl;
  GdkRGBA color;
} Picture;

static double
get_x (const Picture *picture, gint64 at)
{
  const CsTrend *trend = picture->chart->trend;
  double along = (double) (at - trend->since) / (double) MAX (trend->until - trend->since, 1);
  double room = picture->width - 2 * MARGIN;

  along = CLAMP (along, 0, 1);
  return MARGIN + (picture->rtl ? 1 - along : along) * room;
}

static double
get_y (const Picture *picture, double number)
{
  double part = CLAMP (number / picture->most, 0, 1);

  return picture->bottom - part * (picture->bottom - picture->top);
}

static void
set_color (const Picture *picture, const GdkRGBA *color, double alpha)
{
  cairo_set_source_rgba (picture->cr, color->red, color->green, color->blue, color->alpha * alpha);
}

static void
set_named_color (const Picture *picture, const char *name, double alpha)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (picture->chart));
  GdkRGBA color;

  set_color (picture,
             gtk_style_context_lookup_color (context, name, &color) ? &color : &picture->color,
             alpha);
}

static double
find_highest_number (CsWatchChart *self)
{
  double highest = 0;

  for (guint i = 0; self->trend != NULL && i < self->trend->points->len; i++)
    {
      const CsTrendPoint *point = &g_array_index (self->trend->points, CsTrendPoint, i);

      if (point->n > 0)
        highest = MAX (highest, point->most);
    }
  return highest;
}

static gboolean
is_far (CsWatchChart *self, double level)
{
  double highest = find_highest_number (self);

  return highest > 0 && level > FAR * highest;
}

/* The scale begins at nothing and ends at a number that is easily said: 1, 2 or 5 of its kind. */
static double
find_scale (CsWatchChart *self)
{
  double highest = find_highest_number (self);
  double step = 1;

  for (guint i = 0; i < self->levels->len; i++)
    {
      const Level *level = &g_array_index (self->levels, Level, i);

      if (!is_far (self, level->level))
        highest = MAX (highest, level->level);
    }
  if (highest <= 0)
    return 1;
  while (step * 10 <= highest)
    step *= 10;
  while (step > highest)
    step /= 10;
  for (double n = 1; n <= 10; n += n < 2 ? 0.5 : 1)
    if (n * step >= highest)
      return n * step;
  return 10 * step;
}

static void
write_text (const Picture *picture, const char *text, double x, double y, gboolean from_end)
{
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (GTK_WIDGET (picture->chart), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (picture->cr, from_end ? x - width : x, y);
  pango_cairo_show_layout (picture->cr, layout);
}

static void
draw_grid (const Picture *picture)
{
  for (int i = 0; i <= 2; i++)
    {
      double number = picture->most * i / 2;
      double y = (int) get_y (picture, number) + 0.5;
      g_autofree char *words = cs_watch_words_number (number, picture->chart->unit);

      set_color (picture, &picture->color, 0.12);
      cairo_set_line_width (picture->cr, 1);
      cairo_move_to (picture->cr, MARGIN, y);
      cairo_line_to (picture->cr, picture->width - MARGIN, y);
      cairo_stroke (picture->cr);
      set_color (picture, &picture->color, 0.55);
      if (i > 0)
        write_text (picture, words, picture->rtl ? picture->width - MARGIN : MARGIN, y + 1,
                    picture->rtl);
    }
}

static void
draw_times (const Picture *picture, double height)
{
  const CsTrend *trend = picture->chart->trend;
  g_autofree char *since = cs_time_words_moment (trend->since);
  g_autofree char *until = cs_time_words_moment (trend->until);
  double y = height - 16;

  set_color (picture, &picture->color, 0.55);
  write_text (picture, picture->rtl ? until : since, MARGIN, y, FALSE);
  write_text (picture, picture->rtl ? since : until, picture->width - MARGIN, y, TRUE);
}

/* Between the least and the most of each part. */
static void
draw_band (const Picture *picture, guint from, guint to)
{
  const CsTrendPoint *points = (const CsTrendPoint *) (void *) picture->chart->trend->points->data;

  for (guint i = from; i < to; i++)
    cairo_line_to (picture->cr, get_x (picture, points[i].at), get_y (picture, points[i].most));
  for (guint i = to; i > from; i--)
    cairo_line_to (picture->cr, get_x (picture, points[i - 1].at),
                   get_y (picture, points[i - 1].least));
  cairo_close_path (picture->cr);
  set_named_color (picture, "accent_color", 0.2);
  cairo_fill (picture->cr);
}

static void
draw_line (const Picture *picture, guint from, guint to)
{
  const CsTrendPoint *points = (const CsTrendPoint *) (void *) picture->chart->trend->points->data;

  for (guint i = from; i < to; i++)
    cairo_line_to (picture->cr, get_x (picture, points[i].at), get_y (picture, points[i].mean));
  set_named_color (picture, "accent_color", 1);
  cairo_set_line_width (picture->cr, 1.75);
  cairo_set_line_join (picture->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (picture->cr, CAIRO_LINE_CAP_ROUND);
  cairo_stroke (picture->cr);
}

/* A line for each time in which measurements follow each other; nothing joins what was not
 * measured. */
static void
draw_numbers (const Picture *picture)
{
  const CsTrend *trend = picture->chart->trend;
  GArray *points = trend->points;

  for (guint from = 0, to; from < points->len; from = to)
    {
      const CsTrendPoint *first = &g_array_index (points, CsTrendPoint, from);

      to = from + 1;
      while (to < points->len && !cs_trend_is_gap (trend, to, picture->chart->interval))
        to++;
      if (first->n == 0)
        continue;
      draw_band (picture, from, to);
      draw_line (picture, from, to);
      if (to == points->len || to == from + 1)
        {
          const CsTrendPoint *last = &g_array_index (points, CsTrendPoint, to - 1);

          cairo_arc (picture->cr, get_x (picture, last->at), get_y (picture, last->mean), DOT, 0,
                     2 * G_PI);
          cairo_fill (picture->cr);
        }
    }
}

/* Below the numbers: where the check failed, and where nothing is known. */
static void
draw_failures (const Picture *picture)
{
  GArray *points = picture->chart->trend->points;

  for (guint i = 0; i < points->len; i++)
    {
      const CsTrendPoint *point = &g_array_index (points, CsTrendPoint, i);

      if (point->n_bad == 0 && point->n_unknown == 0)
        continue;
      if (point->n_bad > 0)
        set_named_color (picture, "error_color", 1);
      else
        set_color (picture, &picture->color, 0.35);
      cairo_rectangle (picture->cr, get_x (picture, point->at) - 1.5, picture->bottom + 2, 3,
                       point->n_bad > 0 ? STRIP : STRIP / 2);
      cairo_fill (picture->cr);
    }
}

static const char *
get_level_color (CsSeverity severity)
{
  if (severity == CS_SEVERITY_TARGET)
    return "success_color";
  return severity == CS_SEVERITY_WARNING ? "warning_color" : "error_color";
}

static void
draw_level (const Picture *picture, const Level *level, guint n_far)
{
  static const double dashes[] = { 5, 4 };
  double y = (int) get_y (picture, level->level) + 0.5;

  set_named_color (picture, get_level_color (level->severity), 1);
  if (is_far (picture->chart, level->level))
    {
      g_autofree char *number = cs_watch_words_number (level->level, picture->chart->unit);
      /* Translators: a bound that is far above what a chart shows, such as "2 s" */
      g_autofree char *words = g_strdup_printf (_("limit %s ↑"), number);

      write_text (picture, words, picture->rtl ? MARGIN : picture->width - MARGIN,
                  picture->top + 1 + 14.0 * n_far, !picture->rtl);
      return;
    }
  cairo_save (picture->cr);
  cairo_set_dash (picture->cr, dashes, 2, 0);
  cairo_set_line_width (picture->cr, 1.25);
  cairo_move_to (picture->cr, MARGIN, y);
  cairo_line_to (picture->cr, picture->width - MARGIN, y);
  cairo_stroke (picture->cr);
  cairo_restore (picture->cr);
}

static void
draw_levels (const Picture *picture)
{
  guint n_far = 0;

  for (guint i = 0; i < picture->chart->levels->len; i++)
    {
      const Level *level = &g_array_index (picture->chart->levels, Level, i);

      draw_level (picture, level, n_far);
      n_far += is_far (picture->chart, level->level);
    }
}

static void
draw_event (const Picture *picture, const Event *event)
{
  static const char *const colors[] = {
    [CS_CHART_EVENT_ALARM] = "error_color",
    [CS_CHART_EVENT_ROLLBACK] = "warning_color",
    [CS_CHART_EVENT_SETTLED] = "success_color",
  };
  double x = (int) get_x (picture, event->at) + 0.5;

  if (event->kind == CS_CHART_EVENT_STEP)
    set_color (picture, &picture->color, 0.3);
  else
    set_named_color (picture, colors[event->kind], 1);
  cairo_set_line_width (picture->cr, 1);
  cairo_move_to (picture->cr, x, picture->top);
  cairo_line_to (picture->cr, x, picture->bottom);
  cairo_stroke (picture->cr);
  cairo_move_to (picture->cr, x - FLAG, picture->top - FLAG);
  cairo_line_to (picture->cr, x + FLAG, picture->top - FLAG);
  cairo_line_to (picture->cr, x, picture->top + FLAG);
  cairo_close_path (picture->cr);
  cairo_fill (picture->cr);
}

static void
draw_events (const Picture *picture)
{
  const CsTrend *trend = picture->chart->trend;

  for (guint i = 0; i < picture->chart->events->len; i++)
    {
      const Event *event = &g_array_index (picture->chart->events, Event, i);

      if (event->at >= trend->since && event->at <= trend->until)
        draw_event (picture, event);
    }
}

static void
cs_watch_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CsWatchChart *self = CS_WATCH_CHART (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, width, height);
  Picture picture = { self, NULL,
                      width, MARGIN + FLAG,
                      height - 18 - STRIP, find_scale (self),
                      gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL };

  if (self->trend == NULL || width <= 2 * MARGIN)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &picture.color);
  picture.cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  draw_grid (&picture);
  draw_times (&picture, height);
  draw_events (&picture);
  draw_numbers (&picture);
  draw_failures (&picture);
  draw_levels (&picture);
  cairo_destroy (picture.cr);
}

static void
cs_watch_chart_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : HEIGHT;
}

static char *
describe_point (CsWatchChart *self, const CsTrendPoint *point)
{
  g_autofree char *when = cs_time_words_moment (point->at);
  g_autofree char *number =
    point->n > 0 ? cs_watch_words_number (point->mean, self->unit) : NULL;

  if (point->n_bad > 0 && number == NULL)
    return g_strdup_printf (_("%s: the check failed"), when);
  if (number == NULL)
    return g_strdup_printf (_("%s: nothing is known"), when);
  if (point->n_bad > 0)
    /* Translators: a time and a number */
    return g_strdup_printf (_("%s: %s, and the check failed"), when, number);
  return g_strdup_printf ("%s: %s", when, number);
}

static gboolean
query_tooltip_cb (CsWatchChart *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double part = CLAMP ((x - MARGIN) / MAX (width - 2 * MARGIN, 1), 0, 1);
  const CsTrendPoint *point;
  g_autoptr (GString) words = NULL;
  g_autofree char *first = NULL;
  gint64 at, reach;

  if (keyboard || self->trend == NULL || self->trend->points->len == 0)
    return FALSE;
  at = self->trend->since +
       (gint64) ((rtl ? 1 - part : part) * (double) (self->trend->until - self->trend->since));
  reach = (self->trend->until - self->trend->since) / MAX (width / 6, 1);
  point = cs_trend_find (self->trend, at);
  first = describe_point (self, point);
  words = g_string_new (first);
  for (guint i = 0; i < self->events->len; i++)
    {
      const Event *event = &g_array_index (self->events, Event, i);
      g_autofree char *when = cs_time_words_moment (event->at);

      if (ABS (event->at - at) <= reach)
        g_string_append_printf (words, "\n%s: %s", when, event->words);
    }
  for (guint i = 0; i < self->levels->len; i++)
    g_string_append_printf (words, "\n%s", g_array_index (self->levels, Level, i).words);
  gtk_tooltip_set_text (tooltip, words->str);
  return TRUE;
}

static void
level_clear (gpointer data)
{
  g_free (((Level *) data)->words);
}

static void
event_clear (gpointer data)
{
  g_free (((Event *) data)->words);
}

static void
cs_watch_chart_finalize (GObject *object)
{
  CsWatchChart *self = CS_WATCH_CHART (object);

  g_free (self->title);
  g_free (self->unit);
  cs_trend_free (self->trend);
  g_array_unref (self->levels);
  g_array_unref (self->events);
  G_OBJECT_CLASS (cs_watch_chart_parent_class)->finalize (object);
}

static void
cs_watch_chart_class_init (CsWatchChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_watch_chart_finalize;

  widget_class->snapshot = cs_watch_chart_snapshot;
  widget_class->measure = cs_watch_chart_measure;

  gtk_widget_class_set_css_name (widget_class, "watchchart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
cs_watch_chart_init (CsWatchChart *self)
{
  self->levels = g_array_new (FALSE, FALSE, sizeof (Level));
  self->events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_array_set_clear_func (self->levels, level_clear);
  g_array_set_clear_func (self->events, event_clear);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
}

/* For those who don't see the picture. */
static void
update_words (CsWatchChart *self)
{
  g_autoptr (GString) words = g_string_new (self->title);

  if (self->trend == NULL || self->trend->n_measured == 0)
    {
      g_string_append_printf (words, ": %s", _("nothing was measured yet"));
    }
  else
    {
      const CsFigures *figures = &self->trend->figures;
      guint n = self->trend->n_measured;
      guint n_bad = self->trend->n_bad;
      g_autofree char *last = cs_watch_words_number (figures->last, self->unit);
      g_autofree char *least = cs_watch_words_number (figures->least, self->unit);
      g_autofree char *most = cs_watch_words_number (figures->most, self->unit);

      if (figures->n > 0)
        /* Translators: what a chart shows, in words: three numbers */
        g_string_append_printf (words, _(": now %s, from %s to %s"), last, least, most);
      g_string_append_printf (words, ngettext (", %u measurement", ", %u measurements", n), n);
      if (n_bad > 0)
        g_string_append_printf (words, ngettext (", %u failed", ", %u failed", n_bad), n_bad);
    }
  for (guint i = 0; i < self->levels->len; i++)
    g_string_append_printf (words, "; %s", g_array_index (self->levels, Level, i).words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str,
                                  -1);
}

/** cs_watch_chart_new: (skip): (transfer floating): a chart that shows nothing yet. */
GtkWidget *
cs_watch_chart_new (const char *title, const char *unit, gint64 interval)
{
  CsWatchChart *self = g_object_new (CS_TYPE_WATCH_CHART, NULL);

  self->title = g_strdup (title);
  self->unit = g_strdup (unit);
  self->interval = interval;
  update_words (self);
  return GTK_WIDGET (self);
}

/** cs_watch_chart_set_trend: (skip): draws this; trend: (transfer full) */
void
cs_watch_chart_set_trend (CsWatchChart *self, CsTrend *trend)
{
  g_return_if_fail (CS_IS_WATCH_CHART (self));

  cs_trend_free (self->trend);
  self->trend = trend;
  update_words (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/** cs_watch_chart_clear_marks: (skip): takes away all bounds and events. */
void
cs_watch_chart_clear_marks (CsWatchChart *self)
{
  g_return_if_fail (CS_IS_WATCH_CHART (self));

  g_array_set_size (self->levels, 0);
  g_array_set_size (self->events, 0);
}

/** cs_watch_chart_add_level: (skip): a bound, in the unit of the numbers. */
void
cs_watch_chart_add_level (CsWatchChart *self,
                          double level,
                          CsSeverity severity,
                          const char *words)
{
  Level added = { level, severity, g_strdup (words) };

  g_return_if_fail (CS_IS_WATCH_CHART (self));

  g_array_append_val (self->levels, added);
  update_words (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/** cs_watch_chart_add_event: (skip): something that happened (UTC microseconds), in words. */
void
cs_watch_chart_add_event (CsWatchChart *self, gint64 at, CsChartEvent kind, const char *words)
{
  Event event = { at, kind, g_strdup (words) };

  g_return_if_fail (CS_IS_WATCH_CHART (self));

  g_array_append_val (self->events, event);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
