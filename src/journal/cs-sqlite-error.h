/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQLite reports, as the one error domain says it. */

#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

gboolean cs_sqlite_error_set (GError **error, sqlite3 *db, const char *path, const char *what);
gboolean cs_sqlite_error_is_corruption (int code);

G_END_DECLS
