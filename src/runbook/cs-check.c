/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check item: something that a person ticks. */

#include "cs-check.h"

#include "cs-model.h"

G_DEFINE_FINAL_TYPE (CsCheck, cs_check, G_TYPE_OBJECT)

static void
cs_check_finalize (GObject *object)
{
  CsCheck *self = CS_CHECK (object);

  g_free (self->id);
  g_free (self->text);
  G_OBJECT_CLASS (cs_check_parent_class)->finalize (object);
}

static void
cs_check_class_init (CsCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_check_finalize;
}

static void
cs_check_init (CsCheck *self)
{
}

/**
 * cs_check_get_id:
 *
 * Returns: (transfer none): "2.3.c1" for the first check of step 2.3
 */
const char *
cs_check_get_id (CsCheck *self)
{
  g_return_val_if_fail (CS_IS_CHECK (self), NULL);
  return self->id;
}

/**
 * cs_check_get_text:
 *
 * Returns: (transfer none): what is to be ticked, inline Markdown without the box
 */
const char *
cs_check_get_text (CsCheck *self)
{
  g_return_val_if_fail (CS_IS_CHECK (self), NULL);
  return self->text;
}

/**
 * cs_check_get_line:
 *
 * Returns: its line in the document, from 1
 */
guint
cs_check_get_line (CsCheck *self)
{
  g_return_val_if_fail (CS_IS_CHECK (self), 0);
  return self->line;
}

/**
 * cs_check_get_done:
 *
 * Returns: whether the document itself has it ticked
 */
gboolean
cs_check_get_done (CsCheck *self)
{
  g_return_val_if_fail (CS_IS_CHECK (self), FALSE);
  return self->done;
}
