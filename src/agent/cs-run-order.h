/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the agent tells a supervisor: where the run's files are, and how to run it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_RUN_ORDER_FD: the descriptor on which a supervisor reads its order */
#define CS_RUN_ORDER_FD 3

/**
 * CsRunOrder:
 * @directory: of the run; its script lies in it as `run.script`
 * @cwd: (nullable): where the script begins
 * @timeout: seconds; 0 for none
 * @output_mib: how much of the output is kept
 * @terminal: (nullable): its type, as `TERM` names it; %NULL if the script has none
 * @columns: the terminal's width in characters
 * @rows: the terminal's height in lines
 * @variables: name → value, %NULL to unset
 * @secrets: name → value; these are never written to disk
 */
typedef struct
{
  char *directory;
  char *cwd;
  char *shell;
  guint32 timeout;
  guint32 output_mib;
  char *terminal;
  guint32 columns;
  guint32 rows;
  GHashTable *variables;
  GHashTable *secrets;
} CsRunOrder;

CsRunOrder *cs_run_order_new (void);
void cs_run_order_free (CsRunOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRunOrder, cs_run_order_free)

GBytes *cs_run_order_write (const CsRunOrder *self); /* length first, as SSH writes a string */
CsRunOrder *cs_run_order_read (GBytes *data);

G_END_DECLS
