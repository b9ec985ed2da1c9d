/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window: a sidebar with five places, and one deployment at a time before them. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What any page may ask of the window: `win.open-runbook`, `win.connect-server`, `win.try-sample`,
 * `win.start-deployment` (s: runbook digest), `win.show-deployment` (s: id), `win.show-runbook`
 * (s: digest), `win.show-record` (x: seq), `win.search-history` (s: words), `win.show-page` (s),
 * `win.toast` (s), `win.back`. */

#define CS_TYPE_WINDOW (cs_window_get_type ())
G_DECLARE_FINAL_TYPE (CsWindow, cs_window, CS, WINDOW, AdwApplicationWindow)

CsWindow *cs_window_new (GtkApplication *application, const char *data_directory);
CsWorkspace *cs_window_get_workspace (CsWindow *self); /* NULL until it is open */
void cs_window_quit (CsWindow *self);
void cs_window_open_file (CsWindow *self, GFile *file);

G_END_DECLS
