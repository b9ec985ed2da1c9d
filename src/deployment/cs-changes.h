/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between two versions of a runbook, in what they say is to be done. */

#pragma once

#include "cs-runbook.h"

G_BEGIN_DECLS

/** CsChangeKind: what happened; RENAMED and CHANGED have both a before and an after */
typedef enum
{
  CS_CHANGE_ADDED,
  CS_CHANGE_REMOVED,
  CS_CHANGE_RENAMED,
  CS_CHANGE_CHANGED,
} CsChangeKind;

/** CsChangeSubject: to what; CODE is any block that is no command */
typedef enum
{
  CS_CHANGE_OF_PHASE,
  CS_CHANGE_OF_STEP,
  CS_CHANGE_OF_COMMAND,
  CS_CHANGE_OF_CODE,
  CS_CHANGE_OF_CHECK,
  CS_CHANGE_OF_SIGNOFF,
} CsChangeSubject;

/** CsChange: one difference. A changed phase has kinds of phases before and after, not titles. */
typedef struct
{
  CsChangeKind kind;
  CsChangeSubject subject;
  char *where;  /* title of the step, or of the changed phase; NULL if the subject says it all */
  char *before; /* title, text or role; NULL if it was not there */
  char *after;
  guint old_line; /* 0 if it was not there */
  guint new_line;
} CsChange;

void cs_change_free (CsChange *self);

/* Of CsChange, in the order of the documents (transfer container and contents). */
GPtrArray *cs_changes_between (CsRunbook *before, CsRunbook *after);

G_END_DECLS
