/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a runbook says should be watched, and who is to be called. */

#include "cs-error.h"
#include "cs-escalation.h"
#include "cs-suggestions.h"

#include <string.h>

#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)

static const char document[] =
  "# Runbook\n\n## Deploy\n\n### Step 1: Do it\n\n"
  "```bash\nmake release\n# expecting 50+ files\n```\n\n"
  "## Rollback\n\n### Automatic Rollback Triggers\n\n"
  "- Health check failures (3 consecutive)\n"
  "- Error rate >10% for 5 minutes\n"
  "- P95 response time >500ms\n"
  "- Failed logins >100/hour\n"
  "- Disk usage >90 GB\n\n"
  "### Step 1: Undo it\n\n```bash\nmake undo\n```\n\n"
  "## Escalation Contacts\n\n"
  "### Level 2 - Tech lead (15-30 min)\n\n- Name: Ada\n- Phone: 5\n\n"
  "### Level 1 - Operations (0-15 min)\n\n- Primary: on call\n\n"
  "### Level 3 - Head (>30 min)\n\n- Name: Bob\n\n"
  "### External Support\n\n- Hosting: somebody\n";

static CsRunbook *
parse (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (document, strlen (document));
  g_autoptr (GError) error = NULL;
  CsRunbook *runbook = cs_runbook_new_from_bytes (bytes, &error);

  g_assert_no_error (error);
  return runbook;
}

typedef struct
{
  const char *metric;
  const char *with_check; /* what becomes of it with a probe that checks; NULL: nothing */
  const char *with_value; /* with one that has a value in percent */
} Case;

static const Case cases[] = {
  { "Health check failures", "Health check failures 3 times in a row failure each",
    "Health check failures 3 times in a row failure each" },
  { "Error rate", "Error rate > 10 % for 5 min failure mean",
    "Error rate > 10 % for 5 min value each" },
  { "P95 response time", "P95 response time > 500 ms time p95",
    "P95 response time > 500 ms time p95" },
  { "Failed logins", NULL, "Failed logins > 100 /hour value increase" },
  { "Disk usage", NULL, NULL },
};

static char *
attach (const CsCriterion *suggestion, const CsProbe *probe)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsCriterion) criterion = cs_suggestion_attach (suggestion, probe, &error);
  g_autofree char *words = NULL;

  if (criterion == NULL)
    {
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      return NULL;
    }
  words = cs_criterion_dup_words (criterion);
  return g_strdup_printf ("%s %s %s", words, cs_field_to_string (criterion->field),
                          cs_statistic_to_string (criterion->statistic));
}

static void
test_find (void)
{
  g_autoptr (CsRunbook) runbook = parse ();
  g_autoptr (GPtrArray) found = cs_suggestions_find (runbook);
  g_autoptr (CsProbe) check = cs_probe_new (CS_PROBE_HTTP, "p1", "Health");
  g_autoptr (CsProbe) value = cs_probe_new (CS_PROBE_HTTP, "p2", "Errors");

  value->pointer = g_strdup ("/errors");
  value->unit = g_strdup ("%");
  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (cases));
  for (guint i = 0; i < found->len; i++)
    {
      const CsCriterion *suggestion = found->pdata[i];
      g_autofree char *with_check = attach (suggestion, check);
      g_autofree char *with_value = attach (suggestion, value);

      g_assert_cmpstr (suggestion->metric, ==, cases[i].metric);
      g_assert_cmpint (suggestion->severity, ==, CS_SEVERITY_ROLLBACK);
      g_assert_cmpuint (suggestion->line, ==, 16 + i);
      g_assert_cmpstr (with_check, ==, cases[i].with_check);
      g_assert_cmpstr (with_value, ==, cases[i].with_value);
    }
}

static void
test_escalation (void)
{
  g_autoptr (CsRunbook) runbook = parse ();
  g_autoptr (GPtrArray) levels = cs_escalation_find (runbook);
  const CsEscalationLevel *level;

  g_assert_cmpuint (levels->len, ==, 3);
  level = cs_escalation_get_level (levels, 0);
  g_assert_cmpstr (level->name, ==, "Level 1 - Operations (0-15 min)");
  g_assert_cmpuint (level->contacts->len, ==, 1);
  g_assert_cmpstr (level->contacts->pdata[0], ==, "Primary: on call");
  level = cs_escalation_get_level (levels, 15 * MINUTE);
  g_assert_cmpint (level->until, ==, 30 * MINUTE);
  g_assert_cmpuint (level->contacts->len, ==, 2);
  g_assert_true (cs_escalation_get_level (levels, 29 * MINUTE) == level);
  g_assert_true (cs_escalation_get_level (levels, 300 * MINUTE) == levels->pdata[2]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watch/suggestions/find", test_find);
  g_test_add_func ("/watch/suggestions/escalation", test_escalation);
  return g_test_run ();
}
