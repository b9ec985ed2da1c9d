/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who signs here, who has, who is missing, and what one more signature would do. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-standing-group.h"

#include "cs-policy-words.h"
#include "cs-status-icon.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsStandingGroup
{
  AdwPreferencesGroup parent_instance;

  AdwActionRow *offer;
  GtkImage *offer_mark;
  GPtrArray *rows; /* unowned */

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsSignoffState *signoff;
  CsKey *key;
};

G_DEFINE_FINAL_TYPE (CsStandingGroup, cs_standing_group, ADW_TYPE_PREFERENCES_GROUP)

static char *
describe_line (CsStandingGroup *self, CsSignoffState *line)
{
  const char *name = cs_signoff_state_get_signer_name (line);
  const char *problem = cs_signoff_state_get_problem (line);
  g_autofree char *when = NULL;

  if (cs_signoff_state_get_signer (line) == NULL)
    return g_strdup (line == self->signoff ? _("Not signed yet: this line") : _("Not signed yet"));
  when = cs_time_words_moment (cs_signoff_state_get_at (line));
  if (cs_signoff_state_get_status (line) == CS_STATUS_PASSED)
    return g_strdup_printf (_("Signed by %s, %s"), name, when);
  if (problem != NULL)
    return g_strdup_printf (_("Signed by %s, %s, but it does not count: %s"), name, when, problem);
  if (cs_signoff_state_get_verified (line) == CS_VERIFIED_UNKNOWN)
    return g_strdup_printf (_("Signed by %s, %s; being verified"), name, when);
  if (!cs_signoff_state_get_approve (line))
    return g_strdup_printf (_("Rejected by %s, %s"), name, when);
  return g_strdup_printf (_("Signed by %s, %s, and another line counts it"), name, when);
}

static void
add_line (CsStandingGroup *self, CsSignoffState *line)
{
  GtkWidget *row = adw_action_row_new ();
  CsStatusIcon *icon = g_object_new (CS_TYPE_STATUS_ICON, NULL);
  g_autofree char *words = describe_line (self, line);
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (
    ADW_PREFERENCES_ROW (row),
    cs_policy_words_get_role (cs_signoff_get_role (cs_signoff_state_get_signoff (line))));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  cs_status_icon_set_status (icon, cs_signoff_state_get_status (line));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), GTK_WIDGET (icon));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

/* What the signature would be for; NULL: why it can't be made. */
static char *
describe_offer (CsStandingGroup *self, char **problem)
{
  CsPeople *people = cs_workspace_get_people (self->workspace);
  CsPerson *person = cs_people_lookup_key (people, cs_key_get_public_line (self->key));
  const char *own = cs_signoff_get_role (cs_signoff_state_get_signoff (self->signoff));
  g_autoptr (GError) error = NULL;
  const char *role;

  if (person == NULL && cs_deployment_get_policy (self->deployment) == NULL)
    return g_strdup_printf (_("Becomes known by this key, and signs as %s"), own);
  if (person == NULL)
    {
      *problem = g_strdup (_("Nobody is known by this key yet, so it holds no role: a manager can "
                             "add its owner and grant one"));
      return NULL;
    }
  role = cs_deployment_choose_role (self->deployment, self->signoff, person, &error);
  if (role == NULL)
    {
      *problem = g_strdup (error->message);
      return NULL;
    }
  return g_strdup_printf (g_strcmp0 (role, own) == 0 ? _("%s fills the line %s")
                                                     : _("%s fills a line for %s"),
                          cs_person_get_name (person), cs_policy_words_get_role (role));
}

static void
update_offer (CsStandingGroup *self)
{
  g_autofree char *problem = NULL;
  g_autofree char *words = NULL;
  g_autofree char *escaped = NULL;
  const char *classes[2] = { NULL };

  gtk_widget_set_visible (GTK_WIDGET (self->offer), self->key != NULL);
  if (self->key == NULL || self->deployment == NULL)
    return;
  words = describe_offer (self, &problem);
  escaped = g_markup_escape_text (words != NULL ? words : problem, -1);
  classes[0] = words != NULL ? "success" : "warning";
  adw_action_row_set_subtitle (self->offer, escaped);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->offer),
                                 words != NULL ? _("Your Signature") : _("You Can’t Approve This"));
  gtk_image_set_from_icon_name (self->offer_mark, words != NULL ? "object-select-symbolic"
                                                                : "dialog-warning-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->offer_mark), classes);
}

static void
update_cb (CsStandingGroup *self)
{
  g_autofree char *words = cs_policy_words_dup_text (cs_deployment_get_policy (self->deployment));
  g_autofree char *escaped = g_markup_escape_text (words, -1);
  g_autoptr (GListModel) lines = cs_deployment_list_together (self->deployment, self->signoff);
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  adw_preferences_group_set_description (group, escaped);
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  g_object_ref (self->offer);
  if (gtk_widget_get_parent (GTK_WIDGET (self->offer)) != NULL)
    adw_preferences_group_remove (group, GTK_WIDGET (self->offer));
  for (guint i = 0; i < g_list_model_get_n_items (lines); i++)
    {
      g_autoptr (CsSignoffState) line = g_list_model_get_item (lines, i);

      add_line (self, line);
    }
  adw_preferences_group_add (group, GTK_WIDGET (self->offer));
  g_object_unref (self->offer);
  update_offer (self);
}

static void
cs_standing_group_dispose (GObject *object)
{
  CsStandingGroup *self = CS_STANDING_GROUP (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->signoff);
  g_clear_object (&self->key);
  g_clear_object (&self->offer);

  G_OBJECT_CLASS (cs_standing_group_parent_class)->dispose (object);
}

static void
cs_standing_group_finalize (GObject *object)
{
  g_ptr_array_unref (CS_STANDING_GROUP (object)->rows);

  G_OBJECT_CLASS (cs_standing_group_parent_class)->finalize (object);
}

static void
cs_standing_group_class_init (CsStandingGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_standing_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_standing_group_finalize;
}

static void
cs_standing_group_init (CsStandingGroup *self)
{
  self->rows = g_ptr_array_new ();
  self->offer = ADW_ACTION_ROW (g_object_ref_sink (adw_action_row_new ()));
  self->offer_mark = GTK_IMAGE (gtk_image_new ());
  adw_action_row_add_prefix (self->offer, GTK_WIDGET (self->offer_mark));
  adw_action_row_set_subtitle_lines (self->offer, 0);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Who Signs"));
}

/**
 * cs_standing_group_show: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @signoff: the line that may be signed
 *
 * Shows what is asked for, and what is there, and follows the deployment.
 */
void
cs_standing_group_show (CsStandingGroup *self,
                        CsWorkspace *workspace,
                        CsDeployment *deployment,
                        CsSignoffState *signoff)
{
  g_return_if_fail (CS_IS_STANDING_GROUP (self) && self->deployment == NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->signoff = g_object_ref (signoff);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (cs_workspace_get_people (workspace), "items-changed",
                           G_CALLBACK (update_offer), self, G_CONNECT_SWAPPED);
  update_cb (self);
}

/** cs_standing_group_set_key: (skip): says what a signature with this key would do. */
void
cs_standing_group_set_key (CsStandingGroup *self, CsKey *key)
{
  g_return_if_fail (CS_IS_STANDING_GROUP (self));

  g_set_object (&self->key, key);
  update_offer (self);
}
