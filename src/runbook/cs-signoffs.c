/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the lines that someone is to sign. */

#include "cs-signoffs.h"

#include "cs-blanks.h"
#include "cs-headings.h"
#include "cs-labels.h"
#include "cs-model.h"
#include "cs-outline.h"
#include "cs-signoff-words.h"
#include "cs-tables.h"

#include <string.h>

/* How many lines a label reaches, and a signature's further fields. */
#define LABEL_REACH 3
#define FIELD_REACH 2
#define MAX_LINE 500
#define MAX_ROLE_WORDS 6

/* A label that waits for its blank: "Approved By:" over a line of underscores. */
typedef struct
{
  char *text;
  guint line;
  gboolean heading;
} Label;

typedef struct
{
  CsSource *source;
  CsMarkdown *markdown;
  guint8 *holds;
  GPtrArray *signoffs;
  GHashTable *words; /* lower-case label → CsFormWord, because forms repeat theirs */
  char *heading;
  char *sentence; /* the last label under the heading; NULL if there is none */
  Label label;
  CsSignoff *open; /* the last, while further fields may follow */
  guint open_line;
  gboolean open_named; /* whether its role is known, and not only "Name" */
  guint next_element;
} Search;

static CsFormWord
word_of (Search *self, const char *label)
{
  gpointer known;
  CsFormWord word;

  if (g_hash_table_lookup_extended (self->words, label, NULL, &known))
    return (CsFormWord) GPOINTER_TO_UINT (known);
  word = cs_form_word_of (label);
  g_hash_table_insert (self->words, g_strdup (label), GUINT_TO_POINTER (word));
  return word;
}

static void
set_label (Search *self, char *text, guint line)
{
  g_free (self->label.text);
  self->label = (Label){ text, line, FALSE };
}

static gboolean
has_label (Search *self, guint line)
{
  CsFormWord word;

  if (self->label.text == NULL || line - self->label.line > LABEL_REACH)
    return FALSE;
  word = word_of (self, self->label.text);
  return word == CS_FORM_APPROVAL || word == CS_FORM_ROLE || word == CS_FORM_SIGNATURE;
}

static gboolean
in_signoff_chapter (Search *self, guint line)
{
  return (self->holds[line] & CS_HOLDS_SIGNOFF_CHAPTER) != 0;
}

/* What a signature says: the line's own words where they say it ("Deployment Approved By"), else
 * those of the label over it, else the heading. */
static char *
find_meaning (Search *self, const char *role)
{
  CsFormWord word;

  if (word_of (self, role) == CS_FORM_APPROVAL)
    return g_strdup (role);
  word = self->sentence != NULL ? word_of (self, self->sentence) : CS_FORM_UNKNOWN;
  if (word == CS_FORM_APPROVAL || word == CS_FORM_SIGNATURE)
    return g_strdup (self->sentence);
  return g_strdup (self->heading != NULL ? self->heading : "");
}

static CsSignoff *
add_signoff (Search *self, guint line, const char *role)
{
  CsSignoff *signoff = g_object_new (CS_TYPE_SIGNOFF, NULL);

  signoff->line = line;
  signoff->role = g_strdup (role);
  signoff->meaning = find_meaning (self, role);
  signoff->fields = g_new0 (char *, 1);
  g_ptr_array_add (self->signoffs, signoff);
  self->open = signoff;
  self->open_line = line;
  self->holds[line] |= CS_HOLDS_SIGNED;
  return signoff;
}

static void
add_field (CsSignoff *signoff, const char *field)
{
  guint n = g_strv_length (signoff->fields);

  if (*field == '\0' || g_strv_contains ((const char *const *) signoff->fields, field))
    return;
  signoff->fields = g_renew (char *, signoff->fields, n + 2);
  signoff->fields[n] = g_strdup (field);
  signoff->fields[n + 1] = NULL;
}

static void
add_further_fields (CsSignoff *signoff, GArray *blanks, guint from)
{
  for (guint i = from; i < blanks->len; i++)
    add_field (signoff, g_array_index (blanks, CsBlank, i).label);
}

static void
add_caption_fields (CsSignoff *signoff, const char *caption)
{
  g_auto (GStrv) parts = g_strsplit (caption, ",", 8);

  for (char **part = parts; *part != NULL; part++)
    add_field (signoff, g_strstrip (*part));
}

/* The words under a line of underscores: "Name, Date, Time", "(Tech Lead)". */
static char *
caption_below (Search *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line + 1, &length);
  g_autofree char *caption = g_strndup (text, length);

  g_strstrip (caption);
  if (*caption == '\0' || length > 80 || strstr (caption, "__") != NULL ||
      strchr ("#`|-~[", *caption))
    return NULL;
  return g_steal_pointer (&caption);
}

static gboolean
is_bare_blank (Search *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);

  return length > 4 && strspn (text, "_ ") >= length;
}

/* Several blank lines one below the other are room for remarks, and not for one signature each. */
static gboolean
is_room_to_write (Search *self, guint line)
{
  return is_bare_blank (self, line) &&
         ((line > 1 && is_bare_blank (self, line - 1)) ||
          (line < cs_source_get_n_lines (self->source) && is_bare_blank (self, line + 1)));
}

/* A line that is nothing but a blank, perhaps with words behind it. */
static void
take_bare_blank (Search *self, guint line, const char *rest)
{
  g_autofree char *caption = caption_below (self, line);
  gboolean labelled = has_label (self, line);
  CsFormWord word = *rest != '\0' ? word_of (self, rest) : CS_FORM_UNKNOWN;
  CsSignoff *signoff;

  if (!labelled && !in_signoff_chapter (self, line) && word != CS_FORM_ROLE &&
      word != CS_FORM_SIGNATURE)
    return;
  if (!labelled && caption == NULL && is_room_to_write (self, line))
    return;
  if (self->open != NULL && !labelled && line - self->open_line <= FIELD_REACH && *rest != '\0' &&
      word == CS_FORM_FIELD)
    {
      add_field (self->open, rest);
      self->holds[line] |= CS_HOLDS_SIGNED;
      return;
    }
  self->holds[line] |= CS_HOLDS_SIGNED;
  if (caption != NULL)
    self->holds[line + 1] |= CS_HOLDS_SIGNED;
  if (labelled)
    signoff = add_signoff (self, self->label.heading ? line : self->label.line, self->label.text);
  else
    signoff = add_signoff (self, line,
                           *rest != '\0'     ? rest
                           : caption != NULL ? caption
                                             : "Signature");
  self->open_line = line + (caption != NULL ? 1 : 0);
  self->open_named = TRUE;
  if (caption != NULL)
    add_caption_fields (signoff, caption);
  set_label (self, NULL, 0);
}

/* Under one heading, a signature further down is that of the person whose name stands above. */
static gboolean
lacks_signature (Search *self, const char *label)
{
  if (word_of (self, label) != CS_FORM_SIGNATURE)
    return FALSE;
  for (char **field = self->open->fields; *field != NULL; field++)
    {
      if (word_of (self, *field) == CS_FORM_SIGNATURE)
        return FALSE;
    }
  return word_of (self, self->open->role) != CS_FORM_SIGNATURE;
}

/* "Name: ____" and "Signature: ____" under a role or beside it. */
static void
take_part (Search *self, guint line, GArray *blanks, const char *first)
{
  gboolean follows = self->open != NULL && (line - self->open_line <= FIELD_REACH ||
                                            lacks_signature (self, first));
  CsSignoff *signoff;

  if (has_label (self, line))
    {
      signoff = add_signoff (self, self->label.heading ? line : self->label.line, self->label.text);
      self->open_named = TRUE;
      set_label (self, NULL, 0);
    }
  else if (follows && !g_strv_contains ((const char *const *) self->open->fields, first) &&
           strcmp (self->open->role, first) != 0)
    {
      signoff = self->open;
    }
  else
    {
      signoff = add_signoff (self, line, first);
      self->open_named = FALSE;
    }
  self->open_line = line;
  self->holds[line] |= CS_HOLDS_SIGNED;
  add_further_fields (signoff, blanks, 0);
}

static gboolean
has_word (Search *self, GArray *blanks, guint from, CsFormWord wanted)
{
  for (guint i = from; i < blanks->len; i++)
    {
      if (word_of (self, g_array_index (blanks, CsBlank, i).label) == wanted)
        return TRUE;
    }
  return FALSE;
}

/* Whether what a label does not know is asked of can be a person: not "____ %", "____ / 49". */
static gboolean
may_be_person (Search *self, const char *label, const char *rest)
{
  const char *p = label;

  if (*rest != '\0' && word_of (self, rest) == CS_FORM_UNKNOWN)
    return FALSE;
  while (*p != '\0' && !g_unichar_isalpha (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return *p != '\0' && strchr (label, '?') == NULL && strstr (label, "？") == NULL;
}

/* Of "QA Engineer: all tests passed ____" the role alone. */
static const char *
cut_to_role (Search *self, GArray *blanks)
{
  char *label = g_array_index (blanks, CsBlank, 0).label;
  char *colon = strstr (label, ": ");
  CsFormWord word;

  if (colon == NULL)
    return label;
  *colon = '\0';
  word = word_of (self, label);
  if (word != CS_FORM_APPROVAL && word != CS_FORM_ROLE)
    *colon = ':';
  return label;
}

static void
take_blanks (Search *self, guint line, GArray *blanks, const char *rest)
{
  const char *first = cut_to_role (self, blanks);
  CsFormWord word = *first != '\0' ? word_of (self, first) : CS_FORM_UNKNOWN;
  gboolean chapter = in_signoff_chapter (self, line);
  gboolean signature = has_word (self, blanks, 1, CS_FORM_SIGNATURE);

  if (word == CS_FORM_SIGNATURE && cs_form_names_person (first))
    word = CS_FORM_ROLE;
  if (*first == '\0')
    {
      take_bare_blank (self, line, rest);
      return;
    }
  if (word == CS_FORM_SIGNATURE ||
      (word == CS_FORM_NAME && (chapter || signature || has_label (self, line))) ||
      (word == CS_FORM_NAME && self->open != NULL && line - self->open_line <= FIELD_REACH))
    {
      take_part (self, line, blanks, first);
    }
  else if (word == CS_FORM_APPROVAL || word == CS_FORM_ROLE ||
           (word == CS_FORM_UNKNOWN && may_be_person (self, first, rest) &&
            (chapter || signature || has_word (self, blanks, 1, CS_FORM_FIELD))))
    {
      CsSignoff *signoff = add_signoff (self, line, first);

      self->open_named = TRUE;
      add_field (signoff, "Name");
      add_further_fields (signoff, blanks, 1);
      set_label (self, NULL, 0);
    }
  else if (word == CS_FORM_FIELD && self->open != NULL && line - self->open_line <= FIELD_REACH)
    {
      add_further_fields (self->open, blanks, 0);
      self->open_line = line;
      self->holds[line] |= CS_HOLDS_SIGNED;
    }
}

/* "[Name]", "<signature>", "TBD" stand for a blank where a signature is asked for. */
static gboolean
is_stand_in (const char *value)
{
  gsize length = strlen (value);

  return length > 2 && ((*value == '[' && value[length - 1] == ']') ||
                        (*value == '<' && value[length - 1] == '>'));
}

/* A line without blanks: a label for what follows, or, in a chapter of sign-offs, an empty line to
 * sign. */
static void
take_label (Search *self, guint line, const char *text, gsize length)
{
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  CsFormWord word;
  char *label = cs_label_dup (self->source, line);

  if (cs_label_split (text, length, &key, &value) && in_signoff_chapter (self, line))
    {
      word = word_of (self, key);
      if ((word == CS_FORM_APPROVAL || word == CS_FORM_ROLE) && is_stand_in (value) &&
          cs_markdown_get_line_kind (self->markdown, line) == CS_LINE_TEXT)
        {
          add_signoff (self, line, key);
          g_free (label);
          return;
        }
      if (word == CS_FORM_FIELD && self->open != NULL && line - self->open_line <= FIELD_REACH &&
          (*value == '\0' || is_stand_in (value)))
        {
          add_field (self->open, key);
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
      set_label (self, label, line);
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
is_left_open (Search *self, guint line)
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
  return cs_label_split (text, length, &key, &value) && *value == '\0' && length < MAX_LINE;
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
stands_with_roles (Search *self, guint line)
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
      if (length < MAX_LINE && cs_label_split (text, length, &key, &value) && *value == '\0' &&
          word_of (self, key) == CS_FORM_ROLE)
        return TRUE;
    }
  return FALSE;
}

static void
take_open_label (Search *self, guint line)
{
  CsFormWord word;

  if (self->label.text == NULL || self->label.line != line || !in_signoff_chapter (self, line) ||
      count_words (self->label.text) > MAX_ROLE_WORDS)
    return;
  word = word_of (self, self->label.text);
  if (word == CS_FORM_UNKNOWN && cs_markdown_is_item_start (self->markdown, line) &&
      stands_with_roles (self, line))
    word = CS_FORM_ROLE;
  if ((word != CS_FORM_APPROVAL && word != CS_FORM_ROLE && word != CS_FORM_SIGNATURE) ||
      !is_left_open (self, line))
    return;
  add_signoff (self, line, self->label.text);
  set_label (self, NULL, 0);
}

static void
take_line (Search *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);
  g_autofree char *rest = NULL;
  g_autoptr (GArray) blanks = NULL;

  if (length == 0 || length > MAX_LINE)
    return;
  blanks = cs_blanks_find (text, length, &rest);
  if (blanks != NULL)
    {
      take_blanks (self, line, blanks, rest);
      return;
    }
  take_label (self, line, text, length);
  take_open_label (self, line);
}

static gboolean
is_unsigned (const char *cell)
{
  gsize length = strlen (cell);

  if (length == 0 || strcmp (cell, "[ ]") == 0 || strcmp (cell, "☐") == 0 ||
      strcmp (cell, "[]") == 0)
    return TRUE;
  return cs_blank_length (cell, length) == length || is_stand_in (cell);
}

static int
find_column (Search *self, GPtrArray *header, CsFormWord wanted)
{
  for (guint i = 0; i < header->len; i++)
    {
      if (word_of (self, cs_table_get_cell (header, i)) == wanted)
        return (int) i;
    }
  return -1;
}

static void
take_row (Search *self,
          guint line,
          GPtrArray *header,
          GPtrArray *row,
          int column,
          gboolean explicit)
{
  const char *role = "";
  g_autofree char *words = NULL;
  CsSignoff *signoff;

  if (!is_unsigned (cs_table_get_cell (row, (guint) column)))
    return;
  for (guint i = 0; i < row->len && *role == '\0'; i++)
    role = is_unsigned (cs_table_get_cell (row, i)) ? "" : cs_table_get_cell (row, i);
  if (*role == '\0' && !explicit)
    return;
  words =
    cs_heading_strip_markup (*role != '\0' ? role : cs_table_get_cell (header, (guint) column));
  signoff = add_signoff (self, line, words);
  for (guint i = 0; i < header->len; i++)
    {
      if (is_unsigned (cs_table_get_cell (row, i)))
        add_field (signoff, cs_table_get_cell (header, i));
    }
}

/* A table with a column to sign in; in a chapter of sign-offs one to write a name or date in. */
static void
take_table (Search *self, const CsElement *element)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, element->line, &length);
  g_autoptr (GPtrArray) header = cs_table_split_row (text, length);
  int column = find_column (self, header, CS_FORM_SIGNATURE);
  gboolean explicit = column >= 0;
  guint n_signoffs;

  if (column < 0 && in_signoff_chapter (self, element->line))
    column = find_column (self, header, CS_FORM_APPROVAL);
  if (column < 0 && in_signoff_chapter (self, element->line))
    column = find_column (self, header, CS_FORM_NAME);
  if (column < 0 && in_signoff_chapter (self, element->line))
    column = find_column (self, header, CS_FORM_FIELD);
  if (column < 0 || length > MAX_LINE)
    return;
  n_signoffs = self->signoffs->len;
  for (guint line = element->line + 2; line <= element->end_line; line++)
    {
      g_autoptr (GPtrArray) row = NULL;

      text = cs_source_get_line (self->source, line, &length);
      if (length > MAX_LINE)
        continue;
      row = cs_table_split_row (text, length);
      take_row (self, line, header, row, column, explicit);
    }
  n_signoffs = self->signoffs->len - n_signoffs;
  if (n_signoffs > 0 && n_signoffs + 1 == element->end_line - element->line)
    {
      /* All rows are signed: nothing is left of the table but its header. */
      self->holds[element->line] |= CS_HOLDS_SIGNED;
      self->holds[element->line + 1] |= CS_HOLDS_SIGNED;
    }
  self->open = NULL;
}

static gboolean
is_underscore_rule (CsSource *source, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (source, line, &length);

  return length >= 5 && memchr (text, '_', length) != NULL;
}

/* The second line of a heading that is underlined. */
static gboolean
is_underline (Search *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);

  return line > 1 && cs_markdown_get_line_kind (self->markdown, line - 1) == CS_LINE_HEADING &&
         length > 0 && strspn (text, "=-> \t") >= length;
}

static void
search_line (Search *self, guint line)
{
  CsLineKind kind = cs_markdown_get_line_kind (self->markdown, line);
  gboolean form = kind == CS_LINE_CODE && (self->holds[line] & CS_HOLDS_FORM) != 0;

  if (kind == CS_LINE_HEADING && is_underline (self, line))
    return;
  if (kind == CS_LINE_HEADING)
    {
      g_autofree char *text = cs_source_dup_line (self->source, line);
      CsNumbering numbering;

      g_free (self->heading);
      self->heading = cs_heading_clean_title (text + strspn (text, "# "), &numbering);
      g_clear_pointer (&self->sentence, g_free);
      set_label (self, g_strdup (self->heading), line);
      self->label.heading = TRUE;
      self->open = NULL;
    }
  else if (kind == CS_LINE_TEXT || form ||
           (kind == CS_LINE_RULE && is_underscore_rule (self->source, line)))
    {
      take_line (self, line);
    }
  else if (kind != CS_LINE_BLANK)
    {
      self->open = NULL;
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  guint first = (*(CsSignoff *const *) a)->line, second = (*(CsSignoff *const *) b)->line;

  return first < second ? -1 : first > second;
}

/**
 * cs_signoffs_find:
 * @holds: CS_HOLDS_FORM and CS_HOLDS_SIGNOFF_CHAPTER of each line; takes CS_HOLDS_SIGNED
 *
 * Finds the signature lines of a document: in prose, lists, tables and printed forms.
 *
 * Returns: (transfer full): of #CsSignoff, in document order, not yet numbered
 */
GPtrArray *
cs_signoffs_find (CsSource *source, CsMarkdown *markdown, guint8 *holds)
{
  Search self = { .source = source, .markdown = markdown, .holds = holds };
  guint n_elements = cs_markdown_get_n_elements (markdown);

  self.signoffs = g_ptr_array_new_with_free_func (g_object_unref);
  self.words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 1; i <= cs_source_get_n_lines (source); i++)
    {
      while (self.next_element < n_elements &&
             cs_markdown_get_element (markdown, self.next_element)->line <= i)
        {
          const CsElement *element = cs_markdown_get_element (markdown, self.next_element++);

          if (element->kind == CS_ELEMENT_TABLE)
            take_table (&self, element);
        }
      search_line (&self, i);
    }
  g_ptr_array_sort (self.signoffs, compare_lines);
  g_hash_table_unref (self.words);
  g_free (self.heading);
  g_free (self.sentence);
  g_free (self.label.text);
  return self.signoffs;
}
