/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a deployment may take place. */

#include "cs-window-facts.h"

#include "cs-byte-search.h"
#include "cs-fact.h"
#include "cs-word-folding.h"
#include "cs-word-sieve.h"

#include <string.h>

static gboolean
is_window_label (const char *lower)
{
  static const char *const WORDS[] = { "window", "best time", "best deployment time",
                                       "recommended", "wartungsfenster", "zeitfenster",
                                       "fenêtre", "ventana", "janela",
                                       "finestra", "时间窗口" };
  static CsWordSieve sieve = CS_WORD_SIEVE (WORDS);

  return cs_word_sieve_holds (&sieve, lower);
}

/* "Wartungsfenster: 5:00 - 6:00" names a window and says when it is. */
static void
drop_vague_window (GPtrArray *facts, guint line)
{
  const CsFact *last = facts->len > 0 ? g_ptr_array_index (facts, facts->len - 1) : NULL;

  if (last != NULL && last->kind == CS_FACT_WINDOW && last->line == line)
    g_ptr_array_remove_index (facts, facts->len - 1);
}

/**
 * cs_window_facts_find:
 * @key: what stands before the colon
 * @value: what stands behind it
 * @label: (nullable): the bold label that the line stands under, in lower case
 * @topic: of the chapter
 * @facts: (element-type CsFact): takes what is found
 *
 * Finds "Best Time: 2:00 AM - 5:00 AM" under a label or heading about the window, or saying so
 * itself.
 *
 * Returns: whether one was found
 */
gboolean
cs_window_facts_find (const char *key,
                      const char *value,
                      guint line,
                      const char *label,
                      CsTopic topic,
                      GPtrArray *facts)
{
  static const char *const OTHERS[] = { "duration", "dauer", "rollback", "downtime", "reason" };
  static CsWordSieve others = CS_WORD_SIEVE (OTHERS);
  g_autofree char *lower = cs_lower_words (key, -1);
  gboolean itself = is_window_label (lower);

  if (*value == '\0' || !(itself || (label != NULL && is_window_label (label))) ||
      cs_word_sieve_holds (&others, lower))
    return FALSE;
  if (topic != CS_TOPIC_WINDOW && !(label != NULL && is_window_label (label)) &&
      strstr (lower, "recommended") != NULL)
    return FALSE;
  drop_vague_window (facts, line);
  g_ptr_array_add (facts, cs_fact_new (CS_FACT_WINDOW, line, value));
  return TRUE;
}

/* "2:30", "2 am", "22 Uhr", "22h" */
static gboolean
has_hour (const char *lower)
{
  static const char *const HOURS[] = { "am", "pm", "uhr", "h ", "h)", "时", "点" };

  for (const char *p = strpbrk (lower, "0123456789"); p != NULL; p = strpbrk (p, "0123456789"))
    {
      p += strspn (p, "0123456789");
      if (*p == ':' && g_ascii_isdigit (p[1]))
        return TRUE;
      for (guint i = 0; i < G_N_ELEMENTS (HOURS); i++)
        {
          if (g_str_has_prefix (p + strspn (p, " "), HOURS[i]))
            return TRUE;
        }
    }
  return FALSE;
}

/* "not Friday", "low-traffic", "off-peak", "nachts": at least something is said of when. */
static gboolean
says_when (const char *lower)
{
  static const char *const WORDS[] = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend",
    "weekday", "night", "morning", "evening", "traffic", "off-peak", "off peak", "business hours",
    "office hours", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
    "sonntag", "wochenende", "nacht", "nachts", "morgens", "abends", "lastarm", "verkehrsarm",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "nuit", "creuses",
    "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "noche",
    "segunda", "terça", "quarta", "quinta", "sexta", "madrugada", "noite", "lunedì", "martedì",
    "mercoledì", "giovedì", "venerdì", "sabato", "domenica", "notte", "maandag", "dinsdag",
    "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "周", "夜", "凌晨", "低峰", "曜",
  };
  static CsWordSieve sieve = CS_WORD_SIEVE (WORDS);

  return cs_word_sieve_holds (&sieve, lower) || has_hour (lower);
}

/**
 * cs_window_facts_find_vague:
 * @words: an item of a list
 *
 * Finds "Deploy in a low-traffic window": which hours is left open. "Deployment window scheduled"
 * says nothing of when, and is no window.
 *
 * Returns: whether one was found
 */
gboolean
cs_window_facts_find_vague (const char *words, guint line, GPtrArray *facts)
{
  static const char *const WORDS[] = {
    "traffic window", "maintenance window", "deployment window", "change window", "release window",
    "off-peak", "wartungsfenster", "zeitfenster", "fenêtre de maintenance", "heures creuses",
    "ventana de mantenimiento", "janela de manutenção", "维护窗口",
  };
  static CsWordSieve sieve = CS_WORD_SIEVE (WORDS);
  g_autofree char *lower = cs_lower_words (words, -1);
  CsFact *fact;

  if (!cs_word_sieve_holds (&sieve, lower) || !says_when (lower))
    return FALSE;
  fact = cs_fact_new (CS_FACT_WINDOW, line, words);
  cs_fact_set_string (fact, "certainty", "vague");
  g_ptr_array_add (facts, fact);
  return TRUE;
}

/**
 * cs_window_facts_may_name:
 * @text: (array length=length): the line
 * @bytes: what it holds
 *
 * Returns: whether a line is worth looking at for cs_window_facts_find_vague()
 */
gboolean
cs_window_facts_may_name (const char *text, gsize length, CsBytes bytes)
{
  static const char *const PARTS[] = { "window", "off-peak", "fenster", "fenêtre",
                                       "creuses", "ventana", "janela", "窗口" };
  static CsWordSieve sieve = CS_WORD_SIEVE (PARTS);

  return cs_word_sieve_holds_in (&sieve, text, length, bytes);
}
