/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet that a person signs: the statement in words, the fields, the commands, the key. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-sign-sheet.h"

#include "cs-clock.h"
#include "cs-introduction.h"
#include "cs-key-chooser.h"
#include "cs-new-key-dialog.h"
#include "cs-reason-dialog.h"
#include "cs-signature-pad.h"
#include "cs-standing-group.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

struct _CsSignSheet
{
  AdwWindow parent_instance;

  GtkWidget *fields;
  GtkLabel *meaning;
  GtkLabel *statement;
  AdwActionRow *role;
  GtkEditable *name;
  AdwActionRow *date;
  AdwExpanderRow *commands;
  AdwExpanderRow *rollback;
  GtkEditable *comment;
  CsSignaturePad *pad;
  CsStandingGroup *standing;
  CsKeyChooser *key;
  GtkLabel *problem;
  GtkSpinner *spinner;
  GtkWidget *reject;
  GtkWidget *sign;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsSignoffState *signoff;
  CsAskpass *askpass; /* of the workspace */
  GCancellable *cancellable;
  char *head;       /* the newest record when the sheet was laid out: what the signer has seen */
  gboolean approve; /* what is being signed */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (CsSignSheet, cs_sign_sheet, ADW_TYPE_WINDOW)

static void
update_buttons (CsSignSheet *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name)));
  gboolean ready = !self->busy && *name != '\0' && cs_key_chooser_get_key (self->key) != NULL;

  gtk_widget_set_sensitive (self->sign, ready);
  gtk_widget_set_sensitive (self->reject, ready);
  gtk_widget_set_sensitive (self->fields, !self->busy);
  gtk_spinner_set_spinning (self->spinner, self->busy);
}

/* Who is known by the key needs no other name. */
static void
key_cb (CsSignSheet *self)
{
  CsKey *key = cs_key_chooser_get_key (self->key);
  CsPerson *person = NULL;

  if (self->workspace != NULL && key != NULL)
    person = cs_people_lookup_key (cs_workspace_get_people (self->workspace),
                                   cs_key_get_public_line (key));
  if (person != NULL)
    gtk_editable_set_text (self->name, cs_person_get_name (person));
  gtk_editable_set_editable (self->name, person == NULL);
  cs_standing_group_set_key (self->standing, key);
  update_buttons (self);
}

static void
set_busy (CsSignSheet *self, gboolean busy)
{
  self->busy = busy;
  if (busy)
    gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  update_buttons (self);
}

static void
show_problem (CsSignSheet *self, const char *words)
{
  set_busy (self, FALSE);
  gtk_label_set_label (self->problem, words);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

static void
append_command (AdwExpanderRow *row, CsBlock *block)
{
  GtkWidget *label = gtk_label_new (NULL);
  g_autofree char *text = g_strchomp (g_strdup (cs_block_get_text (block)));

  gtk_label_set_label (GTK_LABEL (label), text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "released");
  adw_expander_row_add_row (row, label);
}

/* Those of the way back are signed as well, whatever else the signature releases. */
static void
show_rollback (CsSignSheet *self)
{
  g_autoptr (GPtrArray) blocks = cs_deployment_list_rollback (self->deployment);
  g_autofree char *title = g_strdup_printf (
    ngettext ("%u command of the way back, which this signature is for as well",
              "%u commands of the way back, which this signature is for as well", blocks->len),
    blocks->len);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->rollback), title);
  gtk_widget_set_visible (GTK_WIDGET (self->rollback), blocks->len > 0);
  for (guint i = 0; i < blocks->len; i++)
    append_command (self->rollback, g_ptr_array_index (blocks, i));
}

static void
show_commands (CsSignSheet *self)
{
  g_autoptr (GPtrArray) blocks = cs_deployment_list_released (self->deployment, self->signoff);
  CsDeployment *deployment = self->deployment;
  g_autofree char *count = NULL;
  g_autofree char *words = NULL;

  if (blocks->len == 0)
    {
      words = g_strdup_printf (_("I approve the deployment of “%s” to %s as recorded up to now."),
                               cs_deployment_get_title (deployment),
                               cs_deployment_get_environment (deployment));
      gtk_widget_set_visible (GTK_WIDGET (self->commands), FALSE);
    }
  else
    {
      words = g_strdup_printf (ngettext ("I approve the deployment of “%s” to %s as recorded up to "
                                         "now, and the %u command listed below.",
                                         "I approve the deployment of “%s” to %s as recorded up to "
                                         "now, and the %u commands listed below.",
                                         blocks->len),
                               cs_deployment_get_title (deployment),
                               cs_deployment_get_environment (deployment), blocks->len);
    }
  gtk_label_set_label (self->statement, words);

  count = g_strdup_printf (ngettext ("%u command released by this signature",
                                     "%u commands released by this signature", blocks->len),
                           blocks->len);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->commands), count);
  for (guint i = 0; i < blocks->len; i++)
    append_command (self->commands, g_ptr_array_index (blocks, i));
  show_rollback (self);
}

static void
show_date (CsSignSheet *self)
{
  gint64 now = cs_clock_now ();
  g_autofree char *date = cs_time_words_date (now);
  g_autofree char *time = cs_time_words_time (now);
  g_autofree char *words = g_strdup_printf ("%s, %s", date, time);

  adw_action_row_set_subtitle (self->date, words);
}

static void
prefill_name (CsSignSheet *self)
{
  const char *real = g_get_real_name ();

  if (real != NULL && !g_str_equal (real, "Unknown"))
    gtk_editable_set_text (self->name, real);
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSignSheet) self = user_data;
  g_autoptr (GError) error = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (!cs_deployment_sign_finish (CS_DEPLOYMENT (source), result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        set_busy (self, FALSE);
      else
        show_problem (self, error->message);
      return;
    }

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s",
                                self->approve ? _("Signed and verified") : _("Rejection recorded"));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
sign_as (CsSignSheet *self, CsPerson *person)
{
  CsSignoff *line = cs_signoff_state_get_signoff (self->signoff);
  CsKey *key = cs_key_chooser_get_key (self->key);
  const char *comment = gtk_editable_get_text (self->comment);
  g_autoptr (GBytes) handwriting = cs_signature_pad_dup_bytes (self->pad);
  g_autoptr (CsStatement) statement = NULL;
  g_autoptr (GError) error = NULL;
  const char *role;

  if (g_strcmp0 (self->head, cs_deployment_get_head (self->deployment)) != 0)
    {
      g_free (self->head);
      self->head = g_strdup (cs_deployment_get_head (self->deployment));
      show_problem (self, _("Something was recorded while you were reading. Look at the deployment "
                            "again, then sign."));
      return;
    }

  /* Who can't sign it in its own role may in that of a line beside it. */
  role = cs_deployment_choose_role (self->deployment, self->signoff, person, &error);
  if (role == NULL && self->approve)
    {
      show_problem (self, error->message);
      return;
    }
  statement = cs_deployment_prepare_statement (
    self->deployment, self->signoff, role != NULL ? role : cs_signoff_get_role (line), person, key,
    self->approve, comment);
  if (handwriting != NULL)
    statement->handwriting = cs_handwriting_digest (handwriting);
  cs_deployment_sign_async (self->deployment, self->signoff, statement, handwriting, key,
                            self->askpass, self->cancellable, signed_cb, g_object_ref (self));
}

static void
introduced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSignSheet) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPerson) person = cs_people_introduce_finish (CS_PEOPLE (source), result, &error);

  if (person != NULL)
    sign_as (self, person);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

/* Who signs first with a key becomes known by it. */
static void
begin (CsSignSheet *self, gboolean approve)
{
  g_autoptr (GError) error = NULL;

  self->approve = approve;
  set_busy (self, TRUE);
  show_date (self);

  self->askpass = cs_workspace_get_askpass (self->workspace, &error);
  if (self->askpass == NULL)
    show_problem (self, error->message);
  else
    cs_people_introduce_async (cs_workspace_get_people (self->workspace),
                               cs_workspace_get_actor (self->workspace),
                               gtk_editable_get_text (self->name),
                               cs_key_chooser_get_key (self->key),
                               self->askpass,
                               self->cancellable,
                               introduced_cb,
                               g_object_ref (self));
}

static void
sign_cb (CsSignSheet *self)
{
  begin (self, TRUE);
}

static void
reject_confirmed_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  CsSignSheet *self = user_data;

  gtk_editable_set_text (self->comment, cs_reason_dialog_get_text (dialog));
  begin (self, FALSE);
}

static void
reject_cb (CsSignSheet *self)
{
  CsReasonDialog *dialog = cs_reason_dialog_new (
    GTK_WINDOW (self), _("Reject?"),
    _("The deployment stops here until you withdraw your rejection. Your reason is signed."),
    _("Reason"), _("Reject"), TRUE);

  g_signal_connect_object (dialog, "response::confirm", G_CALLBACK (reject_confirmed_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
key_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsSignSheet) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) key = cs_new_key_dialog_ask_finish (result, &error);

  if (key != NULL)
    cs_key_chooser_add (self->key, key);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

static void
new_key_cb (CsSignSheet *self)
{
  g_autofree char *directory = cs_workspace_dup_keys_directory (self->workspace);

  cs_new_key_dialog_ask_async (GTK_WINDOW (self), directory,
                               cs_workspace_get_actor (self->workspace), self->cancellable,
                               key_made_cb, g_object_ref (self));
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;

  gtk_window_close (GTK_WINDOW (user_data));
  return GDK_EVENT_STOP;
}

static void
cs_sign_sheet_dispose (GObject *object)
{
  CsSignSheet *self = CS_SIGN_SHEET (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->signoff);

  G_OBJECT_CLASS (cs_sign_sheet_parent_class)->dispose (object);
}

static void
cs_sign_sheet_finalize (GObject *object)
{
  CsSignSheet *self = CS_SIGN_SHEET (object);

  g_free (self->head);

  G_OBJECT_CLASS (cs_sign_sheet_parent_class)->finalize (object);
}

static void
cs_sign_sheet_class_init (CsSignSheetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cs_sign_sheet_dispose;
  object_class->finalize = cs_sign_sheet_finalize;

  g_type_ensure (CS_TYPE_KEY_CHOOSER);
  g_type_ensure (CS_TYPE_SIGNATURE_PAD);
  g_type_ensure (CS_TYPE_STANDING_GROUP);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/sign/cs-sign-sheet.ui");
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, fields);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, meaning);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, statement);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, role);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, name);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, date);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, commands);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, rollback);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, comment);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, pad);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, standing);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, key);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, problem);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, spinner);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, reject);
  gtk_widget_class_bind_template_child (widget_class, CsSignSheet, sign);
  gtk_widget_class_bind_template_callback (widget_class, update_buttons);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_cb);
  gtk_widget_class_bind_template_callback (widget_class, reject_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
}

static void
cs_sign_sheet_init (CsSignSheet *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_sign_sheet_present: (skip)
 * @origin: who asked; the sheet stands before its window
 * @workspace: the workspace
 * @deployment: the deployment
 * @signoff: the line to sign
 *
 * Lays the sheet before a person. It closes itself when it is signed.
 */
void
cs_sign_sheet_present (GtkWidget *origin,
                       CsWorkspace *workspace,
                       CsDeployment *deployment,
                       CsSignoffState *signoff)
{
  CsSignoff *line = cs_signoff_state_get_signoff (signoff);
  g_autofree char *role = g_markup_escape_text (cs_signoff_get_role (line), -1);
  g_autofree char *keys = cs_workspace_dup_keys_directory (workspace);
  CsSignSheet *self =
    g_object_new (CS_TYPE_SIGN_SHEET, "transient-for", gtk_widget_get_root (origin), NULL);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->signoff = g_object_ref (signoff);
  self->head = g_strdup (cs_deployment_get_head (deployment));

  gtk_label_set_label (self->meaning, cs_signoff_get_meaning (line));
  adw_action_row_set_subtitle (self->role, role);
  show_commands (self);
  show_date (self);
  prefill_name (self);
  cs_standing_group_show (self->standing, workspace, deployment, signoff);
  cs_key_chooser_set_people (self->key, cs_workspace_get_people (workspace),
                             cs_workspace_get_actor (workspace));
  cs_key_chooser_load (self->key, keys);
  update_buttons (self);

  gtk_window_present (GTK_WINDOW (self));
}
