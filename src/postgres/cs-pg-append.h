/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One append on its way into a team's journal. */

#pragma once

#include "cs-append.h"
#include "cs-digest.h"
#include "cs-pg-connection.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** CsPgHead: where a stream ends, as far as is known */
typedef struct
{
  gint64 next;
  guint round; /* in which something was planned upon it */
  char hash[CS_DIGEST_LENGTH + 1];
} CsPgHead;

/**
 * CsPgAppend:
 * @task: (nullable): whom it answers; its data is the CsAppend
 * @plans: what each entry is to become
 * @planned: whether the plans are for the transaction at hand
 * @sent: whether it was sent, and no answer came
 * @records: (nullable): what it became
 * @error: (nullable): why it did not
 */
typedef struct
{
  GTask *task;
  GArray *plans;
  gboolean planned;
  gboolean sent;
  GPtrArray *records;
  GError *error;
} CsPgAppend;

CsPgAppend *cs_pg_append_new (GTask *task);
void cs_pg_append_free (CsPgAppend *self);
void cs_pg_append_answer (CsPgAppend *self);

gboolean cs_pg_append_is_open (CsPgAppend *self);
gboolean cs_pg_append_plan (CsPgAppend *self, CsPgHead *head, CsDigest *digest, GString *scratch);
gboolean cs_pg_append_send (CsPgAppend *self, CsPgConnection *connection);
guint cs_pg_append_n_statements (CsPgAppend *self);
void cs_pg_append_take_result (CsPgAppend *self, guint statement, PGresult *result);
gboolean cs_pg_append_settle (CsPgAppend *self, CsPgConnection *connection, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPgAppend, cs_pg_append_free)

G_END_DECLS
