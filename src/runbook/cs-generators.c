/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What generators of sites add to Markdown: boxes of indented text, fences of another shape. */

#include "cs-generators.h"

#include <string.h>

/* So many lines below its beginning the end of a fence is looked for. */
#define MAX_FENCE 200

static gsize
skip_blanks (const char *line, gsize length)
{
  gsize at = 0;

  while (at < length && (line[at] == ' ' || line[at] == '\t'))
    at++;
  return at;
}

/**
 * cs_generator_opens_box:
 * @line: (array length=length): without what it is indented by
 *
 * Returns: whether what is indented below it stands in a box, and is no code: "!!! note",
 *   "??? tip", and the tab `=== "Linux"` of MkDocs
 */
gboolean
cs_generator_opens_box (const char *line, gsize length)
{
  gsize at = 3;

  if (length > 5 && memcmp (line, "=== \"", 5) == 0)
    return line[length - 1] == '"';
  if (length < 6 || (memcmp (line, "!!!", 3) != 0 && memcmp (line, "???", 3) != 0))
    return FALSE;
  at += line[at] == '+' ? 1 : 0;
  if (line[at++] != ' ')
    return FALSE;
  for (; at < length && line[at] != ' '; at++)
    {
      if (!g_ascii_islower (line[at]) && line[at] != '-')
        return FALSE;
    }
  return at == length || length - at < 2 || line[at + 1] == '"' || g_ascii_islower (line[at + 1]);
}

/* Where the words of a tag begin, "{% … %}" or "{{< … >}}"; NULL if the line is none. */
static const char *
tag_words (const char *line, gsize length, gsize *words_length)
{
  static const struct
  {
    const char *open, *close;
  } TAGS[] = { { "{%", "%}" }, { "{{<", ">}}" }, { "{{%", "%}}" } };
  gsize at = skip_blanks (line, length);

  while (length > at && (line[length - 1] == ' ' || line[length - 1] == '\t'))
    length--;
  for (guint i = 0; i < G_N_ELEMENTS (TAGS); i++)
    {
      gsize open = strlen (TAGS[i].open), close = strlen (TAGS[i].close);

      if (length - at < open + close || memcmp (line + at, TAGS[i].open, open) != 0 ||
          memcmp (line + length - close, TAGS[i].close, close) != 0)
        continue;
      *words_length = length - at - open - close;
      at += open;
      while (*words_length > 0 && (line[at] == ' ' || line[at] == '-'))
        at++, (*words_length)--;
      return line + at;
    }
  return NULL;
}

static gboolean
begins_with (const char *words, gsize length, const char *word)
{
  gsize n = strlen (word);

  return length >= n && memcmp (words, word, n) == 0 && (length == n || words[n] == ' ');
}

/**
 * cs_generator_closes_fence:
 *
 * Returns: whether the line is "{% endhighlight %}" or "{{< /highlight >}}"
 */
gboolean
cs_generator_closes_fence (const char *line, gsize length)
{
  gsize n;
  const char *words = tag_words (line, length, &n);

  return words != NULL &&
         (begins_with (words, n, "endhighlight") || begins_with (words, n, "/highlight"));
}

/**
 * cs_generator_dup_fence:
 * @line: number of a line
 *
 * Reads "{% highlight bash %}" of Jekyll and "{{< highlight bash >}}" of Hugo, if something closes
 * it further down.
 *
 * Returns: (transfer full) (nullable): the fence that Markdown has for it
 */
char *
cs_generator_dup_fence (CsSource *source, guint line)
{
  gsize length, n, at = strlen ("highlight"), end;
  const char *text = cs_source_get_line (source, line, &length);
  const char *words = tag_words (text, length, &n);
  guint last = MIN (cs_source_get_n_lines (source), line + MAX_FENCE);

  if (words == NULL || !begins_with (words, n, "highlight"))
    return NULL;
  while (at < n && words[at] == ' ')
    at++;
  for (end = at; end < n && words[end] != ' ';)
    end++;
  for (guint i = line + 1; i <= last; i++)
    {
      const char *other = cs_source_get_line (source, i, &length);

      if (cs_generator_closes_fence (other, length))
        return g_strdup_printf ("```%.*s", (int) (end - at), words + at);
    }
  return NULL;
}
