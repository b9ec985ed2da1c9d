/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses between now and a time that is still to come. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-when-group.h"

#include "cs-clock.h"
#include "cs-day-button.h"

#include <glib/gi18n.h>

struct _CsWhenGroup
{
  AdwPreferencesGroup parent_instance;

  AdwComboRow *when_row;
  AdwActionRow *day_row;
  CsDayButton *day;
  AdwEntryRow *time_row;
};

G_DEFINE_FINAL_TYPE (CsWhenGroup, cs_when_group, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* By the clock on the wall here; what the clocks leave out that day is no time. */
static GDateTime *
parse (CsWhenGroup *self)
{
  GDateTime *day = cs_day_button_get_day (self->day);
  g_autofree char *text =
    g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->time_row))));
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  g_autofree char *date = day != NULL ? g_date_time_format (day, "%F") : NULL;
  g_autofree char *moment = NULL;

  if (date == NULL || strspn (text, "0123456789:") != strlen (text))
    return NULL;
  if (strlen (text) == strlen ("6:00") || strlen (text) == strlen ("06:00"))
    moment = g_strdup_printf ("%sT%s%s:00", date, text[1] == ':' ? "0" : "", text);
  else
    moment = g_strdup_printf ("%sT%s", date, text);
  return g_date_time_new_from_iso8601 (moment, here);
}

static void
changed_cb (CsWhenGroup *self)
{
  gboolean later = cs_when_group_is_later (self);
  gboolean wrong = later && cs_when_group_get_at (self) == 0 &&
                   *gtk_editable_get_text (GTK_EDITABLE (self->time_row)) != '\0';

  gtk_widget_set_visible (GTK_WIDGET (self->day_row), later);
  gtk_widget_set_visible (GTK_WIDGET (self->time_row), later);
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->time_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->time_row), "error");
  adw_preferences_group_set_description (
    ADW_PREFERENCES_GROUP (self),
    later ? _("It is done then if this window or “countersignctl watch run” watches the flag, and "
              "suspended if anything changes that it rests on.")
          : NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
cs_when_group_class_init (CsWhenGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (CS_TYPE_DAY_BUTTON);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-when-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CsWhenGroup, when_row);
  gtk_widget_class_bind_template_child (widget_class, CsWhenGroup, day_row);
  gtk_widget_class_bind_template_child (widget_class, CsWhenGroup, day);
  gtk_widget_class_bind_template_child (widget_class, CsWhenGroup, time_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
cs_when_group_init (CsWhenGroup *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  gtk_widget_init_template (GTK_WIDGET (self));
  cs_day_button_set_title (self->day, _("Day"), _("Choose a Day"));
  cs_day_button_set_day (self->day, now);
  changed_cb (self);
}

/** cs_when_group_is_later: (skip): whether it is not to be done now. */
gboolean
cs_when_group_is_later (CsWhenGroup *self)
{
  g_return_val_if_fail (CS_IS_WHEN_GROUP (self), FALSE);

  return adw_combo_row_get_selected (self->when_row) == 1;
}

/** cs_when_group_get_at: (skip): UTC microseconds; 0 if it is no time that is still to come. */
gint64
cs_when_group_get_at (CsWhenGroup *self)
{
  g_autoptr (GDateTime) moment = NULL;
  gint64 at;

  g_return_val_if_fail (CS_IS_WHEN_GROUP (self), 0);

  moment = parse (self);
  at = moment != NULL ? g_date_time_to_unix (moment) * G_USEC_PER_SEC : 0;
  return at > cs_clock_now () ? at : 0;
}
