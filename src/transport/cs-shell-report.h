/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a script's shell reports at its end, compared with what it began with. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsShellReport:
 * @status: what the shell was about to exit with
 * @cwd: where it was
 * @environment: (nullable): name → value of exported variables that differ, %NULL where unset
 */
typedef struct
{
  int status;
  char *cwd;
  GHashTable *environment;
} CsShellReport;

/* before, report: see CsPumpResult; variables: what the run set on top of before. NULL if the
 * report is not whole. */
CsShellReport *cs_shell_report_parse (GBytes *before, GHashTable *variables, GBytes *report);
void cs_shell_report_free (CsShellReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsShellReport, cs_shell_report_free)

G_END_DECLS
