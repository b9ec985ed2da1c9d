/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The companies of one moment: who there is, how large, with which tags. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-company-list.h"

#include "cs-error.h"
#include "cs-phonetics.h"

#include <string.h>

struct _CsCompanyList
{
  GArray *companies;
  GHashTable *by_id; /* id → index + 1 */
  GStringChunk *strings;
  gint64 size;
};

G_DEFINE_BOXED_TYPE (CsCompanyList, cs_company_list, cs_company_list_ref, cs_company_list_unref)

/** cs_company_list_new: (transfer full): nobody yet. */
CsCompanyList *
cs_company_list_new (void)
{
  CsCompanyList *self = g_atomic_rc_box_new0 (CsCompanyList);

  self->companies = g_array_new (FALSE, FALSE, sizeof (CsCompany));
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->strings = g_string_chunk_new (64 * 1024);
  return self;
}

/** cs_company_list_ref: (transfer full): the list, once more. */
CsCompanyList *
cs_company_list_ref (CsCompanyList *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  CsCompanyList *self = data;

  g_array_unref (self->companies);
  g_hash_table_unref (self->by_id);
  g_string_chunk_free (self->strings);
}

/** cs_company_list_unref: gives a reference back. */
void
cs_company_list_unref (CsCompanyList *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

/**
 * cs_company_id_check:
 * @id: of a company
 *
 * Returns: whether it can stand in lists, files and requests as it is; else %CS_ERROR_INVALID
 */
gboolean
cs_company_id_check (const char *id, GError **error)
{
  gsize length = strspn (id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                             "._:@/+-");

  if (*id == '\0')
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A company has no id");
  else if (id[length] != '\0')
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "“%s” is no id of a company: it may hold letters from A to Z, digits and "
                 "“._:@/+-”",
                 id);
  else if (length > CS_COMPANY_ID_LIMIT)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "An id of %" G_GSIZE_FORMAT " characters is too long; %d is the most", length,
                 CS_COMPANY_ID_LIMIT);
  else
    return TRUE;
  return FALSE;
}

static gboolean
is_number (const char *id)
{
  return id[strspn (id, "0123456789")] == '\0';
}

/**
 * cs_company_id_compare:
 * @one: an id
 * @other: another one
 *
 * Returns: less than, equal to or greater than 0: numbers come first, by their value
 */
int
cs_company_id_compare (const char *one, const char *other)
{
  gboolean one_is_number = is_number (one);
  gboolean other_is_number = is_number (other);
  const char *a = one;
  const char *b = other;
  gsize n, m;

  if (one_is_number != other_is_number)
    return one_is_number ? -1 : 1;
  if (!one_is_number)
    return strcmp (one, other);
  a += strspn (a, "0");
  b += strspn (b, "0");
  n = strlen (a);
  m = strlen (b);
  if (n != m)
    return n < m ? -1 : 1;
  return strcmp (a, b) != 0 ? strcmp (a, b) : strcmp (one, other);
}

static gboolean
check_text (const char *text, const char *what, const char *id, GError **error)
{
  if (g_utf8_validate (text, -1, NULL))
    {
      const char *p = text;

      while (*p != '\0' && !g_unichar_iscntrl (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      if (*p == '\0')
        return TRUE;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "The %s of company %s holds a line break or another control character", what, id);
  return FALSE;
}

/* "Pilot; Gold" → "Pilot,Gold" */
static char *
join_tags (const char *tags)
{
  g_auto (GStrv) words = g_strsplit_set (tags, ",;", -1);
  GString *joined = g_string_new (NULL);

  for (char **word = words; *word != NULL; word++)
    {
      g_strstrip (*word);
      if (**word == '\0')
        continue;
      if (joined->len > 0)
        g_string_append_c (joined, ',');
      g_string_append (joined, *word);
    }
  return g_string_free (joined, FALSE);
}

/**
 * cs_company_list_add:
 * @self: a list that is not sorted yet
 * @id: of the company
 * @name: (nullable): its name; %NULL: its id
 * @size: what it weighs, from 0 to %CS_COMPANY_MAX_SIZE
 * @tags: (nullable): separated by commas or semicolons
 *
 * Returns: %TRUE; else %CS_ERROR_INVALID, or %CS_ERROR_EXISTS if the id is there already
 */
gboolean
cs_company_list_add (CsCompanyList *self,
                     const char *id,
                     const char *name,
                     gint64 size,
                     const char *tags,
                     GError **error)
{
  CsCompany company;
  g_autofree char *joined = NULL;

  g_return_val_if_fail (self != NULL && id != NULL, FALSE);

  if (!cs_company_id_check (id, error) ||
      !check_text (name != NULL ? name : "", "name", id, error) ||
      !check_text (tags != NULL ? tags : "", "tags", id, error))
    return FALSE;
  if (size < 0 || size > CS_COMPANY_MAX_SIZE)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The size of company %s is to be from 0 to %" G_GINT64_FORMAT, id,
                   CS_COMPANY_MAX_SIZE);
      return FALSE;
    }
  if (g_hash_table_contains (self->by_id, id))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_EXISTS, "Company %s is there twice", id);
      return FALSE;
    }
  joined = join_tags (tags != NULL ? tags : "");
  company.id = g_string_chunk_insert (self->strings, id);
  company.name = name != NULL && *name != '\0' ? g_string_chunk_insert (self->strings, name)
                                               : company.id;
  company.size = size;
  company.tags = *joined != '\0' ? g_string_chunk_insert_const (self->strings, joined) : "";
  g_array_append_val (self->companies, company);
  self->size += size;
  g_hash_table_insert (self->by_id, (gpointer) company.id,
                       GUINT_TO_POINTER (self->companies->len));
  return TRUE;
}

static int
compare_companies (gconstpointer one, gconstpointer other)
{
  return cs_company_id_compare (((const CsCompany *) one)->id, ((const CsCompany *) other)->id);
}

/** cs_company_list_sort: puts the companies into the order of their ids. */
void
cs_company_list_sort (CsCompanyList *self)
{
  g_return_if_fail (self != NULL);

  g_array_sort (self->companies, compare_companies);
  for (guint i = 0; i < self->companies->len; i++)
    g_hash_table_insert (self->by_id,
                         (gpointer) g_array_index (self->companies, CsCompany, i).id,
                         GUINT_TO_POINTER (i + 1));
}

guint
cs_company_list_get_n (CsCompanyList *self)
{
  return self->companies->len;
}

gint64
cs_company_list_get_size (CsCompanyList *self)
{
  return self->size;
}

/** cs_company_list_get: (transfer none): the company at @index. */
const CsCompany *
cs_company_list_get (CsCompanyList *self, guint index)
{
  g_return_val_if_fail (index < self->companies->len, NULL);
  return &g_array_index (self->companies, CsCompany, index);
}

/** cs_company_list_find: the index of the company with this id; -1 if there is none. */
int
cs_company_list_find (CsCompanyList *self, const char *id)
{
  return (int) GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, id)) - 1;
}

/** cs_company_list_lookup: (transfer none) (nullable): the company with this id. */
const CsCompany *
cs_company_list_lookup (CsCompanyList *self, const char *id)
{
  int index = cs_company_list_find (self, id);

  return index >= 0 ? cs_company_list_get (self, (guint) index) : NULL;
}

/* A field of RFC 4180: quoted where it must be. */
static void
append_field (GString *out, const char *text)
{
  if (text[strcspn (text, ",\"\r\n;\t")] == '\0')
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

/**
 * cs_company_list_compare:
 * @self: companies
 * @before: (nullable): those before them; %NULL: nobody
 *
 * Returns: how many are new, gone, or not as they were
 */
CsCompanyDifference
cs_company_list_compare (CsCompanyList *self, CsCompanyList *before)
{
  CsCompanyDifference difference = { 0 };
  guint n = cs_company_list_get_n (self);

  for (guint i = 0; i < n; i++)
    {
      const CsCompany *now = cs_company_list_get (self, i);
      const CsCompany *then = before != NULL ? cs_company_list_lookup (before, now->id) : NULL;

      if (then == NULL)
        difference.n_added++;
      else if (strcmp (then->name, now->name) != 0 || then->size != now->size ||
               strcmp (then->tags, now->tags) != 0)
        difference.n_changed++;
    }
  difference.n_removed =
    (before != NULL ? cs_company_list_get_n (before) : 0) + difference.n_added - n;
  return difference;
}

/**
 * cs_company_list_to_bytes:
 * @self: a sorted list
 *
 * Returns: (transfer full): it as CSV (RFC 4180, with LF), byte for byte the same for the same
 *   companies; cs_company_reader_read() reads it
 */
GBytes *
cs_company_list_to_bytes (CsCompanyList *self)
{
  GString *out = g_string_new ("id,name,size,tags\n");

  for (guint i = 0; i < self->companies->len; i++)
    {
      const CsCompany *company = cs_company_list_get (self, i);

      g_string_append (out, company->id);
      g_string_append_c (out, ',');
      append_field (out, company->name);
      g_string_append_printf (out, ",%" G_GINT64_FORMAT ",", company->size);
      append_field (out, company->tags);
      g_string_append_c (out, '\n');
    }
  return g_string_free_to_bytes (out);
}

typedef struct
{
  double score;
  guint index;
} Hit;

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *one = a;
  const Hit *other = b;

  if (one->score != other->score)
    return one->score > other->score ? -1 : 1;
  return one->index < other->index ? -1 : 1;
}

static gboolean
has_tag (const CsCompany *company, const char *tag)
{
  g_auto (GStrv) tags = g_strsplit (company->tags, ",", -1);

  for (char **one = tags; *one != NULL; one++)
    if (g_ascii_strcasecmp (*one, tag) == 0)
      return TRUE;
  return FALSE;
}

/**
 * cs_company_list_search:
 * @self: a sorted list
 * @text: a name as it is written or sounds, an id or a tag
 *
 * Returns: (transfer full) (element-type guint): indices, what fits best first; see
 *   cs_phonetic_query_match()
 */
GArray *
cs_company_list_search (CsCompanyList *self, const char *text)
{
  g_autoptr (CsPhoneticQuery) query = cs_phonetic_query_new (text);
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->companies->len; i++)
    {
      const CsCompany *company = cs_company_list_get (self, i);
      Hit hit = { cs_phonetic_query_match (query, company->name), i };

      if (strcmp (company->id, text) == 0)
        hit.score = 2;
      else if (*company->tags != '\0' && has_tag (company, text))
        hit.score = 1;
      if (hit.score >= CS_PHONETICS_THRESHOLD)
        g_array_append_val (hits, hit);
    }
  g_array_sort (hits, compare_hits);
  for (guint i = 0; i < hits->len; i++)
    g_array_append_val (found, g_array_index (hits, Hit, i).index);
  return found;
}
