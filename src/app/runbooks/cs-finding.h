/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing that was recognised in a line of a runbook, and why. */

#pragma once

#include "cs-runbook.h"

G_BEGIN_DECLS

#define CS_TYPE_FINDING (cs_finding_get_type ())
G_DECLARE_FINAL_TYPE (CsFinding, cs_finding, CS, FINDING, GObject)

typedef enum
{
  CS_FINDING_NO_DIAGNOSTIC,
  CS_FINDING_NOTE,
  CS_FINDING_WARNING,
  CS_FINDING_ERROR,
} CsFindingSeverity;

/* Of CsFinding, by line (transfer full). */
GPtrArray *cs_findings_of_runbook (CsRunbook *runbook);

guint cs_finding_get_line (CsFinding *self);
const char *cs_finding_get_icon (CsFinding *self);
const char *cs_finding_get_title (CsFinding *self); /* "Command" */
const char *cs_finding_get_why (CsFinding *self);   /* a sentence */
CsFindingSeverity cs_finding_get_severity (CsFinding *self);
gboolean cs_finding_is_overruled (CsFinding *self);
const char *cs_finding_get_what (CsFinding *self);  /* CS_OVERRULE_…; NULL: can't be overruled */
const char *cs_finding_get_value (CsFinding *self); /* what it is now: "command"… */

G_END_DECLS
