/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comments that begin like a condition, and leave nothing to choose. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CsConditionDoubt: what a comment is that begins like a condition */
typedef enum
{
  CS_CONDITION_MEANT,    /* one */
  CS_CONDITION_DOUBTFUL, /* perhaps one: the commands are needed, and a person should look */
  CS_CONDITION_MISTAKEN, /* none */
} CsConditionDoubt;

CsConditionDoubt cs_condition_doubt (const char *lower);

G_END_DECLS
