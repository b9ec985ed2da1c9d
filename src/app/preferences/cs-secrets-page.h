/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences: the secrets that commands refer to. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SECRETS_PAGE (cs_secrets_page_get_type ())
G_DECLARE_FINAL_TYPE (CsSecretsPage, cs_secrets_page, CS, SECRETS_PAGE, AdwPreferencesPage)

void cs_secrets_page_set_workspace (CsSecretsPage *self, CsWorkspace *workspace);

G_END_DECLS
