/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One version of a runbook in the library, and the document that it is a version of. */

#pragma once

#include "cs-overrules.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_LIBRARY_ENTRY (cs_library_entry_get_type ())
G_DECLARE_FINAL_TYPE (CsLibraryEntry, cs_library_entry, CS, LIBRARY_ENTRY, GObject)

/* Signal ::changed: something was overruled, or no longer is. */
const char *cs_library_entry_get_digest (CsLibraryEntry *self);
const char *cs_library_entry_get_title (CsLibraryEntry *self);
const char *cs_library_entry_get_name (CsLibraryEntry *self);     /* file name it came from */
const char *cs_library_entry_get_path (CsLibraryEntry *self);     /* where it was; NULL: unknown */
const char *cs_library_entry_get_document (CsLibraryEntry *self); /* what it is a version of */
const char *cs_library_entry_get_added_by (CsLibraryEntry *self);
gint64 cs_library_entry_get_added_at (CsLibraryEntry *self);
CsOverrules *cs_library_entry_get_overrules (CsLibraryEntry *self); /* in force now; NULL: none */

#define CS_TYPE_LIBRARY_DOCUMENT (cs_library_document_get_type ())
G_DECLARE_FINAL_TYPE (CsLibraryDocument, cs_library_document, CS, LIBRARY_DOCUMENT, GObject)

const char *cs_library_document_get_key (CsLibraryDocument *self);
GListModel *cs_library_document_get_versions (CsLibraryDocument *self);   /* newest first; grows */
CsLibraryEntry *cs_library_document_get_newest (CsLibraryDocument *self); /* never NULL */

G_END_DECLS
