/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runbooks of a workspace: the fold of the streams runbook/<digest>. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-library.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define STREAM_PREFIX "runbook/"
/* More versions than this are in History, not in the list. */
#define MAX_ENTRIES 10000

struct _CsLibraryEntry
{
  GObject parent;

  char *digest;
  char *title;
  char *name;
  gint64 added_at;
};

G_DEFINE_FINAL_TYPE (CsLibraryEntry, cs_library_entry, G_TYPE_OBJECT)

struct _CsLibrary
{
  GObject parent;

  CsStore *store;
  gulong appended_handler;
  GPtrArray *entries; /* newest first */
};

static void cs_library_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsLibrary,
                               cs_library,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, cs_library_list_model_init))

static CsLibraryEntry *
find_entry (CsLibrary *self, const char *digest)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      CsLibraryEntry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (entry->digest, digest) == 0)
        return entry;
    }
  return NULL;
}

static void
fold (CsLibrary *self, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *stream = cs_record_get_stream (record);
  const char *digest = stream + strlen (STREAM_PREFIX);
  CsLibraryEntry *entry;

  if (strcmp (cs_record_get_kind (record), "runbook-added") != 0 ||
      find_entry (self, digest) != NULL)
    return;
  entry = g_object_new (CS_TYPE_LIBRARY_ENTRY, NULL);
  entry->digest = g_strdup (digest);
  entry->title = g_strdup (cs_json_get_string (body, "title"));
  entry->name = g_strdup (cs_json_get_string (body, "name"));
  entry->added_at = cs_record_get_at (record);
  g_ptr_array_insert (self->entries, 0, entry);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
}

static void
appended_cb (CsStore *store, CsRecord *record, gpointer data)
{
  if (g_str_has_prefix (cs_record_get_stream (record), STREAM_PREFIX))
    fold (data, record);
}

static GType
cs_library_get_item_type (GListModel *model)
{
  return CS_TYPE_LIBRARY_ENTRY;
}

static guint
cs_library_get_n_items (GListModel *model)
{
  return CS_LIBRARY (model)->entries->len;
}

static gpointer
cs_library_get_item (GListModel *model, guint position)
{
  CsLibrary *self = CS_LIBRARY (model);

  return position < self->entries->len
             ? g_object_ref (g_ptr_array_index (self->entries, position))
             : NULL;
}

static void
cs_library_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cs_library_get_item_type;
  iface->get_n_items = cs_library_get_n_items;
  iface->get_item = cs_library_get_item;
}

static void
cs_library_dispose (GObject *object)
{
  CsLibrary *self = CS_LIBRARY (object);

  g_clear_signal_handler (&self->appended_handler, self->store);
  g_clear_object (&self->store);
  g_clear_pointer (&self->entries, g_ptr_array_unref);

  G_OBJECT_CLASS (cs_library_parent_class)->dispose (object);
}

static void
cs_library_class_init (CsLibraryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_library_dispose;
}

static void
cs_library_init (CsLibrary *self)
{
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
cs_library_entry_finalize (GObject *object)
{
  CsLibraryEntry *self = CS_LIBRARY_ENTRY (object);

  g_free (self->digest);
  g_free (self->title);
  g_free (self->name);

  G_OBJECT_CLASS (cs_library_entry_parent_class)->finalize (object);
}

static void
cs_library_entry_class_init (CsLibraryEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_library_entry_finalize;
}

static void
cs_library_entry_init (CsLibraryEntry *self)
{
}

/** cs_library_entry_get_digest: names the version. */
const char *
cs_library_entry_get_digest (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->digest;
}

/** cs_library_entry_get_title: the runbook's title. */
const char *
cs_library_entry_get_title (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->title;
}

/** cs_library_entry_get_name: the file name that it came from. */
const char *
cs_library_entry_get_name (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->name;
}

/** cs_library_entry_get_added_at: when it was added (UTC microseconds). */
gint64
cs_library_entry_get_added_at (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), 0);

  return self->added_at;
}

static void
queried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_query_finish (CS_STORE (source), result, &error);
  CsLibrary *self = g_task_get_task_data (task);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = records->len; i > 0; i--)
    fold (self, g_ptr_array_index (records, i - 1));
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

/**
 * cs_library_load_async:
 *
 * Lists the runbooks of a store; the list follows the store from then on.
 */
void
cs_library_load_async (CsStore *store,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  CsLibrary *self = g_object_new (CS_TYPE_LIBRARY, NULL);
  g_autoptr (CsQuery) query = cs_query_new ();

  g_task_set_source_tag (task, cs_library_load_async);
  g_task_set_task_data (task, self, g_object_unref);
  self->store = g_object_ref (store);
  self->appended_handler = g_signal_connect (store, "appended", G_CALLBACK (appended_cb), self);
  g_free (query->stream_prefix);
  query->stream_prefix = g_strdup (STREAM_PREFIX);
  query->limit = MAX_ENTRIES;
  cs_store_query_async (store, query, cancellable, queried_cb, task);
}

/** cs_library_load_finish: (transfer full): the library; %NULL with the store's error. */
CsLibrary *
cs_library_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  char *digest;
  char *actor;
  JsonNode *body;
} Adding;

static void
adding_free (Adding *self)
{
  g_free (self->digest);
  g_free (self->actor);
  g_clear_pointer (&self->body, json_node_unref);
  g_free (self);
}

/* A colleague who added the same bytes at the same moment did what we wanted. */
static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsLibrary *self = g_task_get_source_object (task);
  Adding *adding = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);
  CsLibraryEntry *entry = find_entry (self, adding->digest);

  if (entry == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  g_task_return_pointer (task, g_object_ref (entry), g_object_unref);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Adding *adding = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *digest = cs_store_put_blob_finish (CS_STORE (source), result, &error);
  g_autoptr (GPtrArray) drafts = NULL;
  g_autofree char *stream = NULL;
  CsDraft *draft;

  if (digest == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  stream = g_strconcat (STREAM_PREFIX, adding->digest, NULL);
  draft = cs_draft_new ("runbook-added", adding->body);
  cs_draft_add_blob (draft, digest);
  g_ptr_array_add (drafts, draft);
  cs_store_append_async (CS_STORE (source), stream, 0, adding->actor, drafts,
                         g_task_get_cancellable (task), added_cb, g_object_ref (task));
}

/**
 * cs_library_add_async:
 * @actor: who
 * @runbook: what
 * @name: the file name that it came from
 *
 * Keeps a runbook. One that is there already is found, not kept twice.
 */
void
cs_library_add_async (CsLibrary *self,
                      const char *actor,
                      CsRunbook *runbook,
                      const char *name,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  CsLibraryEntry *entry = find_entry (self, cs_runbook_get_digest (runbook));
  g_autofree char *shown = g_utf8_make_valid (name, -1);
  Adding *adding;
  JsonObject *body;

  g_task_set_source_tag (task, cs_library_add_async);
  if (entry != NULL)
    {
      g_task_return_pointer (task, g_object_ref (entry), g_object_unref);
      return;
    }
  adding = g_new0 (Adding, 1);
  adding->digest = g_strdup (cs_runbook_get_digest (runbook));
  adding->actor = g_strdup (actor);
  body = json_object_new ();
  json_object_set_string_member (body, "title", cs_runbook_get_title (runbook));
  json_object_set_string_member (body, "name", shown);
  json_object_set_string_member (body, "source", adding->digest);
  adding->body = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (adding->body, body);
  g_task_set_task_data (task, adding, (GDestroyNotify) adding_free);
  cs_store_put_blob_async (self->store, cs_runbook_get_source (runbook), cancellable, stored_cb,
                           g_object_ref (task));
}

/** cs_library_add_finish: (transfer full): the entry; %NULL with the store's error. */
CsLibraryEntry *
cs_library_add_finish (CsLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
parse_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  CsRunbook *runbook = cs_runbook_new_from_bytes (data, &error);

  if (runbook != NULL)
    g_task_return_pointer (task, runbook, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
blob_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, bytes, (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, parse_thread);
}

/**
 * cs_library_get_async:
 * @digest: which version
 *
 * Reads a kept runbook back.
 */
void
cs_library_get_async (CsLibrary *self,
                      const char *digest,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_library_get_async);
  cs_store_get_blob_async (self->store, digest, cancellable, blob_read_cb, task);
}

/** cs_library_get_finish: (transfer full): the runbook; %NULL with %CS_ERROR_NOT_FOUND, %CS_ERROR_CORRUPT. */
CsRunbook *
cs_library_get_finish (CsLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
