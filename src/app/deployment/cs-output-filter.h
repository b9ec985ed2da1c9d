/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes output from outside safe to show in a terminal: colours and progress pass, the rest not. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsOutputFilter CsOutputFilter;

CsOutputFilter *cs_output_filter_new (void);
/* For a terminal that a program draws on: all passes but what reaches beyond its own picture. */
CsOutputFilter *cs_output_filter_new_for_terminal (void);
void cs_output_filter_free (CsOutputFilter *self);
void cs_output_filter_feed (CsOutputFilter *self, const char *data, gsize length, GString *out);
void cs_output_filter_reset (CsOutputFilter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsOutputFilter, cs_output_filter_free)

/* The last line in bytes that says something, as plain text of at most length characters; NULL. */
char *cs_output_filter_dup_last_line (GBytes *bytes, gsize length);

G_END_DECLS
