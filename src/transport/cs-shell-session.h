/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session whose target runs a POSIX shell: this computer, or a server over SSH. */

#pragma once

#include "cs-session.h"

G_BEGIN_DECLS

#define CS_TYPE_SHELL_SESSION (cs_shell_session_get_type ())
G_DECLARE_FINAL_TYPE (CsShellSession, cs_shell_session, CS, SHELL_SESSION, GObject)

void cs_shell_session_open_async (CsTarget *target,
                                  const char *state_directory,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CsSession *cs_shell_session_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
