/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed into the terminal of a run, on its way from the agent to the supervisor. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_RUN_KEYS_MAX: bytes that are typed at once; a pipe takes so much as a whole or not at all */
#define CS_RUN_KEYS_MAX 4000

/**
 * CsRunKeys:
 * @at: how many bytes were typed before @data; -1 if the caller does not count
 * @length: bytes of @data
 * @columns: the terminal's new width in characters; 0: as it is
 * @rows: its new height in lines; 0: as it is
 */
typedef struct
{
  gint64 at;
  guint16 columns;
  guint16 rows;
  guint16 length;
  guint8 data[CS_RUN_KEYS_MAX];
} CsRunKeys;

GBytes *cs_run_keys_write (const CsRunKeys *self);

/* Takes the first one off @from; FALSE until it has come whole. */
gboolean cs_run_keys_take (CsRunKeys *self, GByteArray *from);

G_END_DECLS
