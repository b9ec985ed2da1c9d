/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A place of a runbook where people decide before it goes on: a blocker, or go or no-go. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * CsPointKind:
 * @CS_POINT_BLOCKER: something that has to be put right before anything is deployed
 * @CS_POINT_DECISION: go or no-go, for all that stands below it
 */
typedef enum
{
  CS_POINT_BLOCKER,
  CS_POINT_DECISION,
} CsPointKind;

/**
 * CsPoint:
 * @line: of the document, from 1
 * @text: as its author wrote it
 * @settled: it is resolved, or decided with go
 * @no_go: it is decided with no-go
 * @actor: (nullable): who settled it, and with what note or reason
 * @at: when (UTC microseconds); 0
 */
typedef struct
{
  CsPointKind kind;
  guint line;
  char *text;
  gboolean settled;
  gboolean no_go;
  char *actor;
  char *reason;
  gint64 at;
} CsPoint;

void cs_point_free (CsPoint *self);

G_END_DECLS
