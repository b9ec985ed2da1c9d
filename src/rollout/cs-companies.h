/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of companies and its versions: the fold of the stream `companies`. */

#pragma once

#include "cs-company-list.h"
#include "cs-stream-list.h"

G_BEGIN_DECLS

#define CS_COMPANIES_STREAM "companies"

/* Record `companies-imported` {digest, count, size, added, removed, changed, source}: the list
 * itself is the blob `digest`. */

#define CS_TYPE_COMPANY_VERSION (cs_company_version_get_type ())
G_DECLARE_FINAL_TYPE (CsCompanyVersion, cs_company_version, CS, COMPANY_VERSION, GObject)

const char *cs_company_version_get_digest (CsCompanyVersion *self);
gint64 cs_company_version_get_at (CsCompanyVersion *self); /* UTC microseconds */
const char *cs_company_version_get_by (CsCompanyVersion *self);
const char *cs_company_version_get_source (CsCompanyVersion *self); /* where it came from; NULL */
guint cs_company_version_get_count (CsCompanyVersion *self);
/* How it differs from the version before it. */
guint cs_company_version_get_n_added (CsCompanyVersion *self);
guint cs_company_version_get_n_removed (CsCompanyVersion *self);
guint cs_company_version_get_n_changed (CsCompanyVersion *self);

/* CsCompanies is a GListModel of CsCompanyVersion, oldest first, kept up to date from the store. */
#define CS_TYPE_COMPANIES (cs_companies_get_type ())
G_DECLARE_FINAL_TYPE (CsCompanies, cs_companies, CS, COMPANIES, CsStreamList)

void cs_companies_load_async (CsStore *store,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CsCompanies *cs_companies_load_finish (GAsyncResult *result, GError **error);

/* The newest version; NULL if nothing was imported yet. (transfer none) */
CsCompanyVersion *cs_companies_get_newest (CsCompanies *self);

/* The companies of a version; NULL: of the newest, and nobody if there is none. NOT_FOUND,
 * CORRUPT. */
void cs_companies_read_async (CsCompanies *self,
                              CsCompanyVersion *version,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CsCompanyList *cs_companies_read_finish (CsCompanies *self, GAsyncResult *result, GError **error);

/* Records list as the newest version, unless it is that already. source: where it came from, in
 * words without secrets; may be NULL. CONFLICT if another was imported meanwhile. */
void cs_companies_import_async (CsCompanies *self,
                                const char *actor,
                                CsCompanyList *list,
                                const char *source,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* The version that list is now (transfer none). */
CsCompanyVersion *
cs_companies_import_finish (CsCompanies *self, GAsyncResult *result, GError **error);

G_END_DECLS
