/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts values into a command, each as data for where it stands. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *cs_substitution_apply (const char *script, GHashTable *values, GError **error);

G_END_DECLS
