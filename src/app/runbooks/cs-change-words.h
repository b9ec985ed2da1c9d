/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between two versions of a runbook, in sentences. */

#pragma once

#include "cs-changes.h"

G_BEGIN_DECLS

char *cs_change_words_describe (const CsChange *change);
const char *cs_change_words_icon (const CsChange *change);

G_END_DECLS
