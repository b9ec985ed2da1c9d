/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a watch found, in the words of the window. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-watch-words.h"

#include "cs-time-words.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static const struct
{
  const char *words;
  const char *icon;
  const char *css_class;
} verdicts[] = {
  [CS_WATCH_GOOD] = { N_("Good"), "cs-passed-symbolic", "status-passed" },
  [CS_WATCH_BAD] = { N_("Bad"), "cs-failed-symbolic", "status-failed" },
  [CS_WATCH_ERROR] = { N_("Not measured"), "dialog-warning-symbolic", "status-waiting" },
  [CS_WATCH_INCONCLUSIVE] = { N_("Undecided"), "dialog-question-symbolic", "status-todo" },
};

/**
 * cs_watch_words_number:
 * @number: a number
 * @unit: (nullable): its unit; "s": seconds, told in milliseconds where that is easier
 *
 * Returns: (transfer full): such as "12 ms" or "0.4 %"
 */
char *
cs_watch_words_number (double number, const char *unit)
{
  if (!isfinite (number))
    return g_strdup ("–");
  if (g_strcmp0 (unit, "s") == 0 && number != 0 && fabs (number) < 1)
    return g_strdup_printf (C_ ("duration", "%.3g ms"), number * 1000);
  if (unit == NULL || *unit == '\0' || strcmp (unit, "count") == 0)
    return g_strdup_printf ("%.4g", number);
  return g_strdup_printf ("%.4g %s", number, unit);
}

/**
 * cs_watch_words_criterion:
 * @criterion: a bound
 *
 * Returns: (transfer full): such as "Error rate > 10 % for 5 min"
 */
char *
cs_watch_words_criterion (const CsCriterion *criterion)
{
  g_autoptr (GString) words = g_string_new (criterion->metric);

  if (criterion->field != CS_FIELD_FAILURE || criterion->statistic != CS_STATISTIC_EACH)
    {
      g_string_append_printf (words, " %s %g", criterion->comparison, criterion->value);
      if (criterion->unit != NULL && *criterion->unit != '\0' &&
          strcmp (criterion->unit, "count") != 0)
        g_string_append_printf (words, " %s", criterion->unit);
    }
  if (criterion->consecutive > 1)
    {
      guint n = criterion->consecutive;

      /* Translators: how often a bound is to be passed; follows the bound: "Error rate > 10 %" */
      g_string_append_printf (words, ngettext (", %u time in a row", ", %u times in a row", n), n);
    }
  if (criterion->lasting > 0)
    {
      g_autofree char *time = cs_time_words_duration (criterion->lasting / G_USEC_PER_SEC);

      /* Translators: how long a bound is to be passed; follows the bound: "Error rate > 10 %" */
      g_string_append_printf (words, _(" for %s"), time);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/**
 * cs_watch_words_probe:
 * @probe: a probe
 *
 * Returns: (transfer full): what it asks, and how often
 */
char *
cs_watch_words_probe (const CsProbe *probe)
{
  g_autofree char *every = cs_time_words_duration (probe->interval / G_USEC_PER_SEC);

  /* Translators: a URL or the name of a server, and a time such as "5 s" */
  return g_strdup_printf (_("%s, every %s"), cs_probe_get_place (probe), every);
}

/** cs_watch_words_verdict: (transfer none): a verdict in a word. */
const char *
cs_watch_words_verdict (CsWatchVerdict verdict)
{
  return _(verdicts[verdict].words);
}

/** cs_watch_words_icon: (transfer none): the name of an icon. */
const char *
cs_watch_words_icon (CsWatchVerdict verdict)
{
  return verdicts[verdict].icon;
}

/** cs_watch_words_class: (transfer none): a CSS class that colours it. */
const char *
cs_watch_words_class (CsWatchVerdict verdict)
{
  return verdicts[verdict].css_class;
}

/** cs_watch_words_severity: (transfer none): what it means that a bound is passed. */
const char *
cs_watch_words_severity (CsSeverity severity)
{
  static const char *const words[] = {
    [CS_SEVERITY_TARGET] = N_("A goal"),
    [CS_SEVERITY_WARNING] = N_("People are told"),
    [CS_SEVERITY_CRITICAL] = N_("People are called"),
    [CS_SEVERITY_ROLLBACK] = N_("Leads to the rollback"),
  };

  return _(words[severity]);
}

/** cs_watch_words_field: (transfer none): what a number of a probe is. */
const char *
cs_watch_words_field (CsField field)
{
  static const char *const words[] = {
    [CS_FIELD_FAILURE] = N_("Failed checks"),
    [CS_FIELD_VALUE] = N_("Value"),
    [CS_FIELD_TIME] = N_("Response time"),
    [CS_FIELD_FIRST_BYTE] = N_("Time to the first byte"),
  };

  return _(words[field]);
}

/** cs_watch_words_statistic: (transfer none): what of the numbers is compared. */
const char *
cs_watch_words_statistic (CsStatistic statistic)
{
  static const char *const words[] = {
    [CS_STATISTIC_EACH] = N_("Each number"),
    [CS_STATISTIC_MEAN] = N_("Mean"),
    [CS_STATISTIC_P50] = N_("Median"),
    [CS_STATISTIC_P95] = N_("p95: 95 of 100 are not more"),
    [CS_STATISTIC_P99] = N_("p99: 99 of 100 are not more"),
    [CS_STATISTIC_INCREASE] = N_("Increase in a second"),
  };

  return _(words[statistic]);
}

/**
 * cs_watch_words_alarm_end:
 * @alarm: an alarm
 *
 * Returns: (transfer full): what has come of it so far
 */
char *
cs_watch_words_alarm_end (const CsAlarm *alarm)
{
  g_autofree char *when = NULL;
  g_autofree char *held = NULL;

  if (alarm->fired_at != 0)
    {
      when = cs_time_words_moment (alarm->fired_at);
      return g_strdup_printf (_("Rolled back at %s: “%s”"), when, alarm->procedure);
    }
  if (alarm->stopped_by != NULL)
    held = g_strdup_printf (_("The rollback was held by %s: %s"), alarm->stopped_by,
                            alarm->stop_reason);
  if (alarm->settled_at != 0)
    {
      g_autofree char *over = NULL;

      when = cs_time_words_moment (alarm->settled_at);
      over = g_strdup_printf (_("Over since %s"), when);
      return held != NULL ? g_strconcat (held, "\n", over, NULL) : g_steal_pointer (&over);
    }
  if (held != NULL)
    return g_steal_pointer (&held);
  if (alarm->acknowledged_by != NULL)
    return g_strdup_printf (_("%s takes care of it"), alarm->acknowledged_by);
  return g_strdup (_("Nobody takes care of it yet"));
}
