/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MurmurHash3 in its variant x86_32: the same number on every machine. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint32 cs_murmur_hash (const void *data, gsize length, guint32 seed);

G_END_DECLS
