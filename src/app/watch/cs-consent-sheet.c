/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet on which someone consents that a deployment is rolled back by itself. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-consent-sheet.h"

#include "cs-decree-sheet.h"
#include "cs-introduction.h"

#include <glib/gi18n.h>

/* Seconds; as cs_watch_consent_async() takes them. */
#define LEAST_COUNTDOWN 10
#define MOST_COUNTDOWN 3600

/* Under these the sheet has what it is about. */
#define WATCH "watch"
#define PROCEDURE "procedure"
#define COUNTDOWN "countdown"

/* Who signs here for the first time is made known by the key, then it is signed. */
typedef struct
{
  CsDecreeSheet *sheet;
  CsKey *key;
  CsAskpass *askpass;
  GCancellable *cancellable;
} Consenting;

static void
consenting_free (Consenting *consenting)
{
  g_clear_object (&consenting->sheet);
  g_clear_object (&consenting->key);
  g_clear_object (&consenting->askpass);
  g_clear_object (&consenting->cancellable);
  g_free (consenting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Consenting, consenting_free)

static const char *
get_procedure (CsDecreeSheet *sheet)
{
  AdwComboRow *row = g_object_get_data (G_OBJECT (sheet), PROCEDURE);
  GtkStringObject *chosen = adw_combo_row_get_selected_item (row);

  return chosen != NULL ? gtk_string_object_get_string (chosen) : "";
}

static guint
get_countdown (CsDecreeSheet *sheet)
{
  return (guint) gtk_spin_button_get_value_as_int (
    g_object_get_data (G_OBJECT (sheet), COUNTDOWN));
}

/* What would be signed is shown in words, always as it stands. */
static void
update_cb (CsDecreeSheet *sheet)
{
  g_autofree char *words = g_strdup_printf (
    ngettext ("I consent that this deployment is rolled back by “%s” without asking again, when a "
              "threshold that leads to the rollback is passed, and nobody holds it within %u "
              "second. This is for one rollback.",
              "I consent that this deployment is rolled back by “%s” without asking again, when a "
              "threshold that leads to the rollback is passed, and nobody holds it within %u "
              "seconds. This is for one rollback.",
              get_countdown (sheet)),
    get_procedure (sheet), get_countdown (sheet));

  cs_decree_sheet_set_statement (sheet, words);
}

static void
consented_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsDecreeSheet) sheet = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_deployment_watch_consent_finish (CS_DEPLOYMENT_WATCH (source), result, &error))
    gtk_window_destroy (GTK_WINDOW (sheet));
  else
    cs_decree_sheet_show_problem (sheet, error);
}

static void
introduced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Consenting) consenting = user_data;
  CsDecreeSheet *sheet = consenting->sheet;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPerson) person = cs_people_introduce_finish (CS_PEOPLE (source), result, &error);

  if (person == NULL)
    cs_decree_sheet_show_problem (sheet, error);
  else
    cs_deployment_watch_consent_async (g_object_get_data (G_OBJECT (sheet), WATCH), person,
                                       consenting->key, consenting->askpass,
                                       get_procedure (sheet), get_countdown (sheet),
                                       consenting->cancellable, consented_cb,
                                       g_object_ref (sheet));
}

static void
begin_consent (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  CsWorkspace *workspace = cs_decree_sheet_get_workspace (sheet);
  Consenting *consenting = g_new0 (Consenting, 1);

  consenting->sheet = g_object_ref (sheet);
  consenting->key = g_object_ref (key);
  consenting->askpass = g_object_ref (askpass);
  consenting->cancellable = g_object_ref (cancellable);
  cs_people_introduce_async (cs_workspace_get_people (workspace),
                             cs_workspace_get_actor (workspace),
                             cs_decree_sheet_get_text (sheet, "name"), key, askpass, cancellable,
                             introduced_cb, consenting);
}

static void
add_procedures (CsDecreeSheet *sheet, CsDeployment *deployment)
{
  GListModel *rollbacks = cs_deployment_get_rollbacks (deployment);
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rollbacks); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (rollbacks, i);

      gtk_string_list_append (titles, cs_phase_get_title (cs_phase_state_get_phase (phase)));
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Procedure"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (titles));
  g_object_set_data_full (G_OBJECT (sheet), PROCEDURE, g_object_ref (row), g_object_unref);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (update_cb), sheet,
                           G_CONNECT_SWAPPED);
  cs_decree_sheet_add_row (sheet, row);
}

static void
add_countdown (CsDecreeSheet *sheet)
{
  GtkWidget *spin =
    gtk_spin_button_new_with_range (LEAST_COUNTDOWN, MOST_COUNTDOWN, LEAST_COUNTDOWN);
  GtkWidget *row = adw_action_row_new ();

  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), CS_WATCH_COUNTDOWN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Seconds to Hold It"), -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Seconds to Hold It"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  g_object_set_data_full (G_OBJECT (sheet), COUNTDOWN, g_object_ref (spin), g_object_unref);
  g_signal_connect_object (spin, "notify::value", G_CALLBACK (update_cb), sheet,
                           G_CONNECT_SWAPPED);
  cs_decree_sheet_add_row (sheet, row);
}

static void
add_name (CsDecreeSheet *sheet, CsWorkspace *workspace)
{
  const char *name = g_get_real_name ();

  if (cs_people_is_governed (cs_workspace_get_people (workspace), G_MAXINT64))
    return;
  cs_decree_sheet_add_entry (sheet, "name", _("Your Name"), FALSE);
  if (name != NULL && !g_str_equal (name, "Unknown"))
    cs_decree_sheet_set_text (sheet, "name", name);
}

/**
 * cs_consent_sheet_present: (skip)
 * @origin: who asks
 * @desk: the watches
 * @deployment: whose watch is loaded, with a procedure to roll back by
 *
 * Lets someone sign that the deployment may be rolled back by itself.
 */
void
cs_consent_sheet_present (GtkWidget *origin, CsWatchDesk *desk, CsDeployment *deployment)
{
  CsDeploymentWatch *watch = cs_watch_desk_find (desk, deployment);
  CsWorkspace *workspace = cs_watch_desk_get_workspace (desk);
  CsDecreeSheet *sheet;

  if (watch == NULL)
    return;
  sheet = cs_decree_sheet_new (GTK_WINDOW (gtk_widget_get_root (origin)), workspace,
                               _("Automatic Rollback"), "", begin_consent);
  g_object_set_data_full (G_OBJECT (sheet), WATCH, g_object_ref (watch), g_object_unref);
  add_procedures (sheet, deployment);
  add_countdown (sheet);
  add_name (sheet, workspace);
  update_cb (sheet);
  gtk_window_present (GTK_WINDOW (sheet));
}
