/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is to be called how long after an alarm, as the runbook says. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-escalation.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)

static void
level_free (CsEscalationLevel *self)
{
  g_free (self->name);
  g_ptr_array_unref (self->contacts);
  g_free (self);
}

typedef struct
{
  gint64 from;
  gint64 until;
} Span;

static gint64
get_minutes (GMatchInfo *match, const char *name)
{
  g_autofree char *text = g_match_info_fetch_named (match, name);

  return text != NULL && *text != '\0' ? strtol (text, NULL, 10) * MINUTE : -1;
}

/* "0-15 min", "first 15 minutes", ">30 minutes", "ab 30 Minuten". */
static gboolean
read_span (const char *text, Span *span)
{
  static GRegex *regex = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  gint64 from, until, first, after;

  if (g_once_init_enter (&regex))
    {
      GRegex *made =
        g_regex_new ("(?:(?<from>\\d{1,3})\\s*(?:-|–|—|to|bis)\\s*(?<until>\\d{1,3})"
                     "|(?:first|within|ersten?|innerhalb(?: von)?)\\s*(?<first>\\d{1,3})"
                     "|(?:>|≥|>=|after|from|nach|ab)\\s*(?<after>\\d{1,3}))"
                     "\\+?\\s*min",
                     G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);

      g_once_init_leave (&regex, made);
    }
  if (!g_regex_match (regex, text, 0, &match))
    return FALSE;
  from = get_minutes (match, "from");
  until = get_minutes (match, "until");
  first = get_minutes (match, "first");
  after = get_minutes (match, "after");
  span->from = from >= 0 ? from : after >= 0 ? after
                                             : 0;
  span->until = until >= 0 ? until : first >= 0 ? first
                                                : G_MAXINT64;
  return span->until > span->from;
}

static CsEscalationLevel *
find_level (GPtrArray *levels, const char *name)
{
  for (guint i = 0; i < levels->len; i++)
    if (strcmp (((CsEscalationLevel *) levels->pdata[i])->name, name) == 0)
      return levels->pdata[i];
  return NULL;
}

static CsEscalationLevel *
add_level (GPtrArray *levels, const char *name, const Span *span)
{
  CsEscalationLevel *level = g_new0 (CsEscalationLevel, 1);

  level->name = g_strdup (name);
  level->from = span->from;
  level->until = span->until;
  level->contacts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (levels, level);
  return level;
}

/* A heading that has a time is a level with contacts; a line that has one is a level of its own. */
static void
read_contact (const CsFact *fact, GPtrArray *levels)
{
  const char *heading = cs_fact_get_string (fact, "level");
  CsEscalationLevel *level;
  Span span;

  if (heading != NULL && read_span (heading, &span))
    {
      level = find_level (levels, heading);
      if (level == NULL)
        level = add_level (levels, heading, &span);
      g_ptr_array_add (level->contacts, g_strdup (fact->text));
    }
  else if (read_span (fact->text, &span))
    add_level (levels, fact->text, &span);
}

static int
compare_levels (gconstpointer a, gconstpointer b)
{
  const CsEscalationLevel *one = *(const CsEscalationLevel *const *) a;
  const CsEscalationLevel *other = *(const CsEscalationLevel *const *) b;

  return (one->from > other->from) - (one->from < other->from);
}

/**
 * cs_escalation_find:
 * @runbook: a runbook
 *
 * Returns: (transfer full): of #CsEscalationLevel, by time
 */
GPtrArray *
cs_escalation_find (CsRunbook *runbook)
{
  GPtrArray *facts = cs_runbook_get_facts (runbook);
  GPtrArray *levels = g_ptr_array_new_with_free_func ((GDestroyNotify) level_free);

  for (guint i = 0; i < facts->len; i++)
    if (((CsFact *) facts->pdata[i])->kind == CS_FACT_CONTACT)
      read_contact (facts->pdata[i], levels);
  g_ptr_array_sort (levels, compare_levels);
  return levels;
}

/**
 * cs_escalation_get_level:
 * @levels: of a runbook
 * @elapsed: microseconds since the alarm that nobody has acknowledged
 *
 * Returns: (transfer none) (nullable): who is to be called now; the last level stays when its time
 *   is over
 */
const CsEscalationLevel *
cs_escalation_get_level (GPtrArray *levels, gint64 elapsed)
{
  const CsEscalationLevel *now = levels->len > 0 ? levels->pdata[0] : NULL;

  for (guint i = 0; i < levels->len; i++)
    if (((CsEscalationLevel *) levels->pdata[i])->from <= elapsed)
      now = levels->pdata[i];
  return now;
}
