/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a part of a runbook consists of: a list that is filled once and never changes again.
 *
 * A document has thousands of them, most with few items or none. A #GListStore keeps a tree for
 * what may come and go; here nothing does. */

#include "cs-items.h"

#define FIRST_SIZE 4

struct _CsItems
{
  GObject parent_instance;
  GType type;
  GObject **items; /* referenced; NULL: none yet */
  guint length;
  guint size;
};

static void cs_items_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsItems, cs_items, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      cs_items_list_model_init))

static GType
cs_items_get_item_type (GListModel *model)
{
  return CS_ITEMS (model)->type;
}

static guint
cs_items_get_n_items (GListModel *model)
{
  return CS_ITEMS (model)->length;
}

static gpointer
cs_items_get_item (GListModel *model, guint position)
{
  CsItems *self = CS_ITEMS (model);

  return position < self->length ? g_object_ref (self->items[position]) : NULL;
}

static void
cs_items_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cs_items_get_item_type;
  iface->get_n_items = cs_items_get_n_items;
  iface->get_item = cs_items_get_item;
}

static void
cs_items_finalize (GObject *object)
{
  CsItems *self = CS_ITEMS (object);

  for (guint i = 0; i < self->length; i++)
    g_object_unref (self->items[i]);
  g_free (self->items);
  G_OBJECT_CLASS (cs_items_parent_class)->finalize (object);
}

static void
cs_items_class_init (CsItemsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_items_finalize;
}

static void
cs_items_init (CsItems *self)
{
}

/**
 * cs_items_new:
 * @type: of the items
 *
 * Returns: (transfer full): a list without items
 */
CsItems *
cs_items_new (GType type)
{
  CsItems *self = g_object_new (CS_TYPE_ITEMS, NULL);

  self->type = type;
  return self;
}

/**
 * cs_items_add:
 * @item: (transfer none) (type GObject): of the type of the list
 *
 * Adds an item at the end, before anybody else knows the list: nobody is told of it.
 */
void
cs_items_add (CsItems *self, gpointer item)
{
  g_return_if_fail (CS_IS_ITEMS (self));
  g_return_if_fail (g_type_is_a (G_OBJECT_TYPE (item), self->type));

  if (self->length == self->size)
    {
      self->size = MAX (FIRST_SIZE, self->size * 2);
      self->items = g_renew (GObject *, self->items, self->size);
    }
  self->items[self->length++] = g_object_ref (item);
}

/* Adds an item to a list that is made when it gets its first one. */
void
cs_items_add_to (CsItems **self, GType type, gpointer item)
{
  if (*self == NULL)
    *self = cs_items_new (type);
  cs_items_add (*self, item);
}

/**
 * cs_items_or_none:
 * @self: (nullable): a list
 * @none: (inout): the list without items that stands for all of @type that there are not; made when
 *   it is first asked for, in any thread, and kept
 *
 * Returns: (transfer none): the list, or the one without items
 */
GListModel *
cs_items_or_none (CsItems *self, GType type, CsItems **none)
{
  if (self != NULL)
    return G_LIST_MODEL (self);
  if (g_once_init_enter (none))
    g_once_init_leave (none, cs_items_new (type));
  return G_LIST_MODEL (*none);
}
