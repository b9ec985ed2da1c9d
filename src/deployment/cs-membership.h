/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which journal a data directory belongs to: its own, or a team's. */

#pragma once

#include "cs-keyring.h"
#include "cs-store.h"

G_BEGIN_DECLS

/**
 * CsMembership:
 * @address: where the team's database is, as libpq takes it; without a password
 * @workspace: the id of the team's workspace
 *
 * What `team.conf` in a data directory says. A directory without that file has a journal of its
 * own.
 */
typedef struct
{
  char *address;
  char *workspace;
} CsMembership;

void cs_membership_free (CsMembership *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsMembership, cs_membership_free)

/* NULL without an error if the directory has a journal of its own; INVALID. Waits. */
CsMembership *cs_membership_read (const char *directory, GError **error);
gboolean cs_membership_write (const char *directory, const CsMembership *self, GError **error);
gboolean cs_membership_remove (const char *directory, GError **error);

/* The journal of a directory; the password of a team's database comes from the keyring. The errors
 * of both kinds of store; CONFLICT if the database holds another workspace. */
void cs_membership_open_async (const char *directory,
                               CsKeyring *keyring,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
CsStore *cs_membership_open_finish (GAsyncResult *result, GError **error);

/* Whatever kind it is. Waits. */
void cs_membership_close (CsStore *store);

G_END_DECLS
