/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema of journal.db, and the way from an older one to it. */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/** CS_JOURNAL_APPLICATION_ID: "CsJn" in the header of the database file */
#define CS_JOURNAL_APPLICATION_ID 0x43734a6e

extern const char *const cs_journal_migrations[];

gboolean
cs_migration_run (sqlite3 *db, const char *path, const char *const *migrations, GError **error);

G_END_DECLS
