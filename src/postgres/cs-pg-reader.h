/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that reads from a team's journal beside the writer. */

#pragma once

#include "cs-pg-server.h"
#include "cs-query.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsPgReader CsPgReader;

CsPgReader *cs_pg_reader_start (CsPgServer *server);
void cs_pg_reader_read (CsPgReader *self, GTask *task, const char *stream, gint64 from);
void cs_pg_reader_query (CsPgReader *self, GTask *task, const CsQuery *query);
void cs_pg_reader_list_heads (CsPgReader *self, GTask *task, const char *prefix);
void cs_pg_reader_stop (CsPgReader *self);

G_END_DECLS
