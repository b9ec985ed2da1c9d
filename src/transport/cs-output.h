/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The output of one run on its way from the target to those who keep it and those who watch. */

#pragma once

#include "cs-run.h"

G_BEGIN_DECLS

/* What is not for everyone is taken out first; all that is kept, shown and counted is what is left.
 * One thread at a time. */
typedef struct _CsOutput CsOutput;

CsOutput *cs_output_new (CsRun *run);
void cs_output_free (CsOutput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsOutput, cs_output_free)

void cs_output_feed (CsOutput *self, const void *data, gsize length);

/** CS_OUTPUT_PAUSE: milliseconds without output after which people see what has come of a line */
#define CS_OUTPUT_PAUSE 40

/* Whether cs_output_pause() may have something to tell. */
gboolean cs_output_is_waiting (CsOutput *self);
void cs_output_pause (CsOutput *self);

/* The digest of what was kept, or NULL if nothing was to be kept, or with an error. */
char *cs_output_finish (CsOutput *self, GError **error);

gint64 cs_output_get_size (CsOutput *self); /* bytes, also those that were not kept */
gboolean cs_output_get_truncated (CsOutput *self);

G_END_DECLS
