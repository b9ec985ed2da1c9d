/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a code block is: commands, expected output, a file, a sample. */

#include "cs-classify.h"

#include "cs-languages.h"
#include "cs-shell-likeness.h"
#include "cs-word-folding.h"

#include <string.h>

/* How far above a block its label may stand. */
#define MAX_LABEL_DISTANCE 3
#define MAX_LABEL_LENGTH 200
/* Of a block: for so many there is room from the beginning. */
#define USUAL_LINES 32

/* How many lines of each kind a block has. */
typedef struct
{
  guint known;
  guint unknown;
  guint assignments;
  guint foreign;
  guint repl;
  guint output;
  guint comments;
  guint prompted;
} Census;

/* The line over a block that introduces it: "**Expected Output**:". */
static char *
label_above (CsSource *source, CsMarkdown *markdown, guint line)
{
  for (guint i = 1; i <= MAX_LABEL_DISTANCE && i < line; i++)
    {
      CsLineKind kind = cs_markdown_get_line_kind (markdown, line - i);
      gsize length;

      if (kind == CS_LINE_BLANK)
        continue;
      cs_source_get_line (source, line - i, &length);
      if (length > MAX_LABEL_LENGTH || (kind != CS_LINE_TEXT && kind != CS_LINE_HEADING))
        return NULL;
      return cs_source_dup_line (source, line - i);
    }
  return NULL;
}

/* The language that an info string names, in any of the forms that generators of sites know:
 * "bash", "{.bash}", "[bash]", "language-bash", "{code-block} bash". */
static char *
language_of (const char *info)
{
  static const char OPEN[] = " \t{.[(\"'", CLOSE[] = " \t{},:;])\"'|?";
  static const char *const PREFIXES[] = { "language-", "lang-" };
  static const char *const DIRECTIVES[] = { "code-block", "code", "code-cell", "sourcecode",
                                            "mdx-code-block" };
  const char *start = info != NULL ? info + strspn (info, OPEN) : "";
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (DIRECTIVES); i++)
    {
      length = strlen (DIRECTIVES[i]);
      if (g_str_has_prefix (start, DIRECTIVES[i]) && strchr ("} ", start[length]) != NULL)
        {
          start += length + strspn (start + length, "} {[.");
          break;
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (PREFIXES); i++)
    start += g_str_has_prefix (start, PREFIXES[i]) ? strlen (PREFIXES[i]) : 0;
  return g_ascii_strdown (start, (gssize) strcspn (start, CLOSE));
}

static Census
take_census (GArray *lines)
{
  Census census = { 0 };

  for (guint i = 0; i < lines->len; i++)
    {
      const CsShellLine *line = &g_array_index (lines, CsShellLine, i);

      census.foreign += line->kind == CS_SHELL_FOREIGN;
      census.repl += line->kind == CS_SHELL_REPL;
      census.output += line->kind == CS_SHELL_OUTPUT;
      census.comments += line->kind == CS_SHELL_COMMENT;
      if (line->kind != CS_SHELL_COMMAND)
        continue;
      census.prompted += line->prompted;
      if (line->assignment)
        census.assignments++;
      else if (line->known)
        census.known++;
      else
        census.unknown++;
    }
  return census;
}

static gboolean
begins_with_assignment (const char *line)
{
  gsize name = 0;

  while (g_ascii_isupper (line[name]) || g_ascii_isdigit (line[name]) || line[name] == '_')
    name++;
  return name > 1 && line[name] == '=' && line[name + 1] != '=';
}

/* "MAIL_FROM=The Mill <mill@example.org>" among other settings calls no program named Mill. */
static void
count_loose_values (CsClassified *self, Census *census)
{
  guint n = 0;

  if (census->known > 0 || census->unknown >= census->assignments)
    return;
  for (guint i = 0; i < self->commands->len; i++)
    {
      const CsShellLine *line = &g_array_index (self->commands, CsShellLine, i);

      n += line->kind == CS_SHELL_COMMAND && !line->assignment && !line->known &&
           begins_with_assignment (self->raw + line->start);
    }
  if (n != census->unknown)
    return;
  census->assignments += n;
  census->unknown = 0;
}

static gboolean
speaks_of_settings (const char *words)
{
  g_autofree char *lower = words != NULL ? cs_lower_words (words, -1) : NULL;

  return lower != NULL &&
         (strstr (lower, ".env") != NULL || strstr (lower, "environment variable") != NULL ||
          strstr (lower, "umgebungsvariable") != NULL ||
          strstr (lower, "variables d'env") != NULL ||
          strstr (lower, "variables de entorno") != NULL ||
          strstr (lower, "variáveis de ambiente") != NULL || strstr (lower, "环境变量") != NULL);
}

/* Whether something in the document needs what the block sets, or it finds out what to set. */
static gboolean
sets_what_is_used (CsClassified *self, CsVariableUses *uses)
{
  for (guint i = 0; i < self->commands->len; i++)
    {
      const CsShellLine *line = &g_array_index (self->commands, CsShellLine, i);
      const char *start = self->raw + line->start;

      if (!line->assignment)
        continue;
      if (cs_bytes_find (start, line->end - line->start, "$(", 2) != NULL ||
          memchr (start, '`', line->end - line->start) != NULL ||
          cs_variable_uses_hold (uses, start, strcspn (start, "=")))
        return TRUE;
    }
  return FALSE;
}

/* NAME=value lines alone set nothing that lasts; under ".env", and where nothing uses them, they
 * are a file's contents. */
static gboolean
is_settings_file (CsClassified *self, CsVariableUses *uses, const char *heading)
{
  g_autofree char *start = g_strndup (self->raw, strcspn (self->raw, "\n"));

  return speaks_of_settings (self->label) || speaks_of_settings (heading) ||
         (start[0] == '#' && speaks_of_settings (start)) || !sets_what_is_used (self, uses);
}

/* What fish says otherwise than the shells that run here: there "set -x" names no variable, and a
 * compound ends with "fi" and "done". */
static gboolean
speaks_fish (CsClassified *self)
{
  static const char *const WORDS[] = { "set", "end", "function", "switch", "and", "or", "begin" };

  if (strcmp (self->language, "fish") != 0)
    return FALSE;
  for (guint i = 0; i < self->commands->len; i++)
    {
      const CsShellLine *line = &g_array_index (self->commands, CsShellLine, i);
      const char *start = self->raw + line->start;
      gsize word = strcspn (start, " \t\n;");

      for (guint j = 0; j < G_N_ELEMENTS (WORDS); j++)
        {
          if (strlen (WORDS[j]) == word && strncmp (start, WORDS[j], word) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

static CsBlockKind
because (CsClassified *self, CsBlockReason reason, CsBlockKind kind)
{
  self->reason = reason;
  return kind;
}

static CsBlockKind
decide_tagged (CsClassified *self,
               const Census *census,
               CsVariableUses *uses,
               const char *heading)
{
  guint commands = census->known + census->unknown;
  /* Under a heading that names a problem stands what to do about it. */
  gboolean evidence = self->label != NULL && *self->label != '#' &&
                      cs_language_is_evidence_label (self->label);

  if (speaks_fish (self))
    return because (self, CS_BLOCK_REASON_LANGUAGE, CS_BLOCK_SAMPLE);
  if (evidence && (census->output > 0 || census->known == 0))
    return because (self, CS_BLOCK_REASON_SEEN, CS_BLOCK_SAMPLE);
  if (commands == 0 && census->assignments > 0 && is_settings_file (self, uses, heading))
    return because (self, CS_BLOCK_REASON_SETTINGS, CS_BLOCK_FILE);
  if (commands == 0 && census->assignments == 0 && census->foreign == 0 && census->repl == 0)
    return because (self, CS_BLOCK_REASON_NOTE, CS_BLOCK_SAMPLE);
  if ((commands == 0 && census->assignments == 0) ||
      (commands > 0 && census->known == 0 && census->foreign > census->unknown))
    return because (self, CS_BLOCK_REASON_FOREIGN,
                    census->foreign > 0 && census->repl == 0 && strpbrk (self->raw, ";{*") != NULL
                      ? CS_BLOCK_FILE
                      : CS_BLOCK_SAMPLE);
  return because (self, census->prompted > 0 ? CS_BLOCK_REASON_PROMPTS : CS_BLOCK_REASON_SHELL,
                  CS_BLOCK_COMMAND);
}

/* "nginx   1/1   Running": names of programs in columns are a program's output. */
static gboolean
is_in_columns (const char *line, const char *end)
{
  const char *gap = memmem (line, (gsize) (end - line), "  ", 2);

  while (gap != NULL && gap < end && *gap == ' ')
    gap++;
  return gap != NULL && gap < end && g_ascii_isalnum (*gap);
}

static const char *
find_last (const char *start, const char *end, char wanted)
{
  while (end > start)
    if (*--end == wanted)
      return end;
  return NULL;
}

/* Whether a path is that of a file to read: "/srv/app/.env.production". */
static gboolean
is_data_file (const char *line, const char *end)
{
  static const char *const SCRIPTS[] = { "sh", "bash", "py", "pl", "rb", "php", "js", "ts", "mjs" };
  const char *dot = find_last (line, end, '.');
  const char *slash = find_last (line, end, '/');

  if (dot == NULL || slash == NULL || dot < slash || !g_ascii_isalpha (dot[1]))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (SCRIPTS); i++)
    {
      if ((gsize) (end - dot - 1) == strlen (SCRIPTS[i]) && g_str_has_prefix (dot + 1, SCRIPTS[i]))
        return FALSE;
    }
  return TRUE;
}

/* "/Users/<name>/jdk/bin/java/": where something is, and no call of it. */
static gboolean
is_place (const char *line, const char *end)
{
  return end - line > 1 && (*line == '/' || *line == '~') &&
         memchr (line, ' ', (gsize) (end - line)) == NULL &&
         (end[-1] == '/' || memchr (line, '<', (gsize) (end - line)) != NULL ||
          is_data_file (line, end));
}

/* Whether the lines are a list of names, or a table, that happen to be those of programs. */
static gboolean
is_listing (CsClassified *self)
{
  guint n_commands = 0, n_bare = 0, n_columns = 0, n_places = 0;

  for (guint i = 0; i < self->commands->len; i++)
    {
      const CsShellLine *line = &g_array_index (self->commands, CsShellLine, i);
      const char *start = self->raw + line->start;
      const char *end = strchrnul (start, '\n');

      if (line->kind != CS_SHELL_COMMAND || line->nested)
        continue;
      n_commands++;
      n_columns += is_in_columns (start, end);
      n_places += is_place (start, end);
      n_bare += memchr (start, ' ', (gsize) (end - start)) == NULL && *start != '.' &&
                *start != '/' && *start != '~';
    }
  return 2 * n_columns > n_commands || (n_places > 0 && n_places == n_commands) ||
         (n_commands > 1 && n_bare == n_commands);
}

/* Whether the first line that is more than a comment calls a program that is known. */
static gboolean
begins_with_command (CsClassified *self)
{
  for (guint i = 0; i < self->commands->len; i++)
    {
      const CsShellLine *line = &g_array_index (self->commands, CsShellLine, i);

      if (line->kind != CS_SHELL_COMMENT && line->kind != CS_SHELL_BLANK)
        return line->kind == CS_SHELL_COMMAND && line->known;
    }
  return FALSE;
}

/* Without a word of the author the contents must speak for themselves. */
static CsBlockKind
decide_untagged (CsClassified *self, const Census *census, gboolean fenced)
{
  guint foreign = census->foreign;

  if (census->prompted > 0)
    return because (self, CS_BLOCK_REASON_PROMPTS, CS_BLOCK_COMMAND);
  if (is_listing (self))
    return because (self, CS_BLOCK_REASON_LISTING, CS_BLOCK_SAMPLE);
  /* Indented with commands, a remark or what they print becomes code by accident. */
  if (!fenced && foreign < census->known && begins_with_command (self))
    foreign = 0;
  if (census->known == 0 || foreign > 0 || census->known < census->unknown)
    return because (self, CS_BLOCK_REASON_UNSURE, CS_BLOCK_SAMPLE);
  return because (self, CS_BLOCK_REASON_PROGRAMS, CS_BLOCK_COMMAND);
}

/* A session that is tagged as the language of the program that it calls. */
static gboolean
is_session (const Census *census)
{
  return census->repl > 0 && census->known > 0 && census->unknown == 0 && census->foreign == 0;
}

/* "docker" is the language of files, and the program that people call. */
static gboolean
calls_docker (CsClassified *self, const Census *census)
{
  return strcmp (self->language, "docker") == 0 && census->known > 0 && census->foreign == 0 &&
         g_str_has_prefix (self->raw, "docker ");
}

/* Whether a text begins with a command behind a prompt, whatever its author calls it. */
static gboolean
shows_prompts (const char *text)
{
  const char *end;

  if (!g_str_has_prefix (text, "$ "))
    return FALSE;
  end = strchrnul (text, '\n');
  return end > text + 2 && cs_shell_likeness (text + 2, end) == CS_LIKENESS_KNOWN;
}

/* "Expected output:" speaks of what follows; "Result: done" has said it already. */
static gboolean
ends_open (const char *label)
{
  const char *colon = strchr (label, ':');

  return colon == NULL ||
         strspn (strrchr (label, ':') + 1, "*_ \t\r") == strlen (strrchr (label, ':') + 1);
}

static CsBlockKind
decide (CsClassified *self, CsVariableUses *uses, const char *heading, gboolean fenced)
{
  CsLanguage language = cs_language_of (self->language);
  gboolean expected = self->label != NULL && ends_open (self->label) &&
                      cs_language_is_expected_label (self->label);
  Census census;

  if (language == CS_LANGUAGE_OTHER)
    return because (self, CS_BLOCK_REASON_LANGUAGE, CS_BLOCK_SAMPLE);
  if (language == CS_LANGUAGE_OUTPUT && (expected || !shows_prompts (self->raw)))
    return because (self, expected ? CS_BLOCK_REASON_ANNOUNCED : CS_BLOCK_REASON_OUTPUT,
                    expected ? CS_BLOCK_EXPECTED : CS_BLOCK_SAMPLE);
  self->commands = cs_shell_scan (self->raw, language == CS_LANGUAGE_CONSOLE);
  census = take_census (self->commands);
  count_loose_values (self, &census);
  if (language == CS_LANGUAGE_SHELL || language == CS_LANGUAGE_CONSOLE)
    return decide_tagged (self, &census, uses, heading);
  if (expected)
    return because (self, CS_BLOCK_REASON_ANNOUNCED, CS_BLOCK_EXPECTED);
  if (language == CS_LANGUAGE_FILE && (is_session (&census) || calls_docker (self, &census)))
    return because (self, CS_BLOCK_REASON_PROGRAMS, CS_BLOCK_COMMAND);
  if (language == CS_LANGUAGE_FILE)
    return because (self, CS_BLOCK_REASON_LANGUAGE, CS_BLOCK_FILE);
  return decide_untagged (self, &census, fenced);
}

/* Appends lines of the contents to the text and notes where they come from. Behind a prompt, what
 * goes on after "> " is what goes on, and no redirection. */
static void
take_lines (CsClassified *self,
            GString *text,
            GArray *lines,
            guint first,
            const char *start,
            const char *end,
            gboolean prompted)
{
  guint line = self->first_line + first;

  for (const char *p = start; p <= end; line++)
    {
      const char *newline = memchr (p, '\n', (gsize) (end - p));

      g_array_append_val (lines, line);
      if (prompted && p > start && end - p >= 2 && p[0] == '>' && p[1] == ' ')
        p += 2;
      newline = newline != NULL ? newline : end;
      g_string_append_len (text, p, newline - p);
      g_string_append_c (text, '\n');
      p = newline + 1;
    }
}

/* Bytes that the lines take at most, or nearly so: the indent of the first is not counted. */
static gsize
size_of_lines (CsClassified *self, guint first, guint last)
{
  return first < last ? g_array_index (self->commands, CsShellLine, last - 1).end -
                          g_array_index (self->commands, CsShellLine, first).start + 1
                      : 0;
}

/**
 * cs_classified_dup_commands:
 * @first: index of a line of the block's commands
 * @last: behind the last one
 * @typed: whether they are typed into another program, which knows what no shell does
 * @lines: (element-type guint): takes the line of the document of each line of the text
 *
 * What would run: without prompts, output, and what belongs to an interactive program.
 *
 * Returns: (transfer full): the text
 */
char *
cs_classified_dup_commands (
  CsClassified *self,
  guint first,
  guint last,
  gboolean typed,
  GArray *lines)
{
  GString *text = g_string_sized_new (size_of_lines (self, first, last));

  for (guint i = first; i < last; i++)
    {
      const CsShellLine *line = &g_array_index (self->commands, CsShellLine, i);
      const char *start = self->raw + line->start;

      if (line->kind == CS_SHELL_OUTPUT || line->opens)
        continue;
      if (!typed && (line->kind == CS_SHELL_FOREIGN || line->kind == CS_SHELL_REPL))
        continue;
      /* Indent matters to readers, and to here-documents; a prompt has none. */
      while (!line->prompted && start > self->raw && (start[-1] == ' ' || start[-1] == '\t'))
        start--;
      take_lines (self, text, lines, line->first, start, self->raw + line->end, line->prompted);
    }
  return g_string_free (text, FALSE);
}

static char *
command_text (CsClassified *self)
{
  return cs_classified_dup_commands (self, 0, self->commands->len, FALSE, self->lines);
}

static char *
whole_text (CsClassified *self)
{
  gsize length = strlen (self->raw);
  GString *text = g_string_sized_new (length + 1);

  if (length > 0)
    take_lines (self, text, self->lines, 0, self->raw,
                self->raw + length - (self->raw[length - 1] == '\n'), FALSE);
  return g_string_free (text, FALSE);
}

static gboolean
has_prompts (CsClassified *self)
{
  for (guint i = 0; i < self->commands->len; i++)
    {
      if (g_array_index (self->commands, CsShellLine, i).prompted)
        return TRUE;
    }
  return FALSE;
}

/* Who says that a block is a command means all of it: no line is left out for looking strange,
 * except where prompts tell commands from output. */
static void
overrule (CsClassified *self, CsBlockKind kind)
{
  self->kind = kind;
  if (kind == CS_BLOCK_COMMAND && self->commands == NULL)
    self->commands = cs_shell_scan (self->raw, TRUE);
  self->text = kind == CS_BLOCK_COMMAND && has_prompts (self) ? command_text (self)
                                                              : whole_text (self);
}

/**
 * cs_classify:
 * @element: a code block; must live as long as the result
 * @source: must, too
 * @uses: of the whole document
 * @heading: (nullable): the words of the heading that it stands under
 * @overruled: (nullable): what a person decided that it is
 *
 * Decides what a code block is, by its info string, its contents and the words above it.
 *
 * Returns: (transfer full): the decision
 */
CsClassified *
cs_classify (const CsElement *element,
             CsSource *source,
             CsMarkdown *markdown,
             CsVariableUses *uses,
             const char *heading,
             const CsBlockKind *overruled)
{
  CsClassified *self = g_new0 (CsClassified, 1);

  self->language = language_of (element->info);
  self->label = label_above (source, markdown, element->line);
  self->raw = element->text;
  self->source = source;
  self->first_line = element->line + (element->fenced ? 1 : 0);
  self->lines = g_array_sized_new (FALSE, FALSE, sizeof (guint), USUAL_LINES);
  self->kind = decide (self, uses, heading, element->fenced);
  if (overruled != NULL && *overruled != self->kind)
    overrule (self, *overruled);
  else
    self->text = self->kind == CS_BLOCK_COMMAND ? command_text (self) : whole_text (self);
  return self;
}

void
cs_classified_free (CsClassified *self)
{
  g_free (self->language);
  g_free (self->label);
  g_free (self->text);
  g_array_unref (self->lines);
  g_clear_pointer (&self->commands, g_array_unref);
  g_free (self);
}
