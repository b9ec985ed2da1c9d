/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses a day, or any. */

#define G_LOG_DOMAIN "cs-history-page"

#include "config.h"

#include "cs-day-button.h"

#include <glib/gi18n.h>

struct _CsDayButton
{
  AdwBin parent_instance;

  GtkMenuButton *button;
  GtkCalendar *calendar;
  GtkEditable *entry;
  char *title;
  char *any;
  GDateTime *day; /* NULL: any */
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (CsDayButton, cs_day_button, ADW_TYPE_BIN)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Its first moment, by the clock of this computer. */
static GDateTime *
begin_of_day (GDateTime *moment)
{
  return g_date_time_new_local (g_date_time_get_year (moment), g_date_time_get_month (moment),
                                g_date_time_get_day_of_month (moment), 0, 0, 0);
}

static void
show_day (CsDayButton *self)
{
  g_autofree char *text =
    self->day != NULL ? g_date_time_format (self->day, "%F") : g_strdup (self->any);
  g_autofree char *spoken =
    self->day != NULL ? g_strdup_printf ("%s: %s", self->title, text) : g_strdup (text);

  gtk_menu_button_set_label (self->button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

static void
choose (CsDayButton *self, GDateTime *day)
{
  if (self->day == day || (self->day != NULL && day != NULL && g_date_time_equal (self->day, day)))
    return;
  cs_day_button_set_day (self, day);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
day_selected_cb (CsDayButton *self)
{
  g_autoptr (GDateTime) moment = gtk_calendar_get_date (self->calendar);
  g_autoptr (GDateTime) day = begin_of_day (moment);

  if (!self->filling)
    choose (self, day);
}

/* "2026-11-21"; NULL for anything else. */
static GDateTime *
parse_day (const char *text)
{
  g_autofree char *moment = g_strconcat (text, "T00:00:00", NULL);
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();

  return strlen (text) == 10 ? g_date_time_new_from_iso8601 (moment, zone) : NULL;
}

static void
entry_changed_cb (CsDayButton *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  g_autoptr (GDateTime) day = parse_day (text);

  if (day == NULL && *text != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  if (!self->filling && (day != NULL || *text == '\0'))
    choose (self, day);
}

static void
any_cb (CsDayButton *self)
{
  choose (self, NULL);
  gtk_menu_button_popdown (self->button);
}

static void
cs_day_button_finalize (GObject *object)
{
  CsDayButton *self = CS_DAY_BUTTON (object);

  g_free (self->title);
  g_free (self->any);
  g_clear_pointer (&self->day, g_date_time_unref);
  G_OBJECT_CLASS (cs_day_button_parent_class)->finalize (object);
}

static void
cs_day_button_class_init (CsDayButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_day_button_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/history/cs-day-button.ui");
  gtk_widget_class_bind_template_child (widget_class, CsDayButton, button);
  gtk_widget_class_bind_template_child (widget_class, CsDayButton, calendar);
  gtk_widget_class_bind_template_child (widget_class, CsDayButton, entry);
  gtk_widget_class_bind_template_callback (widget_class, day_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, any_cb);
}

static void
cs_day_button_init (CsDayButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** cs_day_button_set_title: (skip): what the day is for, and what stands there without one. */
void
cs_day_button_set_title (CsDayButton *self, const char *title, const char *any)
{
  g_return_if_fail (CS_IS_DAY_BUTTON (self));

  g_free (self->title);
  self->title = g_strdup (title);
  g_free (self->any);
  self->any = g_strdup (any);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), title);
  show_day (self);
}

/** cs_day_button_set_day: (skip): shows a day, or %NULL for any, without telling anyone. */
void
cs_day_button_set_day (CsDayButton *self, GDateTime *day)
{
  g_autoptr (GDateTime) chosen = day != NULL ? begin_of_day (day) : NULL;
  g_autofree char *text = chosen != NULL ? g_date_time_format (chosen, "%F") : g_strdup ("");

  g_return_if_fail (CS_IS_DAY_BUTTON (self));

  self->filling = TRUE;
  g_clear_pointer (&self->day, g_date_time_unref);
  self->day = g_steal_pointer (&chosen);
  if (self->day != NULL)
    gtk_calendar_select_day (self->calendar, self->day);
  if (!g_str_equal (gtk_editable_get_text (self->entry), text))
    gtk_editable_set_text (self->entry, text);
  self->filling = FALSE;
  show_day (self);
}

/** cs_day_button_get_day: (skip): (transfer none) (nullable): its first moment here; %NULL: any. */
GDateTime *
cs_day_button_get_day (CsDayButton *self)
{
  g_return_val_if_fail (CS_IS_DAY_BUTTON (self), NULL);

  return self->day;
}
