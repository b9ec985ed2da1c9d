/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places in commands that a person has to fill in. */

#include "cs-placeholders.h"

#include "cs-byte-search.h"

#include <string.h>

#define MAX_NAME 64

/* What bytes are, for the loops that go over all of them. */
#define WORD 1 /* a letter, a digit or an underscore */
#define LETTER 2
#define UPPER 4
#define OPENING 8

static const guint8 KINDS[256] = {
  ['0' ... '9'] = WORD, ['_'] = WORD,      ['a' ... 'z'] = WORD | LETTER,
  ['<'] = OPENING,      ['['] = OPENING,   ['A' ... 'Z'] = WORD | LETTER | UPPER,
  ['{'] = OPENING,
};

typedef struct
{
  const char *text;
  const char *end;
  guint line;
  int git;         /* whether the line calls git: -1 while nobody asked */
  gboolean markup; /* the block holds HTML or XML: lower-case tags are none */
  GPtrArray *marks;
} Finder;

static void
add (Finder *self, const char *from, const char *to, const char *name_from, const char *name_to)
{
  g_autofree char *text = g_strndup (from, (gsize) (to - from));
  g_autofree char *name = g_strndup (name_from, (gsize) (name_to - name_from));

  g_ptr_array_add (self->marks, cs_mark_new (CS_MARK_PLACEHOLDER, self->line, text, name));
}

/* "<previous-commit-hash>", "<YES/NO>": not a redirection, an address or a tag. */
static const char *
take_angle (Finder *self, const char *p)
{
  const char *q = p + 1;
  gboolean upper = TRUE, separated = FALSE;

  if (q >= self->end || !g_unichar_isalpha (g_utf8_get_char (q)))
    return p;
  for (; q < self->end && *q != '>' && q - p < MAX_NAME; q++)
    {
      if (!g_ascii_isalnum (*q) && strchr (" _-/.|", *q) == NULL && (guchar) *q < 0x80)
        return p;
      upper = upper && !g_ascii_islower (*q);
      separated |= strchr ("_- ", *q) != NULL;
    }
  if (q >= self->end || *q != '>' || q[-1] == ' ' || q - p < 3)
    return p;
  if (self->markup && !(upper && (separated || (p > self->text && p[-1] == '='))))
    return p;
  add (self, p, q + 1, p + 1, q);
  return q;
}

/* "[DATE]", "[COMMIT HASH]": capitals in square brackets, no pattern. */
static const char *
take_square (Finder *self, const char *p)
{
  const char *q = p + 1;

  if (p > self->text && strchr (" =/'\"_-:.", p[-1]) == NULL)
    return p;
  for (; q < self->end && *q != ']' && q - p < MAX_NAME; q++)
    {
      if (!g_ascii_isupper (*q) && !g_ascii_isdigit (*q) && strchr (" _", *q) == NULL &&
          !(*q == '-' && q > p + 2))
        return p;
    }
  if (q >= self->end || *q != ']' || q - p < 4 || p[1] == ' ' ||
      cs_bytes_hold (p, (gsize) (q - p), "REDACT"))
    return p;
  add (self, p, q + 1, p + 1, q);
  return q;
}

/* "{{ version }}", "{VERSION}": braces that no shell and no template of a tool has. */
static const char *
take_brace (Finder *self, const char *p)
{
  const char *q = p + 1, *name;
  gboolean pair = q < self->end && *q == '{';

  if (p > self->text && strchr ("$%{\\", p[-1]) != NULL)
    return p;
  q += pair ? 1 : 0;
  while (pair && q < self->end && *q == ' ')
    q++;
  name = q;
  while (q < self->end && (*q == '_' || *q == '-' || g_ascii_isupper (*q) || g_ascii_isdigit (*q) ||
                           (pair && g_ascii_isalpha (*q))))
    q++;
  if (q - name < 3 || !g_ascii_isalpha (*name))
    return p;
  while (pair && q < self->end && *q == ' ')
    q++;
  if (q >= self->end || *q != '}' || (pair && (q + 1 >= self->end || q[1] != '}')))
    return p;
  q += pair ? 2 : 1;
  add (self, p, q, name, q - (pair ? 2 : 1));
  return q - 1;
}

static gboolean
has_prefix (const char *word, gsize length, const char *prefix)
{
  gsize n = strlen (prefix);

  return length > n && g_ascii_strncasecmp (word, prefix, n) == 0;
}

static gboolean
is_capitals (const char *word, gsize length)
{
  gboolean letter = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isupper (word[i]) && !g_ascii_isdigit (word[i]) && word[i] != '_')
        return FALSE;
      letter |= g_ascii_isupper (word[i]);
    }
  return letter;
}

/* "YYYYMMDD_HHMMSS", "YYYY-MM-DD": nothing but letters of dates. */
static gboolean
is_date_pattern (const char *word, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      if (strchr ("YMDHS_-.:T", word[i]) == NULL)
        return FALSE;
    }
  return length >= 6 && g_strstr_len (word, (gssize) length, "YYYY") != NULL;
}

static gboolean
is_git_line (Finder *self)
{
  static const char *const VERBS[] = { "git reset", "git checkout", "git revert", "git show",
                                       "git cherry-pick", "git switch", "git diff" };

  if (self->git >= 0)
    return self->git > 0;
  self->git = 0;
  for (guint i = 0; i < G_N_ELEMENTS (VERBS); i++)
    {
      if (cs_bytes_find (self->text, (gsize) (self->end - self->text), VERBS[i],
                         strlen (VERBS[i])) != NULL)
        self->git = 1;
    }
  return self->git > 0;
}

/* Words in capitals that ask for something: "CALL_ID_HERE", "YOUR_TOKEN", "PREVIOUS_COMMIT". */
static gboolean
is_asking_name (Finder *self, const char *word, gsize length)
{
  static const char *const BEGINNINGS[] = { "YOUR_", "YOUR-", "PREVIOUS_",
                                            "REPLACE_", "TARGET_", "LAST_GOOD_" };
  static const char *const WHOLE[] = { "CHANGEME", "CHANGE_ME", "REPLACEME", "REPLACE_ME",
                                       "PLACEHOLDER", "TIMESTAMP", "COMMIT_HASH", "COMMIT_SHA" };

  if (length < 3)
    return FALSE;
  if (length > 5 && memcmp (word + length - 5, "_HERE", 5) == 0)
    return TRUE;
  /* Most words are in small letters, and none of these. */
  if (g_ascii_islower (word[1]) && strchr ("CRPcrp", *word) == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (WHOLE); i++)
    {
      if ((WHOLE[i][0] | 0x20) == (*word | 0x20) && strlen (WHOLE[i]) == length &&
          g_ascii_strncasecmp (WHOLE[i], word, length) == 0 &&
          (is_capitals (word, length) || i < 5))
        return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (BEGINNINGS); i++)
    {
      if ((BEGINNINGS[i][0] | 0x20) == (*word | 0x20) &&
          has_prefix (word, length, BEGINNINGS[i]) && (is_capitals (word, length) || i == 1))
        return TRUE;
    }
  if (length >= 3 && strspn (word, "X") >= length)
    return TRUE;
  return is_capitals (word, length) && length > 4 && is_git_line (self) &&
         memchr (word, '_', length) != NULL &&
         g_strstr_len (word, (gssize) length, "_HEAD") == NULL;
}

/* "noreply@placeholder.local" is an address that nobody has, and complete. */
static gboolean
is_part_of_address (Finder *self, const char *word, gsize length)
{
  return word > self->text && strchr ("@.", word[-1]) != NULL && !is_capitals (word, length);
}

/* "vX.Y.Z", "1.X.0": a version with letters for numbers. */
static gboolean
is_version_pattern (const char *word, gsize length)
{
  gsize skip = *word == 'v' ? 1 : 0;

  return length >= skip + 3 && strspn (word + skip, "XYZxyz.") >= length - skip &&
         word[skip + 1] == '.' && strchr ("XYZxyz", word[skip]) != NULL &&
         strchr ("XYZxyz", word[skip + 2]) != NULL;
}

/* A word: letters, digits, underscores, dots and dashes inside. */
static const char *
take_word (Finder *self, const char *p)
{
  const char *q = p, *from = p;
  guint8 kinds = 0;
  gsize length;

  for (; q < self->end && (KINDS[(guchar) *q] & WORD) != 0; q++)
    kinds |= KINDS[(guchar) *q];
  /* Most words are in small letters, and begin like none that asks for something. */
  if ((kinds & UPPER) == 0 && *p != 'c' && *p != 'r' && *p != 'p' && *p != 'v' && *p != 'x')
    return q - 1;
  length = (gsize) (q - p);
  if (p > self->text && strchr ("$%\\{", p[-1]) != NULL)
    return q - 1;
  if (q < self->end && *q == '=' && (p == self->text || p[-1] == ' '))
    return q - 1; /* NAME=…: a name, not a value */
  for (const char *year = memchr (p, 'Y', length); year != NULL && year + 4 <= q; year++)
    {
      if (memcmp (year, "YYYY", 4) == 0)
        {
          while (q < self->end && strchr ("YMDHS_-:T", *q) != NULL)
            q++;
          while (q > year && strchr ("_-:", q[-1]) != NULL)
            q--;
          if (is_date_pattern (year, (gsize) (q - year)))
            add (self, year, q, year, q);
          return q - 1;
        }
    }
  if (is_asking_name (self, p, length) && !is_part_of_address (self, p, length))
    {
      add (self, p, q, p, q);
      return q - 1;
    }
  if ((*p == 'v' || *p == 'X' || *p == 'x') && q < self->end && *q == '.')
    {
      while (q < self->end && (g_ascii_isalnum (*q) || *q == '.'))
        q++;
      if (is_version_pattern (p, (gsize) (q - p)))
        add (self, p, q, p, q);
      return q - 1;
    }
  /* "--step=X" */
  if (length == 1 && strchr ("XN", *p) != NULL && p - self->text > 2 && p[-1] == '=')
    {
      while (from > self->text && from[-1] != ' ' && p - from < MAX_NAME)
        from--;
      if ((from == self->text || from[-1] == ' ') && g_str_has_prefix (from, "--"))
        add (self, from, q, from + 2, p - 1);
    }
  return q - 1;
}

/* Whether a line with these bytes may ask for something: in small letters there are only
 * "changeme", "replaceme", "placeholder" and versions such as "vx.y.z". */
static gboolean
may_ask (CsBytes bytes)
{
  return (bytes & (CS_BYTES_UPPER | CS_BYTES_LESS | CS_BYTES_SQUARE | CS_BYTES_CURLY |
                   CS_BYTES_LETTER ('x'))) != 0 ||
         cs_bytes_has (bytes, cs_bytes_spell ("changem")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("replacm")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("placehodr")) ||
         ((bytes & CS_BYTES_LETTER ('v')) != 0 &&
          (bytes & (CS_BYTES_LETTER ('y') | CS_BYTES_LETTER ('z'))) != 0);
}

/**
 * cs_placeholders_find:
 * @text: (array length=length): one line of a command
 * @bytes: what it holds at most
 * @line: its number in the document
 * @markup: whether the block holds HTML or XML
 * @marks: (element-type CsMark): takes what is found
 *
 * Finds what a person has to fill in before a command can run.
 */
void
cs_placeholders_find (const char *text,
                      gsize length,
                      CsBytes bytes,
                      guint line,
                      gboolean markup,
                      GPtrArray *marks)
{
  Finder self = { text, text + length, line, -1, markup, marks };

  if (!may_ask (bytes))
    return;
  for (const char *p = text; p < self.end; p++)
    {
      guint8 kind = KINDS[(guchar) *p];

      if ((kind & LETTER) != 0)
        p = take_word (&self, p);
      else if (kind == OPENING)
        p = *p == '<' ? take_angle (&self, p)
                      : (*p == '[' ? take_square (&self, p) : take_brace (&self, p));
    }
}
