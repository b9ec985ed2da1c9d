/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose signature it is: in memory where that can be, else by `ssh-keygen`. */

#pragma once

#include "cs-allowed-signers.h"
#include "cs-signature.h"

G_BEGIN_DECLS

char *cs_signer_check (CsAllowedSigners *signers,
                       CsSignature *signature,
                       const char *namespace_,
                       GBytes *message,
                       gint64 at,
                       GError **error);

G_END_DECLS
