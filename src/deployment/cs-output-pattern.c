/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that a command should print, as its author wrote it, to compare lines with. */

#include "cs-output-pattern.h"

#include <string.h>

/* What is tried on one line at most, so that no pattern of an author holds up a deployment. */
#define LIMIT "(*LIMIT_MATCH=200000)"

struct _CsOutputPattern
{
  GRegex *sure;
  GRegex *near; /* NULL: it is there or it is not */
};

/* The parts of a date that stand for any digits: "YYYY-MM-DD", "HHMMSS". */
static const char *const DATE_PARTS[] = { "YYYY", "YY", "MM", "DD", "HH", "SS" };

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_' || (guchar) c >= 0x80;
}

static gsize
date_part (const char *p)
{
  for (guint i = 0; i < G_N_ELEMENTS (DATE_PARTS); i++)
    if (g_str_has_prefix (p, DATE_PARTS[i]))
      return strlen (DATE_PARTS[i]);
  return 0;
}

/* "YYYYMMDD_HHMMSS": two parts at least, so that no word is taken for one. */
static gsize
take_date (const char *p, GString *out)
{
  g_autoptr (GString) found = g_string_new (NULL);
  const char *q = p, *behind = p;
  guint n = 0;

  for (gsize part = date_part (q); part > 0; part = date_part (q))
    {
      g_string_append_printf (found, "\\d{%u}", (guint) part);
      n++;
      q += part;
      behind = q;
      if (*q != '\0' && strchr ("-_:./T ", *q) != NULL && date_part (q + 1) > 0)
        {
          g_string_append_printf (found, "[%c]", *q);
          q++;
        }
    }
  if (n < 2 && !g_str_has_prefix (p, "YYYY"))
    return 0;
  if (g_ascii_isalpha (*behind))
    return 0;
  g_string_append (out, found->str);
  return (gsize) (behind - p);
}

/* "XXXXX": any token; but not the X of a word. */
static gsize
take_crosses (const char *text, const char *p, GString *out)
{
  gsize n = strspn (p, "X");

  if (n < 2 || g_ascii_isalnum (p[n]) || (p > text && g_ascii_isalnum (p[-1])))
    return 0;
  g_string_append (out, "\\S+?");
  return n;
}

/* "<VERSION>": whatever it is. */
static gsize
take_placeholder (const char *p, GString *out)
{
  gsize n = *p == '<' && g_ascii_isupper (p[1]) ? strspn (p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                                 "0123456789_- ")
                                                : 0;

  if (n == 0 || p[n + 1] != '>')
    return 0;
  g_string_append (out, "\\S+?");
  return n + 2;
}

/* "0:00:05", "2025-10-01", "20251006": when its author saw it. */
static gsize
take_moment (const char *text, const char *p, GString *out)
{
  static GRegex *moment = NULL;
  g_autoptr (GMatchInfo) info = NULL;
  int length = 0;

  if (g_once_init_enter (&moment))
    g_once_init_leave (&moment,
                       g_regex_new ("\\G(?:\\d{1,3}:\\d\\d(?::\\d\\d)?(?:[.,]\\d+)?|"
                                    "\\d{4}-\\d\\d-\\d\\d|20\\d{6})(?!\\d)",
                                    G_REGEX_OPTIMIZE, 0, NULL));
  if (!g_ascii_isdigit (*p) || (p > text && g_ascii_isdigit (p[-1])) ||
      !g_regex_match_full (moment, text, -1, p - text, 0, &info, NULL))
    return 0;
  g_match_info_fetch_pos (info, 0, NULL, &length);
  g_string_append (out, "\\d[\\d:.,-]*");
  return (gsize) (length - (p - text));
}

static gsize
take_gap (const char *p, GString *out)
{
  gsize n = strspn (p, ".");

  if (n < 3)
    n = g_str_has_prefix (p, "…") ? strlen ("…") : 0;
  if (n > 0)
    g_string_append (out, ".*?");
  return n;
}

/* Between two columns a table may draw a line, and may as well not. */
static gsize
take_space (const char *p, GString *out)
{
  gsize n = strspn (p, " \t");
  gsize bar = p[n] == '|' ? 1 : g_str_has_prefix (p + n, "│") ? strlen ("│")
                                                              : 0;

  if (n == 0)
    return 0;
  if (bar > 0 && g_ascii_isspace (p[n + bar]))
    {
      g_string_append (out, "\\s*(?:[|│]|\\s)\\s*");
      return n + bar + strspn (p + n + bar, " \t");
    }
  g_string_append (out, "\\s+");
  return n;
}

static gboolean
is_json_like (const char *text)
{
  return strchr ("{[\"", *text) != NULL;
}

/* In JSON spaces around its marks mean nothing. */
static gsize
take_json_mark (const char *p, GString *out)
{
  if (strchr (":,{}[]", *p) == NULL)
    return 0;
  g_string_append_printf (out, "\\s*\\%c\\s*", *p);
  return 1 + strspn (p + 1, " \t");
}

static gsize
take_one (const char *text, const char *p, gboolean json, gboolean near, GString *out)
{
  gsize n = take_gap (p, out);

  if (n == 0 && near)
    n = take_moment (text, p, out);
  if (n == 0 && (p == text || !is_word (p[-1]) || p[-1] == '_'))
    n = take_date (p, out);
  if (n == 0)
    n = take_crosses (text, p, out);
  if (n == 0)
    n = take_placeholder (p, out);
  if (n == 0 && json)
    n = take_json_mark (p, out);
  if (n == 0)
    n = take_space (p, out);
  return n;
}

/* The text as a regular expression, without anchors. */
static char *
translate (const char *text, gboolean near)
{
  GString *out = g_string_new (NULL);
  gboolean json = is_json_like (text);

  for (const char *p = text; *p != '\0';)
    {
      gsize n = take_one (text, p, json, near, out);

      if (n == 0)
        {
          const char *next = g_utf8_next_char (p);
          g_autofree char *one = g_regex_escape_string (p, (int) (next - p));

          g_string_append (out, one);
          n = (gsize) (next - p);
        }
      p += n;
    }
  return g_string_free (out, FALSE);
}

static gboolean
has_words (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isalnum (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

/* What must not stand beside it: more of a word, or of a number. */
static void
append_inside (GString *all, const char *text, const char *body)
{
  gsize length = strlen (text);

  if (is_word (*text))
    g_string_append (all, "(?<!\\w)");
  if (g_ascii_isdigit (*text))
    g_string_append (all, "(?<!\\w[.,])(?<!-)");
  g_string_append (all, body);
  if (is_word (text[length - 1]))
    g_string_append (all, "(?!\\w)");
  if (g_ascii_isdigit (text[length - 1]))
    g_string_append (all, "(?![.,:]\\d)(?!\\s?%)");
}

/* Where in a line it may stand. A single word must be all of it, or all of a cell of a table; a
 * setting must not be commented out; more may go on, where its author shows only a beginning, or
 * stand within, where he describes it. */
static void
append_anchored (GString *all, const char *text, gboolean shown, gboolean near)
{
  g_autofree char *body = translate (text, near);

  if (all->len > strlen (LIMIT))
    g_string_append_c (all, '|');
  if (!has_words (text))
    g_string_append (all, body);
  else if (is_json_like (text))
    append_inside (all, text, body);
  else if (strpbrk (text, " \t") == NULL && strchr (text, '=') != NULL)
    g_string_append_printf (all, "^(?:[^\\s#:]+:)?(?:\\d+:)?(?:export\\s+)?%s$", body);
  else if (strpbrk (text, " \t") == NULL)
    g_string_append_printf (all, "^%s(?:\\s*\\.{3,})?$|(?:^|[|│])\\s*%s\\s*(?:$|[|│])", body, body);
  else if (shown)
    g_string_append_printf (all, "^%s(?=$|[\\s,;:.)\\]|(])", body);
  else
    append_inside (all, text, body);
}

/* "70 (unchanged)": the author's remark; NULL if there is none. */
static char *
without_remark (const char *text)
{
  const char *bracket = g_strrstr (text, " (");
  char *rest;

  if (bracket == NULL || bracket == text || !g_str_has_suffix (text, ")"))
    return NULL;
  rest = g_strndup (text, (gsize) (bracket - text));
  return g_strchomp (rest);
}

static GRegex *
compile (const char *source)
{
  return g_regex_new (source, G_REGEX_OPTIMIZE, 0, NULL);
}

static char *
translate_glob (const char *text)
{
  GString *out = g_string_new (LIMIT "^");

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      g_autofree char *one = g_regex_escape_string (p, (int) (g_utf8_next_char (p) - p));

      g_string_append (out, *p == '*' ? ".*?" : *p == '?' ? "."
                                                          : one);
    }
  g_string_append_c (out, '$');
  return g_string_free (out, FALSE);
}

/* "foo.* (regex)", "foo* (glob)": said by the author; the end of the text, or 0. */
static gsize
before_suffix (const char *text, const char *suffix)
{
  return g_str_has_suffix (text, suffix) ? strlen (text) - strlen (suffix) : 0;
}

/**
 * cs_output_pattern_is_said:
 * @text: what is expected
 *
 * Returns: whether its author says how it is to be compared: `(glob)`, `(regex)`, `(re)` at its end
 */
gboolean
cs_output_pattern_is_said (const char *text)
{
  return before_suffix (text, " (regex)") > 0 || before_suffix (text, " (re)") > 0 ||
         before_suffix (text, " (glob)") > 0;
}

static GRegex *
compile_said (const char *text, gsize regex, gsize glob)
{
  g_autofree char *words = g_strndup (text, MAX (regex, glob));
  g_autofree char *source = regex > 0 ? g_strdup_printf (LIMIT "^(?:%s)$", words)
                                      : translate_glob (words);

  return compile (source);
}

static GRegex *
compile_near (const char *text, gboolean shown)
{
  g_autoptr (GString) source = g_string_new (LIMIT);
  g_autofree char *rest = shown ? NULL : without_remark (text);

  append_anchored (source, text, shown, TRUE);
  if (rest != NULL)
    append_anchored (source, rest, shown, TRUE);
  return compile (source->str);
}

/**
 * cs_output_pattern_new:
 * @text: what is expected
 * @shown: whether its author shows output, and does not describe it
 *
 * In the text `...` stands for anything, a run of crosses, `YYYYMMDD` and `<NAME>` for a token;
 * spaces for any number of them; `(glob)` and `(regex)` at its end say what it is.
 *
 * Returns: (transfer full) (nullable): the pattern; %NULL if it is a regular expression and a wrong
 *   one
 */
CsOutputPattern *
cs_output_pattern_new (const char *text, gboolean shown)
{
  CsOutputPattern *self = g_new0 (CsOutputPattern, 1);
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *words = !shown && g_str_has_prefix (stripped, "- ") ? stripped + 2 : stripped;
  gsize regex = before_suffix (words, " (regex)");
  gsize glob = before_suffix (words, " (glob)");
  g_autoptr (GString) source = g_string_new (LIMIT);

  if (regex == 0)
    regex = before_suffix (words, " (re)");
  if (regex > 0 || glob > 0)
    {
      self->sure = compile_said (words, regex, glob);
    }
  else
    {
      append_anchored (source, words, shown, FALSE);
      self->sure = compile (source->str);
      self->near = compile_near (words, shown);
    }
  if (self->sure == NULL)
    g_clear_pointer (&self, cs_output_pattern_free);
  return self;
}

/** cs_output_pattern_free: frees a pattern. */
void
cs_output_pattern_free (CsOutputPattern *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->sure, g_regex_unref);
  g_clear_pointer (&self->near, g_regex_unref);
  g_free (self);
}

/* Behind what was found; FALSE if nothing was. What takes too long to tell is not sure. */
static gboolean
find (GRegex *regex, const char *line, gsize from, gsize *end, CsMatch *match)
{
  g_autoptr (GMatchInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  int stop = 0;

  if (regex == NULL)
    return FALSE;
  if (g_regex_match_full (regex, line, -1, (int) from, 0, &info, &error))
    {
      g_match_info_fetch_pos (info, 0, NULL, &stop);
      *end = (gsize) stop;
      return TRUE;
    }
  if (error == NULL)
    return FALSE;
  *match = CS_MATCH_NEAR;
  *end = strlen (line);
  return TRUE;
}

/**
 * cs_output_pattern_match:
 * @line: a line of output, without spaces around
 * @from: where to begin (bytes)
 * @end: (out): behind what was found (bytes); unchanged if nothing was
 *
 * Returns: whether it stands in the line
 */
CsMatch
cs_output_pattern_match (const CsOutputPattern *self, const char *line, gsize from, gsize *end)
{
  CsMatch match = CS_MATCH_SURE;

  if (find (self->sure, line, from, end, &match))
    return match;
  match = CS_MATCH_NEAR;
  return find (self->near, line, from, end, &match) ? match : CS_MATCH_NONE;
}
