/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every record of the journal, searched and looked into. */

#define G_LOG_DOMAIN "cs-history-page"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-act-words.h"
#include "cs-clock.h"
#include "cs-day-button.h"
#include "cs-environment-list.h"
#include "cs-history-columns.h"
#include "cs-history-page.h"
#include "cs-history-saving.h"
#include "cs-record-list.h"
#include "cs-record-view.h"
#include "cs-verify-dialog.h"

struct _CsHistoryPage
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsRecordList *records;
  GtkSingleSelection *selection;
  GtkStringList *persons;      /* item 0: anyone */
  GtkStringList *environments; /* item 0: any */
  GHashTable *known_persons;
  gint64 wanted_seq; /* to be selected when it comes; -1 */
  gboolean filling;  /* filters are being set by us */
  guint narrow_source;

  GtkBox *toolbar;
  GtkBox *filters;
  GtkSearchEntry *search_entry;
  GtkDropDown *person_filter;
  GtkDropDown *kind_filter;
  GtkDropDown *environment_filter;
  GtkDropDown *time_filter;
  GtkWidget *days;
  CsDayButton *from_day;
  CsDayButton *until_day;
  AdwFlap *flap;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  GtkColumnViewColumn *time_column;
  GtkColumnViewColumn *what_column;
  GtkColumnViewColumn *person_column;
  GtkColumnViewColumn *place_column;
  AdwStatusPage *failed_page;
  CsRecordView *record_view;
};

G_DEFINE_FINAL_TYPE (CsHistoryPage, cs_history_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_WORKSPACE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* What the time filter offers; 0 is any time. Behind these it offers certain days. */
static const struct
{
  const char *title;
  gint64 seconds;
} spans[] = {
  { N_("Any Time"), 0 },
  { N_("Last Hour"), 60 * 60 },
  { N_("Last 24 Hours"), 24 * 60 * 60 },
  { N_("Last 7 Days"), 7 * 24 * 60 * 60 },
  { N_("Last 30 Days"), 30 * 24 * 60 * 60 },
};

static gboolean
has_filters (CsHistoryPage *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0' ||
         gtk_drop_down_get_selected (self->person_filter) != 0 ||
         gtk_drop_down_get_selected (self->kind_filter) != 0 ||
         gtk_drop_down_get_selected (self->environment_filter) != 0 ||
         gtk_drop_down_get_selected (self->time_filter) != 0;
}

/* From the first moment of one day to the last of the other, by the clock of this computer. */
static void
add_days (CsHistoryPage *self, CsQuery *query)
{
  GDateTime *from = cs_day_button_get_day (self->from_day);
  GDateTime *until = cs_day_button_get_day (self->until_day);
  g_autoptr (GDateTime) end = until != NULL ? g_date_time_add_days (until, 1) : NULL;

  if (from != NULL)
    query->since = g_date_time_to_unix (from) * G_USEC_PER_SEC;
  if (end != NULL)
    query->until = g_date_time_to_unix (end) * G_USEC_PER_SEC;
}

static CsQuery *
build_query (CsHistoryPage *self)
{
  CsQuery *query = cs_query_new ();
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  guint person = gtk_drop_down_get_selected (self->person_filter);
  guint kind = gtk_drop_down_get_selected (self->kind_filter);
  guint environment = gtk_drop_down_get_selected (self->environment_filter);
  guint span = gtk_drop_down_get_selected (self->time_filter);
  guint n_words;
  const CsActWords *words = cs_act_words_list (&n_words);
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (*stripped != '\0')
    query->words = g_steal_pointer (&stripped);
  if (person > 0 && person < g_list_model_get_n_items (G_LIST_MODEL (self->persons)))
    query->actor = g_strdup (gtk_string_list_get_string (self->persons, person));
  if (kind > 0 && kind <= n_words)
    {
      query->kind = g_strdup (words[kind - 1].kind);
      query->stream_prefix = g_strdup (words[kind - 1].stream);
    }
  if (environment > 0 && environment < g_list_model_get_n_items (G_LIST_MODEL (self->environments)))
    query->streams = cs_environment_list_streams (
      cs_workspace_get_deployments (self->workspace),
      gtk_string_list_get_string (self->environments, environment));
  if (span > 0 && span < G_N_ELEMENTS (spans))
    query->since = cs_clock_now () - spans[span].seconds * G_USEC_PER_SEC;
  else if (span == G_N_ELEMENTS (spans))
    add_days (self, query);
  return query;
}

static void
load (CsHistoryPage *self)
{
  g_autoptr (CsQuery) query = NULL;

  if (self->records == NULL)
    return;
  query = build_query (self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  cs_record_list_set_query (self->records, query);
}

static void
show_details (CsHistoryPage *self)
{
  CsRecord *record = gtk_single_selection_get_selected_item (self->selection);

  if (record != NULL)
    cs_record_view_set_record (self->record_view, record);
  adw_flap_set_reveal_flap (self->flap, record != NULL);
}

/* The person who acted becomes one of those that the filter offers. */
static void
add_person (CsHistoryPage *self, const char *person)
{
  if (g_hash_table_add (self->known_persons, g_strdup (person)))
    gtk_string_list_append (self->persons, person);
}

static void
select_wanted (CsHistoryPage *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->records));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (CsRecord) record = g_list_model_get_item (G_LIST_MODEL (self->records), i);

      if (cs_record_get_seq (record) != self->wanted_seq)
        continue;
      self->wanted_seq = -1;
      gtk_single_selection_set_selected (self->selection, i);
      show_details (self);
      return;
    }
  /* Records come newest first: what is not here yet comes with a later page. */
  cs_record_list_load_more (self->records);
}

static void
update_stack (CsHistoryPage *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->records)) == 0;

  if (!empty)
    gtk_stack_set_visible_child_name (self->stack, "records");
  else if (cs_record_list_get_loading (self->records))
    return;
  else if (has_filters (self))
    gtk_stack_set_visible_child_name (self->stack, "no-match");
  else
    gtk_stack_set_visible_child_name (self->stack, "empty");
}

/* Also where the first page does not fill the window. */
static void
load_if_near_end (CsHistoryPage *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double left = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_value (adjustment);

  if (self->records != NULL && left < 2 * gtk_adjustment_get_page_size (adjustment))
    cs_record_list_load_more (self->records);
}

static void
items_changed_cb (CsHistoryPage *self, guint position, guint n_removed, guint n_added)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (CsRecord) record = g_list_model_get_item (G_LIST_MODEL (self->records), i);

      add_person (self, cs_record_get_actor (record));
    }
  update_stack (self);
  if (self->wanted_seq >= 0 && n_added > 0)
    select_wanted (self);
}

static void
failed_cb (CsHistoryPage *self, const GError *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->records)) > 0)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      return;
    }
  adw_status_page_set_description (self->failed_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
filter_changed_cb (CsHistoryPage *self)
{
  if (!self->filling)
    load (self);
}

static void
time_changed_cb (CsHistoryPage *self)
{
  gtk_widget_set_visible (self->days, gtk_drop_down_get_selected (self->time_filter) ==
                                        G_N_ELEMENTS (spans));
  filter_changed_cb (self);
}

static void
details_closed_cb (CsHistoryPage *self)
{
  adw_flap_set_reveal_flap (self->flap, FALSE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
activate_cb (CsHistoryPage *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  show_details (self);
}

static void
selected_cb (CsHistoryPage *self)
{
  if (gtk_single_selection_get_selected_item (self->selection) != NULL)
    show_details (self);
}

/**
 * cs_history_page_search:
 * @words: what is looked for; empty: everything
 *
 * Shows what answers these words, whatever was filtered before.
 */
void
cs_history_page_search (CsHistoryPage *self, const char *words)
{
  self->filling = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), words);
  gtk_drop_down_set_selected (self->person_filter, 0);
  gtk_drop_down_set_selected (self->kind_filter, 0);
  gtk_drop_down_set_selected (self->environment_filter, 0);
  gtk_drop_down_set_selected (self->time_filter, 0);
  cs_day_button_set_day (self->from_day, NULL);
  cs_day_button_set_day (self->until_day, NULL);
  self->filling = FALSE;
  load (self);
}

static void
show_everything_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  cs_history_page_search (CS_HISTORY_PAGE (widget), "");
}

static void
verify_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsHistoryPage *self = CS_HISTORY_PAGE (widget);

  if (self->workspace != NULL)
    cs_verify_dialog_present (widget, self->workspace);
}

static void
export_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsHistoryPage *self = CS_HISTORY_PAGE (widget);
  g_autoptr (CsQuery) query = NULL;

  if (self->workspace == NULL)
    return;
  query = build_query (self);
  cs_history_saving_begin (widget, self->workspace, query);
}

static void
search_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_grab_focus (GTK_WIDGET (CS_HISTORY_PAGE (widget)->search_entry));
}

/* With little room, a line holds the time and what was done; the details have the rest. */
static gboolean
update_narrow_cb (gpointer user_data)
{
  CsHistoryPage *self = user_data;
  gboolean narrow = adw_flap_get_folded (self->flap);
  gboolean roomy = !narrow && !adw_flap_get_reveal_flap (self->flap);

  self->narrow_source = 0;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->toolbar),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (self->toolbar, narrow ? 0 : 6);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->filters),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_column_view_column_set_visible (self->person_column, roomy);
  gtk_column_view_column_set_visible (self->place_column, roomy);
  return G_SOURCE_REMOVE;
}

/* What depends on the width changes after the allocation, which must not ask for another one. */
static void
room_changed_cb (CsHistoryPage *self)
{
  if (self->narrow_source == 0)
    self->narrow_source = g_idle_add (update_narrow_cb, self);
}

/* Environments come and never go, so what is chosen stays chosen. */
static void
update_environments (CsHistoryPage *self)
{
  GListModel *deployments = cs_workspace_get_deployments (self->workspace);
  g_auto (GStrv) names = cs_environment_list_names (deployments);
  guint n_known = g_list_model_get_n_items (G_LIST_MODEL (self->environments)) - 1;

  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean known = FALSE;

      for (guint j = 1; j <= n_known; j++)
        known |= g_str_equal (names[i], gtk_string_list_get_string (self->environments, j));
      if (!known)
        gtk_string_list_append (self->environments, names[i]);
    }
}

static void
fill_filters (CsHistoryPage *self)
{
  g_autoptr (GtkStringList) kinds = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) times = gtk_string_list_new (NULL);
  guint n_words;
  const CsActWords *words = cs_act_words_list (&n_words);

  self->filling = TRUE;
  gtk_string_list_append (self->persons, _("Anyone"));
  gtk_drop_down_set_model (self->person_filter, G_LIST_MODEL (self->persons));
  gtk_string_list_append (self->environments, _("Anywhere"));
  gtk_drop_down_set_model (self->environment_filter, G_LIST_MODEL (self->environments));
  gtk_string_list_append (kinds, _("Everything"));
  for (guint i = 0; i < n_words; i++)
    gtk_string_list_append (kinds, _(words[i].title));
  gtk_drop_down_set_model (self->kind_filter, G_LIST_MODEL (kinds));
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    gtk_string_list_append (times, _(spans[i].title));
  gtk_string_list_append (times, _("Certain Days"));
  gtk_drop_down_set_model (self->time_filter, G_LIST_MODEL (times));
  cs_day_button_set_title (self->from_day, _("From"), _("From any day"));
  cs_day_button_set_title (self->until_day, _("Until"), _("Until any day"));
  self->filling = FALSE;
}

static void
set_factory (GtkColumnViewColumn *column, GtkListItemFactory *factory)
{
  gtk_column_view_column_set_factory (column, factory);
  g_object_unref (factory);
}

static void
set_workspace (CsHistoryPage *self, CsWorkspace *workspace)
{
  if (!g_set_object (&self->workspace, workspace))
    return;
  cs_record_view_set_workspace (self->record_view, workspace);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.verify", workspace != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.export", workspace != NULL);
  g_clear_object (&self->records);
  gtk_single_selection_set_model (self->selection, NULL);
  if (workspace == NULL)
    return;

  self->records = cs_record_list_new (cs_workspace_get_store (workspace));
  g_signal_connect_object (self->records, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->records, "notify::loading", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->records, "failed", G_CALLBACK (failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (cs_workspace_get_deployments (workspace), "items-changed",
                           G_CALLBACK (update_environments), self, G_CONNECT_SWAPPED);
  update_environments (self);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->records));
  set_factory (self->what_column, cs_history_columns_new_what (workspace));
  set_factory (self->place_column, cs_history_columns_new_place (workspace));
  load (self);
}

static void
cs_history_page_dispose (GObject *object)
{
  CsHistoryPage *self = CS_HISTORY_PAGE (object);

  g_clear_handle_id (&self->narrow_source, g_source_remove);
  g_clear_object (&self->records);
  g_clear_object (&self->workspace);
  g_clear_object (&self->selection);
  g_clear_object (&self->persons);
  g_clear_object (&self->environments);
  g_clear_pointer (&self->known_persons, g_hash_table_unref);
  G_OBJECT_CLASS (cs_history_page_parent_class)->dispose (object);
}

static void
cs_history_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_WORKSPACE:
      g_value_set_object (value, CS_HISTORY_PAGE (object)->workspace);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_history_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_WORKSPACE:
      set_workspace (CS_HISTORY_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/history/cs-history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, toolbar);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, filters);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, person_filter);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, kind_filter);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, environment_filter);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, time_filter);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, days);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, from_day);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, until_day);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, flap);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, view);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, time_column);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, what_column);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, person_column);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, place_column);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, CsHistoryPage, record_view);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, time_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_closed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, room_changed_cb);
}

static void
cs_history_page_class_init (CsHistoryPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_history_page_dispose;
  object_class->get_property = cs_history_page_get_property;
  object_class->set_property = cs_history_page_set_property;

  properties[PROP_WORKSPACE] =
    g_param_spec_object ("workspace", NULL, NULL, CS_TYPE_WORKSPACE,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CS_TYPE_DAY_BUTTON);
  g_type_ensure (CS_TYPE_RECORD_VIEW);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "history.verify", NULL, verify_cb);
  gtk_widget_class_install_action (widget_class, "history.export", NULL, export_cb);
  gtk_widget_class_install_action (widget_class, "history.search", NULL, search_cb);
  gtk_widget_class_install_action (widget_class, "history.show-everything", NULL,
                                   show_everything_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "history.search",
                                       NULL);
}

static void
cs_history_page_init (CsHistoryPage *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->wanted_seq = -1;
  self->known_persons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->persons = gtk_string_list_new (NULL);
  self->environments = gtk_string_list_new (NULL);
  fill_filters (self);

  set_factory (self->time_column, cs_history_columns_new_time ());
  set_factory (self->person_column, cs_history_columns_new_person ());
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);

  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (load_if_near_end), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (load_if_near_end), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.verify", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.export", FALSE);
}

/**
 * cs_history_page_new:
 *
 * Returns: (transfer floating): the page, empty until it is given a workspace
 */
GtkWidget *
cs_history_page_new (void)
{
  return g_object_new (CS_TYPE_HISTORY_PAGE, NULL);
}

/**
 * cs_history_page_show_record:
 * @self: a page
 * @seq: of a record
 *
 * Shows everything, with the details of this record.
 */
void
cs_history_page_show_record (CsHistoryPage *self, gint64 seq)
{
  g_return_if_fail (CS_IS_HISTORY_PAGE (self));

  self->wanted_seq = seq;
  show_everything_cb (GTK_WIDGET (self), NULL, NULL);
}
