/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person chooses the environment that a target serves. */

#define G_LOG_DOMAIN "cs-environment-row"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-environment-row.h"

/* The first one means: none. Deployments, records and runbooks use the words on the left. */
static const struct
{
  const char *id;
  const char *title;
} environments[] = {
  { NULL, N_("Any") },
  { "production", N_("Production") },
  { "staging", N_("Staging") },
  { "testing", N_("Testing") },
  { "development", N_("Development") },
};

struct _CsEnvironmentRow
{
  AdwComboRow parent_instance;

  GPtrArray *others; /* char *: those that none of ours is, as they follow them */
};

G_DEFINE_FINAL_TYPE (CsEnvironmentRow, cs_environment_row, ADW_TYPE_COMBO_ROW)

static void
cs_environment_row_finalize (GObject *object)
{
  g_ptr_array_unref (CS_ENVIRONMENT_ROW (object)->others);
  G_OBJECT_CLASS (cs_environment_row_parent_class)->finalize (object);
}

static void
cs_environment_row_class_init (CsEnvironmentRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_environment_row_finalize;
}

static void
cs_environment_row_init (CsEnvironmentRow *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  self->others = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (environments); i++)
    gtk_string_list_append (titles, _(environments[i].title));
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (titles));
}

/**
 * cs_environment_row_get:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the environment that is chosen; %NULL if any is
 */
const char *
cs_environment_row_get (CsEnvironmentRow *self)
{
  guint selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self));

  g_return_val_if_fail (CS_IS_ENVIRONMENT_ROW (self), NULL);

  if (selected < G_N_ELEMENTS (environments))
    return environments[selected].id;
  selected -= G_N_ELEMENTS (environments);
  return selected < self->others->len ? g_ptr_array_index (self->others, selected) : NULL;
}

/**
 * cs_environment_row_set:
 * @self: a row
 * @environment: (nullable): what to choose; one that is not among ours is added to them
 */
void
cs_environment_row_set (CsEnvironmentRow *self, const char *environment)
{
  AdwComboRow *row = ADW_COMBO_ROW (self);
  guint position;

  g_return_if_fail (CS_IS_ENVIRONMENT_ROW (self));

  for (guint i = 0; i < G_N_ELEMENTS (environments); i++)
    if (g_strcmp0 (environments[i].id, environment) == 0)
      {
        adw_combo_row_set_selected (row, i);
        return;
      }
  if (!g_ptr_array_find_with_equal_func (self->others, environment, g_str_equal, &position))
    {
      position = self->others->len;
      g_ptr_array_add (self->others, g_strdup (environment));
      gtk_string_list_append (GTK_STRING_LIST (adw_combo_row_get_model (row)), environment);
    }
  adw_combo_row_set_selected (row, G_N_ELEMENTS (environments) + position);
}
