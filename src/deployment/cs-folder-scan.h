/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks through a folder, or a git checkout, for runbooks. */

#pragma once

#include "cs-runbook.h"

G_BEGIN_DECLS

/** CS_FOLDER_SCAN_MAX_FILES: Markdown files that are looked at; the rest is left out */
#define CS_FOLDER_SCAN_MAX_FILES 2000

/** CsFolderRunbook: a file that holds something to do */
typedef struct
{
  GFile *file;
  char *path; /* inside the folder, to show */
  char *title;
  char *digest;
  guint n_commands;
  guint n_checks;
  guint n_signoffs;
} CsFolderRunbook;

void cs_folder_runbook_free (CsFolderRunbook *self);

#define CS_TYPE_FOLDER_SCAN (cs_folder_scan_get_type ())
G_DECLARE_FINAL_TYPE (CsFolderScan, cs_folder_scan, CS, FOLDER_SCAN, GObject)

CsFolderScan *cs_folder_scan_new (GFile *folder);

/* Of CsFolderRunbook, by path. Files that can't be read or are no runbooks are passed over;
 * NOT_FOUND if the folder itself can't be read. */
void cs_folder_scan_run_async (CsFolderScan *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *cs_folder_scan_run_finish (CsFolderScan *self, GAsyncResult *result, GError **error);

guint cs_folder_scan_get_n_files (CsFolderScan *self); /* looked at so far; in any thread */
gboolean cs_folder_scan_is_cut (CsFolderScan *self);   /* there were more than are looked at */

G_END_DECLS
