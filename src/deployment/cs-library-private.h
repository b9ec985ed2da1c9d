/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the library: for the files that make it up. */

#pragma once

#include "cs-library.h"
#include "cs-record.h"

G_BEGIN_DECLS

/* The stream of a version: this and its digest. */
#define CS_LIBRARY_STREAM_PREFIX "runbook/"

/* NULL if the record does not add a runbook. */
CsLibraryEntry *cs_library_entry_new (CsRecord *record, const char *digest);
/* A later record of the entry's stream; one that was folded already is let be. */
void cs_library_entry_fold (CsLibraryEntry *self, CsRecord *record);
gint64 cs_library_entry_get_n (CsLibraryEntry *self); /* of the next record of its stream */

CsLibraryDocument *cs_library_document_new (CsLibraryEntry *first);
void cs_library_document_add (CsLibraryDocument *self, CsLibraryEntry *version);

CsStore *cs_library_get_store (CsLibrary *self);

G_END_DECLS
