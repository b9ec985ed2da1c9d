/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runbooks of a workspace: the fold of the streams runbook/<digest>. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-library.h"

#include "cs-library-private.h"
#include "cs-origin.h"

#include <string.h>

/* More versions than this are in History, not in the list. */
#define MAX_ENTRIES 10000

struct _CsLibrary
{
  GObject parent;

  CsStore *store;
  gulong appended_handler;
  GPtrArray *entries;    /* newest first */
  GListStore *documents; /* newest version first */
  GPtrArray *early;      /* records that came while the older ones were being read; else NULL */
};

static void cs_library_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsLibrary,
                               cs_library,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      cs_library_list_model_init))

static CsLibraryEntry *
find_entry (CsLibrary *self, const char *digest)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      CsLibraryEntry *entry = g_ptr_array_index (self->entries, i);

      if (strcmp (cs_library_entry_get_digest (entry), digest) == 0)
        return entry;
    }
  return NULL;
}

static CsLibraryDocument *
find_document (CsLibrary *self, const char *key, guint *position)
{
  GListModel *documents = G_LIST_MODEL (self->documents);

  for (*position = 0; *position < g_list_model_get_n_items (documents); (*position)++)
    {
      g_autoptr (CsLibraryDocument) document = g_list_model_get_item (documents, *position);

      if (strcmp (cs_library_document_get_key (document), key) == 0)
        return document; /* the list keeps it */
    }
  return NULL;
}

/* The document of a new version comes to the top, so that whoever lists documents sees it anew. */
static void
add_to_document (CsLibrary *self, CsLibraryEntry *entry)
{
  guint position;
  CsLibraryDocument *known =
    find_document (self, cs_library_entry_get_document (entry), &position);
  g_autoptr (CsLibraryDocument) document = NULL;

  if (known == NULL)
    document = cs_library_document_new (entry);
  else
    {
      document = g_object_ref (known);
      cs_library_document_add (document, entry);
      g_list_store_remove (self->documents, position);
    }
  g_list_store_insert (self->documents, 0, document);
}

static void
fold (CsLibrary *self, CsRecord *record)
{
  const char *digest = cs_record_get_stream (record) + strlen (CS_LIBRARY_STREAM_PREFIX);
  CsLibraryEntry *entry = find_entry (self, digest);

  if (entry != NULL)
    {
      cs_library_entry_fold (entry, record);
      return;
    }
  entry = cs_library_entry_new (record, digest);
  if (entry == NULL)
    return;
  g_ptr_array_insert (self->entries, 0, entry);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
  add_to_document (self, entry);
}

static void
appended_cb (CsStore *store, CsRecord *record, gpointer data)
{
  CsLibrary *self = data;

  if (!g_str_has_prefix (cs_record_get_stream (record), CS_LIBRARY_STREAM_PREFIX))
    return;
  if (self->early != NULL)
    g_ptr_array_add (self->early, g_object_ref (record));
  else
    fold (self, record);
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
  g_clear_pointer (&self->early, g_ptr_array_unref);
  g_clear_object (&self->documents);

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
  self->documents = g_list_store_new (CS_TYPE_LIBRARY_DOCUMENT);
  self->early = g_ptr_array_new_with_free_func (g_object_unref);
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
  for (guint i = 0; i < self->early->len; i++)
    fold (self, g_ptr_array_index (self->early, i));
  g_clear_pointer (&self->early, g_ptr_array_unref);
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
  query->stream_prefix = g_strdup (CS_LIBRARY_STREAM_PREFIX);
  query->limit = MAX_ENTRIES;
  cs_store_query_async (store, query, cancellable, queried_cb, task);
}

/** cs_library_load_finish: (transfer full): the library; %NULL with the store's error. */
CsLibrary *
cs_library_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_library_get_documents: (transfer none): #CsLibraryDocument, newest version first. */
GListModel *
cs_library_get_documents (CsLibrary *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY (self), NULL);

  return G_LIST_MODEL (self->documents);
}

/** cs_library_find_document: (transfer none) (nullable): the document with this key. */
CsLibraryDocument *
cs_library_find_document (CsLibrary *self, const char *key)
{
  guint position;

  g_return_val_if_fail (CS_IS_LIBRARY (self), NULL);

  return find_document (self, key, &position);
}

/** cs_library_get_store: (transfer none): where its records are. */
CsStore *
cs_library_get_store (CsLibrary *self)
{
  return self->store;
}

/** cs_library_find: (transfer none) (nullable): the version with this digest. */
CsLibraryEntry *
cs_library_find (CsLibrary *self, const char *digest)
{
  g_return_val_if_fail (CS_IS_LIBRARY (self), NULL);

  return find_entry (self, digest);
}

typedef struct
{
  CsRunbook *runbook;
  GFile *file;
  char *digest;
  char *actor;
  JsonNode *body;
} Adding;

static void
adding_free (Adding *self)
{
  g_clear_object (&self->runbook);
  g_clear_object (&self->file);
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
  stream = g_strconcat (CS_LIBRARY_STREAM_PREFIX, adding->digest, NULL);
  draft = cs_draft_new ("runbook-added", adding->body);
  cs_draft_add_blob (draft, digest);
  g_ptr_array_add (drafts, draft);
  cs_store_append_async (CS_STORE (source), stream, 0, adding->actor, drafts,
                         g_task_get_cancellable (task), added_cb, g_object_ref (task));
}

/* Starts to keep a runbook; NULL if it is kept already, and the call is answered. */
static GTask *
begin_adding (CsLibrary *self,
              const char *actor,
              CsRunbook *runbook,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  CsLibraryEntry *entry = find_entry (self, cs_runbook_get_digest (runbook));
  Adding *adding;

  g_task_set_source_tag (task, cs_library_add_async);
  if (entry != NULL)
    {
      g_task_return_pointer (task, g_object_ref (entry), g_object_unref);
      return NULL;
    }
  adding = g_new0 (Adding, 1);
  adding->runbook = g_object_ref (runbook);
  adding->digest = g_strdup (cs_runbook_get_digest (runbook));
  adding->actor = g_strdup (actor);
  g_task_set_task_data (task, adding, (GDestroyNotify) adding_free);
  return g_steal_pointer (&task);
}

static void
keep (GTask *task, const CsOrigin *origin)
{
  CsLibrary *self = g_task_get_source_object (task);
  Adding *adding = g_task_get_task_data (task);
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "title", cs_runbook_get_title (adding->runbook));
  json_object_set_string_member (body, "name", origin->name);
  json_object_set_string_member (body, "source", adding->digest);
  if (origin->path != NULL && g_utf8_validate (origin->path, -1, NULL))
    json_object_set_string_member (body, "path", origin->path);
  if (origin->document != NULL)
    json_object_set_string_member (body, "document", origin->document);
  adding->body = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (adding->body, body);
  cs_store_put_blob_async (self->store, cs_runbook_get_source (adding->runbook),
                           g_task_get_cancellable (task), stored_cb, g_object_ref (task));
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
  g_autoptr (GTask) task =
    begin_adding (self, actor, runbook, cancellable, callback, user_data);
  g_autofree char *shown = g_utf8_make_valid (name, -1);
  const CsOrigin origin = { .name = shown };

  if (task != NULL)
    keep (task, &origin);
}

static void
origin_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, cs_origin_find (data), (GDestroyNotify) cs_origin_free);
}

static void
origin_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (CsOrigin) origin = g_task_propagate_pointer (G_TASK (result), &error);

  if (origin != NULL)
    keep (task, origin);
  else
    g_task_return_error (task, error);
}

/**
 * cs_library_add_file_async:
 * @actor: who
 * @runbook: what was read from @file
 * @file: where it came from
 *
 * Keeps a runbook as a version of the document that @file is.
 */
void
cs_library_add_file_async (CsLibrary *self,
                           const char *actor,
                           CsRunbook *runbook,
                           GFile *file,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task =
    begin_adding (self, actor, runbook, cancellable, callback, user_data);
  g_autoptr (GTask) finding = NULL;

  if (task == NULL)
    return;
  finding = g_task_new (NULL, cancellable, origin_found_cb, g_object_ref (task));
  g_task_set_source_tag (finding, cs_library_add_file_async);
  g_task_set_task_data (finding, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (finding, origin_thread);
}

/** cs_library_add_finish: (transfer full): the entry; %NULL with the store's error. */
CsLibraryEntry *
cs_library_add_finish (CsLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CsRunbook *runbook = cs_runbook_parse_finish (result, &error);

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
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_runbook_parse_async (bytes, g_task_get_task_data (task), g_task_get_cancellable (task),
                          parsed_cb, g_object_ref (task));
}

/**
 * cs_library_get_async:
 * @digest: which version
 *
 * Reads a kept runbook back, as it is overruled now.
 */
void
cs_library_get_async (CsLibrary *self,
                      const char *digest,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  CsLibraryEntry *entry = find_entry (self, digest);

  g_task_set_source_tag (task, cs_library_get_async);
  if (entry != NULL && cs_library_entry_get_overrules (entry) != NULL)
    g_task_set_task_data (task, cs_overrules_ref (cs_library_entry_get_overrules (entry)),
                          (GDestroyNotify) cs_overrules_unref);
  cs_store_get_blob_async (self->store, digest, cancellable, blob_read_cb, task);
}

/**
 * cs_library_get_finish:
 *
 * (transfer full): the runbook; %NULL with %CS_ERROR_NOT_FOUND, %CS_ERROR_CORRUPT.
 */
CsRunbook *
cs_library_get_finish (CsLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
