/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that someone is to sign. */

#include "cs-signoff.h"

#include "cs-model.h"

G_DEFINE_FINAL_TYPE (CsSignoff, cs_signoff, G_TYPE_OBJECT)

static void
cs_signoff_finalize (GObject *object)
{
  CsSignoff *self = CS_SIGNOFF (object);

  g_free (self->id);
  g_free (self->role);
  g_free (self->meaning);
  g_strfreev (self->fields);
  g_free (self->phase_id);
  G_OBJECT_CLASS (cs_signoff_parent_class)->finalize (object);
}

static void
cs_signoff_class_init (CsSignoffClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_signoff_finalize;
}

static void
cs_signoff_init (CsSignoff *self)
{
}

/**
 * cs_signoff_new:
 * @id: unlike those of the document
 * @role: who is to sign
 * @meaning: what the signature says
 * @phase_id: (nullable): the phase that it is to stand in
 * @line: behind which line of the document it comes; 0: before all of it
 *
 * Returns: (transfer full): a line that no document has
 */
CsSignoff *
cs_signoff_new (const char *id,
                const char *role,
                const char *meaning,
                const char *phase_id,
                guint line)
{
  CsSignoff *self = g_object_new (CS_TYPE_SIGNOFF, NULL);

  self->id = g_strdup (id);
  self->role = g_strdup (role);
  self->meaning = g_strdup (meaning);
  self->fields = g_new0 (char *, 1);
  self->phase_id = g_strdup (phase_id);
  self->line = line;
  return self;
}

/**
 * cs_signoff_get_id:
 *
 * Returns: (transfer none): "s1" for the first of the document
 */
const char *
cs_signoff_get_id (CsSignoff *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF (self), NULL);
  return self->id;
}

/**
 * cs_signoff_get_line:
 *
 * Returns: its line in the document, from 1
 */
guint
cs_signoff_get_line (CsSignoff *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF (self), 0);
  return self->line;
}

/**
 * cs_signoff_get_role:
 *
 * Returns: (transfer none): who is to sign, the label if no role is named
 */
const char *
cs_signoff_get_role (CsSignoff *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF (self), NULL);
  return self->role;
}

/**
 * cs_signoff_get_meaning:
 *
 * Returns: (transfer none): what is signed, in the words of the heading above
 */
const char *
cs_signoff_get_meaning (CsSignoff *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF (self), NULL);
  return self->meaning;
}

/**
 * cs_signoff_get_fields:
 *
 * Returns: (transfer none) (array zero-terminated=1): what is to be filled in, as printed
 */
const char *const *
cs_signoff_get_fields (CsSignoff *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF (self), NULL);
  return (const char *const *) self->fields;
}

/**
 * cs_signoff_get_phase_id:
 *
 * Returns: (transfer none) (nullable): the phase that it stands in
 */
const char *
cs_signoff_get_phase_id (CsSignoff *self)
{
  g_return_val_if_fail (CS_IS_SIGNOFF (self), NULL);
  return self->phase_id;
}
