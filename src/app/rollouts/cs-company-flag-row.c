/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flag on the page of a company: whether it has it, why, and who made it so. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-company-flag-row.h"

#include "cs-company-pins.h"
#include "cs-company-words.h"
#include "cs-plan-dialog.h"

#include <glib/gi18n.h>

struct _CsCompanyFlagRow
{
  AdwActionRow parent_instance;

  CsWorkspace *workspace;
  CsRolloutEntry *entry;
  char *company;
  CsCompanyFlag *found;
  gboolean complete; /* with its history */
  gint64 asked;      /* after how many records of the flag it was looked at; -1: never */
  GCancellable *cancellable;

  GtkImage *icon;
  GtkMenuButton *menu;
};

G_DEFINE_FINAL_TYPE (CsCompanyFlagRow, cs_company_flag_row, ADW_TYPE_ACTION_ROW)

enum
{
  FOUND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
append (GMenu *menu, const char *label, const char *action)
{
  g_menu_append (menu, label, action);
}

/* Only what would change something. */
static void
show_menu (CsCompanyFlagRow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) pins = g_menu_new ();
  g_autoptr (GMenu) rest = g_menu_new ();

  if (self->found->pinned <= 0)
    append (pins, _("_Always Has It"), "company-flag.pin-in");
  if (self->found->pinned >= 0)
    append (pins, _("_Never Has It"), "company-flag.pin-out");
  if (self->found->pinned != 0)
    append (pins, _("_Unpin"), "company-flag.unpin");
  append (rest, _("Update the S_tage…"), "company-flag.update");
  append (rest, _("_Show the Flag"), "company-flag.show");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (pins));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (rest));
  gtk_menu_button_set_menu_model (self->menu, G_MENU_MODEL (menu));
}

static void
show_found (CsCompanyFlagRow *self)
{
  CsPeople *people = cs_workspace_get_people (self->workspace);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *state = cs_company_words_state (self->found);
  g_autofree char *done = cs_company_words_people (self->found, people);
  g_autofree char *pin = cs_company_words_pin (self->found);

  g_string_append (text, state);
  if (pin != NULL)
    g_string_append_printf (text, "\n%s", pin);
  if (done != NULL)
    g_string_append_printf (text, "\n%s", done);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text->str);
  gtk_image_set_from_icon_name (self->icon,
                                self->found->on ? "cs-passed-symbolic" : "cs-todo-symbolic");
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "status-passed");
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "status-todo");
  gtk_widget_add_css_class (GTK_WIDGET (self->icon),
                            self->found->on ? "status-passed" : "status-todo");
  show_menu (self);
}

static CsCompanyFlag *
finish (CsCompanyFlagRow *self, GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  CsCompanyFlag *found = cs_company_flag_find_finish (CS_FLAG (source), result, &error);

  if (found == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self), error->message);
  if (found != NULL)
    {
      g_clear_pointer (&self->found, cs_company_flag_free);
      self->found = found;
    }
  return found;
}

static void
history_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsCompanyFlagRow) self = user_data;

  if (finish (self, source, result) == NULL)
    return;
  self->complete = TRUE;
  g_signal_emit (self, signals[FOUND], 0);
}

/* How it is now is known soon; how it ever was takes as long as there are changes. */
static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsCompanyFlagRow) self = user_data;

  if (finish (self, source, result) == NULL)
    return;
  show_found (self);
  cs_company_flag_find_history_async (CS_FLAG (source), self->company, self->cancellable,
                                      history_cb, g_object_ref (self));
}

/* A flag changes rarely, but the window looks at it often. */
static void
changed_cb (CsCompanyFlagRow *self)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);
  CsFlag *flag = rollout != NULL ? cs_rollout_get_flag (rollout) : NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->menu), flag != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "company-flag.update",
                                 cs_rollout_entry_get_update (self->entry) != NULL &&
                                   !cs_rollout_entry_is_busy (self->entry));
  if (flag == NULL)
    {
      const GError *error = cs_rollout_entry_get_error (self->entry);

      adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                                   error != NULL ? error->message : _("Being read…"));
      return;
    }
  if (cs_flag_get_n_records (flag) == self->asked)
    return;
  self->asked = cs_flag_get_n_records (flag);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  cs_company_flag_find_async (flag, self->company, self->cancellable, found_cb,
                              g_object_ref (self));
}

static void
pin_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsCompanyFlagRow *self = CS_COMPANY_FLAG_ROW (widget);

  cs_company_pins_set (widget, self->entry, self->company,
                       g_str_equal (name, "company-flag.pin-in")    ? CS_COMPANY_PIN_IN
                       : g_str_equal (name, "company-flag.pin-out") ? CS_COMPANY_PIN_OUT
                                                                    : CS_COMPANY_PIN_NONE);
}

static void
update_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsCompanyFlagRow *self = CS_COMPANY_FLAG_ROW (widget);
  const CsStage *stage =
    cs_flag_get_stage (cs_rollout_get_flag (cs_rollout_entry_get_rollout (self->entry)));

  if (stage != NULL)
    cs_plan_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->workspace,
                            self->entry, stage->id);
}

static void
show_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "rollouts.flag", "s",
                              cs_rollout_entry_get_key (CS_COMPANY_FLAG_ROW (widget)->entry));
}

static void
cs_company_flag_row_dispose (GObject *object)
{
  CsCompanyFlagRow *self = CS_COMPANY_FLAG_ROW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->entry != NULL)
    g_signal_handlers_disconnect_by_data (self->entry, self);
  g_clear_object (&self->entry);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (cs_company_flag_row_parent_class)->dispose (object);
}

static void
cs_company_flag_row_finalize (GObject *object)
{
  CsCompanyFlagRow *self = CS_COMPANY_FLAG_ROW (object);

  g_object_unref (self->cancellable);
  g_free (self->company);
  g_clear_pointer (&self->found, cs_company_flag_free);
  G_OBJECT_CLASS (cs_company_flag_row_parent_class)->finalize (object);
}

static void
cs_company_flag_row_class_init (CsCompanyFlagRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_company_flag_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_company_flag_row_finalize;
  signals[FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "company-flag.pin-in", NULL, pin_cb);
  gtk_widget_class_install_action (widget_class, "company-flag.pin-out", NULL, pin_cb);
  gtk_widget_class_install_action (widget_class, "company-flag.unpin", NULL, pin_cb);
  gtk_widget_class_install_action (widget_class, "company-flag.update", NULL, update_cb);
  gtk_widget_class_install_action (widget_class, "company-flag.show", NULL, show_cb);
}

static void
cs_company_flag_row_init (CsCompanyFlagRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->asked = -1;
  self->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             "icon-name", "cs-todo-symbolic", NULL);
  self->menu = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_icon_name (self->menu, "view-more-symbolic");
  gtk_widget_set_valign (GTK_WIDGET (self->menu), GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (self->menu), "flat");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->icon));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->menu));
}

/** cs_company_flag_row_new: (skip): (transfer floating): follows the flag. */
GtkWidget *
cs_company_flag_row_new (CsWorkspace *workspace, CsRolloutEntry *entry, const char *company)
{
  CsCompanyFlagRow *self = g_object_new (CS_TYPE_COMPANY_FLAG_ROW, NULL);
  g_autofree char *words =
    g_strdup_printf (_("More About “%s”"), cs_rollout_entry_get_key (entry));

  self->workspace = g_object_ref (workspace);
  self->entry = g_object_ref (entry);
  self->company = g_strdup (company);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), cs_rollout_entry_get_key (entry));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
  g_signal_connect_object (entry, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);
  return GTK_WIDGET (self);
}

/** cs_company_flag_row_get_entry: (skip): (transfer none): the flag. */
CsRolloutEntry *
cs_company_flag_row_get_entry (CsCompanyFlagRow *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_FLAG_ROW (self), NULL);

  return self->entry;
}

/** cs_company_flag_row_get_found: (skip): (transfer none) (nullable): what it is and was. */
const CsCompanyFlag *
cs_company_flag_row_get_found (CsCompanyFlagRow *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_FLAG_ROW (self), NULL);

  return self->complete ? self->found : NULL;
}
