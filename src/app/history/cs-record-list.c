/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records that answer a query, newest first, fetched page by page and kept up to date. */

#define G_LOG_DOMAIN "cs-record-list"

#include "config.h"

#include "cs-record-list.h"

/* The first page fills a window, and no more: a list makes widgets for whatever it has, up to two
 * hundred rows, and who types a word waits for all of them. The next ones are for who scrolls. */
#define FIRST_PAGE_SIZE 40
#define PAGE_SIZE 300
/* New records are fetched together when they come fast (a step that prints, an import). */
#define FOLLOW_DELAY_MS 100

struct _CsRecordList
{
  GObject parent_instance;

  CsStore *store;
  CsQuery *query;
  GPtrArray *records; /* newest first */
  GCancellable *cancellable;
  guint follow_source;
  guint asked; /* how many records the page that is on its way was asked for */
  gboolean loading;
  gboolean replacing; /* what is here answers an older query, until the first page comes */
  gboolean following;
  gboolean follow_again;
  gboolean complete;
};

static void follow (CsRecordList *self);
static GType cs_record_list_get_item_type (GListModel *model);
static guint cs_record_list_get_n_items (GListModel *model);
static gpointer cs_record_list_get_item (GListModel *model, guint position);

static void
cs_record_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cs_record_list_get_item_type;
  iface->get_n_items = cs_record_list_get_n_items;
  iface->get_item = cs_record_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CsRecordList, cs_record_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      cs_record_list_model_init))

enum
{
  PROP_0,
  PROP_LOADING,
  N_PROPS,
};

enum
{
  SIGNAL_FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_loading (CsRecordList *self, gboolean loading)
{
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

/* Whether the answer belongs to a query that has been replaced since. */
static gboolean
is_stale (GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gint64
get_newest_seq (CsRecordList *self)
{
  if (self->records->len == 0)
    return -1;
  return cs_record_get_seq (g_ptr_array_index (self->records, 0));
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRecordList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) page = cs_store_query_finish (CS_STORE (source), result, &error);
  guint position = self->records->len;
  guint n_removed = 0;

  if (page == NULL && is_stale (error))
    return;
  if (self->replacing)
    {
      g_ptr_array_set_size (self->records, 0);
      self->replacing = FALSE;
      n_removed = position;
      position = 0;
    }
  if (page == NULL)
    {
      if (n_removed > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), 0, n_removed, 0);
      /* Not complete, but asking again at once would fail again. */
      self->complete = TRUE;
      set_loading (self, FALSE);
      g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
      return;
    }
  self->complete = page->len < self->asked;
  for (guint i = 0; i < page->len; i++)
    g_ptr_array_add (self->records, g_object_ref (g_ptr_array_index (page, i)));
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, page->len);
  set_loading (self, FALSE);
}

/* Rows stay until others take their place, so that nothing blinks at each letter that is typed. */
static void
restart (CsRecordList *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->following = FALSE;
  self->follow_again = FALSE;
  g_clear_handle_id (&self->follow_source, g_source_remove);
  self->replacing = TRUE;
  self->complete = FALSE;
  self->loading = FALSE;
  cs_record_list_load_more (self);
}

/* Puts the records that are newer than the newest one here on top; a page that holds nothing else
 * means that more were missed than it can hold, so everything is read again. */
static void
newest_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRecordList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) page = cs_store_query_finish (CS_STORE (source), result, &error);
  gint64 newest = get_newest_seq (self);
  guint n_new = 0;

  if (page == NULL && is_stale (error))
    return;
  self->following = FALSE;
  if (page == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
      return;
    }
  while (n_new < page->len && cs_record_get_seq (g_ptr_array_index (page, n_new)) > newest)
    n_new++;
  if (n_new == PAGE_SIZE)
    {
      restart (self);
      return;
    }
  for (guint i = 0; i < n_new; i++)
    g_ptr_array_insert (self->records, i, g_object_ref (g_ptr_array_index (page, i)));
  if (n_new > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_new);
  if (self->follow_again)
    follow (self);
}

static void
follow (CsRecordList *self)
{
  g_autoptr (CsQuery) query = cs_query_copy (self->query);

  self->follow_again = FALSE;
  self->following = TRUE;
  query->limit = PAGE_SIZE;
  cs_store_query_async (self->store, query, self->cancellable, newest_cb, g_object_ref (self));
}

static gboolean
follow_cb (gpointer user_data)
{
  CsRecordList *self = user_data;

  self->follow_source = 0;
  /* The first page is on its way and will hold them. */
  if (self->replacing)
    self->follow_source = g_timeout_add (FOLLOW_DELAY_MS, follow_cb, self);
  else if (self->following)
    self->follow_again = TRUE;
  else
    follow (self);
  return G_SOURCE_REMOVE;
}

static void
appended_cb (CsRecordList *self)
{
  if (self->query != NULL && self->follow_source == 0)
    self->follow_source = g_timeout_add (FOLLOW_DELAY_MS, follow_cb, self);
}

static GType
cs_record_list_get_item_type (GListModel *model)
{
  return CS_TYPE_RECORD;
}

static guint
cs_record_list_get_n_items (GListModel *model)
{
  return CS_RECORD_LIST (model)->records->len;
}

static gpointer
cs_record_list_get_item (GListModel *model, guint position)
{
  CsRecordList *self = CS_RECORD_LIST (model);

  if (position >= self->records->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->records, position));
}

static void
cs_record_list_dispose (GObject *object)
{
  CsRecordList *self = CS_RECORD_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->follow_source, g_source_remove);
  G_OBJECT_CLASS (cs_record_list_parent_class)->dispose (object);
}

static void
cs_record_list_finalize (GObject *object)
{
  CsRecordList *self = CS_RECORD_LIST (object);

  g_clear_object (&self->store);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->query, cs_query_free);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  G_OBJECT_CLASS (cs_record_list_parent_class)->finalize (object);
}

static void
cs_record_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, CS_RECORD_LIST (object)->loading);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_record_list_class_init (CsRecordListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_record_list_dispose;
  object_class->finalize = cs_record_list_finalize;
  object_class->get_property = cs_record_list_get_property;

  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_FAILED] = g_signal_new ("failed", CS_TYPE_RECORD_LIST, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cs_record_list_init (CsRecordList *self)
{
  self->records = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

/**
 * cs_record_list_new:
 * @store: where the records are
 *
 * An empty list, until it is given a query.
 *
 * Returns: (transfer full): the list
 */
CsRecordList *
cs_record_list_new (CsStore *store)
{
  CsRecordList *self = g_object_new (CS_TYPE_RECORD_LIST, NULL);

  g_return_val_if_fail (CS_IS_STORE (store), NULL);
  self->store = g_object_ref (store);
  g_signal_connect_object (store, "appended", G_CALLBACK (appended_cb), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * cs_record_list_set_query:
 * @self: a list
 * @query: what to look for; its `before` and `limit` are the list's own business
 *
 * Fetches the first page of the answer, which then takes the place of all that is in the list.
 */
void
cs_record_list_set_query (CsRecordList *self, const CsQuery *query)
{
  g_return_if_fail (CS_IS_RECORD_LIST (self));
  g_return_if_fail (query != NULL);

  g_clear_pointer (&self->query, cs_query_free);
  self->query = cs_query_copy (query);
  self->query->before = G_MAXINT64;
  restart (self);
}

/**
 * cs_record_list_load_more:
 * @self: a list
 *
 * Fetches the next page, unless one is on its way or there is none.
 */
void
cs_record_list_load_more (CsRecordList *self)
{
  g_autoptr (CsQuery) query = NULL;

  g_return_if_fail (CS_IS_RECORD_LIST (self));

  if (self->query == NULL || self->loading || self->complete)
    return;
  query = cs_query_copy (self->query);
  self->asked = self->records->len > 0 && !self->replacing ? PAGE_SIZE : FIRST_PAGE_SIZE;
  query->limit = self->asked;
  if (self->records->len > 0 && !self->replacing)
    query->before = cs_record_get_seq (g_ptr_array_index (self->records, self->records->len - 1));
  set_loading (self, TRUE);
  cs_store_query_async (self->store, query, self->cancellable, page_cb, g_object_ref (self));
}

/**
 * cs_record_list_get_loading:
 * @self: a list
 *
 * Returns: whether a page is on its way
 */
gboolean
cs_record_list_get_loading (CsRecordList *self)
{
  g_return_val_if_fail (CS_IS_RECORD_LIST (self), FALSE);

  return self->loading;
}

/**
 * cs_record_list_get_complete:
 * @self: a list
 *
 * Returns: whether the oldest answer is here
 */
gboolean
cs_record_list_get_complete (CsRecordList *self)
{
  g_return_val_if_fail (CS_IS_RECORD_LIST (self), FALSE);

  return self->complete;
}
