/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has happened to one line that someone is to sign. */

#include "cs-states-private.h"

G_DEFINE_FINAL_TYPE (CsSignoffState, cs_signoff_state, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATUS,
  PROP_VERIFIED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
cs_signoff_state_dispose (GObject *object)
{
  CsSignoffState *self = CS_SIGNOFF_STATE (object);

  g_clear_object (&self->signoff);
  G_OBJECT_CLASS (cs_signoff_state_parent_class)->dispose (object);
}

static void
cs_signoff_state_finalize (GObject *object)
{
  CsSignoffState *self = CS_SIGNOFF_STATE (object);

  g_free (self->problem);
  g_free (self->signer);
  g_free (self->signer_name);
  g_free (self->role);
  g_free (self->fingerprint);
  g_free (self->comment);
  g_free (self->envelope);
  g_free (self->handwriting);
  g_clear_pointer (&self->handwritten, g_bytes_unref);
  g_free (self->lapsed);
  g_free (self->record_hash);
  g_free (self->covered_head);
  G_OBJECT_CLASS (cs_signoff_state_parent_class)->finalize (object);
}

static void
cs_signoff_state_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CsSignoffState *self = CS_SIGNOFF_STATE (object);

  switch (id)
    {
    case PROP_STATUS:
      g_value_set_enum (value, self->status);
      break;
    case PROP_VERIFIED:
      g_value_set_enum (value, self->verified);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_signoff_state_class_init (CsSignoffStateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_signoff_state_dispose;
  object_class->finalize = cs_signoff_state_finalize;
  object_class->get_property = cs_signoff_state_get_property;

  properties[PROP_STATUS] =
    g_param_spec_enum ("status", NULL, NULL, CS_TYPE_STATUS, CS_STATUS_TODO,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_VERIFIED] =
    g_param_spec_enum ("verified", NULL, NULL, CS_TYPE_VERIFIED, CS_VERIFIED_UNKNOWN,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cs_signoff_state_init (CsSignoffState *self)
{
}

/* A state for a line that nobody has signed yet. */
CsSignoffState *
cs_signoff_state_new (CsSignoff *signoff)
{
  CsSignoffState *self = g_object_new (CS_TYPE_SIGNOFF_STATE, NULL);

  self->signoff = g_object_ref (signoff);
  return self;
}

void
cs_signoff_state_set_status (CsSignoffState *self, CsStatus status)
{
  if (self->status == status)
    return;
  self->status = status;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
}

void
cs_signoff_state_set_verified (CsSignoffState *self, CsVerified verified, const char *problem)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
  self->verified = verified;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VERIFIED]);
}

/**
 * cs_signoff_state_get_signoff:
 *
 * Returns: (transfer none): the line of the runbook
 */
CsSignoff *
cs_signoff_state_get_signoff (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->signoff;
}

/**
 * cs_signoff_state_get_status:
 *
 * Returns: todo, ready, waiting (being verified), passed (approved) or failed (rejected, or not
 * verified)
 */
CsStatus
cs_signoff_state_get_status (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), CS_STATUS_TODO);

  return self->status;
}

/**
 * cs_signoff_state_get_verified:
 *
 * Returns: whether the signature was found to be the signer's over exactly this
 */
CsVerified
cs_signoff_state_get_verified (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), CS_VERIFIED_UNKNOWN);

  return self->verified;
}

/**
 * cs_signoff_state_get_problem:
 *
 * Returns: (nullable): why it could not be verified, or why an approval has lapsed
 */
const char *
cs_signoff_state_get_problem (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->lapsed != NULL ? self->lapsed : self->problem;
}

/**
 * cs_signoff_state_get_signer:
 *
 * Returns: (nullable): the person's id
 */
const char *
cs_signoff_state_get_signer (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->signer;
}

/**
 * cs_signoff_state_get_signer_name:
 *
 * Returns: (nullable): the name that the person signed with
 */
const char *
cs_signoff_state_get_signer_name (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->signer_name;
}

/**
 * cs_signoff_state_get_role:
 *
 * Returns: (nullable): the role that the person signed in
 */
const char *
cs_signoff_state_get_role (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->role;
}

/**
 * cs_signoff_state_get_fingerprint:
 *
 * Returns: (nullable): of the key
 */
const char *
cs_signoff_state_get_fingerprint (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->fingerprint;
}

/**
 * cs_signoff_state_get_comment:
 *
 * Returns: (nullable): what the person added
 */
const char *
cs_signoff_state_get_comment (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->comment;
}

/**
 * cs_signoff_state_get_at:
 *
 * Returns: when it was recorded (UTC microseconds); 0 if nobody signed
 */
gint64
cs_signoff_state_get_at (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), 0);

  return self->at;
}

/**
 * cs_signoff_state_get_approve:
 *
 * Returns: whether the signature approves; %FALSE also if there is none
 */
gboolean
cs_signoff_state_get_approve (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), FALSE);

  return self->approve;
}

/**
 * cs_signoff_state_get_envelope:
 *
 * Returns: (nullable): digest of the blob with the DSSE envelope
 */
const char *
cs_signoff_state_get_envelope (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->envelope;
}

/**
 * cs_signoff_state_get_handwriting:
 *
 * Returns: (transfer none) (nullable): the picture of the signer's handwriting that the signature
 *   covers; %NULL if there is none, or while the signature is not known to be good
 */
GBytes *
cs_signoff_state_get_handwriting (CsSignoffState *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF_STATE (self), NULL);

  return self->verified == CS_VERIFIED_GOOD ? self->handwritten : NULL;
}
