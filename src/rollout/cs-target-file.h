/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file on a target, changed so that nobody's change is lost and nobody sees half of one. */

#pragma once

#include "cs-target-shell.h"

G_BEGIN_DECLS

/** CsFileLine: a line of a file, without the LF at its end */
typedef struct
{
  char *key;  /* what was looked for */
  guint n;    /* which line, from 1; of an edit also 0: a new line at the end */
  char *text;
} CsFileLine;

CsFileLine *cs_file_line_new (const char *key, guint n, const char *text);
void cs_file_line_free (CsFileLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFileLine, cs_file_line_free)

/** CsFileLook: a file as it is now */
typedef struct
{
  char *digest; /* SHA-256 of all of it */
  gint64 size;  /* bytes */
  GPtrArray *lines; /* of CsFileLine: those that set what was looked for, in their order */
} CsFileLook;

void cs_file_look_free (CsFileLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFileLook, cs_file_look_free)

/* keys: names of shell variables; lines `[export] KEY=` are reported, and no other line leaves the
 * target. NOT_FOUND, INVALID, and what cs_target_shell_run_async() says. */
void cs_target_file_look_async (CsTargetShell *shell,
                                const char *path,
                                const char *const *keys,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CsFileLook *cs_target_file_look_finish (GAsyncResult *result, GError **error);

/* All of a file, with a NUL behind it. digest (out, transfer full): of it. INVALID: larger than
 * limit bytes. CONFLICT: it is being changed. */
void cs_target_file_read_async (CsTargetShell *shell,
                                const char *path,
                                gint64 limit,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GBytes *cs_target_file_read_finish (GAsyncResult *result, char **digest, GError **error);

/* Puts lines in the place of others (edits: CsFileLine in the order of n, new ones last), or
 * content in the place of everything, if the file still has this digest. Mode and owner stay, a
 * copy of what was there before is kept beside it, and it is on disk when this ends. CONFLICT: it
 * was changed, and nothing was written; REFUSED: it can't be written; else as above. */
void cs_target_file_edit_async (CsTargetShell *shell,
                                const char *path,
                                const char *digest,
                                GPtrArray *edits,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
void cs_target_file_replace_async (CsTargetShell *shell,
                                   const char *path,
                                   const char *digest,
                                   GBytes *content,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean cs_target_file_write_finish (GAsyncResult *result, GError **error);

G_END_DECLS
