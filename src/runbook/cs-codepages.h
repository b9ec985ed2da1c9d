/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows-1252 and Mac Roman from 0x80 on, and what common marks look like after them. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CsRemnant: a mark as it looks after UTF-8 was read as a code page, some bytes possibly lost */
typedef struct
{
  const char *page;
  const char *damaged;
  const char *mark;
} CsRemnant;

extern const guint16 CS_CODEPAGE_1252[128];
extern const guint16 CS_CODEPAGE_MAC_ROMAN[128];

const CsRemnant *cs_codepage_find_remnant (const char *page, const char *text, gsize length);

G_END_DECLS
