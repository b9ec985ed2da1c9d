/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short scripts on one target, over a connection that is kept, and what they print. */

#pragma once

#include "cs-breakers.h"
#include "cs-targets.h"

G_BEGIN_DECLS

/** CS_TARGET_SHELL_OUTPUT: bytes that a script may print */
#define CS_TARGET_SHELL_OUTPUT (240 * 1024)
/** CS_TARGET_SHELL_TIMEOUT: seconds that it may take */
#define CS_TARGET_SHELL_TIMEOUT 120

#define CS_TYPE_TARGET_SHELL (cs_target_shell_get_type ())
G_DECLARE_FINAL_TYPE (CsTargetShell, cs_target_shell, CS, TARGET_SHELL, GObject)

/* target: its name; looked up when it is needed. breakers may be NULL. */
CsTargetShell *cs_target_shell_new (CsTargets *targets,
                                    CsBreakers *breakers,
                                    const char *state_directory,
                                    const char *target);

const char *cs_target_shell_get_target (CsTargetShell *self);

/* Runs a script with these variables (name, value, …, NULL) in cwd (NULL: the login's home).
 * Secrets in what it prints are masked. NOT_FOUND, INVALID (a fleet), UNREACHABLE, AUTH;
 * WAITING: the connection was lost, and nobody knows whether it ran. */
void cs_target_shell_run_async (CsTargetShell *self,
                                const char *script,
                                const char *const *variables,
                                const char *cwd,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* All that it printed (transfer full). */
char *cs_target_shell_run_finish (CsTargetShell *self,
                                  GAsyncResult *result,
                                  int *status,
                                  GError **error);

void cs_target_shell_close_async (CsTargetShell *self,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean
cs_target_shell_close_finish (CsTargetShell *self, GAsyncResult *result, GError **error);

G_END_DECLS
