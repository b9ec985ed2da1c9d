/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes secrets out of a runbook's source and leaves references in their places. */

#pragma once

#include "cs-runbook.h"

G_BEGIN_DECLS

/** CsFoundSecret: a value that stands in a command in clear text, and what it is to be called */
typedef struct
{
  guint line; /* the first, of the document */
  char *kind; /* see cs_secrets_find() */
  char *name;
  char *value;
  guint n_lines; /* of commands in which it was found */
} CsFoundSecret;

void cs_found_secret_free (CsFoundSecret *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFoundSecret, cs_found_secret_free)

/* Each value once, in document order (transfer full) of CsFoundSecret. */
GPtrArray *cs_secret_move_find (CsRunbook *runbook);
/* arguments (out, transfer full, of GUINT_TO_POINTER): lines whose program takes it as an argument
 * only. */
GBytes *cs_secret_move_apply (CsRunbook *runbook, GPtrArray *secrets, GArray **arguments);

G_END_DECLS
