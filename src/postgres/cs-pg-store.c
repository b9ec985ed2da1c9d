/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A team's journal in PostgreSQL. */

#include "cs-pg-store.h"

#include "cs-append.h"
#include "cs-blob-directory.h"
#include "cs-error.h"
#include "cs-journal-reader.h"
#include "cs-pg-blobs.h"
#include "cs-pg-schema.h"
#include "cs-pg-transfer.h"
#include "cs-pg-verifier.h"
#include "cs-pg-writer.h"

#include <errno.h>
#include <glib/gstdio.h>

struct _CsPgStore
{
  GObject parent_instance;

  CsPgServer *server;
  char *workspace;
  char *blobs;
  char *lost; /* (nullable): in the store's context */
  CsAnnouncer *announcer;
  GWeakRef self; /* for the writer's thread */

  GMutex lock; /* guards the two threads against a close from elsewhere */
  CsPgWriter *writer;
  CsPgReader *reader;
};

static void store_iface_init (CsStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsPgStore,
                               cs_pg_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STORE, store_iface_init))

enum
{
  PROP_LOST = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static GTask *
task_new (CsStore *store,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data,
          gpointer tag)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  return task;
}

static void
return_closed (CsPgStore *self, GTask *task)
{
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "The journal “%s” is closed",
                           cs_pg_server_get_name (self->server));
}

static gpointer
finish (CsStore *store, GAsyncResult *result, gpointer tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == tag, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Whom an append answers. */
typedef struct
{
  GAsyncReadyCallback callback;
  gpointer user_data;
} Answer;

/* Records are announced before the append that wrote them finishes. */
static void
answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Answer *answer = user_data;

  cs_announcer_flush (CS_PG_STORE (source)->announcer);
  if (answer->callback != NULL)
    answer->callback (source, result, answer->user_data);
}

static void
append_async (CsStore *store,
              const char *stream,
              gint64 expected_n,
              const char *actor,
              GPtrArray *drafts,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  CsPgStore *self = CS_PG_STORE (store);
  Answer *answer = g_new (Answer, 1);
  g_autoptr (GTask) task = task_new (store, cancellable, answer_cb, answer, append_async);
  g_autoptr (GMutexLocker) locker = NULL;
  GError *error = NULL;
  CsAppend *order = cs_append_new (stream, expected_n, actor, drafts, &error);

  answer->callback = callback;
  answer->user_data = user_data;
  /* What was committed is reported as done, even if the cancellation came a moment later. */
  g_task_set_check_cancellable (task, FALSE);
  if (order == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, order, (GDestroyNotify) cs_append_free);
  locker = g_mutex_locker_new (&self->lock);
  if (self->writer == NULL)
    return_closed (self, task);
  else
    cs_pg_writer_push (self->writer, g_steal_pointer (&task));
}

static GPtrArray *
append_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, append_async, error);
}

static void
read_async (CsStore *store,
            const char *stream,
            gint64 from,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  CsPgStore *self = CS_PG_STORE (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, read_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL)
    return_closed (self, task);
  else
    cs_pg_reader_read (self->reader, g_steal_pointer (&task), stream, from);
}

static GPtrArray *
read_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, read_async, error);
}

static void
query_async (CsStore *store,
             const CsQuery *query,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  CsPgStore *self = CS_PG_STORE (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, query_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL || self->writer == NULL)
    return_closed (self, task);
  else if (cs_journal_reader_needs_index (query))
    cs_pg_writer_push_query (self->writer, g_steal_pointer (&task), self->reader, query);
  else
    cs_pg_reader_query (self->reader, g_steal_pointer (&task), query);
}

static GPtrArray *
query_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, query_async, error);
}

static void
list_heads_async (CsStore *store,
                  const char *prefix,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  CsPgStore *self = CS_PG_STORE (store);
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, list_heads_async);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->reader == NULL)
    return_closed (self, task);
  else
    cs_pg_reader_list_heads (self->reader, g_steal_pointer (&task), prefix);
}

static GPtrArray *
list_heads_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, list_heads_async, error);
}

/* A blob is stored here at first, and goes to the team's journal with the first record that names
 * it. */
static void
put_blob_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  CsPgStore *self = source;
  g_autoptr (CsBlobWriter) writer = NULL;
  GError *error = NULL;
  char *digest = NULL;
  gsize length;
  const void *data = g_bytes_get_data (task_data, &length);

  writer = cs_blob_writer_new (self->blobs, &error);
  if (writer != NULL && cs_blob_writer_write (writer, data, length, &error))
    digest = cs_blob_writer_finish (writer, &error);
  if (digest != NULL)
    g_task_return_pointer (task, digest, g_free);
  else
    g_task_return_error (task, error);
}

static void
put_blob_async (CsStore *store,
                GBytes *bytes,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, put_blob_async);

  g_task_set_task_data (task, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, put_blob_thread);
}

static char *
put_blob_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, put_blob_async, error);
}

/* From here if it was copied before. A large one comes over a connection of its own, so that
 * nobody waits for it who did not ask. */
static GBytes *
get_blob (CsPgStore *self, const char *digest, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CsPgConnection) connection = NULL;
  GBytes *bytes = cs_blob_directory_map (self->blobs, digest, &local_error);

  if (bytes != NULL || !g_error_matches (local_error, CS_ERROR, CS_ERROR_NOT_FOUND))
    {
      if (bytes == NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return bytes;
    }
  connection = cs_pg_connection_open (self->server, error);
  if (connection == NULL ||
      !cs_pg_blobs_fetch (connection, self->blobs, digest, cancellable, error))
    return NULL;
  return cs_blob_directory_map (self->blobs, digest, error);
}

static void
get_blob_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  GBytes *bytes = get_blob (source, task_data, cancellable, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
get_blob_async (CsStore *store,
                const char *digest,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (GTask) task = task_new (store, cancellable, callback, user_data, get_blob_async);

  g_task_set_task_data (task, g_strdup (digest != NULL ? digest : ""), g_free);
  g_task_run_in_thread (task, get_blob_thread);
}

static GBytes *
get_blob_finish (CsStore *store, GAsyncResult *result, GError **error)
{
  return finish (store, result, get_blob_async, error);
}

static CsBlobWriter *
open_blob (CsStore *store, GError **error)
{
  return cs_blob_writer_new (CS_PG_STORE (store)->blobs, error);
}

static gboolean
verify (CsStore *store,
        CsVerification *verification,
        CsStoreProgress progress,
        gpointer progress_data,
        GCancellable *cancellable,
        GError **error)
{
  return cs_pg_verify (CS_PG_STORE (store)->server, verification, progress, progress_data,
                       cancellable, error);
}

static GPtrArray *
scan (CsStore *store, gint64 after, guint limit, GError **error)
{
  return cs_pg_scan (CS_PG_STORE (store)->server, after, limit, error);
}

static gboolean
import (CsStore *store, GPtrArray *records, GError **error)
{
  CsPgStore *self = CS_PG_STORE (store);

  return cs_pg_import (self->server, self->blobs, records, error);
}

static void
store_iface_init (CsStoreInterface *iface)
{
  iface->append_async = append_async;
  iface->append_finish = append_finish;
  iface->read_async = read_async;
  iface->read_finish = read_finish;
  iface->query_async = query_async;
  iface->query_finish = query_finish;
  iface->list_heads_async = list_heads_async;
  iface->list_heads_finish = list_heads_finish;
  iface->put_blob_async = put_blob_async;
  iface->put_blob_finish = put_blob_finish;
  iface->get_blob_async = get_blob_async;
  iface->get_blob_finish = get_blob_finish;
  iface->open_blob = open_blob;
  iface->verify = verify;
  iface->scan = scan;
  iface->import = import;
}

static void
cs_pg_store_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOST)
    g_value_set_string (value, CS_PG_STORE (object)->lost);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
cs_pg_store_finalize (GObject *object)
{
  CsPgStore *self = CS_PG_STORE (object);

  cs_pg_store_close (self);
  g_clear_pointer (&self->announcer, cs_announcer_unref);
  g_clear_pointer (&self->server, cs_pg_server_unref);
  g_weak_ref_clear (&self->self);
  g_mutex_clear (&self->lock);
  g_free (self->workspace);
  g_free (self->blobs);
  g_free (self->lost);
  G_OBJECT_CLASS (cs_pg_store_parent_class)->finalize (object);
}

static void
cs_pg_store_class_init (CsPgStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = cs_pg_store_get_property;
  object_class->finalize = cs_pg_store_finalize;
  properties[PROP_LOST] =
    g_param_spec_string ("lost", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
cs_pg_store_init (CsPgStore *self)
{
  g_mutex_init (&self->lock);
  g_weak_ref_init (&self->self, self);
}

/* From the writer's thread into the store's context. */
typedef struct
{
  CsPgStore *store;
  char *lost;
} StateChange;

static void
state_change_free (StateChange *change)
{
  g_object_unref (change->store);
  g_free (change->lost);
  g_free (change);
}

static gboolean
change_state_cb (gpointer user_data)
{
  StateChange *change = user_data;

  g_free (change->store->lost);
  change->store->lost = g_steal_pointer (&change->lost);
  g_object_notify_by_pspec (G_OBJECT (change->store), properties[PROP_LOST]);
  return G_SOURCE_REMOVE;
}

static void
state_cb (const GError *error, gpointer user_data)
{
  CsPgStore *self = user_data;
  g_autoptr (CsPgStore) alive = g_weak_ref_get (&self->self);
  StateChange *change;

  if (alive == NULL)
    return;
  change = g_new0 (StateChange, 1);
  change->lost = error != NULL ? g_strdup (error->message) : NULL;
  change->store = g_steal_pointer (&alive);
  g_main_context_invoke_full (cs_announcer_get_context (self->announcer), G_PRIORITY_DEFAULT,
                              change_state_cb, change, (GDestroyNotify) state_change_free);
}

static CsPgStore *
store_open (CsPgServer *server,
            const char *directory,
            GMainContext *context,
            GThread *owner,
            GError **error)
{
  g_autoptr (CsPgStore) self = g_object_new (CS_TYPE_PG_STORE, NULL);

  self->server = cs_pg_server_ref (server);
  self->blobs = g_build_filename (directory, "blobs", NULL);
  self->announcer = cs_announcer_new (CS_STORE (self), context, owner);
  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
                   "The directory “%s” can't be made: %s. Choose another one, or check its "
                   "permissions",
                   directory, g_strerror (errno));
      return NULL;
    }
  if (!cs_blob_directory_prepare (self->blobs, error))
    return NULL;
  self->writer = cs_pg_writer_start (server, self->blobs, self->announcer, &self->self, state_cb,
                                     self, &self->workspace, error);
  if (self->writer == NULL)
    return NULL;
  self->reader = cs_pg_reader_start (server);
  return g_steal_pointer (&self);
}

typedef struct
{
  CsPgServer *server;
  char *directory;
} Opening;

static void
opening_free (Opening *opening)
{
  cs_pg_server_unref (opening->server);
  g_free (opening->directory);
  g_free (opening);
}

static void
open_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Opening *opening = task_data;
  GError *error = NULL;
  CsPgStore *self =
    store_open (opening->server, opening->directory, g_task_get_context (task), NULL, &error);

  if (self != NULL)
    g_task_return_pointer (task, self, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_pg_store_open_async:
 * @server: where the journal is
 * @directory: for copies of blobs, on this computer; made with mode 0700 if it is missing
 *
 * Opens a team's journal. CsStore::appended will be emitted in the main context of this call.
 */
void
cs_pg_store_open_async (CsPgServer *server,
                        const char *directory,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening;

  g_return_if_fail (server != NULL && directory != NULL);

  opening = g_new0 (Opening, 1);
  opening->server = cs_pg_server_ref (server);
  opening->directory = g_strdup (directory);
  g_task_set_source_tag (task, cs_pg_store_open_async);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  g_task_run_in_thread (task, open_thread);
}

/**
 * cs_pg_store_open_finish:
 *
 * Returns: (transfer full): the store; %NULL with %CS_ERROR_UNREACHABLE, %CS_ERROR_AUTH,
 * %CS_ERROR_NOT_FOUND if the database holds no workspace, %CS_ERROR_TOO_NEW, %CS_ERROR_REFUSED or
 * %CS_ERROR_STORAGE
 */
CsPgStore *
cs_pg_store_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_pg_store_open_sync: cs_pg_store_open_async() for callers that may wait. */
CsPgStore *
cs_pg_store_open_sync (CsPgServer *server, const char *directory, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_return_val_if_fail (server != NULL && directory != NULL, NULL);

  return store_open (server, directory, context, g_thread_self (), error);
}

/**
 * cs_pg_store_create_workspace:
 *
 * Makes a workspace in a database that holds none; for a user who may make schemas and roles.
 * Waits.
 *
 * Returns: (transfer full): what tells it from all others; %NULL with %CS_ERROR_EXISTS,
 * %CS_ERROR_REFUSED, %CS_ERROR_UNREACHABLE or %CS_ERROR_AUTH
 */
char *
cs_pg_store_create_workspace (CsPgServer *server, GError **error)
{
  g_autoptr (CsPgConnection) connection = cs_pg_connection_open (server, error);
  g_autofree char *id = g_uuid_string_random ();

  if (connection == NULL || !cs_pg_schema_create (connection, id, error))
    return NULL;
  return g_steal_pointer (&id);
}

/** cs_pg_store_get_workspace: what tells the workspace from all others. */
const char *
cs_pg_store_get_workspace (CsPgStore *self)
{
  g_return_val_if_fail (CS_IS_PG_STORE (self), NULL);
  return self->workspace;
}

/** cs_pg_store_get_lost: (nullable): why there is no connection; %NULL while there is one. */
const char *
cs_pg_store_get_lost (CsPgStore *self)
{
  g_return_val_if_fail (CS_IS_PG_STORE (self), NULL);
  return self->lost;
}

/**
 * cs_pg_store_close:
 *
 * Waits until what was asked for is done, and closes the connections. Later calls fail.
 */
void
cs_pg_store_close (CsPgStore *self)
{
  CsPgWriter *writer;
  CsPgReader *reader;

  g_return_if_fail (CS_IS_PG_STORE (self));

  g_mutex_lock (&self->lock);
  writer = g_steal_pointer (&self->writer);
  reader = g_steal_pointer (&self->reader);
  g_mutex_unlock (&self->lock);
  /* The writer hands queries on to the reader. */
  if (writer != NULL)
    cs_pg_writer_stop (writer);
  if (reader != NULL)
    cs_pg_reader_stop (reader);
}
