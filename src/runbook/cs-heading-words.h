/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words by which headings tell what a chapter is for: the one table to extend. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CS_TOPIC_NONE,
  CS_TOPIC_PREPARE,
  CS_TOPIC_DEPLOY,
  CS_TOPIC_VERIFY,
  CS_TOPIC_MONITOR,
  CS_TOPIC_ROLLOUT,
  CS_TOPIC_ROLLBACK,
  CS_TOPIC_FOLLOWUP,
  CS_TOPIC_SIGNOFF,
  CS_TOPIC_REFERENCE,
  /* What is no phase unless there is something to run or tick in it: */
  CS_TOPIC_PROSE,
  CS_TOPIC_CONTACTS,
  CS_TOPIC_TIMELINE,
  CS_TOPIC_BLOCKERS,
  CS_TOPIC_RISKS,
  /* What says something about the phase that it stands in: */
  CS_TOPIC_TRIGGERS,
  CS_TOPIC_WINDOW,
} CsTopic;

/* The weight of words for what makes people act, whatever they then do: "Trigger conditions". */
#define CS_HEADING_TRIGGERS_OF_ANYTHING 114

/** CsHeadingWord: words as cs_fold_words() leaves them, and the topic they speak of */
typedef struct
{
  const char *text;
  gsize length; /* bytes */
  guint32 head; /* the first four of them, see cs_heading_word_head() */
  guint32 mask; /* which of its bits are known */
  CsTopic topic;
  guint8 weight; /* the heaviest word of a title decides; of equals the first in the title */
  gboolean first_only;
  gboolean whole; /* and nothing behind it */
  gboolean open_start;
  gboolean open_end;
} CsHeadingWord;

/** cs_heading_word_head: the first four bytes of a text, or what there is; the first one lowest */
static inline guint32
cs_heading_word_head (const char *text)
{
  guint32 head = 0;

  for (guint i = 0; i < 4 && text[i] != '\0'; i++)
    head |= (guint32) (guchar) text[i] << (8 * i);
  return head;
}

/** CsHeadingWords: the words by the byte that they begin with */
typedef struct
{
  GArray *all[256];    /* of #CsHeadingWord, folded; NULL if none begins with the byte */
  GArray *inside[256]; /* those of them that may begin inside a word */
  guint32 seconds[256][8]; /* a bit for each byte that follows this one at the beginning of some */
} CsHeadingWords;

/** cs_heading_words_may_begin: whether some word begins like a text that does not end here */
static inline gboolean
cs_heading_words_may_begin (const CsHeadingWords *self, const char *text)
{
  guchar second = (guchar) text[1];

  return (self->seconds[(guchar) *text][second / 32] & (1u << (second % 32))) != 0;
}

const CsHeadingWords *cs_heading_words_get (void);

G_END_DECLS
