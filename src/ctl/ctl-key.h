/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which key someone signs with. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/* The key in the file path; NULL: the one that is clear without asking. (transfer full) */
CsKey *ctl_find_key (Ctl *ctl, const char *path, GError **error);
/* That key, and what asks for its passphrase (transfer none); NULL with an error. */
CsAskpass *ctl_prepare_key (Ctl *ctl, const char *path, CsKey **key, GError **error);
/* As ctl_prepare_key(), and whose key it is (transfer none); NOT_FOUND if nobody's. */
CsPerson *ctl_find_signer (Ctl *ctl,
                           const char *path,
                           CsKey **key,
                           CsAskpass **askpass,
                           GError **error);
/* Whose key that is; who signs with a new one becomes known by name (NULL: the account's).
 * (transfer full) */
CsPerson *
ctl_introduce (Ctl *ctl, const char *name, CsKey *key, CsAskpass *askpass, GError **error);

G_END_DECLS
