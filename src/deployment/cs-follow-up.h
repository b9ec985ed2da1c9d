/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be done, and what is to be true, after a deployment or a rollback. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsFollowUpKind:
 * @CS_FOLLOW_UP_TASK: to be done after the deployment
 * @CS_FOLLOW_UP_CRITERION: by what success is known
 * @CS_FOLLOW_UP_AFTER_ROLLBACK: to be done after a rollback, and only then
 */
typedef enum
{
  CS_FOLLOW_UP_TASK,
  CS_FOLLOW_UP_CRITERION,
  CS_FOLLOW_UP_AFTER_ROLLBACK,
} CsFollowUpKind;

/**
 * CsFollowUp:
 * @kind: what it is
 * @line: where the runbook says so; names it
 * @text: what
 * @when: until when, in the words of the runbook
 * @seconds: the same, after the deployment; -1: it does not say
 * @done: a person says that it is done, or true
 * @actor: who; %NULL
 * @at: when (UTC microseconds); 0
 * @left_out: why it need not be done; %NULL
 * @handed_over: it was open when the deployment was closed
 *
 * Owned by the deployment; read-only.
 */
typedef struct
{
  CsFollowUpKind kind;
  guint line;
  char *text;
  char *when;
  gint64 seconds;
  gboolean done;
  char *actor;
  gint64 at;
  char *left_out;
  gboolean handed_over;
} CsFollowUp;

const char *cs_follow_up_kind_to_string (CsFollowUpKind kind); /* "task", … */

G_END_DECLS
