/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses among the versions of a document, and one to compare with. */

#pragma once

#include "cs-library.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signals: ::version-chosen (const char *digest); ::comparison-chosen (const char *digest, NULL for
 * none). */
#define CS_TYPE_VERSION_BAR (cs_version_bar_get_type ())
G_DECLARE_FINAL_TYPE (CsVersionBar, cs_version_bar, CS, VERSION_BAR, AdwBin)

/* document: NULL shows nothing. */
void cs_version_bar_show (CsVersionBar *self, CsLibraryDocument *document, CsLibraryEntry *version);

G_END_DECLS
