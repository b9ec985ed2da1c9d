/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to look for in the journal. */

#include "cs-query.h"

#include <string.h>

#define DEFAULT_LIMIT 200

/**
 * cs_query_new:
 *
 * Returns: (transfer full): a query for the newest 200 records of any kind
 */
CsQuery *
cs_query_new (void)
{
  CsQuery *self = g_new0 (CsQuery, 1);

  self->since = G_MININT64;
  self->until = G_MAXINT64;
  self->before = G_MAXINT64;
  self->limit = DEFAULT_LIMIT;
  return self;
}

/** cs_query_copy: (transfer full): the same query, with text of its own. */
CsQuery *
cs_query_copy (const CsQuery *self)
{
  CsQuery *copy = g_new (CsQuery, 1);

  *copy = *self;
  copy->stream_prefix = g_strdup (self->stream_prefix);
  copy->streams = g_strdupv (self->streams);
  copy->actor = g_strdup (self->actor);
  copy->kind = g_strdup (self->kind);
  copy->words = g_strdup (self->words);
  return copy;
}

/** cs_query_free: */
void
cs_query_free (CsQuery *self)
{
  if (self == NULL)
    return;
  g_free (self->stream_prefix);
  g_strfreev (self->streams);
  g_free (self->actor);
  g_free (self->kind);
  g_free (self->words);
  g_free (self);
}

/** cs_query_needs_index: whether only records in the index can answer it. */
gboolean
cs_query_needs_index (const CsQuery *self)
{
  return self->words != NULL || self->stream_prefix != NULL || self->actor != NULL ||
         self->kind != NULL || self->since != G_MININT64 || self->until != G_MAXINT64;
}

/**
 * cs_query_dup_area:
 *
 * Returns: (transfer full) (nullable): the area that a prefix like `deployment/` stands for; %NULL
 * for any other prefix
 */
char *
cs_query_dup_area (const CsQuery *self)
{
  const char *slash = self->stream_prefix != NULL ? strchr (self->stream_prefix, '/') : NULL;

  return slash != NULL && slash[1] == '\0'
           ? g_strndup (self->stream_prefix, (gsize) (slash - self->stream_prefix))
           : NULL;
}

/** cs_query_choose_way: the one that leaves the fewest records to look at, mostly. */
CsQueryWay
cs_query_choose_way (const CsQuery *self)
{
  g_autofree char *area = cs_query_dup_area (self);

  if (self->words != NULL)
    return CS_QUERY_BY_WORDS;
  if (self->stream_prefix != NULL && area == NULL)
    return CS_QUERY_BY_STREAMS;
  if (self->actor != NULL)
    return CS_QUERY_BY_ACTOR;
  if (self->kind != NULL)
    return CS_QUERY_BY_KIND;
  if (self->since != G_MININT64 || self->until != G_MAXINT64)
    return CS_QUERY_BY_TIME;
  return area != NULL ? CS_QUERY_BY_AREA : CS_QUERY_BY_SEQ;
}
