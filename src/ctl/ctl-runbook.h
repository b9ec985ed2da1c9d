/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about runbooks share. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/* Opens the workspace once, whatever asks for it. Owned by it; NULL with an error. */
CsLibrary *ctl_open_library (Ctl *ctl, GError **error);

/* The version whose digest begins so; owned by the library. */
CsLibraryEntry *ctl_find_version (Ctl *ctl, const char *digest, GError **error);

/* A file, or a version in the library by the beginning of its digest (transfer full). */
CsRunbook *ctl_load_runbook (Ctl *ctl, const char *word, GError **error);

G_END_DECLS
