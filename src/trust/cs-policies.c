/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What managers have decided that environments ask for: the fold of the stream `policy`. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-policies.h"

#include "cs-decree-signing.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-role.h"

#define KIND "policy-set"

/* One record; whether its signer was a manager is asked when it is looked at: another stream tells
 * that. */
typedef struct
{
  gint64 n;
  gint64 at;
  CsDecree *decree; /* NULL with problem */
  CsPolicy *policy;
  char *problem;
} Entry;

struct _CsPolicies
{
  CsStreamList parent_instance;

  char *head;
  gint64 latest_at; /* of all records so far: none counts as older than what it follows */
  GPtrArray *entries;
};

G_DEFINE_FINAL_TYPE (CsPolicies, cs_policies, CS_TYPE_STREAM_LIST)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
entry_free (Entry *entry)
{
  cs_decree_free (entry->decree);
  cs_policy_free (entry->policy);
  g_free (entry->problem);
  g_free (entry);
}

static gboolean
fold (CsStreamList *list, CsRecord *record)
{
  CsPolicies *self = CS_POLICIES (list);
  g_autoptr (GError) error = NULL;
  Entry *entry;

  g_free (self->head);
  self->head = g_strdup (cs_record_get_hash (record));
  self->latest_at = MAX (self->latest_at, cs_record_get_at (record));
  if (!g_str_equal (cs_record_get_kind (record), KIND))
    return TRUE;
  entry = g_new0 (Entry, 1);
  entry->n = cs_record_get_n (record);
  entry->at = self->latest_at;
  entry->decree = cs_decree_open (cs_record_get_body (record), CS_POLICY_STREAM, KIND,
                                  cs_record_get_previous (record), &error);
  if (entry->decree != NULL)
    entry->policy = cs_policy_new_from_json (entry->decree->content, &error);
  if (entry->policy == NULL)
    entry->problem = g_strdup (error->message);
  g_ptr_array_add (self->entries, entry);
  g_signal_emit (self, signals[CHANGED], 0);
  return entry->policy != NULL;
}

static void
cs_policies_finalize (GObject *object)
{
  CsPolicies *self = CS_POLICIES (object);

  g_free (self->head);
  g_ptr_array_unref (self->entries);

  G_OBJECT_CLASS (cs_policies_parent_class)->finalize (object);
}

static void
cs_policies_class_init (CsPoliciesClass *klass)
{
  CsStreamListClass *list_class = CS_STREAM_LIST_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_policies_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  list_class->item_type = G_TYPE_OBJECT;
  list_class->stream = CS_POLICY_STREAM;
  list_class->fold = fold;
}

static void
cs_policies_init (CsPolicies *self)
{
  self->head = g_strdup (CS_RECORD_NO_PREVIOUS);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
}

/**
 * cs_policies_load_async:
 * @store: the journal
 *
 * Folds the stream `policy`; the object follows the store from then on.
 */
void
cs_policies_load_async (CsStore *store,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  cs_stream_list_load_async (CS_TYPE_POLICIES, store, cancellable, callback, user_data);
}

/** cs_policies_load_finish: (transfer full): the policies; errors as cs_store_read_finish(). */
CsPolicies *
cs_policies_load_finish (GAsyncResult *result, GError **error)
{
  return cs_stream_list_load_finish (result, error);
}

static gboolean
check_decider (CsPeople *people, const char *by, const char *key, gint64 at, GError **error)
{
  CsPerson *person = cs_people_lookup (people, by);

  if (person == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED, "Nobody here is known as “%s”", by);
      return FALSE;
    }
  if (!cs_person_check_key (person, key, at, error))
    return FALSE;
  if (cs_person_held_role (person, CS_ROLE_MANAGER, at))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_REFUSED, "Only a manager sets a policy, and %s is none",
               cs_person_get_name (person));
  return FALSE;
}

static gboolean
counts (Entry *entry, CsPeople *people, GError **error)
{
  if (entry->policy != NULL)
    return check_decider (people, entry->decree->by, entry->decree->key, entry->at, error);
  g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID, entry->problem);
  return FALSE;
}

static gboolean
is_for (const CsPolicy *policy, const char *environment)
{
  g_autofree char *one = g_utf8_casefold (policy->environment, -1);
  g_autofree char *two = g_utf8_casefold (environment, -1);

  return g_str_equal (one, two);
}

static CsPolicy *
copy_policy (const CsPolicy *policy)
{
  g_autoptr (JsonObject) object = cs_policy_to_json (policy);

  return cs_policy_new_from_json (object, NULL);
}

/**
 * cs_policies_lookup:
 * @people: who may set one
 * @environment: e.g. `production`, in any case of letters
 * @at: in UTC microseconds; %G_MAXINT64: now
 *
 * Returns: (transfer full) (nullable): what held then; %NULL if nobody held a role yet
 */
CsPolicy *
cs_policies_lookup (CsPolicies *self, CsPeople *people, const char *environment, gint64 at)
{
  g_return_val_if_fail (CS_IS_POLICIES (self) && CS_IS_PEOPLE (people), NULL);

  if (!cs_people_is_governed (people, at))
    return NULL;
  for (guint i = self->entries->len; i > 0; i--)
    {
      Entry *entry = g_ptr_array_index (self->entries, i - 1);

      if (entry->at <= at && counts (entry, people, NULL) && is_for (entry->policy, environment))
        return copy_policy (entry->policy);
    }
  return cs_policy_new (environment);
}

/** cs_policies_list_environments: (transfer full): that have a policy of their own. */
char **
cs_policies_list_environments (CsPolicies *self, CsPeople *people)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (CS_IS_POLICIES (self), NULL);

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);
      gboolean newest = counts (entry, people, NULL);

      for (guint k = i + 1; newest && k < self->entries->len; k++)
        {
          Entry *later = g_ptr_array_index (self->entries, k);

          newest = !(counts (later, people, NULL) &&
                     is_for (later->policy, entry->policy->environment));
        }
      if (newest)
        g_strv_builder_add (names, entry->policy->environment);
    }
  return g_strv_builder_end (names);
}

static void
fault_free (CsPeopleFault *fault)
{
  g_free (fault->words);
  g_free (fault);
}

/** cs_policies_list_faults: (transfer full) (element-type CsPeopleFault): without effect. */
GPtrArray *
cs_policies_list_faults (CsPolicies *self, CsPeople *people)
{
  GPtrArray *faults = g_ptr_array_new_with_free_func ((GDestroyNotify) fault_free);

  g_return_val_if_fail (CS_IS_POLICIES (self), faults);

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);
      g_autoptr (GError) error = NULL;
      CsPeopleFault *fault;

      if (counts (entry, people, &error))
        continue;
      fault = g_new0 (CsPeopleFault, 1);
      fault->n = entry->n;
      fault->words = g_strdup (error->message);
      g_ptr_array_add (faults, fault);
    }
  return faults;
}

/**
 * cs_policies_set_async:
 * @people: who may set one
 * @policy: what its environment asks for from now on; deployments that are open keep theirs
 * @key: of a manager
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Signs and records a policy.
 */
void
cs_policies_set_async (CsPolicies *self,
                       CsPeople *people,
                       const CsPolicy *policy,
                       CsKey *key,
                       CsAskpass *askpass,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  CsPerson *by = cs_people_lookup_key (people, cs_key_get_public_line (key));
  const char *id = by != NULL ? cs_person_get_id (by) : cs_key_get_fingerprint (key);
  g_autoptr (CsPolicy) copy = copy_policy (policy);
  GError *error = NULL;

  if (copy == NULL)
    g_set_error (&error, CS_ERROR, CS_ERROR_INVALID, "A policy needs an environment");
  else
    check_decider (people, id, cs_key_get_fingerprint (key), G_MAXINT64 - 1, &error);
  if (error != NULL)
    g_task_report_error (self, callback, user_data, cs_policies_set_async, error);
  else
    cs_decree_record_async (CS_STREAM_LIST (self),
                            cs_decree_new (CS_POLICY_STREAM, self->head, KIND, id,
                                           cs_key_get_fingerprint (key),
                                           cs_policy_to_json (policy)),
                            key, askpass, cancellable, callback, user_data);
}

/**
 * cs_policies_set_finish:
 *
 * Returns: %TRUE when it is recorded; else %CS_ERROR_REFUSED if the key is no manager's,
 *   %CS_ERROR_AUTH if it could not be used, %CS_ERROR_CONFLICT if another was recorded meanwhile
 */
gboolean
cs_policies_set_finish (CsPolicies *self, GAsyncResult *result, GError **error)
{
  return cs_decree_record_finish (CS_STREAM_LIST (self), result, error);
}
