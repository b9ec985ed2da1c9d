/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes to a team's journal, and follows what others write. */

#pragma once

#include "cs-announcer.h"
#include "cs-mirror.h"
#include "cs-pg-link.h"
#include "cs-store-writer.h"

G_BEGIN_DECLS

CsStoreWriter *cs_pg_writer_start (CsPgServer *server,
                                   const char *blobs,
                                   CsAnnouncer *announcer,
                                   CsMirror *mirror,
                                   CsPgStateFunc state,
                                   gpointer user_data,
                                   char **workspace,
                                   GError **error);

G_END_DECLS
