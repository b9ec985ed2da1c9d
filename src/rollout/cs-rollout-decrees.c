/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people sign about a rollout: a change, and that it may pass a gate. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-private.h"

#include "cs-decree-signing.h"
#include "cs-error.h"
#include "cs-gate.h"
#include "cs-redactor.h"

#include <string.h>

char *
cs_rollout_redact (CsRollout *self, const char *text)
{
  g_autoptr (CsRedactor) redactor = NULL;

  if (text == NULL)
    return NULL;
  redactor = cs_redactor_new ();
  cs_redactor_set_salt (redactor, cs_flag_get_stream (self->flag));
  return cs_redactor_redact (redactor, text);
}

typedef struct
{
  char *kind;
  char *by;
  gint64 expected_n;
  CsFlagState *to;
  CsDecree *decree;
  CsKey *key;
  CsAskpass *askpass;
  char *blob;
} Deciding;

static void
deciding_free (Deciding *deciding)
{
  g_free (deciding->kind);
  g_free (deciding->by);
  g_clear_pointer (&deciding->to, cs_flag_state_unref);
  g_clear_pointer (&deciding->decree, cs_decree_free);
  g_clear_object (&deciding->key);
  g_clear_object (&deciding->askpass);
  g_free (deciding->blob);
  g_free (deciding);
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsRollout *self = g_task_get_source_object (task);
  Deciding *deciding = g_task_get_task_data (task);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  GError *error = NULL;
  g_autoptr (JsonNode) body = cs_decree_sign_finish (result, &error);

  if (body == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_add (drafts, cs_draft_new (deciding->kind, body));
  if (deciding->blob != NULL)
    cs_draft_add_blob (drafts->pdata[0], deciding->blob);
  /* For this very place in the stream: if it has moved, the signature is for nothing. */
  cs_store_append_async (self->site->store, cs_flag_get_stream (self->flag), deciding->expected_n,
                         deciding->by, drafts, g_task_get_cancellable (task), appended_cb,
                         g_object_ref (task));
}

/* Who would have the feature is kept with the signature: it says what was signed. */
static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Deciding *deciding = g_task_get_task_data (task);
  GError *error = NULL;

  deciding->blob = cs_store_put_blob_finish (CS_STORE (source), result, &error);
  if (deciding->blob != NULL)
    cs_decree_sign_async (g_steal_pointer (&deciding->decree), deciding->key, deciding->askpass,
                          g_task_get_cancellable (task), signed_cb, g_object_ref (task));
  else
    g_task_return_error (task, error);
}

/* content (transfer full) */
static void
decide (GTask *task,
        const CsRolloutPlan *plan,
        const char *kind,
        CsPerson *person,
        CsKey *key,
        CsAskpass *askpass,
        JsonObject *content)
{
  CsRollout *self = g_task_get_source_object (task);
  Deciding *deciding = g_new0 (Deciding, 1);
  g_autoptr (GBytes) bytes = cs_flag_state_to_bytes (plan->to);

  deciding->kind = g_strdup (kind);
  deciding->by = g_strdup (cs_person_get_id (person));
  deciding->expected_n = cs_flag_get_n_records (self->flag);
  deciding->key = g_object_ref (key);
  g_set_object (&deciding->askpass, askpass);
  deciding->decree =
    cs_decree_new (cs_flag_get_stream (self->flag), cs_flag_get_head (self->flag), kind,
                   deciding->by, cs_key_get_fingerprint (key), content);
  g_task_set_task_data (task, deciding, (GDestroyNotify) deciding_free);
  cs_store_put_blob_async (self->site->store, bytes, g_task_get_cancellable (task), put_cb, task);
}

static gboolean
check_role (CsRollout *self, CsPerson *person, const char *role, GError **error)
{
  if (role == NULL || *role == '\0')
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Say in which role you sign");
  else if (cs_people_is_governed (self->site->people, G_MAXINT64) &&
           !cs_person_held_role (person, role, G_MAXINT64))
    g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                 "%s does not hold the role “%s”, so the signature would count for nothing. A "
                 "manager can grant it.",
                 cs_person_get_name (person), role);
  else
    return TRUE;
  return FALSE;
}

/**
 * cs_rollout_sign_async:
 * @self: a rollout
 * @plan: what is signed
 * @person: who signs
 * @role: in which role
 * @approve: %FALSE rejects
 * @comment: (nullable): what they say to it
 * @key: theirs
 * @askpass: (nullable): where a passphrase is asked for
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Signs this very change: for whom it is on, for whom it would be, by which provider, from which
 * list of companies. Once any of that is different, the signature counts no more.
 */
void
cs_rollout_sign_async (CsRollout *self,
                       const CsRolloutPlan *plan,
                       CsPerson *person,
                       const char *role,
                       gboolean approve,
                       const char *comment,
                       CsKey *key,
                       CsAskpass *askpass,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *clear = cs_rollout_redact (self, comment);
  GError *error = NULL;
  JsonObject *content;

  g_return_if_fail (CS_IS_ROLLOUT (self) && plan != NULL && CS_IS_PERSON (person));

  g_task_set_source_tag (task, cs_rollout_sign_async);
  if (!check_role (self, person, role, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  content = cs_rollout_plan_to_json (plan, self->flag);
  json_object_set_string_member (content, "role", role);
  json_object_set_boolean_member (content, "approve", approve);
  if (clear != NULL)
    json_object_set_string_member (content, "comment", clear);
  decide (g_steal_pointer (&task), plan, "rollout-signed", person, key, askpass, content);
}

static JsonArray *
list_passable (GPtrArray *gates)
{
  JsonArray *ids = json_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < gates->len; i++)
    {
      const CsGate *gate = gates->pdata[i];

      if (cs_rollout_can_override (gate->id) && g_hash_table_add (seen, gate->id))
        json_array_add_string_element (ids, gate->id);
    }
  return ids;
}

static gboolean
check_override (CsRollout *self, CsPerson *person, const char *reason, GError **error)
{
  g_auto (GStrv) roles = cs_person_list_roles (person, G_MAXINT64);
  gboolean governed;
  g_autoptr (CsPolicy) policy = cs_rollout_dup_policy (self, &governed);

  if (governed)
    return cs_policy_check_override (policy, (const char *const *) roles, reason, error);
  if (reason != NULL && *reason != '\0')
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Say why it is to be overridden");
  return FALSE;
}

/**
 * cs_rollout_override_async:
 * @self: a rollout
 * @plan: what is to pass
 * @actor: who will switch it
 * @person: who overrides
 * @reason: why
 * @key: theirs
 * @askpass: (nullable): where a passphrase is asked for
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Lets @plan, and no other one, pass what stands in its way now: order, soak, guardrails and
 * missing signatures, each by its name. What is there must be known in any case.
 */
void
cs_rollout_override_async (CsRollout *self,
                           const CsRolloutPlan *plan,
                           const char *actor,
                           CsPerson *person,
                           const char *reason,
                           CsKey *key,
                           CsAskpass *askpass,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) gates = NULL;
  g_autofree char *clear = cs_rollout_redact (self, reason);
  GError *error = NULL;
  JsonObject *content;

  g_return_if_fail (CS_IS_ROLLOUT (self) && plan != NULL && CS_IS_PERSON (person));

  g_task_set_source_tag (task, cs_rollout_override_async);
  if (!check_override (self, person, reason, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  gates = cs_rollout_find_gates (self, plan, actor);
  content = cs_rollout_plan_to_json (plan, self->flag);
  json_object_set_array_member (content, "gates", list_passable (gates));
  json_object_set_string_member (content, "reason", clear);
  decide (g_steal_pointer (&task), plan, "rollout-overridden", person, key, askpass, content);
}

/** cs_rollout_decide_finish: %TRUE when it is recorded and folded. */
gboolean
cs_rollout_decide_finish (CsRollout *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
