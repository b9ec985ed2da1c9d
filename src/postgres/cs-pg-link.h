/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer's connection, kept: lost and found again, and never two of them at once. */

#pragma once

#include "cs-pg-follower.h"

G_BEGIN_DECLS

typedef struct _CsPgLink CsPgLink;

/* Called in the writer's thread when the connection is lost (with why) or back (with NULL). */
typedef void (*CsPgStateFunc) (const GError *error, gpointer user_data);

CsPgLink *cs_pg_link_new (CsPgServer *server, CsPgFollower *follower, const char *workspace);
void cs_pg_link_free (CsPgLink *self);
void cs_pg_link_set_state_func (CsPgLink *self, CsPgStateFunc state, gpointer user_data);

gboolean cs_pg_link_set_lost_error (CsPgLink *self, GError **error);
gboolean cs_pg_link_ensure (CsPgLink *self, GError **error);
void cs_pg_link_drop (CsPgLink *self, const GError *error);

CsPgConnection *cs_pg_link_get_connection (CsPgLink *self);
guint cs_pg_link_get_generation (CsPgLink *self);
gint64 cs_pg_link_get_pause (CsPgLink *self);
const char *cs_pg_link_get_name (CsPgLink *self);
const char *cs_pg_link_get_workspace (CsPgLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPgLink, cs_pg_link_free)

G_END_DECLS
