/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people decided differently from the importer, line by line. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CS_OVERRULE_BLOCK: a code block is "command", "expected", "file" or "sample" */
#define CS_OVERRULE_BLOCK "block"
/** CS_OVERRULE_CHECK: what was read as a check item is "none" */
#define CS_OVERRULE_CHECK "check"
/** CS_OVERRULE_SIGNOFF: what was read as a sign-off is "none" */
#define CS_OVERRULE_SIGNOFF "signoff"
/** CS_OVERRULE_PHASE: a phase is of this kind: "deploy", "rollback"… */
#define CS_OVERRULE_PHASE "phase"

/** CsOverrule: one decision; owned by its set */
typedef struct
{
  guint line; /* of the document, from 1: of a block's opening fence, of a phase's heading */
  char *what; /* CS_OVERRULE_… */
  char *value;
  char *reason; /* may be NULL */
  char *by;     /* who; may be NULL */
} CsOverrule;

/* An immutable set; safe in any thread. Everywhere NULL stands for the empty set. */
typedef struct _CsOverrules CsOverrules;

CsOverrules *cs_overrules_ref (CsOverrules *self);
void cs_overrules_unref (CsOverrules *self);

/* A set that also holds (or no longer holds) a decision (transfer full). */
CsOverrules *cs_overrules_with (CsOverrules *self, const CsOverrule *overrule, GError **error);
CsOverrules *cs_overrules_without (CsOverrules *self, const char *what, guint line);

guint cs_overrules_get_length (CsOverrules *self);
const CsOverrule *cs_overrules_get (CsOverrules *self, guint index);
const CsOverrule *cs_overrules_find (CsOverrules *self, const char *what, guint line);
gboolean cs_overrules_equal (CsOverrules *self, CsOverrules *other);

/* As records keep them: [{line, what, value, reason, by}…], by line. */
JsonArray *cs_overrules_to_json (CsOverrules *self);
gboolean cs_overrules_from_json (JsonArray *array, CsOverrules **overrules, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsOverrules, cs_overrules_unref)

G_END_DECLS
