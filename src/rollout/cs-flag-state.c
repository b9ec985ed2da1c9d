/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For whom a feature is on: everyone, or the companies of a list. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flag-state.h"

#include "cs-company-list.h"
#include "cs-digest.h"
#include "cs-error.h"

#include <stdlib.h>
#include <string.h>

#define EVERYONE "everyone"
#define LISTED "listed"
#define UNCLEAR "unclear "
/** WORDS: companies that are named before it is "and so on" */
#define WORDS 12

struct _CsFlagState
{
  gboolean everyone;
  char *unclear; /* NULL: it is clear */
  char **ids;
  guint n;
  GHashTable *set;
  char *digest;
};

static CsFlagState *
new_state (gboolean everyone, const char *unclear, const char *const *ids)
{
  CsFlagState *self = g_atomic_rc_box_new0 (CsFlagState);
  g_autoptr (GBytes) bytes = NULL;

  self->everyone = everyone;
  self->unclear = g_strdup (unclear);
  self->ids = g_strdupv ((char **) ids);
  self->set = g_hash_table_new (g_str_hash, g_str_equal);
  for (self->n = 0; self->ids[self->n] != NULL; self->n++)
    g_hash_table_add (self->set, self->ids[self->n]);
  bytes = cs_flag_state_to_bytes (self);
  self->digest = cs_digest_of_bytes (bytes);
  return self;
}

/**
 * cs_flag_state_new:
 * @everyone: whether it is on for all, also those that are not listed
 * @ids: (array zero-terminated=1): for whom it is on, in the order of joining
 *
 * Returns: (transfer full): the state
 */
CsFlagState *
cs_flag_state_new (gboolean everyone, const char *const *ids)
{
  return new_state (everyone, NULL, ids);
}

/**
 * cs_flag_state_new_unclear:
 * @words: what is there instead, in one line
 *
 * Returns: (transfer full): a state that is no list of companies
 */
CsFlagState *
cs_flag_state_new_unclear (const char *words)
{
  const char *const none[] = { NULL };

  return new_state (FALSE, words, none);
}

gboolean
cs_flag_state_is_unclear (CsFlagState *self)
{
  return self->unclear != NULL;
}

/** cs_flag_state_new_nobody: (transfer full): off everywhere. */
CsFlagState *
cs_flag_state_new_nobody (void)
{
  const char *const none[] = { NULL };

  return cs_flag_state_new (FALSE, none);
}

/** cs_flag_state_ref: (transfer full): the state, once more. */
CsFlagState *
cs_flag_state_ref (CsFlagState *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  CsFlagState *self = data;

  g_hash_table_unref (self->set);
  g_strfreev (self->ids);
  g_free (self->unclear);
  g_free (self->digest);
}

/** cs_flag_state_unref: gives a reference back. */
void
cs_flag_state_unref (CsFlagState *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

gboolean
cs_flag_state_is_everyone (CsFlagState *self)
{
  return self->everyone;
}

const char *const *
cs_flag_state_get_ids (CsFlagState *self)
{
  return (const char *const *) self->ids;
}

guint
cs_flag_state_get_n (CsFlagState *self)
{
  return self->n;
}

/** cs_flag_state_contains: whether it is on for this company. */
gboolean
cs_flag_state_contains (CsFlagState *self, const char *id)
{
  return self->everyone || g_hash_table_contains (self->set, id);
}

/** cs_flag_state_equal: whether it is on for the same companies. */
gboolean
cs_flag_state_equal (CsFlagState *self, CsFlagState *other)
{
  if (self->unclear != NULL || other->unclear != NULL)
    return g_strcmp0 (self->unclear, other->unclear) == 0;
  if (self->everyone || other->everyone)
    return self->everyone == other->everyone;
  if (g_hash_table_size (self->set) != g_hash_table_size (other->set))
    return FALSE;
  for (char **id = self->ids; *id != NULL; id++)
    if (!g_hash_table_contains (other->set, *id))
      return FALSE;
  return TRUE;
}

/** cs_flag_state_list_added: (transfer full): who is listed in @other and not here. */
char **
cs_flag_state_list_added (CsFlagState *self, CsFlagState *other)
{
  g_autoptr (GStrvBuilder) added = g_strv_builder_new ();

  for (char **id = other->ids; *id != NULL; id++)
    if (!g_hash_table_contains (self->set, *id))
      g_strv_builder_add (added, *id);
  return g_strv_builder_end (added);
}

static int
compare_ids (gconstpointer one, gconstpointer other)
{
  return cs_company_id_compare (*(char *const *) one, *(char *const *) other);
}

/** cs_flag_state_dup_sorted: (transfer full): the ids; numbers first, by their value. */
char **
cs_flag_state_dup_sorted (CsFlagState *self)
{
  char **sorted = g_strdupv (self->ids);

  qsort (sorted, self->n, sizeof *sorted, compare_ids);
  return sorted;
}

/** cs_flag_state_dup_list: (transfer full): the sorted ids with @separator between them. */
char *
cs_flag_state_dup_list (CsFlagState *self, const char *separator)
{
  g_auto (GStrv) sorted = cs_flag_state_dup_sorted (self);

  return g_strjoinv (separator, sorted);
}

/** cs_flag_state_dup_words: (transfer full): it, for people. */
char *
cs_flag_state_dup_words (CsFlagState *self)
{
  g_auto (GStrv) sorted = NULL;
  GString *words;

  if (self->unclear != NULL)
    return g_strconcat ("whom, nobody can say: there is ", self->unclear, NULL);
  if (self->everyone)
    return g_strdup ("everyone");
  if (self->n == 0)
    return g_strdup ("nobody");
  sorted = cs_flag_state_dup_sorted (self);
  words = g_string_new (NULL);
  g_string_printf (words, self->n == 1 ? "company " : "%u companies: ", self->n);
  for (guint i = 0; i < MIN (self->n, WORDS); i++)
    g_string_append_printf (words, i > 0 ? ", %s" : "%s", sorted[i]);
  if (self->n > WORDS)
    g_string_append (words, ", …");
  return g_string_free (words, FALSE);
}

/** cs_flag_state_to_bytes: (transfer full): a line that says for whom, then each id in a line. */
GBytes *
cs_flag_state_to_bytes (CsFlagState *self)
{
  GString *text = g_string_new (self->everyone ? EVERYONE "\n" : LISTED "\n");

  if (self->unclear != NULL)
    g_string_printf (text, UNCLEAR "%s\n", self->unclear);
  for (char **id = self->ids; *id != NULL; id++)
    g_string_append_printf (text, "%s\n", *id);
  return g_string_free_to_bytes (text);
}

static gboolean
set_corrupt (GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_CORRUPT,
               "A blob that is to list companies does not; verify the journal");
  return FALSE;
}

/**
 * cs_flag_state_new_from_bytes:
 * @bytes: as cs_flag_state_to_bytes() writes them
 *
 * Returns: (transfer full): the state; %NULL with %CS_ERROR_CORRUPT
 */
CsFlagState *
cs_flag_state_new_from_bytes (GBytes *bytes, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_strndup (data, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  if (n == 2 && g_str_has_prefix (lines[0], UNCLEAR))
    return cs_flag_state_new_unclear (lines[0] + strlen (UNCLEAR));
  if (n < 2 || *lines[n - 1] != '\0' ||
      (strcmp (lines[0], EVERYONE) != 0 && strcmp (lines[0], LISTED) != 0))
    {
      set_corrupt (error);
      return NULL;
    }
  g_clear_pointer (&lines[n - 1], g_free);
  return cs_flag_state_new (strcmp (lines[0], EVERYONE) == 0, (const char *const *) lines + 1);
}

/**
 * cs_flag_state_look_up:
 * @bytes: as cs_flag_state_to_bytes() writes them
 * @id: of a company
 * @on: (out): whether it is on for it
 *
 * Returns: whether @bytes are a state; else %CS_ERROR_CORRUPT
 */
gboolean
cs_flag_state_look_up (GBytes *bytes, const char *id, gboolean *on, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  const char *first = data != NULL ? memchr (data, '\n', length) : NULL;
  g_autofree char *line = g_strconcat ("\n", id, "\n", NULL);

  if (first == NULL || data[length - 1] != '\n')
    return set_corrupt (error);
  *on = g_str_has_prefix (data, EVERYONE "\n");
  if (*on || g_str_has_prefix (data, UNCLEAR))
    return TRUE;
  if (!g_str_has_prefix (data, LISTED "\n"))
    return set_corrupt (error);
  *on = memmem (first, length - (gsize) (first - data), line, strlen (line)) != NULL;
  return TRUE;
}

const char *
cs_flag_state_get_digest (CsFlagState *self)
{
  return self->digest;
}
