/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches the file of a document for a version that the library does not have. */

#pragma once

#include "cs-library.h"

G_BEGIN_DECLS

#define CS_TYPE_FILE_WATCH (cs_file_watch_get_type ())
G_DECLARE_FINAL_TYPE (CsFileWatch, cs_file_watch, CS, FILE_WATCH, GObject)

/* Watches for as long as it lives. Signal ::changed: what get_runbook() gives is another one. */
CsFileWatch *cs_file_watch_new (CsLibrary *library, CsLibraryDocument *document);
GFile *cs_file_watch_get_file (CsFileWatch *self);        /* NULL: not on this computer */
CsRunbook *cs_file_watch_get_runbook (CsFileWatch *self); /* new on disk; NULL: nothing is */

G_END_DECLS
