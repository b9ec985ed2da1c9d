/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stages of a rollout, one after the other: what is behind it, where it is, what is ahead. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-stage-stepper.h"

#include "cs-rollout-words.h"

#include <glib/gi18n.h>

struct _CsStageStepper
{
  AdwBin parent_instance;

  GtkBox *list;
  char *shown; /* what it says */
};

G_DEFINE_FINAL_TYPE (CsStageStepper, cs_stage_stepper, ADW_TYPE_BIN)

typedef enum
{
  DONE,
  NOW,
  NEXT,
  LATER,
} Place;

static const struct
{
  const char *icon;
  const char *style;
  const char *words;
} places[] = {
  [DONE] = { "cs-passed-symbolic", "status-passed", N_("done") },
  [NOW] = { "cs-ready-symbolic", "status-ready", N_("now") },
  [NEXT] = { "cs-todo-symbolic", "status-ready", N_("next") },
  [LATER] = { "cs-todo-symbolic", "status-todo", N_("later") },
};

/** Step: one of them, the first one being off */
typedef struct
{
  const char *title;
  char *detail;
  Place place;
} Step;

static void
clear (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static GtkWidget *
new_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_set_tooltip_text (label, text);
  gtk_widget_add_css_class (label, style);
  return label;
}

static GtkWidget *
new_line (void)
{
  GtkWidget *line = gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);

  gtk_widget_set_valign (line, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (line, TRUE);
  return line;
}

static GtkWidget *
new_icon (Place place)
{
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE,
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                  "icon-name", places[place].icon,
                                  NULL);

  gtk_widget_add_css_class (icon, places[place].style);
  return icon;
}

/* A mark between the lines that come from the step before and lead to the next one. */
static GtkWidget *
new_mark (Place place, gboolean first, gboolean last)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = new_icon (place);
  GtkWidget *before = new_line ();
  GtkWidget *after = new_line ();

  gtk_widget_set_opacity (before, first ? 0 : 1);
  gtk_widget_set_opacity (after, last ? 0 : 1);
  gtk_box_append (GTK_BOX (box), before);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), after);
  return box;
}

static GtkWidget *
new_item (const Step *step, guint index, guint n)
{
  GtkWidget *item = g_object_new (GTK_TYPE_BOX,
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM,
                                  "orientation", GTK_ORIENTATION_VERTICAL,
                                  NULL);
  /* Translators: a stage of a rollout, whether it is done, and for whom it is */
  g_autofree char *name =
    g_strdup_printf (_("%s, %s: %s"), step->title, _(places[step->place].words), step->detail);

  gtk_box_append (GTK_BOX (item), new_mark (step->place, index == 0, index + 1 == n));
  gtk_box_append (GTK_BOX (item), new_label (step->title, "heading"));
  gtk_box_append (GTK_BOX (item), new_label (step->detail, "caption"));
  if (step->place == LATER)
    gtk_widget_add_css_class (item, "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return item;
}

static Place
find_place (int index, int now)
{
  if (index == now)
    return NOW;
  if (index < now)
    return DONE;
  return index == now + 1 ? NEXT : LATER;
}

static void
cs_stage_stepper_finalize (GObject *object)
{
  g_free (CS_STAGE_STEPPER (object)->shown);
  G_OBJECT_CLASS (cs_stage_stepper_parent_class)->finalize (object);
}

static void
cs_stage_stepper_class_init (CsStageStepperClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_stage_stepper_finalize;
}

/* Where there is little room it is scrolled. */
static void
cs_stage_stepper_init (CsStageStepper *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->list = g_object_new (GTK_TYPE_BOX,
                             "accessible-role", GTK_ACCESSIBLE_ROLE_LIST,
                             "homogeneous", TRUE,
                             "spacing", 6,
                             NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Stages"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  adw_bin_set_child (ADW_BIN (self), scroller);
}

/* Steps that are as they were stay, and whoever points at one keeps pointing at it. */
static gboolean
note (CsStageStepper *self, GArray *steps)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);

      g_string_append_printf (text, "%d\t%s\t%s\n", (int) step->place, step->title, step->detail);
    }
  if (g_strcmp0 (self->shown, text->str) == 0)
    return FALSE;
  g_free (self->shown);
  self->shown = g_strdup (text->str);
  return TRUE;
}

static void
clear_step (gpointer data)
{
  g_free (((Step *) data)->detail);
}

/**
 * cs_stage_stepper_show: (skip)
 * @self: a stepper
 * @flag: whose stages
 * @companies: (nullable): who has names
 */
void
cs_stage_stepper_show (CsStageStepper *self, CsFlag *flag, CsCompanyList *companies)
{
  GPtrArray *stages = cs_flag_get_stages (flag);
  const CsStage *stage = cs_flag_get_stage (flag);
  int now = cs_flag_get_stage_index (flag, stage != NULL ? stage->id : NULL);
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (Step));
  Step step = { _("Off"), g_strdup (_("Nobody")), find_place (-1, now) };

  g_return_if_fail (CS_IS_STAGE_STEPPER (self));

  g_array_set_clear_func (steps, clear_step);
  g_array_append_val (steps, step);
  for (guint i = 0; i < stages->len; i++)
    {
      const CsStage *shown = stages->pdata[i];

      step.title = shown->title;
      step.detail = cs_rollout_words_cohort (shown->cohort, companies);
      step.place = find_place ((int) i, now);
      g_array_append_val (steps, step);
    }
  if (!note (self, steps))
    return;
  clear (self->list);
  for (guint i = 0; i < steps->len; i++)
    gtk_box_append (self->list, new_item (&g_array_index (steps, Step, i), i, steps->len));
}
