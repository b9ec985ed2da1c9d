/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the records of a team's journal are found by. */

#pragma once

#include "cs-pg-connection.h"

G_BEGIN_DECLS

gboolean cs_pg_index_check (CsPgConnection *connection, gboolean *complete, GError **error);
gboolean cs_pg_index_advance (CsPgConnection *connection,
                              guint most,
                              gint64 settled,
                              gboolean wait,
                              gboolean *complete,
                              GError **error);
char *cs_pg_index_to_query (const char *words);
char *cs_pg_index_write_words (const char *text);

G_END_DECLS
