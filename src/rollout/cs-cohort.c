/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which companies have a feature: exactly as many as was said, and always the same ones. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-cohort.h"

#include "cs-error.h"
#include "cs-murmur.h"

#include <stdlib.h>
#include <string.h>

/** cs_cohort_free: frees a cohort. */
void
cs_cohort_free (CsCohort *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->ids);
  g_free (self);
}

/** cs_cohort_copy: (transfer full): a copy. */
CsCohort *
cs_cohort_copy (const CsCohort *self)
{
  CsCohort *copy = g_memdup2 (self, sizeof *self);

  copy->ids = g_strdupv (self->ids);
  return copy;
}

/* "12.5" in thousandths; no floating point, so that what is written is what is meant. */
static gboolean
parse_share (const char *text, char **end, guint *parts)
{
  guint64 whole = g_ascii_strtoull (text, end, 10);
  guint thousandths = 0;

  if (*end == text || !g_ascii_isdigit (*text) || whole > 100)
    return FALSE;
  if (**end == '.')
    {
      guint unit = 100;

      if (!g_ascii_isdigit (*++*end))
        return FALSE;
      for (; g_ascii_isdigit (**end); ++*end, unit /= 10)
        {
          if (unit == 0)
            return FALSE;
          thousandths += (guint) (**end - '0') * unit;
        }
    }
  *parts = (guint) whole * 1000 + thousandths;
  return *parts <= CS_COHORT_WHOLE;
}

static gboolean
parse_ids (CsCohort *self, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (char **word = words; *word != NULL; word++)
    {
      if (!cs_company_id_check (g_strstrip (*word), error))
        return FALSE;
      if (g_hash_table_add (seen, *word))
        g_strv_builder_add (ids, *word);
    }
  if (*words == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "A cohort is empty: write nobody, everyone, a share as 25 %%, or ids");
      return FALSE;
    }
  self->kind = CS_COHORT_NAMED;
  self->ids = g_strv_builder_end (ids);
  return TRUE;
}

/**
 * cs_cohort_parse:
 * @text: `nobody`, `everyone`, a share as `12.5 %` or `25 % of size` (with up to three decimals),
 *   or the ids of companies with commas between them
 *
 * Returns: (transfer full): the cohort; %NULL with %CS_ERROR_INVALID
 */
CsCohort *
cs_cohort_parse (const char *text, GError **error)
{
  g_autoptr (CsCohort) self = g_new0 (CsCohort, 1);
  g_autofree char *copy = g_strstrip (g_strdup (text));
  char *end = NULL;

  if (g_ascii_strcasecmp (copy, "nobody") == 0)
    self->kind = CS_COHORT_NOBODY;
  else if (g_ascii_strcasecmp (copy, "everyone") == 0)
    self->kind = CS_COHORT_EVERYONE;
  else if (strchr (copy, '%') == NULL)
    {
      if (!parse_ids (self, copy, error))
        return NULL;
    }
  else
    {
      gboolean good = parse_share (copy, &end, &self->parts);

      self->kind = CS_COHORT_SHARE;
      end += good ? strspn (end, " ") : 0;
      good = good && *end++ == '%';
      end += good ? strspn (end, " ") : 0;
      self->by_size = good && g_ascii_strcasecmp (end, "of size") == 0;
      if (!good || (*end != '\0' && !self->by_size))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "“%s” is no share: write it as 25 %%, 12.5 %% or 25 %% of size", text);
          return NULL;
        }
    }
  return g_steal_pointer (&self);
}

/** cs_cohort_to_string: (transfer full): as cs_cohort_parse() reads it. */
char *
cs_cohort_to_string (const CsCohort *self)
{
  guint thousandths = self->parts % 1000;
  g_autoptr (GString) text = NULL;

  if (self->kind == CS_COHORT_NOBODY)
    return g_strdup ("nobody");
  if (self->kind == CS_COHORT_EVERYONE)
    return g_strdup ("everyone");
  if (self->kind == CS_COHORT_NAMED)
    return g_strjoinv (",", self->ids);
  text = g_string_new (NULL);
  g_string_append_printf (text, "%u", self->parts / 1000);
  if (thousandths > 0)
    {
      g_string_append_printf (text, ".%03u", thousandths);
      while (text->str[text->len - 1] == '0')
        g_string_truncate (text, text->len - 1);
    }
  g_string_append (text, self->by_size ? " % of size" : " %");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/** cs_cohort_count: ⌈@parts / %CS_COHORT_WHOLE × @n⌉, in whole numbers. */
guint
cs_cohort_count (guint parts, guint n)
{
  return (guint) (((guint64) parts * n + CS_COHORT_WHOLE - 1) / CS_COHORT_WHOLE);
}

typedef struct
{
  guint32 hash;
  guint index;
} Rank;

typedef struct
{
  const CsCohort *cohort;
  CsCompanyList *companies;
  GPtrArray *chosen;
  guint8 *marks; /* for each company */
  guint64 chosen_size;
} Selection;

enum
{
  CHOSEN = 1,
  PINNED_OUT = 2,
};

static void
choose (Selection *self, guint index)
{
  const CsCompany *company = cs_company_list_get (self->companies, index);

  self->marks[index] |= CHOSEN;
  self->chosen_size += (guint64) company->size;
  g_ptr_array_add (self->chosen, (gpointer) company->id);
}

/* Whether the cohort has its size; no company is begun that is not needed for it. */
static gboolean
is_full (const Selection *self)
{
  const CsCohort *cohort = self->cohort;

  if (cohort->kind == CS_COHORT_EVERYONE)
    return FALSE;
  if (cohort->kind != CS_COHORT_SHARE)
    return TRUE;
  if (cohort->by_size)
    return (unsigned __int128) self->chosen_size * CS_COHORT_WHOLE >=
           (unsigned __int128) cs_company_list_get_size (self->companies) * cohort->parts;
  return self->chosen->len >=
         cs_cohort_count (cohort->parts, cs_company_list_get_n (self->companies));
}

static gboolean
mark_pins (Selection *self, const CsPins *pins, GError **error)
{
  for (const char *const *id = pins->out; id != NULL && *id != NULL; id++)
    {
      int index = cs_company_list_find (self->companies, *id);

      if (index >= 0)
        self->marks[index] |= PINNED_OUT;
    }
  for (const char *const *id = pins->in; id != NULL && *id != NULL; id++)
    {
      int index = cs_company_list_find (self->companies, *id);

      if (index < 0)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                       "There is no company %s, which is pinned in", *id);
          return FALSE;
        }
      if (self->marks[index] & PINNED_OUT)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Company %s is pinned both in and out",
                       *id);
          return FALSE;
        }
      if (!(self->marks[index] & CHOSEN))
        choose (self, (guint) index);
    }
  return TRUE;
}

static gboolean
choose_named (Selection *self, GError **error)
{
  for (char **id = self->cohort->ids; id != NULL && *id != NULL; id++)
    {
      int index = cs_company_list_find (self->companies, *id);

      if (index < 0)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                       "There is no company %s, which the stage names", *id);
          return FALSE;
        }
      if (self->marks[index] == 0)
        choose (self, (guint) index);
    }
  return TRUE;
}

static void
choose_members (Selection *self, const char *const *members)
{
  for (const char *const *id = members; id != NULL && *id != NULL && !is_full (self); id++)
    {
      int index = cs_company_list_find (self->companies, *id);

      if (index >= 0 && self->marks[index] == 0)
        choose (self, (guint) index);
    }
}

static int
compare_ranks (gconstpointer a, gconstpointer b)
{
  const Rank *one = a;
  const Rank *other = b;

  if (one->hash != other->hash)
    return one->hash < other->hash ? -1 : 1;
  /* The companies are in the order of their ids. */
  return one->index < other->index ? -1 : 1;
}

static void
choose_by_rank (Selection *self, const char *key)
{
  guint n = cs_company_list_get_n (self->companies);
  g_autofree Rank *ranks = g_new (Rank, n);
  g_autoptr (GString) text = g_string_new (key);
  gsize length = text->len;
  guint n_ranks = 0;

  if (is_full (self))
    return;
  for (guint i = 0; i < n; i++)
    {
      if (self->marks[i] != 0)
        continue;
      g_string_truncate (text, length);
      g_string_append (text, cs_company_list_get (self->companies, i)->id);
      ranks[n_ranks].hash = cs_murmur_hash (text->str, text->len, 0);
      ranks[n_ranks++].index = i;
    }
  qsort (ranks, n_ranks, sizeof *ranks, compare_ranks);
  for (guint i = 0; i < n_ranks && !is_full (self); i++)
    choose (self, ranks[i].index);
}

/**
 * cs_cohort_select:
 * @self: which cohort
 * @key: the flag's: each flag ranks companies in an order of its own
 * @companies: all there are, sorted
 * @pins: who is in or out in any case
 * @members: (nullable) (array zero-terminated=1): who has the feature now, in the order of joining
 *
 * Of a share, exactly ⌈share × number⌉ companies are chosen (or, by size, the fewest that make up
 * the share), pins counted in: those pinned in first, then the members, then all others by their
 * rank, which is the MurmurHash3 (x86_32, seed 0) of the flag's key and the company's id. So who
 * has it keeps it while a cohort grows; a smaller one drops who joined last; and a company that is
 * new has the rank that it would always have had. Whoever is pinned out is left out even if that
 * makes the cohort smaller.
 *
 * Returns: (transfer full) (element-type utf8): ids in the order of joining, owned by @companies;
 *   %NULL with %CS_ERROR_NOT_FOUND or %CS_ERROR_INVALID
 */
GPtrArray *
cs_cohort_select (
  const CsCohort *self,
  const char *key,
  CsCompanyList *companies,
  const CsPins *pins,
  const char *const *members,
  GError **error)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autofree guint8 *marks = g_new0 (guint8, cs_company_list_get_n (companies));
  Selection selection = { self, companies, chosen, marks, 0 };

  g_return_val_if_fail (self != NULL && key != NULL && companies != NULL, NULL);

  if (self->kind == CS_COHORT_NOBODY)
    return g_steal_pointer (&chosen);
  if (pins != NULL && !mark_pins (&selection, pins, error))
    return NULL;
  if (self->kind == CS_COHORT_NAMED)
    {
      if (!choose_named (&selection, error))
        return NULL;
      return g_steal_pointer (&chosen);
    }
  choose_members (&selection, members);
  choose_by_rank (&selection, key);
  return g_steal_pointer (&chosen);
}
