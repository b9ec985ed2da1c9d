/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks: the token that lets a caller in, and the person who signed the request. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-caller.h"

#include "cs-clock.h"
#include "cs-delegate.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-signer-check.h"

#include <string.h>

/** cs_caller_headers_clear: frees what is in it. */
void
cs_caller_headers_clear (CsCallerHeaders *self)
{
  g_free (self->authorization);
  g_free (self->agent);
  g_free (self->time);
  g_free (self->nonce);
  g_free (self->signature);
  g_free (self->delegation);
}

/** cs_caller_free: frees a caller. */
void
cs_caller_free (CsCaller *self)
{
  if (self == NULL)
    return;
  g_free (self->person);
  g_free (self->deployment);
  g_free (self);
}

/**
 * cs_caller_check_token:
 * @authorization: (nullable): the header
 * @now: UTC microseconds
 *
 * Returns: (transfer none) (nullable): the token; %NULL with a problem
 */
const CsToken *
cs_caller_check_token (CsAgentConfig *config,
                       const char *authorization,
                       gint64 now,
                       CsProblem **problem)
{
  const CsToken *token;
  gboolean expired = FALSE;

  if (authorization == NULL || g_ascii_strncasecmp (authorization, "Bearer ", 7) != 0)
    {
      *problem = cs_problem_new (CS_PROBLEM_TOKEN_MISSING,
                                 "Every request needs a header “Authorization: Bearer csa_…”");
      return NULL;
    }
  token = cs_tokens_find (config->tokens, authorization + 7, now, &expired);
  if (token == NULL)
    *problem = cs_problem_new (CS_PROBLEM_TOKEN_REFUSED,
                               expired ? "The token has expired; ask for the one that replaced it"
                                       : "The token is not one of this agent's");
  return token;
}

/**
 * cs_caller_build_message:
 *
 * Returns: (transfer full): the seven lines that are signed
 */
GBytes *
cs_caller_build_message (const char *method,
                         const char *target,
                         const char *agent,
                         const char *time,
                         const char *nonce,
                         GBytes *body)
{
  g_autofree char *digest = cs_digest_of_bytes (body);
  char *text = g_strdup_printf ("countersign-request-v1\n%s\n%s\n%s\n%s\n%s\n%s\n", method, target,
                                agent, time, nonce, digest);

  return g_bytes_new_take (text, strlen (text));
}

static CsCaller *
fail (CsProblem **problem, CsProblemKind kind, const char *words)
{
  *problem = cs_problem_new (kind, "%s", words);
  return NULL;
}

static gboolean
is_nonce (const char *text)
{
  gsize length = strlen (text);

  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-')
      return FALSE;
  return length >= 16 && length <= 64;
}

/* What a signature covers, before it is looked at. */
static gboolean
check_frame (const CsCallerQuestion *question, gint64 *at, CsProblem **problem)
{
  const CsCallerHeaders *headers = question->headers;

  if (headers->signature == NULL || headers->agent == NULL || headers->time == NULL ||
      headers->nonce == NULL)
    return fail (problem, CS_PROBLEM_SIGNATURE_MISSING,
                 "A request that changes something needs Countersign-Agent, -Time, -Nonce and "
                 "-Signature") != NULL;
  if (!is_nonce (headers->nonce) || !g_str_has_suffix (headers->time, "Z") ||
      !cs_clock_parse (headers->time, at, NULL))
    return fail (problem, CS_PROBLEM_INVALID,
                 "Countersign-Time is no time in UTC, or Countersign-Nonce not 16 to 64 letters, "
                 "digits and dashes") != NULL;
  if (!cs_agent_config_has_identity (question->config, headers->agent))
    return fail (problem, CS_PROBLEM_WRONG_AGENT,
                 "The request was signed for an agent with another certificate") != NULL;
  if (ABS (question->now - *at) > CS_CALLER_WINDOW)
    return fail (problem, CS_PROBLEM_STALE,
                 "The request was signed more than five minutes from the time here; are the clocks "
                 "right?") != NULL;
  return TRUE;
}

/* Signatures of delegations that were found good: one by a hardware key costs a process. */
static GMutex known_mutex;
static GHashTable *known;
#define MAX_KNOWN 256

static gboolean
is_known (const char *digest)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&known_mutex);

  return known != NULL && g_hash_table_contains (known, digest);
}

static void
get_known (const char *digest)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&known_mutex);

  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_size (known) >= MAX_KNOWN)
    g_hash_table_remove_all (known);
  g_hash_table_add (known, g_strdup (digest));
}

/* Whose key it is, and whether it is still valid, is asked each time. */
static char *
check_delegator (const CsCallerQuestion *question,
                 CsSignature *signature,
                 GBytes *payload,
                 GError **error)
{
  CsAllowedSigners *signers = question->config->signers;
  g_autofree char *digest =
    cs_digest_of_data (question->headers->delegation, strlen (question->headers->delegation));
  char *person;

  if (is_known (digest))
    return g_strdup (cs_allowed_signers_find (signers, cs_signature_get_key (signature),
                                              CS_DELEGATE_NAMESPACE, question->now, NULL, error));
  person = cs_signer_check (signers, signature, CS_DELEGATE_NAMESPACE, payload, question->now,
                            error);
  if (person != NULL)
    get_known (digest);
  return person;
}

static GBytes *
decode_payload (const char *text, gsize length)
{
  g_autoptr (GString) base64 = g_string_new_len (text, (gssize) length);

  g_strdelimit (base64->str, "-", '+');
  g_strdelimit (base64->str, "_", '/');
  while (base64->len % 4 != 0)
    g_string_append_c (base64, '=');
  return cs_signature_decode_base64 (base64->str);
}

static const char *
find_fault (const CsCallerQuestion *question, const CsDelegation *delegation)
{
  gint64 longest = question->config->policy->max_delegation * G_USEC_PER_SEC;

  if (delegation->issued > question->now + CS_CALLER_WINDOW)
    return "It is not valid yet";
  if (delegation->expires <= question->now)
    return "It has expired; sign in again";
  if (delegation->expires - delegation->issued > longest)
    return "It lasts longer than the agent's policy allows (max-delegation)";
  return NULL;
}

/* Gives who let this key sign for them. */
static CsCaller *
check_delegation (const CsCallerQuestion *question, CsSignature *request, CsProblem **problem)
{
  const char *text = question->headers->delegation;
  const char *dot = strchr (text, '.');
  g_autoptr (GBytes) payload = dot != NULL ? decode_payload (text, dot - text) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSignature) signature = NULL;
  g_autoptr (CsDelegation) delegation = NULL;
  const char *fault;
  char *person;
  CsCaller *caller;

  if (payload == NULL)
    return fail (problem, CS_PROBLEM_DELEGATION_REFUSED,
                 "It is not base64url of a payload, a dot, and base64 of a signature");
  signature = cs_signature_parse_base64 (dot + 1, &error);
  delegation = signature != NULL ? cs_delegation_parse (payload, &error) : NULL;
  if (delegation == NULL)
    return fail (problem, CS_PROBLEM_DELEGATION_REFUSED, error->message);
  fault = find_fault (question, delegation);
  if (fault != NULL)
    return fail (problem, CS_PROBLEM_DELEGATION_REFUSED, fault);
  if (!g_bytes_equal (delegation->key, cs_signature_get_key (request)))
    return fail (problem, CS_PROBLEM_DELEGATION_REFUSED,
                 "It is for another key than the one that signed the request");
  person = check_delegator (question, signature, payload, &error);
  if (person == NULL)
    return fail (problem, CS_PROBLEM_DELEGATION_REFUSED, error->message);
  caller = g_new0 (CsCaller, 1);
  caller->person = person;
  caller->deployment = g_strdup (delegation->deployment);
  return caller;
}

static CsCaller *
find_signer (const CsCallerQuestion *question, CsProblem **problem)
{
  const CsCallerHeaders *headers = question->headers;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSignature) signature = cs_signature_parse_base64 (headers->signature, &error);
  g_autoptr (GBytes) message =
    cs_caller_build_message (question->method, question->target, headers->agent, headers->time,
                             headers->nonce, question->body);
  CsCaller *caller;
  char *person;

  if (signature == NULL)
    return fail (problem, CS_PROBLEM_SIGNATURE_REFUSED, error->message);
  if (headers->delegation != NULL)
    {
      if (!cs_signature_verify (signature, CS_CALLER_NAMESPACE, message, &error))
        return fail (problem, CS_PROBLEM_SIGNATURE_REFUSED, error->message);
      return check_delegation (question, signature, problem);
    }
  person = cs_signer_check (question->config->signers, signature, CS_CALLER_NAMESPACE, message,
                            question->now, &error);
  if (person == NULL)
    return fail (problem, CS_PROBLEM_SIGNATURE_REFUSED, error->message);
  caller = g_new0 (CsCaller, 1);
  caller->person = person;
  return caller;
}

/**
 * cs_caller_check_signature:
 * @question: the request
 * @problem: (out): why it is not accepted
 *
 * Finds out who signed the request, and takes its nonce. Blocks; call it in a worker thread.
 *
 * Returns: (transfer full) (nullable): the person; %NULL with a problem
 */
CsCaller *
cs_caller_check_signature (const CsCallerQuestion *question, CsProblem **problem)
{
  const CsAgentPolicy *policy = question->config->policy;
  g_autoptr (CsCaller) caller = NULL;
  g_autoptr (GError) error = NULL;
  gint64 at = 0;

  if (!check_frame (question, &at, problem))
    return NULL;
  caller = find_signer (question, problem);
  if (caller == NULL)
    return NULL;
  if (policy->operators != NULL &&
      !g_strv_contains ((const char *const *) policy->operators, caller->person))
    {
      *problem = cs_problem_new (CS_PROBLEM_SIGNATURE_REFUSED,
                                 "%s is not among those who may run something here",
                                 caller->person);
      return NULL;
    }
  if (cs_nonces_take (question->nonces, question->headers->nonce, at + 2 * CS_CALLER_WINDOW,
                      question->now, &error))
    return g_steal_pointer (&caller);
  *problem = g_error_matches (error, CS_ERROR, CS_ERROR_EXISTS)
               ? cs_problem_new (CS_PROBLEM_REPLAYED,
                                 "A request with this nonce was sent before; who did not hear its "
                                 "answer asks with another one")
               : cs_problem_new_for_error (error, CS_PROBLEM_INTERNAL);
  return NULL;
}
