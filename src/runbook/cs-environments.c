/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Production only", "Staging:": for which environments a section is. */

#include "cs-environments.h"

#include "cs-headings.h"
#include "cs-word-folding.h"

#include <string.h>

/* Longer titles are about something else, too. */
#define MAX_WORDS 24

/* What the words before and behind the name of an environment may be, folded. */
static const char *const FILLERS[] = {
  "environment", "environments", "env",  "umgebung", "system", "systems", "systeme", "server",
  "servers",     "the",          "in",   "on",       "for",    "auf",     "im",      "fur",
  "fuer",        "der",          "den",  "dem",      "die",    "and",     "und",     "or",
  "oder",        "et",           "y",    "e",        "en",     "pour",    "para",    "per",
  "sur",         "entorno",      "only", "nur",      "solo",   "uniquement", "seulement",
  "solamente",   "exclusively",  "ausschliesslich",  "soltanto", "apenas", "somente", "alleen",
};

/* That it is for these and for no others. */
static const char *const ONLY[] = { "only", "nur", "solo", "uniquement", "seulement", "solamente",
                                    "exclusively", "ausschliesslich", "soltanto", "apenas",
                                    "somente", "alleen" };

/* "Everywhere but in production": who it is for is not said. */
static const char *const BUT[] = { "not", "no", "except", "but", "nicht", "ausser", "sauf", "pas",
                                   "excepto", "non", "pre", "never", "nie" };

static gboolean
is_one_of (const char *word, const char *const *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (words[i], word) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_separator (gunichar c)
{
  return !g_unichar_isalnum (c);
}

static char **
split (const char *folded)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  const char *start = folded;

  for (const char *p = folded;; p = g_utf8_next_char (p))
    {
      if (*p != '\0' && !is_separator (g_utf8_get_char (p)))
        continue;
      if (p > start)
        {
          g_autofree char *word = g_strndup (start, (gsize) (p - start));

          g_strv_builder_add (words, word);
        }
      if (*p == '\0')
        break;
      start = g_utf8_next_char (p);
    }
  return g_strv_builder_end (words);
}

static void
take (GString *named, const char *environment)
{
  if (cs_environments_hold (named->str, environment, FALSE))
    return;
  if (named->len > 0)
    g_string_append (named, ", ");
  g_string_append (named, environment);
}

/* "production only", "only on production", "nur in Staging": what lies between are fillers. */
static gboolean
is_limited (char **words, guint at)
{
  if (words[at + 1] != NULL && is_one_of (words[at + 1], ONLY, G_N_ELEMENTS (ONLY)))
    return TRUE;
  for (guint i = at; i > 0; i--)
    {
      if (is_one_of (words[i - 1], ONLY, G_N_ELEMENTS (ONLY)))
        return TRUE;
      if (!is_one_of (words[i - 1], FILLERS, G_N_ELEMENTS (FILLERS)) &&
          cs_heading_get_environment (words[i - 1]) == NULL)
        return FALSE;
    }
  return FALSE;
}

/**
 * cs_environments_dup_named:
 * @words: a title or label without markup
 *
 * "Production only", "Staging:", "Nur in der Staging-Umgebung", "Seed the database (staging and QA
 * only)". A title that names an environment beside other things ("Production smoke test") does not
 * say that it is for no other one.
 *
 * Returns: (transfer full) (nullable): for which environments alone the section is, with commas
 *   between them: "production", "staging, qa"; %NULL: it does not say
 */
char *
cs_environments_dup_named (const char *words)
{
  g_autofree char *folded = cs_fold_words (words);
  g_auto (GStrv) list = split (folded);
  g_autoptr (GString) named = g_string_new (NULL);
  gboolean alone = TRUE, limited = FALSE;
  guint n = g_strv_length (list);

  if (n > MAX_WORDS)
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      const char *environment = cs_heading_get_environment (list[i]);

      if (is_one_of (list[i], BUT, G_N_ELEMENTS (BUT)))
        return NULL;
      if (environment != NULL)
        {
          take (named, environment);
          limited = limited || is_limited (list, i);
        }
      else if (!is_one_of (list[i], FILLERS, G_N_ELEMENTS (FILLERS)))
        alone = FALSE;
    }
  if (named->len == 0 || (!alone && !limited))
    return NULL;
  return g_string_free (g_steal_pointer (&named), FALSE);
}

/**
 * cs_environments_hold:
 * @named: (nullable): for which a section is, as from cs_environments_dup_named(); %NULL: for all
 * @environment: where a deployment goes
 * @production: whether that is production, whatever it is called
 *
 * Returns: whether the section is for it
 */
gboolean
cs_environments_hold (const char *named, const char *environment, gboolean production)
{
  g_auto (GStrv) list = named != NULL ? g_strsplit (named, ", ", -1) : NULL;
  const char *known = cs_heading_get_environment (environment);

  if (named == NULL)
    return TRUE;
  for (char **name = list; *name != NULL; name++)
    {
      if (g_ascii_strcasecmp (*name, environment) == 0)
        return TRUE;
      if (strcmp (*name, CS_ENVIRONMENT_PRODUCTION) == 0 ? production
                                                         : g_strcmp0 (*name, known) == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_environments_sound_like_production:
 * @environment: where a deployment goes
 *
 * What is taken for production as long as nobody has said what is: see cs_policy_is_production().
 *
 * Returns: whether its name begins like one of production
 */
gboolean
cs_environments_sound_like_production (const char *environment)
{
  return g_ascii_strncasecmp (environment, "prod", 4) == 0 ||
         g_ascii_strncasecmp (environment, "live", 4) == 0 ||
         g_strcmp0 (cs_heading_get_environment (environment), CS_ENVIRONMENT_PRODUCTION) == 0;
}
