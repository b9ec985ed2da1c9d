/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One record in full: what, who, when, where, its body and its place in the chain. */

#define G_LOG_DOMAIN "cs-record-view"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-act-words.h"
#include "cs-handwriting-view.h"
#include "cs-json.h"
#include "cs-record-place.h"
#include "cs-record-view.h"

struct _CsRecordView
{
  AdwBin parent_instance;

  CsWorkspace *workspace;
  CsRecord *record;
  CsSignoffState *signoff; /* what the record signed, if it did */
  gulong signoff_changed;
  GCancellable *cancellable; /* of reading the picture of the handwriting */

  GtkImage *icon;
  GtkLabel *title;
  GtkWidget *show_button;
  CsHandwritingView *handwriting;
  AdwActionRow *signature_row;
  GtkImage *signature_icon;
  AdwActionRow *time_row;
  AdwActionRow *person_row;
  AdwActionRow *place_row;
  AdwActionRow *kind_row;
  GtkTextView *body;
  AdwActionRow *number_row;
  AdwActionRow *hash_row;
  AdwActionRow *previous_row;
};

G_DEFINE_FINAL_TYPE (CsRecordView, cs_record_view, ADW_TYPE_BIN)

enum
{
  SIGNAL_CLOSE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Rows read their subtitles as markup, and records hold what people and servers wrote. */
static void
set_value (AdwActionRow *row, const char *value)
{
  g_autofree char *escaped = g_markup_escape_text (value != NULL ? value : "", -1);

  adw_action_row_set_subtitle (row, escaped);
}

static void
set_signature (CsRecordView *self, const char *icon, const char *style, const char *words)
{
  const char *classes[] = { style, NULL };

  gtk_image_set_from_icon_name (self->signature_icon, icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->signature_icon), classes);
  set_value (self->signature_row, words);
}

static void
update_signature (CsRecordView *self)
{
  g_autofree char *words = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->signature_row), self->signoff != NULL);
  if (self->signoff == NULL)
    return;
  switch (cs_signoff_state_get_verified (self->signoff))
    {
    case CS_VERIFIED_GOOD:
      words = g_strdup_printf (_("Verified: %s, %s"),
                               cs_signoff_state_get_signer_name (self->signoff),
                               cs_signoff_state_get_fingerprint (self->signoff));
      set_signature (self, "emblem-ok-symbolic", "success", words);
      break;
    case CS_VERIFIED_BAD:
      words = g_strdup_printf (_("Not valid: %s"), cs_signoff_state_get_problem (self->signoff));
      set_signature (self, "dialog-error-symbolic", "error", words);
      break;
    case CS_VERIFIED_UNKNOWN:
    default:
      set_signature (self, "content-loading-symbolic", "dim-label", _("Being checked…"));
      break;
    }
}

static void
forget_signoff (CsRecordView *self)
{
  if (self->signoff != NULL)
    g_clear_signal_handler (&self->signoff_changed, self->signoff);
  g_clear_object (&self->signoff);
}

static void
follow_signoff (CsRecordView *self)
{
  CsDeployment *deployment;
  const char *field;

  forget_signoff (self);
  if (!g_str_equal (cs_record_get_kind (self->record), "signed"))
    return;
  deployment = cs_record_place_find_deployment (self->workspace, self->record);
  field = cs_json_get_string (cs_record_get_body (self->record), "field");
  if (deployment == NULL || field == NULL)
    return;
  g_set_object (&self->signoff, cs_deployment_find_signoff (deployment, field));
  if (self->signoff != NULL)
    self->signoff_changed = g_signal_connect_swapped (self->signoff, "notify::verified",
                                                      G_CALLBACK (update_signature), self);
}

static void
handwriting_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRecordView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cs_handwriting_view_set_bytes (self->handwriting, bytes);
}

static void
show_handwriting (CsRecordView *self)
{
  const char *digest =
    cs_json_get_string (cs_record_get_body (self->record), "handwriting");

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  cs_handwriting_view_set_bytes (self->handwriting, NULL);
  if (digest == NULL || !g_str_equal (cs_record_get_kind (self->record), "signed"))
    return;
  self->cancellable = g_cancellable_new ();
  cs_store_get_blob_async (cs_workspace_get_store (self->workspace), digest, self->cancellable,
                           handwriting_cb, g_object_ref (self));
}

static void
show_body (CsRecordView *self)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_root (generator, cs_record_get_body_node (self->record));
  text = json_generator_to_data (generator, NULL);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->body), text, -1);
}

static void
show_record (CsRecordView *self)
{
  CsRecord *record = self->record;
  const char *deployment = cs_record_place_get_deployment_id (record);
  gboolean is_first = g_str_equal (cs_record_get_previous (record), CS_RECORD_NO_PREVIOUS);
  g_autofree char *title = cs_act_words_describe (
    record, cs_record_place_find_deployment (self->workspace, record));
  g_autofree char *time = cs_act_words_format_exact_time (cs_record_get_at (record));
  g_autofree char *place = cs_record_place_describe (self->workspace, record);
  g_autofree char *number = NULL;

  gtk_image_set_from_icon_name (self->icon, cs_act_words_icon (record));
  gtk_label_set_text (self->title, title);
  gtk_widget_set_visible (self->show_button, deployment != NULL);
  if (deployment != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self->show_button), "s", deployment);
  set_value (self->time_row, time);
  set_value (self->person_row, cs_record_get_actor (record));
  set_value (self->place_row, place);
  set_value (self->kind_row, cs_record_get_kind (record));
  show_body (self);
  /* Translators: the number of a record in its stream and in the whole journal */
  number = g_strdup_printf (_("%lld in %s, %lld in all"),
                            (long long) cs_record_get_n (record), cs_record_get_stream (record),
                            (long long) cs_record_get_seq (record));
  set_value (self->number_row, number);
  set_value (self->hash_row, cs_record_get_hash (record));
  set_value (self->previous_row,
             is_first ? _("None: the first of its stream") : cs_record_get_previous (record));
  follow_signoff (self);
  update_signature (self);
  show_handwriting (self);
}

static void
close_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_CLOSE], 0);
}

static void
cs_record_view_dispose (GObject *object)
{
  CsRecordView *self = CS_RECORD_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  forget_signoff (self);
  g_clear_object (&self->record);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (cs_record_view_parent_class)->dispose (object);
}

static void
cs_record_view_class_init (CsRecordViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_record_view_dispose;

  signals[SIGNAL_CLOSE] = g_signal_new ("close", CS_TYPE_RECORD_VIEW, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CS_TYPE_HANDWRITING_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/history/cs-record-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, icon);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, title);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, show_button);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, handwriting);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, signature_row);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, signature_icon);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, time_row);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, person_row);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, place_row);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, kind_row);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, body);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, number_row);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, hash_row);
  gtk_widget_class_bind_template_child (widget_class, CsRecordView, previous_row);
  gtk_widget_class_install_action (widget_class, "record-view.close", NULL, close_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "record-view.close", NULL);
}

static void
cs_record_view_init (CsRecordView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_record_view_set_workspace:
 * @self: a view
 * @workspace: (nullable): where the records come from
 */
void
cs_record_view_set_workspace (CsRecordView *self, CsWorkspace *workspace)
{
  g_return_if_fail (CS_IS_RECORD_VIEW (self));

  g_set_object (&self->workspace, workspace);
}

/**
 * cs_record_view_set_record:
 * @self: a view that has its workspace
 * @record: (nullable): what to show
 */
void
cs_record_view_set_record (CsRecordView *self, CsRecord *record)
{
  g_return_if_fail (CS_IS_RECORD_VIEW (self));

  if (g_set_object (&self->record, record) && record != NULL)
    show_record (self);
}

/**
 * cs_record_view_get_record:
 * @self: a view
 *
 * Returns: (nullable) (transfer none): what it shows
 */
CsRecord *
cs_record_view_get_record (CsRecordView *self)
{
  g_return_val_if_fail (CS_IS_RECORD_VIEW (self), NULL);

  return self->record;
}
