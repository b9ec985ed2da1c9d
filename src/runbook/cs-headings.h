/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a heading says: its words, its number, its topic. */

#pragma once

#include "cs-heading-words.h"

G_BEGIN_DECLS

/** CsNumbering: how a title counts */
typedef enum
{
  CS_NUMBERING_NONE,
  CS_NUMBERING_PHASE,  /* "Phase 2: …" */
  CS_NUMBERING_STEP,   /* "Step 2.1: …", "Schritt 3" */
  CS_NUMBERING_OPTION, /* "Option A: …" */
  CS_NUMBERING_PLAIN,  /* "2. …", "2.1 …", "A. …" */
  CS_NUMBERING_TIME,   /* "Hour 1-2: …", "Week 1" */
} CsNumbering;

char *cs_heading_strip_markup (const char *text);
gboolean cs_heading_may_be_option (const char *text, gsize length);
char *cs_heading_take_number (char *words, CsNumbering *numbering);
char *cs_heading_clean_title (const char *text, CsNumbering *numbering);
CsTopic cs_heading_get_topic (const char *title, guint *weight);
const char *cs_heading_get_environment (const char *title);

G_END_DECLS
