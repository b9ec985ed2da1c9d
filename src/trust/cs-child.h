/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One short child process: argv, bounded input and output, ended when cancelled. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsChildResult:
 *
 * @status is the exit status, or 128 + signal.
 */
typedef struct
{
  int status;
  GBytes *out;
  char *err; /* valid UTF-8 */
} CsChildResult;

void cs_child_result_free (CsChildResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsChildResult, cs_child_result_free)

int cs_child_open_memory (const void *data, gsize length, GError **error);

/* Runs argv[0] (looked up in PATH) in its own process group with input on its standard input, and
 * keeps at most 1 MiB of each output. launcher may be NULL. NOT_FOUND if there is no such
 * program. */
void cs_child_run_async (const char *const *argv,
                         GSubprocessLauncher *launcher,
                         GBytes *input,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
CsChildResult *cs_child_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
