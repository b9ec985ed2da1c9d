/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a flag is for one company, in words. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-company-words.h"

#include "cs-rollout-words.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

static char *
dup_cause (const CsCompanyFlag *found)
{
  const char *stage = found->stage != NULL ? found->stage->title : "";

  switch (found->cause)
    {
    case CS_COMPANY_OUTSIDE:
      /* Translators: why a company does not have a feature; %s is a stage */
      return g_strdup_printf (_("the stage “%s” is for others"), stage);
    case CS_COMPANY_PINNED_OUT:
      return g_strdup (_("it is pinned out"));
    case CS_COMPANY_PINNED_IN:
      return g_strdup (_("it is pinned in"));
    case CS_COMPANY_NAMED:
      /* Translators: why a company has a feature; %s is a stage */
      return g_strdup_printf (_("the stage “%s” names it"), stage);
    case CS_COMPANY_SHARE:
      /* Translators: why a company has a feature; %s is a stage */
      return g_strdup_printf (_("it is in the share of the stage “%s”"), stage);
    case CS_COMPANY_EVERYONE:
      return g_strdup (_("everyone has it"));
    case CS_COMPANY_ADOPTED:
      return g_strdup (_("it was changed by hand and adopted"));
    case CS_COMPANY_BEFORE:
      /* Translators: why a company has a feature; %s is a stage */
      return g_strdup_printf (_("it got it before the stage “%s” was changed"), stage);
    case CS_COMPANY_FLAG_OFF:
    default:
      return g_strdup (_("the flag is off"));
    }
}

/** cs_company_words_state: (skip): (transfer full): on or off, since when, and why. */
char *
cs_company_words_state (const CsCompanyFlag *found)
{
  g_autofree char *cause = dup_cause (found);
  g_autofree char *since = NULL;

  if (found->change == NULL)
    /* Translators: a feature was never on for a company, and why */
    return g_strdup_printf (_("Never on: %s"), cause);
  since = cs_time_words_moment (found->change->at);
  /* Translators: for a company, since when, and why */
  return g_strdup_printf (found->on ? _("On since %s: %s") : _("Off since %s: %s"),
                          g_strchug (since), cause);
}

static const char *
get_name (CsPeople *people, const char *id)
{
  CsPerson *person = cs_people_lookup (people, id);
  const char *name = person != NULL ? cs_person_get_name (person) : NULL;

  return name != NULL && *name != '\0' ? name : id;
}

static void
append_signers (GString *words, const CsCompanyFlag *found, CsPeople *people)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < found->signed_by->len; i++)
    g_string_append_printf (names, i > 0 ? ", %s" : "%s",
                            get_name (people, found->signed_by->pdata[i]));
  if (names->len > 0)
    {
      g_string_append_c (words, '\n');
      /* Translators: names of those who signed a change of a feature */
      g_string_append_printf (words, _("Signed by %s"), names->str);
    }
}

/**
 * cs_company_words_people: (skip)
 * @found: what a flag is for a company
 * @people: who has a name
 *
 * Returns: (transfer full) (nullable): who made it so, who signed that, and who let it pass what
 *   stood in its way; %NULL if it never was otherwise
 */
char *
cs_company_words_people (const CsCompanyFlag *found, CsPeople *people)
{
  g_autoptr (GString) words = g_string_new (NULL);

  if (found->change == NULL)
    return NULL;
  /* Translators: what was done to a feature ("Switched on"), and who did it */
  g_string_append_printf (words, _("%s by %s"), cs_rollout_words_act (found->change->act),
                          get_name (people, found->change->by));
  append_signers (words, found, people);
  for (guint i = 0; i < found->overrides->len; i++)
    {
      const CsFlagOverride *override = found->overrides->pdata[i];

      g_string_append_c (words, '\n');
      /* Translators: who let a change go on although something stood in its way, and why */
      g_string_append_printf (words, _("Overridden by %s: %s"), get_name (people, override->by),
                              override->reason);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/** cs_company_words_pin: (skip): (transfer full) (nullable): what it is pinned to. */
char *
cs_company_words_pin (const CsCompanyFlag *found)
{
  if (found->pinned == 0)
    return NULL;
  if (found->pinned > 0)
    return g_strdup (found->on ? _("Pinned: always has it")
                               : _("Pinned: has it from the next switching on"));
  return g_strdup (found->on ? _("Pinned: loses it with the next switching")
                             : _("Pinned: never has it"));
}

/** cs_company_words_change: (skip): (transfer full): when it was, what it was, by whom and why. */
char *
cs_company_words_change (const CsFlagChange *change, CsPeople *people)
{
  g_autofree char *when = cs_time_words_moment (change->at);
  g_autofree char *done =
    g_strdup_printf (_("%s by %s"), cs_rollout_words_act (change->act),
                     get_name (people, change->by));

  if (change->reason == NULL || *change->reason == '\0')
    return g_strdup_printf ("%s · %s", g_strchug (when), done);
  return g_strdup_printf ("%s · %s: %s", g_strchug (when), done, change->reason);
}
