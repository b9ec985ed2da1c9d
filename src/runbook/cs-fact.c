/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Something that a document says beside its steps: a threshold, a contact, a deadline. */

#include "cs-fact.h"

#include <string.h>

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
    "follow_ups",     "success_criteria",  "blockers",  "decisions",   "risks",
    "flags",          "rollout_stages",    "alternatives", "choices",  "diagnostics",
  };

  g_return_val_if_fail ((guint) kind < CS_N_FACT_KINDS, NULL);
  return NAMES[kind];
}

/* Details that most facts have at most; a power of two. */
#define ROOM 4

/* A document has tens of thousands of facts, of which few are ever written as JSON. */
typedef struct _CsDetail
{
  const char *name;
  enum
  {
    DETAIL_NULL,
    DETAIL_STRING,
    DETAIL_LITERAL,
    DETAIL_INT,
    DETAIL_DOUBLE
  } kind;
  union
  {
    char *string;
    const char *literal;
    gint64 integer;
    double number;
  } value;
} Detail;

static void
clear_detail (Detail *detail)
{
  if (detail->kind == DETAIL_STRING)
    g_free (detail->value.string);
}

static Detail *
find_detail (const CsFact *self, const char *name)
{
  for (guint i = 0; i < self->n_details; i++)
    {
      if (strcmp (self->details[i].name, name) == 0)
        return &self->details[i];
    }
  return NULL;
}

/* There is room for ROOM details behind the fact, then for 2, 4, 8 times as many. */
static void
set_detail (CsFact *self, Detail detail)
{
  Detail *there = find_detail (self, detail.name);
  guint n = self->n_details;

  if (there != NULL)
    {
      clear_detail (there);
      *there = detail;
      return;
    }
  if (n == ROOM)
    self->details = memcpy (g_new (Detail, 2 * ROOM), self->details, ROOM * sizeof (Detail));
  else if (n > ROOM && (n & (n - 1)) == 0)
    self->details = g_renew (Detail, self->details, 2 * n);
  self->details[self->n_details++] = detail;
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
  gsize size = strlen (text) + 1;
  CsFact *self = g_malloc (sizeof (CsFact) + ROOM * sizeof (Detail) + size);

  self->kind = kind;
  self->line = line;
  self->n_details = 0;
  self->details = (Detail *) (void *) (self + 1);
  self->text = memcpy (self->details + ROOM, text, size);
  return self;
}

void
cs_fact_free (CsFact *self)
{
  for (guint i = 0; i < self->n_details; i++)
    clear_detail (&self->details[i]);
  if (self->n_details > ROOM)
    g_free (self->details);
  g_free (self); /* its words stand behind it */
}

/**
 * cs_fact_set_string:
 * @name: (transfer none): the member of the JSON model; must live for ever, as a literal does
 * @value: (nullable): %NULL is written as null
 *
 * Sets a detail; what was set under the same name before is gone.
 */
void
cs_fact_set_string (CsFact *self, const char *name, const char *value)
{
  set_detail (self, (Detail){ .name = name,
                              .kind = value != NULL ? DETAIL_STRING : DETAIL_NULL,
                              .value.string = g_strdup (value) });
}

/* Like cs_fact_set_string() for a value that lives for ever, too, and is not copied. */
void
cs_fact_set_literal (CsFact *self, const char *name, const char *value)
{
  set_detail (self, (Detail){ .name = name, .kind = DETAIL_LITERAL, .value.literal = value });
}

/* Like cs_fact_set_string() for a whole number. */
void
cs_fact_set_int (CsFact *self, const char *name, gint64 value)
{
  set_detail (self, (Detail){ .name = name, .kind = DETAIL_INT, .value.integer = value });
}

/* The same for a number that is written without a point if it is whole. */
void
cs_fact_set_number (CsFact *self, const char *name, double value)
{
  if (value == (double) (gint64) value)
    cs_fact_set_int (self, name, (gint64) value);
  else
    set_detail (self, (Detail){ .name = name, .kind = DETAIL_DOUBLE, .value.number = value });
}

/**
 * cs_fact_get_int:
 * @name: of the detail
 * @fallback: what else
 *
 * Returns: the detail, if it is a whole number, else @fallback
 */
gint64
cs_fact_get_int (const CsFact *self, const char *name, gint64 fallback)
{
  const Detail *detail = find_detail (self, name);

  return detail != NULL && detail->kind == DETAIL_INT ? detail->value.integer : fallback;
}

/**
 * cs_fact_get_string:
 * @name: of the detail
 *
 * Returns: (transfer none) (nullable): the detail, if it is a text
 */
const char *
cs_fact_get_string (const CsFact *self, const char *name)
{
  const Detail *detail = find_detail (self, name);

  if (detail != NULL && detail->kind == DETAIL_LITERAL)
    return detail->value.literal;
  return detail != NULL && detail->kind == DETAIL_STRING ? detail->value.string : NULL;
}

/**
 * cs_fact_write:
 * @object: takes the details as members, in the order in which they were set
 */
void
cs_fact_write (const CsFact *self, JsonObject *object)
{
  for (guint i = 0; i < self->n_details; i++)
    {
      const Detail *detail = &self->details[i];

      if (detail->kind == DETAIL_NULL)
        json_object_set_null_member (object, detail->name);
      else if (detail->kind == DETAIL_STRING)
        json_object_set_string_member (object, detail->name, detail->value.string);
      else if (detail->kind == DETAIL_LITERAL)
        json_object_set_string_member (object, detail->name, detail->value.literal);
      else if (detail->kind == DETAIL_INT)
        json_object_set_int_member (object, detail->name, detail->value.integer);
      else
        json_object_set_double_member (object, detail->name, detail->value.number);
    }
}
