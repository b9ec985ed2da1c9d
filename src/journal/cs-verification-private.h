/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a store tells a verification about itself. */

#pragma once

#include "cs-verification.h"

G_BEGIN_DECLS

void cs_verification_set_counts (CsVerification *self,
                                 gint64 n_records,
                                 gint64 n_streams,
                                 gint64 n_blobs);

G_END_DECLS
