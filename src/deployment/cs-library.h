/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runbooks of a workspace: the fold of the streams runbook/<digest>. */

#pragma once

#include "cs-library-entry.h"
#include "cs-runbook.h"
#include "cs-store.h"

G_BEGIN_DECLS

/* A GListModel of CsLibraryEntry, newest first, following the store. */
#define CS_TYPE_LIBRARY (cs_library_get_type ())
G_DECLARE_FINAL_TYPE (CsLibrary, cs_library, CS, LIBRARY, GObject)

void cs_library_load_async (CsStore *store,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsLibrary *cs_library_load_finish (GAsyncResult *result, GError **error);

/* Of CsLibraryDocument, the one with the newest version first; follows the store. */
GListModel *cs_library_get_documents (CsLibrary *self);
CsLibraryDocument *cs_library_find_document (CsLibrary *self, const char *key);
CsLibraryEntry *cs_library_find (CsLibrary *self, const char *digest); /* NULL: not there */

/* Keeps a runbook (blob and record runbook-added); one that is there already is no error. */
void cs_library_add_async (CsLibrary *self,
                           const char *actor,
                           CsRunbook *runbook,
                           const char *name,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/* The same with where it came from, so that its versions are found again. Finishes alike. */
void cs_library_add_file_async (CsLibrary *self,
                                const char *actor,
                                CsRunbook *runbook,
                                GFile *file,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CsLibraryEntry *cs_library_add_finish (CsLibrary *self, GAsyncResult *result, GError **error);

/* Records that a line is not what it was taken for (value, reason), or, with value NULL, that it is
 * left to the program again. INVALID, NOT_FOUND. */
void cs_library_overrule_async (CsLibrary *self,
                                const char *actor,
                                const char *digest,
                                const char *what,
                                guint line,
                                const char *value,
                                const char *reason,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cs_library_overrule_finish (CsLibrary *self, GAsyncResult *result, GError **error);

/* Reads a kept runbook back, as it is overruled now. */
void cs_library_get_async (CsLibrary *self,
                           const char *digest,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
CsRunbook *cs_library_get_finish (CsLibrary *self, GAsyncResult *result, GError **error);

G_END_DECLS
