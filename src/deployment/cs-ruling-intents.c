/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Withdrawing, overruling, overriding: checked, signed, recorded. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-ruling-private.h"

#include "cs-decree-signing.h"
#include "cs-error.h"

#include <string.h>

/* What is decided, on its way to its record. */
typedef struct
{
  CsRulingKind kind;
  char *by;
  gint64 expected_n;
} Deciding;

static void
deciding_free (Deciding *deciding)
{
  g_free (deciding->by);
  g_free (deciding);
}

static void
recorded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_deployment_append_finish (CS_DEPLOYMENT (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Deciding *deciding = g_task_get_task_data (task);
  GError *error = NULL;
  JsonNode *body = cs_decree_sign_finish (result, &error);

  if (body == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_deployment_append_async (g_task_get_source_object (task), deciding->expected_n, deciding->by,
                              cs_ruling_kind_to_string (deciding->kind), body, NULL,
                              g_task_get_cancellable (task), recorded_cb, g_object_ref (task));
}

/* Signs and records (content: transfer full). */
static void
decide (CsDeployment *self,
        CsRulingKind kind,
        JsonObject *content,
        CsKey *key,
        CsAskpass *askpass,
        GCancellable *cancellable,
        GAsyncReadyCallback callback,
        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (JsonObject) owned = content;
  GError *error = NULL;
  CsPerson *person = cs_people_find_signer (self->people, key, &error);
  Deciding *deciding;

  g_task_set_source_tag (task, decide);
  if (person == NULL ||
      !cs_deployment_may_rule (self, kind, person, content, G_MAXINT64, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  deciding = g_new0 (Deciding, 1);
  deciding->kind = kind;
  deciding->by = g_strdup (cs_person_get_id (person));
  deciding->expected_n = self->n_records;
  g_task_set_task_data (task, deciding, (GDestroyNotify) deciding_free);
  cs_decree_sign_async (cs_decree_new (self->stream, self->head, cs_ruling_kind_to_string (kind),
                                       deciding->by, cs_key_get_fingerprint (key),
                                       g_steal_pointer (&owned)),
                        key, askpass, cancellable, signed_cb, g_object_ref (task));
}

/* What people write may hold what must not be seen; what is signed is what is recorded. */
static void
set_reason (CsDeployment *self, JsonObject *content, const char *reason)
{
  g_autofree char *stripped = g_strstrip (g_strdup (reason != NULL ? reason : ""));
  g_autofree char *clear = cs_deployment_redact (self, stripped);

  json_object_set_string_member (content, "reason", clear);
}

static JsonObject *
build_settlement (CsDeployment *self, CsSignoffState *signoff, const char *reason)
{
  const char *field = cs_signoff_get_id (signoff->signoff);
  CsRejection *rejection = cs_deployment_find_rejection (self, field);
  JsonObject *content = json_object_new ();

  json_object_set_string_member (content, "field", field);
  json_object_set_int_member (content, "rejection", rejection != NULL ? rejection->n : -1);
  set_reason (self, content, reason);
  return content;
}

/**
 * cs_deployment_withdraw_async:
 * @signoff: the line that was rejected
 * @reason: (nullable): why
 * @key: of the person who rejected
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Takes back the own rejection, signed; the line is open again. Finish with
 * cs_deployment_rule_finish().
 */
void
cs_deployment_withdraw_async (CsDeployment *self,
                              CsSignoffState *signoff,
                              const char *reason,
                              CsKey *key,
                              CsAskpass *askpass,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  decide (self, CS_RULING_WITHDRAWN, build_settlement (self, signoff, reason), key, askpass,
          cancellable, callback, user_data);
}

/**
 * cs_deployment_overrule_async:
 * @signoff: the line that someone else rejected
 * @reason: why; it is signed and stays in the history
 * @key: of someone with the role that the policy names for it, else of a manager
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Sets a rejection aside, signed; the line is open again. Finish with cs_deployment_rule_finish().
 */
void
cs_deployment_overrule_async (CsDeployment *self,
                              CsSignoffState *signoff,
                              const char *reason,
                              CsKey *key,
                              CsAskpass *askpass,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  JsonObject *content = build_settlement (self, signoff, reason);

  json_object_set_string_member (content, "role", cs_deployment_get_overrider (self));
  decide (self, CS_RULING_OVERRULED, content, key, askpass, cancellable, callback, user_data);
}

static void
add_overridable (GPtrArray *found, GPtrArray *gates)
{
  for (guint i = 0; i < gates->len; i++)
    if (cs_gate_can_be_overridden (g_ptr_array_index (gates, i)))
      g_ptr_array_add (found, cs_gate_copy (g_ptr_array_index (gates, i)));
}

/**
 * cs_deployment_list_overridable:
 * @step: a step of the deployment
 *
 * Returns: (transfer full) (element-type CsGate): what stands in the way of doing something in the
 *   step now and could be overridden, by someone with the right to it
 */
GPtrArray *
cs_deployment_list_overridable (CsDeployment *self, CsStepState *step)
{
  GPtrArray *found = cs_gates_new ();
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_step (self, step);

  add_overridable (found, gates);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
    {
      g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);
      g_autoptr (GPtrArray) more = cs_deployment_gates_for_run (self, step, block);

      add_overridable (found, more);
    }
  return found;
}

static const CsGate *
find_gate (GPtrArray *gates, const char *id)
{
  for (guint i = 0; i < gates->len; i++)
    {
      const CsGate *gate = g_ptr_array_index (gates, i);

      if (strcmp (gate->id, id) == 0)
        return gate;
    }
  return NULL;
}

/**
 * cs_deployment_override_async:
 * @step: the step that is to be done all the same
 * @gate: the id of what stands in its way now, one of cs_deployment_list_overridable()
 * @reason: why; it is signed and stands out in the history
 * @key: of someone with the role that the policy names for it, else of a manager
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Lets the deployment pass, signed: past a gate of all of it, such as its window, from now on; past
 * another one in this step alone. Finish with cs_deployment_rule_finish().
 */
void
cs_deployment_override_async (CsDeployment *self,
                              CsStepState *step,
                              const char *gate,
                              const char *reason,
                              CsKey *key,
                              CsAskpass *askpass,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_list_overridable (self, step);
  const CsGate *found = find_gate (gates, gate);
  JsonObject *content;

  if (found == NULL)
    {
      g_task_report_new_error (self, callback, user_data, decide, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "Nothing named “%s” that could be overridden stands in the way of "
                               "step %s",
                               gate, cs_step_get_id (step->step));
      return;
    }
  content = json_object_new ();
  json_object_set_string_member (content, "gate", gate);
  json_object_set_string_member (content, "words", found->words);
  json_object_set_string_member (content, "role", cs_deployment_get_overrider (self));
  if (!cs_ruling_is_everywhere (gate))
    json_object_set_string_member (content, "step", cs_step_get_id (step->step));
  set_reason (self, content, reason);
  decide (self, CS_RULING_OVERRIDDEN, content, key, askpass, cancellable, callback, user_data);
}

/* The role that counts here: the one that is claimed, or the first that the signer holds. */
static char *
choose_role (CsDeployment *self, CsKey *key, const char *role)
{
  CsPerson *person = cs_people_find_signer (self->people, key, NULL);
  g_auto (GStrv) roles = person != NULL ? cs_person_list_roles (person, G_MAXINT64) : NULL;

  if (role != NULL)
    return g_strdup (role);
  return g_strdup (roles != NULL ? roles[0] : NULL);
}

/**
 * cs_deployment_accept_async:
 * @block: a command that failed, or its state on a member of a fleet
 * @role: (nullable): the role of the signer that counts here; %NULL: the first one that they hold
 * @reason: why it counts as passed; it is signed and stays in the history
 * @key: of the one who decides
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Marks a command as passed although it failed, signed. Finish with cs_deployment_rule_finish().
 */
void
cs_deployment_accept_async (CsDeployment *self,
                            CsBlockState *block,
                            const char *role,
                            const char *reason,
                            CsKey *key,
                            CsAskpass *askpass,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GPtrArray) gates = cs_deployment_gates_for_accept (self, block);
  g_autoptr (JsonNode) body = cs_deployment_body_of_block (block);
  g_autofree char *chosen = choose_role (self, key, role);
  JsonObject *content = json_node_dup_object (body);
  GError *error = NULL;

  if (!cs_gates_to_error (gates, &error))
    {
      json_object_unref (content);
      g_task_report_error (self, callback, user_data, decide, error);
      return;
    }
  if (chosen != NULL)
    json_object_set_string_member (content, "role", chosen);
  set_reason (self, content, reason);
  decide (self, CS_RULING_PASSED, content, key, askpass, cancellable, callback, user_data);
}

/**
 * cs_deployment_rule_finish:
 *
 * Returns: %TRUE when it is recorded and folded; else %CS_ERROR_REFUSED if that person may not
 *   decide this, %CS_ERROR_INVALID without a reason, %CS_ERROR_NOT_FOUND if there is nothing to
 *   decide, %CS_ERROR_AUTH if the key could not be used, %CS_ERROR_CONFLICT if something was
 *   recorded meanwhile
 */
gboolean
cs_deployment_rule_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
