/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that go from one journal to another as they are. */

#pragma once

#include "cs-pg-server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

GPtrArray *cs_pg_scan (CsPgServer *server, gint64 after, guint limit, GError **error);
gboolean cs_pg_import (CsPgServer *server, const char *blobs, GPtrArray *records, GError **error);

G_END_DECLS
