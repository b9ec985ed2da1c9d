/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who decided and signed in a bundle, held to who might. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-evidence-rights.h"

#include "cs-decree.h"
#include "cs-deployment.h"
#include "cs-evidence-records.h"
#include "cs-json.h"
#include "cs-role.h"
#include "cs-watch.h"

#include <stdlib.h>
#include <string.h>

struct _CsEvidenceRights
{
  CsPeople *people;
  CsPolicies *policies;
  CsPolicy *policy; /* of the moment in which the deployment was opened; NULL: nobody held a role */
  GPtrArray *deployment;
  GHashTable *words;
  guint n_decisions;
};

/* Roles stand in these members of these kinds of records. */
static void
collect_policy (GHashTable *words, JsonObject *body)
{
  JsonArray *needs = cs_json_get_array (body, "needs");

  for (guint i = 0; needs != NULL && i < json_array_get_length (needs); i++)
    {
      JsonNode *node = json_array_get_element (needs, i);
      const char *role = JSON_NODE_HOLDS_OBJECT (node)
                           ? cs_json_get_string (json_node_get_object (node), "role")
                           : NULL;

      if (role != NULL)
        g_hash_table_add (words, g_strdup (role));
    }
  if (cs_json_get_string (body, "overrider") != NULL)
    g_hash_table_add (words, g_strdup (cs_json_get_string (body, "overrider")));
}

/**
 * cs_evidence_roles_collect:
 * @words: (element-type utf8): a set, to which the record's words for roles are added
 */
void
cs_evidence_roles_collect (GHashTable *words, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *kind = cs_record_get_kind (record);
  const char *role = cs_json_get_string (body, "role");

  if (g_str_equal (kind, "policy-set"))
    collect_policy (words, body);
  else if (role != NULL)
    g_hash_table_add (words, g_strdup (role));
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * cs_evidence_roles_format:
 * @words: (element-type utf8): words for roles
 *
 * Returns: (transfer full): a line for each, sorted: what all spellings of the role have in common,
 *   a tab, and the words; words that would break a line are left out, and mean nothing but
 *   themselves
 */
char *
cs_evidence_roles_format (GHashTable *words)
{
  guint n = 0;
  g_autofree const char **sorted = (const char **) g_hash_table_get_keys_as_array (words, &n);
  g_autoptr (GString) text = g_string_new (NULL);

  qsort (sorted, n, sizeof *sorted, compare_words);
  for (guint i = 0; i < n; i++)
    {
      const char *word = sorted[i];
      g_autofree char *key = cs_role_dup_key (word);

      if (strpbrk (word, "\t\n") == NULL)
        g_string_append_printf (text, "%s\t%s\n", key, word);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What stands in the records of a stream that is held to who might. */
static void
collect_all (CsEvidenceRights *self, GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++)
    {
      cs_evidence_roles_collect (self->words, records->pdata[i]);
      if (json_object_has_member (cs_record_get_body (records->pdata[i]), "decree"))
        self->n_decisions++;
    }
}

static void
add_faults (const char *stream, GPtrArray *found, GPtrArray *faults)
{
  for (guint i = 0; i < found->len; i++)
    {
      const CsPeopleFault *fault = g_ptr_array_index (found, i);

      cs_evidence_fault_add (faults, stream,
                             "record %" G_GINT64_FORMAT " counts for nothing: %s", fault->n,
                             fault->words);
    }
}

/* Whether someone had opened the deployment or run commands of it before the record. */
static gboolean
has_operated (CsEvidenceRights *self, const char *person, CsRecord *before)
{
  for (guint i = 0; i < self->deployment->len && self->deployment->pdata[i] != before; i++)
    if (g_strcmp0 (cs_record_get_actor (self->deployment->pdata[i]), person) == 0 &&
        cs_deployment_is_operating (self->deployment->pdata[i]))
      return TRUE;
  return FALSE;
}

/* A signature on a line: in a role that the signer held then, and not of the operator. */
static char *
judge_signature (CsEvidenceRights *self, CsRecord *record, gint64 at)
{
  JsonObject *body = cs_record_get_body (record);
  const char *signer = cs_json_get_string (body, "signer");
  const char *role = cs_json_get_string (body, "role");
  CsPerson *person = signer != NULL ? cs_people_lookup (self->people, signer) : NULL;

  if (self->policy == NULL)
    return NULL;
  if (person == NULL || role == NULL || !cs_person_held_role (person, role, at))
    return g_strdup_printf ("%s does not hold the role %s", signer, role);
  if (g_strcmp0 (cs_json_get_string (body, "decision"), "approve") == 0 &&
      !self->policy->operator_may_approve && has_operated (self, signer, record))
    return g_strdup_printf ("%s runs this deployment, and who runs one can't approve it", signer);
  return NULL;
}

static gboolean
is_rejection (CsEvidenceRights *self, JsonObject *content, CsRecord *ruling, const char **signer)
{
  gint64 n = cs_json_get_int (content, "rejection", -1);
  JsonObject *body;

  if (n < 0 || n >= cs_record_get_n (ruling) || n >= self->deployment->len)
    return FALSE;
  body = cs_record_get_body (self->deployment->pdata[n]);
  *signer = cs_json_get_string (body, "signer");
  return g_str_equal (cs_record_get_kind (self->deployment->pdata[n]), "signed") &&
         g_strcmp0 (cs_json_get_string (body, "decision"), "reject") == 0 &&
         g_strcmp0 (cs_json_get_string (body, "field"), cs_json_get_string (content, "field")) == 0;
}

/* Someone marked a command as passed: it had been run, and they held the role they name. */
static char *
judge_mark (CsEvidenceRights *self, CsPerson *person, const CsDecree *decree, gint64 at)
{
  const char *role = cs_json_get_string (decree->content, "role");
  const char *reason = cs_json_get_string (decree->content, "reason");

  if (reason == NULL || strspn (reason, " \t\n") == strlen (reason))
    return g_strdup ("it has no reason");
  if (self->policy != NULL && (role == NULL || !cs_person_held_role (person, role, at)))
    return g_strdup_printf ("%s does not hold the role %s", decree->by,
                            role != NULL ? role : "that it takes");
  return NULL;
}

/* A gate that nobody may override, or in a role that is not the one for it. */
static char *
judge_override (const CsPolicy *policy, const CsDecree *decree)
{
  CsGate gate = { (char *) cs_json_get_string (decree->content, "gate"), NULL, NULL };
  const char *role = cs_json_get_string (decree->content, "role");

  if (gate.id == NULL || !cs_gate_can_be_overridden (&gate))
    return g_strdup ("nobody can override that");
  return g_strcmp0 (role, policy->overrider) == 0 ? NULL : g_strdup ("it names another role");
}

static char *
judge_decree (CsEvidenceRights *self,
              CsRecord *record,
              CsRulingKind kind,
              const CsDecree *decree,
              gint64 at)
{
  g_autoptr (CsPolicy) none = self->policy == NULL ? cs_policy_new ("") : NULL;
  CsPerson *person = cs_people_lookup (self->people, decree->by);
  g_auto (GStrv) roles = person != NULL ? cs_person_list_roles (person, at) : NULL;
  g_autoptr (GError) error = NULL;
  const char *rejecter = NULL;

  if (person == NULL)
    return g_strdup_printf ("nobody is known as %s", decree->by);
  if (!cs_person_check_key (person, decree->key, at, &error))
    return g_strdup (error->message);
  if (kind == CS_RULING_PASSED)
    return judge_mark (self, person, decree, at);
  if (kind != CS_RULING_OVERRIDDEN &&
      !is_rejection (self, decree->content, record, &rejecter))
    return g_strdup ("there is no such rejection");
  if (kind == CS_RULING_WITHDRAWN)
    return g_strcmp0 (rejecter, decree->by) == 0
             ? NULL
             : g_strdup_printf ("%s has not rejected it", decree->by);
  if (!cs_policy_check_override (none != NULL ? none : self->policy,
                                 (const char *const *) roles,
                                 cs_json_get_string (decree->content, "reason"), &error))
    return g_strdup (error->message);
  return kind == CS_RULING_OVERRIDDEN ? judge_override (none != NULL ? none : self->policy, decree)
                                      : NULL;
}

static char *
judge_ruling (CsEvidenceRights *self, CsRecord *record, CsRulingKind kind, gint64 at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDecree) decree =
    cs_decree_open (cs_record_get_body (record), cs_record_get_stream (record),
                    cs_record_get_kind (record), cs_record_get_previous (record), &error);

  return decree != NULL ? judge_decree (self, record, kind, decree, at)
                        : g_strdup (error->message);
}

static void
check_deployment (CsEvidenceRights *self, GPtrArray *faults)
{
  gint64 at = 0;

  for (guint i = 0; i < self->deployment->len; i++)
    {
      CsRecord *record = self->deployment->pdata[i];
      g_autofree char *problem = NULL;
      CsRulingKind kind;

      at = MAX (at, cs_record_get_at (record));
      if (g_str_equal (cs_record_get_kind (record), "signed"))
        problem = judge_signature (self, record, at);
      else if (cs_ruling_kind_from_string (cs_record_get_kind (record), &kind) &&
               (kind != CS_RULING_PASSED ||
                cs_deployment_marks_are_signed (self->deployment->pdata[0])))
        problem = judge_ruling (self, record, kind, at);
      if (problem != NULL)
        cs_evidence_fault_add (faults, cs_record_get_stream (record),
                               "record %" G_GINT64_FORMAT " counts for nothing: %s",
                               cs_record_get_n (record), problem);
    }
}

/**
 * cs_evidence_rights_new:
 * @people: (element-type CsRecord): the stream of people, or of nobody
 * @policies: (element-type CsRecord): the stream of policies, maybe empty
 * @deployment: (element-type CsRecord): the stream of the deployment
 * @faults: (element-type CsEvidenceFault): what was not done by someone who may is added to it
 *
 * Folds people and policies as the program does, decree by decree, and holds what was signed in the
 * deployment to them.
 *
 * Returns: (transfer full): who might do what then
 */
CsEvidenceRights *
cs_evidence_rights_new (GPtrArray *people,
                        GPtrArray *policies,
                        GPtrArray *deployment,
                        GPtrArray *faults)
{
  CsEvidenceRights *self = g_new0 (CsEvidenceRights, 1);
  CsRecord *opened = deployment->len > 0 ? deployment->pdata[0] : NULL;
  const char *environment =
    opened != NULL ? cs_json_get_string (cs_record_get_body (opened), "environment") : NULL;
  g_autoptr (GPtrArray) undecided = NULL;

  self->people = g_object_new (CS_TYPE_PEOPLE, NULL);
  self->policies = g_object_new (CS_TYPE_POLICIES, NULL);
  self->deployment = g_ptr_array_ref (deployment);
  self->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  cs_stream_list_fold (CS_STREAM_LIST (self->people), people);
  cs_stream_list_fold (CS_STREAM_LIST (self->policies), policies);
  add_faults (CS_PEOPLE_STREAM, cs_people_get_faults (self->people), faults);
  undecided = cs_policies_list_faults (self->policies, self->people);
  add_faults (CS_POLICY_STREAM, undecided, faults);
  if (environment != NULL)
    self->policy = cs_policies_lookup (self->policies, self->people, environment,
                                       cs_record_get_at (opened));
  collect_all (self, people);
  collect_all (self, policies);
  collect_all (self, deployment);
  check_deployment (self, faults);
  return self;
}

/** cs_evidence_rights_free: */
void
cs_evidence_rights_free (CsEvidenceRights *self)
{
  g_object_unref (self->people);
  g_object_unref (self->policies);
  cs_policy_free (self->policy);
  g_ptr_array_unref (self->deployment);
  g_hash_table_unref (self->words);
  g_free (self);
}

static gboolean
has_line (const char *text, const char *line)
{
  gsize length = strlen (line);
  const char *found = strstr (text, line);

  while (found != NULL && ((found > text && found[-1] != '\n') || found[length] != '\n'))
    found = strstr (found + 1, line);
  return found != NULL;
}

static void
compare_lines (const char *name,
               const char *text,
               const char *other,
               const char *words,
               GPtrArray *faults)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' && !has_line (other, *line))
      cs_evidence_fault_add (faults, name, "%s: %s", words, *line);
}

static void
check_file (CsBundleReader *reader,
            const char *name,
            const char *expected,
            const char *added,
            const char *missing,
            GPtrArray *faults)
{
  g_autofree char *text = cs_bundle_reader_dup_text (reader, name);
  guint before = faults->len;

  if (text == NULL)
    {
      cs_evidence_fault_add (faults, name, "is missing");
      return;
    }
  compare_lines (name, text, expected, added, faults);
  compare_lines (name, expected, text, missing, faults);
  if (faults->len == before && strcmp (text, expected) != 0)
    cs_evidence_fault_add (faults, name, "is not what was exported");
}

/**
 * cs_evidence_rights_check_files:
 * @faults: (element-type CsEvidenceFault): what differs is added to it
 *
 * Holds allowed_signers and the roles to what was recorded, key by key and time by time.
 */
void
cs_evidence_rights_check_files (CsEvidenceRights *self, CsBundleReader *reader, GPtrArray *faults)
{
  g_autofree char *signers = cs_people_dup_allowed_signers (self->people);
  g_autofree char *roles = cs_evidence_roles_format (self->words);

  check_file (reader, CS_EVIDENCE_SIGNERS, signers, "the record of people has no such key",
              "this line is missing", faults);
  check_file (reader, CS_EVIDENCE_ROLES, roles, "it does not mean that, or is used nowhere",
              "this line is missing", faults);
}

/* A consent counts if its signature does, and its key was its signer's then. */
static char *
judge_consent (CsEvidenceRights *self, CsRecord *record, gint64 at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDecree) decree =
    cs_decree_open (cs_record_get_body (record), cs_record_get_stream (record),
                    cs_record_get_kind (record), cs_record_get_previous (record), &error);
  CsPerson *person = decree != NULL ? cs_people_lookup (self->people, decree->by) : NULL;

  if (decree != NULL && person == NULL)
    return g_strdup_printf ("nobody is known as %s", decree->by);
  if (decree != NULL && cs_person_check_key (person, decree->key, at, &error))
    return NULL;
  return g_strdup (error->message);
}

/**
 * cs_evidence_rights_check_watch:
 * @watch: (element-type CsRecord): of what was watched after the deployment, maybe nothing
 * @faults: (element-type CsEvidenceFault): what is wrong is added to it
 *
 * Holds to people who let the deployment be rolled back by itself, and the records to the
 * deployment.
 */
void
cs_evidence_rights_check_watch (CsEvidenceRights *self, GPtrArray *watch, GPtrArray *faults)
{
  CsRecord *first = self->deployment->len > 0 ? self->deployment->pdata[0] : NULL;
  g_autofree char *stream =
    g_strconcat (CS_WATCH_STREAM_PREFIX, first != NULL ? cs_record_get_stream (first) : "", NULL);
  gint64 at = 0;

  if (watch->len > 0 && strcmp (cs_record_get_stream (watch->pdata[0]), stream) != 0)
    cs_evidence_fault_add (faults, CS_EVIDENCE_WATCH, "is about another deployment");
  for (guint i = 0; i < watch->len; i++)
    {
      CsRecord *record = watch->pdata[i];
      g_autofree char *problem = NULL;

      at = MAX (at, cs_record_get_at (record));
      if (!g_str_equal (cs_record_get_kind (record), "watch-consented"))
        continue;
      self->n_decisions++;
      problem = judge_consent (self, record, at);
      if (problem != NULL)
        cs_evidence_fault_add (faults, cs_record_get_stream (record),
                               "record %" G_GINT64_FORMAT " counts for nothing: %s",
                               cs_record_get_n (record), problem);
    }
}

/** cs_evidence_rights_get_n_decisions: how many decisions, good or not, the records hold. */
guint
cs_evidence_rights_get_n_decisions (CsEvidenceRights *self)
{
  return self->n_decisions;
}

/**
 * cs_evidence_rights_get_time:
 * @record: of the deployment
 *
 * Returns: when it counts as recorded: no record is older than what it follows
 */
gint64
cs_evidence_rights_get_time (CsEvidenceRights *self, CsRecord *record)
{
  gint64 at = 0;

  for (guint i = 0; i < self->deployment->len; i++)
    {
      at = MAX (at, cs_record_get_at (self->deployment->pdata[i]));
      if (self->deployment->pdata[i] == record)
        break;
    }
  return at;
}

/**
 * cs_evidence_rights_check_signer:
 * @record: of a signature
 * @signature: armored
 *
 * Returns: whether it was made with a key that was the signer's at that very moment, where OpenSSH
 *   counts in seconds; else an error that says why not
 */
gboolean
cs_evidence_rights_check_signer (CsEvidenceRights *self,
                                 CsRecord *record,
                                 const char *signature,
                                 GError **error)
{
  const char *signer = cs_json_get_string (cs_record_get_body (record), "signer");

  return cs_people_check_signer (self->people, signer != NULL ? signer : "", signature,
                                 cs_evidence_rights_get_time (self, record), error);
}
