/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runbooks of a workspace: the fold of the streams runbook/<digest>. */

#pragma once

#include "cs-runbook.h"
#include "cs-store.h"

G_BEGIN_DECLS

#define CS_TYPE_LIBRARY_ENTRY (cs_library_entry_get_type ())
G_DECLARE_FINAL_TYPE (CsLibraryEntry, cs_library_entry, CS, LIBRARY_ENTRY, GObject)

const char *cs_library_entry_get_digest (CsLibraryEntry *self);
const char *cs_library_entry_get_title (CsLibraryEntry *self);
const char *cs_library_entry_get_name (CsLibraryEntry *self);   /* file name it came from */
gint64 cs_library_entry_get_added_at (CsLibraryEntry *self);

/* A GListModel of CsLibraryEntry, newest first, following the store. */
#define CS_TYPE_LIBRARY (cs_library_get_type ())
G_DECLARE_FINAL_TYPE (CsLibrary, cs_library, CS, LIBRARY, GObject)

void cs_library_load_async (CsStore *store,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsLibrary *cs_library_load_finish (GAsyncResult *result, GError **error);

/* Keeps a runbook (blob and record runbook-added); one that is there already is no error. */
void cs_library_add_async (CsLibrary *self,
                           const char *actor,
                           CsRunbook *runbook,
                           const char *name,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
CsLibraryEntry *cs_library_add_finish (CsLibrary *self, GAsyncResult *result, GError **error);

/* Reads a kept runbook back. */
void cs_library_get_async (CsLibrary *self,
                           const char *digest,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
CsRunbook *cs_library_get_finish (CsLibrary *self, GAsyncResult *result, GError **error);

G_END_DECLS
