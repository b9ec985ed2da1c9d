/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A team's journal in PostgreSQL. */

#pragma once

#include "cs-pg-server.h"
#include "cs-queued-store.h"

G_BEGIN_DECLS

#define CS_TYPE_PG_STORE (cs_pg_store_get_type ())
G_DECLARE_FINAL_TYPE (CsPgStore, cs_pg_store, CS, PG_STORE, CsQueuedStore)

/* Property "lost" (string): why the connection is lost; NULL while there is one. It notifies in the
 * main context in which the store was opened. */

/* directory: for copies, on this computer; made (mode 0700) if it is missing. workspace: the id of
 * the one that was joined, whose copy is read while the server can't be reached. UNREACHABLE,
 * AUTH, NOT_FOUND if the database holds no workspace, TOO_NEW, REFUSED. */
void cs_pg_store_open_async (CsPgServer *server,
                             const char *directory,
                             const char *workspace,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
CsPgStore *cs_pg_store_open_finish (GAsyncResult *result, GError **error);
CsPgStore *cs_pg_store_open_sync (CsPgServer *server,
                                  const char *directory,
                                  const char *workspace,
                                  GError **error);

/* Makes a workspace in an empty place of a database; its id (transfer full). Waits. */
char *cs_pg_store_create_workspace (CsPgServer *server, GError **error);

/* Brings a workspace that an older version made to the format of this one; format: which it had.
 * Waits. */
gboolean cs_pg_store_upgrade_workspace (CsPgServer *server, gint64 *format, GError **error);

const char *cs_pg_store_get_workspace (CsPgStore *self);
const char *cs_pg_store_get_lost (CsPgStore *self);

/* Waits for the writer, and closes; later calls fail. Also done when finalized. */
void cs_pg_store_close (CsPgStore *self);

G_END_DECLS
