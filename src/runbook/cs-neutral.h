/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document as the block parser gets it: nothing in its lines to choke on, and of what stands
 * between fences nothing at all. */

#pragma once

#include "cs-source.h"

G_BEGIN_DECLS

typedef struct _CsNeutral CsNeutral;

/** CsNeutralStart: where a piece of the text begins that may be parsed by itself */
typedef struct
{
  gsize offset;
  guint line; /* lines of the text before it */
} CsNeutralStart;

CsNeutral *cs_neutral_new (CsSource *source);
void cs_neutral_free (CsNeutral *self);

guint cs_neutral_get_front_matter_end (CsNeutral *self);
guint cs_neutral_get_unclosed_line (CsNeutral *self);
guint cs_neutral_get_n_folds (CsNeutral *self);
GString *
cs_neutral_write (CsNeutral *self, gboolean fold, guint *lines, guint32 *cut, GArray *starts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNeutral, cs_neutral_free)

G_END_DECLS
