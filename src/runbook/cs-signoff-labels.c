/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines without blanks among those to sign: labels of what follows, and labels left open. */

#include "cs-labels.h"
#include "cs-outline.h"
#include "cs-signoff-search.h"

#include <string.h>

#define MAX_ROLE_WORDS 6

/* Whether a line has nothing behind its last colon but marks of emphasis. */
static gboolean
ends_with_colon (const char *text, gsize length)
{
  while (length > 0 && (g_ascii_isspace (text[length - 1]) || text[length - 1] == '*'))
    length--;
  return length > 0 && (text[length - 1] == ':' || (guchar) text[length - 1] >= 0x80);
}

/* A line without blanks: a label for what follows, or, in a chapter of sign-offs, an empty line to
 * sign. */
static void
read_label (CsSignoffSearch *self, guint line, const char *text, gsize length)
{
  gboolean chapter = cs_signoff_search_in_chapter (self, line);
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  CsFormWord word;
  char *label = cs_label_dup (self->source, line);

  if ((chapter || (label == NULL && ends_with_colon (text, length))) &&
      cs_label_split (text, length, &key, &value) && chapter)
    {
      word = cs_signoff_search_word_of (self, key);
      if ((word == CS_FORM_APPROVAL || word == CS_FORM_ROLE) && cs_signoff_is_stand_in (value) &&
          cs_markdown_get_line_kind (self->markdown, line) == CS_LINE_TEXT)
        {
          cs_signoff_search_add (self, line, key);
          g_free (label);
          return;
        }
      if (word == CS_FORM_FIELD && self->open != NULL &&
          line - self->open_line <= CS_SIGNOFF_FIELD_REACH &&
          (*value == '\0' || cs_signoff_is_stand_in (value)))
        {
          cs_signoff_add_field (self->open, key);
          self->open_line = line;
          g_free (label);
          return;
        }
    }
  if (label == NULL && key != NULL && *value == '\0')
    label = g_steal_pointer (&key);
  if (label != NULL && g_str_has_suffix (label, ":"))
    label[strlen (label) - 1] = '\0';
  if (label != NULL)
    {
      g_free (self->sentence);
      self->sentence = g_strdup (label);
      cs_signoff_search_set_label (self, label, line);
    }
}

static gboolean
is_empty_line (CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);

  return strspn (text, " \t>") >= length;
}

/* A label in a chapter of sign-offs with nothing behind it, and nothing that belongs to it below.
 */
static gboolean
is_left_open (CsSignoffSearch *self, guint line)
{
  gsize length;
  const char *text;
  CsLineKind kind;
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;

  for (line++; line <= cs_source_get_n_lines (self->source) && is_empty_line (self->source, line);)
    line++;
  text = cs_source_get_line (self->source, line, &length);
  kind = cs_markdown_get_line_kind (self->markdown, line);
  if (length == 0 || kind == CS_LINE_HEADING || kind == CS_LINE_RULE ||
      (kind == CS_LINE_CODE && (g_str_has_prefix (text + strspn (text, " >"), "```") ||
                                g_str_has_prefix (text + strspn (text, " >"), "~~~"))))
    return TRUE;
  if (kind != CS_LINE_TEXT)
    return FALSE;
  return cs_label_split (text, length, &key, &value) && *value == '\0' &&
         length < CS_SIGNOFF_MAX_LINE;
}

/* "**If all is well → GO**" says what follows from the boxes above it, and asks nobody to sign. */
static gboolean
concludes (const char *text)
{
  return strstr (text, "→") != NULL || strstr (text, "->") != NULL || strstr (text, "=>") != NULL ||
         strstr (text, "✅") != NULL;
}

static guint
count_words (const char *text)
{
  guint n = 1;

  for (const char *p = text; *p != '\0'; p++)
    n += *p == ' ' ? 1 : 0;
  return n;
}

/* Whether the line above or below is an open label that names a role: what stands in a list with
 * "Engineering:" and "Operations:" is asked for a signature as they are. */
static gboolean
stands_with_roles (CsSignoffSearch *self, guint line)
{
  for (guint i = 0; i < 2; i++)
    {
      guint other = i == 0 ? line - 1 : line + 1;
      gsize length;
      const char *text;
      g_autofree char *key = NULL, *value = NULL;

      if (other < 1 || other > cs_source_get_n_lines (self->source) ||
          !cs_markdown_is_item_start (self->markdown, other))
        continue;
      text = cs_source_get_line (self->source, other, &length);
      if (length < CS_SIGNOFF_MAX_LINE && cs_label_split (text, length, &key, &value) &&
          *value == '\0' && cs_signoff_search_word_of (self, key) == CS_FORM_ROLE)
        return TRUE;
    }
  return FALSE;
}

static void
take_open_label (CsSignoffSearch *self, guint line)
{
  CsFormWord word;

  if (self->label.text == NULL || self->label.line != line ||
      !cs_signoff_search_in_chapter (self, line) ||
      count_words (self->label.text) > MAX_ROLE_WORDS || concludes (self->label.text))
    return;
  word = cs_signoff_search_word_of (self, self->label.text);
  if (word == CS_FORM_UNKNOWN && cs_markdown_is_item_start (self->markdown, line) &&
      stands_with_roles (self, line))
    word = CS_FORM_ROLE;
  if ((word != CS_FORM_APPROVAL && word != CS_FORM_ROLE && word != CS_FORM_SIGNATURE) ||
      !is_left_open (self, line))
    return;
  cs_signoff_search_add (self, line, self->label.text);
  cs_signoff_search_set_label (self, NULL, 0);
}

/**
 * cs_signoff_search_take_label:
 * @line: a line without blanks
 * @text: (array length=length): the line
 *
 * Takes a line for a label of what follows, or, in a chapter of sign-offs, for one to sign.
 */
void
cs_signoff_search_take_label (CsSignoffSearch *self, guint line, const char *text, gsize length)
{
  read_label (self, line, text, length);
  take_open_label (self, line);
}
