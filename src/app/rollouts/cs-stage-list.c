/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stages of a flag while they are being put together: added, edited, moved, taken away. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-stage-list.h"

#include "cs-json.h"
#include "cs-rollout-words.h"
#include "cs-stage-dialog.h"
#include "cs-stage.h"

#include <glib/gi18n.h>

struct _CsStageList
{
  AdwPreferencesGroup parent_instance;

  JsonArray *stages;
  CsCompanyList *companies; /* NULL */
  CsWatch *watch;           /* NULL */
  char *present;            /* NULL */
  GPtrArray *rows;          /* unowned */
  guint edited;             /* index of the stage that the dialog is about */
};

G_DEFINE_FINAL_TYPE (CsStageList, cs_stage_list, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void show_stages (CsStageList *self);

/* With one stage put to another place (or left out, or added); what stands in a JsonArray can't be
 * moved. */
static void
take_stages (CsStageList *self, GPtrArray *list)
{
  JsonArray *stages = json_array_new ();

  for (guint i = 0; i < list->len; i++)
    json_array_add_object_element (stages, json_object_ref (list->pdata[i]));
  json_array_unref (self->stages);
  self->stages = stages;
  show_stages (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static GPtrArray *
list_stages (CsStageList *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);

  for (guint i = 0; i < json_array_get_length (self->stages); i++)
    g_ptr_array_add (list, json_object_ref (json_array_get_object_element (self->stages, i)));
  return list;
}

static void
edited_cb (CsStageList *self, JsonObject *stage)
{
  g_autoptr (GPtrArray) list = list_stages (self);

  if (self->edited < list->len)
    g_ptr_array_remove_index (list, self->edited);
  g_ptr_array_insert (list, (int) MIN (self->edited, list->len), json_object_ref (stage));
  take_stages (self, list);
}

static void
ask (CsStageList *self, guint index)
{
  JsonObject *stage = index < json_array_get_length (self->stages)
                        ? json_array_get_object_element (self->stages, index)
                        : NULL;
  CsStageDialog *dialog = cs_stage_dialog_new (
    GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), stage, self->companies, self->watch);

  self->edited = index;
  g_signal_connect_object (dialog, "done", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask (CS_STAGE_LIST (widget), G_MAXUINT);
}

static void
edit_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask (CS_STAGE_LIST (widget), g_variant_get_uint32 (parameter));
}

static void
row_activated_cb (CsStageList *self, GtkWidget *row)
{
  guint index;

  if (g_ptr_array_find (self->rows, row, &index))
    ask (self, index);
}

static void
move (CsStageList *self, guint from, guint to)
{
  g_autoptr (GPtrArray) list = list_stages (self);

  if (from >= list->len || to >= list->len)
    return;
  g_ptr_array_insert (list, (int) to, g_ptr_array_steal_index (list, from));
  take_stages (self, list);
}

static void
up_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  guint index = g_variant_get_uint32 (parameter);

  if (index > 0)
    move (CS_STAGE_LIST (widget), index, index - 1);
}

static void
down_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  guint index = g_variant_get_uint32 (parameter);

  move (CS_STAGE_LIST (widget), index, index + 1);
}

static void
remove_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsStageList *self = CS_STAGE_LIST (widget);
  guint index = g_variant_get_uint32 (parameter);
  g_autoptr (GPtrArray) list = list_stages (self);

  if (index >= list->len)
    return;
  g_ptr_array_remove_index (list, index);
  take_stages (self, list);
}

static void
append (GMenu *menu, const char *label, const char *action, guint index)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "u", index);
  g_menu_append_item (menu, item);
}

static GtkWidget *
new_menu (CsStageList *self, JsonObject *stage, guint index)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *words =
    g_strdup_printf (_("More About “%s”"), cs_json_get_string (stage, "title"));
  GtkWidget *button;

  append (menu, _("_Edit…"), "stages.edit", index);
  if (index > 0)
    append (menu, _("Move _Up"), "stages.up", index);
  if (index + 1 < json_array_get_length (self->stages))
    append (menu, _("Move _Down"), "stages.down", index);
  /* What it is in can't be taken away. */
  if (self->present == NULL ||
      g_strcmp0 (cs_json_get_string (stage, "id"), self->present) != 0)
    append (menu, _("_Remove"), "stages.remove", index);
  button = g_object_new (GTK_TYPE_MENU_BUTTON, "icon-name", "view-more-symbolic", "menu-model",
                         menu, "valign", GTK_ALIGN_CENTER, "tooltip-text", words, NULL);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  return button;
}

static void
show_stage (CsStageList *self, JsonObject *object, guint index)
{
  g_autoptr (CsStage) stage = cs_stage_new_from_json (object, NULL);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *words =
    stage != NULL ? cs_rollout_words_plan (stage, self->companies) : NULL;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), cs_json_get_string (object, "title"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_menu (self, object, index));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_signal_connect_object (row, "activated", G_CALLBACK (row_activated_cb), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

static void
show_stages (CsStageList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < json_array_get_length (self->stages); i++)
    show_stage (self, json_array_get_object_element (self->stages, i), i);
}

static void
cs_stage_list_dispose (GObject *object)
{
  g_clear_object (&CS_STAGE_LIST (object)->watch);
  G_OBJECT_CLASS (cs_stage_list_parent_class)->dispose (object);
}

static void
cs_stage_list_finalize (GObject *object)
{
  CsStageList *self = CS_STAGE_LIST (object);

  json_array_unref (self->stages);
  g_clear_pointer (&self->companies, cs_company_list_unref);
  g_free (self->present);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (cs_stage_list_parent_class)->finalize (object);
}

static void
cs_stage_list_class_init (CsStageListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_stage_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_stage_list_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "stages.add", NULL, add_cb);
  gtk_widget_class_install_action (widget_class, "stages.edit", "u", edit_cb);
  gtk_widget_class_install_action (widget_class, "stages.up", "u", up_cb);
  gtk_widget_class_install_action (widget_class, "stages.down", "u", down_cb);
  gtk_widget_class_install_action (widget_class, "stages.remove", "u", remove_cb);
}

static void
cs_stage_list_init (CsStageList *self)
{
  GtkWidget *add = gtk_button_new_with_label (_("Add a Stage…"));

  self->stages = json_array_new ();
  self->rows = g_ptr_array_new ();
  gtk_widget_set_valign (add, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (add), "stages.add");
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Stages"));
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), add);
}

/** cs_stage_list_set_context: (skip): what a stage is put together from. */
void
cs_stage_list_set_context (CsStageList *self,
                           CsCompanyList *companies,
                           CsWatch *watch,
                           const char *present)
{
  g_return_if_fail (CS_IS_STAGE_LIST (self));

  g_clear_pointer (&self->companies, cs_company_list_unref);
  self->companies = companies != NULL ? cs_company_list_ref (companies) : NULL;
  g_set_object (&self->watch, watch);
  g_free (self->present);
  self->present = g_strdup (present);
  show_stages (self);
}

/** cs_stage_list_set_stages: (skip): shows these, without telling anyone. */
void
cs_stage_list_set_stages (CsStageList *self, JsonArray *stages)
{
  g_return_if_fail (CS_IS_STAGE_LIST (self) && stages != NULL);

  json_array_ref (stages);
  json_array_unref (self->stages);
  self->stages = stages;
  show_stages (self);
}

/** cs_stage_list_get_stages: (skip): (transfer none): as they stand there now. */
JsonArray *
cs_stage_list_get_stages (CsStageList *self)
{
  g_return_val_if_fail (CS_IS_STAGE_LIST (self), NULL);

  return self->stages;
}
