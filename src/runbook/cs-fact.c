/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Something that a document says beside its steps: a threshold, a contact, a deadline. */

#include "cs-fact.h"

/**
 * cs_fact_kind_to_string:
 *
 * Returns: (transfer none): the member of the JSON model that lists these facts
 */
const char *
cs_fact_kind_to_string (CsFactKind kind)
{
  static const char *const NAMES[CS_N_FACT_KINDS] = {
    "thresholds",     "rollback_triggers", "timeline",  "contacts",    "windows",
    "follow_ups",     "blockers",          "decisions", "risks",       "flags",
    "rollout_stages", "alternatives",      "choices",   "diagnostics",
  };

  g_return_val_if_fail ((guint) kind < CS_N_FACT_KINDS, NULL);
  return NAMES[kind];
}

/**
 * cs_fact_new:
 * @line: where, from 1
 * @text: as written
 *
 * Returns: (transfer full): the fact
 */
CsFact *
cs_fact_new (CsFactKind kind, guint line, const char *text)
{
  CsFact *self = g_new0 (CsFact, 1);

  self->kind = kind;
  self->line = line;
  self->text = g_strdup (text);
  self->details = json_object_new ();
  return self;
}

void
cs_fact_free (CsFact *self)
{
  g_free (self->text);
  json_object_unref (self->details);
  g_free (self);
}

/* A member of the JSON model; %NULL is written as null. */
void
cs_fact_set_string (CsFact *self, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (self->details, name, value);
  else
    json_object_set_null_member (self->details, name);
}

void
cs_fact_set_int (CsFact *self, const char *name, gint64 value)
{
  json_object_set_int_member (self->details, name, value);
}

/* A number that is written without a point if it is whole. */
void
cs_fact_set_number (CsFact *self, const char *name, double value)
{
  if (value == (double) (gint64) value)
    json_object_set_int_member (self->details, name, (gint64) value);
  else
    json_object_set_double_member (self->details, name, value);
}
