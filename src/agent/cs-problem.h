/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the agent says when it does not do what was asked: RFC 9457 problem details. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  CS_PROBLEM_MALFORMED,
  CS_PROBLEM_INVALID,
  CS_PROBLEM_TOKEN_MISSING,
  CS_PROBLEM_TOKEN_REFUSED,
  CS_PROBLEM_SIGNATURE_MISSING,
  CS_PROBLEM_SCOPE,
  CS_PROBLEM_SIGNATURE_REFUSED,
  CS_PROBLEM_DELEGATION_REFUSED,
  CS_PROBLEM_STALE,
  CS_PROBLEM_NOT_APPROVED,
  CS_PROBLEM_NOT_ALLOWED_VARIABLE,
  CS_PROBLEM_NOT_YOURS,
  CS_PROBLEM_NO_SUCH_ROUTE,
  CS_PROBLEM_NO_SUCH_RUN,
  CS_PROBLEM_NO_SUCH_HEAD,
  CS_PROBLEM_WRONG_METHOD,
  CS_PROBLEM_TIMEOUT,
  CS_PROBLEM_REPLAYED,
  CS_PROBLEM_RUN_EXISTS,
  CS_PROBLEM_RUN_ACTIVE,
  CS_PROBLEM_NO_TERMINAL,
  CS_PROBLEM_WRONG_ENVIRONMENT,
  CS_PROBLEM_HEAD_BEHIND,
  CS_PROBLEM_RUN_VOID,
  CS_PROBLEM_TOO_LARGE,
  CS_PROBLEM_MEDIA_TYPE,
  CS_PROBLEM_WRONG_AGENT,
  CS_PROBLEM_CWD_MISSING,
  CS_PROBLEM_VALUE_REFUSED,
  CS_PROBLEM_RATE_LIMITED,
  CS_PROBLEM_HEAD_TOO_LARGE,
  CS_PROBLEM_INTERNAL,
  CS_PROBLEM_QUEUE_FULL,
  CS_PROBLEM_STOPPING,
  CS_PROBLEM_STORAGE,
  CS_PROBLEM_LAST,
} CsProblemKind;

/**
 * CsProblem:
 * @detail: what is wrong, where, and what to do
 * @more: members of its own
 * @retry_after: seconds; 0 says nothing
 */
typedef struct
{
  CsProblemKind kind;
  char *detail;
  JsonObject *more;
  guint retry_after;
} CsProblem;

CsProblem *cs_problem_new (CsProblemKind kind, const char *format, ...) G_GNUC_PRINTF (2, 3);
CsProblem *cs_problem_new_for_error (const GError *error, CsProblemKind otherwise);
void cs_problem_free (CsProblem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsProblem, cs_problem_free)

JsonObject *cs_problem_get_more (CsProblem *self);
guint cs_problem_get_status (const CsProblem *self);
const char *cs_problem_get_name (const CsProblem *self);
char *cs_problem_to_json (const CsProblem *self, const char *instance);
gboolean cs_problem_kind_from_name (const char *name, CsProblemKind *kind);
const char *cs_problem_kind_get_name (CsProblemKind kind);

G_END_DECLS
