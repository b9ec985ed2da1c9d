/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document as bytes and as readable text, both cut into the same lines. */

#pragma once

#include "cs-byte-search.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsSource CsSource;

CsSource *cs_source_new (GBytes *bytes, GError **error);
CsSource *cs_source_ref (CsSource *self);
void cs_source_unref (CsSource *self);

GBytes *cs_source_get_bytes (CsSource *self);
const char *cs_source_get_text (CsSource *self, gsize *length);
const char *cs_source_get_damage (CsSource *self);
guint cs_source_get_n_lines (CsSource *self);
const char *cs_source_get_line (CsSource *self, guint line, gsize *length);
CsBytes cs_source_get_line_bytes (CsSource *self, guint line);
char *cs_source_dup_line (CsSource *self, guint line);
char *cs_source_dup_lines (CsSource *self, guint from, guint to);
void cs_source_append_bytes (CsSource *self, guint from, guint to, GByteArray *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSource, cs_source_unref)

G_END_DECLS
