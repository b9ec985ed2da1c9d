/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Companies by name: those that one state has and another has not. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-company-names.h"

#include "cs-company-line.h"
#include "cs-company-model.h"

#include <glib/gi18n.h>

/* Of a line, and of those that are seen without scrolling. */
#define ROW_HEIGHT 37
#define MAX_HEIGHT (7 * ROW_HEIGHT)

struct _CsCompanyNames
{
  AdwPreferencesGroup parent_instance;

  CsCompanyModel *model;
  GtkScrolledWindow *scroller;
  char *title;
  GCancellable *cancellable; /* of the comparison */
};

G_DEFINE_FINAL_TYPE (CsCompanyNames, cs_company_names, ADW_TYPE_PREFERENCES_GROUP)

/** Comparison: of two states, outside the main loop */
typedef struct
{
  CsCompanyList *companies;
  CsFlagState *before;
  CsFlagState *after;
} Comparison;

static void
comparison_free (Comparison *comparison)
{
  cs_company_list_unref (comparison->companies);
  cs_flag_state_unref (comparison->before);
  cs_flag_state_unref (comparison->after);
  g_free (comparison);
}

static void
compare_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Comparison *comparison = data;

  g_task_return_pointer (task,
                         cs_flag_state_list_added (comparison->before, comparison->after),
                         (GDestroyNotify) g_strfreev);
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsCompanyNames *self = CS_COMPANY_NAMES (source);
  Comparison *comparison = g_task_get_task_data (G_TASK (result));
  char **ids = g_task_propagate_pointer (G_TASK (result), NULL);
  guint n = ids != NULL ? g_strv_length (ids) : 0;
  g_autofree char *title = NULL;

  if (ids == NULL)
    return;
  cs_company_model_set_ids (self->model, comparison->companies, ids);
  /* Translators: what happens to companies, and to how many */
  title = g_strdup_printf (_("%s (%u)"), self->title, n);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), title);
  /* A list in a scrolled window has the natural height of one line. */
  gtk_scrolled_window_set_min_content_height (self->scroller,
                                              (int) MIN (n * ROW_HEIGHT, MAX_HEIGHT));
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static void
cs_company_names_dispose (GObject *object)
{
  CsCompanyNames *self = CS_COMPANY_NAMES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (cs_company_names_parent_class)->dispose (object);
}

static void
cs_company_names_finalize (GObject *object)
{
  g_free (CS_COMPANY_NAMES (object)->title);
  G_OBJECT_CLASS (cs_company_names_parent_class)->finalize (object);
}

static void
cs_company_names_class_init (CsCompanyNamesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_company_names_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_company_names_finalize;
}

static void
cs_company_names_init (CsCompanyNames *self)
{
  GtkWidget *view;

  self->model = cs_company_model_new ();
  view = gtk_list_view_new (
    GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model)))),
    cs_company_line_factory_new ());
  gtk_widget_add_css_class (view, "company-names");
  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (self->scroller, view);
  gtk_widget_add_css_class (GTK_WIDGET (self->scroller), "card");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->scroller));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/** cs_company_names_set_title: (skip): what happens to them. */
void
cs_company_names_set_title (CsCompanyNames *self, const char *title)
{
  g_return_if_fail (CS_IS_COMPANY_NAMES (self));

  g_free (self->title);
  self->title = g_strdup (title);
}

/**
 * cs_company_names_show: (skip)
 * @self: a list
 * @companies: who has names
 * @before: a state
 * @after: another one
 */
void
cs_company_names_show (CsCompanyNames *self,
                       CsCompanyList *companies,
                       CsFlagState *before,
                       CsFlagState *after)
{
  g_autoptr (GTask) task = NULL;
  Comparison *comparison;

  g_return_if_fail (CS_IS_COMPANY_NAMES (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  comparison = g_new0 (Comparison, 1);
  comparison->companies = cs_company_list_ref (companies);
  comparison->before = cs_flag_state_ref (before);
  comparison->after = cs_flag_state_ref (after);
  task = g_task_new (self, self->cancellable, compared_cb, NULL);
  g_task_set_source_tag (task, cs_company_names_show);
  g_task_set_task_data (task, comparison, (GDestroyNotify) comparison_free);
  g_task_run_in_thread (task, compare_in_thread);
}
