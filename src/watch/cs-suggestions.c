/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the bounds that a runbook names to bounds of a watch. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-suggestions.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-unit.h"

#include <math.h>
#include <string.h>

static const char *const failure_words[] = { "fail", "health", "unavailab", "fehlschl", "ausfall" };
static const char *const error_words[] = { "error", "fehler", "5xx", "erreur", "erro" };

static gboolean
has_word (const char *metric, const char *const *words, guint n)
{
  g_autofree char *folded = g_utf8_casefold (metric, -1);

  for (guint i = 0; i < n; i++)
    if (strstr (folded, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static CsStatistic
find_statistic (const char *metric)
{
  static const struct
  {
    const char *word;
    CsStatistic statistic;
  } words[] = {
    { "p50", CS_STATISTIC_P50 },           { "median", CS_STATISTIC_P50 },
    { "p95", CS_STATISTIC_P95 },           { "p99", CS_STATISTIC_P99 },
    { "average", CS_STATISTIC_MEAN },      { "mean", CS_STATISTIC_MEAN },
    { "durchschnitt", CS_STATISTIC_MEAN },
  };
  g_autofree char *folded = g_utf8_casefold (metric, -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (folded, words[i].word) != NULL)
      return words[i].statistic;
  return CS_STATISTIC_EACH;
}

static CsCriterion *
read_fact (const CsFact *fact)
{
  g_autoptr (JsonObject) object = json_object_new ();
  const char *metric = cs_fact_get_string (fact, "metric");
  g_autoptr (CsCriterion) self = NULL;
  const char *source = cs_fact_get_string (fact, "source");

  /* Scripts and comments say what a step expects when it is run. */
  if (metric == NULL || g_strcmp0 (source, "script") == 0 || g_strcmp0 (source, "comment") == 0 ||
      g_strcmp0 (source, "checkbox") == 0)
    return NULL;
  cs_fact_write (fact, object);
  self = cs_criterion_new (NULL, NULL, metric);
  if (!cs_severity_from_string (cs_fact_get_string (fact, "severity"), &self->severity))
    return NULL;
  g_free (self->comparison);
  self->comparison = g_strdup (cs_fact_get_string (fact, "op"));
  self->value = json_object_get_double_member_with_default (object, "value", NAN);
  self->unit = g_strdup (cs_fact_get_string (fact, "unit"));
  self->lasting = cs_json_get_int (object, "window_seconds", 0) * G_USEC_PER_SEC;
  self->consecutive = (guint) CLAMP (cs_json_get_int (object, "consecutive", 1), 1, 1000);
  self->line = fact->line;
  self->field = self->consecutive > 1 ? CS_FIELD_FAILURE : CS_FIELD_VALUE;
  return g_steal_pointer (&self);
}

/**
 * cs_suggestions_find:
 * @runbook: a runbook
 *
 * Returns: (transfer full): of #CsCriterion: what it says should be watched
 */
GPtrArray *
cs_suggestions_find (CsRunbook *runbook)
{
  GPtrArray *facts = cs_runbook_get_facts (runbook);
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_criterion_free);

  for (guint i = 0; i < facts->len; i++)
    {
      const CsFact *fact = facts->pdata[i];
      CsCriterion *criterion = fact->kind == CS_FACT_THRESHOLD ? read_fact (fact) : NULL;

      if (criterion != NULL)
        g_ptr_array_add (found, criterion);
    }
  return found;
}

static gboolean
measures (const char *from, const char *to)
{
  double converted;

  return from != NULL && to != NULL && cs_unit_convert (1, from, to, &converted);
}

/* Which number of the probe the bound is about; FALSE if there is none. */
static gboolean
choose (CsCriterion *self, const CsProbe *probe)
{
  gboolean counts = self->unit == NULL || measures (self->unit, "count");

  if (self->consecutive > 1 ||
      (counts && has_word (self->metric, failure_words, G_N_ELEMENTS (failure_words))))
    {
      self->field = CS_FIELD_FAILURE;
      self->statistic = CS_STATISTIC_EACH;
      g_free (self->comparison);
      self->comparison = g_strdup (">=");
      self->value = 1;
      g_clear_pointer (&self->unit, g_free);
      return TRUE;
    }
  if (cs_probe_has_value (probe) && measures (self->unit, "/s") && !measures (probe->unit, "/s"))
    {
      self->field = CS_FIELD_VALUE;
      self->statistic = CS_STATISTIC_INCREASE;
      return TRUE;
    }
  if (cs_probe_has_value (probe) &&
      (probe->unit == NULL || self->unit == NULL || measures (probe->unit, self->unit)))
    {
      self->field = CS_FIELD_VALUE;
      self->statistic = CS_STATISTIC_EACH;
      return TRUE;
    }
  if (measures (self->unit, "s"))
    {
      self->field = CS_FIELD_TIME;
      self->statistic = find_statistic (self->metric);
      return probe->kind != CS_PROBE_PROMETHEUS;
    }
  self->field = CS_FIELD_FAILURE;
  self->statistic = CS_STATISTIC_MEAN;
  return measures (self->unit, "%") && !cs_probe_has_value (probe) &&
         has_word (self->metric, error_words, G_N_ELEMENTS (error_words));
}

/**
 * cs_suggestion_attach:
 * @suggestion: a bound that cs_suggestions_find() gave
 * @probe: whose numbers are to be held to it
 * @error: INVALID
 *
 * Failures in a row are failed checks; a time is the time that the answer takes, a percentile of it
 * if the bound names one; a share of errors is the share of checks that failed, unless the probe
 * has a value in percent. Whatever else is compared with the probe's value.
 *
 * Returns: (transfer full) (nullable): the bound
 */
CsCriterion *
cs_suggestion_attach (const CsCriterion *suggestion, const CsProbe *probe, GError **error)
{
  g_autoptr (CsCriterion) self = cs_criterion_copy (suggestion);

  g_free (self->probe);
  self->probe = g_strdup (probe->id);
  if (!choose (self, probe))
    {
      g_autofree char *words = cs_criterion_dup_words (suggestion);

      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” can't be compared with what the probe “%s” measures. Give the probe a "
                   "value in that unit, or choose another probe.",
                   words, probe->name);
      return NULL;
    }
  if (!cs_criterion_check (self, probe->unit, error))
    return NULL;
  return g_steal_pointer (&self);
}
