/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members of record bodies that name blobs. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *cs_blob_names_next (const char *body, const char **rest, const char *end);
GPtrArray *cs_blob_names_find (const char *body, gsize length);

G_END_DECLS
