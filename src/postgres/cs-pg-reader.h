/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads from a team's journal. */

#pragma once

#include "cs-mirror.h"
#include "cs-pg-server.h"

G_BEGIN_DECLS

CsStoreReader *cs_pg_reader_start (CsPgServer *server, CsMirror *mirror);

G_END_DECLS
