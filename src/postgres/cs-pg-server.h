/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a team's journal is: an address as libpq takes it, and the password apart from it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsPgServer CsPgServer;

CsPgServer *cs_pg_server_new (const char *address, const char *password, GError **error);
/* Whether who keeps the connection has lost it; in any thread. */
void cs_pg_server_set_lost (CsPgServer *self, gboolean lost);
gboolean cs_pg_server_is_lost (CsPgServer *self);

CsPgServer *cs_pg_server_ref (CsPgServer *self);
void cs_pg_server_unref (CsPgServer *self);

const char *cs_pg_server_get_name (CsPgServer *self);
const char *const *cs_pg_server_get_keywords (CsPgServer *self);
const char *const *cs_pg_server_get_values (CsPgServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPgServer, cs_pg_server_unref)

G_END_DECLS
