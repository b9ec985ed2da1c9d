/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches the files of all documents of a library for versions that it does not have. */

#pragma once

#include "cs-file-watch.h"

G_BEGIN_DECLS

/** CS_LIBRARY_WATCH_MAX: documents that are watched, those with the newest versions */
#define CS_LIBRARY_WATCH_MAX 2000

#define CS_TYPE_LIBRARY_WATCH (cs_library_watch_get_type ())
G_DECLARE_FINAL_TYPE (CsLibraryWatch, cs_library_watch, CS, LIBRARY_WATCH, GObject)

/* Watches for as long as it lives, also what is added to the library meanwhile. Signal ::changed:
 * the file of some document has a new version, or no longer has one. */
CsLibraryWatch *cs_library_watch_new (CsLibrary *library);

/* NULL: the document is not watched (yet). */
CsFileWatch *cs_library_watch_find (CsLibraryWatch *self, CsLibraryDocument *document);

G_END_DECLS
