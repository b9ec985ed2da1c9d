/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How names sound: Kölner Phonetik, and how near two names are to each other. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_PHONETICS_LIMIT: characters of a name that are looked at */
#define CS_PHONETICS_LIMIT 100
/** CS_PHONETICS_THRESHOLD: names at least this similar count as the same */
#define CS_PHONETICS_THRESHOLD 0.65

char *cs_phonetics_dup_code (const char *text);

typedef struct _CsPhoneticQuery CsPhoneticQuery;

CsPhoneticQuery *cs_phonetic_query_new (const char *text);
void cs_phonetic_query_free (CsPhoneticQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPhoneticQuery, cs_phonetic_query_free)
double cs_phonetic_query_match (const CsPhoneticQuery *self, const char *name);

double cs_phonetics_compare (const char *text, const char *name);

G_END_DECLS
