/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose keys count, for what and when: an allowed_signers file (ssh-keygen(1)). */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsAllowedSigners CsAllowedSigners;

CsAllowedSigners *cs_allowed_signers_parse (const char *text, GError **error);
CsAllowedSigners *cs_allowed_signers_ref (CsAllowedSigners *self);
void cs_allowed_signers_unref (CsAllowedSigners *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAllowedSigners, cs_allowed_signers_unref)

guint cs_allowed_signers_get_n_keys (CsAllowedSigners *self);
gboolean cs_allowed_signers_knows (CsAllowedSigners *self, const char *person);
const char *cs_allowed_signers_find (CsAllowedSigners *self,
                                     GBytes *key,
                                     const char *namespace_,
                                     gint64 at,
                                     const char **line,
                                     GError **error);

G_END_DECLS
