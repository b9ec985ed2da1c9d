/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a team's database holds, and who may do what with it. */

#pragma once

#include "cs-pg-connection.h"

G_BEGIN_DECLS

/** CS_PG_WRITER_ROLE: the role of those who take part: they may read and add, never change */
#define CS_PG_WRITER_ROLE "countersign_writer"

gboolean cs_pg_schema_create (CsPgConnection *connection, const char *id, GError **error);
gboolean cs_pg_schema_upgrade (CsPgConnection *connection, gint64 *format, GError **error);
char *cs_pg_schema_check (CsPgConnection *connection, GError **error);

G_END_DECLS
