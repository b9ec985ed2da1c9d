/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step of a phase: words, blocks and things to check. */

#pragma once

#include "cs-block.h"
#include "cs-check.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_STEP (cs_step_get_type ())
G_DECLARE_FINAL_TYPE (CsStep, cs_step, CS, STEP, GObject)

const char *cs_step_get_id (CsStep *self);     /* "2.3": phase 2, step 3 */
const char *cs_step_get_title (CsStep *self);  /* without emoji and numbering */
const char *cs_step_get_alternative_of (CsStep *self); /* NULL, or what it is one choice of */
const char *cs_step_get_environment (CsStep *self);    /* NULL: for all */
guint cs_step_get_line (CsStep *self);
guint cs_step_get_end_line (CsStep *self);
gint64 cs_step_get_estimate (CsStep *self);    /* seconds, -1 if not said */
GListModel *cs_step_get_blocks (CsStep *self); /* of CsBlock, in document order */
GListModel *cs_step_get_checks (CsStep *self); /* of CsCheck, in document order */

/* The words of the step as Markdown: its lines without heading, blocks, checks and the estimate
 * (transfer full); NULL if nothing is left. */
char *cs_step_dup_prose (CsStep *self);

G_END_DECLS
