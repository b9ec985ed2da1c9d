/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The paper of the signature pad: takes strokes of pen, finger, pointer and keys. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-signature-paper.h"

#include "cs-handwriting-drawing.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define HEIGHT 120
/* Of the line to sign on, from below and from the sides. */
#define LINE_BOTTOM 28
#define LINE_SIDE 16
/* How far an arrow key moves the pen; with Ctrl, for large letters. */
#define STEP 3
#define LARGE_STEP 12

struct _CsSignaturePaper
{
  GtkWidget parent_instance;

  CsHandwriting *handwriting; /* NULL: nothing is on it */
  gboolean has_picture;       /* from a file: it is not drawn on */
  gboolean drawing;           /* a stroke of pen or pointer has begun */

  gboolean writing; /* by keys: there is a pen to be seen */
  gboolean down;    /* and it writes */
  double x;
  double y;
};

G_DEFINE_FINAL_TYPE (CsSignaturePaper, cs_signature_paper, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tell_changed (CsSignaturePaper *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* What a handwriting is measured in is the paper as large as it was at its first stroke. */
static void
begin_stroke (CsSignaturePaper *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (self->has_picture || self->handwriting == NULL)
    cs_signature_paper_set_handwriting (
      self, cs_handwriting_new ((guint) gtk_widget_get_width (widget) * CS_HANDWRITING_UNITS,
                                (guint) gtk_widget_get_height (widget) * CS_HANDWRITING_UNITS));
  cs_handwriting_begin_stroke (self->handwriting);
}

static void
add_point (CsSignaturePaper *self, double x, double y, guint32 time, int pressure)
{
  cs_handwriting_add_point (self->handwriting, x, y, time, pressure);
  tell_changed (self);
}

static GdkEvent *
get_event (GtkGesture *gesture)
{
  return gtk_gesture_get_last_event (
    gesture, gtk_gesture_single_get_current_sequence (GTK_GESTURE_SINGLE (gesture)));
}

/* Where the pointer was since the last frame: GTK tells of a motion once in each, which is too
 * little for a curve. */
static void
add_history (CsSignaturePaper *self, GdkEvent *event)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  g_autofree GdkTimeCoord *history = NULL;
  double left, top, x, y;
  guint n = 0;

  if (gdk_event_get_event_type (event) == GDK_MOTION_NOTIFY)
    history = gdk_event_get_history (event, &n);
  gtk_native_get_surface_transform (native, &left, &top);
  for (guint i = 0; i < n; i++)
    if ((history[i].flags & (GDK_AXIS_FLAG_X | GDK_AXIS_FLAG_Y)) != 0 &&
        gtk_widget_translate_coordinates (GTK_WIDGET (native), GTK_WIDGET (self),
                                          history[i].axes[GDK_AXIS_X] - left,
                                          history[i].axes[GDK_AXIS_Y] - top, &x, &y))
      add_point (self, x, y, history[i].time, -1);
}

/* Pointer and finger. What a pen does comes to the other gesture, which knows how hard it is
 * pressed. */
static gboolean
is_pen (GtkGesture *gesture)
{
  GdkEvent *event = get_event (gesture);

  return event != NULL && gdk_event_get_device_tool (event) != NULL;
}

static void
drag_begin_cb (CsSignaturePaper *self, double x, double y, GtkGesture *gesture)
{
  if (is_pen (gesture))
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  /* Else what the paper lies on would scroll under a finger. */
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->writing = FALSE;
  self->drawing = TRUE;
  begin_stroke (self);
  add_point (self, x, y, gdk_event_get_time (get_event (gesture)), -1);
}

static void
drag_update_cb (CsSignaturePaper *self, double offset_x, double offset_y, GtkGestureDrag *gesture)
{
  GdkEvent *event = get_event (GTK_GESTURE (gesture));
  double x, y;

  if (!self->drawing || event == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  add_history (self, event);
  add_point (self, x + offset_x, y + offset_y, gdk_event_get_time (event), -1);
}

static void
drag_end_cb (CsSignaturePaper *self)
{
  self->drawing = FALSE;
}

static int
to_pressure (double pressure)
{
  return (int) (CLAMP (pressure, 0, 1) * CS_HANDWRITING_MAX_PRESSURE);
}

static void
add_pen_point (CsSignaturePaper *self, double x, double y, GtkGestureStylus *gesture)
{
  GdkEvent *event = get_event (GTK_GESTURE (gesture));
  double pressure;
  gboolean known = gtk_gesture_stylus_get_axis (gesture, GDK_AXIS_PRESSURE, &pressure);

  add_point (self, x, y, event != NULL ? gdk_event_get_time (event) : 0,
             known ? to_pressure (pressure) : -1);
}

static void
pen_down_cb (CsSignaturePaper *self, double x, double y, GtkGestureStylus *gesture)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->writing = FALSE;
  self->drawing = TRUE;
  begin_stroke (self);
  add_pen_point (self, x, y, gesture);
}

static void
pen_motion_cb (CsSignaturePaper *self, double x, double y, GtkGestureStylus *gesture)
{
  g_autofree GdkTimeCoord *backlog = NULL;
  guint n = 0;

  if (!self->drawing)
    return;
  if (!gtk_gesture_stylus_get_backlog (gesture, &backlog, &n))
    n = 0;
  for (guint i = 0; i < n; i++)
    add_point (self, backlog[i].axes[GDK_AXIS_X], backlog[i].axes[GDK_AXIS_Y], backlog[i].time,
               (backlog[i].flags & GDK_AXIS_FLAG_PRESSURE) != 0
                 ? to_pressure (backlog[i].axes[GDK_AXIS_PRESSURE])
                 : -1);
  add_pen_point (self, x, y, gesture);
}

static void
pen_up_cb (CsSignaturePaper *self)
{
  self->drawing = FALSE;
}

static void
tell_pen (CsSignaturePaper *self)
{
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
    self->down ? _("The pen is down: arrow keys write")
               : _("The pen is up: arrow keys move it, and the space bar sets it down"),
    -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
show_pen (CsSignaturePaper *self)
{
  if (self->writing)
    return;
  self->writing = TRUE;
  self->down = FALSE;
  self->x = LINE_SIDE;
  self->y = gtk_widget_get_height (GTK_WIDGET (self)) - LINE_BOTTOM;
}

static void
move_pen (CsSignaturePaper *self, double x, double y, guint32 time)
{
  show_pen (self);
  self->x = CLAMP (self->x + x, 0, gtk_widget_get_width (GTK_WIDGET (self)));
  self->y = CLAMP (self->y + y, 0, gtk_widget_get_height (GTK_WIDGET (self)));
  if (self->down)
    add_point (self, self->x, self->y, time, -1);
  tell_pen (self);
}

static void
set_pen (CsSignaturePaper *self, guint32 time)
{
  show_pen (self);
  self->down = !self->down;
  if (self->down)
    {
      begin_stroke (self);
      add_point (self, self->x, self->y, time, -1);
    }
  tell_pen (self);
}

static gboolean
key_pressed_cb (CsSignaturePaper *self,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                GtkEventController *keys)
{
  guint32 time = gtk_event_controller_get_current_event_time (keys);
  int step = (state & GDK_CONTROL_MASK) != 0 ? LARGE_STEP : STEP;

  switch (keyval)
    {
    case GDK_KEY_Left:
      move_pen (self, -step, 0, time);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
      move_pen (self, step, 0, time);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
      move_pen (self, 0, -step, time);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
      move_pen (self, 0, step, time);
      return GDK_EVENT_STOP;
    case GDK_KEY_space:
      set_pen (self, time);
      return GDK_EVENT_STOP;
    case GDK_KEY_Delete:
      cs_signature_paper_set_handwriting (self, NULL);
      return GDK_EVENT_STOP;
    case GDK_KEY_z:
      if ((state & GDK_CONTROL_MASK) == 0)
        return GDK_EVENT_PROPAGATE;
      cs_signature_paper_undo (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
draw_guides (CsSignaturePaper *self, cairo_t *cr, int width, int height)
{
  cairo_set_source_rgba (cr, 0, 0, 0, 0.3);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, LINE_SIDE, height - LINE_BOTTOM + 0.5);
  cairo_line_to (cr, width - LINE_SIDE, height - LINE_BOTTOM + 0.5);
  cairo_stroke (cr);
  if (!self->writing || !gtk_widget_has_focus (GTK_WIDGET (self)))
    return;
  cairo_set_source_rgb (cr, 0.11, 0.44, 0.85);
  cairo_arc (cr, self->x, self->y, self->down ? 3 : 5, 0, 2 * G_PI);
  if (self->down)
    cairo_fill (cr);
  else
    cairo_stroke (cr);
}

/* Ink is black on white paper, at night, too: that is what will be seen and printed. */
static void
cs_signature_paper_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CsSignaturePaper *self = CS_SIGNATURE_PAPER (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  cairo_t *cr;

  if (width == 0 || height == 0)
    return;
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, 1, 1 }, &area);
  cr = gtk_snapshot_append_cairo (snapshot, &area);
  draw_guides (self, cr, width, height);
  cairo_set_source_rgb (cr, 0, 0, 0);
  if (self->handwriting != NULL)
    cs_handwriting_draw (self->handwriting, cr, 0, 0, width, height);
  cairo_destroy (cr);
}

static void
cs_signature_paper_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 200;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 400;
}

static void
cs_signature_paper_finalize (GObject *object)
{
  cs_handwriting_free (CS_SIGNATURE_PAPER (object)->handwriting);
  G_OBJECT_CLASS (cs_signature_paper_parent_class)->finalize (object);
}

static void
cs_signature_paper_class_init (CsSignaturePaperClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_signature_paper_finalize;
  widget_class->snapshot = cs_signature_paper_snapshot;
  widget_class->measure = cs_signature_paper_measure;
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "signaturepaper");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_gestures (CsSignaturePaper *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pen = gtk_gesture_stylus_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect_swapped (pen, "down", G_CALLBACK (pen_down_cb), self);
  g_signal_connect_swapped (pen, "motion", G_CALLBACK (pen_motion_cb), self);
  g_signal_connect_swapped (pen, "up", G_CALLBACK (pen_up_cb), self);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pen));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
cs_signature_paper_init (CsSignaturePaper *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "crosshair");
  gtk_widget_set_tooltip_text (
    GTK_WIDGET (self),
    _("Draw with a pen, a finger or the mouse; or with the arrow keys, where the space bar sets "
      "the pen down and lifts it"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Sign here by hand"), -1);
  add_gestures (self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (gtk_widget_queue_draw), NULL);
}

/** cs_signature_paper_undo: (skip): takes the last stroke, or the picture, away. */
void
cs_signature_paper_undo (CsSignaturePaper *self)
{
  g_return_if_fail (CS_IS_SIGNATURE_PAPER (self));

  if (self->handwriting == NULL)
    return;
  self->down = FALSE;
  cs_handwriting_undo (self->handwriting);
  if (self->has_picture || cs_handwriting_is_empty (self->handwriting))
    cs_signature_paper_set_handwriting (self, NULL);
  else
    tell_changed (self);
}

/** cs_signature_paper_set_handwriting: (skip): what is on it; (transfer full) (nullable). */
void
cs_signature_paper_set_handwriting (CsSignaturePaper *self, CsHandwriting *handwriting)
{
  g_return_if_fail (CS_IS_SIGNATURE_PAPER (self));

  self->down = FALSE;
  g_clear_pointer (&self->handwriting, cs_handwriting_free);
  self->handwriting = handwriting;
  /* What comes with something on it was drawn elsewhere. */
  self->has_picture = handwriting != NULL && !cs_handwriting_is_empty (handwriting);
  tell_changed (self);
}

/** cs_signature_paper_get_handwriting: (skip): (transfer none) (nullable): what is on it. */
CsHandwriting *
cs_signature_paper_get_handwriting (CsSignaturePaper *self)
{
  g_return_val_if_fail (CS_IS_SIGNATURE_PAPER (self), NULL);

  return self->handwriting != NULL && !cs_handwriting_is_empty (self->handwriting)
           ? self->handwriting
           : NULL;
}
