/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What headings say beside their chapters: risks, decisions, alternatives, stages. */

#include "cs-facts.h"

#include "cs-decision-words.h"
#include "cs-environments.h"
#include "cs-word-folding.h"

#include <string.h>

/* Chapters that are compared with each other; more are a list and no choice. */
#define MAX_SIBLINGS 16

static CsFact *
add (GPtrArray *facts, CsFactKind kind, guint line, const char *text)
{
  CsFact *fact = cs_fact_new (kind, line, text);

  g_ptr_array_add (facts, fact);
  return fact;
}

/* The level that words in lower case speak of. */
static const char *
risk_of (const char *lower)
{
  static const struct
  {
    const char *words;
    const char *level;
  } RISKS[] = {
    { "low risk", "low" },           { "medium risk", "medium" },
    { "moderate risk", "medium" },   { "high risk", "high" },
    { "critical risk", "critical" }, { "geringes risiko", "low" },
    { "niedriges risiko", "low" },   { "mittleres risiko", "medium" },
    { "hohes risiko", "high" },      { "kritisches risiko", "critical" },
    { "risque faible", "low" },      { "risque moyen", "medium" },
    { "risque élevé", "high" },      { "riesgo bajo", "low" },
    { "riesgo medio", "medium" },    { "riesgo alto", "high" },
    { "risco baixo", "low" },        { "risco médio", "medium" },
    { "risco alto", "high" },        { "低风险", "low" },
    { "中风险", "medium" },          { "高风险", "high" },
  };

  if (strstr (lower, "ri") == NULL && strstr (lower, "风险") == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (RISKS); i++)
    {
      if (strstr (lower, RISKS[i].words) != NULL)
        return RISKS[i].level;
    }
  return NULL;
}

/**
 * cs_section_facts_get_risk:
 * @words: of a heading
 *
 * Returns: (nullable): the level that "🟢 LOW RISK - Safe to activate" speaks of
 */
const char *
cs_section_facts_get_risk (const char *words)
{
  g_autofree char *lower = cs_lower_words (words, -1);

  return risk_of (lower);
}

/* Whether the chapters beside each other are about different ones. */
static gboolean
names_several_environments (CsSection *parent)
{
  const char *first = NULL;

  for (guint i = 0; parent != NULL && i < MIN (parent->children->len, MAX_SIBLINGS); i++)
    {
      const char *other =
        ((CsSection *) g_ptr_array_index (parent->children, i))->environment;

      if (first != NULL && other != NULL && strcmp (first, other) != 0)
        return TRUE;
      first = first != NULL ? first : other;
    }
  return FALSE;
}

/* One of several chapters beside each other, each for an environment of its own. */
static gboolean
is_for_one_environment (CsSection *section)
{
  return section->environment != NULL && section->level > 1 && section->children->len == 0 &&
         names_several_environments (section->parent);
}

/**
 * cs_section_facts_dup_environment:
 * @section: a chapter
 * @within: (nullable): where to stop looking: a chapter around it
 *
 * Returns: (transfer full) (nullable): for which environments alone the chapter is, by its own
 *   title or that of one around it; see cs_environments_dup_named()
 */
char *
cs_section_facts_dup_environment (CsSection *section, CsSection *within)
{
  for (; section != NULL && section != within && section->level > 0; section = section->parent)
    {
      char *named = cs_environments_dup_named (section->words);

      if (named != NULL)
        return named;
      if (is_for_one_environment (section))
        return g_strdup (section->environment);
    }
  return NULL;
}

/* "1. Quick Rollback", "Rollback of the cache only": a way back of its own, and no step of one. */
static gboolean
is_procedure (CsSection *section)
{
  g_autofree char *lower = NULL;

  if (section->topic != CS_TOPIC_ROLLBACK || section->level > 6 ||
      section->numbering == CS_NUMBERING_STEP || section->numbering == CS_NUMBERING_PHASE)
    return FALSE;
  lower = cs_lower_words (section->title, -1);
  return strstr (lower, "procedure") == NULL && strstr (lower, "step") == NULL &&
         strstr (lower, "plan") == NULL && strstr (lower, "verif") == NULL &&
         strstr (lower, "schritt") == NULL && strstr (lower, "prüf") == NULL;
}

/* Counts up to two: asked of each chapter anew, and more than one is all that is asked. */
static void
count_procedures (CsSection *chapter, guint *n)
{
  for (guint i = 0; i < MIN (chapter->children->len, MAX_SIBLINGS) && *n < 2; i++)
    {
      CsSection *child = g_ptr_array_index (chapter->children, i);

      if (!is_procedure (child))
        continue;
      ++*n;
      count_procedures (child, n);
    }
}

static gboolean
holds_several_procedures (CsSection *chapter)
{
  guint n = 0;

  count_procedures (chapter, &n);
  return n > 1;
}

/* Whether a chapter about the way back holds several, of which one is taken. */
static gboolean
is_one_of_several (CsSection *section)
{
  CsSection *chapter = section->parent;

  if (!is_procedure (section) || section->children->len > 0 || chapter == NULL ||
      chapter->topic != CS_TOPIC_ROLLBACK)
    return FALSE;
  return holds_several_procedures (chapter) ||
         (chapter->parent != NULL && chapter->parent->topic == CS_TOPIC_ROLLBACK &&
          holds_several_procedures (chapter->parent));
}

/**
 * cs_section_facts_is_alternative:
 *
 * Returns: whether a chapter is one of several to choose from: an option, a variant for one
 *   environment, one of several ways back
 */
gboolean
cs_section_facts_is_alternative (CsSection *section)
{
  return section->numbering == CS_NUMBERING_OPTION || is_for_one_environment (section) ||
         is_one_of_several (section);
}

/**
 * cs_section_facts_dup_alternative_of:
 *
 * Returns: (transfer full) (nullable): the title of the chapter that a chapter is one choice of
 */
char *
cs_section_facts_dup_alternative_of (CsSection *section)
{
  CsSection *chapter = section != NULL ? section->parent : NULL;

  if (chapter == NULL || !cs_section_facts_is_alternative (section))
    return NULL;
  while (section->topic == CS_TOPIC_ROLLBACK && chapter->parent != NULL &&
         chapter->parent->topic == CS_TOPIC_ROLLBACK && chapter->parent->level > 0)
    chapter = chapter->parent;
  return g_strdup (chapter->title != NULL && *chapter->title != '\0' ? chapter->title
                                                                     : section->title);
}

/* "If critical issues arise": the case in which the way back is taken. */
static gboolean
is_case (CsSection *section)
{
  static const char *const BEGINNINGS[] = { "if ", "when ", "falls ", "wenn ", "im fall ",
                                            "bei ", "si ", "en cas ", "en caso ", "em caso " };
  g_autofree char *lower = NULL;

  if (section->level > 6 || section->parent == NULL ||
      section->parent->topic != CS_TOPIC_ROLLBACK)
    return FALSE;
  lower = cs_lower_words (section->title, -1);
  for (guint i = 0; i < G_N_ELEMENTS (BEGINNINGS); i++)
    {
      if (g_str_has_prefix (lower, BEGINNINGS[i]))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_section_facts_find:
 * @facts: (element-type CsFact): takes what is found
 *
 * Takes what a heading says beside its chapter.
 *
 * Returns: (nullable): the level of risk that it speaks of
 */
const char *
cs_section_facts_find (CsSection *section, GPtrArray *facts)
{
  g_autofree char *lower = cs_lower_words (section->words, -1);
  const char *risk = risk_of (lower);

  if (risk != NULL)
    cs_fact_set_string (add (facts, CS_FACT_RISK, section->line, section->words), "level", risk);
  if (section->parent != NULL && section->parent->topic == CS_TOPIC_BLOCKERS)
    add (facts, CS_FACT_BLOCKER, section->line, section->title);
  if (cs_decision_is_title (lower))
    add (facts, CS_FACT_DECISION, section->line, section->words);
  if (is_case (section))
    add (facts, CS_FACT_TRIGGER, section->line, section->title);
  if (cs_section_facts_is_alternative (section))
    add (facts, CS_FACT_ALTERNATIVE, section->line, section->words);
  if (section->children->len == 0 && section->numbering == CS_NUMBERING_STEP &&
      cs_section_stands_under (section->parent, CS_TOPIC_ROLLOUT))
    add (facts, CS_FACT_STAGE, section->line, section->title);
  return risk;
}
