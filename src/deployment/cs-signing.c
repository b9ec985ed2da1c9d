/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sign-off: the statement, the signature over it, and the check of both. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-ruling-private.h"

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-envelope.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-sshsig.h"

#include <string.h>

/* Signers don't see microseconds; the statement holds what they saw. */
#define SIGNING_PRECISION G_USEC_PER_SEC

/**
 * cs_deployment_prepare_statement:
 * @signoff: the line to sign
 * @role: in which role
 * @signer: who
 * @key: with which key
 * @approve: %FALSE to reject
 * @comment: (nullable): what the signer adds
 *
 * Returns: (transfer full): what a signature would say now
 */
CsStatement *
cs_deployment_prepare_statement (CsDeployment *self,
                                 CsSignoffState *signoff,
                                 const char *role,
                                 CsPerson *signer,
                                 CsKey *key,
                                 gboolean approve,
                                 const char *comment)
{
  CsStatement *statement = cs_statement_new ();
  gint64 now = cs_clock_now ();

  statement->runbook_digest = g_strdup (cs_runbook_get_digest (self->runbook));
  statement->head_digest = g_strdup (self->head);
  cs_deployment_list_manifest (self, signoff, statement);
  statement->deployment = g_strdup (self->id);
  statement->environment = g_strdup (self->environment);
  statement->field = g_strdup (cs_signoff_get_id (signoff->signoff));
  statement->role = g_strdup (role);
  statement->meaning = g_strdup (cs_signoff_get_meaning (signoff->signoff));
  statement->signer = g_strdup (cs_person_get_id (signer));
  statement->key = g_strdup (cs_key_get_fingerprint (key));
  statement->approve = approve;
  /* What is signed is what is recorded, so it is made fit for that before. */
  statement->comment = cs_deployment_redact (self, comment != NULL ? comment : "");
  statement->at = now - now % SIGNING_PRECISION;
  return statement;
}

typedef struct
{
  CsSignoffState *signoff;
  CsStatement *statement;
  CsEnvelope *envelope;
  char *name;
  gint64 expected_n;
  char *fingerprint;
  char *blob;
  GBytes *handwriting;
} Signing;

static void
signing_free (Signing *self)
{
  g_clear_object (&self->signoff);
  g_clear_pointer (&self->statement, cs_statement_free);
  g_clear_object (&self->envelope);
  g_free (self->name);
  g_free (self->fingerprint);
  g_free (self->blob);
  g_clear_pointer (&self->handwriting, g_bytes_unref);
  g_free (self);
}

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Signing *signing = g_task_get_task_data (task);
  CsDeployment *self = CS_DEPLOYMENT (source);

  if (cs_deployment_verify_signoff_finish (self, result))
    {
      cs_deployment_derive (self);
      cs_deployment_notify_changed (self);
    }
  if (signing->signoff->verified == CS_VERIFIED_GOOD)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (
      task, CS_ERROR, CS_ERROR_AUTH, "The signature was recorded, but does not verify: %s",
      cs_signoff_state_get_problem (signing->signoff) != NULL
        ? cs_signoff_state_get_problem (signing->signoff)
        : "unknown");
}

static void
recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Signing *signing = g_task_get_task_data (task);
  CsDeployment *self = CS_DEPLOYMENT (source);
  GError *error = NULL;

  if (!cs_deployment_append_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  /* It is recorded: whether it is good is found out, whoever has stopped waiting. */
  cs_deployment_verify_signoff_async (self, signing->signoff, NULL, verified_cb,
                                      g_object_ref (task));
}

static void
record_signature (GTask *task)
{
  Signing *signing = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  const CsStatement *statement = signing->statement;
  const char *blobs[] = { signing->blob, statement->handwriting, NULL };
  JsonNode *body =
    cs_deployment_body ("field", statement->field, "role", statement->role, "meaning",
                        statement->meaning, "signer", statement->signer, "name", signing->name,
                        "key", statement->key, "decision",
                        statement->approve ? "approve" : "reject", "comment",
                        statement->comment, "envelope", signing->blob, "handwriting",
                        statement->handwriting, NULL);
  if (statement->approve && cs_deployment_is_operator (self, statement->signer))
    json_object_set_boolean_member (json_node_get_object (body), "own-deployment", TRUE);
  cs_deployment_append_async (self, signing->expected_n, statement->signer, "signed", body,
                              blobs, g_task_get_cancellable (task), recorded_cb,
                              g_object_ref (task));
}

static void
handwriting_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autofree char *digest = cs_store_put_blob_finish (CS_STORE (source), result, &error);

  if (digest == NULL)
    g_task_return_error (task, error);
  else
    record_signature (task);
}

static void
envelope_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Signing *signing = g_task_get_task_data (task);
  GError *error = NULL;

  signing->blob = cs_store_put_blob_finish (CS_STORE (source), result, &error);
  if (signing->blob == NULL)
    g_task_return_error (task, error);
  else if (signing->handwriting == NULL)
    record_signature (task);
  else
    cs_store_put_blob_async (CS_STORE (source), signing->handwriting,
                             g_task_get_cancellable (task), handwriting_stored_cb,
                             g_object_ref (task));
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Signing *signing = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *signature = cs_key_sign_finish (CS_KEY (source), result, &error);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  if (signature == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_envelope_add_signature (signing->envelope, signing->fingerprint, signature);
  node = cs_envelope_to_json (signing->envelope);
  text = cs_json_to_canonical (node, &error);
  if (text == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  bytes = g_bytes_new_take (text, strlen (text));
  cs_store_put_blob_async (self->store, bytes, g_task_get_cancellable (task), envelope_stored_cb,
                           g_object_ref (task));
}

static gboolean
check_handwriting (const CsStatement *statement, GBytes *handwriting, GError **error)
{
  gsize size = 0;
  gconstpointer data = handwriting != NULL ? g_bytes_get_data (handwriting, &size) : NULL;
  g_autofree char *digest = handwriting != NULL ? cs_digest_of_data (data, size) : NULL;

  if (g_strcmp0 (digest, statement->handwriting) == 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "The statement is about another handwriting than the one that was given");
  return FALSE;
}

static gboolean
check_statement (CsDeployment *self,
                 CsSignoffState *signoff,
                 const CsStatement *statement,
                 CsPerson **person,
                 GError **error)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_sign (self, signoff);
  CsRejection *rejection;

  if (!cs_gates_to_error (gates, error))
    return FALSE;
  rejection = cs_deployment_find_rejection (self, cs_signoff_get_id (signoff->signoff));
  if (rejection != NULL && g_strcmp0 (rejection->signature->signer, statement->signer) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                   "%s rejected this and can withdraw that, or a %s can overrule it; then it can "
                   "be signed",
                   rejection->signature->signer_name, cs_deployment_get_overrider (self));
      return FALSE;
    }
  if (!cs_deployment_accepts_role (self, signoff, statement->role))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED, "This line is for %s, not for %s",
                   cs_signoff_get_role (signoff->signoff), statement->role);
      return FALSE;
    }
  if (g_strcmp0 (statement->head_digest, self->head) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT,
                   "Something was recorded while you were reading: look again, then sign");
      return FALSE;
    }
  *person = cs_people_lookup (self->people, statement->signer);
  if (*person == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "Nobody here is known as “%s”",
                   statement->signer);
      return FALSE;
    }
  return cs_person_check_key (*person, statement->key, G_MAXINT64 - 1, error) &&
         cs_deployment_check_offer (self, signoff, *person, statement->role, statement->approve,
                                    error);
}

/**
 * cs_deployment_sign_async:
 * @signoff: the line to sign
 * @statement: from cs_deployment_prepare_statement(), as it was shown to the signer
 * @handwriting: (nullable): the picture whose digest @statement names
 * @key: with which key
 * @askpass: (nullable): who is asked for the key's passphrase; %NULL: nobody
 *
 * Signs the statement, stores the envelope, records the signature, and verifies it as anyone would.
 */
void
cs_deployment_sign_async (CsDeployment *self,
                          CsSignoffState *signoff,
                          const CsStatement *statement,
                          GBytes *handwriting,
                          CsKey *key,
                          CsAskpass *askpass,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) message = NULL;
  CsPerson *person = NULL;
  Signing *signing = g_new0 (Signing, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, cs_deployment_sign_async);
  g_task_set_task_data (task, signing, (GDestroyNotify) signing_free);
  if (check_handwriting (statement, handwriting, &error) &&
      check_statement (self, signoff, statement, &person, &error))
    payload = cs_statement_to_payload (statement, &error);
  if (payload == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  signing->signoff = g_object_ref (signoff);
  signing->statement = cs_statement_from_payload (payload, &error);
  if (signing->statement == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  signing->handwriting = handwriting != NULL ? g_bytes_ref (handwriting) : NULL;
  signing->envelope = cs_envelope_new (CS_ENVELOPE_TYPE_IN_TOTO, payload);
  signing->name = g_strdup (cs_person_get_name (person));
  signing->expected_n = self->n_records;
  signing->fingerprint = g_strdup (cs_key_get_fingerprint (key));
  message = cs_envelope_get_signed_bytes (signing->envelope);
  cs_key_sign_async (key, CS_SSHSIG_NAMESPACE, message, askpass, cancellable, signed_cb,
                     g_object_ref (task));
}

/**
 * cs_deployment_sign_finish:
 *
 * Returns: %TRUE when the signature is recorded and verified; %FALSE with %CS_ERROR_CONFLICT if
 *   something was recorded since the statement was prepared, %CS_ERROR_AUTH if the key could not be
 *   used, or a gate's error
 */
gboolean
cs_deployment_sign_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  CsSignoffState *signoff;
  char *record_hash;
  GBytes *handwritten;
} Verifying;

static void
verifying_free (Verifying *self)
{
  g_clear_object (&self->signoff);
  g_free (self->record_hash);
  g_clear_pointer (&self->handwritten, g_bytes_unref);
  g_free (self);
}

static void
set_verdict (CsSignoffState *signoff, GTask *task, CsVerified verified, const char *problem)
{
  Verifying *verifying = g_task_get_task_data (task);

  if (g_strcmp0 (signoff->record_hash, verifying->record_hash) != 0 || signoff->lapsed != NULL)
    return;
  g_clear_pointer (&signoff->handwritten, g_bytes_unref);
  if (verifying->handwritten != NULL)
    signoff->handwritten = g_bytes_ref (verifying->handwritten);
  cs_signoff_state_set_verified (signoff, verified, problem);
}

/* Sets the verdict wherever this signature is held; on its line only if it was not signed again in
 * the meantime. */
static void
give_verdict (GTask *task, CsVerified verified, const char *problem)
{
  CsDeployment *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);
  CsSignoffState *line =
    cs_deployment_find_signoff (self, cs_signoff_get_id (verifying->signoff->signoff));
  g_autoptr (GPtrArray) noted = cs_deployment_list_noted (self);

  if (line != NULL)
    set_verdict (line, task, verified, problem);
  for (guint i = 0; i < noted->len; i++)
    set_verdict (g_ptr_array_index (noted, i), task, verified, problem);
  g_task_return_boolean (task, TRUE);
}

static void
handwriting_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Verifying *verifying = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  verifying->handwritten = cs_store_get_blob_finish (CS_STORE (source), result, &error);
  if (verifying->handwritten != NULL)
    give_verdict (task, CS_VERIFIED_GOOD, NULL);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_boolean (task, FALSE);
  else
    give_verdict (task, CS_VERIFIED_BAD, error->message);
}

/* A good signature is over a picture, too: then it has to be there. */
static void
read_handwriting (GTask *task)
{
  CsDeployment *self = g_task_get_source_object (task);
  Verifying *verifying = g_task_get_task_data (task);

  if (verifying->signoff->handwriting == NULL)
    give_verdict (task, CS_VERIFIED_GOOD, NULL);
  else
    cs_store_get_blob_async (self->store, verifying->signoff->handwriting,
                             g_task_get_cancellable (task), handwriting_read_cb,
                             g_object_ref (task));
}

static void
signature_checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_sshsig_verify_finish (result, &error))
    read_handwriting (task);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_boolean (task, FALSE);
  else
    give_verdict (task, CS_VERIFIED_BAD, error->message);
}

/* While a deployment is open, what is signed must say what signatures say now; of a closed one the
 * old word holds. */
static gboolean
is_outdated (CsDeployment *self, const CsStatement *statement)
{
  return statement->shells == NULL && statement->approve && self->closed_at == 0;
}

static void
lapse (CsDeployment *self, Verifying *verifying, const char *reason)
{
  CsSignoffState *signoff =
    cs_deployment_find_signoff (self, cs_signoff_get_id (verifying->signoff->signoff));

  if (signoff == NULL || g_strcmp0 (signoff->record_hash, verifying->record_hash) != 0 ||
      signoff->lapsed != NULL)
    return;
  signoff->lapsed = g_strdup (reason);
  cs_signoff_state_set_verified (signoff, CS_VERIFIED_UNKNOWN, NULL);
  cs_deployment_derive (self);
}

/* What the record and the runbook say must be what the signature covers. Returns what differs. */
static const char *
find_difference (CsDeployment *self, CsSignoffState *signoff, const CsStatement *statement)
{
  g_autofree char *manifest = cs_deployment_compute_manifest (self, signoff, statement);

  if (g_strcmp0 (statement->runbook_digest, cs_runbook_get_digest (self->runbook)) != 0)
    return "It covers another version of the runbook";
  if (g_strcmp0 (statement->head_digest, signoff->covered_head) != 0)
    return "It covers another state of the record";
  if (g_strcmp0 (statement->manifest_digest, manifest) != 0)
    return "It releases other commands";
  if (g_strcmp0 (statement->deployment, self->id) != 0 ||
      g_strcmp0 (statement->field, cs_signoff_get_id (signoff->signoff)) != 0)
    return "It is for another line";
  if (statement->environment != NULL &&
      g_strcmp0 (statement->environment, self->environment) != 0)
    return "It is for another environment";
  if (!cs_deployment_accepts_role (self, signoff, statement->role))
    return "It was signed in another role than the line asks for";
  if (g_strcmp0 (statement->signer, signoff->signer) != 0 ||
      g_strcmp0 (statement->role, signoff->role) != 0 || statement->approve != signoff->approve ||
      g_strcmp0 (statement->key, signoff->fingerprint) != 0 ||
      g_strcmp0 (statement->comment, signoff->comment) != 0 ||
      g_strcmp0 (statement->handwriting, signoff->handwriting) != 0)
    return "The record says something else than the signature";
  return NULL;
}

static void
envelope_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Verifying *verifying = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (CsEnvelope) envelope = NULL;
  g_autoptr (CsStatement) statement = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autofree char *allowed = NULL;
  const char *difference;

  if (bytes != NULL)
    node =
      cs_json_parse (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
  if (node != NULL)
    envelope = cs_envelope_new_from_json (node, &error);
  if (envelope != NULL)
    statement = cs_statement_from_payload (cs_envelope_get_payload (envelope), &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_boolean (task, FALSE);
      return;
    }
  if (statement == NULL)
    {
      give_verdict (task, CS_VERIFIED_BAD, error->message);
      return;
    }
  if (is_outdated (self, statement))
    {
      lapse (self, verifying, CS_STATEMENT_OUTDATED);
      g_task_return_boolean (task, TRUE);
      return;
    }
  difference = find_difference (self, verifying->signoff, statement);
  if (difference == NULL &&
      g_strcmp0 (cs_envelope_get_payload_type (envelope), CS_ENVELOPE_TYPE_IN_TOTO) != 0)
    difference = "The envelope holds something else than a statement";
  if (difference == NULL && cs_envelope_get_n_signatures (envelope) != 1)
    difference = "The envelope does not hold exactly one signature";
  if (difference == NULL &&
      (!cs_people_check_signer (self->people, statement->signer,
                                cs_envelope_get_signature (envelope, 0), verifying->signoff->at,
                                &error) ||
       !cs_deployment_check_approval (self, statement, verifying->signoff->at,
                                      cs_deployment_is_operator (self, statement->signer),
                                      &error)))
    difference = error->message;
  if (difference != NULL)
    {
      give_verdict (task, CS_VERIFIED_BAD, difference);
      return;
    }
  allowed = cs_people_dup_allowed_signers (self->people);
  message = cs_envelope_get_signed_bytes (envelope);
  cs_sshsig_verify_async (allowed, statement->signer, CS_SSHSIG_NAMESPACE, message,
                          cs_envelope_get_signature (envelope, 0), verifying->signoff->at,
                          g_task_get_cancellable (task), signature_checked_cb, g_object_ref (task));
}

/* The signature as it was recorded, where it is held by itself: the line may be signed again while
 * it is being checked. */
static CsSignoffState *
find_noted (CsDeployment *self, CsSignoffState *signoff)
{
  g_autoptr (GPtrArray) noted = cs_deployment_list_noted (self);

  for (guint i = 0; i < noted->len; i++)
    {
      CsSignoffState *signature = g_ptr_array_index (noted, i);

      if (g_strcmp0 (signature->record_hash, signoff->record_hash) == 0)
        return g_object_ref (signature);
    }
  return g_object_ref (signoff);
}

void
cs_deployment_verify_signoff_async (CsDeployment *self,
                                    CsSignoffState *signoff,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Verifying *verifying = g_new0 (Verifying, 1);

  verifying->signoff = find_noted (self, signoff);
  verifying->record_hash = g_strdup (signoff->record_hash);
  g_task_set_source_tag (task, cs_deployment_verify_signoff_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, verifying, (GDestroyNotify) verifying_free);
  cs_store_get_blob_async (self->store, signoff->envelope != NULL ? signoff->envelope : "",
                           cancellable, envelope_read_cb, task);
}

/* FALSE: the check was cancelled, nothing is decided. */
gboolean
cs_deployment_verify_signoff_finish (CsDeployment *self, GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}
