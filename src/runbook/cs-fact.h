/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Something that a document says beside its steps: a threshold, a contact, a deadline. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CsFactKind: what the fact is; the words are the members of the JSON model */
typedef enum
{
  CS_FACT_THRESHOLD,
  CS_FACT_TRIGGER,
  CS_FACT_TIMELINE,
  CS_FACT_CONTACT,
  CS_FACT_WINDOW,
  CS_FACT_FOLLOW_UP,
  CS_FACT_CRITERION,
  CS_FACT_BLOCKER,
  CS_FACT_DECISION,
  CS_FACT_RISK,
  CS_FACT_FLAG,
  CS_FACT_STAGE,
  CS_FACT_ALTERNATIVE,
  CS_FACT_CHOICE,
  CS_FACT_DIAGNOSTIC,
} CsFactKind;

#define CS_N_FACT_KINDS (CS_FACT_DIAGNOSTIC + 1)

/** CsFact: owned by the runbook */
typedef struct
{
  CsFactKind kind;
  guint line;      /* from 1 */
  char *text;      /* as written, without markup around it */
  struct _CsDetail *details; /* what else is known: see cs_fact_get_string(), cs_fact_write() */
  guint n_details;
} CsFact;

const char *cs_fact_kind_to_string (CsFactKind kind);
CsFact *cs_fact_new (CsFactKind kind, guint line, const char *text);
void cs_fact_free (CsFact *self);
void cs_fact_set_string (CsFact *self, const char *name, const char *value);
void cs_fact_set_literal (CsFact *self, const char *name, const char *value);
void cs_fact_set_int (CsFact *self, const char *name, gint64 value);
void cs_fact_set_number (CsFact *self, const char *name, double value);
const char *cs_fact_get_string (const CsFact *self, const char *name);
gint64 cs_fact_get_int (const CsFact *self, const char *name, gint64 fallback);
void cs_fact_write (const CsFact *self, JsonObject *object);

G_END_DECLS
