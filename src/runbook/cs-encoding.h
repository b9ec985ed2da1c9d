/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes to text: UTF-8, Latin-1, and UTF-8 that was once read as something else. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GString *cs_encoding_decode (const char *data, gsize length, const char **damage);

G_END_DECLS
