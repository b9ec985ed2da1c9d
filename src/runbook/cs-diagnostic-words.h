/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences of what a check of a runbook has to say: the one table to extend. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *cs_diagnostic_get_severity (const char *code);
const char *cs_diagnostic_get_words (const char *code);
char *cs_diagnostic_format (const char *words, const char *subject);

G_END_DECLS
