/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts a deployment of a runbook: where to, on which target, and why. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-start-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

/* The name that this computer gets when someone first runs something on it. */
#define THIS_COMPUTER "this-computer"

struct _CsStartDialog
{
  AdwWindow parent_instance;

  GtkWidget *start;
  GtkLabel *title;
  AdwComboRow *target;
  AdwComboRow *environment;
  GtkEditable *reason;
  GtkLabel *problem;

  CsWorkspace *workspace;
  CsRunbook *runbook;
  char *name;         /* the file that the runbook came from */
  GPtrArray *targets; /* CsTarget, as listed in the row */
  GtkStringList *environments;
  GCancellable *cancellable;
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (CsStartDialog, cs_start_dialog, ADW_TYPE_WINDOW)

static void
update_start (CsStartDialog *self)
{
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (self->reason)));

  gtk_widget_set_sensitive (self->start, !self->busy && self->runbook != NULL && *reason != '\0');
}

static void
show_problem (CsStartDialog *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->busy = FALSE;
  gtk_label_set_label (self->problem, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  update_start (self);
}

static guint
find_environment (CsStartDialog *self, const char *environment)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->environments));

  for (guint i = 0; i < n; i++)
    {
      if (g_str_equal (gtk_string_list_get_string (self->environments, i), environment))
        return i;
    }

  return GTK_INVALID_LIST_POSITION;
}

static void
add_environment (CsStartDialog *self, const char *environment)
{
  if (environment != NULL && *environment != '\0' &&
      find_environment (self, environment) == GTK_INVALID_LIST_POSITION)
    gtk_string_list_append (self->environments, environment);
}

static void
select_environment (CsStartDialog *self, const char *environment)
{
  guint position = environment != NULL ? find_environment (self, environment)
                                       : GTK_INVALID_LIST_POSITION;

  if (position != GTK_INVALID_LIST_POSITION)
    adw_combo_row_set_selected (self->environment, position);
}

static void
target_selected_cb (CsStartDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->target);

  if (selected < self->targets->len)
    select_environment (self,
                        cs_target_get_environment (g_ptr_array_index (self->targets, selected)));
}

static void
list_targets (CsStartDialog *self)
{
  GListModel *targets = G_LIST_MODEL (cs_workspace_get_targets (self->workspace));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  gboolean local = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      CsTarget *target = g_list_model_get_item (targets, i);
      g_autofree char *address = cs_target_dup_address (target);
      g_autofree char *words = g_strdup_printf ("%s (%s)", cs_target_get_name (target), address);

      local = local || cs_target_get_kind (target) == CS_TARGET_LOCAL;
      add_environment (self, cs_target_get_environment (target));
      g_ptr_array_add (self->targets, target);
      gtk_string_list_append (names, words);
    }

  if (!local)
    {
      g_ptr_array_add (self->targets, cs_target_new_local (THIS_COMPUTER, NULL, NULL));
      gtk_string_list_append (names, _("This computer"));
    }

  adw_combo_row_set_model (self->target, G_LIST_MODEL (names));
}

/* "PRODUCTION (No staging available)" names production: the word that comes first counts. */
static const char *
guess_environment (CsStartDialog *self)
{
  const char *said = cs_runbook_get_metadata (self->runbook, "Environment");
  g_autofree char *lower = said != NULL ? g_utf8_strdown (said, -1) : NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->environments));
  const char *best = NULL;
  const char *best_at = NULL;

  for (guint i = 0; lower != NULL && i < n; i++)
    {
      const char *environment = gtk_string_list_get_string (self->environments, i);
      const char *at = strstr (lower, environment);

      if (at != NULL && (best_at == NULL || at < best_at))
        {
          best = environment;
          best_at = at;
        }
    }

  return best;
}

static void
show_runbook (CsStartDialog *self)
{
  GListModel *phases = cs_runbook_get_phases (self->runbook);

  gtk_label_set_label (self->title, cs_runbook_get_title (self->runbook));
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);

      add_environment (self, cs_phase_get_environment (phase));
    }

  target_selected_cb (self);
  select_environment (self, guess_environment (self));
  update_start (self);
}

static void
runbook_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsStartDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->runbook);
  self->runbook = cs_library_get_finish (CS_LIBRARY (source), result, &error);
  if (self->runbook != NULL)
    show_runbook (self);
  else
    show_problem (self, error);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsStartDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDeployment) deployment =
    cs_workspace_start_finish (CS_WORKSPACE (source), result, &error);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (deployment == NULL)
    {
      show_problem (self, error);
      return;
    }

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.show-deployment", "s",
                                cs_deployment_get_id (deployment));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
begin (CsStartDialog *self, CsTarget *target)
{
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (self->reason)));
  guint selected = adw_combo_row_get_selected (self->environment);

  cs_workspace_start_async (self->workspace, self->runbook, self->name,
                            gtk_string_list_get_string (self->environments, selected), target,
                            reason, self->cancellable, started_cb, g_object_ref (self));
}

static void
target_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsStartDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_targets_add_finish (CS_TARGETS (source), result, &error))
    begin (self, cs_targets_lookup (CS_TARGETS (source), THIS_COMPUTER));
  else
    show_problem (self, error);
}

static void
start_cb (CsStartDialog *self)
{
  CsTargets *targets = cs_workspace_get_targets (self->workspace);
  guint selected = adw_combo_row_get_selected (self->target);
  CsTarget *target;

  if (!gtk_widget_get_sensitive (self->start) || selected >= self->targets->len)
    return;

  self->busy = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  update_start (self);

  target = g_ptr_array_index (self->targets, selected);
  if (cs_targets_lookup (targets, cs_target_get_name (target)) != NULL)
    begin (self, target);
  else
    cs_targets_add_async (targets, cs_workspace_get_actor (self->workspace), target,
                          self->cancellable, target_added_cb, g_object_ref (self));
}

static void
cs_start_dialog_dispose (GObject *object)
{
  CsStartDialog *self = CS_START_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);
  g_clear_object (&self->runbook);
  g_clear_object (&self->environments);
  g_clear_pointer (&self->targets, g_ptr_array_unref);

  G_OBJECT_CLASS (cs_start_dialog_parent_class)->dispose (object);
}

static void
cs_start_dialog_finalize (GObject *object)
{
  CsStartDialog *self = CS_START_DIALOG (object);

  g_free (self->name);

  G_OBJECT_CLASS (cs_start_dialog_parent_class)->finalize (object);
}

static void
cs_start_dialog_class_init (CsStartDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_start_dialog_dispose;
  object_class->finalize = cs_start_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployments/cs-start-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CsStartDialog, start);
  gtk_widget_class_bind_template_child (widget_class, CsStartDialog, title);
  gtk_widget_class_bind_template_child (widget_class, CsStartDialog, target);
  gtk_widget_class_bind_template_child (widget_class, CsStartDialog, environment);
  gtk_widget_class_bind_template_child (widget_class, CsStartDialog, reason);
  gtk_widget_class_bind_template_child (widget_class, CsStartDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, update_start);
  gtk_widget_class_bind_template_callback (widget_class, target_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
}

static void
cs_start_dialog_init (CsStartDialog *self)
{
  static const char *const usual[] = { "staging", "production", "development", NULL };

  self->cancellable = g_cancellable_new ();
  self->targets = g_ptr_array_new_with_free_func (g_object_unref);
  self->environments = gtk_string_list_new (usual);

  gtk_widget_init_template (GTK_WIDGET (self));
  adw_combo_row_set_model (self->environment, G_LIST_MODEL (self->environments));
}

static char *
find_name (CsWorkspace *workspace, const char *digest)
{
  GListModel *library = G_LIST_MODEL (cs_workspace_get_library (workspace));

  for (guint i = 0; i < g_list_model_get_n_items (library); i++)
    {
      g_autoptr (CsLibraryEntry) entry = g_list_model_get_item (library, i);

      if (g_str_equal (cs_library_entry_get_digest (entry), digest))
        return g_strdup (cs_library_entry_get_name (entry));
    }

  return NULL;
}

/**
 * cs_start_dialog_present: (skip)
 * @parent: the window before which it stands; it shows the deployment afterwards
 * @workspace: the workspace
 * @digest: the digest of a runbook in its library
 *
 * Asks for target, environment and reason, and starts the deployment.
 */
void
cs_start_dialog_present (GtkWindow *parent, CsWorkspace *workspace, const char *digest)
{
  CsStartDialog *self = g_object_new (CS_TYPE_START_DIALOG, "transient-for", parent, NULL);

  self->workspace = g_object_ref (workspace);
  self->name = find_name (workspace, digest);
  list_targets (self);
  cs_library_get_async (cs_workspace_get_library (workspace), digest, self->cancellable, runbook_cb,
                        g_object_ref (self));

  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->reason));
}
