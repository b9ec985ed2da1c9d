/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines without blanks among those to sign: labels of what follows, and labels left open. */

#include "cs-boxes.h"
#include "cs-labels.h"
#include "cs-outline.h"
#include "cs-signoff-search.h"

#include <string.h>

#define MAX_ROLE_WORDS 6
/* "Signatures:" and "Approved by:" introduce a list; a longer label speaks of approvals. */
#define MAX_LIST_WORDS 2

/* Whether a line has nothing behind its last colon but marks of emphasis. */
static gboolean
ends_with_colon (const char *text, gsize length)
{
  while (length > 0 && (g_ascii_isspace (text[length - 1]) || text[length - 1] == '*'))
    length--;
  return length > 0 && (text[length - 1] == ':' || (guchar) text[length - 1] >= 0x80);
}

static guint
count_words (const char *text)
{
  guint n = 1;

  for (const char *p = text; *p != '\0'; p++)
    n += *p == ' ' ? 1 : 0;
  return n;
}

/* "1. **Release Lead**": an item that is nothing but bold words; NULL for any other line. */
static char *
dup_numbered_label (CsSignoffSearch *self, guint line, const char *text, gsize length)
{
  gsize at;

  if ((self->holds[line] & CS_HOLDS_ORDERED) == 0 ||
      (cs_source_get_line_bytes (self->source, line) & CS_BYTES_EMPHASIS) == 0)
    return NULL;
  at = cs_box_skip_list_marks (text, length);
  while (length > at && strchr (" \t:", text[length - 1]) != NULL)
    length--;
  if (length < at + 5 || memcmp (text + at, "**", 2) != 0 ||
      memcmp (text + length - 2, "**", 2) != 0 ||
      cs_bytes_hold (text + at + 2, length - at - 4, "**"))
    return NULL;
  length -= 2;
  while (length > at + 3 && text[length - 1] == ':')
    length--;
  return g_strndup (text + at + 2, length - at - 2);
}

/* Whether signatures are asked for here: in a chapter of sign-offs, in a list under "Signatures:",
 * or under "Acknowledgement", which is none for the plan: people acknowledge alarms, too. */
static gboolean
asks_here (CsSignoffSearch *self, guint line)
{
  return cs_signoff_search_in_chapter (self, line) || self->acknowledged ||
         (self->list_line > 0 && line - self->list_line <= 2 &&
          cs_markdown_is_item_start (self->markdown, line));
}

/* "Signature : [signature]" in a printed form that asked for a role or a date in the lines above:
 * an e-mail is signed, too, but asks for neither. Returns whether it is one. */
static gboolean
take_form_line (CsSignoffSearch *self, guint line, const char *key, const char *value)
{
  CsFormWord word = cs_signoff_search_word_of (self, key);

  if (cs_markdown_get_line_kind (self->markdown, line) != CS_LINE_CODE ||
      !cs_signoff_is_stand_in (value))
    return FALSE;
  if (self->form_line == 0 || line - self->form_line > CS_SIGNOFF_FIELD_REACH)
    g_clear_pointer (&self->form_role, g_free);
  if (word == CS_FORM_ROLE)
    {
      g_free (self->form_role);
      self->form_role = g_strdup (key);
      self->form_line = line;
    }
  else if (word == CS_FORM_FIELD || word == CS_FORM_NAME)
    {
      gboolean of_signature;

      if (word == CS_FORM_NAME || (cs_form_asks_date (key, &of_signature) && of_signature))
        self->form_line = line;
    }
  else if (word == CS_FORM_SIGNATURE && self->form_line > 0 &&
           line - self->form_line <= CS_SIGNOFF_FIELD_REACH)
    {
      cs_signoff_search_add (self, line, self->form_role != NULL ? self->form_role : key);
      g_clear_pointer (&self->form_role, g_free);
      self->form_line = 0;
      return TRUE;
    }
  return FALSE;
}

/* Whether words in brackets are those of a signature: "[Name and date]". */
static gboolean
asks_for_name (CsSignoffSearch *self, const char *text)
{
  g_autofree char *inside = g_strndup (text + 1, strlen (text) - 2);
  g_auto (GStrv) words = g_strsplit_set (inside, " ,/;", 8);

  for (char **word = words; *word != NULL; word++)
    {
      CsFormWord kind = **word != '\0' ? cs_signoff_search_word_of (self, *word) : CS_FORM_UNKNOWN;

      if (kind == CS_FORM_NAME || kind == CS_FORM_SIGNATURE)
        return TRUE;
    }
  return FALSE;
}

/* "[Name and date]" right under the heading "Approved by", and nothing else in the line. */
static gboolean
take_stand_in (CsSignoffSearch *self, guint line, const char *text, gsize length)
{
  g_autofree char *words = NULL;

  if (!self->label.heading || !cs_signoff_search_has_label (self, line) ||
      !cs_form_asks_consent (self->label.text) ||
      cs_markdown_get_line_kind (self->markdown, line) != CS_LINE_TEXT)
    return FALSE;
  words = g_strstrip (g_strndup (text, length));
  if (strchr ("[<", *words) == NULL || !cs_signoff_is_stand_in (words) ||
      !asks_for_name (self, words))
    return FALSE;
  cs_signoff_search_add (self, line, self->label.text);
  cs_signoff_search_set_label (self, NULL, 0);
  return TRUE;
}

/* A line without blanks: a label for what follows, or, in a chapter of sign-offs, an empty line to
 * sign. */
static void
read_label (CsSignoffSearch *self, guint line, const char *text, gsize length)
{
  gboolean chapter = asks_here (self, line);
  gboolean form = cs_markdown_get_line_kind (self->markdown, line) == CS_LINE_CODE;
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  CsFormWord word;
  char *label = cs_label_dup (self->source, line), *numbered;

  numbered = label == NULL ? dup_numbered_label (self, line, text, length) : NULL;
  if (numbered != NULL)
    {
      cs_signoff_search_set_label (self, numbered, line);
      return;
    }
  if ((chapter || form || (label == NULL && ends_with_colon (text, length))) &&
      cs_label_split (text, length, &key, &value) && (chapter || form))
    {
      if (form && take_form_line (self, line, key, value))
        {
          g_free (label);
          return;
        }
      word = cs_signoff_search_word_of (self, key);
      if (chapter && (word == CS_FORM_APPROVAL || word == CS_FORM_ROLE) &&
          cs_signoff_is_stand_in (value) &&
          cs_markdown_get_line_kind (self->markdown, line) == CS_LINE_TEXT)
        {
          cs_signoff_search_add (self, line, key);
          g_free (label);
          return;
        }
      if (chapter && word == CS_FORM_FIELD && self->open != NULL &&
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
  gboolean item = cs_markdown_is_item_start (self->markdown, line);

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
  if (length >= CS_SIGNOFF_MAX_LINE || !cs_label_split (text, length, &key, &value) ||
      *value != '\0')
    return FALSE;
  /* "**Approval:**" over a list of open items is what they are for; over "- Date:" it is open. */
  return item || !cs_markdown_is_item_start (self->markdown, line) ||
         (cs_signoff_search_word_of (self, key) != CS_FORM_UNKNOWN &&
          cs_signoff_search_word_of (self, key) != CS_FORM_ROLE);
}

/* "**If all is well → GO**" says what follows from the boxes above it, and asks nobody to sign. */
static gboolean
concludes (const char *text)
{
  return strstr (text, "→") != NULL || strstr (text, "->") != NULL || strstr (text, "=>") != NULL ||
         strstr (text, "✅") != NULL;
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

/* Remembers "Signatures:" and the like over a list. */
static void
begin_list (CsSignoffSearch *self, guint line)
{
  CsFormWord word = cs_signoff_search_word_of (self, self->label.text);

  if ((!cs_markdown_is_item_start (self->markdown, line) || word == CS_FORM_SIGNATURE) &&
      (word == CS_FORM_SIGNATURE || cs_form_names_approver (self->label.text)) &&
      count_words (self->label.text) <= MAX_LIST_WORDS)
    self->list_line = line;
}

static gsize
get_indentation (CsSignoffSearch *self, guint line)
{
  gsize length, n = 0;
  const char *text = cs_source_get_line (self->source, line, &length);

  while (n < length && strchr (" \t", text[n]) != NULL)
    n++;
  return n;
}

/* "- Signatures:" over items of its own. */
static gboolean
has_items_below (CsSignoffSearch *self, guint line)
{
  return line < cs_source_get_n_lines (self->source) &&
         cs_markdown_is_item_start (self->markdown, line) &&
         cs_markdown_is_item_start (self->markdown, line + 1) &&
         get_indentation (self, line + 1) > get_indentation (self, line);
}

static void
take_open_label (CsSignoffSearch *self, guint line)
{
  gboolean listed = asks_here (self, line) && self->list_line > 0 && line - self->list_line <= 2;
  CsFormWord word;

  if (self->label.text == NULL || self->label.line != line)
    return;
  begin_list (self, line);
  if (self->list_line == line && has_items_below (self, line))
    return;
  if (!asks_here (self, line) || count_words (self->label.text) > MAX_ROLE_WORDS ||
      concludes (self->label.text))
    return;
  word = cs_signoff_search_word_of (self, self->label.text);
  if (word == CS_FORM_UNKNOWN && listed && cs_markdown_is_item_start (self->markdown, line))
    word = CS_FORM_ROLE;
  if (word == CS_FORM_UNKNOWN && cs_markdown_is_item_start (self->markdown, line) &&
      stands_with_roles (self, line))
    word = CS_FORM_ROLE;
  if ((word != CS_FORM_APPROVAL && word != CS_FORM_ROLE && word != CS_FORM_SIGNATURE) ||
      !is_left_open (self, line))
    return;
  cs_signoff_search_add (self, line, self->label.text);
  self->open_item = cs_markdown_is_item_start (self->markdown, line);
  cs_signoff_search_set_label (self, NULL, 0);
  if (listed)
    self->list_line = line;
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
  if (take_stand_in (self, line, text, length))
    return;
  read_label (self, line, text, length);
  take_open_label (self, line);
}
