/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a flag is doing: for whom it is on, how long it has soaked, what it waits for, where it is
 * switched. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-flag-overview.h"

#include "cs-act-words.h"
#include "cs-company-names.h"
#include "cs-fact-row.h"
#include "cs-gate-group.h"
#include "cs-guardrail-group.h"
#include "cs-json.h"
#include "cs-pin-group.h"
#include "cs-rollout-words.h"

#include <glib/gi18n.h>

struct _CsFlagOverview
{
  AdwBin parent_instance;

  CsRolloutEntry *entry; /* whose rows are shown */
  char *next_digest;     /* of the plan whose companies are listed */
  char *members;         /* digest of the state whose companies are listed */

  AdwActionRow *on_row;
  AdwActionRow *update_row;
  AdwActionRow *soak_row;
  GtkProgressBar *soak;
  AdwActionRow *watch_row;
  GtkButton *watch_button;
  CsGateGroup *gates;
  CsGuardrailGroup *guardrails;
  CsCompanyNames *joining;
  CsCompanyNames *leaving;
  CsCompanyNames *members_list;
  CsPinGroup *pins;
  AdwPreferencesGroup *settings;
  GPtrArray *setting_rows; /* unowned */
};

G_DEFINE_FINAL_TYPE (CsFlagOverview, cs_flag_overview, ADW_TYPE_BIN)

static void
set_fact (AdwActionRow *row, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text != NULL ? text : "", -1);

  adw_action_row_set_subtitle (row, escaped);
  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL);
}

static void
clear_rows (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

static void
show_now (CsFlagOverview *self, CsRollout *rollout)
{
  CsFlag *flag = cs_rollout_get_flag (rollout);
  const CsStage *stage = cs_flag_get_stage (flag);
  g_autofree char *count = cs_rollout_words_count (cs_rollout_get_state (rollout),
                                                   cs_rollout_get_company_list (rollout));
  g_autofree char *soak = cs_rollout_words_soak (rollout);
  g_autofree char *since = NULL;
  g_autofree char *words = NULL;

  if (stage != NULL)
    {
      since = cs_act_words_format_time (cs_flag_get_since (flag));
      /* Translators: for whom a feature is on, and since when its stage has lasted */
      words = g_strdup_printf (_("%s, since %s"), count, since);
    }
  set_fact (self->on_row, words != NULL ? words : count);
  gtk_widget_set_visible (GTK_WIDGET (self->update_row),
                          cs_rollout_entry_get_update (self->entry) != NULL);
  set_fact (self->soak_row, soak);
  if (stage != NULL && stage->soak > 0)
    gtk_progress_bar_set_fraction (
      self->soak, MIN (1.0, (double) cs_rollout_get_soaked (rollout) / (double) stage->soak));
}

static void
show_watching (CsFlagOverview *self)
{
  const GError *error = NULL;
  CsRolloutWatching watching = cs_rollout_entry_get_watching (self->entry, &error);
  g_autofree char *words = NULL;

  if (error != NULL)
    words = g_strdup (error->message);
  else if (watching == CS_ROLLOUT_WATCHING_HERE)
    words = g_strdup (_("By this program, while it is open"));
  else if (watching == CS_ROLLOUT_WATCHING_ELSEWHERE)
    words = g_strdup (_("By another program; what it finds appears here"));
  else
    words = g_strdup (_("Not while it is off"));
  set_fact (self->watch_row, words);
  gtk_widget_set_visible (GTK_WIDGET (self->watch_button),
                          watching == CS_ROLLOUT_WATCHING_FAILED);
}

static void
add_setting (CsFlagOverview *self, const char *title, const char *value, gboolean code)
{
  GtkWidget *row;

  if (value == NULL || *value == '\0')
    return;
  row = cs_fact_row_new (title, value, code);
  adw_preferences_group_add (self->settings, row);
  g_ptr_array_add (self->setting_rows, row);
}

static void
add_reload (CsFlagOverview *self, JsonArray *reload)
{
  g_autoptr (GString) commands = g_string_new (NULL);

  for (guint i = 0; reload != NULL && i < json_array_get_length (reload); i++)
    g_string_append_printf (commands, i > 0 ? "\n%s" : "%s",
                            json_array_get_string_element (reload, i));
  add_setting (self, _("Run afterwards, so that it takes effect"), commands->str, TRUE);
}

static void
show_settings (CsFlagOverview *self, CsFlag *flag)
{
  JsonObject *provider = cs_flag_get_provider (flag);
  g_autofree char *place = cs_rollout_words_place (flag);

  clear_rows (self->settings, self->setting_rows);
  add_setting (self, _("Description"), cs_flag_get_description (flag), FALSE);
  add_setting (self, _("Owner"), cs_flag_get_owner (flag), FALSE);
  add_setting (self, cs_rollout_words_provider (cs_flag_get_provider_kind (flag)), place, TRUE);
  add_setting (self, _("Lists the companies"), cs_json_get_string (provider, "companies"), TRUE);
  add_setting (self, _("On for everyone"), cs_json_get_string (provider, "everyone"), TRUE);
  add_reload (self, cs_json_get_array (provider, "reload"));
  add_setting (self, _("Read back with"), cs_json_get_string (provider, "readback"), TRUE);
}

/* Rows that would be the same ones stay: whoever reads them keeps the place. */
static void
show_next (CsFlagOverview *self, CsRollout *rollout)
{
  const CsRolloutPlan *next = cs_rollout_entry_get_next (self->entry);
  CsCompanyList *companies = cs_rollout_get_company_list (rollout);
  CsFlagState *state = cs_rollout_get_state (rollout);
  g_autoptr (CsFlagState) nobody = cs_flag_state_new_nobody ();

  if (g_strcmp0 (self->members, cs_flag_state_get_digest (state)) != 0)
    {
      g_free (self->members);
      self->members = g_strdup (cs_flag_state_get_digest (state));
      cs_company_names_show (self->members_list, companies, nobody, state);
    }
  if (g_strcmp0 (self->next_digest, next != NULL ? next->digest : NULL) == 0)
    return;
  g_free (self->next_digest);
  self->next_digest = g_strdup (next != NULL ? next->digest : NULL);
  cs_company_names_show (self->joining, companies, next != NULL ? next->from : nobody,
                         next != NULL ? next->to : nobody);
  cs_company_names_show (self->leaving, companies, next != NULL ? next->to : nobody,
                         next != NULL ? next->from : nobody);
}

static void
watch_cb (CsFlagOverview *self)
{
  if (self->entry != NULL)
    cs_rollout_entry_watch_again (self->entry);
}

static void
cs_flag_overview_dispose (GObject *object)
{
  g_clear_object (&CS_FLAG_OVERVIEW (object)->entry);
  G_OBJECT_CLASS (cs_flag_overview_parent_class)->dispose (object);
}

static void
cs_flag_overview_finalize (GObject *object)
{
  CsFlagOverview *self = CS_FLAG_OVERVIEW (object);

  g_free (self->next_digest);
  g_free (self->members);
  g_ptr_array_unref (self->setting_rows);
  G_OBJECT_CLASS (cs_flag_overview_parent_class)->finalize (object);
}

static void
cs_flag_overview_class_init (CsFlagOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_flag_overview_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_flag_overview_finalize;

  g_type_ensure (CS_TYPE_GATE_GROUP);
  g_type_ensure (CS_TYPE_COMPANY_NAMES);
  g_type_ensure (CS_TYPE_GUARDRAIL_GROUP);
  g_type_ensure (CS_TYPE_PIN_GROUP);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-flag-overview.ui");
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, on_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, update_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, soak_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, soak);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, watch_row);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, watch_button);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, gates);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, guardrails);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, joining);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, leaving);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, members_list);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, pins);
  gtk_widget_class_bind_template_child (widget_class, CsFlagOverview, settings);
  gtk_widget_class_bind_template_callback (widget_class, watch_cb);
}

static void
cs_flag_overview_init (CsFlagOverview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->setting_rows = g_ptr_array_new ();
  cs_company_names_set_title (self->joining, _("Get It Next"));
  cs_company_names_set_title (self->leaving, _("Lose It Next"));
  cs_company_names_set_title (self->members_list, _("Have It Now"));
}

/**
 * cs_flag_overview_show: (skip)
 * @self: an overview
 * @workspace: the workspace
 * @entry: a flag that was read
 */
void
cs_flag_overview_show (CsFlagOverview *self, CsWorkspace *workspace, CsRolloutEntry *entry)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (entry);

  g_return_if_fail (CS_IS_FLAG_OVERVIEW (self) && rollout != NULL);

  g_set_object (&self->entry, entry);
  show_now (self, rollout);
  show_watching (self);
  cs_gate_group_show (self->gates, workspace, entry, cs_rollout_entry_get_next (entry));
  cs_guardrail_group_show (self->guardrails, workspace, entry);
  show_next (self, rollout);
  cs_pin_group_show (self->pins, entry);
  show_settings (self, cs_rollout_get_flag (rollout));
}
