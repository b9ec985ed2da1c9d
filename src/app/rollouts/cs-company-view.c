/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One company: which features it has, why, since when and by whom, and what it had before. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-company-view.h"

#include "cs-company-flag-row.h"
#include "cs-company-words.h"

#include <glib/gi18n.h>

/* Of its history; the rest is in the history of the workspace. */
#define MOST_CHANGES 200

struct _CsCompanyView
{
  AdwBin parent_instance;

  CsRolloutList *rollouts;
  char *company;

  GtkLabel *name;
  GtkLabel *facts;
  AdwPreferencesGroup *flags;
  AdwPreferencesGroup *history;
  GPtrArray *rows;    /* unowned: CsCompanyFlagRow */
  GPtrArray *changes; /* unowned rows */
};

G_DEFINE_FINAL_TYPE (CsCompanyView, cs_company_view, ADW_TYPE_BIN)

/** Switch: one that happened to the company */
typedef struct
{
  const char *key;
  const CsFlagChange *change;
  gboolean on; /* afterwards */
} Switch;

static void
clear_rows (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

static void
show_facts (CsCompanyView *self)
{
  CsCompanyList *list = cs_rollout_list_get_company_list (self->rollouts);
  const CsCompany *company = list != NULL ? cs_company_list_lookup (list, self->company) : NULL;
  g_autofree char *facts = NULL;

  gtk_label_set_text (self->name, company != NULL ? company->name : self->company);
  if (company == NULL)
    facts = g_strdup (_("No longer in the list of companies"));
  else if (*company->tags != '\0')
    /* Translators: of a company: its id, its size, its tags */
    facts = g_strdup_printf (_("Id %s · size %lld · %s"), company->id, (long long) company->size,
                             company->tags);
  else
    /* Translators: of a company: its id, its size */
    facts = g_strdup_printf (_("Id %s · size %lld"), company->id, (long long) company->size);
  gtk_label_set_text (self->facts, facts);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts), facts);
}

static int
compare_switches (gconstpointer a, gconstpointer b)
{
  gint64 one = ((const Switch *) a)->change->at;
  gint64 other = ((const Switch *) b)->change->at;

  return (one < other) - (one > other);
}

/* Each change made of it what it was not before. */
static void
take_switches (GArray *switches, CsCompanyFlagRow *row)
{
  const CsCompanyFlag *found = cs_company_flag_row_get_found (row);
  gboolean on = found != NULL && found->on;

  for (guint i = 0; found != NULL && i < found->changes->len; i++, on = !on)
    {
      Switch one = { cs_flag_get_key (found->flag), found->changes->pdata[i], on };

      g_array_append_val (switches, one);
    }
}

static void
add_switch (CsCompanyView *self, const Switch *one)
{
  CsPeople *people = cs_workspace_get_people (cs_rollout_list_get_workspace (self->rollouts));
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = g_object_new (
    GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "icon-name",
    one->on ? "cs-passed-symbolic" : "cs-todo-symbolic", NULL);
  /* Translators: a company got a feature, or lost it */
  g_autofree char *title =
    g_strdup_printf (one->on ? _("Got “%s”") : _("Lost “%s”"), one->key);
  g_autofree char *words = cs_company_words_change (one->change, people);

  gtk_widget_add_css_class (icon, one->on ? "status-passed" : "status-todo");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_group_add (self->history, row);
  g_ptr_array_add (self->changes, row);
}

/* Once every flag has said what it knows. */
static void
found_cb (CsCompanyView *self)
{
  g_autoptr (GArray) switches = g_array_new (FALSE, FALSE, sizeof (Switch));

  for (guint i = 0; i < self->rows->len; i++)
    {
      if (cs_company_flag_row_get_found (self->rows->pdata[i]) == NULL)
        return;
      take_switches (switches, self->rows->pdata[i]);
    }
  g_array_sort (switches, compare_switches);
  clear_rows (self->history, self->changes);
  for (guint i = 0; i < MIN (switches->len, MOST_CHANGES); i++)
    add_switch (self, &g_array_index (switches, Switch, i));
  gtk_widget_set_visible (GTK_WIDGET (self->history), switches->len > 0);
}

static void
show_flags (CsCompanyView *self)
{
  GListModel *model = G_LIST_MODEL (self->rollouts);
  guint n = g_list_model_get_n_items (model);

  clear_rows (self->flags, self->rows);
  clear_rows (self->history, self->changes);
  gtk_widget_set_visible (GTK_WIDGET (self->history), FALSE);
  adw_preferences_group_set_description (self->flags, n > 0 ? NULL : _("No flag yet"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsRolloutEntry) entry = g_list_model_get_item (model, i);
      GtkWidget *row = cs_company_flag_row_new (cs_rollout_list_get_workspace (self->rollouts),
                                                entry, self->company);

      g_signal_connect_object (row, "found", G_CALLBACK (found_cb), self, G_CONNECT_SWAPPED);
      adw_preferences_group_add (self->flags, row);
      g_ptr_array_add (self->rows, row);
    }
}

static void
forget (CsCompanyView *self)
{
  if (self->rollouts != NULL)
    g_signal_handlers_disconnect_by_data (self->rollouts, self);
  g_clear_object (&self->rollouts);
  g_clear_pointer (&self->company, g_free);
}

static void
cs_company_view_dispose (GObject *object)
{
  forget (CS_COMPANY_VIEW (object));
  G_OBJECT_CLASS (cs_company_view_parent_class)->dispose (object);
}

static void
cs_company_view_finalize (GObject *object)
{
  CsCompanyView *self = CS_COMPANY_VIEW (object);

  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->changes);
  G_OBJECT_CLASS (cs_company_view_parent_class)->finalize (object);
}

static void
cs_company_view_class_init (CsCompanyViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_company_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_company_view_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/rollouts/cs-company-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsCompanyView, name);
  gtk_widget_class_bind_template_child (widget_class, CsCompanyView, facts);
  gtk_widget_class_bind_template_child (widget_class, CsCompanyView, flags);
  gtk_widget_class_bind_template_child (widget_class, CsCompanyView, history);
}

static void
cs_company_view_init (CsCompanyView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  self->changes = g_ptr_array_new ();
}

/**
 * cs_company_view_show: (skip)
 * @self: a view
 * @rollouts: (nullable): all flags and companies
 * @company: (nullable): id of one; %NULL: nobody any more
 */
void
cs_company_view_show (CsCompanyView *self, CsRolloutList *rollouts, const char *company)
{
  g_return_if_fail (CS_IS_COMPANY_VIEW (self));

  forget (self);
  clear_rows (self->flags, self->rows);
  clear_rows (self->history, self->changes);
  if (rollouts == NULL || company == NULL)
    return;
  self->rollouts = g_object_ref (rollouts);
  self->company = g_strdup (company);
  g_signal_connect_object (rollouts, "items-changed", G_CALLBACK (show_flags), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (rollouts, "companies-changed", G_CALLBACK (show_facts), self,
                           G_CONNECT_SWAPPED);
  show_facts (self);
  show_flags (self);
}
