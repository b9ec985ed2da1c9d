/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What records say, in words for people. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

/**
 * CsActWords:
 * @stream: the prefix of the streams that such records stand in
 * @kind: their kind
 * @title: what was done, untranslated
 * @icon: a symbolic icon
 * @detail: (nullable): the member of the body that tells one such act from another
 */
typedef struct
{
  const char *stream;
  const char *kind;
  const char *title;
  const char *icon;
  const char *detail;
} CsActWords;

const CsActWords *cs_act_words_list (guint *n_words);
const CsActWords *cs_act_words_find (const char *stream, const char *kind);

/* deployment: the one that the record belongs to; NULL if none */
char *cs_act_words_describe (CsRecord *record, CsDeployment *deployment);
const char *cs_act_words_icon (CsRecord *record);
char *cs_act_words_format_time (gint64 at);
char *cs_act_words_format_exact_time (gint64 at);

G_END_DECLS
