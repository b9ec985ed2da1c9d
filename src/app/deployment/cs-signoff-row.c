/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line to sign: open, or signed by whom, with which key, and whether that verifies. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-signoff-row.h"

#include "cs-proof-window.h"
#include "cs-sign-sheet.h"
#include "cs-status-icon.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

/* A mark beside those of CsVerified. */
#define LAPSED (CS_VERIFIED_BAD + 1)

struct _CsSignoffRow
{
  AdwActionRow parent_instance;

  CsStatusIcon *icon;
  GtkImage *mark;
  GtkButton *sign;
  GtkButton *proof;

  CsWorkspace *workspace;
  CsDeployment *deployment;
  CsSignoffState *signoff;
};

G_DEFINE_FINAL_TYPE (CsSignoffRow, cs_signoff_row, ADW_TYPE_ACTION_ROW)

static gboolean
is_signed (CsSignoffRow *self)
{
  return cs_signoff_state_get_signer (self->signoff) != NULL;
}

static char *
describe (CsSignoffRow *self)
{
  CsSignoffState *signoff = self->signoff;
  const char *comment = cs_signoff_state_get_comment (signoff);
  const char *problem = cs_signoff_state_get_problem (signoff);
  gboolean rejected = cs_signoff_state_get_status (signoff) == CS_STATUS_FAILED;
  g_autofree char *when = NULL;
  g_autoptr (GString) words = g_string_new (NULL);

  if (!is_signed (self))
    return g_strdup (cs_signoff_get_meaning (cs_signoff_state_get_signoff (signoff)));

  when = cs_time_words_moment (cs_signoff_state_get_at (signoff));
  g_string_append_printf (words, rejected ? _("Rejected by %s, %s") : _("Signed by %s, %s"),
                          cs_signoff_state_get_signer_name (signoff), when);
  g_string_append_printf (words, "\n%s", cs_signoff_state_get_fingerprint (signoff));
  if (comment != NULL && *comment != '\0')
    g_string_append_printf (words, "\n“%s”", comment);
  if (problem != NULL)
    {
      g_string_append_c (words, '\n');
      g_string_append_printf (words, _("It does not count: %s"), problem);
    }

  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
update_mark (CsSignoffRow *self)
{
  static const struct
  {
    const char *icon;
    const char *css_class;
    const char *words;
  } marks[] = {
    [CS_VERIFIED_UNKNOWN] = { "content-loading-symbolic", "dim-label", N_("Being verified") },
    [CS_VERIFIED_GOOD] = { "security-high-symbolic", "success", N_("Verified") },
    [CS_VERIFIED_BAD] = { "security-low-symbolic", "error", N_("Not verified") },
    [LAPSED] = { "dialog-warning-symbolic", "warning", N_("No longer counts") },
  };
  CsVerified verified = cs_signoff_state_get_verified (self->signoff);
  const char *problem = cs_signoff_state_get_problem (self->signoff);
  guint kind = verified != CS_VERIFIED_BAD && problem != NULL ? LAPSED : (guint) verified;
  const char *classes[] = { marks[kind].css_class, NULL };
  const char *words = _(marks[kind].words);

  gtk_image_set_from_icon_name (self->mark, marks[kind].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->mark), classes);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->mark),
                               problem != NULL ? problem : words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  gtk_widget_set_visible (GTK_WIDGET (self->mark), is_signed (self));
}

static void
update_cb (CsSignoffRow *self)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_sign (self->deployment, self->signoff);
  CsStatus status = cs_signoff_state_get_status (self->signoff);
  gboolean open = gates->len == 0;
  g_autofree char *words = describe (self);
  g_autofree char *escaped = g_markup_escape_text (words, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), escaped);
  cs_status_icon_set_status (self->icon, status);
  update_mark (self);

  gtk_widget_set_visible (GTK_WIDGET (self->sign), status != CS_STATUS_PASSED);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign), open);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sign),
                               open ? NULL : ((CsGate *) g_ptr_array_index (gates, 0))->words);
  gtk_widget_set_visible (GTK_WIDGET (self->proof), is_signed (self));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), open || is_signed (self));
}

static void
sign_cb (CsSignoffRow *self)
{
  cs_sign_sheet_present (GTK_WIDGET (self), self->workspace, self->deployment, self->signoff);
}

static void
proof_cb (CsSignoffRow *self)
{
  cs_proof_window_present (GTK_WIDGET (self), self->workspace, self->deployment, self->signoff);
}

static void
activated_cb (CsSignoffRow *self)
{
  if (is_signed (self))
    proof_cb (self);
  else
    sign_cb (self);
}

static void
cs_signoff_row_dispose (GObject *object)
{
  CsSignoffRow *self = CS_SIGNOFF_ROW (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->deployment);
  g_clear_object (&self->signoff);

  G_OBJECT_CLASS (cs_signoff_row_parent_class)->dispose (object);
}

static void
cs_signoff_row_class_init (CsSignoffRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_signoff_row_dispose;
}

static void
cs_signoff_row_init (CsSignoffRow *self)
{
  AdwActionRow *row = ADW_ACTION_ROW (self);

  self->icon = g_object_new (CS_TYPE_STATUS_ICON, NULL);
  self->mark = GTK_IMAGE (gtk_image_new ());
  self->sign = GTK_BUTTON (gtk_button_new_with_label (_("Sign…")));
  self->proof = GTK_BUTTON (gtk_button_new_from_icon_name ("go-next-symbolic"));

  gtk_widget_set_valign (GTK_WIDGET (self->sign), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self->proof), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->proof), "flat");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->proof), _("Show the Proof"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->proof), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Show the Proof"), -1);
  adw_action_row_set_title_lines (row, 0);
  adw_action_row_set_subtitle_lines (row, 0);

  adw_action_row_add_prefix (row, GTK_WIDGET (self->icon));
  adw_action_row_add_suffix (row, GTK_WIDGET (self->mark));
  adw_action_row_add_suffix (row, GTK_WIDGET (self->sign));
  adw_action_row_add_suffix (row, GTK_WIDGET (self->proof));

  g_signal_connect (self, "activated", G_CALLBACK (activated_cb), NULL);
  g_signal_connect_object (self->sign, "clicked", G_CALLBACK (sign_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->proof, "clicked", G_CALLBACK (proof_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * cs_signoff_row_new: (skip)
 * @workspace: the workspace
 * @deployment: the deployment
 * @signoff: a line to sign
 *
 * Returns: (transfer floating): a new #CsSignoffRow
 */
GtkWidget *
cs_signoff_row_new (CsWorkspace *workspace, CsDeployment *deployment, CsSignoffState *signoff)
{
  CsSignoffRow *self = g_object_new (CS_TYPE_SIGNOFF_ROW, NULL);
  const char *role = cs_signoff_get_role (cs_signoff_state_get_signoff (signoff));
  g_autofree char *escaped = g_markup_escape_text (role, -1);

  self->workspace = g_object_ref (workspace);
  self->deployment = g_object_ref (deployment);
  self->signoff = g_object_ref (signoff);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), escaped);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sign), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  role, -1);
  g_signal_connect_object (signoff, "notify::status", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (signoff, "notify::verified", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (deployment, "changed", G_CALLBACK (update_cb), self,
                           G_CONNECT_SWAPPED);
  update_cb (self);

  return GTK_WIDGET (self);
}

/**
 * cs_signoff_row_get_signoff:
 * @self: a #CsSignoffRow
 *
 * Returns: (transfer none): the line to sign
 */
CsSignoffState *
cs_signoff_row_get_signoff (CsSignoffRow *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_ROW (self), NULL);

  return self->signoff;
}
