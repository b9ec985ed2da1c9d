/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A feature that is switched on an Unleash server. */

#pragma once

#include "cs-flag-provider.h"
#include "cs-keyring.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* settings: {kind: "unleash", url, project (absent: default), feature (absent: the key),
 * environment: of Unleash, context: what the id of a company is called there (absent: companyId),
 * secret: name of the token for its Admin API in the keyring}. */
#define CS_TYPE_UNLEASH_PROVIDER (cs_unleash_provider_get_type ())
G_DECLARE_FINAL_TYPE (CsUnleashProvider, cs_unleash_provider, CS, UNLEASH_PROVIDER, GObject)

/* environment: for which the token is looked up. INVALID. */
CsFlagProvider *cs_unleash_provider_new (const char *key,
                                         const char *environment,
                                         JsonObject *settings,
                                         CsKeyring *keyring,
                                         GError **error);

G_END_DECLS
