/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members of record bodies that name blobs. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GPtrArray *cs_blob_names_find (const char *body, gsize length);

G_END_DECLS
