/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fold of the people does with one of them. */

#pragma once

#include "cs-people.h"

G_BEGIN_DECLS

CsPerson *cs_person_new (const char *id, const char *name);
/* by: who decided it; NULL: nobody signed for it */
void
cs_person_add_key (CsPerson *self, const char *public_line, const char *by, gint64 at);
gboolean cs_person_has_key (CsPerson *self, const char *public_line);
void cs_person_retire_key (CsPerson *self,
                           const char *public_line,
                           const char *by,
                           gint64 at,
                           const char *reason);
void cs_person_give_role (CsPerson *self, const char *role, const char *by, gint64 at);
void cs_person_take_role (CsPerson *self, const char *role, const char *by, gint64 at);
guint cs_person_count_valid_keys (CsPerson *self);
/* As it was known at that time. */
void cs_person_append_allowed_signers (CsPerson *self,
                                       const char *namespaces,
                                       gint64 at,
                                       GString *text);

G_END_DECLS
