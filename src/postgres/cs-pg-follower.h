/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which records of a team's journal were told about already, and which are new. */

#pragma once

#include "cs-pg-connection.h"

G_BEGIN_DECLS

typedef struct _CsPgFollower CsPgFollower;

/* Whether anybody listens now. */
typedef gboolean (*CsPgHeardFunc) (gpointer user_data);

CsPgFollower *cs_pg_follower_new (void);
void cs_pg_follower_free (CsPgFollower *self);

gboolean cs_pg_follower_begin (CsPgFollower *self, CsPgConnection *connection, GError **error);
void cs_pg_follower_begin_behind (CsPgFollower *self, gint64 from, GArray *seqs);
gboolean cs_pg_follower_collect (CsPgFollower *self,
                                 CsPgConnection *connection,
                                 CsPgHeardFunc heard,
                                 gpointer user_data,
                                 GPtrArray *records,
                                 GError **error);
gboolean cs_pg_follower_take (CsPgFollower *self, GPtrArray *records);
gint64 cs_pg_follower_get_settled (CsPgFollower *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPgFollower, cs_pg_follower_free)

G_END_DECLS
