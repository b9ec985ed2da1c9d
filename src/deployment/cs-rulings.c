/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rulings of a deployment: who may decide what, what was decided, and what that opens. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-ruling-private.h"

#include "cs-decree.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

static gboolean
refuse (GError **error, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError **error, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (CS_ERROR, code, format, args));
  va_end (args);
  return FALSE;
}

static CsRejection *
find_named (CsDeployment *self, JsonObject *content)
{
  gint64 n = cs_json_get_int (content, "rejection", -1);

  for (guint i = 0; i < self->rejections->len; i++)
    {
      CsRejection *rejection = g_ptr_array_index (self->rejections, i);

      if (rejection->n == n && cs_rejection_stands (rejection) &&
          g_strcmp0 (cs_signoff_get_id (rejection->signature->signoff),
                     cs_json_get_string (content, "field")) == 0)
        return rejection;
    }
  return NULL;
}

/* Where nobody had set a policy when it was opened, managers of now may overrule. */
static gboolean
check_right (CsDeployment *self,
             CsPerson *person,
             JsonObject *content,
             gint64 at,
             GError **error)
{
  g_autoptr (CsPolicy) none = self->policy == NULL ? cs_policy_new (self->environment) : NULL;
  const CsPolicy *policy = none != NULL ? none : self->policy;
  g_auto (GStrv) roles = cs_person_list_roles (person, at);
  const char *role = cs_json_get_string (content, "role");

  if (!cs_policy_check_override (policy, (const char *const *) roles,
                                 cs_json_get_string (content, "reason"), error))
    return FALSE;
  if (g_strcmp0 (role, policy->overrider) == 0)
    return TRUE;
  return refuse (error, CS_ERROR_INVALID, "It does not say in which role it was decided");
}

static gboolean
may_settle (CsDeployment *self,
            CsRulingKind kind,
            CsPerson *person,
            JsonObject *content,
            gint64 at,
            GError **error)
{
  const char *id = cs_person_get_id (person);
  CsRejection *rejection = find_named (self, content);
  gboolean own;

  if (rejection == NULL)
    return refuse (error, CS_ERROR_NOT_FOUND, "Nobody's rejection stands there");
  own = g_strcmp0 (rejection->signature->signer, id) == 0;
  if (kind == CS_RULING_WITHDRAWN && !own)
    return refuse (error, CS_ERROR_REFUSED,
                   "%s rejected this, and nobody else can withdraw that; a %s can overrule it, "
                   "with a reason",
                   rejection->signature->signer_name, cs_deployment_get_overrider (self));
  if (kind == CS_RULING_WITHDRAWN)
    return TRUE;
  if (own)
    return refuse (error, CS_ERROR_REFUSED, "%s rejected this and can withdraw it: there is "
                                            "nobody to overrule",
                   cs_person_get_name (person));
  if (!check_right (self, person, content, at, error))
    return FALSE;
  if (self->policy != NULL && !self->policy->operator_may_approve &&
      cs_deployment_is_operator (self, id))
    return refuse (error, CS_ERROR_REFUSED,
                   "%s runs this deployment, and in %s who runs one can't overrule who rejects "
                   "it: another %s has to",
                   cs_person_get_name (person), self->environment, self->policy->overrider);
  return TRUE;
}

/* Whoever holds a role may say that a failure is none: the one that runs it as well, for the record
 * says so. Where nobody held a role when it was opened, whoever has a key. */
static gboolean
may_pass (CsDeployment *self,
          CsPerson *person,
          JsonObject *content,
          gint64 at,
          GError **error)
{
  CsBlockState *block = cs_deployment_find_run (self, cs_json_get_string (content, "run"));
  const char *role = cs_json_get_string (content, "role");

  if (block == NULL || block->fleet != NULL || block->status != CS_STATUS_FAILED ||
      g_strcmp0 (cs_block_get_id (block->block), cs_json_get_string (content, "block")) != 0 ||
      g_strcmp0 (block->member, cs_json_get_string (content, "member")) != 0)
    return refuse (error, CS_ERROR_REFUSED, "Only a command that failed can be marked as passed");
  if (!cs_deployment_has_reason (cs_json_get_string (content, "reason")))
    return refuse (error, CS_ERROR_INVALID, "Marking a command as passed needs a reason");
  if (self->policy == NULL)
    return TRUE;
  if (role == NULL)
    return refuse (error, CS_ERROR_REFUSED,
                   "%s holds no role here, and marking a command as passed needs one: a manager "
                   "grants it",
                   cs_person_get_name (person));
  return cs_person_held_role (person, role, at) ||
         refuse (error, CS_ERROR_REFUSED, "%s is not %s", cs_person_get_name (person), role);
}

gboolean
cs_deployment_may_rule (CsDeployment *self,
                        CsRulingKind kind,
                        CsPerson *person,
                        JsonObject *content,
                        gint64 at,
                        GError **error)
{
  CsGate gate = { (char *) cs_json_get_string (content, "gate"), NULL, NULL };
  const char *step = cs_json_get_string (content, "step");

  if (self->closed_at != 0)
    return refuse (error, CS_ERROR_REFUSED, "The deployment is closed");
  if (kind == CS_RULING_PASSED)
    return may_pass (self, person, content, at, error);
  if (kind != CS_RULING_OVERRIDDEN)
    return may_settle (self, kind, person, content, at, error);
  if (gate.id == NULL || !cs_gate_can_be_overridden (&gate))
    return refuse (error, CS_ERROR_REFUSED, "Nobody can override that: it has to be done");
  if (cs_ruling_is_everywhere (gate.id)
        ? step != NULL
        : step == NULL || cs_deployment_find_step (self, step) == NULL)
    return refuse (error, CS_ERROR_INVALID, "It does not say for which step it is");
  return check_right (self, person, content, at, error);
}

static CsRuling *
new_ruling (CsDeployment *self, CsRulingKind kind, CsPerson *person, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  CsRuling *ruling = g_new0 (CsRuling, 1);
  const char *reason = cs_json_get_string (body, "reason");

  ruling->kind = kind;
  ruling->n = cs_record_get_n (record);
  ruling->at = cs_record_get_at (record);
  ruling->by = g_strdup (cs_person_get_id (person));
  ruling->name = g_strdup (cs_person_get_name (person));
  ruling->role = g_strdup (cs_json_get_string (body, "role"));
  ruling->reason = g_strdup (reason != NULL ? reason : "");
  ruling->own = cs_deployment_is_operator (self, ruling->by);
  ruling->field = g_strdup (cs_json_get_string (body, "field"));
  ruling->rejection = cs_json_get_int (body, "rejection", -1);
  ruling->gate = g_strdup (cs_json_get_string (body, "gate"));
  ruling->step = g_strdup (cs_json_get_string (body, "step"));
  ruling->words = g_strdup (cs_json_get_string (body, "words"));
  ruling->block = g_strdup (cs_json_get_string (body, "block"));
  ruling->member = g_strdup (cs_json_get_string (body, "member"));
  return ruling;
}

/* The line on which a rejection stands is open again. */
static void
settle (CsDeployment *self, CsRejection *rejection, const CsRuling *ruling)
{
  CsSignoffState *line = cs_deployment_find_signoff (self, ruling->field);

  rejection->settled = TRUE;
  if (line == NULL || g_strcmp0 (line->record_hash, rejection->signature->record_hash) != 0)
    return;
  g_free (line->lapsed);
  line->lapsed = cs_ruling_dup_words (ruling);
  cs_signoff_state_set_verified (line, CS_VERIFIED_UNKNOWN, NULL);
}

static gboolean
fold_ruling (CsDeployment *self, CsRecord *record, CsRulingKind kind, GError **error)
{
  g_autoptr (CsDecree) decree =
    cs_decree_open (cs_record_get_body (record), self->stream, cs_record_get_kind (record),
                    cs_record_get_previous (record), error);
  CsPerson *person = decree != NULL ? cs_people_lookup (self->people, decree->by) : NULL;
  CsRuling *ruling;

  if (decree == NULL)
    return FALSE;
  if (person == NULL)
    return refuse (error, CS_ERROR_AUTH, "Nobody here is known as “%s”", decree->by);
  if (!cs_person_check_key (person, decree->key, self->latest_at, error) ||
      !cs_deployment_may_rule (self, kind, person, decree->content, self->latest_at, error))
    return FALSE;
  ruling = new_ruling (self, kind, person, record);
  g_ptr_array_add (self->rulings, ruling);
  if (kind == CS_RULING_PASSED)
    cs_deployment_fold_passed (self, record, cs_record_get_body (record));
  else if (kind != CS_RULING_OVERRIDDEN)
    settle (self, find_named (self, decree->content), ruling);
  return TRUE;
}

static void
fault_free (CsPeopleFault *fault)
{
  g_free (fault->words);
  g_free (fault);
}

/* What was not decided by someone who may, counts for nothing. */
void
cs_deployment_fold_ruling (CsDeployment *self, CsRecord *record)
{
  g_autoptr (GError) error = NULL;
  CsPeopleFault *fault;
  CsRulingKind kind;

  if (!cs_ruling_kind_from_string (cs_record_get_kind (record), &kind) ||
      (kind == CS_RULING_PASSED && !self->marks_are_signed) ||
      fold_ruling (self, record, kind, &error))
    return;
  fault = g_new0 (CsPeopleFault, 1);
  fault->n = cs_record_get_n (record);
  fault->words = g_strdup (error->message);
  g_ptr_array_add (self->faults, fault);
}

void
cs_deployment_init_rulings (CsDeployment *self)
{
  self->rejections = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_rejection_free);
  self->rulings = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_ruling_free);
  self->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) fault_free);
}

/** cs_deployment_get_rulings: (transfer none) (element-type CsRuling): that count, oldest first. */
GPtrArray *
cs_deployment_get_rulings (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->rulings;
}

/**
 * cs_deployment_get_faults:
 *
 * Returns: (transfer none) (element-type CsPeopleFault): rulings that count for nothing, and why
 */
GPtrArray *
cs_deployment_get_faults (CsDeployment *self)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return self->faults;
}

static const CsRuling *
find_override (CsDeployment *self, const char *gate, const char *step)
{
  for (guint i = 0; i < self->rulings->len; i++)
    {
      const CsRuling *ruling = g_ptr_array_index (self->rulings, i);

      if (ruling->kind == CS_RULING_OVERRIDDEN && strcmp (ruling->gate, gate) == 0 &&
          (ruling->step == NULL || g_strcmp0 (ruling->step, step) == 0))
        return ruling;
    }
  return NULL;
}

/**
 * cs_deployment_is_overridden:
 * @gate: the id of a gate
 * @step: (nullable): for which step it is asked
 *
 * Returns: whether someone with the right to it has let the deployment pass there
 */
gboolean
cs_deployment_is_overridden (CsDeployment *self, const char *gate, const char *step)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self) && gate != NULL, FALSE);

  return find_override (self, gate, step) != NULL;
}

/* Takes away the gates that someone with the right to it has overridden. */
void
cs_deployment_drop_overridden (CsDeployment *self, const char *step, GPtrArray *gates)
{
  for (guint i = gates->len; i > 0; i--)
    {
      const CsGate *gate = g_ptr_array_index (gates, i - 1);

      if (cs_gate_can_be_overridden (gate) && find_override (self, gate->id, step) != NULL)
        g_ptr_array_remove_index (gates, i - 1);
    }
}
