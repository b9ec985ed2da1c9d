/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The making of a lock: for the fold of the locks alone. */

#pragma once

#include "cs-lock.h"

#include "cs-record.h"

G_BEGIN_DECLS

/* From a record that says that it was taken, or taken over; NULL if that makes no sense. */
CsLock *cs_lock_new (CsRecord *record);
gboolean cs_lock_is_for (CsLock *self, const char *environment);

G_END_DECLS
