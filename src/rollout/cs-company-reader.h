/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of companies as files and programs give them: CSV, JSON, tables. */

#pragma once

#include "cs-company-list.h"

G_BEGIN_DECLS

/**
 * CsCompanySource:
 * @CS_COMPANY_FILE: CSV (RFC 4180; comma, semicolon or tab) with a header, or JSON
 * @CS_COMPANY_COMMAND: what a program printed: these as well, and the tables of `psql` and `mysql`
 */
typedef enum
{
  CS_COMPANY_FILE,
  CS_COMPANY_COMMAND,
} CsCompanySource;

CsCompanyList *
cs_company_reader_read (GBytes *bytes, CsCompanySource source, GError **error);

G_END_DECLS
