/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One member of a fleet: another target by its name, or an address of its own. */

#pragma once

#include "cs-target.h"

G_BEGIN_DECLS

/* name: as of a target. rank: 1-9999, lower ones come first. target: what it is; NULL while it is
 * known by its name alone. INVALID for a fleet within a fleet. */
CsMember *cs_member_new (const char *name, int rank, CsTarget *target, GError **error);
CsMember *cs_member_new_from_json (JsonObject *object, GError **error);
JsonObject *cs_member_to_json (CsMember *self);

/* Members as people write them, one a line:
 *
 *     NAME [rank=N]                                            a target of this name
 *     [NAME=]ssh://[USER@]HOST[:PORT] [rank=N] [identity=FILE] a server
 *     NAME=local: [rank=N]                                     this computer
 *
 * Empty lines and what follows a # are left out. GPtrArray of CsMember; INVALID with the line's
 * number. */
GPtrArray *cs_member_parse_list (const char *text, GError **error);
char *cs_member_write_list (GListModel *members);

const char *cs_member_get_name (CsMember *self);
int cs_member_get_rank (CsMember *self);
CsTarget *cs_member_get_target (CsMember *self); /* NULL while it is known by its name alone */

G_END_DECLS
