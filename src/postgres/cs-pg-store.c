/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A team's journal in PostgreSQL. */

#include "cs-pg-store.h"

#include "cs-blob-directory.h"
#include "cs-error.h"
#include "cs-pg-blobs.h"
#include "cs-pg-reader.h"
#include "cs-pg-schema.h"
#include "cs-pg-transfer.h"
#include "cs-pg-verifier.h"
#include "cs-pg-writer.h"

struct _CsPgStore
{
  CsQueuedStore parent_instance;

  CsPgServer *server;
  char *workspace;
  char *lost;    /* (nullable): in the store's context */
  GWeakRef self; /* for the writer's thread */
};

static void store_iface_init (CsStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsPgStore,
                               cs_pg_store,
                               CS_TYPE_QUEUED_STORE,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STORE, store_iface_init))

enum
{
  PROP_LOST = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

/* From here if it was copied before. A large one comes over a connection of its own, so that
 * nobody waits for it who did not ask. */
static GBytes *
get_blob (CsQueuedStore *store, const char *digest, GCancellable *cancellable, GError **error)
{
  const char *blobs = cs_queued_store_get_blobs (store);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (CsPgConnection) connection = NULL;
  GBytes *bytes = cs_blob_directory_map (blobs, digest, &local_error);

  if (bytes != NULL || !g_error_matches (local_error, CS_ERROR, CS_ERROR_NOT_FOUND))
    {
      if (bytes == NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return bytes;
    }
  connection = cs_pg_connection_open (CS_PG_STORE (store)->server, error);
  if (connection == NULL ||
      !cs_pg_blobs_fetch (connection, blobs, digest, cancellable, error))
    return NULL;
  return cs_blob_directory_map (blobs, digest, error);
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
  return cs_pg_import (CS_PG_STORE (store)->server,
                       cs_queued_store_get_blobs (CS_QUEUED_STORE (store)), records, error);
}

static void
store_iface_init (CsStoreInterface *iface)
{
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
  g_clear_pointer (&self->server, cs_pg_server_unref);
  g_weak_ref_clear (&self->self);
  g_free (self->workspace);
  g_free (self->lost);
  G_OBJECT_CLASS (cs_pg_store_parent_class)->finalize (object);
}

static void
cs_pg_store_class_init (CsPgStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = cs_pg_store_get_property;
  object_class->finalize = cs_pg_store_finalize;
  CS_QUEUED_STORE_CLASS (klass)->get_blob = get_blob;
  properties[PROP_LOST] =
    g_param_spec_string ("lost", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
cs_pg_store_init (CsPgStore *self)
{
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
  g_main_context_invoke_full (
    cs_announcer_get_context (cs_queued_store_get_announcer (CS_QUEUED_STORE (self))),
    G_PRIORITY_DEFAULT, change_state_cb, change, (GDestroyNotify) state_change_free);
}

/* Without a copy there is nothing to read while the connection is lost; all else goes on. */
static CsMirror *
open_mirror (const char *directory, const char *workspace)
{
  g_autofree char *name = g_strdup_printf ("mirror-%s.db", workspace);
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;
  CsMirror *mirror = g_uuid_string_is_valid (workspace) ? cs_mirror_open (path, &error) : NULL;

  if (error != NULL)
    g_warning ("The copy of a team's journal can't be used: %s", error->message);
  return mirror;
}

static CsPgStore *
store_open (CsPgServer *server,
            const char *directory,
            const char *workspace,
            GMainContext *context,
            GThread *owner,
            GError **error)
{
  g_autoptr (CsPgStore) self = g_object_new (CS_TYPE_PG_STORE, NULL);
  CsQueuedStore *queued = CS_QUEUED_STORE (self);
  g_autoptr (CsMirror) mirror = NULL;
  CsStoreWriter *writer;

  self->server = cs_pg_server_ref (server);
  self->workspace = g_strdup (workspace);
  if (!cs_queued_store_prepare (queued, cs_pg_server_get_name (server), directory, context, owner,
                                error))
    return NULL;
  if (workspace != NULL)
    mirror = open_mirror (directory, workspace);
  writer = cs_pg_writer_start (server, cs_queued_store_get_blobs (queued),
                               cs_queued_store_get_announcer (queued), mirror, state_cb, self,
                               &self->workspace, error);
  if (writer == NULL)
    return NULL;
  cs_queued_store_start (queued, writer, cs_pg_reader_start (server, g_steal_pointer (&mirror)));
  return g_steal_pointer (&self);
}

typedef struct
{
  CsPgServer *server;
  char *directory;
  char *workspace; /* (nullable) */
} Opening;

static void
opening_free (Opening *opening)
{
  cs_pg_server_unref (opening->server);
  g_free (opening->directory);
  g_free (opening->workspace);
  g_free (opening);
}

static void
open_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Opening *opening = task_data;
  GError *error = NULL;
  CsPgStore *self = store_open (opening->server, opening->directory, opening->workspace,
                                g_task_get_context (task), NULL, &error);

  if (self != NULL)
    g_task_return_pointer (task, self, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_pg_store_open_async:
 * @server: where the journal is
 * @directory: for copies, on this computer; made with mode 0700 if it is missing
 * @workspace: (nullable): the id of the workspace that was joined: it must be that one, its records
 * are copied, and while the server can't be reached the copy is read, also if this begins so
 *
 * Opens a team's journal. CsStore::appended will be emitted in the main context of this call.
 */
void
cs_pg_store_open_async (CsPgServer *server,
                        const char *directory,
                        const char *workspace,
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
  opening->workspace = g_strdup (workspace);
  g_task_set_source_tag (task, cs_pg_store_open_async);
  g_task_set_task_data (task, opening, (GDestroyNotify) opening_free);
  g_task_run_in_thread (task, open_thread);
}

/**
 * cs_pg_store_open_finish:
 *
 * Returns: (transfer full): the store; %NULL with %CS_ERROR_UNREACHABLE, %CS_ERROR_AUTH,
 * %CS_ERROR_NOT_FOUND if the database holds no workspace, %CS_ERROR_CONFLICT if it holds another
 * one, %CS_ERROR_TOO_NEW, %CS_ERROR_WAITING, %CS_ERROR_REFUSED or %CS_ERROR_STORAGE
 */
CsPgStore *
cs_pg_store_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_pg_store_open_sync: cs_pg_store_open_async() for callers that may wait. */
CsPgStore *
cs_pg_store_open_sync (CsPgServer *server,
                       const char *directory,
                       const char *workspace,
                       GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_return_val_if_fail (server != NULL && directory != NULL, NULL);

  return store_open (server, directory, workspace, context, g_thread_self (), error);
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

/**
 * cs_pg_store_upgrade_workspace:
 * @format: (out): the format that it had; the same as before if there was nothing to do
 *
 * Brings a workspace to the format of this version, all or nothing; for the one who made it. Waits.
 *
 * Returns: whether it has that now; else %CS_ERROR_NOT_FOUND, %CS_ERROR_TOO_NEW, %CS_ERROR_REFUSED,
 * %CS_ERROR_UNREACHABLE or %CS_ERROR_AUTH
 */
gboolean
cs_pg_store_upgrade_workspace (CsPgServer *server, gint64 *format, GError **error)
{
  g_autoptr (CsPgConnection) connection = cs_pg_connection_open (server, error);

  return connection != NULL && cs_pg_schema_upgrade (connection, format, error);
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
  g_return_if_fail (CS_IS_PG_STORE (self));

  cs_queued_store_close (CS_QUEUED_STORE (self));
}
