/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads from a team's journal. */

#pragma once

#include "cs-pg-server.h"
#include "cs-store-reader.h"

G_BEGIN_DECLS

CsStoreReader *cs_pg_reader_start (CsPgServer *server);

G_END_DECLS
