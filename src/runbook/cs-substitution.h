/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts values into a command, each as data for where it stands. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *cs_substitution_apply (const char *script, GHashTable *values, GError **error);

gboolean cs_substitution_check_carried (const char *script,
                                        GHashTable *values,
                                        GHashTable *carried,
                                        GError **error);
void cs_substitution_add_holders (const char *script, GHashTable *values, GHashTable *names);

G_END_DECLS
