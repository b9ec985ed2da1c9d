/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command on a fleet: a row for each member, batch by batch, and the output of the chosen one. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-fleet-view.h"

#include "cs-clock.h"
#include "cs-member-row.h"
#include "cs-output-view.h"
#include "cs-page-intents.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsFleetView
{
  AdwBin parent_instance;

  GtkLabel *summary;
  GtkWidget *pause;
  GtkWidget *failed;
  GtkWidget *rest;
  GtkListView *list;
  GtkRevealer *revealer;
  GtkLabel *chosen;
  GtkWidget *leave_out;
  GtkLabel *problem;
  AdwBin *output_bin;
  CsOutputView *output; /* of the chosen member */

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsStepState *step;
  CsBlockState *block;
  CsBlockState *member; /* the chosen one */
  GtkSingleSelection *selection;
  GArray *batches; /* guint: the batch that begins at this position, from 1; 0: none does */
  guint n_batches;
  guint timer; /* counts the pause between two batches down */
};

G_DEFINE_FINAL_TYPE (CsFleetView, cs_fleet_view, ADW_TYPE_BIN)

/* As the fleet is gone through when nothing is left out: batches never mix ranks. */
static void
plan_batches (CsFleetView *self)
{
  GListModel *members = cs_block_state_get_members (self->block);
  guint n = g_list_model_get_n_items (members);
  guint size = MAX (1, cs_batching_count (cs_block_state_get_batching (self->block), n));
  guint in_batch = 0;
  int rank = 0;

  g_array_set_size (self->batches, 0);
  self->n_batches = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsBlockState) member = g_list_model_get_item (members, i);
      gboolean begins = i == 0 || in_batch == size || cs_block_state_get_rank (member) != rank;
      guint batch = begins ? ++self->n_batches : 0;

      in_batch = begins ? 1 : in_batch + 1;
      rank = cs_block_state_get_rank (member);
      g_array_append_val (self->batches, batch);
    }
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, cs_member_row_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  CsFleetView *self = user_data;
  guint position = gtk_list_item_get_position (item);
  guint batch =
    position < self->batches->len ? g_array_index (self->batches, guint, position) : 0;
  g_autofree char *heading = NULL;

  /* Translators: members of a fleet are gone through in batches */
  if (batch > 0 && self->n_batches > 1)
    heading = g_strdup_printf (_("Batch %u of %u"), batch, self->n_batches);
  cs_member_row_bind (CS_MEMBER_ROW (gtk_list_item_get_child (item)),
                      gtk_list_item_get_item (item), heading);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  cs_member_row_unbind (CS_MEMBER_ROW (gtk_list_item_get_child (item)));
}

/* words: (transfer full) */
static void
append_count (GString *all, guint n, char *words)
{
  if (n > 0)
    g_string_append_printf (all, " · %s", words);
  g_free (words);
}

static void
append_status (CsFleetView *self, GString *all, CsStatus status)
{
  guint n = cs_block_state_count_members (self->block, status);

  if (status == CS_STATUS_RUNNING)
    append_count (all, n, g_strdup_printf (_("%u running"), n));
  else if (status == CS_STATUS_FAILED)
    append_count (all, n, g_strdup_printf (_("%u failed"), n));
  else if (status == CS_STATUS_INTERRUPTED)
    append_count (all, n, g_strdup_printf (_("%u unknown"), n));
  else
    append_count (all, n, g_strdup_printf (_("%u left out"), n));
}

static char *
summarize (CsFleetView *self)
{
  g_autoptr (GString) words = g_string_new (NULL);
  guint n = cs_block_state_get_n_members (self->block);
  const CsBatching *batching = cs_block_state_get_batching (self->block);
  gint64 until = cs_block_state_get_pause_until (self->block);

  g_string_append_printf (words, _("%u of %u passed"),
                          cs_block_state_count_members (self->block, CS_STATUS_PASSED), n);
  append_status (self, words, CS_STATUS_RUNNING);
  append_status (self, words, CS_STATUS_FAILED);
  append_status (self, words, CS_STATUS_INTERRUPTED);
  append_status (self, words, CS_STATUS_SKIPPED);
  if (until != 0)
    {
      g_autofree char *clock =
        cs_time_words_clock ((until - cs_clock_now () + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

      g_string_append_printf (words, _(" · next batch in %s"), clock);
    }
  else
    append_count (words, batching->stop_after,
                  g_strdup_printf (_("stops after %u failed"), batching->stop_after));
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void update (CsFleetView *self);

static gboolean
tick_cb (gpointer user_data)
{
  CsFleetView *self = user_data;

  self->timer = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
update_buttons (CsFleetView *self)
{
  CsStatus status = cs_block_state_get_status (self->block);
  g_autoptr (GPtrArray) gates =
    cs_deployment_gates_for_run (self->deployment, self->step, self->block);
  guint todo = cs_block_state_count_members (self->block, CS_STATUS_TODO);
  guint n_failed = cs_block_state_count_members (self->block, CS_STATUS_FAILED);
  gboolean idle = status == CS_STATUS_WAITING || status == CS_STATUS_FAILED;

  gtk_widget_set_visible (self->pause, status == CS_STATUS_RUNNING && todo > 0);
  gtk_widget_set_visible (self->rest, idle && todo > 0 && gates->len == 0);
  gtk_widget_set_visible (self->failed, idle && n_failed > 0 && gates->len == 0);
}

static void
update (CsFleetView *self)
{
  g_autofree char *summary = summarize (self);

  gtk_label_set_text (self->summary, summary);
  update_buttons (self);
  if (cs_block_state_get_pause_until (self->block) != 0 && self->timer == 0)
    self->timer = g_timeout_add_seconds (1, tick_cb, self);
}

static void
update_member (CsFleetView *self)
{
  CsRun *run = cs_block_state_get_run (self->member);
  const char *digest = cs_block_state_get_output (self->member);
  const char *problem = cs_block_state_get_problem (self->member);
  CsStatus status = cs_block_state_get_status (self->member);
  gboolean printed = digest != NULL && cs_block_state_get_output_size (self->member) > 0;

  gtk_widget_set_visible (self->leave_out,
                          status == CS_STATUS_FAILED || status == CS_STATUS_TODO);
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  if (run != NULL)
    cs_output_view_follow (self->output, run);
  else if (printed)
    cs_output_view_load (self->output, cs_workspace_get_store (self->workspace), digest);
  gtk_widget_set_visible (GTK_WIDGET (self->output_bin), run != NULL || printed);
}

static void
forget_member (CsFleetView *self)
{
  if (self->member != NULL)
    g_signal_handlers_disconnect_by_func (self->member, update_member, self);
  g_clear_object (&self->member);
}

static void
chosen_cb (CsFleetView *self)
{
  CsBlockState *member = gtk_single_selection_get_selected_item (self->selection);
  g_autofree char *label = NULL;

  if (member == self->member)
    return;
  forget_member (self);
  gtk_revealer_set_reveal_child (self->revealer, member != NULL);
  if (member == NULL)
    return;
  self->member = g_object_ref (member);
  /* Translators: the name of a server */
  label = g_strdup_printf (_("Output of %s"), cs_block_state_get_member (member));
  gtk_label_set_text (self->chosen, label);
  self->output = CS_OUTPUT_VIEW (cs_output_view_new (_("Output")));
  adw_bin_set_child (self->output_bin, GTK_WIDGET (self->output));
  g_signal_connect_object (member, "notify::status", G_CALLBACK (update_member), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (member, "notify::run", G_CALLBACK (update_member), self,
                           G_CONNECT_SWAPPED);
  update_member (self);
}

static void
pause_cb (CsFleetView *self)
{
  cs_deployment_pause_block (self->deployment, self->block);
}

static void
run_rest_cb (CsFleetView *self)
{
  cs_intent_run_fleet (GTK_WIDGET (self), self->workspace, self->deployment, self->step,
                       self->block, CS_FLEET_REST);
}

static void
run_failed_cb (CsFleetView *self)
{
  cs_intent_run_fleet (GTK_WIDGET (self), self->workspace, self->deployment, self->step,
                       self->block, CS_FLEET_FAILED);
}

static void
leave_out_cb (CsFleetView *self)
{
  cs_intent_skip_member (GTK_WIDGET (self), self->workspace, self->deployment, self->member);
}

static void
cs_fleet_view_dispose (GObject *object)
{
  CsFleetView *self = CS_FLEET_VIEW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  forget_member (self);
  g_clear_object (&self->selection);
  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->step);
  g_clear_object (&self->block);
  G_OBJECT_CLASS (cs_fleet_view_parent_class)->dispose (object);
}

static void
cs_fleet_view_finalize (GObject *object)
{
  g_array_unref (CS_FLEET_VIEW (object)->batches);
  G_OBJECT_CLASS (cs_fleet_view_parent_class)->finalize (object);
}

static void
cs_fleet_view_class_init (CsFleetViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_fleet_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_fleet_view_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/deployment/cs-fleet-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, summary);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, pause);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, failed);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, rest);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, list);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, revealer);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, chosen);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, leave_out);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, problem);
  gtk_widget_class_bind_template_child (widget_class, CsFleetView, output_bin);
  gtk_widget_class_bind_template_callback (widget_class, pause_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_rest_cb);
  gtk_widget_class_bind_template_callback (widget_class, run_failed_cb);
  gtk_widget_class_bind_template_callback (widget_class, leave_out_cb);
}

static void
cs_fleet_view_init (CsFleetView *self)
{
  self->batches = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_members (CsFleetView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GListModel *members = cs_block_state_get_members (self->block);

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, 0);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, members);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
}

/**
 * cs_fleet_view_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @step: the step
 * @block: its command, which has members
 *
 * Returns: (transfer floating): a new #CsFleetView
 */
GtkWidget *
cs_fleet_view_new (CsWorkspace *workspace,
                   CsDeployment *deployment,
                   CsStepState *step,
                   CsBlockState *block)
{
  CsFleetView *self = g_object_new (CS_TYPE_FLEET_VIEW, NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->step = g_object_ref (step);
  self->block = g_object_ref (block);
  plan_batches (self);
  show_members (self);
  g_signal_connect_object (block, "notify::counts", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (block, "notify::status", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (block, "notify::pause-until", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
