/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the write-ahead log longer before it is written to. */

#pragma once

#include "cs-database.h"

G_BEGIN_DECLS

typedef struct _CsLogRoom CsLogRoom;

CsLogRoom *cs_log_room_new (CsDatabase *database);
void cs_log_room_make (CsLogRoom *self);
void cs_log_room_free (CsLogRoom *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsLogRoom, cs_log_room_free)

G_END_DECLS
