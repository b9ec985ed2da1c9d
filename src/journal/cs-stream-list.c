/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one stream says, as a list that follows it: the fold of its records. */

#define G_LOG_DOMAIN "cs-journal"

#include "cs-stream-list.h"

typedef struct
{
  CsStore *store;
  GPtrArray *items;
  gint64 next_n; /* of the record that is folded next */
} CsStreamListPrivate;

static void cs_stream_list_list_model_init (GListModelInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (CsStreamList,
                                  cs_stream_list,
                                  G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (CsStreamList)
                                    G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                           cs_stream_list_list_model_init))

static CsStreamListPrivate *
get_private (gpointer self)
{
  return cs_stream_list_get_instance_private (CS_STREAM_LIST (self));
}

static void
fold_one (CsStreamList *self, CsRecord *record)
{
  CsStreamListPrivate *priv = get_private (self);
  CsStreamListClass *klass = CS_STREAM_LIST_GET_CLASS (self);

  if (cs_record_get_n (record) != priv->next_n)
    return;
  priv->next_n++;
  if (!klass->fold (self, record))
    g_warning ("Record %" G_GINT64_FORMAT " of the stream “%s” makes no sense; it changes nothing",
               cs_record_get_n (record),
               klass->stream);
}

/**
 * cs_stream_list_fold:
 * @records: (element-type CsRecord): of the stream, in order
 *
 * Folds those of the records that are not folded yet.
 */
void
cs_stream_list_fold (CsStreamList *self, GPtrArray *records)
{
  g_return_if_fail (CS_IS_STREAM_LIST (self));

  for (guint i = 0; i < records->len; i++)
    fold_one (self, g_ptr_array_index (records, i));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_stream_list_fold (g_task_get_source_object (task), records);
  g_task_return_boolean (task, TRUE);
}

/**
 * cs_stream_list_catch_up_async:
 *
 * Reads and folds what is not folded yet.
 */
void
cs_stream_list_catch_up_async (CsStreamList *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  CsStreamListPrivate *priv = get_private (self);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_stream_list_catch_up_async);
  cs_store_read_async (
    priv->store, CS_STREAM_LIST_GET_CLASS (self)->stream, priv->next_n, cancellable, read_cb, task);
}

/** cs_stream_list_catch_up_finish: %TRUE when all is folded; else the error of the reading. */
gboolean
cs_stream_list_catch_up_finish (CsStreamList *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
gap_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStreamList *self = CS_STREAM_LIST (source);
  g_autoptr (GError) error = NULL;

  if (!cs_stream_list_catch_up_finish (self, result, &error))
    g_warning ("The stream “%s” could not be read: %s",
               CS_STREAM_LIST_GET_CLASS (self)->stream,
               error->message);
}

static void
appended_cb (CsStreamList *self, CsRecord *record)
{
  CsStreamListPrivate *priv = get_private (self);

  if (!g_str_equal (cs_record_get_stream (record), CS_STREAM_LIST_GET_CLASS (self)->stream))
    return;
  if (cs_record_get_n (record) > priv->next_n)
    cs_stream_list_catch_up_async (self, NULL, gap_closed_cb, NULL);
  else
    fold_one (self, record);
}

static GType
cs_stream_list_get_item_type (GListModel *model)
{
  return CS_STREAM_LIST_GET_CLASS (model)->item_type;
}

static guint
cs_stream_list_get_n_items (GListModel *model)
{
  return get_private (model)->items->len;
}

static gpointer
cs_stream_list_get_item (GListModel *model, guint position)
{
  GPtrArray *items = get_private (model)->items;

  return position < items->len ? g_object_ref (g_ptr_array_index (items, position)) : NULL;
}

static void
cs_stream_list_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cs_stream_list_get_item_type;
  iface->get_n_items = cs_stream_list_get_n_items;
  iface->get_item = cs_stream_list_get_item;
}

static void
cs_stream_list_dispose (GObject *object)
{
  g_clear_object (&get_private (object)->store);

  G_OBJECT_CLASS (cs_stream_list_parent_class)->dispose (object);
}

static void
cs_stream_list_finalize (GObject *object)
{
  g_ptr_array_unref (get_private (object)->items);

  G_OBJECT_CLASS (cs_stream_list_parent_class)->finalize (object);
}

static void
cs_stream_list_class_init (CsStreamListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_stream_list_dispose;
  object_class->finalize = cs_stream_list_finalize;
}

static void
cs_stream_list_init (CsStreamList *self)
{
  get_private (self)->items = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_stream_list_catch_up_finish (CS_STREAM_LIST (source), result, &error))
    g_task_return_pointer (task, g_object_ref (source), g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_stream_list_load_async:
 * @type: a type derived from #CsStreamList
 * @store: the journal
 *
 * Folds the stream into a new list, which follows the store from then on in the main context of
 * this call.
 */
void
cs_stream_list_load_async (GType type,
                           CsStore *store,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (CsStreamList) self = NULL;
  GTask *task;

  g_return_if_fail (CS_IS_STORE (store));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_stream_list_load_async);
  self = g_object_new (type, NULL);
  get_private (self)->store = g_object_ref (store);
  g_signal_connect_object (store, "appended", G_CALLBACK (appended_cb), self, G_CONNECT_SWAPPED);
  cs_stream_list_catch_up_async (self, cancellable, loaded_cb, task);
}

/** cs_stream_list_load_finish: (transfer full): the list; errors as cs_store_read_finish(). */
gpointer
cs_stream_list_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_stream_list_get_store: (transfer none): the journal that it follows. */
CsStore *
cs_stream_list_get_store (CsStreamList *self)
{
  g_return_val_if_fail (CS_IS_STREAM_LIST (self), NULL);

  return get_private (self)->store;
}

/** cs_stream_list_get_next_n: the number of the record that comes next. */
gint64
cs_stream_list_get_next_n (CsStreamList *self)
{
  g_return_val_if_fail (CS_IS_STREAM_LIST (self), -1);

  return get_private (self)->next_n;
}

/** cs_stream_list_get_items: (transfer none): the items, not to be changed directly. */
GPtrArray *
cs_stream_list_get_items (CsStreamList *self)
{
  g_return_val_if_fail (CS_IS_STREAM_LIST (self), NULL);

  return get_private (self)->items;
}

/** cs_stream_list_add: adds an item (transfer full) at the end. */
void
cs_stream_list_add (CsStreamList *self, gpointer item)
{
  GPtrArray *items = get_private (self)->items;

  g_ptr_array_add (items, item);
  g_list_model_items_changed (G_LIST_MODEL (self), items->len - 1, 0, 1);
}

/** cs_stream_list_remove: takes an item away. */
void
cs_stream_list_remove (CsStreamList *self, guint position)
{
  g_ptr_array_remove_index (get_private (self)->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/** cs_stream_list_changed: says that an item is not what it was. */
void
cs_stream_list_changed (CsStreamList *self, guint position)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 1);
}
