/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One child process on a pseudo-terminal, read in a thread of its own. */

#pragma once

#include "cs-run.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsTerminalResult:
 * @began: whether the mark came that parts what the login says from the output
 * @said: what came before the mark, as text
 * @output_size: bytes after the mark
 * @output_digest: (nullable): of what the run's writer took
 * @truncated: whether there was more than is kept
 * @failure: (nullable): why output could not be kept
 */
typedef struct
{
  gboolean began;
  char *said;
  gint64 output_size;
  char *output_digest;
  gboolean truncated;
  GError *failure;
} CsTerminalResult;

void cs_terminal_result_free (CsTerminalResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTerminalResult, cs_terminal_result_free)

typedef struct _CsTerminal CsTerminal;

/* The child leads a session whose controlling terminal is the pseudo-terminal, of the size that the
 * run says. What comes after mark is the run's output; what the run's ::input gives is typed. */
CsTerminal *cs_terminal_spawn (const char *const *argv,
                               const char *const *envp,
                               const char *directory,
                               CsRun *run,
                               const char *mark,
                               GError **error);
CsTerminal *cs_terminal_ref (CsTerminal *self);
void cs_terminal_unref (CsTerminal *self);

/* Reads until the child's end; in the thread-default main context of this call it is reaped, and
 * the run is listened to. Once. */
void cs_terminal_start_async (CsTerminal *self, GAsyncReadyCallback callback, gpointer user_data);
CsTerminalResult *cs_terminal_start_finish (GAsyncResult *result);

/* From any thread: hangs up, and ends soon. */
void cs_terminal_abort (CsTerminal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTerminal, cs_terminal_unref)

G_END_DECLS
