/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text in rows and columns, row by row: CSV, and what psql and mysql print. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-company-fields.h"

#include "cs-error.h"

#include <string.h>

/**
 * Dialect:
 * @CSV: RFC 4180 with one separator
 * @MYSQL_BATCH: tabs; what can't stand in a line is escaped with a backslash
 * @DRAWN: columns with lines between them, as psql and mysql draw them
 */
typedef enum
{
  CSV,
  MYSQL_BATCH,
  DRAWN,
} Dialect;

struct _CsCompanyFields
{
  const char *rest;
  guint line; /* of rest, from 1 */
  Dialect dialect;
  char separator;
};

static gsize
line_length (const char *text)
{
  return strcspn (text, "\r\n");
}

static const char *
skip_line_end (const char *text)
{
  if (*text == '\r')
    text++;
  return *text == '\n' ? text + 1 : text;
}

/* What mysql says about passwords and what psql says at its end stand among the rows. */
static gboolean
is_remark (const char *text, gsize length)
{
  g_autofree char *line = g_strndup (text, length);

  g_strstrip (line);
  return g_str_has_prefix (line, "mysql: [Warning]") ||
         g_str_has_prefix (line, "mariadb: [Warning]") ||
         (g_str_has_prefix (line, "(") && g_str_has_suffix (line, ")") &&
          g_ascii_isdigit (line[1]) && strchr (line, '|') == NULL);
}

static gboolean
is_rule (const char *text, gsize length)
{
  gsize n = 0;

  while (n < length && strchr ("+-| ", text[n]) != NULL)
    n++;
  return n == length && memchr (text, '-', length) != NULL;
}

/* Whichever stands in the header most often, outside of quotes. */
static char
find_separator (const char *text)
{
  guint counts[3] = { 0 };
  static const char separators[] = ",;\t";
  gboolean quoted = FALSE;
  gsize best = 0;

  for (const char *p = text; *p != '\0' && (quoted || (*p != '\n' && *p != '\r')); p++)
    {
      const char *found = strchr (separators, *p);

      if (*p == '"')
        quoted = !quoted;
      else if (!quoted && found != NULL)
        counts[found - separators]++;
    }
  for (gsize i = 1; i < G_N_ELEMENTS (counts); i++)
    if (counts[i] > counts[best])
      best = i;
  return separators[best];
}

static Dialect
find_dialect (const char *text)
{
  gsize length = line_length (text);
  const char *second = skip_line_end (text + length);

  if (is_rule (text, length) || is_rule (second, line_length (second)))
    return DRAWN;
  return find_separator (text) == '\t' ? MYSQL_BATCH : CSV;
}

static void
skip_lines (CsCompanyFields *self, gboolean remarks)
{
  for (;;)
    {
      gsize length = line_length (self->rest);

      if (self->rest[length] == '\0' && length == 0)
        return;
      if (length > 0 && !(remarks && is_remark (self->rest, length)) &&
          !(self->dialect == DRAWN && is_rule (self->rest, length)))
        return;
      self->rest = skip_line_end (self->rest + length);
      self->line++;
    }
}

/** cs_company_fields_new: (transfer full): at the beginning of @text. */
CsCompanyFields *
cs_company_fields_new (const char *text, gboolean printed)
{
  CsCompanyFields *self = g_new0 (CsCompanyFields, 1);

  self->rest = text;
  self->line = 1;
  skip_lines (self, printed);
  self->dialect = printed ? find_dialect (self->rest) : CSV;
  self->separator = find_separator (self->rest);
  return self;
}

/** cs_company_fields_free: frees it, not the text. */
void
cs_company_fields_free (CsCompanyFields *self)
{
  g_free (self);
}

static gboolean
complain (GError **error, guint line, const char *words)
{
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Line %u: %s", line, words);
  return FALSE;
}

static gboolean
read_quoted (CsCompanyFields *self, GString *field, GError **error)
{
  guint began = self->line;

  for (self->rest++;; self->rest++)
    {
      if (*self->rest == '\0')
        return complain (error, began, "a quote is opened here and never closed");
      if (*self->rest == '\n')
        self->line++;
      if (*self->rest == '"' && *++self->rest != '"')
        break;
      g_string_append_c (field, *self->rest);
    }
  if (*self->rest == '\0' || strchr ("\r\n", *self->rest) != NULL || *self->rest == self->separator)
    return TRUE;
  return complain (error, self->line, "something stands between a closing quote and the separator");
}

static gboolean
read_plain (CsCompanyFields *self, GString *field, GError **error)
{
  while (*self->rest != '\0' && strchr ("\r\n", *self->rest) == NULL &&
         *self->rest != self->separator)
    {
      if (*self->rest == '"')
        return complain (error, self->line,
                         "a quote stands in a field that does not begin with one");
      g_string_append_c (field, *self->rest++);
    }
  return TRUE;
}

/* One record of RFC 4180. */
static gboolean
read_csv (CsCompanyFields *self, GPtrArray *fields, GError **error)
{
  for (;;)
    {
      g_autoptr (GString) field = g_string_new (NULL);

      if (!(*self->rest == '"' ? read_quoted (self, field, error)
                               : read_plain (self, field, error)))
        return FALSE;
      g_ptr_array_add (fields, g_string_free (g_steal_pointer (&field), FALSE));
      if (*self->rest != self->separator || *self->rest == '\0')
        break;
      self->rest++;
    }
  if (*self->rest != '\0')
    self->line++;
  self->rest = skip_line_end (self->rest);
  return TRUE;
}

/* How mysql writes a value in batch mode. */
static char *
unescape (const char *text)
{
  GString *out;

  if (strcmp (text, "NULL") == 0)
    return g_strdup ("");
  out = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p != '\\' || p[1] == '\0')
        {
          g_string_append_c (out, *p);
          continue;
        }
      p++;
      g_string_append_c (out, *p == 'n' ? '\n' : *p == 't' ? '\t'
                                                           : *p);
    }
  return g_string_free (out, FALSE);
}

static void
read_line (CsCompanyFields *self, GPtrArray *fields)
{
  gsize length = line_length (self->rest);
  g_autofree char *line = g_strndup (self->rest, length);
  gboolean drawn = self->dialect == DRAWN;
  char *begin = drawn ? g_strstrip (line) : line;
  g_auto (GStrv) parts = NULL;

  if (drawn && *begin == '|' && g_str_has_suffix (begin, "|"))
    {
      begin[strlen (begin) - 1] = '\0';
      begin++;
    }
  parts = g_strsplit (begin, drawn ? "|" : "\t", -1);
  for (char **part = parts; *part != NULL; part++)
    {
      char *field = drawn ? g_strdup (g_strstrip (*part)) : unescape (*part);

      if (drawn && strcmp (field, "NULL") == 0)
        *field = '\0';
      g_ptr_array_add (fields, field);
    }
  self->rest = skip_line_end (self->rest + length);
  self->line++;
}

/**
 * cs_company_fields_next:
 * @self: where it stands
 * @line: (out): in which line the row begins
 *
 * Empty lines are passed over.
 *
 * Returns: (transfer full) (nullable) (element-type utf8): the next row; %NULL with
 *   %CS_ERROR_INVALID, or without an error at the end
 */
GPtrArray *
cs_company_fields_next (CsCompanyFields *self, guint *line, GError **error)
{
  g_autoptr (GPtrArray) fields = NULL;

  skip_lines (self, self->dialect != CSV);
  *line = self->line;
  if (*self->rest == '\0')
    return NULL;
  fields = g_ptr_array_new_with_free_func (g_free);
  if (self->dialect != CSV)
    read_line (self, fields);
  else if (!read_csv (self, fields, error))
    return NULL;
  return g_steal_pointer (&fields);
}
