/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the lines that someone is to sign. */

#include "cs-signoffs.h"

#include "cs-blanks.h"
#include "cs-headings.h"
#include "cs-labels.h"
#include "cs-outline.h"
#include "cs-signoff-search.h"

#include <string.h>

/* How many lines a label reaches, and a signature's further fields. */
#define LABEL_REACH 3
#define FIELD_REACH 2
#define MAX_ROLE_WORDS 6

static void
set_label (CsSignoffSearch *self, char *text, guint line)
{
  g_free (self->label.text);
  self->label = (CsSignoffLabel){ text, line, FALSE };
}

static gboolean
has_label (CsSignoffSearch *self, guint line)
{
  CsFormWord word;

  if (self->label.text == NULL || line - self->label.line > LABEL_REACH)
    return FALSE;
  word = cs_signoff_search_word_of (self, self->label.text);
  return word == CS_FORM_APPROVAL || word == CS_FORM_ROLE || word == CS_FORM_SIGNATURE;
}

static void
add_further_fields (CsSignoff *signoff, GArray *blanks, guint from)
{
  for (guint i = from; i < blanks->len; i++)
    cs_signoff_add_field (signoff, g_array_index (blanks, CsBlank, i).label);
}

static void
add_caption_fields (CsSignoff *signoff, const char *caption)
{
  g_auto (GStrv) parts = g_strsplit (caption, ",", 8);

  for (char **part = parts; *part != NULL; part++)
    cs_signoff_add_field (signoff, g_strstrip (*part));
}

/* The words under a line of underscores: "Name, Date, Time", "(Tech Lead)". */
static char *
caption_below (CsSignoffSearch *self, guint line)
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
is_bare_blank (CsSignoffSearch *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);

  return length > 4 && strspn (text, "_ ") >= length;
}

/* Several blank lines one below the other are room for remarks, and not for one signature each. */
static gboolean
is_room_to_write (CsSignoffSearch *self, guint line)
{
  return is_bare_blank (self, line) &&
         ((line > 1 && is_bare_blank (self, line - 1)) ||
          (line < cs_source_get_n_lines (self->source) && is_bare_blank (self, line + 1)));
}

/* "… at this place:\n____": words right above go on into the blank. */
static gboolean
ends_sentence (CsSignoffSearch *self, guint line)
{
  gsize length;
  const char *above = line > 1 ? cs_source_get_line (self->source, line - 1, &length) : NULL;
  g_autofree char *words = NULL;

  if (above == NULL || strspn (above, " \t>_") >= length || length > CS_SIGNOFF_MAX_LINE ||
      cs_markdown_get_line_kind (self->markdown, line - 1) != CS_LINE_TEXT)
    return FALSE;
  words = g_strndup (above, length);
  return cs_signoff_search_word_of (self, words) == CS_FORM_UNKNOWN;
}

/* "Place:" over a blank: what is written there is no signature. */
static gboolean
is_field_below (CsSignoffSearch *self, guint line)
{
  CsFormWord word;

  if (self->label.text == NULL || self->label.heading || line - self->label.line > LABEL_REACH)
    return FALSE;
  word = cs_signoff_search_word_of (self, self->label.text);
  return word == CS_FORM_FIELD || word == CS_FORM_NAME;
}

/* A line that is nothing but a blank, perhaps with words behind it. */
static void
take_bare_blank (CsSignoffSearch *self, guint line, const char *rest)
{
  g_autofree char *caption = caption_below (self, line);
  gboolean labelled = has_label (self, line);
  CsFormWord word = *rest != '\0' ? cs_signoff_search_word_of (self, rest) : CS_FORM_UNKNOWN;
  CsSignoff *signoff;

  if (!labelled && !cs_signoff_search_in_chapter (self, line) && word != CS_FORM_ROLE &&
      word != CS_FORM_SIGNATURE)
    return;
  if (!labelled && caption == NULL && is_room_to_write (self, line))
    return;
  if (*rest == '\0' && (!labelled || self->label.heading) &&
      (ends_sentence (self, line) || (caption == NULL && is_field_below (self, line))))
    return;
  if (self->open != NULL && !labelled && line - self->open_line <= FIELD_REACH && *rest != '\0' &&
      word == CS_FORM_FIELD)
    {
      cs_signoff_add_field (self->open, rest);
      self->holds[line] |= CS_HOLDS_SIGNED;
      return;
    }
  self->holds[line] |= CS_HOLDS_SIGNED;
  if (caption != NULL)
    self->holds[line + 1] |= CS_HOLDS_SIGNED;
  if (labelled)
    signoff = cs_signoff_search_add (self, self->label.heading ? line : self->label.line,
                                     self->label.text);
  else
    signoff = cs_signoff_search_add (self, line,
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
lacks_signature (CsSignoffSearch *self, const char *label)
{
  if (cs_signoff_search_word_of (self, label) != CS_FORM_SIGNATURE)
    return FALSE;
  for (char **field = self->open->fields; *field != NULL; field++)
    {
      if (cs_signoff_search_word_of (self, *field) == CS_FORM_SIGNATURE)
        return FALSE;
    }
  return cs_signoff_search_word_of (self, self->open->role) != CS_FORM_SIGNATURE;
}

/* "Name: ____" and "Signature: ____" under a role or beside it. */
static void
take_part (CsSignoffSearch *self, guint line, GArray *blanks, const char *first)
{
  gboolean follows = self->open != NULL && (line - self->open_line <= FIELD_REACH ||
                                            lacks_signature (self, first));
  CsSignoff *signoff;

  if (has_label (self, line))
    {
      signoff = cs_signoff_search_add (self, self->label.heading ? line : self->label.line,
                                       self->label.text);
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
      signoff = cs_signoff_search_add (self, line, first);
      self->open_named = FALSE;
    }
  self->open_line = line;
  self->holds[line] |= CS_HOLDS_SIGNED;
  add_further_fields (signoff, blanks, 0);
}

static gboolean
has_word (CsSignoffSearch *self, GArray *blanks, guint from, CsFormWord wanted)
{
  for (guint i = from; i < blanks->len; i++)
    {
      if (cs_signoff_search_word_of (self, g_array_index (blanks, CsBlank, i).label) == wanted)
        return TRUE;
    }
  return FALSE;
}

/* Whether what a label does not know is asked of can be a person: not "____ %", "____ / 49". */
static gboolean
may_be_person (CsSignoffSearch *self, const char *label, const char *rest)
{
  const char *p = label;

  if (*rest != '\0' && cs_signoff_search_word_of (self, rest) == CS_FORM_UNKNOWN)
    return FALSE;
  while (*p != '\0' && !g_unichar_isalpha (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  /* "CI: passed  run: ____" has its answer already, and the blank is for something else. */
  return *p != '\0' && strchr (label, '?') == NULL && strstr (label, "？") == NULL &&
         strstr (label, ": ") == NULL;
}

/* Of "QA Engineer: all tests passed ____" the role alone. */
static const char *
cut_to_role (CsSignoffSearch *self, GArray *blanks)
{
  char *label = g_array_index (blanks, CsBlank, 0).label;
  char *colon = strstr (label, ": ");
  CsFormWord word;

  if (colon == NULL)
    return label;
  *colon = '\0';
  word = cs_signoff_search_word_of (self, label);
  if (word != CS_FORM_APPROVAL && word != CS_FORM_ROLE)
    *colon = ':';
  return label;
}

/* Whether the label over a line asks for approvals: "**Approved by:**", "sign_off:". */
static gboolean
stands_under_approval (CsSignoffSearch *self)
{
  CsFormWord word =
    self->sentence != NULL ? cs_signoff_search_word_of (self, self->sentence) : CS_FORM_UNKNOWN;

  return word == CS_FORM_APPROVAL || word == CS_FORM_SIGNATURE;
}

/* Whether a line right below is one to sign on, and nothing else. */
static gboolean
signs_below (CsSignoffSearch *self, guint line)
{
  for (guint i = line + 1; i <= line + FIELD_REACH; i++)
    {
      gsize length;
      const char *text = cs_source_get_line (self->source, i, &length);
      g_autofree char *rest = NULL;
      g_autoptr (GArray) blanks =
        length <= CS_SIGNOFF_MAX_LINE ? cs_blanks_find (text, length, &rest) : NULL;

      if (blanks != NULL)
        return has_word (self, blanks, 0, CS_FORM_SIGNATURE);
    }
  return FALSE;
}

/* "Incident commander: ____" is a person to be named, as in the head of a form or a plan; a line to
 * sign if it stands among such, or asks for a date or a signature, too. */
static gboolean
asks_role_to_sign (CsSignoffSearch *self, guint line, GArray *blanks)
{
  return cs_signoff_search_in_chapter (self, line) || has_label (self, line) ||
         has_word (self, blanks, 1, CS_FORM_SIGNATURE) ||
         has_word (self, blanks, 1, CS_FORM_FIELD) || stands_under_approval (self) ||
         signs_below (self, line);
}

/* "____ %", "____ 件": something is counted. */
static gboolean
counts_things (const char *rest)
{
  static const char *const UNITS[] = { "%", "件", "人", "個", "项", "次", "min", "minutes",
                                       "minutos", "Minuten", "ms", "MB", "GB" };

  for (guint i = 0; *rest != '\0' && i < G_N_ELEMENTS (UNITS); i++)
    {
      if (strcmp (rest, UNITS[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

/* "Date: ____ Approved by: ____": who signs stands behind what else is filled in. */
static gboolean
take_later_blank (CsSignoffSearch *self, guint line, GArray *blanks)
{
  for (guint i = 1; i < blanks->len; i++)
    {
      const char *label = g_array_index (blanks, CsBlank, i).label;

      if (cs_signoff_search_word_of (self, label) != CS_FORM_APPROVAL ||
          !cs_form_asks_consent (label))
        continue;
      add_further_fields (cs_signoff_search_add (self, line, label), blanks, i + 1);
      self->open_named = TRUE;
      return TRUE;
    }
  return FALSE;
}

static void
take_blanks (CsSignoffSearch *self, guint line, GArray *blanks, const char *rest)
{
  const char *first = cut_to_role (self, blanks);
  CsFormWord word = *first != '\0' ? cs_signoff_search_word_of (self, first) : CS_FORM_UNKNOWN;
  gboolean chapter = cs_signoff_search_in_chapter (self, line);
  gboolean signature = has_word (self, blanks, 1, CS_FORM_SIGNATURE);
  gboolean named = word == CS_FORM_SIGNATURE && cs_form_names_person (first);

  if (*first == '\0')
    {
      take_bare_blank (self, line, rest);
      return;
    }
  if (counts_things (rest))
    return;
  if ((word == CS_FORM_SIGNATURE && !named) ||
      (word == CS_FORM_NAME && (chapter || signature || has_label (self, line))) ||
      (word == CS_FORM_NAME && self->open != NULL && line - self->open_line <= FIELD_REACH))
    {
      take_part (self, line, blanks, first);
    }
  else if (named || (word == CS_FORM_APPROVAL && cs_form_asks_review (first)) ||
           ((word == CS_FORM_APPROVAL || word == CS_FORM_ROLE) &&
            asks_role_to_sign (self, line, blanks)) ||
           (word == CS_FORM_UNKNOWN && may_be_person (self, first, rest) &&
            (chapter || signature || has_word (self, blanks, 1, CS_FORM_FIELD) ||
             (stands_under_approval (self) && cs_markdown_is_item_start (self->markdown, line)))))
    {
      CsSignoff *signoff = cs_signoff_search_add (self, line, first);

      self->open_named = TRUE;
      cs_signoff_add_field (signoff, "Name");
      add_further_fields (signoff, blanks, 1);
      set_label (self, NULL, 0);
    }
  else if ((word == CS_FORM_FIELD || word == CS_FORM_NAME) &&
           !take_later_blank (self, line, blanks) && self->open != NULL &&
           line - self->open_line <= FIELD_REACH)
    {
      add_further_fields (self->open, blanks, 0);
      self->open_line = line;
      self->holds[line] |= CS_HOLDS_SIGNED;
    }
}

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
take_label (CsSignoffSearch *self, guint line, const char *text, gsize length)
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
      if (word == CS_FORM_FIELD && self->open != NULL && line - self->open_line <= FIELD_REACH &&
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
          *value == '\0' &&
          cs_signoff_search_word_of (self, key) == CS_FORM_ROLE)
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
  set_label (self, NULL, 0);
}

static void
take_line (CsSignoffSearch *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);
  g_autofree char *rest = NULL;
  g_autoptr (GArray) blanks = NULL;

  if (length == 0 || length > CS_SIGNOFF_MAX_LINE)
    return;
  if (cs_blanks_may_be_in (text, length, cs_source_get_line_bytes (self->source, line)))
    blanks = cs_blanks_find (text, length, &rest);
  if (blanks != NULL)
    {
      take_blanks (self, line, blanks, rest);
      return;
    }
  if (cs_markdown_is_item_start (self->markdown, line) &&
      (cs_signoff_search_in_chapter (self, line) || stands_under_approval (self)) &&
      cs_signoff_search_take_item (self, line))
    return;
  take_label (self, line, text, length);
  take_open_label (self, line);
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
is_underline (CsSignoffSearch *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);

  return line > 1 && cs_markdown_get_line_kind (self->markdown, line - 1) == CS_LINE_HEADING &&
         length > 0 && strspn (text, "=-> \t") >= length;
}

static void
search_line (CsSignoffSearch *self, guint line)
{
  CsLineKind kind = cs_markdown_get_line_kind (self->markdown, line);
  gboolean form = kind == CS_LINE_CODE && (self->holds[line] & CS_HOLDS_FORM) != 0;

  if (kind == CS_LINE_HEADING && is_underline (self, line))
    return;
  if (kind == CS_LINE_HEADING)
    {
      gsize length;
      const char *words = cs_source_get_line (self->source, line, &length);
      g_autofree char *text =
        g_strndup (words, cs_bytes_cut (words, length, CS_HEADING_MAX_LENGTH));
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
  CsSignoffSearch self = { .source = source, .markdown = markdown, .holds = holds };
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
            cs_signoff_search_take_table (&self, element);
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
