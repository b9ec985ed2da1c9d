/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A feature that is switched in a flag definition file of flagd, which OpenFeature reads. */

#pragma once

#include "cs-file-provider.h"

G_BEGIN_DECLS

/** CS_FLAGD_FILE_LIMIT: bytes */
#define CS_FLAGD_FILE_LIMIT (8 * 1024 * 1024)

/* settings: {kind: "flagd", target, path, context: what the id of a company is called when the flag
 * is asked for (absent: companyId), directory, reload: [COMMAND…]}. Ids are strings there. */
#define CS_TYPE_FLAGD_PROVIDER (cs_flagd_provider_get_type ())
G_DECLARE_FINAL_TYPE (CsFlagdProvider, cs_flagd_provider, CS, FLAGD_PROVIDER, CsFileProvider)

/* INVALID. breakers may be NULL. */
CsFlagProvider *cs_flagd_provider_new (const char *key,
                                       JsonObject *settings,
                                       CsTargets *targets,
                                       CsBreakers *breakers,
                                       const char *state_directory,
                                       GError **error);

G_END_DECLS
