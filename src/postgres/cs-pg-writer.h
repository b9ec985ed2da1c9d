/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread of this program that writes to a team's journal and follows what others write. */

#pragma once

#include "cs-announcer.h"
#include "cs-pg-link.h"
#include "cs-pg-reader.h"

G_BEGIN_DECLS

typedef struct _CsPgWriter CsPgWriter;

CsPgWriter *cs_pg_writer_start (CsPgServer *server,
                                const char *blobs,
                                CsAnnouncer *announcer,
                                GWeakRef *store,
                                CsPgStateFunc state,
                                gpointer user_data,
                                char **workspace,
                                GError **error);
void cs_pg_writer_push (CsPgWriter *self, GTask *task);
void cs_pg_writer_push_query (CsPgWriter *self,
                              GTask *task,
                              CsPgReader *reader,
                              const CsQuery *query);
void cs_pg_writer_stop (CsPgWriter *self);

G_END_DECLS
