/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks what a stage of a rollout is: for whom, how long it is watched, and who signs for it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-stage-dialog.h"

#include "cs-json.h"
#include "cs-policy-words.h"
#include "cs-rollout-words.h"
#include "cs-stage.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_SIGNATURES 20

/* Under this a check button has the id of its guardrail, and a spin button its role. */
#define SUBJECT "subject"

/* In the order of the row that is chosen from. */
typedef enum
{
  NAMED,
  SHARE,
  SHARE_OF_SIZE,
  EVERYONE,
  NOBODY,
} Choice;

/* In the order of the list that is chosen from. */
static const gint64 units[] = { 1, 60, 3600, 86400, 604800 };

struct _CsStageDialog
{
  AdwWindow parent_instance;

  JsonObject *stage;        /* as it was */
  CsCompanyList *companies; /* NULL */
  gboolean filling;

  AdwEntryRow *title_row;
  AdwComboRow *cohort_row;
  AdwEntryRow *ids_row;
  AdwEntryRow *share_row;
  AdwActionRow *who_row;
  GtkSpinButton *soak;
  GtkDropDown *unit;
  AdwPreferencesGroup *guardrails;
  GtkSwitch *all;
  AdwPreferencesGroup *needs;
  GtkWidget *another; /* the row for a role of one's own */
  GtkButton *done;
  GtkLabel *problem;
  GPtrArray *checks; /* unowned: of guardrails */
  GPtrArray *spins;  /* unowned: of roles */
};

G_DEFINE_FINAL_TYPE (CsStageDialog, cs_stage_dialog, ADW_TYPE_WINDOW)

enum
{
  DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
dup_text (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

/* What cs_cohort_parse() takes; a share may be written as people here write numbers. */
static char *
dup_cohort (CsStageDialog *self)
{
  g_autofree char *ids = dup_text (self->ids_row);
  g_autofree char *share = g_strdelimit (dup_text (self->share_row), ",", '.');

  g_strdelimit (share, "%", ' ');
  g_strchomp (share);
  switch ((Choice) adw_combo_row_get_selected (self->cohort_row))
    {
    case NAMED:
      return g_steal_pointer (&ids);
    case SHARE:
      return g_strdup_printf ("%s %%", share);
    case SHARE_OF_SIZE:
      return g_strdup_printf ("%s %% of size", share);
    case EVERYONE:
      return g_strdup ("everyone");
    case NOBODY:
    default:
      return g_strdup ("nobody");
    }
}

static JsonArray *
build_guardrails (CsStageDialog *self)
{
  JsonArray *ids;

  if (gtk_switch_get_active (self->all))
    return NULL;
  ids = json_array_new ();
  for (guint i = 0; i < self->checks->len; i++)
    if (gtk_check_button_get_active (self->checks->pdata[i]))
      json_array_add_string_element (ids, g_object_get_data (self->checks->pdata[i], SUBJECT));
  return ids;
}

static JsonArray *
build_needs (CsStageDialog *self)
{
  JsonArray *needs = json_array_new ();

  for (guint i = 0; i < self->spins->len; i++)
    {
      int count = gtk_spin_button_get_value_as_int (self->spins->pdata[i]);
      JsonObject *need;

      if (count == 0)
        continue;
      need = json_object_new ();
      json_object_set_string_member (need, "role",
                                     g_object_get_data (self->spins->pdata[i], SUBJECT));
      json_object_set_int_member (need, "count", count);
      json_array_add_object_element (needs, need);
    }
  return needs;
}

/* What was filled in, if it is a stage. */
static JsonObject *
build (CsStageDialog *self, GError **error)
{
  g_autoptr (JsonObject) stage = json_object_new ();
  const char *id = self->stage != NULL ? cs_json_get_string (self->stage, "id") : NULL;
  g_autofree char *title = dup_text (self->title_row);
  g_autofree char *cohort = dup_cohort (self);
  guint unit = MIN (gtk_drop_down_get_selected (self->unit), G_N_ELEMENTS (units) - 1);
  gint64 seconds = gtk_spin_button_get_value_as_int (self->soak) * units[unit];
  JsonArray *guardrails = build_guardrails (self);
  g_autoptr (CsStage) checked = NULL;

  if (id != NULL)
    json_object_set_string_member (stage, "id", id);
  json_object_set_string_member (stage, "title", title);
  json_object_set_string_member (stage, "cohort", cohort);
  json_object_set_int_member (stage, "soak", seconds);
  if (guardrails != NULL)
    json_object_set_array_member (stage, "guardrails", guardrails);
  json_object_set_array_member (stage, "needs", build_needs (self));
  checked = cs_stage_new_from_json (stage, error);
  return checked != NULL ? g_steal_pointer (&stage) : NULL;
}

/* Those who are named and not there are told apart while there is time to mend it. */
static char *
dup_named (CsStageDialog *self, const CsCohort *cohort)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (char **id = cohort->ids; *id != NULL; id++)
    {
      const CsCompany *company =
        self->companies != NULL ? cs_company_list_lookup (self->companies, *id) : NULL;
      /* Translators: the id of a company that the list of companies does not have */
      g_autofree char *name = company != NULL
                                ? g_strdup (company->name)
                                : g_strdup_printf (_("%s, who is not in the list"), *id);

      g_string_append_printf (names, names->len > 0 ? ", %s" : "%s", name);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static char *
dup_who (CsStageDialog *self, const CsCohort *cohort)
{
  guint all = self->companies != NULL ? cs_company_list_get_n (self->companies) : 0;

  if (cohort->kind == CS_COHORT_NAMED)
    return dup_named (self, cohort);
  if (cohort->kind == CS_COHORT_SHARE && !cohort->by_size && all > 0)
    return g_strdup_printf (ngettext ("%u of %u company", "%u of %u companies", all),
                            cs_cohort_count (cohort->parts, all), all);
  return cs_rollout_words_cohort (cohort, self->companies);
}

static void
show_who (CsStageDialog *self)
{
  g_autofree char *text = dup_cohort (self);
  g_autoptr (CsCohort) cohort = cs_cohort_parse (text, NULL);
  g_autofree char *words = cohort != NULL ? dup_who (self, cohort) : NULL;
  g_autofree char *escaped = g_markup_escape_text (words != NULL ? words : "", -1);
  Choice choice = (Choice) adw_combo_row_get_selected (self->cohort_row);

  gtk_widget_set_visible (GTK_WIDGET (self->ids_row), choice == NAMED);
  gtk_widget_set_visible (GTK_WIDGET (self->share_row),
                          choice == SHARE || choice == SHARE_OF_SIZE);
  adw_action_row_set_subtitle (self->who_row, escaped);
  gtk_widget_set_visible (GTK_WIDGET (self->who_row),
                          words != NULL && choice != EVERYONE && choice != NOBODY);
}

/* Nobody is told that what they are still typing is wrong. */
static gboolean
tells_more (CsStageDialog *self)
{
  g_autofree char *title = dup_text (self->title_row);
  g_autofree char *ids = dup_text (self->ids_row);
  g_autofree char *share = dup_text (self->share_row);
  Choice choice = (Choice) adw_combo_row_get_selected (self->cohort_row);

  if (*title == '\0' || (choice == NAMED && *ids == '\0'))
    return FALSE;
  return (choice != SHARE && choice != SHARE_OF_SIZE) || *share != '\0';
}

static void
changed_cb (CsStageDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) stage = NULL;
  gboolean wrong;

  /* The first notifications come while the template is being built. */
  if (self->filling)
    return;
  stage = build (self, &error);
  wrong = stage == NULL && tells_more (self);
  show_who (self);
  gtk_label_set_text (self->problem, wrong ? error->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), wrong);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "stage-dialog.done", stage != NULL);
}

static void
all_cb (CsStageDialog *self)
{
  gboolean all = gtk_switch_get_active (self->all);

  for (guint i = 0; self->checks != NULL && i < self->checks->len; i++)
    gtk_widget_set_sensitive (
      gtk_widget_get_ancestor (self->checks->pdata[i], ADW_TYPE_ACTION_ROW), !all);
  changed_cb (self);
}

static void
done_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (JsonObject) stage = build (CS_STAGE_DIALOG (widget), NULL);

  if (stage == NULL)
    return;
  g_signal_emit (widget, signals[DONE], 0, stage);
  gtk_window_close (GTK_WINDOW (widget));
}

static GtkWidget *
new_row (const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  return row;
}

static void
add_guardrail (CsStageDialog *self, const char *id, const char *words, gboolean active)
{
  GtkWidget *row = new_row (words);
  GtkWidget *check = gtk_check_button_new ();

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), active);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  g_object_set_data_full (G_OBJECT (check), SUBJECT, g_strdup (id), g_free);
  g_signal_connect_object (check, "toggled", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_preferences_group_add (self->guardrails, row);
  g_ptr_array_add (self->checks, check);
}

static gboolean
lists (JsonArray *ids, const char *id)
{
  for (guint i = 0; ids != NULL && i < json_array_get_length (ids); i++)
    if (g_strcmp0 (json_array_get_string_element (ids, i), id) == 0)
      return TRUE;
  return FALSE;
}

static void
fill_guardrails (CsStageDialog *self, CsWatch *watch)
{
  GPtrArray *criteria = watch != NULL ? cs_watch_get_criteria (watch) : NULL;
  JsonArray *chosen =
    self->stage != NULL ? cs_json_get_array (self->stage, "guardrails") : NULL;

  for (guint i = 0; criteria != NULL && i < criteria->len; i++)
    {
      const CsCriterion *criterion = criteria->pdata[i];
      g_autofree char *words = cs_criterion_dup_words (criterion);

      add_guardrail (self, criterion->id, words, chosen == NULL || lists (chosen, criterion->id));
    }
  /* One that is watched no more stays until somebody takes it away. */
  for (guint i = 0; chosen != NULL && i < json_array_get_length (chosen); i++)
    {
      const char *id = json_array_get_string_element (chosen, i);
      g_autofree char *words = g_strdup_printf (_("%s, which is not watched"), id);

      if (watch == NULL || cs_watch_find_criterion (watch, id) == NULL)
        add_guardrail (self, id, words, TRUE);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->guardrails), self->checks->len > 0);
  gtk_switch_set_active (self->all, chosen == NULL);
}

static gboolean
has_role (CsStageDialog *self, const char *role)
{
  for (guint i = 0; i < self->spins->len; i++)
    if (g_str_equal (g_object_get_data (self->spins->pdata[i], SUBJECT), role))
      return TRUE;
  return FALSE;
}

static void
add_role (CsStageDialog *self, const char *role, guint count)
{
  GtkWidget *row = new_row (role);
  GtkWidget *spin = gtk_spin_button_new_with_range (0, MOST_SIGNATURES, 1);

  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, role, -1);
  g_object_set_data_full (G_OBJECT (spin), SUBJECT, g_strdup (role), g_free);
  g_signal_connect_object (spin, "value-changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  adw_preferences_group_add (self->needs, row);
  g_ptr_array_add (self->spins, spin);
}

static void
another_cb (CsStageDialog *self)
{
  g_autofree char *role = dup_text (ADW_ENTRY_ROW (self->another));

  if (*role == '\0' || has_role (self, role))
    return;
  add_role (self, role, 1);
  gtk_editable_set_text (GTK_EDITABLE (self->another), "");
  changed_cb (self);
}

/* Those who sign here already, then the well-known roles, then any other one. */
static void
fill_needs (CsStageDialog *self)
{
  g_auto (GStrv) roles = cs_policy_words_list_roles ();
  JsonArray *needs = self->stage != NULL ? cs_json_get_array (self->stage, "needs") : NULL;

  self->another = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->another), _("Another Role"));
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self->another), TRUE);
  g_signal_connect_object (self->another, "apply", G_CALLBACK (another_cb), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; needs != NULL && i < json_array_get_length (needs); i++)
    {
      JsonObject *need = json_array_get_object_element (needs, i);

      add_role (self, cs_json_get_string (need, "role"),
                (guint) cs_json_get_int (need, "count", 1));
    }
  for (char **role = roles; *role != NULL; role++)
    if (!has_role (self, *role))
      add_role (self, *role, 0);
  adw_preferences_group_add (self->needs, self->another);
}

static Choice
find_choice (const CsCohort *cohort)
{
  switch (cohort->kind)
    {
    case CS_COHORT_NAMED:
      return NAMED;
    case CS_COHORT_SHARE:
      return cohort->by_size ? SHARE_OF_SIZE : SHARE;
    case CS_COHORT_EVERYONE:
      return EVERYONE;
    case CS_COHORT_NOBODY:
    default:
      return NOBODY;
    }
}

static void
fill_soak (CsStageDialog *self, gint64 seconds)
{
  guint unit = G_N_ELEMENTS (units) - 1;

  if (seconds == 0)
    unit = 3;
  while (seconds % units[unit] != 0)
    unit--;
  gtk_spin_button_set_value (self->soak, (double) (seconds / units[unit]));
  gtk_drop_down_set_selected (self->unit, unit);
}

static void
fill (CsStageDialog *self, JsonObject *stage)
{
  const char *text = cs_json_get_string (stage, "cohort");
  g_autoptr (CsCohort) cohort = cs_cohort_parse (text != NULL ? text : "", NULL);
  g_autofree char *number = NULL;

  gtk_editable_set_text (GTK_EDITABLE (self->title_row), cs_json_get_string (stage, "title"));
  fill_soak (self, cs_json_get_int (stage, "soak", 0));
  if (cohort == NULL)
    return;
  adw_combo_row_set_selected (self->cohort_row, find_choice (cohort));
  if (cohort->kind == CS_COHORT_NAMED)
    gtk_editable_set_text (GTK_EDITABLE (self->ids_row), text);
  number = g_strndup (text, strcspn (text, " %"));
  if (cohort->kind == CS_COHORT_SHARE)
    gtk_editable_set_text (GTK_EDITABLE (self->share_row), number);
}

static void
cs_stage_dialog_finalize (GObject *object)
{
  CsStageDialog *self = CS_STAGE_DIALOG (object);

  g_clear_pointer (&self->stage, json_object_unref);
  g_clear_pointer (&self->companies, cs_company_list_unref);
  g_ptr_array_unref (self->checks);
  g_ptr_array_unref (self->spins);
  G_OBJECT_CLASS (cs_stage_dialog_parent_class)->finalize (object);
}

static void
cs_stage_dialog_class_init (CsStageDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_stage_dialog_finalize;
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-stage-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, title_row);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, cohort_row);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, ids_row);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, share_row);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, who_row);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, soak);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, unit);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, guardrails);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, all);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, needs);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, done);
  gtk_widget_class_bind_template_child (widget_class, CsStageDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, all_cb);
  gtk_widget_class_install_action (widget_class, "stage-dialog.done", NULL, done_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
cs_stage_dialog_init (CsStageDialog *self)
{
  self->checks = g_ptr_array_new ();
  self->spins = g_ptr_array_new ();
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/** cs_stage_dialog_new: (skip): (transfer none): a window that is to be presented. */
CsStageDialog *
cs_stage_dialog_new (GtkWindow *parent,
                     JsonObject *stage,
                     CsCompanyList *companies,
                     CsWatch *watch)
{
  CsStageDialog *self = g_object_new (CS_TYPE_STAGE_DIALOG, "transient-for", parent, NULL);

  self->stage = stage != NULL ? json_object_ref (stage) : NULL;
  self->companies = companies != NULL ? cs_company_list_ref (companies) : NULL;
  fill_soak (self, 0);
  if (stage != NULL)
    {
      fill (self, stage);
      gtk_window_set_title (GTK_WINDOW (self), _("Edit the Stage"));
    }
  fill_guardrails (self, watch);
  fill_needs (self);
  self->filling = FALSE;
  all_cb (self);
  return self;
}
