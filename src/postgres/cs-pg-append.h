/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One append on its way into a team's journal. */

#pragma once

#include "cs-append.h"
#include "cs-digest.h"
#include "cs-pg-connection.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsPgAppend:
 * @task: (nullable): whom it answers; its data is the CsAppend
 * @at: when (UTC, microseconds)
 * @token: by which it is found if the connection is lost before the answer
 * @places: what the server says of each entry
 * @sent: whether it was sent, and is not known to be durable
 * @records: (nullable): what it became
 * @error: (nullable): why it did not
 */
typedef struct
{
  GTask *task;
  gint64 at;
  gint64 token;
  GArray *places;
  gboolean sent;
  GPtrArray *records;
  GError *error;
} CsPgAppend;

CsPgAppend *cs_pg_append_new (GTask *task);
void cs_pg_append_free (CsPgAppend *self);
void cs_pg_append_answer (CsPgAppend *self);

gboolean cs_pg_append_is_open (CsPgAppend *self);
CsAppend *cs_pg_append_get_order (CsPgAppend *self);
gboolean cs_pg_append_send (CsPgAppend *self, CsPgConnection *connection);
void cs_pg_append_take_row (CsPgAppend *self, guint entry, PGresult *row);
void cs_pg_append_complete (CsPgAppend *self, CsDigest *digest, GString *scratch);
gboolean cs_pg_append_settle (CsPgAppend *self, CsPgConnection *connection, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPgAppend, cs_pg_append_free)

G_END_DECLS
