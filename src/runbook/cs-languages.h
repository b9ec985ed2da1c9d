/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The languages that info strings name, and what people call expected output. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CS_LANGUAGE_NONE,    /* no info string */
  CS_LANGUAGE_SHELL,   /* commands of a POSIX shell */
  CS_LANGUAGE_CONSOLE, /* commands with prompts, and what they print */
  CS_LANGUAGE_OUTPUT,  /* text, log, output */
  CS_LANGUAGE_FILE,    /* what is saved somewhere */
  CS_LANGUAGE_OTHER,   /* other shells, pictures */
  CS_LANGUAGE_UNKNOWN, /* a name that tells nothing: "linux", "cli" */
} CsLanguage;

CsLanguage cs_language_of (const char *name);
gboolean cs_language_is_expected_label (const char *text);
gboolean cs_language_is_evidence_label (const char *text);

G_END_DECLS
