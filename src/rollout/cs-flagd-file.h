/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag in a file of flagd (https://flagd.dev/schema/v0/flags.json): read, and put into it. */

#pragma once

#include "cs-flag-state.h"

G_BEGIN_DECLS

/* For whom the flag is on by its rule: the companies whose id, as context names it, is in a list.
 * Without the flag, or while it is disabled: nobody. A rule of another kind: unclear. INVALID: it
 * is no such file. */
CsFlagState *cs_flagd_file_read (GBytes *content,
                                 const char *key,
                                 const char *context,
                                 GError **error);

/* The file with this rule for the flag, which is added if it is not there. All else stays byte for
 * byte (transfer full). INVALID: it is no such file, or the flag has no variants “on” and “off”. */
GBytes *cs_flagd_file_write (GBytes *content,
                             const char *key,
                             const char *context,
                             CsFlagState *state,
                             GError **error);

G_END_DECLS
