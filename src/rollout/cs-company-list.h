/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The companies of one moment: who there is, how large, with which tags. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/** CS_COMPANY_ID_LIMIT: bytes of an id */
#define CS_COMPANY_ID_LIMIT 128
/** CS_COMPANY_MAX_SIZE: the largest size; sums of them stay exact in JSON */
#define CS_COMPANY_MAX_SIZE ((gint64) 1 << 40)

/**
 * CsCompany:
 * @id: ASCII letters, digits and `._:@/+-`, so that it can stand in any list
 * @size: what it weighs, e.g. its customers
 * @tags: separated by commas; may be empty
 */
typedef struct
{
  const char *id;
  const char *name;
  gint64 size;
  const char *tags;
} CsCompany;

/* Each id once. Counted references; nothing is changed once it is sorted. */
typedef struct _CsCompanyList CsCompanyList;

#define CS_TYPE_COMPANY_LIST (cs_company_list_get_type ())
GType cs_company_list_get_type (void);

CsCompanyList *cs_company_list_new (void);
CsCompanyList *cs_company_list_ref (CsCompanyList *self);
void cs_company_list_unref (CsCompanyList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsCompanyList, cs_company_list_unref)

/* INVALID, EXISTS if the id is there already; what is copied. name NULL: the id; tags NULL: none */
gboolean cs_company_list_add (CsCompanyList *self,
                              const char *id,
                              const char *name,
                              gint64 size,
                              const char *tags,
                              GError **error);
/* To be called once, when all are added: numbers by their value, then words. */
void cs_company_list_sort (CsCompanyList *self);

guint cs_company_list_get_n (CsCompanyList *self);
gint64 cs_company_list_get_size (CsCompanyList *self); /* the sum of all */
const CsCompany *cs_company_list_get (CsCompanyList *self, guint index);
const CsCompany *cs_company_list_lookup (CsCompanyList *self, const char *id);
/* -1: not there */
int cs_company_list_find (CsCompanyList *self, const char *id);

/** CsCompanyDifference: numbers of companies */
typedef struct
{
  guint n_added;
  guint n_removed;
  guint n_changed; /* name, size or tags */
} CsCompanyDifference;

/* How self differs from the list before it. */
CsCompanyDifference cs_company_list_compare (CsCompanyList *self, CsCompanyList *before);

/* RFC 4180 with the header id,name,size,tags: the same companies always give the same bytes. */
GBytes *cs_company_list_to_bytes (CsCompanyList *self);

/* Companies whose name sounds like text, or whose id or tag it is, best first: GArray of guint,
 * indices (transfer full). */
GArray *cs_company_list_search (CsCompanyList *self, const char *text);

gboolean cs_company_id_check (const char *id, GError **error);
int cs_company_id_compare (const char *one, const char *other);

G_END_DECLS
