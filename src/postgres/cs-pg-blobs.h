/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blobs on their way to a team's journal and back. */

#pragma once

#include "cs-pg-connection.h"

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean cs_pg_blobs_send (CsPgConnection *connection,
                           const char *directory,
                           const char *digest,
                           GError **error);
gboolean cs_pg_blobs_fetch (CsPgConnection *connection,
                            const char *directory,
                            const char *digest,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
