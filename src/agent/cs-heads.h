/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last head of each stream that the agent was shown: a witness against cut records. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _CsHeads CsHeads;

/**
 * CsHead:
 * @n: number of the last record
 * @hash: its digest
 * @at: when it was shown, in UTC microseconds
 * @by: by whom
 */
typedef struct
{
  gint64 n;
  char *hash;
  gint64 at;
  char *by;
} CsHead;

CsHeads *cs_heads_open (const char *path, GError **error);
void cs_heads_close (CsHeads *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsHeads, cs_heads_close)

/* Any thread. CONFLICT if it lies before the one that is known, or beside it. */
gboolean cs_heads_show (CsHeads *self, const char *stream, const CsHead *head, GError **error);
JsonObject *cs_heads_look_up (CsHeads *self, const char *stream);

G_END_DECLS
