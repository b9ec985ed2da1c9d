/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check item: something that a person ticks. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CS_TYPE_CHECK (cs_check_get_type ())
G_DECLARE_FINAL_TYPE (CsCheck, cs_check, CS, CHECK, GObject)

const char *cs_check_get_id (CsCheck *self);   /* "2.3.c1": first check of step 2.3 */
const char *cs_check_get_text (CsCheck *self); /* inline Markdown, without the box */
guint cs_check_get_line (CsCheck *self);
gboolean cs_check_get_done (CsCheck *self);    /* ticked in the document already */

G_END_DECLS
