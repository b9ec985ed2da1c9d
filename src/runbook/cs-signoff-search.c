/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is found of a sign-off, wherever it stands: who signs, what it says, what is filled in. */

#include "cs-signoff-search.h"

#include "cs-outline.h"

#include <string.h>

#define MAX_FIELDS 32

/* What a label asks for; told once for each. */
CsFormWord
cs_signoff_search_word_of (CsSignoffSearch *self, const char *label)
{
  gpointer known;
  CsFormWord word;

  if (g_hash_table_lookup_extended (self->words, label, NULL, &known))
    return (CsFormWord) GPOINTER_TO_UINT (known);
  word = cs_form_word_of (label);
  g_hash_table_insert (self->words, g_strdup (label), GUINT_TO_POINTER (word));
  return word;
}

/* Whether a line stands in a chapter of sign-offs. */
gboolean
cs_signoff_search_in_chapter (CsSignoffSearch *self, guint line)
{
  return (self->holds[line] & CS_HOLDS_SIGNOFF_CHAPTER) != 0;
}

/* What a signature says: the line's own words where they say it ("Deployment Approved By"), else
 * those of the label over it, else the heading. */
static char *
find_meaning (CsSignoffSearch *self, const char *role)
{
  CsFormWord word;

  if (cs_signoff_search_word_of (self, role) == CS_FORM_APPROVAL)
    return g_strdup (role);
  word =
    self->sentence != NULL ? cs_signoff_search_word_of (self, self->sentence) : CS_FORM_UNKNOWN;
  if (word == CS_FORM_APPROVAL || word == CS_FORM_SIGNATURE)
    return g_strdup (self->sentence);
  return g_strdup (self->heading != NULL ? self->heading : "");
}

/* Adds a line to sign, which is open for further fields; owned by the search. */
CsSignoff *
cs_signoff_search_add (CsSignoffSearch *self, guint line, const char *role)
{
  CsSignoff *signoff = g_object_new (CS_TYPE_SIGNOFF, NULL);

  signoff->line = line;
  signoff->role = g_strdup (role);
  signoff->meaning = find_meaning (self, role);
  signoff->fields = g_new0 (char *, 1);
  g_ptr_array_add (self->signoffs, signoff);
  self->open = signoff;
  self->open_line = line;
  self->open_item = FALSE;
  self->holds[line] |= CS_HOLDS_SIGNED;
  return signoff;
}

/* Adds what is to be filled in, unless it is there already, or is more than a signature has. */
void
cs_signoff_add_field (CsSignoff *signoff, const char *field)
{
  guint n = g_strv_length (signoff->fields);

  if (*field == '\0' || n == MAX_FIELDS ||
      g_strv_contains ((const char *const *) signoff->fields, field))
    return;
  signoff->fields = g_renew (char *, signoff->fields, n + 2);
  signoff->fields[n] = g_strdup (field);
  signoff->fields[n + 1] = NULL;
}

/* "@github-username", "@approver1": a handle that is nobody's. */
static gboolean
is_sample_handle (const char *value, gsize length)
{
  static const char *const WORDS[] = { "username", "user-name", "user_name", "handle", "approver",
                                       "reviewer", "github-id", "yourname", "your-name" };
  g_autofree char *handle = NULL;

  if (length < 2 || *value != '@' || memchr (value, ' ', length) != NULL)
    return FALSE;
  handle = g_ascii_strdown (value + 1, (gssize) length - 1);
  handle[strcspn (handle, "0123456789")] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (g_str_has_suffix (handle, WORDS[i]))
        return TRUE;
    }
  return FALSE;
}

/* "[Name]", "<signature>", "`<name>`", "@username" stand for a blank where a signature is asked
 * for. */
gboolean
cs_signoff_is_stand_in (const char *value)
{
  gsize length = strlen (value);

  if (length > 2 && *value == '`' && value[length - 1] == '`')
    value++, length -= 2;
  if (is_sample_handle (value, length) || cs_form_is_pending (value))
    return TRUE;
  return length > 2 && ((*value == '[' && value[length - 1] == ']') ||
                        (*value == '<' && value[length - 1] == '>'));
}

/* Remembers a label; takes its text. */
void
cs_signoff_search_set_label (CsSignoffSearch *self, char *text, guint line)
{
  g_free (self->label.text);
  self->label = (CsSignoffLabel){ text, line, FALSE };
}

/* Whether a label that asks for a signature waits for the line. */
gboolean
cs_signoff_search_has_label (CsSignoffSearch *self, guint line)
{
  CsFormWord word;

  if (self->label.text == NULL || line - self->label.line > CS_SIGNOFF_LABEL_REACH)
    return FALSE;
  word = cs_signoff_search_word_of (self, self->label.text);
  return word == CS_FORM_APPROVAL || word == CS_FORM_ROLE || word == CS_FORM_SIGNATURE;
}

/* Whether the label over a line asks for approvals: "**Approved by:**", "sign_off:". */
gboolean
cs_signoff_search_stands_under_approval (CsSignoffSearch *self)
{
  CsFormWord word =
    self->sentence != NULL ? cs_signoff_search_word_of (self, self->sentence) : CS_FORM_UNKNOWN;

  return word == CS_FORM_APPROVAL || word == CS_FORM_SIGNATURE;
}
