/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shell of a script reads before it, so that state carries over. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The same on every kind of target: it says who it is, takes the variables, reads the script and
 * reports at its end; see the .c file. */
char *cs_shell_start_build (const char *report_mark,
                            const char *cwd,
                            GHashTable *variables,
                            GHashTable *secrets,
                            GError **error);
char *cs_shell_start_build_secrets (GHashTable *secrets, GError **error);
void cs_shell_start_append_assignment (GString *request, const char *name, const char *value);
gboolean cs_shell_start_is_name (const char *name);

G_END_DECLS
