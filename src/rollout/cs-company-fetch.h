/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Companies from a service on the web. */

#pragma once

#include "cs-company-list.h"
#include "cs-keyring.h"

G_BEGIN_DECLS

/* url: https, or http on this computer; it answers with CSV or JSON as cs_company_reader_read()
 * takes it. secret (nullable): name of a bearer token that the keyring has for all environments.
 * INVALID, AUTH, NOT_FOUND, UNREACHABLE. */
void cs_company_fetch_async (CsKeyring *keyring,
                             const char *url,
                             const char *secret,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
CsCompanyList *cs_company_fetch_finish (GAsyncResult *result, GError **error);

G_END_DECLS
