/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says that a living program follows a run; the kernel takes it back when that program dies. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsRunLock CsRunLock;

CsRunLock *cs_run_lock_take (const char *state_directory, const char *run_id, GError **error);
gboolean cs_run_lock_is_held (const char *state_directory, const char *run_id);
void cs_run_lock_free (CsRunLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRunLock, cs_run_lock_free)

G_END_DECLS
