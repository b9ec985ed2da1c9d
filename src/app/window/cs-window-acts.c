/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With G_MESSAGES_DEBUG=countersign: how long after an act the window shows it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-window-private.h"

#include "cs-clock.h"

#define MS ((double) G_TIME_SPAN_MILLISECOND)

/* An act that is folded, and on its way to the screen. */
typedef struct
{
  char *words;
  gint64 at;
} Act;

static void
act_free (gpointer data, GClosure *closure)
{
  Act *act = data;

  g_free (act->words);
  g_free (act);
}

static void
painted_cb (GdkFrameClock *clock, gpointer user_data)
{
  Act *act = user_data;

  g_debug ("%s: shown after %.1f ms", act->words, (double) (cs_clock_now () - act->at) / MS);
  g_signal_handlers_disconnect_by_data (clock, act);
}

/* What follows the journal has been told before this, so the next frame has what it made of it. */
static void
appended_cb (CsStore *store, CsRecord *record, GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  Act *act;

  if (clock == NULL)
    return;
  act = g_new0 (Act, 1);
  act->at = cs_record_get_at (record);
  act->words =
    g_strdup_printf ("%s of %s", cs_record_get_kind (record), cs_record_get_stream (record));
  g_debug ("%s: told after %.1f ms", act->words, (double) (cs_clock_now () - act->at) / MS);
  g_signal_connect_data (clock, "after-paint", G_CALLBACK (painted_cb), act, act_free, 0);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_AFTER_PAINT);
}

/* Nobody who does not ask for it pays for it. */
void
cs_window_note_acts (CsWindow *self)
{
  if (!g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    g_signal_connect_object (cs_workspace_get_store (self->workspace), "appended",
                             G_CALLBACK (appended_cb), self, G_CONNECT_AFTER);
}
