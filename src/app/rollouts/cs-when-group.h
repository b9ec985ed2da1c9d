/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses between now and a time that is still to come. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "changed". */
#define CS_TYPE_WHEN_GROUP (cs_when_group_get_type ())
G_DECLARE_FINAL_TYPE (CsWhenGroup, cs_when_group, CS, WHEN_GROUP, AdwPreferencesGroup)

gboolean cs_when_group_is_later (CsWhenGroup *self);
/* UTC microseconds; 0: no such time was given yet */
gint64 cs_when_group_get_at (CsWhenGroup *self);

G_END_DECLS
