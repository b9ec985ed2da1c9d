/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to look for in the journal. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * CsQuery:
 * @stream_prefix: (nullable): only streams that begin so, e.g. `deployment/`
 * @streams: (nullable) (array zero-terminated=1): only these streams
 * @actor: (nullable): only this person's acts
 * @kind: (nullable): only records of this kind
 * @since: only records at or after this time (UTC microseconds); %G_MININT64 for any
 * @until: only records before this time; %G_MAXINT64 for any
 * @words: (nullable): full-text search; every word (or the beginning of one) must occur
 * @before: only records whose seq is less than this, for the next page; %G_MAXINT64 for the newest
 * @limit: at most so many
 *
 * Answers come newest first.
 */
typedef struct
{
  char *stream_prefix;
  char **streams;
  char *actor;
  char *kind;
  gint64 since;
  gint64 until;
  char *words;
  gint64 before;
  guint limit;
} CsQuery;

/** CsQueryWay: what leads to the records that a query is about */
typedef enum
{
  CS_QUERY_BY_SEQ,
  CS_QUERY_BY_WORDS,
  CS_QUERY_BY_STREAMS,
  CS_QUERY_BY_ACTOR,
  CS_QUERY_BY_KIND,
  CS_QUERY_BY_TIME,
  CS_QUERY_BY_AREA,
} CsQueryWay;

CsQuery *cs_query_new (void);
CsQuery *cs_query_copy (const CsQuery *self);
void cs_query_free (CsQuery *self);

gboolean cs_query_needs_index (const CsQuery *self);
char *cs_query_dup_area (const CsQuery *self);
CsQueryWay cs_query_choose_way (const CsQuery *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsQuery, cs_query_free)

G_END_DECLS
