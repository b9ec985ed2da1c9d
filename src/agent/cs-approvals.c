/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether enough of the right people approved the very command that is to run. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-approvals.h"

#include "cs-clock.h"
#include "cs-envelope.h"
#include "cs-signer-check.h"
#include "cs-sshsig.h"
#include "cs-statement.h"

#include <string.h>

/** CLOCK_SKEW: microseconds that a signer's clock may be ahead */
#define CLOCK_SKEW (300 * G_USEC_PER_SEC)

/* An approval that counts: this person may stand in a place for this role. */
typedef struct
{
  char *signer;
  char *role;
  gint64 at;
  gboolean forward; /* it releases the command on the way forward */
  gboolean back;    /* it is for the command as one of the way back */
} Approval;

static void
approval_free (Approval *self)
{
  g_free (self->signer);
  g_free (self->role);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Approval, approval_free)

static gboolean
is_named (const CsStatement *statement, guint i, const CsApprovalQuestion *question)
{
  return g_str_equal (statement->commands[i], question->command) &&
         g_str_equal (statement->scripts[i], question->text);
}

/* An approval for a terminal is good without one, too: then nobody can answer anything. */
static gboolean
is_for_shell (const char *approved, const CsApprovalQuestion *question)
{
  gsize length = strcspn (approved, " ");

  return strlen (question->shell) == length && strncmp (approved, question->shell, length) == 0 &&
         (!question->terminal || approved[length] != '\0');
}

/* Finds the command among those of the statement. Returns what is wrong; NULL if it is there. */
static char *
find_command (const CsStatement *statement, const CsApprovalQuestion *question, Approval *approval)
{
  guint n = g_strv_length (statement->commands);
  const char *other = NULL;

  if (statement->shells == NULL)
    return g_strdup (CS_STATEMENT_OUTDATED);
  for (guint i = 0; i < n; i++)
    {
      if (!is_named (statement, i, question))
        continue;
      if (!is_for_shell (statement->shells[i], question))
        other = statement->shells[i];
      else if (i < n - statement->rollback)
        approval->forward = TRUE;
      else
        approval->back = TRUE;
    }
  if (approval->forward || approval->back)
    return NULL;
  if (other != NULL)
    return g_strdup_printf ("it releases this command for %s, not for %s%s", other, question->shell,
                            question->terminal ? " in a terminal" : "");
  return g_strdup ("it does not release this command with these values");
}

/* What the statement says, without looking at who signed it. Returns what is wrong. */
static char *
find_fault (const CsStatement *statement, const CsApprovalQuestion *question, Approval *approval)
{
  const CsAgentPolicy *policy = question->policy;
  char *fault;

  if (g_strcmp0 (statement->deployment, question->deployment) != 0)
    return g_strdup ("it is for another deployment");
  if (policy->environment != NULL &&
      g_strcmp0 (statement->environment, policy->environment) != 0)
    return g_strdup_printf ("it is for %s, and this is %s",
                            statement->environment != NULL ? statement->environment
                                                           : "no environment that it names",
                            policy->environment);
  fault = find_command (statement, question, approval);
  if (fault != NULL)
    return fault;
  if (statement->at > question->now + CLOCK_SKEW)
    return g_strdup ("it is from the future");
  if (question->now - statement->at > policy->max_age * G_USEC_PER_SEC)
    return g_strdup ("it is too old");
  if (!policy->operator_may_approve && g_strcmp0 (statement->signer, question->operator_) == 0)
    return g_strdup_printf ("%s asks for the run, and can't approve it", statement->signer);
  if (!cs_agent_policy_has_role (policy, statement->signer, statement->role))
    return g_strdup_printf ("%s does not have the role %s here", statement->signer,
                            statement->role);
  return NULL;
}

/* The key must have been valid when it signed, as far as the statement says, and be so now. */
static char *
check_signature (CsEnvelope *envelope,
                 const CsStatement *statement,
                 const CsApprovalQuestion *question)
{
  g_autoptr (GBytes) message = cs_envelope_get_signed_bytes (envelope);
  g_autoptr (CsSignature) signature = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *signer = NULL;
  g_autofree char *fingerprint = NULL;

  if (cs_envelope_get_n_signatures (envelope) != 1)
    return g_strdup ("it does not have exactly one signature");
  signature = cs_signature_parse_armored (cs_envelope_get_signature (envelope, 0), &error);
  if (signature != NULL &&
      cs_allowed_signers_find (question->signers, cs_signature_get_key (signature),
                               CS_SSHSIG_NAMESPACE, statement->at, NULL, &error) != NULL)
    signer = cs_signer_check (question->signers, signature, CS_SSHSIG_NAMESPACE, message,
                              question->now, &error);
  if (signer == NULL)
    return g_strdup (error->message);
  fingerprint = cs_signature_dup_fingerprint (signature);
  if (!g_str_equal (signer, statement->signer) || !g_str_equal (fingerprint, statement->key))
    return g_strdup_printf ("it names %s, but the key of %s signed it", statement->signer, signer);
  return NULL;
}

/* Returns why the envelope does not count; NULL if it does. */
static char *
judge (CsEnvelope *envelope,
       const CsApprovalQuestion *question,
       GPtrArray *approvals,
       gboolean *rejected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsStatement) statement = NULL;
  g_autoptr (Approval) approval = g_new0 (Approval, 1);
  char *fault;

  if (g_strcmp0 (cs_envelope_get_payload_type (envelope), CS_ENVELOPE_TYPE_IN_TOTO) != 0)
    return g_strdup ("it holds something else than a statement");
  statement = cs_statement_from_payload (cs_envelope_get_payload (envelope), &error);
  if (statement == NULL)
    return g_strdup (error->message);
  if (!statement->approve)
    {
      *rejected = TRUE;
      return g_strdup_printf ("%s rejected it", statement->signer);
    }
  fault = find_fault (statement, question, approval);
  if (fault == NULL)
    fault = check_signature (envelope, statement, question);
  if (fault != NULL)
    return fault;
  approval->signer = g_strdup (statement->signer);
  approval->role = g_strdup (statement->role);
  approval->at = statement->at;
  g_ptr_array_add (approvals, g_steal_pointer (&approval));
  return NULL;
}

/* One place that someone has to fill; holder is an index into the people, or -1. */
typedef struct
{
  const CsAgentRole *role;
  int holder;
} Place;

typedef struct
{
  GPtrArray *people; /* names, each once */
  GPtrArray *approvals;
  GArray *places;
  gboolean *tried;
} Matching;

static Approval *
find_approval (Matching *self, const char *person, const char *role)
{
  for (guint i = 0; i < self->approvals->len; i++)
    {
      Approval *approval = g_ptr_array_index (self->approvals, i);

      if (approval->forward && g_str_equal (approval->signer, person) &&
          g_str_equal (approval->role, role))
        return approval;
    }
  return NULL;
}

/* Kuhn's algorithm: who holds a place gives it up if there is another one for them. */
static gboolean
seat (Matching *self, guint person)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = &g_array_index (self->places, Place, i);

      if (self->tried[i] ||
          find_approval (self, g_ptr_array_index (self->people, person), place->role->name) == NULL)
        continue;
      self->tried[i] = TRUE;
      if (place->holder < 0 || seat (self, (guint) place->holder))
        {
          place->holder = (int) person;
          return TRUE;
        }
    }
  return FALSE;
}

static void
match (Matching *self, const CsAgentPolicy *policy)
{
  for (guint i = 0; i < policy->roles->len; i++)
    {
      const CsAgentRole *role = g_ptr_array_index (policy->roles, i);
      Place place = { role, -1 };

      for (guint k = 0; k < role->approvals; k++)
        g_array_append_val (self->places, place);
    }
  for (guint i = 0; i < self->approvals->len; i++)
    {
      Approval *approval = g_ptr_array_index (self->approvals, i);

      if (!g_ptr_array_find_with_equal_func (self->people, approval->signer, g_str_equal, NULL))
        g_ptr_array_add (self->people, approval->signer);
    }
  for (guint person = 0; person < self->people->len; person++)
    {
      g_autofree gboolean *tried = g_new0 (gboolean, self->places->len + 1);

      self->tried = tried;
      seat (self, person);
      self->tried = NULL;
    }
}

static JsonArray *
list_missing (Matching *self, const CsAgentPolicy *policy)
{
  JsonArray *missing = json_array_new ();

  for (guint i = 0; i < policy->roles->len; i++)
    {
      const CsAgentRole *role = g_ptr_array_index (policy->roles, i);
      guint found = 0;
      JsonObject *object;

      for (guint k = 0; k < self->places->len; k++)
        found += g_array_index (self->places, Place, k).role == role &&
                 g_array_index (self->places, Place, k).holder >= 0;
      if (found >= role->approvals)
        continue;
      object = json_object_new ();
      json_object_set_string_member (object, "role", role->name);
      json_object_set_int_member (object, "wanted", role->approvals);
      json_object_set_int_member (object, "found", found);
      json_array_add_object_element (missing, object);
    }
  return missing;
}

static void
add_used (JsonArray *used, const Approval *approval, gboolean rollback)
{
  g_autofree char *at = cs_clock_format (approval->at);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "signer", approval->signer);
  json_object_set_string_member (object, "role", approval->role);
  json_object_set_string_member (object, "at", at);
  if (rollback)
    json_object_set_boolean_member (object, "rollback", TRUE);
  json_array_add_object_element (used, object);
}

/* Who signed the way forward has signed the way back: one approval of the deployment is enough for
 * it, for at that hour nobody should have to be woken up before it can begin. */
static const Approval *
find_way_back (GPtrArray *approvals)
{
  for (guint i = 0; i < approvals->len; i++)
    if (((Approval *) g_ptr_array_index (approvals, i))->back)
      return g_ptr_array_index (approvals, i);
  return NULL;
}

static JsonArray *
list_used (Matching *self)
{
  JsonArray *used = json_array_new ();

  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = &g_array_index (self->places, Place, i);
      const char *person = g_ptr_array_index (self->people, (guint) place->holder);

      add_used (used, find_approval (self, person, place->role->name), FALSE);
    }
  return used;
}

static char *
describe_missing (JsonArray *missing)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (missing); i++)
    {
      JsonObject *each = json_array_get_object_element (missing, i);

      g_string_append_printf (words, "%s%s (%d of %d)", i > 0 ? ", " : "",
                              json_object_get_string_member (each, "role"),
                              (int) json_object_get_int_member (each, "found"),
                              (int) json_object_get_int_member (each, "wanted"));
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static CsProblem *
describe (JsonArray *missing, JsonArray *reasons, gboolean rejected)
{
  g_autofree char *roles = describe_missing (missing);
  CsProblem *problem =
    rejected ? cs_problem_new (CS_PROBLEM_NOT_APPROVED, "One of the sign-offs is a rejection")
             : cs_problem_new (CS_PROBLEM_NOT_APPROVED,
                               "This command with these values lacks approvals that the agent's "
                               "policy asks for: %s",
                               roles);

  json_object_set_array_member (cs_problem_get_more (problem), "missing", missing);
  json_object_set_array_member (cs_problem_get_more (problem), "reasons", reasons);
  return problem;
}

/**
 * cs_approvals_check:
 * @question: what is to run, and what speaks for it
 * @problem: (out): why it may not
 *
 * Fills the places that the policy names with people who approved, by maximum matching, so that
 * someone with two roles never stands in the way. A command of a rollback procedure needs one
 * approval of the deployment that is good by the policy. Blocks; call it in a worker thread.
 *
 * Returns: (transfer full) (nullable): who filled the places; %NULL with %CS_PROBLEM_NOT_APPROVED
 */
JsonArray *
cs_approvals_check (const CsApprovalQuestion *question, CsProblem **problem)
{
  g_autoptr (GPtrArray) approvals =
    g_ptr_array_new_with_free_func ((GDestroyNotify) approval_free);
  g_autoptr (GPtrArray) people = g_ptr_array_new ();
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  Matching matching = { people, approvals, places, NULL };
  JsonArray *reasons = json_array_new ();
  JsonArray *missing, *used;
  const Approval *back;
  gboolean rejected = FALSE;

  for (guint i = 0; i < question->envelopes->len; i++)
    {
      g_autofree char *fault =
        judge (g_ptr_array_index (question->envelopes, i), question, approvals, &rejected);

      json_array_add_string_element (reasons, fault != NULL ? fault : "");
    }
  match (&matching, question->policy);
  missing = list_missing (&matching, question->policy);
  back = find_way_back (approvals);
  if (rejected || (json_array_get_length (missing) > 0 && back == NULL))
    {
      *problem = describe (missing, reasons, rejected);
      return NULL;
    }
  used = json_array_get_length (missing) > 0 ? json_array_new () : list_used (&matching);
  if (json_array_get_length (missing) > 0)
    add_used (used, back, TRUE);
  json_array_unref (missing);
  json_array_unref (reasons);
  return used;
}
