/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the agent says when it does not do what was asked: RFC 9457 problem details. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-problem.h"

#include "cs-error.h"
#include "cs-json.h"

#define TYPE_PREFIX "https://countersign.github.io/problems/"

static const struct
{
  const char *name;
  guint status;
  const char *title;
} kinds[CS_PROBLEM_LAST] = {
  [CS_PROBLEM_MALFORMED] = { "malformed", 400, "The request is not well-formed" },
  [CS_PROBLEM_INVALID] = { "invalid", 400, "The request says something that can't be" },
  [CS_PROBLEM_TOKEN_MISSING] = { "token-missing", 401, "The request has no token" },
  [CS_PROBLEM_TOKEN_REFUSED] = { "token-refused", 401, "The token is not accepted" },
  [CS_PROBLEM_SIGNATURE_MISSING] = { "signature-missing", 401, "The request is not signed" },
  [CS_PROBLEM_SCOPE] = { "scope", 403, "The token is for something else" },
  [CS_PROBLEM_SIGNATURE_REFUSED] = { "signature-refused", 403, "The signature is not accepted" },
  [CS_PROBLEM_DELEGATION_REFUSED] = { "delegation-refused", 403, "The delegation is not accepted" },
  [CS_PROBLEM_STALE] = { "stale", 403, "The request was signed at another time" },
  [CS_PROBLEM_NOT_APPROVED] = { "not-approved", 403, "The command is not approved" },
  [CS_PROBLEM_NOT_ALLOWED_VARIABLE] = { "not-allowed-variable", 403, "A variable is not allowed" },
  [CS_PROBLEM_NOT_YOURS] = { "not-yours", 403, "The run is someone else's" },
  [CS_PROBLEM_NO_SUCH_ROUTE] = { "no-such-route", 404, "There is nothing here" },
  [CS_PROBLEM_NO_SUCH_RUN] = { "no-such-run", 404, "There is no such run" },
  [CS_PROBLEM_NO_SUCH_HEAD] = { "no-such-head", 404, "No head of this stream was shown" },
  [CS_PROBLEM_WRONG_METHOD] = { "wrong-method", 405, "The method does nothing here" },
  [CS_PROBLEM_TIMEOUT] = { "timeout", 408, "The request took too long to arrive" },
  [CS_PROBLEM_REPLAYED] = { "replayed", 409, "The request was sent before" },
  [CS_PROBLEM_RUN_EXISTS] = { "run-exists", 409, "The id belongs to another run" },
  [CS_PROBLEM_RUN_ACTIVE] = { "run-active", 409, "The run has not ended" },
  [CS_PROBLEM_NO_TERMINAL] = { "no-terminal", 409, "There is no terminal to type into" },
  [CS_PROBLEM_WRONG_ENVIRONMENT] = { "wrong-environment", 409, "This is another environment" },
  [CS_PROBLEM_HEAD_BEHIND] = { "head-behind", 409, "The record went back" },
  [CS_PROBLEM_RUN_VOID] = { "run-void", 410, "The id is spent" },
  [CS_PROBLEM_TOO_LARGE] = { "too-large", 413, "The body is too large" },
  [CS_PROBLEM_MEDIA_TYPE] = { "media-type", 415, "The body is not JSON" },
  [CS_PROBLEM_WRONG_AGENT] = { "wrong-agent", 421, "The request is for another agent" },
  [CS_PROBLEM_CWD_MISSING] = { "cwd-missing", 422, "The working directory can't be entered" },
  [CS_PROBLEM_VALUE_REFUSED] = { "value-refused", 422, "A value can't be put in" },
  [CS_PROBLEM_RATE_LIMITED] = { "rate-limited", 429, "Too many requests" },
  [CS_PROBLEM_HEAD_TOO_LARGE] = { "head-too-large", 431, "The headers are too large" },
  [CS_PROBLEM_INTERNAL] = { "internal", 500, "The agent failed" },
  [CS_PROBLEM_QUEUE_FULL] = { "queue-full", 503, "Too many runs wait" },
  [CS_PROBLEM_STOPPING] = { "stopping", 503, "The agent is being stopped" },
  [CS_PROBLEM_STORAGE] = { "storage", 507, "Nothing can be written" },
};

/**
 * cs_problem_new:
 * @kind: which
 * @format: what is wrong, where, and what to do
 *
 * Returns: (transfer full): the problem
 */
CsProblem *
cs_problem_new (CsProblemKind kind, const char *format, ...)
{
  CsProblem *self = g_new0 (CsProblem, 1);
  va_list arguments;

  self->kind = kind;
  va_start (arguments, format);
  self->detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return self;
}

/**
 * cs_problem_new_for_error:
 * @error: what a lower layer said
 * @otherwise: the kind, unless it was the disk
 *
 * Returns: (transfer full): the problem
 */
CsProblem *
cs_problem_new_for_error (const GError *error, CsProblemKind otherwise)
{
  gboolean disk = g_error_matches (error, CS_ERROR, CS_ERROR_STORAGE);

  return cs_problem_new (disk ? CS_PROBLEM_STORAGE : otherwise, "%s", error->message);
}

/** cs_problem_free: frees a problem. */
void
cs_problem_free (CsProblem *self)
{
  if (self == NULL)
    return;
  g_free (self->detail);
  g_clear_pointer (&self->more, json_object_unref);
  g_free (self);
}

/** cs_problem_get_more: (transfer none): members to add to those that every problem has. */
JsonObject *
cs_problem_get_more (CsProblem *self)
{
  if (self->more == NULL)
    self->more = json_object_new ();
  return self->more;
}

/** cs_problem_get_status: the status of the answer. */
guint
cs_problem_get_status (const CsProblem *self)
{
  return kinds[self->kind].status;
}

/** cs_problem_get_name: the last part of its type. */
const char *
cs_problem_get_name (const CsProblem *self)
{
  return kinds[self->kind].name;
}

/** cs_problem_kind_get_name: the last part of the type of this kind. */
const char *
cs_problem_kind_get_name (CsProblemKind kind)
{
  return kinds[kind].name;
}

/** cs_problem_kind_from_name: finds a kind by the last part of its type. */
gboolean
cs_problem_kind_from_name (const char *name, CsProblemKind *kind)
{
  for (guint i = 0; i < CS_PROBLEM_LAST; i++)
    if (g_strcmp0 (kinds[i].name, name) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * cs_problem_to_json:
 * @instance: id under which the log has it
 *
 * Returns: (transfer full): `application/problem+json`
 */
char *
cs_problem_to_json (const CsProblem *self, const char *instance)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *type = g_strconcat (TYPE_PREFIX, kinds[self->kind].name, NULL);
  g_autofree char *detail = g_utf8_make_valid (self->detail, -1);
  JsonObject *object = json_object_new ();
  g_autoptr (GList) members = self->more != NULL ? json_object_get_members (self->more) : NULL;

  json_node_take_object (node, object);
  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (object, l->data,
                            json_node_copy (json_object_get_member (self->more, l->data)));
  json_object_set_string_member (object, "type", type);
  json_object_set_string_member (object, "title", kinds[self->kind].title);
  json_object_set_int_member (object, "status", kinds[self->kind].status);
  json_object_set_string_member (object, "detail", detail);
  json_object_set_string_member (object, "instance", instance);
  return cs_json_to_canonical (node, NULL);
}
