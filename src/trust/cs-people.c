/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may sign: the fold of the stream `people`. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-people.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-people-private.h"
#include "cs-signature.h"
#include "cs-sshsig.h"

#define MAX_TRIES 8

/** NAMESPACES: what a person's key may sign */
#define NAMESPACES CS_SSHSIG_NAMESPACE "," CS_DECREE_NAMESPACE

G_DEFINE_FINAL_TYPE (CsPeople, cs_people, CS_TYPE_STREAM_LIST)

static GPtrArray *
get_persons (CsPeople *self)
{
  return cs_stream_list_get_items (CS_STREAM_LIST (self));
}

static gboolean
add_key (CsPeople *self, CsPerson *person, const char *line)
{
  g_autofree char *public_line = NULL;

  if (line == NULL || cs_key_parse_public (line, &public_line, NULL, NULL) == NULL ||
      cs_people_lookup_key (self, public_line) != NULL)
    return FALSE;
  cs_person_add_key (person, public_line, NULL, self->latest_at);
  return TRUE;
}

static gboolean
fold_person_added (CsPeople *self, JsonObject *body)
{
  const char *id = cs_json_get_string (body, "id");
  const char *name = cs_json_get_string (body, "name");
  g_autoptr (CsPerson) person = NULL;

  if (id == NULL || !cs_people_check_id (id, NULL) || cs_people_lookup (self, id) != NULL)
    return FALSE;
  person = cs_person_new (id, name != NULL ? name : id);
  if (!add_key (self, person, cs_json_get_string (body, "key")))
    return FALSE;
  cs_stream_list_add (CS_STREAM_LIST (self), g_steal_pointer (&person));
  return TRUE;
}

static gboolean
fold_key_added (CsPeople *self, JsonObject *body, GError **error)
{
  const char *id = cs_json_get_string (body, "id");
  CsPerson *person = id != NULL ? cs_people_lookup (self, id) : NULL;

  if (self->founded_at != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "Nobody has signed it");
      return FALSE;
    }
  if (person == NULL || !add_key (self, person, cs_json_get_string (body, "key")))
    return FALSE;
  cs_people_person_changed (self, person);
  return TRUE;
}

static gboolean
fold_record (CsPeople *self, CsRecord *record, GError **error)
{
  const char *kind = cs_record_get_kind (record);
  JsonObject *body = cs_record_get_body (record);

  if (cs_people_is_decision (record))
    return cs_people_fold_decision (self, record, error);
  if (g_str_equal (kind, "person-added"))
    return fold_person_added (self, body);
  if (g_str_equal (kind, "key-added"))
    return fold_key_added (self, body, error);
  return TRUE;
}

static gboolean
fold (CsStreamList *list, CsRecord *record)
{
  CsPeople *self = CS_PEOPLE (list);
  g_autoptr (GError) error = NULL;
  gboolean good;

  self->latest_at = MAX (self->latest_at, cs_record_get_at (record));
  good = fold_record (self, record, &error);
  if (!good)
    {
      CsPeopleFault *fault = g_new0 (CsPeopleFault, 1);

      fault->n = cs_record_get_n (record);
      fault->words = g_strdup (error != NULL ? error->message : "It makes no sense");
      g_ptr_array_add (self->faults, fault);
    }
  g_free (self->head);
  self->head = g_strdup (cs_record_get_hash (record));
  return good;
}

static void
fault_free (CsPeopleFault *fault)
{
  g_free (fault->words);
  g_free (fault);
}

static void
cs_people_finalize (GObject *object)
{
  CsPeople *self = CS_PEOPLE (object);

  g_free (self->head);
  g_ptr_array_unref (self->faults);

  G_OBJECT_CLASS (cs_people_parent_class)->finalize (object);
}

static void
cs_people_class_init (CsPeopleClass *klass)
{
  CsStreamListClass *list_class = CS_STREAM_LIST_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_people_finalize;
  list_class->item_type = CS_TYPE_PERSON;
  list_class->stream = CS_PEOPLE_STREAM;
  list_class->fold = fold;
}

static void
cs_people_init (CsPeople *self)
{
  self->head = g_strdup (CS_RECORD_NO_PREVIOUS);
  self->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) fault_free);
}

void
cs_people_person_changed (CsPeople *self, CsPerson *person)
{
  guint position;

  if (g_ptr_array_find (get_persons (self), person, &position))
    cs_stream_list_changed (CS_STREAM_LIST (self), position);
}

/**
 * cs_people_load_async:
 * @store: the journal
 *
 * Folds the stream `people`; the object follows the store from then on.
 */
void
cs_people_load_async (CsStore *store,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  cs_stream_list_load_async (CS_TYPE_PEOPLE, store, cancellable, callback, user_data);
}

/**
 * cs_people_load_finish:
 *
 * Returns: (transfer full): the people; errors as cs_store_read_finish()
 */
CsPeople *
cs_people_load_finish (GAsyncResult *result, GError **error)
{
  return cs_stream_list_load_finish (result, error);
}

/**
 * cs_people_lookup:
 * @id: a person's id
 *
 * Returns: (transfer none) (nullable): the person
 */
CsPerson *
cs_people_lookup (CsPeople *self, const char *id)
{
  g_return_val_if_fail (CS_IS_PEOPLE (self) && id != NULL, NULL);

  for (guint i = 0; i < get_persons (self)->len; i++)
    if (g_str_equal (cs_person_get_id (get_persons (self)->pdata[i]), id))
      return get_persons (self)->pdata[i];
  return NULL;
}

/**
 * cs_people_lookup_key:
 * @public_line: as cs_key_get_public_line()
 *
 * Returns: (transfer none) (nullable): whose key that is
 */
CsPerson *
cs_people_lookup_key (CsPeople *self, const char *public_line)
{
  g_return_val_if_fail (CS_IS_PEOPLE (self) && public_line != NULL, NULL);

  for (guint i = 0; i < get_persons (self)->len; i++)
    if (cs_person_has_key (get_persons (self)->pdata[i], public_line))
      return get_persons (self)->pdata[i];
  return NULL;
}

typedef struct
{
  char *id;
  char *name;
  char *public_line;
  char *fingerprint;
  guint tries;
} Enrolment;

static void try_enrol (GTask *task);

static void
enrolment_free (Enrolment *enrolment)
{
  g_free (enrolment->id);
  g_free (enrolment->name);
  g_free (enrolment->public_line);
  g_free (enrolment->fingerprint);
  g_free (enrolment);
}

static void
enrol_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_stream_list_catch_up_finish (CS_STREAM_LIST (source), result, &error))
    try_enrol (task);
  else
    g_task_return_error (task, error);
}

static void
enrolled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsStreamList *self = g_task_get_source_object (task);
  Enrolment *enrolment = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);
  gboolean was_second = g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT);

  if (records == NULL && !(was_second && enrolment->tries < MAX_TRIES))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (records != NULL)
    cs_stream_list_fold (self, records);
  cs_stream_list_catch_up_async (self, g_task_get_cancellable (task), enrol_again_cb,
                                 g_object_ref (task));
}

static CsDraft *
draft_enrolment (Enrolment *enrolment, gboolean is_new)
{
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", enrolment->id);
  if (is_new)
    json_object_set_string_member (object, "name", enrolment->name);
  json_object_set_string_member (object, "key", enrolment->public_line);
  json_object_set_string_member (object, "fingerprint", enrolment->fingerprint);
  json_node_take_object (body, object);
  return cs_draft_new (is_new ? "person-added" : "key-added", body);
}

/* Decides upon what is folded, and appends only if that is still all; else reads on and decides
 * again. */
static void
try_enrol (GTask *task)
{
  CsPeople *self = g_task_get_source_object (task);
  CsStreamList *list = CS_STREAM_LIST (self);
  Enrolment *enrolment = g_task_get_task_data (task);
  CsPerson *owner = cs_people_lookup_key (self, enrolment->public_line);
  CsPerson *person = cs_people_lookup (self, enrolment->id);
  g_autoptr (GPtrArray) drafts = NULL;

  if (owner != NULL && owner == person)
    {
      g_task_return_pointer (task, g_object_ref (person), g_object_unref);
      return;
    }
  if (owner != NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_EXISTS,
                               "The key %s belongs to %s already; take another key for %s",
                               enrolment->fingerprint, cs_person_get_id (owner), enrolment->id);
      return;
    }
  if (person != NULL && self->founded_at != 0)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_REFUSED,
                               "A new key of %s has to be signed by %s or by a manager: "
                               "countersignctl person add-key",
                               enrolment->id, enrolment->id);
      return;
    }
  enrolment->tries++;
  drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_ptr_array_add (drafts, draft_enrolment (enrolment, person == NULL));
  cs_store_append_async (cs_stream_list_get_store (list), CS_PEOPLE_STREAM,
                         cs_stream_list_get_next_n (list), enrolment->id, drafts,
                         g_task_get_cancellable (task), enrolled_cb, g_object_ref (task));
}

/**
 * cs_people_enrol_async:
 * @id: an e-mail address or user name; becomes the principal of the signatures
 * @name: what people call them
 * @key: the key that they sign with
 *
 * Adds a person with a first key, or a key to a person who is there already. What is there already
 * is not recorded again.
 */
void
cs_people_enrol_async (CsPeople *self,
                       const char *id,
                       const char *name,
                       CsKey *key,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  Enrolment *enrolment;

  g_return_if_fail (CS_IS_PEOPLE (self) && id != NULL && CS_IS_KEY (key));

  g_task_set_source_tag (task, cs_people_enrol_async);
  if (!cs_people_check_id (id, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  enrolment = g_new0 (Enrolment, 1);
  enrolment->id = g_strdup (id);
  enrolment->name = g_strdup (name != NULL && *name != '\0' ? name : id);
  enrolment->public_line = g_strdup (cs_key_get_public_line (key));
  enrolment->fingerprint = g_strdup (cs_key_get_fingerprint (key));
  g_task_set_task_data (task, enrolment, (GDestroyNotify) enrolment_free);
  try_enrol (task);
}

/**
 * cs_people_enrol_finish:
 *
 * Returns: (transfer full): the person; %NULL with %CS_ERROR_EXISTS if the key belongs to someone
 *   else, %CS_ERROR_INVALID if @id can't name a person, or an error of the store
 */
CsPerson *
cs_people_enrol_finish (CsPeople *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_people_dup_allowed_signers_at:
 * @at: in UTC microseconds; %G_MAXINT64: now
 *
 * Writes an allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS): every key that was known then,
 * for sign-offs and decrees only, valid from the second in which it was recorded to the one in
 * which it was retired.
 *
 * Returns: (transfer full): its text, maybe empty
 */
char *
cs_people_dup_allowed_signers_at (CsPeople *self, gint64 at)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (CS_IS_PEOPLE (self), NULL);

  for (guint i = 0; i < get_persons (self)->len; i++)
    cs_person_append_allowed_signers (get_persons (self)->pdata[i], NAMESPACES, at, text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/** cs_people_dup_allowed_signers: (transfer full): the same of now. */
char *
cs_people_dup_allowed_signers (CsPeople *self)
{
  return cs_people_dup_allowed_signers_at (self, G_MAXINT64);
}

/** cs_people_get_founded_at: when somebody first held a role (UTC microseconds); 0: nobody yet. */
gint64
cs_people_get_founded_at (CsPeople *self)
{
  g_return_val_if_fail (CS_IS_PEOPLE (self), 0);

  return self->founded_at;
}

/**
 * cs_people_is_governed:
 * @at: in UTC microseconds; %G_MAXINT64: now
 *
 * Returns: whether somebody held a role then, so that roles and policies decided who may approve
 */
gboolean
cs_people_is_governed (CsPeople *self, gint64 at)
{
  g_return_val_if_fail (CS_IS_PEOPLE (self), FALSE);

  return self->founded_at != 0 && at >= self->founded_at;
}

/** cs_people_get_faults: (transfer none) (element-type CsPeopleFault): records without effect. */
GPtrArray *
cs_people_get_faults (CsPeople *self)
{
  g_return_val_if_fail (CS_IS_PEOPLE (self), NULL);

  return self->faults;
}

/**
 * cs_people_check_signer:
 * @id: a person's id
 * @signature: (nullable): armored
 * @at: when it was recorded, in UTC microseconds
 *
 * Holds the key of a signature to the very moment, where OpenSSH counts in whole seconds. The
 * signature itself is not checked.
 *
 * Returns: whether it was a key of that person at that moment; else %CS_ERROR_AUTH or
 *   %CS_ERROR_INVALID
 */
gboolean
cs_people_check_signer (CsPeople *self,
                        const char *id,
                        const char *signature,
                        gint64 at,
                        GError **error)
{
  CsPerson *person = cs_people_lookup (self, id);
  g_autoptr (CsSignature) parsed = NULL;
  g_autofree char *fingerprint = NULL;

  if (person == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "Nobody here is known as “%s”", id);
      return FALSE;
    }
  parsed = cs_signature_parse_armored (signature != NULL ? signature : "", error);
  if (parsed == NULL)
    return FALSE;
  fingerprint = cs_signature_dup_fingerprint (parsed);
  return cs_person_check_key (person, fingerprint, at, error);
}
