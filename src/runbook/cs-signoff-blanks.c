/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines with blanks, in which someone signs: "Tech Lead: ____ Date: ____". */

#include "cs-blanks.h"
#include "cs-boxes.h"
#include "cs-outline.h"
#include "cs-signoff-search.h"
#include "cs-word-folding.h"

#include <string.h>

/* A label that is none of the words known, and is longer, is not that of a person. */
#define MAX_PERSON_WORDS 3

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

  if (self->label.text == NULL || self->label.heading ||
      line - self->label.line > CS_SIGNOFF_LABEL_REACH)
    return FALSE;
  word = cs_signoff_search_word_of (self, self->label.text);
  return word == CS_FORM_FIELD || word == CS_FORM_NAME;
}

/* A line that is nothing but a blank, perhaps with words behind it. */
static void
take_bare_blank (CsSignoffSearch *self, guint line, const char *rest)
{
  g_autofree char *caption = caption_below (self, line);
  gboolean labelled = cs_signoff_search_has_label (self, line);
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
  if (self->open != NULL && !labelled && line - self->open_line <= CS_SIGNOFF_FIELD_REACH &&
      *rest != '\0' && word == CS_FORM_FIELD)
    {
      cs_signoff_add_field (self->open, rest);
      self->holds[line] |= CS_HOLDS_SIGNED;
      return;
    }
  self->holds[line] |= CS_HOLDS_SIGNED;
  if (caption != NULL)
    self->holds[line + 1] |= CS_HOLDS_SIGNED;
  if (labelled)
    signoff =
      cs_signoff_search_add (self, self->label.heading ? line : self->label.line, self->label.text);
  else
    signoff = cs_signoff_search_add (self, line,
                                     *rest != '\0'     ? rest
                                     : caption != NULL ? caption
                                                       : "Signature");
  self->open_line = line + (caption != NULL ? 1 : 0);
  self->open_named = TRUE;
  if (caption != NULL)
    add_caption_fields (signoff, caption);
  cs_signoff_search_set_label (self, NULL, 0);
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

/* "3. **Night Shift**" right over "Name: ____", where signatures are asked for: it may be anybody
 * who signs. */
static gboolean
names_signer (CsSignoffSearch *self, guint line, const char *first)
{
  return self->label.text != NULL && !self->label.heading && line - self->label.line == 1 &&
         cs_signoff_search_in_chapter (self, line) &&
         cs_signoff_search_word_of (self, first) == CS_FORM_NAME &&
         cs_signoff_search_word_of (self, self->label.text) == CS_FORM_UNKNOWN;
}

/* "验收人签名：____" below "负责人签名：____": two who sign. */
static gboolean
is_another_signature (CsSignoffSearch *self, const char *label)
{
  return strcmp (self->open->role, label) != 0 &&
         g_strcmp0 (self->open->role, self->heading) != 0 &&
         cs_signoff_search_word_of (self, label) == CS_FORM_SIGNATURE &&
         cs_signoff_search_word_of (self, self->open->role) == CS_FORM_SIGNATURE;
}

/* "Name: ____" and "Signature: ____" under a role or beside it. */
static void
take_part (CsSignoffSearch *self, guint line, GArray *blanks, const char *first)
{
  gboolean follows =
    self->open != NULL && !is_another_signature (self, first) &&
    (line - self->open_line <= CS_SIGNOFF_FIELD_REACH || lacks_signature (self, first));
  CsSignoff *signoff;

  if (cs_signoff_search_has_label (self, line) || names_signer (self, line, first))
    {
      signoff = cs_signoff_search_add (self, self->label.heading ? line : self->label.line,
                                       self->label.text);
      self->open_named = TRUE;
      cs_signoff_search_set_label (self, NULL, 0);
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

/* "- [ ] Rolled back - reason: ____": a thing to tick, of which more is to be told. */
static gboolean
is_thing_to_tick (CsSignoffSearch *self, guint line, const char *label)
{
  gsize length, end;
  const char *text = cs_source_get_line (self->source, line, &length);
  gboolean done;
  guint n_words = 1;

  while (length > 0 && strchr (" \t>-*+", *text) != NULL)
    text++, length--;
  if (!cs_box_parse_item (text, length, &done, &end))
    return FALSE;
  for (const char *p = label; *p != '\0'; p++)
    n_words += *p == ' ' ? 1 : 0;
  return n_words > MAX_PERSON_WORDS || strstr (label, " - ") != NULL ||
         strstr (label, " – ") != NULL;
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

/* Whether a line right below is one to sign on, and nothing else. */
static gboolean
signs_below (CsSignoffSearch *self, guint line)
{
  for (guint i = line + 1; i <= line + CS_SIGNOFF_FIELD_REACH; i++)
    {
      gsize length;
      const char *text = cs_source_get_line (self->source, i, &length);
      g_autofree char *rest = NULL;
      g_autoptr (GArray) blanks =
        length <= CS_SIGNOFF_MAX_LINE ? cs_blanks_find (text, length, &rest) : NULL;

      if (blanks == NULL && length <= CS_SIGNOFF_MAX_LINE)
        blanks = cs_blanks_find_stand_ins (text, length, &rest);
      if (blanks != NULL)
        return has_word (self, blanks, 0, CS_FORM_SIGNATURE);
    }
  return FALSE;
}

/* "Responsible: ____": one word. */
static gboolean
is_bare_role (CsSignoffSearch *self, GArray *blanks)
{
  const char *label = g_array_index (blanks, CsBlank, 0).label;

  return blanks->len == 1 && strchr (label, ' ') == NULL &&
         cs_signoff_search_word_of (self, label) == CS_FORM_ROLE;
}

/* "DBA: ____ (phone: ____)": whom to call. */
static gboolean
asks_contact (GArray *blanks)
{
  static const char *const WORDS[] = { "phone", "tel", "telefon", "telephone", "telefone",
                                       "telefono", "telefoon", "mobile", "mobil", "handy",
                                       "email", "e-mail", "mail", "slack", "pager",
                                       "电话", "電話" };

  for (guint i = 1; i < blanks->len; i++)
    {
      g_autofree char *folded = cs_fold_words (g_array_index (blanks, CsBlank, i).label);

      for (guint k = 0; k < G_N_ELEMENTS (WORDS); k++)
        {
          if (strcmp (folded, WORDS[k]) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

/* "Technical team" over those who belong to it. */
static gboolean
is_group_heading (CsSignoffSearch *self)
{
  return self->label.heading && cs_signoff_search_word_of (self, self->label.text) == CS_FORM_ROLE;
}

/* Parted by a rule from the list under its heading, the bare word for who does it asks nobody to
 * sign. "Incident commander: ____" is a person to be named, as in the head of a form or a plan; a
 * line to sign if it stands among such, or asks for a date or a signature, too. */
static gboolean
asks_role_to_sign (CsSignoffSearch *self, guint line, GArray *blanks)
{
  gboolean bare = self->rule_line > 0 && !cs_markdown_is_item_start (self->markdown, line) &&
                  is_bare_role (self, blanks);

  return (!bare && (cs_signoff_search_in_chapter (self, line) ||
                    cs_signoff_search_stands_under_approval (self))) ||
         (cs_signoff_search_has_label (self, line) && !is_group_heading (self)) ||
         has_word (self, blanks, 1, CS_FORM_SIGNATURE) ||
         has_word (self, blanks, 1, CS_FORM_FIELD) || signs_below (self, line);
}

/* "____ %", "____ 件": something is counted. */
static gboolean
counts_things (const char *rest)
{
  static const char *const UNITS[] = { "%", "件", "人", "個", "项", "次", "min",
                                       "minutes", "minutos", "Minuten", "ms", "MB", "GB" };

  for (guint i = 0; *rest != '\0' && i < G_N_ELEMENTS (UNITS); i++)
    {
      if (strcmp (rest, UNITS[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

/* "- [ ] Owner's approval", "Date: ____", "Approved by: ____" in one item: one signature. */
static gboolean
goes_on_item (CsSignoffSearch *self, guint line, const char *label, CsFormWord word)
{
  return word == CS_FORM_APPROVAL && self->open != NULL && self->open_item &&
         line - self->open_line <= CS_SIGNOFF_FIELD_REACH &&
         !cs_markdown_is_item_start (self->markdown, line) && cs_form_asks_consent (label) &&
         cs_form_asks_consent (self->open->role);
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

/**
 * cs_signoff_search_take_blanks:
 * @line: a line with blanks
 * @blanks: (element-type CsBlank): those of it
 * @rest: the words behind the last one
 *
 * Takes a line with blanks for one to sign, or for a part of one above it, if it is one.
 */
void
cs_signoff_search_take_blanks (CsSignoffSearch *self, guint line, GArray *blanks, const char *rest)
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
  if (counts_things (rest) || (asks_contact (blanks) && !signature))
    return;
  if (goes_on_item (self, line, first, word))
    {
      cs_signoff_add_field (self->open, first);
      add_further_fields (self->open, blanks, 1);
      self->open_line = line;
      self->holds[line] |= CS_HOLDS_SIGNED;
      return;
    }
  if ((word == CS_FORM_SIGNATURE && !named) ||
      (word == CS_FORM_NAME &&
       (chapter || signature || cs_signoff_search_has_label (self, line))) ||
      (word == CS_FORM_NAME && self->open != NULL &&
       line - self->open_line <= CS_SIGNOFF_FIELD_REACH))
    {
      take_part (self, line, blanks, first);
    }
  else if (named || (word == CS_FORM_APPROVAL && cs_form_asks_review (first)) ||
           ((word == CS_FORM_APPROVAL || word == CS_FORM_ROLE) &&
            !is_thing_to_tick (self, line, first) && asks_role_to_sign (self, line, blanks)) ||
           (word == CS_FORM_UNKNOWN && may_be_person (self, first, rest) &&
            !is_thing_to_tick (self, line, first) &&
            (chapter || signature || has_word (self, blanks, 1, CS_FORM_FIELD) ||
             (cs_signoff_search_stands_under_approval (self) &&
              cs_markdown_is_item_start (self->markdown, line)))))
    {
      CsSignoff *signoff = cs_signoff_search_add (self, line, first);

      self->open_named = TRUE;
      cs_signoff_add_field (signoff, "Name");
      add_further_fields (signoff, blanks, 1);
      cs_signoff_search_set_label (self, NULL, 0);
    }
  else if ((word == CS_FORM_FIELD || word == CS_FORM_NAME) &&
           !take_later_blank (self, line, blanks) && self->open != NULL &&
           line - self->open_line <= CS_SIGNOFF_FIELD_REACH)
    {
      add_further_fields (self->open, blanks, 0);
      self->open_line = line;
      self->holds[line] |= CS_HOLDS_SIGNED;
    }
}

/**
 * cs_signoff_search_take_stand_ins:
 * @line: a line without blanks, but with square or pointed brackets
 *
 * Takes "Approved by: [name] Signature: [sig]" as cs_signoff_search_take_blanks() takes blanks:
 * where signatures are asked for, or where the line or the next asks for one. Elsewhere templates
 * have them for all things.
 *
 * Returns: whether it was taken
 */
gboolean
cs_signoff_search_take_stand_ins (CsSignoffSearch *self, guint line)
{
  gboolean form = cs_markdown_get_line_kind (self->markdown, line) == CS_LINE_CODE;
  gboolean approval = cs_signoff_search_stands_under_approval (self);
  guint n_before = self->signoffs->len;
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);
  g_autofree char *rest = NULL;
  g_autoptr (GArray) blanks = cs_blanks_find_stand_ins (text, length, &rest);
  CsFormWord word;

  if (blanks == NULL || *g_array_index (blanks, CsBlank, 0).label == '\0')
    return FALSE;
  word = cs_signoff_search_word_of (self, g_array_index (blanks, CsBlank, 0).label);
  if (word == CS_FORM_UNKNOWN && !signs_below (self, line))
    return FALSE;
  if (!has_word (self, blanks, 1, CS_FORM_SIGNATURE) &&
      !(approval && (word == CS_FORM_ROLE || word == CS_FORM_NAME)) &&
      (form || !(cs_signoff_search_in_chapter (self, line) ||
                 (self->open != NULL && line - self->open_line <= CS_SIGNOFF_FIELD_REACH) ||
                 signs_below (self, line))))
    return FALSE;
  cs_signoff_search_take_blanks (self, line, blanks, rest);
  return self->signoffs->len > n_before || (self->holds[line] & CS_HOLDS_SIGNED) != 0;
}
