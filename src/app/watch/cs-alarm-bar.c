/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alarm that is to be dealt with first, on every page, with what can be done about it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-alarm-bar.h"

#include "cs-clock.h"
#include "cs-escalation.h"
#include "cs-time-words.h"
#include "cs-watch-intent.h"
#include "cs-watch-words.h"

#include <glib/gi18n.h>

struct _CsAlarmBar
{
  AdwBin parent_instance;

  GtkBox *box;
  GtkLabel *words;
  GtkLabel *state;
  GtkLabel *call;
  GtkWidget *show;
  GtkWidget *acknowledge;
  GtkWidget *hold;

  CsWatchDesk *desk;
  CsDeployment *here;  /* whose page it stands on */
  CsDeployment *shown; /* whose alarm is shown */
  GPtrArray *levels;   /* of CsEscalationLevel, of the one that is shown */
  guint timer;
};

G_DEFINE_FINAL_TYPE (CsAlarmBar, cs_alarm_bar, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_NARROW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static char *
describe_state (const CsAlarm *alarm, gint64 now)
{
  g_autofree char *left = NULL;

  if (alarm->state != CS_ALARM_COUNTING)
    return cs_watch_words_alarm_end (alarm);
  if (alarm->fires_at <= now)
    /* Translators: the name of a rollback procedure */
    return g_strdup_printf (_("“%s” begins as soon as it is certain that it is still so"),
                            alarm->procedure);
  left = cs_time_words_clock ((alarm->fires_at - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  /* Translators: the name of a rollback procedure, and a countdown such as "0:42" */
  return g_strdup_printf (_("“%s” begins in %s"), alarm->procedure, left);
}

/* Whom to call, as long as nobody takes care of it. */
static char *
describe_call (CsAlarmBar *self, const CsAlarm *alarm, gint64 now)
{
  const CsEscalationLevel *level =
    cs_alarm_is_calling (alarm) && self->levels != NULL
      ? cs_escalation_get_level (self->levels, now - alarm->raised_at)
      : NULL;
  g_autoptr (GString) contacts = NULL;
  g_autofree char *since = NULL;

  if (level == NULL)
    return NULL;
  contacts = g_string_new (NULL);
  for (guint i = 0; i < level->contacts->len; i++)
    g_string_append_printf (contacts, "%s%s", i > 0 ? ", " : "",
                            (const char *) level->contacts->pdata[i]);
  since = cs_time_words_clock ((now - alarm->raised_at) / G_USEC_PER_SEC);
  if (contacts->len == 0)
    /* Translators: for how long, such as "7:30"; a level of the escalation */
    return g_strdup_printf (_("For %s. Call now: %s"), since, level->name);
  /* Translators: for how long, such as "7:30"; a level of the escalation; names and numbers */
  return g_strdup_printf (_("For %s. Call now: %s – %s"), since, level->name, contacts->str);
}

static void
show_label (GtkLabel *label, const char *words)
{
  if (g_strcmp0 (gtk_label_get_label (label), words != NULL ? words : "") != 0)
    gtk_label_set_label (label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (label), words != NULL);
}

static char *
describe_alarm (CsAlarmBar *self, const CsAlarm *alarm, CsDeployment *deployment)
{
  CsWatch *watch =
    cs_deployment_watch_get_watch (cs_watch_desk_find (self->desk, deployment));
  const CsCriterion *criterion = cs_watch_find_criterion (watch, alarm->criterion);
  g_autofree char *bound =
    criterion != NULL ? cs_watch_words_criterion (criterion) : g_strdup (alarm->words);

  if (deployment == self->here)
    return g_steal_pointer (&bound);
  /* Translators: the title of a deployment, and a threshold that is passed */
  return g_strdup_printf (_("%s: %s"), cs_deployment_get_title (deployment), bound);
}

static void
show_alarm (CsAlarmBar *self, const CsAlarm *alarm, CsDeployment *deployment)
{
  gint64 now = cs_clock_now ();
  g_autofree char *words = describe_alarm (self, alarm, deployment);
  g_autofree char *state = describe_state (alarm, now);
  g_autofree char *call = NULL;

  if (g_set_object (&self->shown, deployment))
    {
      g_clear_pointer (&self->levels, g_ptr_array_unref);
      self->levels = cs_escalation_find (cs_deployment_get_runbook (deployment));
    }
  call = describe_call (self, alarm, now);
  show_label (self->words, words);
  show_label (self->state, state);
  show_label (self->call, call);
  gtk_widget_set_visible (self->show, deployment != self->here);
  gtk_widget_set_visible (self->acknowledge, cs_alarm_is_calling (alarm));
  gtk_widget_set_visible (self->hold, alarm->state == CS_ALARM_COUNTING);
}

static void update (CsAlarmBar *self);

static gboolean
tick_cb (gpointer user_data)
{
  update (user_data);
  return G_SOURCE_CONTINUE;
}

static void
update (CsAlarmBar *self)
{
  CsDeployment *deployment = NULL;
  const CsAlarm *alarm =
    self->desk != NULL ? cs_watch_desk_find_alarm (self->desk, &deployment) : NULL;

  if (alarm != NULL)
    show_alarm (self, alarm, deployment);
  gtk_widget_set_visible (GTK_WIDGET (self), alarm != NULL);
  if (alarm != NULL && self->timer == 0)
    self->timer = g_timeout_add_seconds (1, tick_cb, self);
  if (alarm == NULL)
    g_clear_handle_id (&self->timer, g_source_remove);
}

static void
changed_cb (CsAlarmBar *self)
{
  update (self);
}

static void
show_cb (CsAlarmBar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-watch", "s",
                              cs_deployment_get_id (self->shown));
}

static void
acknowledge_cb (CsAlarmBar *self)
{
  cs_watch_intent_acknowledge (GTK_WIDGET (self), self->desk, self->shown);
}

static void
hold_cb (CsAlarmBar *self)
{
  cs_watch_intent_hold (GTK_WIDGET (self), self->desk, self->shown);
}

static void
cs_alarm_bar_dispose (GObject *object)
{
  CsAlarmBar *self = CS_ALARM_BAR (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->desk);
  g_clear_object (&self->here);
  g_clear_object (&self->shown);
  g_clear_pointer (&self->levels, g_ptr_array_unref);

  G_OBJECT_CLASS (cs_alarm_bar_parent_class)->dispose (object);
}

static void
cs_alarm_bar_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  CsAlarmBar *self = CS_ALARM_BAR (object);

  switch (prop_id)
    {
    case PROP_NARROW:
      gtk_orientable_set_orientation (GTK_ORIENTABLE (self->box),
                                      g_value_get_boolean (value) ? GTK_ORIENTATION_VERTICAL
                                                                  : GTK_ORIENTATION_HORIZONTAL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_alarm_bar_class_init (CsAlarmBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_alarm_bar_dispose;
  object_class->set_property = cs_alarm_bar_set_property;

  properties[PROP_NARROW] = g_param_spec_boolean (
    "narrow", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/watch/cs-alarm-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, CsAlarmBar, box);
  gtk_widget_class_bind_template_child (widget_class, CsAlarmBar, words);
  gtk_widget_class_bind_template_child (widget_class, CsAlarmBar, state);
  gtk_widget_class_bind_template_child (widget_class, CsAlarmBar, call);
  gtk_widget_class_bind_template_child (widget_class, CsAlarmBar, show);
  gtk_widget_class_bind_template_child (widget_class, CsAlarmBar, acknowledge);
  gtk_widget_class_bind_template_child (widget_class, CsAlarmBar, hold);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
  gtk_widget_class_bind_template_callback (widget_class, acknowledge_cb);
  gtk_widget_class_bind_template_callback (widget_class, hold_cb);
}

static void
cs_alarm_bar_init (CsAlarmBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** cs_alarm_bar_set_desk: (skip): shows the most urgent alarm of these watches from now on. */
void
cs_alarm_bar_set_desk (CsAlarmBar *self, CsWatchDesk *desk, CsDeployment *deployment)
{
  g_return_if_fail (CS_IS_ALARM_BAR (self));

  g_set_object (&self->here, deployment);
  if (g_set_object (&self->desk, desk))
    g_signal_connect_object (desk, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  update (self);
}
