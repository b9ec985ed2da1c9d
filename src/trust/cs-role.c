/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roles are words of runbooks; the same role has many spellings. */

#include "cs-role.h"

#include <string.h>

/* Spellings of one role in the languages of the runbooks, lower case, in plain words; the first of
 * each line is its key. Other words stand for themselves. */
static const char *const spellings[][12] = {
  { CS_ROLE_MANAGER, "management", "leitung", "leiter", "leiterin", "gérant", "gérante", "gerente",
    NULL },
  { "tech lead", "technical lead", "techlead", "technische leitung", "technischer leiter",
    "technische leiterin", "responsable technique", "líder técnico", "líder técnica", NULL },
  { "developer", "development", "dev", "entwickler", "entwicklerin", "entwicklung", "développeur",
    "développeuse", "desarrollador", "desarrolladora", NULL },
  { "operations", "ops", "operations team", "betrieb", "it betrieb", "exploitation", "operaciones",
    NULL },
  { "qa", "quality assurance", "qualitätssicherung", "qs", "assurance qualité", NULL },
  { "security", "security team", "sicherheit", "it sicherheit", "informationssicherheit",
    "sécurité", "seguridad", NULL },
  { "product owner", "po", "produktverantwortung", "produktverantwortlicher",
    "produktverantwortliche", NULL },
  { "incident commander", "einsatzleitung", "einsatzleiter", "einsatzleiterin", NULL },
};

/* "Entwickler:in", "Entwickler*in" and "Entwickler/-in" mean the same as "Entwickler". */
static void
drop_ending (GString *key)
{
  static const char *const endings[] = { " in", " innen" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (key->str, endings[i]))
      {
        g_string_truncate (key, key->len - strlen (endings[i]));
        return;
      }
}

/**
 * cs_role_dup_key:
 * @words: a role as a runbook or a person writes it
 *
 * Gives what is the same for all spellings of a role: case, punctuation and spaces do not count,
 * and well-known roles have one key in all languages.
 *
 * Returns: (transfer full): the key, empty if @words hold no letter and no digit
 */
char *
cs_role_dup_key (const char *words)
{
  g_autofree char *composed = g_utf8_normalize (words, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *lower = composed != NULL ? g_utf8_strdown (composed, -1) : g_strdup ("");
  g_autoptr (GString) key = g_string_new (NULL);

  for (const char *p = lower; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isalnum (c))
        g_string_append_unichar (key, c);
      else if (key->len > 0 && key->str[key->len - 1] != ' ')
        g_string_append_c (key, ' ');
    }
  if (key->len > 0 && key->str[key->len - 1] == ' ')
    g_string_truncate (key, key->len - 1);
  drop_ending (key);
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    if (g_strv_contains (spellings[i], key->str))
      return g_strdup (spellings[i][0]);
  return g_string_free (g_steal_pointer (&key), FALSE);
}

/** cs_role_equal: whether two spellings mean one role. */
gboolean
cs_role_equal (const char *words, const char *other)
{
  g_autofree char *one = cs_role_dup_key (words);
  g_autofree char *two = cs_role_dup_key (other);

  return g_str_equal (one, two);
}
