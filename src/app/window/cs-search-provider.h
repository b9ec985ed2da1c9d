/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deployments in the search of the desktop's shell. */

#pragma once

#include <adwaita.h>

#include "cs-workspace.h"

G_BEGIN_DECLS

#define CS_TYPE_SEARCH_PROVIDER (cs_search_provider_get_type ())
G_DECLARE_FINAL_TYPE (CsSearchProvider, cs_search_provider, CS, SEARCH_PROVIDER, GObject)

CsSearchProvider *cs_search_provider_new (GApplication *application, const char *data_directory);
gboolean cs_search_provider_export (CsSearchProvider *self,
                                    GDBusConnection *connection,
                                    const char *path,
                                    GError **error);
void cs_search_provider_unexport (CsSearchProvider *self);
void cs_search_provider_set_workspace (CsSearchProvider *self, CsWorkspace *workspace);

G_END_DECLS
