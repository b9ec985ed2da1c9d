/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone decided about what stands in the way of a deployment: signed, with a reason. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-ruling.h"

#include "cs-ruling-private.h"

#include <string.h>

/* Indexed by CsRulingKind: the kinds of the records. */
static const char *const kinds[] = {
  "rejection-withdrawn",
  "rejection-overruled",
  "overridden",
  "accepted",
};

/* Gates that a person may let a deployment pass, and whether that then holds for all of it or for
 * the step where it was asked for. */
static const struct
{
  const char *gate;
  gboolean everywhere;
} overridable[] = {
  { "window", TRUE },
  { "blocker", FALSE },
  { "soak", FALSE },
};

/** cs_ruling_free: frees a ruling. */
void
cs_ruling_free (CsRuling *self)
{
  if (self == NULL)
    return;
  g_free (self->by);
  g_free (self->name);
  g_free (self->role);
  g_free (self->reason);
  g_free (self->field);
  g_free (self->gate);
  g_free (self->step);
  g_free (self->words);
  g_free (self->block);
  g_free (self->member);
  g_free (self);
}

/** cs_ruling_kind_to_string: the kind of the record, e.g. `overridden`. */
const char *
cs_ruling_kind_to_string (CsRulingKind kind)
{
  return kinds[kind];
}

/** cs_ruling_kind_from_string: whether a record of this kind is a ruling, and of which kind. */
gboolean
cs_ruling_kind_from_string (const char *text, CsRulingKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i], text) == 0)
      {
        *kind = (CsRulingKind) i;
        return TRUE;
      }
  return FALSE;
}

static char *
dup_passed_words (const CsRuling *self, const char *own)
{
  g_autofree char *role = self->role != NULL ? g_strdup_printf (", as %s,", self->role) : NULL;

  return g_strdup_printf ("%s%s marked %s%s%s as passed%s although it failed: %s", self->name,
                          role != NULL ? role : "", self->block, self->member != NULL ? " on " : "",
                          self->member != NULL ? self->member : "", own, self->reason);
}

/**
 * cs_ruling_dup_words:
 *
 * Returns: (transfer full): who decided what and why, in one English sentence without a full stop;
 *   the faces may translate by kind
 */
char *
cs_ruling_dup_words (const CsRuling *self)
{
  const char *own = self->own ? " (in their own deployment)" : "";

  switch (self->kind)
    {
    case CS_RULING_WITHDRAWN:
      return g_strdup_printf ("%s withdrew the rejection of %s%s%s", self->name, self->field,
                              *self->reason != '\0' ? ": " : "", self->reason);
    case CS_RULING_OVERRULED:
      return g_strdup_printf ("%s, as %s, overruled the rejection of %s%s: %s", self->name,
                              self->role, self->field, own, self->reason);
    case CS_RULING_PASSED:
      return dup_passed_words (self, own);
    case CS_RULING_OVERRIDDEN:
    default:
      return g_strdup_printf ("%s, as %s, let the deployment go on%s although “%s”: %s",
                              self->name, self->role, own, self->words, self->reason);
    }
}

/** cs_gate_can_be_overridden: whether someone with the right to it may let a deployment pass. */
gboolean
cs_gate_can_be_overridden (const CsGate *gate)
{
  for (guint i = 0; i < G_N_ELEMENTS (overridable); i++)
    if (strcmp (overridable[i].gate, gate->id) == 0)
      return TRUE;
  return FALSE;
}

/* Whether overriding such a gate is for the whole deployment, and not for one step. */
gboolean
cs_ruling_is_everywhere (const char *gate)
{
  for (guint i = 0; i < G_N_ELEMENTS (overridable); i++)
    if (strcmp (overridable[i].gate, gate) == 0)
      return overridable[i].everywhere;
  return FALSE;
}
