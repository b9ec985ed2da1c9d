/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judges what a command printed by what is expected of it. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-judging.h"

#include "cs-output-json.h"
#include "cs-output-lines.h"
#include "cs-output-number.h"
#include "cs-output-pattern.h"

#include <string.h>

/* Goes through an output from its beginning to its end, as its author wrote the expectations. */
typedef struct
{
  GPtrArray *judgements;
  GPtrArray *lines;
  gboolean cut; /* there was more than is known */
  guint line;   /* where the next expectation may be met: a line, from 0 … */
  gsize from;   /* … and a byte in it */
} Judging;

/* What leaves nothing to understand: nothing is to be printed. */
static gboolean
says_empty (const char *text)
{
  static const char *const PHRASES[] = { "empty", "no output", "empty output",
                                         "leer", "keine ausgabe", "leere ausgabe" };
  g_autofree char *lower = g_utf8_strdown (text, -1);
  char *words = lower + strspn (lower, " (");

  for (gsize n = strlen (words); n > 0 && strchr (" ).", words[n - 1]) != NULL;)
    words[--n] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (PHRASES); i++)
    if (strcmp (words, PHRASES[i]) == 0)
      return TRUE;
  return FALSE;
}

/* "[2]" at the end of the output that is shown: an exit status. -1 if it is none. */
static int
says_status (const CsJudgement *judgement, gboolean last)
{
  const char *text = judgement->text + strspn (judgement->text, " ");
  gsize digits = *text == '[' ? strspn (text + 1, "0123456789") : 0;
  gint64 status;

  if (!judgement->shown || !last || digits == 0 || digits > 3 ||
      strcmp (text + 1 + digits, "]") != 0)
    return -1;
  status = g_ascii_strtoll (text + 1, NULL, 10);
  return status <= 255 ? (int) status : -1;
}

static gboolean
is_last_shown (GPtrArray *judgements, guint index)
{
  for (guint i = index + 1; i < judgements->len; i++)
    if (((CsJudgement *) g_ptr_array_index (judgements, i))->shown)
      return FALSE;
  return TRUE;
}

static void
set_found (Judging *self, CsJudgement *judgement, guint line)
{
  const char *text = g_ptr_array_index (self->lines, line);
  gsize length = strlen (text);

  judgement->output_line = line + 1;
  g_free (judgement->found);
  if (length > CS_JUDGEMENT_MAX_FOUND)
    length = (gsize) (g_utf8_find_prev_char (text, text + CS_JUDGEMENT_MAX_FOUND) - text);
  judgement->found = g_strndup (text, length);
}

/* The first line from here on, or from the beginning up to here, in which it stands. */
static CsMatch
search (Judging *self, const CsOutputPattern *pattern, gboolean behind, guint *line, gsize *end)
{
  guint first = behind ? self->line : 0;
  guint stop = behind ? self->lines->len : MIN (self->line + 1, self->lines->len);
  CsMatch best = CS_MATCH_NONE;

  for (guint i = first; i < stop; i++)
    {
      gsize from = behind && i == self->line ? self->from : 0;
      gsize found = 0;
      CsMatch match =
        cs_output_pattern_match (pattern, g_ptr_array_index (self->lines, i), from, &found);

      if (match <= best)
        continue;
      best = match;
      *line = i;
      *end = found;
      if (best == CS_MATCH_SURE)
        break;
    }
  return best;
}

/* "echo -n" leaves what several commands print in one line: "60OKOK". From how many expectations
 * that line comes, if it comes from nothing else; 0. */
static guint
count_joined (Judging *self, guint index, guint start)
{
  const char *line = start < self->lines->len ? g_ptr_array_index (self->lines, start) : "";
  guint n = 0;

  while (*line != '\0' && index + n < self->judgements->len)
    {
      const CsJudgement *judgement = g_ptr_array_index (self->judgements, index + n);
      gsize length = strlen (judgement->text);

      if (strcmp (judgement->judge, "match") != 0 || length == 0 ||
          strncmp (line, judgement->text, length) != 0)
        return 0;
      line += length;
      n++;
    }
  return *line == '\0' && n > 1 ? n : 0;
}

/* What stands in one line in several pieces is met by it as a whole. */
static guint
take_joined (Judging *self, guint index)
{
  guint start = self->line + (self->from > 0 ? 1 : 0);
  guint n;

  while (start < self->lines->len &&
         *(const char *) g_ptr_array_index (self->lines, start) == '\0')
    start++;
  n = count_joined (self, index, start);

  for (guint i = 0; i < n; i++)
    {
      CsJudgement *judgement = g_ptr_array_index (self->judgements, index + i);

      judgement->verdict = CS_VERDICT_MET;
      set_found (self, judgement, start);
    }
  if (n > 0)
    {
      self->line = start + 1;
      self->from = 0;
    }
  return n;
}

/* Bytes that are enough not to be met by chance. */
#define MIN_PIECE 12
#define MIN_VALUE 6

static gboolean
is_edge (char c)
{
  return !g_ascii_isalnum (c) && c != '_' && (guchar) c < 0x80;
}

/* "INFO  Configuration cached successfully.": behind what the author left away. */
static gboolean
stands_behind (const char *line, const CsOutputPattern *pattern)
{
  gsize end;

  for (const char *p = strpbrk (line, " \t"); p != NULL; p = strpbrk (p, " \t"))
    {
      p += strspn (p, " \t");
      if (cs_output_pattern_match (pattern, p, 0, &end) != CS_MATCH_NONE)
        return TRUE;
    }
  return FALSE;
}

static gboolean
holds (const char *line, const char *value)
{
  gsize length = strlen (value);

  for (const char *p = strstr (line, value); p != NULL; p = strstr (p + 1, value))
    if ((p == line || is_edge (p[-1])) && (p[length] == '\0' || is_edge (p[length])))
      return TRUE;
  return FALSE;
}

/* "Status: active (running)": what stands behind a label that the output does not have; NULL. */
static const char *
find_value (Judging *self, const char *text)
{
  gsize length = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-");
  const char *value = text + length;

  if (length == 0 || !g_str_has_prefix (value, ": ") || strlen (value + 2) < MIN_VALUE)
    return NULL;
  for (guint i = 0; i < self->lines->len; i++)
    {
      const char *line = g_ptr_array_index (self->lines, i);

      if (g_ascii_strncasecmp (line, text, length) == 0 && is_edge (line[length]))
        return NULL;
    }
  return value + 2 + strspn (value + 2, " ");
}

/* Whether its words stand in a line that also says something else. */
static gboolean
stands_with_more (Judging *self,
                  const CsOutputPattern *pattern,
                  const CsJudgement *judgement,
                  guint *line)
{
  g_autofree char *text = g_strstrip (g_strdup (judgement->text));
  const char *value = find_value (self, text);
  gboolean is_setting = strpbrk (text, " \t") == NULL && strchr (text, '=') != NULL;
  gboolean is_long = strlen (text) >= MIN_PIECE && !is_setting;

  for (guint i = 0; i < self->lines->len; i++)
    {
      const char *each = g_ptr_array_index (self->lines, i);

      *line = i;
      if ((is_long && stands_behind (each, pattern)) || (value != NULL && holds (each, value)))
        return TRUE;
    }
  return FALSE;
}

/* It stands there, but before what should come before it: of output that is shown that is wrong; of
 * what is described, who knows. Nor is it sure where more stands beside it. */
static void
judge_earlier (Judging *self, const CsOutputPattern *pattern, CsJudgement *judgement)
{
  guint line = 0;
  gsize end = 0;

  if ((judgement->shown || search (self, pattern, FALSE, &line, &end) == CS_MATCH_NONE) &&
      !stands_with_more (self, pattern, judgement, &line))
    {
      judgement->verdict = self->cut ? CS_VERDICT_OPEN : CS_VERDICT_NOT_MET;
      return;
    }
  judgement->verdict = CS_VERDICT_OPEN;
  set_found (self, judgement, line);
}

static void
judge_line (Judging *self, CsJudgement *judgement)
{
  g_autoptr (CsOutputPattern) pattern = NULL;
  guint line = 0;
  gsize end = 0;
  CsMatch match;

  /* "range or ref": which one, is a person's to say. */
  if (!judgement->shown && (strstr (judgement->text, " or ") != NULL ||
                            strstr (judgement->text, " oder ") != NULL))
    return;
  pattern = cs_output_pattern_new (judgement->text, judgement->shown);
  if (pattern == NULL)
    return;
  match = search (self, pattern, TRUE, &line, &end);
  if (match == CS_MATCH_SURE)
    {
      judgement->verdict = CS_VERDICT_MET;
      set_found (self, judgement, line);
      self->line = line;
      self->from = end;
    }
  else if (match == CS_MATCH_NEAR)
    set_found (self, judgement, line);
  else if (cs_output_json_holds (judgement->text, self->lines, &line))
    {
      judgement->verdict = CS_VERDICT_MET;
      set_found (self, judgement, line - 1);
    }
  else
    judge_earlier (self, pattern, judgement);
}

static void
judge_number (Judging *self, CsJudgement *judgement)
{
  guint line = 0;
  CsVerdict verdict = cs_output_number_judge (judgement->text, self->lines, &line);

  /* What was not read may say otherwise. */
  judgement->verdict =
    self->cut && verdict == CS_VERDICT_MET ? CS_VERDICT_OPEN : verdict;
  if (line > 0)
    set_found (self, judgement, line - 1);
}

static void
judge_empty (Judging *self, CsJudgement *judgement)
{
  judgement->verdict = self->cut ? CS_VERDICT_NOT_MET : CS_VERDICT_MET;
  for (guint i = 0; i < self->lines->len; i++)
    if (*(const char *) g_ptr_array_index (self->lines, i) != '\0')
      {
        judgement->verdict = CS_VERDICT_NOT_MET;
        set_found (self, judgement, i);
        return;
      }
}

/* The record says who judged, where it is another than the importer thought. */
static void
set_judge (CsJudgement *judgement, const char *judge)
{
  g_free (judgement->judge);
  judgement->judge = g_strdup (judge);
}

static void
judge_one (Judging *self, CsJudgement *judgement)
{
  judgement->verdict = CS_VERDICT_OPEN;
  if (says_empty (judgement->text))
    set_judge (judgement, "empty");
  else if (cs_output_pattern_is_said (judgement->text))
    set_judge (judgement, "match");
  if (strcmp (judgement->judge, "empty") == 0)
    judge_empty (self, judgement);
  else if (strcmp (judgement->judge, "number") == 0)
    judge_number (self, judgement);
  else if (strcmp (judgement->judge, "match") == 0)
    judge_line (self, judgement);
}

/**
 * cs_judge_output:
 * @judgements: (element-type CsJudgement): what is expected; takes the verdicts
 * @output: what was printed, as it is kept
 * @truncated: whether more was printed than is kept
 * @exit_status: how the command ended
 *
 * Lines that are expected must stand in the output in this order, and numbers within their bounds.
 * What is near but not certain is left open, for a person: no verdict is a guess.
 *
 * Returns: whether the command ended as it should: with 0, or with what the output shown says in
 *   its last line (`[2]`)
 */
gboolean
cs_judge_output (GPtrArray *judgements, GBytes *output, gboolean truncated, int exit_status)
{
  Judging self = { .judgements = judgements };
  int expected_status = 0;

  self.lines = cs_output_lines_new (output, &self.cut);
  self.cut = self.cut || truncated;
  for (guint i = 0; i < judgements->len; i++)
    {
      CsJudgement *judgement = g_ptr_array_index (judgements, i);
      int status = says_status (judgement, is_last_shown (judgements, i));
      guint joined = status < 0 ? take_joined (&self, i) : 0;

      if (joined > 0)
        i += joined - 1;
      else if (status >= 0)
        {
          expected_status = status;
          set_judge (judgement, "status");
          judgement->verdict = status == exit_status ? CS_VERDICT_MET : CS_VERDICT_NOT_MET;
        }
      else
        judge_one (&self, judgement);
    }
  g_ptr_array_unref (self.lines);
  return exit_status == expected_status;
}

typedef struct
{
  GPtrArray *judgements;
  CsOutcome *outcome;
} Run;

static void
run_free (Run *self)
{
  g_ptr_array_unref (self->judgements);
  g_object_unref (self->outcome);
  g_free (self);
}

/* What can't be read is left to a person. */
static void
judge_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Run *run = data;
  const char *digest = cs_outcome_get_output_digest (run->outcome);
  int status = cs_outcome_get_status (run->outcome);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) output = digest != NULL
                                ? cs_store_get_blob_sync (CS_STORE (source), digest, &error)
                                : g_bytes_new (NULL, 0);

  if (output == NULL)
    g_warning ("What a command printed can't be judged: %s", error->message);
  g_task_return_boolean (task,
                         output == NULL ? status == 0
                                        : cs_judge_output (run->judgements, output,
                                                           cs_outcome_get_truncated (run->outcome),
                                                           status));
}

/**
 * cs_judge_run_async:
 * @store: has the output
 * @judgements: (element-type CsJudgement): what is expected; takes the verdicts
 * @outcome: how the command ended
 *
 * cs_judge_output() of a run, in a worker thread, since an output may be large.
 */
void
cs_judge_run_async (CsStore *store,
                    GPtrArray *judgements,
                    CsOutcome *outcome,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (store, NULL, callback, user_data);
  Run *run = g_new0 (Run, 1);

  run->judgements = g_ptr_array_ref (judgements);
  run->outcome = g_object_ref (outcome);
  g_task_set_source_tag (task, cs_judge_run_async);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  g_task_run_in_thread (task, judge_thread);
}

/**
 * cs_judge_run_finish:
 *
 * Returns: whether the command ended as it should, see cs_judge_output()
 */
gboolean
cs_judge_run_finish (CsStore *store, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), NULL);
}
