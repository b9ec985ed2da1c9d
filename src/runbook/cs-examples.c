/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in commands that is there as an example. */

#include "cs-examples.h"

#include <string.h>

static void
add (GPtrArray *marks, CsMarkKind kind, guint line, const char *from, const char *to)
{
  g_autofree char *text = g_strndup (from, (gsize) (to - from));

  g_ptr_array_add (marks, cs_mark_new (kind, line, text, text));
}

static const char *
find (const char *text, const char *end, const char *what)
{
  return cs_bytes_find (text, (gsize) (end - text), what, strlen (what));
}

static gboolean
is_one_of (const char *word, gsize length, const char *const *words, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      if (strlen (words[i]) == length && g_ascii_strncasecmp (words[i], word, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* `-m "message"`: a word that names what is to be written there. */
static void
find_message (const char *text, const char *end, guint line, GPtrArray *marks)
{
  static const char *const OPTIONS[] = { "m ", "message ", "message=", "reason=", "comment=" };
  static const char *const WORDS[] = { "message", "commit message", "your message", "msg",
                                       "your commit message", "description", "reason", "comment",
                                       "text", "title", "nachricht", "beschreibung", "grund" };

  for (const char *p = memchr (text, '"', (gsize) (end - text)); p != NULL;)
    {
      const char *close = memchr (p + 1, '"', (gsize) (end - p - 1));
      gboolean option = FALSE;

      if (close == NULL)
        return;
      for (guint i = 0; i < G_N_ELEMENTS (OPTIONS); i++)
        {
          gsize n = strlen (OPTIONS[i]);

          option |= (gsize) (p - text) >= n && memcmp (p - n, OPTIONS[i], n) == 0;
        }
      if (option && is_one_of (p + 1, (gsize) (close - p - 1), WORDS, G_N_ELEMENTS (WORDS)))
        add (marks, CS_MARK_EXAMPLE, line, p, close + 1);
      p = memchr (close + 1, '"', (gsize) (end - close - 1));
    }
}

/* "1.2.3" is the version that nobody has. */
static void
find_version (const char *text, const char *end, guint line, GPtrArray *marks)
{
  for (const char *p = find (text, end, "1.2.3"); p != NULL; p = find (p + 5, end, "1.2.3"))
    {
      const char *from = p > text && p[-1] == 'v' ? p - 1 : p, *to = p + 5;

      if ((from > text && (g_ascii_isalnum (from[-1]) || from[-1] == '.')) ||
          (to < end && (g_ascii_isalnum (*to) ||
                        (*to == '.' && to + 1 < end && g_ascii_isdigit (to[1])))))
        continue;
      add (marks, CS_MARK_EXAMPLE, line, from, to);
    }
}

/* `mysql shop < /var/backups/backup.sql`: which one is meant is for a person to say. */
static void
find_backup (const char *text, const char *end, guint line, GPtrArray *marks)
{
  static const char *const NAMES[] = { "backup.sql", "dump.sql", "backup.sql.gz", "dump.sql.gz",
                                       "backup.tar.gz", "backup.dump", "backup.bak", "backup.zip",
                                       "sicherung.sql" };

  for (const char *p = memchr (text, '<', (gsize) (end - text)); p != NULL;
       p = memchr (p + 1, '<', (gsize) (end - p - 1)))
    {
      const char *from = p + 1, *to, *name;

      while (from < end && *from == ' ')
        from++;
      for (to = name = from; to < end && strchr (" \t;|&)\"'<>", *to) == NULL; to++)
        name = *to == '/' ? to + 1 : name;
      if (is_one_of (name, (gsize) (to - name), NAMES, G_N_ELEMENTS (NAMES)))
        add (marks, CS_MARK_EXAMPLE, line, from, to);
    }
}

/* `KILL QUERY process_id`, `kill -9 PID`: a name where only a number can stand. */
static void
find_process (const char *text, const char *end, guint line, GPtrArray *marks)
{
  static const char *const NAMES[] = { "pid", "process_id", "processid", "query_id", "thread_id",
                                       "connection_id", "session_id" };
  static const char *const BEFORE[] = { "kill ", "KILL ", "KILL QUERY ", "KILL CONNECTION ",
                                        "kill query ", "kill connection " };

  for (guint i = 0; i < G_N_ELEMENTS (BEFORE); i++)
    {
      const char *p = find (text, end, BEFORE[i]), *to;

      if (p == NULL || (p > text && (g_ascii_isalnum (p[-1]) || p[-1] == '_')))
        continue;
      p += strlen (BEFORE[i]);
      while (p < end && *p == '-')
        {
          const char *blank = memchr (p, ' ', (gsize) (end - p));

          p = blank != NULL ? blank + 1 : end;
        }
      for (to = p; to < end && (g_ascii_isalnum (*to) || *to == '_'); to++)
        ;
      if (is_one_of (p, (gsize) (to - p), NAMES, G_N_ELEMENTS (NAMES)))
        {
          add (marks, CS_MARK_PLACEHOLDER, line, p, to);
          return;
        }
    }
}

/**
 * cs_examples_find:
 * @text: (array length=length): one line of a command
 * @bytes: what it holds
 * @line: its number in the document
 * @marks: (element-type CsMark): takes what is found
 *
 * Finds text that a shell would take as it stands and that a person should look at: examples, and
 * names that stand for a number.
 */
void
cs_examples_find (const char *text, gsize length, CsBytes bytes, guint line, GPtrArray *marks)
{
  const char *end = text + length;

  if ((bytes & CS_BYTES_QUOTE) != 0 && (cs_bytes_has (bytes, CS_BYTES_LETTER ('m')) ||
                                        cs_bytes_has (bytes, cs_bytes_spell ("reason"))))
    find_message (text, end, line, marks);
  if ((bytes & CS_BYTES_DIGIT) != 0)
    find_version (text, end, line, marks);
  if ((bytes & CS_BYTES_LESS) != 0)
    find_backup (text, end, line, marks);
  if (!cs_bytes_has (bytes, cs_bytes_spell ("il")))
    return;
  if (find (text, end, "ill ") != NULL || find (text, end, "ILL ") != NULL)
    find_process (text, end, line, marks);
}
