/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Companies in the order of a table; an item is made when it is looked at. */

#pragma once

#include "cs-company-list.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_COMPANY_ITEM (cs_company_item_get_type ())
G_DECLARE_FINAL_TYPE (CsCompanyItem, cs_company_item, CS, COMPANY_ITEM, GObject)

const char *cs_company_item_get_id (CsCompanyItem *self);
const CsCompany *cs_company_item_get_company (CsCompanyItem *self); /* NULL: no longer listed */
const char *cs_company_item_get_name (CsCompanyItem *self);         /* "" if it has none */

#define CS_TYPE_COMPANY_MODEL (cs_company_model_get_type ())
G_DECLARE_FINAL_TYPE (CsCompanyModel, cs_company_model, CS, COMPANY_MODEL, GObject)

CsCompanyModel *cs_company_model_new (void);
/* indices (transfer full): of list; NULL: all in their order */
void cs_company_model_set (CsCompanyModel *self, CsCompanyList *list, GArray *indices);
/* Those of list whose name sounds like text, or who are called so, once they are found; "": all.
 * The newest call counts. */
void cs_company_model_search (CsCompanyModel *self, CsCompanyList *list, const char *text);
/* ids (transfer full) */
void cs_company_model_set_ids (CsCompanyModel *self, CsCompanyList *list, char **ids);

G_END_DECLS
