/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people write beside a step, and files that they put there. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

/* Bytes that one attachment may have. */
#define CS_NOTE_MAX_FILE (64 * 1024 * 1024)

/**
 * CsNote:
 * @step: id of the step that it stands at
 * @text: what was written; may be %NULL where a file is attached
 * @actor: who
 * @at: when (UTC microseconds)
 * @file: name of the attached file, without a folder; %NULL: there is none
 * @digest: SHA-256 of the blob that holds it; %NULL
 * @size: its bytes
 */
typedef struct
{
  char *step;
  char *text;
  char *actor;
  gint64 at;
  char *file;
  char *digest;
  gint64 size;
} CsNote;

void cs_note_free (CsNote *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNote, cs_note_free)

GPtrArray *cs_deployment_get_notes (CsDeployment *self);
void cs_deployment_note_async (CsDeployment *self,
                               const char *actor,
                               CsStepState *step,
                               const char *text,
                               const char *file,
                               GBytes *bytes,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cs_deployment_note_finish (CsDeployment *self, GAsyncResult *result, GError **error);

G_END_DECLS
