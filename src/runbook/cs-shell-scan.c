/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the text of a block into commands, comments and what is neither. */

#include "cs-shell-scan.h"

#include "cs-byte-search.h"
#include "cs-shell-likeness.h"

#include <string.h>

#define MAX_PROMPT 60
/* Of a block: for so many there is room from the beginning. */
#define USUAL_LINES 16
#define MAX_HEREDOCS 8
/* Bytes that may be looked through for the ends of here-documents, per byte of text: those that
 * nothing ends would take quadratic time. */
#define HEREDOC_EFFORT 4

typedef struct
{
  const char *text;
  const char *end;
  GArray *lines;
  gboolean console;       /* the author says that there are prompts */
  gboolean prompted;      /* there are */
  gboolean angle;         /* "> " is the prompt of this text */
  gboolean windows;       /* it shows a terminal of Windows */
  guint braces;           /* of a configuration that are open */
  gboolean no_quote[128]; /* no quote of this kind is closed from here on */
  gsize effort;           /* bytes that may still be looked through for here-documents */
  guint depth;            /* of if, for, case… */
  guint number;           /* of the line at hand */
} Scan;

typedef struct
{
  const char *word;
  gsize length;
  gboolean tabs;
} Heredoc;

static const char *
line_end (Scan *scan, const char *p)
{
  const char *newline = memchr (p, '\n', (gsize) (scan->end - p));

  return newline != NULL ? newline : scan->end;
}

static const char *
skip_blanks (const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t'))
    p++;
  return p;
}

/* "$ ", "deploy@web:~$ ", "[root@db ~]# ": the length of a prompt at p, 0 if there is none. */
static gsize
prompt_length (const char *p, const char *end, gboolean root, gboolean angle)
{
  static const char *const ARROWS[] = { "❯ ", "➜ " };
  guint brackets = 0;

  for (guint i = 0; p < end && (guchar) *p >= 0x80 && i < G_N_ELEMENTS (ARROWS); i++)
    {
      if (g_str_has_prefix (p, ARROWS[i]))
        return strlen (ARROWS[i]);
    }
  if (end - p < 2)
    return 0;
  if ((*p == '$' || *p == '%' || (*p == '#' && root) || (*p == '>' && angle)) &&
      p[1] == ' ')
    return 2;
  if (!g_ascii_isalpha (*p) && *p != '[' && *p != '(')
    return 0;
  for (const char *q = p; q + 1 < end && q - p < MAX_PROMPT; q++)
    {
      if (*q == '[' || *q == '(')
        brackets++;
      else if ((*q == ']' || *q == ')') && brackets > 0)
        brackets--;
      else if (q[1] == ' ' && strchr ("$#%", *q) != NULL && q > p &&
               (memchr (p, '@', (gsize) (q - p)) != NULL || *p == '('))
        return (gsize) (q - p) + 2;
      else if (*q == ' ' && brackets == 0 && !(q > p && q[-1] == ')'))
        return 0;
    }
  return 0;
}

/* "PS C:\\> ", "C:\\Users\\ann>": a terminal of Windows, whose commands no shell here runs. */
static gboolean
is_windows_prompt (const char *p, const char *end)
{
  gsize at = end - p > 3 && memcmp (p, "PS ", 3) == 0 ? 3 : 0;

  if (at > 0 && memchr (p, '>', MIN ((gsize) (end - p), MAX_PROMPT)) != NULL)
    return TRUE;
  return end - p > 3 && g_ascii_isalpha (p[0]) && p[1] == ':' && p[2] == '\\' &&
         memchr (p, '>', MIN ((gsize) (end - p), MAX_PROMPT)) != NULL;
}

/* Whether the first line that says something begins with "> " before a command: then that is what
 * its author has for a prompt. */
static gboolean
has_angle_prompts (Scan *scan)
{
  for (const char *p = scan->text; p < scan->end;)
    {
      const char *end = line_end (scan, p), *start = skip_blanks (p, end);

      if (start < end && *start != '#')
        return end - start > 2 && start[0] == '>' && start[1] == ' ' &&
               cs_shell_likeness (start + 2, end) == CS_LIKENESS_KNOWN;
      p = end + 1;
    }
  return FALSE;
}

/* ">>> …", "mysql> …", "irb(main):001:0> …", "postgres=# …": not for a shell. */
static gboolean
is_repl_line (const char *p, const char *end)
{
  const char *q = p;

  if (end - p >= 3 && memcmp (p, ">>>", 3) == 0)
    return TRUE;
  if (end - p >= 4 && memcmp (p, "... ", 4) == 0)
    return TRUE;
  while (q < end && (g_ascii_isalnum (*q) || strchr ("_()[]:=.-", *q) != NULL) && q - p < 40)
    q++;
  if (q == p || q + 1 >= end)
    return FALSE;
  if (*q == '>' && q[1] == ' ' && !g_ascii_isdigit (q[-1]))
    return memchr (p, '=', (gsize) (q - p)) == NULL || q[-1] == '=';
  return *q == '#' && q[1] == ' ' && q[-1] == '=';
}

/* A quote that nothing closes is an apostrophe; looked for once per kind. */
static const char *
close_quote (Scan *scan, const char *open)
{
  char quote = *open;

  if (scan->no_quote[(guchar) quote & 0x7f])
    return NULL;
  for (const char *p = open + 1; p < scan->end; p++)
    {
      if (*p == '\\' && quote != '\'' && p + 1 < scan->end)
        p++;
      else if (*p == quote)
        return p;
    }
  scan->no_quote[(guchar) quote & 0x7f] = TRUE;
  return NULL;
}

static const char *
read_heredoc (const char *p, const char *end, Heredoc *heredoc)
{
  char quote;

  p += 2;
  heredoc->tabs = p < end && *p == '-';
  p = skip_blanks (p + (heredoc->tabs ? 1 : 0), end);
  quote = p < end && (*p == '\'' || *p == '"' || *p == '\\') ? *p++ : '\0';
  heredoc->word = p;
  while (p < end && (g_ascii_isalnum (*p) || strchr ("_-.!", *p) != NULL))
    p++;
  heredoc->length = (gsize) (p - heredoc->word);
  return p < end && quote != '\0' && *p == quote ? p + 1 : p;
}

/* The last byte of the here-document's closing line; NULL if none closes it. */
static const char *
skip_heredoc (Scan *scan, const char *p, const Heredoc *heredoc)
{
  const char *begin = p;

  while (p < scan->end)
    {
      const char *end = line_end (scan, p), *start = p;

      if ((gsize) (end - begin) > scan->effort)
        break;
      while (start < end && (*start == '\t' || *start == ' '))
        start++; /* indented in lists and by people who forget the dash */
      if (scan->prompted && end - start > 2 && start[0] == '>' && start[1] == ' ')
        start += 2; /* the shell's own prompt for what goes on */
      if ((gsize) (end - start) == heredoc->length &&
          memcmp (start, heredoc->word, heredoc->length) == 0)
        return end;
      p = end + 1;
    }
  scan->effort -= MIN (scan->effort, (gsize) (MIN (p, scan->end) - begin));
  return NULL;
}

static const char *
skip_heredocs (Scan *scan, const char *end, const Heredoc *heredocs, guint n)
{
  for (guint i = 0; i < n && end < scan->end; i++)
    {
      const char *closed = skip_heredoc (scan, end + 1, &heredocs[i]);

      if (closed == NULL)
        return end;
      end = closed;
    }
  return end;
}

/* Finds the end of the command that begins at p: behind continued lines, quotes that span lines,
 * arrays in brackets, and the here-documents that it opens. */
static const char *
command_end (Scan *scan, const char *p, const char **body)
{
  Heredoc heredocs[MAX_HEREDOCS];
  static const guint8 SIGNS[256] = {
    ['\\'] = 1, ['\''] = 1, ['"'] = 1, ['`'] = 1, ['#'] = 1,
    ['<'] = 1,  ['('] = 1,  [')'] = 1, ['\n'] = 1,
  };
  guint n_heredocs = 0, brackets = 0;
  const char *start = p;

  for (; p < scan->end; p++)
    {
      if (!SIGNS[(guchar) *p])
        continue;
      if (*p == '\\' && p + 1 < scan->end)
        p++;
      else if (*p == '\'' || *p == '"' || *p == '`')
        {
          const char *close = close_quote (scan, p);

          p = close != NULL ? close : p;
        }
      else if (*p == '#' && p > start && (p[-1] == ' ' || p[-1] == '\t'))
        p = line_end (scan, p) - 1;
      else if (*p == '<' && p + 2 < scan->end && p[1] == '<' && p[2] != '<' && p[2] != '(' &&
               n_heredocs < MAX_HEREDOCS)
        {
          p = read_heredoc (p, line_end (scan, p), &heredocs[n_heredocs]) - 1;
          n_heredocs += heredocs[n_heredocs].length > 0 ? 1 : 0;
        }
      else if (*p == '(' && p > start && (p[-1] == '=' || p[-1] == '$'))
        brackets++;
      else if (*p == ')' && brackets > 0)
        brackets--;
      else if (*p == '\n')
        {
          const char *last = p;

          while (last > start && (last[-1] == ' ' || last[-1] == '\t'))
            last--;
          if (brackets == 0 &&
              !(last > start &&
                (last[-1] == '|' || (last - start > 1 && last[-1] == '&' && last[-2] == '&'))))
            break;
        }
    }
  p = MIN (p, scan->end);
  *body = p;
  return n_heredocs > 0 ? skip_heredocs (scan, p, heredocs, n_heredocs) : p;
}

static guint
count_newlines (const char *from, const char *to)
{
  guint n = 0;

  while ((from = memchr (from, '\n', (gsize) (to - from))) != NULL)
    {
      n++;
      if (++from >= to)
        break;
    }
  return n;
}

static void
add_line (Scan *scan, CsShellLine *line, const char *start, const char *end)
{
  line->first = scan->number;
  line->last = scan->number + (end > start ? count_newlines (start, end) : 0);
  line->start = (gsize) (start - scan->text);
  line->end = (gsize) (end - scan->text);
  if (line->body == 0)
    line->body = line->end;
  g_array_append_val (scan->lines, *line);
  scan->number = line->last + 1;
}

/* Keeps count of compound commands, so that what stands in them is taken for shell. */
static void
follow_depth (Scan *scan, const char *p, const char *end)
{
  static const char *const OPENERS[] = { "if", "for", "while", "until", "case", "select" };
  static const char *const CLOSERS[] = { "fi", "done", "esac" };
  gsize word = strcspn (p, " \t\n;()");
  const char *last = end;

  for (guint i = 0; i < G_N_ELEMENTS (OPENERS); i++)
    scan->depth += strlen (OPENERS[i]) == word && strncmp (p, OPENERS[i], word) == 0 ? 1 : 0;
  while (last > p && (last[-1] == ' ' || last[-1] == '\t'))
    last--;
  if (last > p && last[-1] == '{' && cs_bytes_hold (p, (gsize) (last - p), "()"))
    scan->depth++;
  /* "for …; do …; done" on one line */
  for (guint i = 0; scan->depth > 0 && i < G_N_ELEMENTS (CLOSERS); i++)
    {
      gsize length = strlen (CLOSERS[i]);
      const char *found = cs_bytes_find (p, (gsize) (end - p), CLOSERS[i], length);

      for (; found != NULL && scan->depth > 0;
           found =
             cs_bytes_find (found + length, (gsize) (end - found) - length, CLOSERS[i], length))
        {
          if ((found == p || strchr (" ;\t\n", found[-1]) != NULL) &&
              (found + length == end || strchr (" ;\t\n|>&)<", found[length]) != NULL))
            scan->depth--;
        }
    }
  if (*p == '}' && scan->depth > 0)
    scan->depth--;
}

/* "});" and the like: what another language closes its lines with. */
static gboolean
is_bare_punctuation (const char *p, const char *end)
{
  for (; p < end; p++)
    {
      if (strchr ("(){}[];,*/ \t", *p) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
after_foreign (Scan *scan)
{
  for (guint i = scan->lines->len; i > 0; i--)
    {
      CsShellKind kind = g_array_index (scan->lines, CsShellLine, i - 1).kind;

      if (kind != CS_SHELL_BLANK)
        return kind == CS_SHELL_FOREIGN;
    }
  return FALSE;
}

/* Whether a line stands in the braces of something that is no shell, and follows them. */
static gboolean
follow_braces (Scan *scan, const char *p, const char *end, gboolean foreign)
{
  gboolean inside = scan->braces > 0;

  while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  if (inside && *p == '}')
    scan->braces--;
  if ((inside || foreign) && end > p && end[-1] == '{')
    scan->braces++;
  return inside;
}

static void
scan_command (Scan *scan, const char *line_start, const char *p, gboolean prompted)
{
  CsShellLine line = { .kind = CS_SHELL_COMMAND, .prompted = prompted, .nested = scan->depth > 0 };
  const char *end = line_end (scan, p), *body = end;
  CsLikeness likeness = cs_shell_likeness (p, end);

  if (likeness == CS_LIKENESS_UNKNOWN && is_bare_punctuation (p, end) && after_foreign (scan))
    likeness = CS_LIKENESS_FOREIGN;
  if (follow_braces (scan, p, end, likeness == CS_LIKENESS_FOREIGN) && !prompted)
    likeness = CS_LIKENESS_FOREIGN;
  line.known = likeness == CS_LIKENESS_KNOWN || line.nested || prompted;
  line.assignment = likeness == CS_LIKENESS_ASSIGNMENT;
  if (likeness == CS_LIKENESS_FOREIGN && !line.known)
    {
      line.kind = CS_SHELL_FOREIGN;
    }
  else
    {
      end = command_end (scan, p, &body);
      follow_depth (scan, p, body);
    }
  line.body = (gsize) (body - scan->text);
  add_line (scan, &line, p, end);
}

static void
scan_line (Scan *scan, const char *start)
{
  const char *end = line_end (scan, start);
  const char *p = skip_blanks (start, end);
  CsShellLine line = { .kind = CS_SHELL_BLANK, .nested = scan->depth > 0 };
  gsize prompt = prompt_length (p, end, scan->console, scan->angle);

  if (p == end)
    line.kind = CS_SHELL_BLANK;
  else if (is_windows_prompt (p, end))
    {
      line.kind = CS_SHELL_FOREIGN;
      scan->windows = TRUE;
    }
  else if (scan->windows)
    line.kind = CS_SHELL_OUTPUT;
  else if (is_repl_line (p, end))
    line.kind = CS_SHELL_REPL;
  else if (prompt > 0 && (*p != '#' || cs_shell_likeness (p + prompt, end) == CS_LIKENESS_KNOWN))
    {
      scan->prompted = TRUE;
      scan_command (scan, start, p + prompt, TRUE);
      return;
    }
  else if (*p == '#')
    line.kind = CS_SHELL_COMMENT;
  else if (scan->prompted)
    line.kind = CS_SHELL_OUTPUT;
  else
    {
      scan_command (scan, start, p, FALSE);
      return;
    }
  add_line (scan, &line, p, end);
}

/**
 * cs_shell_scan:
 * @text: contents of a block
 * @console: whether its author says that it shows a terminal, so that "# " may be a prompt
 *
 * Cuts a text into commands and other lines, in time linear to its length.
 *
 * Returns: (transfer full): of #CsShellLine, all lines of the text in order
 */
GArray *
cs_shell_scan (const char *text, gboolean console)
{
  Scan scan = { .text = text, .end = text + strlen (text), .console = console };
  const char *p = text;

  scan.effort = HEREDOC_EFFORT * (gsize) (scan.end - text);
  scan.angle = has_angle_prompts (&scan);
  scan.lines = g_array_sized_new (FALSE, FALSE, sizeof (CsShellLine), USUAL_LINES);
  while (p < scan.end)
    {
      const CsShellLine *last;

      scan_line (&scan, p);
      last = &g_array_index (scan.lines, CsShellLine, scan.lines->len - 1);
      p = text + last->end;
      p = line_end (&scan, p) + 1;
    }
  return scan.lines;
}
