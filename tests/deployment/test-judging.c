/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands print, judged by what is expected of them. */

#include "cs-expectations.h"
#include "cs-judging.h"
#include "cs-output-lines.h"

#include <string.h>

#define MET CS_VERDICT_MET
#define NOT CS_VERDICT_NOT_MET
#define OPEN CS_VERDICT_OPEN

/* Listed below "Expected:", in a comment: lines of output, but nobody says that these are all. */
#define LISTED 2

typedef struct
{
  const char *text;
  int shown;
  CsVerdict verdict;
  guint line; /* of the output that decides; 0: none */
} Expected;

typedef struct
{
  const char *name;
  const char *output;
  int status;
  Expected expected[8];
} Case;

static const Case LINES[] = {
  { "one-word", "checking\n60\n", 0, { { "60", FALSE, MET, 2 } } },
  { "one-word-within", "160\n60 %\nit took 60 s\n-60\n", 0, { { "60", FALSE, NOT, 0 } } },
  { "cell", "+----+\n| 70 |\n+----+\n", 0, { { "70", FALSE, MET, 2 } } },
  { "in-order", "OK\nOK\nFAIL\n", 0,
    { { "OK", FALSE, MET, 1 }, { "OK", FALSE, MET, 2 }, { "OK", FALSE, OPEN, 1 } } },
  { "shown-in-order", "b\na\n", 0, { { "a", TRUE, MET, 2 }, { "b", TRUE, NOT, 0 } } },
  { "joined", "60OKOKOK\n", 0,
    { { "60", FALSE, MET, 1 }, { "OK", FALSE, MET, 1 }, { "OK", FALSE, MET, 1 },
      { "OK", FALSE, MET, 1 } } },
  { "joined-otherwise", "60OKNO\n", 0,
    { { "60", FALSE, NOT, 0 }, { "OK", FALSE, NOT, 0 }, { "OK", FALSE, NOT, 0 } } },
  { "leaders", "  retell ....................\n  min_confidence ..... 60\n  default .... 145\n", 0,
    { { "retell", TRUE, MET, 1 },
      { "  min_confidence ........................... 60", TRUE, MET, 2 },
      { "  default ..................... 45", TRUE, NOT, 0 } } },
  { "goes-on", "● fpm.service - PHP\n   Loaded: loaded (/lib/fpm.service; enabled)\n"
               "   Active: active (running) since Tue\n", 0,
    { { "● fpm.service - PHP", TRUE, MET, 1 },
      { "   Loaded: loaded", TRUE, MET, 2 },
      { "   Active: active (running)", TRUE, MET, 3 } } },
  { "other-word", "Active: inactive (running)\nreactive (running)\n", 0,
    { { "active (running)", FALSE, NOT, 0 } } },
  { "more-before", "   INFO  Configuration cached successfully.\n", 0,
    { { "Configuration cached successfully.", TRUE, OPEN, 1 } } },
  { "more-before-a-name", "-rw-r--r-- 1 root root 113 Nov 21 18:18 sums_of_all.txt\n", 0,
    { { "sums_of_all.txt", LISTED, OPEN, 1 } } },
  { "another-label", "   Active: active (running)\nkey\trows\nidx_phone\t7\n", 0,
    { { "Status: active (running)", LISTED, OPEN, 1 }, { "key: idx_phone", TRUE, NOT, 0 },
      { "possible_keys: idx_phone", LISTED, OPEN, 3 } } },
  { "the-same-label", "state: open\nother: closed!\n", 0,
    { { "state: closed!", TRUE, NOT, 0 } } },
  { "described", "   Active: active (running) since Tue\n", 0,
    { { "active (running)", FALSE, MET, 1 } } },
  { "crosses", "queue_00   RUNNING   pid 4711, uptime 0:00:05\n", 0,
    { { "queue_00  RUNNING pid XXXXX, uptime 0:00:05", TRUE, MET, 1 } } },
  { "another-time", "queue_00   RUNNING   pid 4711, uptime 1:12:09\n", 0,
    { { "queue_00  RUNNING pid XXXXX, uptime 0:00:05", TRUE, OPEN, 1 } } },
  { "date-parts", "backup_20261121_150405.sql\n", 0,
    { { "backup_YYYYMMDD_HHMMSS.sql", TRUE, MET, 1 } } },
  { "no-date", "backup_today.sql\n", 0, { { "backup_YYYYMMDD_HHMMSS.sql", TRUE, NOT, 0 } } },
  { "another-day", "full_backup_20261121_150405.sql.gz\n", 0,
    { { "full_backup_20251006_HHMMSS.sql.gz (5-50 MB)", LISTED, OPEN, 1 } } },
  { "placeholder", "HEAD is now at 1f2e3d Fix\n", 0,
    { { "HEAD is now at <COMMIT_HASH> Fix", TRUE, MET, 1 } } },
  { "remark", "cal_slots_15_0_2563193_2026\n", 0,
    { { "cal_slots_15_0_2563193_... (Company 15)", LISTED, OPEN, 1 } } },
  { "setting", "APP_DEBUG=true\nFEATURE_X=false\n", 0, { { "FEATURE_X=false", FALSE, MET, 2 } } },
  { "setting-commented-out", "#FEATURE_X=false\n# FEATURE_X=false\nFEATURE_X=falsely\n", 0,
    { { "FEATURE_X=false", FALSE, NOT, 0 } } },
  { "setting-found", "config/.env:12:FEATURE_X=false\n", 0,
    { { "FEATURE_X=false", FALSE, MET, 1 } } },
  { "bullets-in-any-order", "B=2\nA=1\n", 0,
    { { "- A=1", LISTED, MET, 2 }, { "- B=2", LISTED, OPEN, 1 } } },
  { "columns", "idx_phone\tcompany_id\t1\n", 0,
    { { "idx_phone   | company_id  | 1", LISTED, MET, 1 } } },
  { "table", "POST   api/v2/bookings      │ api.limit\n", 0,
    { { "POST   api/v2/bookings              │ api.limit", LISTED, MET, 1 } } },
  { "alternatives", "type: range\n", 0, { { "type: range or ref", LISTED, OPEN, 0 } } },
  { "anything", "first\nsecond\nlast\n", 0,
    { { "first", TRUE, MET, 1 }, { "last", TRUE, MET, 3 } } },
  { "json", "{\"service\":\"x\",\"status\":\"ok\"}\n", 0,
    { { "{\"status\": \"ok\"}", FALSE, MET, 1 } } },
  { "json-laid-out", "{\n  \"status\": \"ok\",\n  \"n\": 1\n}\n", 0,
    { { "{\"status\": \"ok\"}", FALSE, MET, 1 } } },
  { "json-otherwise", "{\"status\":\"not ok\"}\n[{\"count\": 71}]\n", 0,
    { { "{\"status\": \"ok\"}", FALSE, NOT, 0 }, { "[{\"count\": 70}]", FALSE, NOT, 0 } } },
  { "json-in-one-line", "{\"status\":\"healthy\",\"timestamp\":\"2025-10-01T10:00\"}\n", 0,
    { { "{", LISTED, MET, 1 }, { "\"status\": \"healthy\",", FALSE, MET, 1 },
      { "\"timestamp\": \"2025-10-01T...\"", LISTED, MET, 1 }, { "}", LISTED, MET, 1 } } },
  { "glob", "Restarted web-17 in 3 s\n", 0,
    { { "Restarted web-?? in * s (glob)", TRUE, MET, 1 }, { "Stopped * (glob)", TRUE, NOT, 0 } } },
  { "regex", "took 17 ms\n", 0,
    { { "took \\d+ ms (regex)", TRUE, MET, 1 }, { "took ( ms (regex)", TRUE, OPEN, 0 } } },
  { "colours", "\033[32mPASS\033[0m  Tests\\Unit\n", 0, { { "PASS  Tests\\Unit", TRUE, MET, 1 } } },
  { "written-over", "10 %\r50 %\rdone\r\n", 0, { { "done", TRUE, MET, 3 } } },
  { "empty", "\n  \n", 0, { { "(no output)", LISTED, MET, 0 } } },
  { "not-empty", "\nsomething\n", 0, { { "Empty", FALSE, NOT, 2 } } },
  { "person", "clean\n", 0, { { "Should show clean working tree", FALSE, OPEN, 0 } } },
  { "status", "no\n", 1, { { "no", TRUE, MET, 1 }, { "[1]", TRUE, MET, 0 } } },
  { "other-status", "no\n", 0, { { "no", TRUE, MET, 1 }, { "[1]", TRUE, NOT, 0 } } },
};

static const Case NUMBERS[] = {
  { "below", "Query with eager loading: 12.34ms\n", 0,
    { { "Query with eager loading: <50ms", TRUE, MET, 1 } } },
  { "above", "Query with eager loading: 51 ms\n", 0,
    { { "Query with eager loading: <50ms", TRUE, NOT, 1 } } },
  { "other-unit", "Response time: 0.18 s\n", 0, { { "Response time <200ms", FALSE, MET, 1 } } },
  { "other-unit-above", "Response time: 0.3 s\n", 0,
    { { "Response time < 200 ms", FALSE, NOT, 1 } } },
  { "each-line", "Response time: 80ms\nResponse time: 120ms\n", 0,
    { { "Response time <100ms", FALSE, NOT, 2 } } },
  { "no-unit", "Response time: 80\n", 0, { { "Response time <100ms", FALSE, OPEN, 1 } } },
  { "not-said", "All fine\n", 0, { { "Response time <100ms", FALSE, OPEN, 0 } } },
  { "rows", "id: 1\ntype: range\nrows: 3\n", 0, { { "rows: <10 (not 70!)", FALSE, MET, 3 } } },
  { "rows-above", "rows: 70\n", 0, { { "rows: <10", FALSE, NOT, 1 } } },
  { "rows-at", "rows: 10\n", 0,
    { { "rows: <10", FALSE, NOT, 1 }, { "rows: <=10", FALSE, MET, 1 } } },
  { "other-word", "arrows: 3\n", 0, { { "rows: <10", FALSE, OPEN, 0 } } },
  { "several", "type: range\nkey: idx\nrows: 3\n", 0,
    { { "type: range, key: idx, rows: <10", FALSE, MET, 3 } } },
  { "several-not-all", "type: ALL\nkey: idx\nrows: 3\n", 0,
    { { "type: range, key: idx, rows: <10", FALSE, OPEN, 3 } } },
  { "several-above", "type: range\nkey: idx\nrows: 70\n", 0,
    { { "type: range, key: idx, rows: <10", FALSE, NOT, 3 } } },
  { "the-one", "executed in 3.2 ms\n", 0, { { "<5ms per query (with index)", FALSE, MET, 1 } } },
  { "which-one", "a 3 ms\nb 7 ms\n", 0, { { "<5ms per query (with index)", FALSE, OPEN, 0 } } },
  { "share", "Hit rate ........ 92.5%\n", 0, { { "Hit rate >80%", FALSE, MET, 1 } } },
  { "share-of-count", "Hit rate: 92.5\n", 0, { { "Hit rate >80%", FALSE, OPEN, 1 } } },
  { "size", "5.2M\tbackup\n", 0, { { "> 1MB", FALSE, MET, 1 } } },
  { "size-doubtful", "size: 1.02 MiB\n", 0, { { "size > 1.05 MB", FALSE, OPEN, 1 } } },
  { "size-below", "size: 4 KiB\n", 0, { { "size > 1 GiB", FALSE, NOT, 1 } } },
  { "thousands", "Rows read: 12,345\n", 0, { { "rows read > 1,000", FALSE, MET, 1 } } },
  { "comma", "Dauer: 0,5 Sekunden\n", 0, { { "Dauer < 1 s", FALSE, MET, 1 } } },
  { "negative", "offset: -3 ms\n", 0, { { "offset < 5ms", FALSE, MET, 1 } } },
};

static GPtrArray *
make_judgements (const Expected *expected, guint n)
{
  GPtrArray *judgements = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_judgement_free);

  for (guint i = 0; i < n && expected[i].text != NULL; i++)
    {
      CsJudgement *judgement = g_new0 (CsJudgement, 1);

      judgement->text = g_strdup (expected[i].text);
      judgement->shown = expected[i].shown == TRUE;
      judgement->judge =
        g_strdup (cs_expectation_judge (expected[i].text, expected[i].shown != FALSE));
      g_ptr_array_add (judgements, judgement);
    }
  return judgements;
}

static void
test_case (gconstpointer data)
{
  const Case *one = data;
  g_autoptr (GBytes) output = g_bytes_new_static (one->output, strlen (one->output));
  g_autoptr (GPtrArray) judgements = make_judgements (one->expected, G_N_ELEMENTS (one->expected));

  cs_judge_output (judgements, output, FALSE, one->status);
  for (guint i = 0; i < judgements->len; i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (judgements, i);

      if (judgement->verdict != one->expected[i].verdict ||
          judgement->output_line != one->expected[i].line)
        g_error ("“%s” is %s by line %u (%s), not %s by line %u", judgement->text,
                 cs_verdict_to_string (judgement->verdict), judgement->output_line,
                 judgement->found, cs_verdict_to_string (one->expected[i].verdict),
                 one->expected[i].line);
    }
}

/* The exit status is what counts, and what the output shown says of it. */
static void
test_status (void)
{
  static const Expected plain[] = { { "no", TRUE, MET, 1 } };
  static const Expected failing[] = { { "no", TRUE, MET, 1 }, { "[3]", TRUE, MET, 0 } };
  g_autoptr (GBytes) output = g_bytes_new_static ("no\n", 3);
  g_autoptr (GPtrArray) one = make_judgements (plain, 1);
  g_autoptr (GPtrArray) other = make_judgements (failing, 2);

  g_assert_true (cs_judge_output (one, output, FALSE, 0));
  g_assert_false (cs_judge_output (one, output, FALSE, 3));
  g_assert_true (cs_judge_output (other, output, FALSE, 3));
  g_assert_false (cs_judge_output (other, output, FALSE, 0));
}

/* Of what was not kept nobody can say that it did not stand there. */
static void
test_truncated (void)
{
  static const Expected expected[] = { { "here", TRUE, MET, 1 },
                                       { "not here", TRUE, OPEN, 0 },
                                       { "n: <5", TRUE, OPEN, 2 },
                                       { "m: <5", TRUE, NOT, 3 },
                                       { "empty", FALSE, NOT, 1 } };
  const char *text = "here\nn: 3\nm: 7\n";
  g_autoptr (GBytes) output = g_bytes_new_static (text, strlen (text));
  g_autoptr (GPtrArray) judgements = make_judgements (expected, G_N_ELEMENTS (expected));

  cs_judge_output (judgements, output, TRUE, 0);
  for (guint i = 0; i < judgements->len; i++)
    {
      const CsJudgement *judgement = g_ptr_array_index (judgements, i);

      g_assert_cmpint (judgement->verdict, ==, expected[i].verdict);
      g_assert_cmpuint (judgement->output_line, ==, expected[i].line);
    }
}

/* What an author may write and a program may print takes bounded time. */
static void
test_bounded (void)
{
  static const Expected expected[] = { { "a...a...a...a...a...a...b", TRUE, OPEN, 0 },
                                       { "(a+)+b (regex)", TRUE, OPEN, 0 },
                                       { "{\"a\": 1}", FALSE, OPEN, 0 } };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) output = NULL;
  g_autoptr (GPtrArray) judgements = make_judgements (expected, G_N_ELEMENTS (expected));
  gint64 begun;

  for (guint i = 0; i < 200; i++)
    {
      for (guint k = 0; k < 20000; k++)
        g_string_append_c (text, 'a');
      g_string_append (text, "\n{\n}\n[[[[\n");
    }
  output = g_bytes_new (text->str, text->len);
  begun = g_get_monotonic_time ();
  cs_judge_output (judgements, output, FALSE, 0);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (((CsJudgement *) g_ptr_array_index (judgements, i))->verdict, !=, MET);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 60 * G_USEC_PER_SEC);
}

/* Any bytes make lines. */
static void
test_lines (void)
{
  const char bytes[] = "a\0b\n\xff\xfe\033]0;title\007x\033[1;31mred\033[0m\n\033[";
  g_autoptr (GBytes) output = g_bytes_new_static (bytes, sizeof bytes - 1);
  g_autoptr (GPtrArray) lines = NULL;
  gboolean cut = TRUE;

  lines = cs_output_lines_new (output, &cut);
  g_assert_false (cut);
  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (lines, 0), ==, "ab");
  g_assert_true (g_str_has_suffix (g_ptr_array_index (lines, 1), "xred"));
  g_assert_cmpstr (g_ptr_array_index (lines, 2), ==, "");
}

/* What a record says comes back from it. */
static void
test_json (void)
{
  static const Expected expected[] = { { "here", TRUE, MET, 1 },
                                       { "Should be fine", FALSE, OPEN, 0 } };
  g_autoptr (GBytes) output = g_bytes_new_static ("here\n", 5);
  g_autoptr (GPtrArray) judgements = make_judgements (expected, G_N_ELEMENTS (expected));
  g_autoptr (JsonArray) array = NULL;
  g_autoptr (GPtrArray) again = NULL;
  const CsJudgement *first;

  cs_judge_output (judgements, output, FALSE, 0);
  array = cs_judgements_to_json (judgements);
  again = cs_judgements_new_from_json (array);
  g_assert_cmpuint (again->len, ==, 2);
  first = g_ptr_array_index (again, 0);
  g_assert_cmpstr (first->text, ==, "here");
  g_assert_cmpstr (first->found, ==, "here");
  g_assert_cmpint (first->verdict, ==, MET);
  g_assert_true (cs_judgements_have (again, OPEN));
  g_assert_false (cs_judgements_have (again, NOT));
  g_assert_null (cs_judgements_new_from_json (NULL));
}

static void
add_cases (const char *group, const Case *cases, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/judging/%s/%s", group, cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_cases ("line", LINES, G_N_ELEMENTS (LINES));
  add_cases ("number", NUMBERS, G_N_ELEMENTS (NUMBERS));
  g_test_add_func ("/judging/status", test_status);
  g_test_add_func ("/judging/truncated", test_truncated);
  g_test_add_func ("/judging/bounded", test_bounded);
  g_test_add_func ("/judging/lines", test_lines);
  g_test_add_func ("/judging/json", test_json);
  return g_test_run ();
}
