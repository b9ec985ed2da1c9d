/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Below a deployment's header: the environment, how far it is, and its time beside the plan. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-deployment-strip.h"

#include "cs-advance.h"
#include "cs-clock.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsDeploymentStrip
{
  AdwBin parent_instance;

  GtkLabel *environment;
  GtkProgressBar *progress;
  GtkLabel *count;
  GtkLabel *clock;
  GtkLabel *forecast;

  CsDeployment *deployment;
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (CsDeploymentStrip, cs_deployment_strip, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_NARROW,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static char *
describe_clock (const CsForecast *forecast)
{
  g_autofree char *passed = cs_time_words_clock (forecast->elapsed);
  g_autofree char *plan = NULL;

  if (forecast->planned < 0)
    return g_steal_pointer (&passed);
  plan = cs_time_words_clock (forecast->planned);
  /* Translators: time since the start, and the time planned */
  return g_strdup_printf (_("%s of %s"), passed, plan);
}

/* When it should be over; NULL: it is, or nobody knows. */
static char *
describe_finish (const CsForecast *forecast)
{
  g_autofree char *finish = NULL;

  if (forecast->finish == 0)
    return NULL;
  finish = cs_time_words_moment (forecast->finish);
  /* Translators: a forecast: when it should be over, such as "14:05" */
  return g_strdup_printf (_("ends about %s"), finish);
}

/* All of it, in sentences. */
static char *
describe_all (const CsForecast *forecast)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *passed = cs_time_words_clock (forecast->elapsed);

  g_string_append_printf (words, _("%s since the start"), passed);
  if (forecast->planned >= 0)
    {
      g_autofree char *plan = cs_time_words_duration (forecast->planned);

      g_string_append_c (words, '\n');
      g_string_append_printf (words, _("Planned: %s"), plan);
    }
  if (forecast->overrun > 0)
    {
      g_autofree char *over = cs_time_words_clock (forecast->overrun);

      g_string_append_c (words, '\n');
      g_string_append_printf (words, _("Steps took %s longer than planned"), over);
    }
  if (forecast->finish != 0)
    {
      g_autofree char *left = cs_time_words_duration (forecast->left);

      g_string_append_c (words, '\n');
      g_string_append_printf (words, _("The open steps should take %s"), left);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
set_warning (GtkLabel *label, gboolean warning)
{
  if (warning)
    gtk_widget_add_css_class (GTK_WIDGET (label), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (label), "warning");
}

static void
set_label (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static void
update_cb (CsDeploymentStrip *self)
{
  guint over = cs_deployment_get_n_over (self->deployment);
  guint all = cs_deployment_get_n_steps (self->deployment);
  /* Translators: so many of so many steps are done */
  g_autofree char *count = g_strdup_printf (_("%u of %u steps"), over, all);

  set_label (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->count), !self->narrow);
  gtk_progress_bar_set_fraction (self->progress, cs_deployment_get_progress (self->deployment));
  cs_deployment_strip_tick (self);
}

static void
cs_deployment_strip_dispose (GObject *object)
{
  g_clear_object (&CS_DEPLOYMENT_STRIP (object)->deployment);

  G_OBJECT_CLASS (cs_deployment_strip_parent_class)->dispose (object);
}

static void
cs_deployment_strip_set_property (GObject *object,
                                  guint prop_id,
                                  const GValue *value,
                                  GParamSpec *pspec)
{
  CsDeploymentStrip *self = CS_DEPLOYMENT_STRIP (object);

  switch (prop_id)
    {
    case PROP_NARROW:
      self->narrow = g_value_get_boolean (value);
      if (self->deployment != NULL)
        update_cb (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_deployment_strip_class_init (CsDeploymentStripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_deployment_strip_dispose;
  object_class->set_property = cs_deployment_strip_set_property;

  properties[PROP_NARROW] = g_param_spec_boolean (
    "narrow", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static GtkLabel *
append_label (GtkWidget *box)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));

  gtk_widget_add_css_class (GTK_WIDGET (label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (label), "numeric");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (label));
  return label;
}

static void
cs_deployment_strip_init (CsDeploymentStrip *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  self->environment = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_valign (GTK_WIDGET (self->environment), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->environment), "chip");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->environment));

  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->progress), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->progress), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Steps done"), -1);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->progress));

  self->count = append_label (box);
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "dim-label");
  self->clock = append_label (box);
  self->forecast = append_label (box);
  gtk_widget_add_css_class (box, "strip");
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * cs_deployment_strip_set_deployment: (skip)
 * @self: a #CsDeploymentStrip
 * @deployment: what to show
 *
 * Shows @deployment and follows it; time is shown anew by cs_deployment_strip_tick().
 */
void
cs_deployment_strip_set_deployment (CsDeploymentStrip *self, CsDeployment *deployment)
{
  const char *environment = cs_deployment_get_environment (deployment);
  g_autofree char *upper = g_utf8_strup (environment, -1);

  g_return_if_fail (CS_IS_DEPLOYMENT_STRIP (self) && self->deployment == NULL);

  self->deployment = g_object_ref (deployment);
  gtk_label_set_label (self->environment, upper);
  gtk_widget_add_css_class (GTK_WIDGET (self->environment), environment);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  update_cb (self);
}

/** cs_deployment_strip_tick: (skip): shows the time as it is now. */
void
cs_deployment_strip_tick (CsDeploymentStrip *self)
{
  CsForecast forecast;
  g_autofree char *clock = NULL;
  g_autofree char *finish = NULL;
  g_autofree char *all = NULL;

  g_return_if_fail (CS_IS_DEPLOYMENT_STRIP (self));

  cs_deployment_get_forecast (self->deployment, cs_clock_now (), &forecast);
  clock = describe_clock (&forecast);
  finish = describe_finish (&forecast);
  all = describe_all (&forecast);

  set_label (self->clock, clock);
  set_label (self->forecast, finish != NULL ? finish : "");
  gtk_widget_set_visible (GTK_WIDGET (self->forecast), finish != NULL && !self->narrow);
  set_warning (self->clock, forecast.planned > 0 && forecast.elapsed > forecast.planned);
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (self->clock)), all) != 0)
    {
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->clock), all);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->forecast), all);
    }
}
