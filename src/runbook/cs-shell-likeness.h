/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a line reads like a command of a shell. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CS_LIKENESS_UNKNOWN,    /* could be a program that nobody here knows */
  CS_LIKENESS_KNOWN,      /* begins with a known program, a path or a keyword */
  CS_LIKENESS_ASSIGNMENT, /* nothing but NAME=value */
  CS_LIKENESS_FOREIGN,    /* another language, a list, prose */
} CsLikeness;

CsLikeness cs_shell_likeness (const char *line, const char *end);

G_END_DECLS
