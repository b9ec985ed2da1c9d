/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks every record and every blob of a team's journal. */

#pragma once

#include "cs-pg-server.h"
#include "cs-verification.h"

G_BEGIN_DECLS

gboolean cs_pg_verify (CsPgServer *server,
                       CsVerification *verification,
                       CsStoreProgress progress,
                       gpointer progress_data,
                       GCancellable *cancellable,
                       GError **error);

G_END_DECLS
