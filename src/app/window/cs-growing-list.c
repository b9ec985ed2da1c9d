/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A long list that comes into a view in portions, between which the window answers. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-growing-list.h"

#include <gtk/gtk.h>

/* About half a screen. */
#define PORTION 12
/* GtkListView makes up to 200 rows, whatever can be seen; more items cost it nothing. */
#define ENOUGH 240
/* A frame and a half. */
#define INTERVAL_MILLISECONDS 25

static gboolean
grow_cb (gpointer user_data)
{
  GtkSliceListModel *slice = user_data;
  guint size = gtk_slice_list_model_get_size (slice);

  if (size < ENOUGH && size < g_list_model_get_n_items (gtk_slice_list_model_get_model (slice)))
    {
      gtk_slice_list_model_set_size (slice, size + PORTION);
      return G_SOURCE_CONTINUE;
    }
  gtk_slice_list_model_set_size (slice, G_MAXUINT);
  return G_SOURCE_REMOVE;
}

/**
 * cs_growing_list_new: (skip)
 * @model: a list
 *
 * A view makes widgets for the first two hundred items of its list at once, and measures each of
 * them; with rows of some size that takes longer than a few frames.
 *
 * Returns: (transfer full): a list that has some of @model at first, and soon all of it
 */
GListModel *
cs_growing_list_new (GListModel *model)
{
  GtkSliceListModel *slice = gtk_slice_list_model_new (g_object_ref (model), 0, PORTION);

  g_return_val_if_fail (G_IS_LIST_MODEL (model), NULL);

  g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, INTERVAL_MILLISECONDS, grow_cb, g_object_ref (slice),
                      g_object_unref);
  return G_LIST_MODEL (slice);
}
