/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that someone is to sign. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CS_TYPE_SIGNOFF (cs_signoff_get_type ())
G_DECLARE_FINAL_TYPE (CsSignoff, cs_signoff, CS, SIGNOFF, GObject)

/* A line that stands in no document: what someone else asks for. */
CsSignoff *cs_signoff_new (const char *id,
                           const char *role,
                           const char *meaning,
                           const char *phase_id,
                           guint line);

const char *cs_signoff_get_id (CsSignoff *self);      /* "s1", "s2", … in document order */
guint cs_signoff_get_line (CsSignoff *self);
/* "Tech Lead"; the label if no role is named */
const char *cs_signoff_get_role (CsSignoff *self);
const char *cs_signoff_get_meaning (CsSignoff *self); /* the heading's sentence */
const char *const *cs_signoff_get_fields (CsSignoff *self); /* "Name", "Date", "Time"… as printed */
const char *cs_signoff_get_phase_id (CsSignoff *self); /* the phase it stands in; NULL if in none */

G_END_DECLS
