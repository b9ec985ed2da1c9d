/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to look for in the journal. */

#include "cs-query.h"

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
