/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has rejected, and whether that still stops the deployment. */

/* A line shows what was signed on it last. A rejection stands whatever is signed there after it,
 * good or not, until the person withdraws it or someone with the right to it overrules it. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-ruling-private.h"

void
cs_rejection_free (CsRejection *self)
{
  g_clear_object (&self->signature);
  g_clear_object (&self->change);
  g_free (self);
}

/* One that is being checked stands: it is not for the quickest to go on. */
gboolean
cs_rejection_stands (const CsRejection *self)
{
  return !self->settled && self->signature->verified != CS_VERIFIED_BAD &&
         (self->change == NULL || self->change->verified != CS_VERIFIED_GOOD);
}

/* The signature that a line has just got, for itself. */
static CsSignoffState *
copy_signature (CsSignoffState *line)
{
  CsSignoffState *copy = cs_signoff_state_new (line->signoff);

  copy->signer = g_strdup (line->signer);
  copy->signer_name = g_strdup (line->signer_name);
  copy->role = g_strdup (line->role);
  copy->fingerprint = g_strdup (line->fingerprint);
  copy->comment = g_strdup (line->comment);
  copy->envelope = g_strdup (line->envelope);
  copy->handwriting = g_strdup (line->handwriting);
  copy->record_hash = g_strdup (line->record_hash);
  copy->covered_head = g_strdup (line->covered_head);
  copy->approve = line->approve;
  copy->at = line->at;
  return copy;
}

static gboolean
is_on_line (const CsRejection *rejection, CsSignoffState *line)
{
  return g_strcmp0 (cs_signoff_get_id (rejection->signature->signoff),
                    cs_signoff_get_id (line->signoff)) == 0;
}

/* Remembers what was signed on a line if it rejects, or if it takes back what rejected. */
void
cs_deployment_note_signature (CsDeployment *self, CsSignoffState *line, gint64 n)
{
  CsRejection *rejection;

  for (guint i = 0; line->approve && i < self->rejections->len; i++)
    {
      rejection = g_ptr_array_index (self->rejections, i);
      if (rejection->settled || !is_on_line (rejection, line) ||
          g_strcmp0 (rejection->signature->signer, line->signer) != 0 ||
          (rejection->change != NULL && rejection->change->verified == CS_VERIFIED_GOOD))
        continue;
      g_clear_object (&rejection->change);
      rejection->change = copy_signature (line);
    }
  if (line->approve)
    return;
  rejection = g_new0 (CsRejection, 1);
  rejection->n = n;
  rejection->signature = copy_signature (line);
  g_ptr_array_add (self->rejections, rejection);
}

/* The signatures that were remembered; a check of one that a line has too is a check of both. */
GPtrArray *
cs_deployment_list_noted (CsDeployment *self)
{
  GPtrArray *noted = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->rejections->len; i++)
    {
      CsRejection *rejection = g_ptr_array_index (self->rejections, i);

      g_ptr_array_add (noted, g_object_ref (rejection->signature));
      if (rejection->change != NULL)
        g_ptr_array_add (noted, g_object_ref (rejection->change));
    }
  return noted;
}

/* The oldest rejection on a line that stands. */
CsRejection *
cs_deployment_find_rejection (CsDeployment *self, const char *field)
{
  for (guint i = 0; i < self->rejections->len; i++)
    {
      CsRejection *rejection = g_ptr_array_index (self->rejections, i);

      if (cs_rejection_stands (rejection) &&
          g_strcmp0 (cs_signoff_get_id (rejection->signature->signoff), field) == 0)
        return rejection;
    }
  return NULL;
}

/**
 * cs_deployment_list_rejections:
 *
 * Returns: (transfer full) (element-type CsSignoffState): the signatures that stop the deployment,
 *   oldest first
 */
GPtrArray *
cs_deployment_list_rejections (CsDeployment *self)
{
  GPtrArray *standing = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), standing);

  for (guint i = 0; i < self->rejections->len; i++)
    {
      CsRejection *rejection = g_ptr_array_index (self->rejections, i);

      if (cs_rejection_stands (rejection))
        g_ptr_array_add (standing, g_object_ref (rejection->signature));
    }
  return standing;
}

const char *
cs_deployment_get_overrider (CsDeployment *self)
{
  return self->policy != NULL ? self->policy->overrider : "manager";
}

/**
 * cs_deployment_dup_rejection_words:
 * @signature: one of cs_deployment_list_rejections()
 *
 * Returns: (transfer full): who rejected, why, and what leads on, in a sentence without a full stop
 */
char *
cs_deployment_dup_rejection_words (CsDeployment *self, CsSignoffState *signature)
{
  gboolean said = signature->comment != NULL && *signature->comment != '\0';

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), NULL);

  return g_strdup_printf ("%s rejected this as %s%s%s%s: %s can withdraw it, or a %s overrule it "
                          "with a reason",
                          signature->signer_name, signature->role, said ? " (“" : "",
                          said ? signature->comment : "", said ? "”)" : "",
                          signature->signer_name, cs_deployment_get_overrider (self));
}

/* Somebody's no stops everything but rolling back, and what comes to an end by itself. */
void
cs_deployment_add_rejection_gates (CsDeployment *self, GPtrArray *gates)
{
  g_autoptr (GPtrArray) standing = cs_deployment_list_rejections (self);

  for (guint i = 0; i < standing->len; i++)
    {
      CsSignoffState *signature = g_ptr_array_index (standing, i);
      g_autofree char *words = cs_deployment_dup_rejection_words (self, signature);

      cs_gates_add (gates, "rejected", signature->signer_name, "%s", words);
    }
}
