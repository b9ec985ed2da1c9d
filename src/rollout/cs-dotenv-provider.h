/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A feature that is switched in a file of settings on a target, e.g. `.env`. */

#pragma once

#include "cs-file-provider.h"

G_BEGIN_DECLS

/* settings: {kind: "dotenv", target, path, companies: KEY of the list, everyone: KEY of the switch
 * that is true for everyone (may be absent), settings: {KEY: VALUE} that go with it (may be
 * absent), directory: where commands run (absent: that of the file), reload: [COMMAND…], readback:
 * COMMAND that prints KEY=VALUE as the application sees it}. */
#define CS_TYPE_DOTENV_PROVIDER (cs_dotenv_provider_get_type ())
G_DECLARE_FINAL_TYPE (CsDotenvProvider, cs_dotenv_provider, CS, DOTENV_PROVIDER, CsFileProvider)

/* INVALID. breakers may be NULL. */
CsFlagProvider *cs_dotenv_provider_new (JsonObject *settings,
                                        CsTargets *targets,
                                        CsBreakers *breakers,
                                        const char *state_directory,
                                        GError **error);

G_END_DECLS
