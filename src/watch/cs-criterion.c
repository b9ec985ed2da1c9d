/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bound that a probe's numbers are held to: "error rate > 10 % for 5 minutes". */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-criterion.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-unit.h"

#include <math.h>
#include <string.h>

/** MAX_LASTING: seconds; a bound that is to hold for longer than a day is a report, no alarm */
#define MAX_LASTING 86400
#define MAX_CONSECUTIVE 1000

static const char *const severities[] = { "target", "warning", "critical", "rollback" };
static const char *const statistics[] = { "each", "mean", "p50", "p95", "p99", "increase" };
static const char *const signs[] = { ">", ">=", "<", "<=", "==", "!=" };

static gboolean
find_word (const char *const *words, guint n, const char *word, guint *position)
{
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (words[i], word) == 0)
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * cs_severity_to_string:
 * @severity: a severity
 *
 * Returns: its word in records and on the command line
 */
const char *
cs_severity_to_string (CsSeverity severity)
{
  g_return_val_if_fail ((guint) severity < G_N_ELEMENTS (severities), NULL);
  return severities[severity];
}

/**
 * cs_severity_from_string:
 * @word: (nullable): a word
 * @severity: (out): what it means
 *
 * Returns: FALSE if it means none
 */
gboolean
cs_severity_from_string (const char *word, CsSeverity *severity)
{
  guint position;

  if (!find_word (severities, G_N_ELEMENTS (severities), word, &position))
    return FALSE;
  *severity = position;
  return TRUE;
}

/**
 * cs_statistic_to_string:
 * @statistic: a statistic
 *
 * Returns: its word in records and on the command line
 */
const char *
cs_statistic_to_string (CsStatistic statistic)
{
  g_return_val_if_fail ((guint) statistic < G_N_ELEMENTS (statistics), NULL);
  return statistics[statistic];
}

/**
 * cs_statistic_from_string:
 * @word: (nullable): a word
 * @statistic: (out): what it means
 *
 * Returns: FALSE if it means none
 */
gboolean
cs_statistic_from_string (const char *word, CsStatistic *statistic)
{
  guint position;

  if (!find_word (statistics, G_N_ELEMENTS (statistics), word, &position))
    return FALSE;
  *statistic = position;
  return TRUE;
}

/**
 * cs_criterion_new:
 * @id: what it is called in records
 * @probe: the id of the probe whose numbers it holds
 * @metric: what it is about, in words
 *
 * Returns: (transfer full): one that says that a check may not fail, as a warning
 */
CsCriterion *
cs_criterion_new (const char *id, const char *probe, const char *metric)
{
  CsCriterion *self = g_new0 (CsCriterion, 1);

  self->id = g_strdup (id);
  self->probe = g_strdup (probe);
  self->metric = g_strdup (metric);
  self->comparison = g_strdup (">=");
  self->value = 1;
  self->consecutive = 1;
  self->severity = CS_SEVERITY_WARNING;
  return self;
}

/**
 * cs_criterion_copy:
 * @self: a bound
 *
 * Returns: (transfer full): the same
 */
CsCriterion *
cs_criterion_copy (const CsCriterion *self)
{
  CsCriterion *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  copy->probe = g_strdup (self->probe);
  copy->metric = g_strdup (self->metric);
  copy->comparison = g_strdup (self->comparison);
  copy->unit = g_strdup (self->unit);
  return copy;
}

/**
 * cs_criterion_free:
 * @self: (nullable): a bound
 */
void
cs_criterion_free (CsCriterion *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->probe);
  g_free (self->metric);
  g_free (self->comparison);
  g_free (self->unit);
  g_free (self);
}

static gboolean
fail (const CsCriterion *self, const char *problem, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Threshold “%s”: %s.", self->metric, problem);
  return FALSE;
}

/* The unit in which the statistic comes. */
static const char *
get_own_unit (const CsCriterion *self, const char *probe_unit)
{
  if (self->statistic == CS_STATISTIC_INCREASE)
    return "/s";
  switch (self->field)
    {
    case CS_FIELD_FAILURE:
      return self->statistic == CS_STATISTIC_EACH ? "count" : "ratio";
    case CS_FIELD_TIME:
    case CS_FIELD_FIRST_BYTE:
      return "s";
    case CS_FIELD_VALUE:
    default:
      return probe_unit;
    }
}

/**
 * cs_criterion_check:
 * @self: a bound
 * @probe_unit: (nullable): of the probe's value
 * @error: INVALID: what is wrong with it
 *
 * Returns: whether it can be judged at all
 */
gboolean
cs_criterion_check (const CsCriterion *self, const char *probe_unit, GError **error)
{
  guint position;
  double converted;

  if (self->metric == NULL || *self->metric == '\0')
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A threshold needs a name.");
      return FALSE;
    }
  if (!find_word (signs, G_N_ELEMENTS (signs), self->comparison, &position))
    return fail (self, "it compares by >, >=, <, <=, == or !=", error);
  if (!isfinite (self->value))
    return fail (self, "its bound is not a number", error);
  if (self->lasting < 0 || self->lasting > (gint64) MAX_LASTING * G_USEC_PER_SEC)
    return fail (self, "it can last from 0 seconds to 24 hours", error);
  if (self->consecutive < 1 || self->consecutive > MAX_CONSECUTIVE)
    return fail (self, "it can ask for 1 to 1000 in a row", error);
  if (!cs_unit_convert (1, get_own_unit (self, probe_unit), self->unit, &converted))
    {
      g_set_error (
        error, CS_ERROR, CS_ERROR_INVALID,
        "Threshold “%s”: its unit is “%s”, but the probe measures in “%s”. Choose another "
        "unit, or another number of the probe.",
        self->metric, self->unit, get_own_unit (self, probe_unit));
      return FALSE;
    }
  return TRUE;
}

/**
 * cs_criterion_set_condition:
 * @self: a bound
 * @text: a sign, a number and a unit, if it has one: "> 10 %"
 * @error: INVALID
 *
 * Returns: whether it was understood
 */
gboolean
cs_criterion_set_condition (CsCriterion *self, const char *text, GError **error)
{
  gsize length = strspn (text, "<>=!");
  char *end = NULL;
  double value = g_ascii_strtod (text + length, &end);

  if (length == 0 || end == text + length)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no condition: write a sign, a number and a unit, as in “> 10 %%”",
                   text);
      return FALSE;
    }
  g_free (self->comparison);
  self->comparison = g_strndup (text, length);
  self->value = value;
  g_free (self->unit);
  self->unit = g_strstrip (g_strdup (end));
  if (*self->unit == '\0')
    g_clear_pointer (&self->unit, g_free);
  return TRUE;
}

/**
 * cs_criterion_is_met:
 * @self: a bound that passed cs_criterion_check()
 * @number: what the statistic gives
 * @probe_unit: (nullable): of the probe's value
 *
 * Returns: whether the number is as the bound says; not whether that is good
 */
gboolean
cs_criterion_is_met (const CsCriterion *self, double number, const char *probe_unit)
{
  double n;
  guint sign = 0;

  if (!cs_unit_convert (number, get_own_unit (self, probe_unit), self->unit, &n))
    return FALSE;
  find_word (signs, G_N_ELEMENTS (signs), self->comparison, &sign);
  switch (sign)
    {
    case 0:
      return n > self->value;
    case 1:
      return n >= self->value;
    case 2:
      return n < self->value;
    case 3:
      return n <= self->value;
    case 4:
      return n == self->value;
    case 5:
    default:
      return n != self->value;
    }
}

static void
append_time (GString *words, gint64 microseconds)
{
  double seconds = (double) microseconds / G_USEC_PER_SEC;

  if (seconds >= 60 && fmod (seconds, 60) == 0)
    g_string_append_printf (words, "%g min", seconds / 60);
  else
    g_string_append_printf (words, "%g s", seconds);
}

/**
 * cs_criterion_dup_number:
 * @self: a bound
 * @number: what the statistic gives
 * @probe_unit: (nullable): of the probe's value
 *
 * Returns: (transfer full): the number in the unit of the bound: "12.5 %"
 */
char *
cs_criterion_dup_number (const CsCriterion *self, double number, const char *probe_unit)
{
  double n = number;
  const char *unit = self->unit != NULL ? self->unit : get_own_unit (self, probe_unit);

  cs_unit_convert (number, get_own_unit (self, probe_unit), self->unit, &n);
  if (unit == NULL || *unit == '\0' || strcmp (unit, "count") == 0)
    return g_strdup_printf ("%.4g", n);
  return g_strdup_printf ("%.4g %s", n, unit);
}

/**
 * cs_criterion_get_level:
 * @self: a bound that passed cs_criterion_check()
 * @probe_unit: (nullable): of the probe's value
 * @level: (out): the bound, in the unit of the numbers that it is about
 *
 * Returns: FALSE if it is about something else than the size of these numbers: failures, or how
 *   fast they grow
 */
gboolean
cs_criterion_get_level (const CsCriterion *self, const char *probe_unit, double *level)
{
  if (self->field == CS_FIELD_FAILURE || self->statistic == CS_STATISTIC_INCREASE)
    return FALSE;
  return cs_unit_convert (self->value, self->unit, get_own_unit (self, probe_unit), level);
}

/**
 * cs_criterion_dup_words:
 * @self: a bound
 *
 * Returns: (transfer full): the whole bound in a line: "Error rate > 10 % for 5 min"
 */
char *
cs_criterion_dup_words (const CsCriterion *self)
{
  g_autoptr (GString) words = g_string_new (self->metric);

  /* That a check failed needs no number. */
  if (self->field != CS_FIELD_FAILURE || self->statistic != CS_STATISTIC_EACH)
    {
      g_string_append_printf (words, " %s %g", self->comparison, self->value);
      if (self->unit != NULL && *self->unit != '\0' && strcmp (self->unit, "count") != 0)
        g_string_append_printf (words, " %s", self->unit);
    }
  if (self->consecutive > 1)
    g_string_append_printf (words, " %u times in a row", self->consecutive);
  if (self->lasting > 0)
    {
      g_string_append (words, " for ");
      append_time (words, self->lasting);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/**
 * cs_criterion_to_json:
 * @self: a bound
 *
 * Returns: (transfer full): what a record keeps of it
 */
JsonNode *
cs_criterion_to_json (const CsCriterion *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  JsonNode *node;
  JsonObject *object;

  json_builder_begin_object (builder);
  json_builder_end_object (builder);
  node = json_builder_get_root (builder);
  object = json_node_get_object (node);
  json_object_set_string_member (object, "id", self->id);
  json_object_set_string_member (object, "probe", self->probe);
  json_object_set_string_member (object, "metric", self->metric);
  json_object_set_string_member (object, "field", cs_field_to_string (self->field));
  json_object_set_string_member (object, "statistic", cs_statistic_to_string (self->statistic));
  json_object_set_string_member (object, "comparison", self->comparison);
  json_object_set_double_member (object, "value", self->value);
  if (self->unit != NULL)
    json_object_set_string_member (object, "unit", self->unit);
  json_object_set_int_member (object, "lasting", self->lasting / G_USEC_PER_SEC);
  json_object_set_int_member (object, "consecutive", self->consecutive);
  json_object_set_string_member (object, "severity", cs_severity_to_string (self->severity));
  if (self->line > 0)
    json_object_set_int_member (object, "line", self->line);
  return node;
}

/**
 * cs_criterion_from_json:
 * @object: what cs_criterion_to_json() gave, or a person wrote
 * @error: INVALID
 *
 * Returns: (transfer full) (nullable): the bound; its unit is not compared with that of a probe yet
 */
CsCriterion *
cs_criterion_from_json (JsonObject *object, GError **error)
{
  const char *metric = cs_json_get_string (object, "metric");
  g_autoptr (CsCriterion) self =
    cs_criterion_new (cs_json_get_string (object, "id"), cs_json_get_string (object, "probe"),
                      metric != NULL ? metric : "");
  const char *comparison = cs_json_get_string (object, "comparison");

  if (self->probe == NULL ||
      !cs_field_from_string (cs_json_get_string (object, "field"), &self->field) ||
      !cs_statistic_from_string (cs_json_get_string (object, "statistic"), &self->statistic) ||
      !cs_severity_from_string (cs_json_get_string (object, "severity"), &self->severity))
    {
      fail (self, "its probe, field, statistic or severity is missing or not known", error);
      return NULL;
    }
  g_free (self->comparison);
  self->comparison = g_strdup (comparison);
  self->value = json_object_get_double_member_with_default (object, "value", NAN);
  self->unit = g_strdup (cs_json_get_string (object, "unit"));
  self->lasting = cs_json_get_int (object, "lasting", 0) * G_USEC_PER_SEC;
  self->consecutive = (guint) CLAMP (cs_json_get_int (object, "consecutive", 1), 0, G_MAXINT);
  self->line = (guint) CLAMP (cs_json_get_int (object, "line", 0), 0, G_MAXINT);
  if (!cs_criterion_check (self, self->unit, error))
    return NULL;
  return g_steal_pointer (&self);
}
