/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: people, what environments ask for, and secrets. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PREFERENCES (cs_preferences_get_type ())
G_DECLARE_FINAL_TYPE (CsPreferences, cs_preferences, CS, PREFERENCES, AdwPreferencesWindow)

/* page: "people", or NULL for the first. */
void cs_preferences_present (GtkWindow *parent, CsWorkspace *workspace, const char *page);

G_END_DECLS
