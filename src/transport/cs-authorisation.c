/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a target that enforces approvals needs to know beside the script: what was signed. */

#include "cs-authorisation.h"

/**
 * cs_authorisation_new:
 *
 * Returns: (transfer full): one without values and envelopes
 */
CsAuthorisation *
cs_authorisation_new (void)
{
  CsAuthorisation *self = g_new0 (CsAuthorisation, 1);

  self->values = json_object_new ();
  self->envelopes = json_array_new ();
  return self;
}

/**
 * cs_authorisation_free:
 * @self: (transfer full) (nullable): an authorisation
 */
void
cs_authorisation_free (CsAuthorisation *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->values, json_object_unref);
  g_clear_pointer (&self->envelopes, json_array_unref);
  g_free (self->command);
  g_free (self->deployment);
  g_free (self->environment);
  g_free (self->stream);
  g_free (self->hash);
  g_free (self);
}
