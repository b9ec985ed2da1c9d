/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of companies as files and programs give them: CSV, JSON, tables. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-company-reader.h"

#include "cs-company-fields.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

typedef enum
{
  ID,
  NAME,
  SIZE,
  TAGS,
  N_COLUMNS,
} Column;

/* What people and databases call the columns. */
static const struct
{
  const char *name;
  Column column;
} columns[] = {
  { "id", ID },
  { "company_id", ID },
  { "name", NAME },
  { "company", NAME },
  { "company_name", NAME },
  { "size", SIZE },
  { "customers", SIZE },
  { "customer_count", SIZE },
  { "count", SIZE },
  { "count(*)", SIZE },
  { "weight", SIZE },
  { "tags", TAGS },
  { "tag", TAGS },
};

typedef struct
{
  CsCompanyList *list;
  int at[N_COLUMNS]; /* which field; -1: none */
  guint n_fields;
} Table;

static gboolean
find_column (const char *name, Column *column)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  g_strstrip (lower);
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    if (strcmp (columns[i].name, lower) == 0)
      {
        *column = columns[i].column;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_header (Table *table, GPtrArray *fields, guint line, GError **error)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    table->at[i] = -1;
  for (guint i = 0; i < fields->len; i++)
    {
      const char *name = fields->pdata[i];
      Column column;

      if (!find_column (name, &column))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "Line %u: “%s” is no column of companies; the header is to name some of "
                       "id, name, size and tags",
                       line, name);
          return FALSE;
        }
      if (table->at[column] >= 0)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "Line %u: the column “%s” is there twice", line, name);
          return FALSE;
        }
      table->at[column] = (int) i;
    }
  table->n_fields = fields->len;
  if (table->at[ID] >= 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Line %u: the header names no column “id”", line);
  return FALSE;
}

static const char *
get_field (const Table *table, GPtrArray *fields, Column column)
{
  return table->at[column] >= 0 ? fields->pdata[table->at[column]] : NULL;
}

static gboolean
parse_size (const char *text, gint64 *size, GError **error)
{
  guint64 value = 0;

  *size = 0;
  if (text == NULL || *text == '\0')
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, (guint64) CS_COMPANY_MAX_SIZE, &value, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no size: write a whole number, without signs between its digits", text);
      return FALSE;
    }
  *size = (gint64) value;
  return TRUE;
}

static gboolean
read_row (Table *table, GPtrArray *fields, guint line, GError **error)
{
  gint64 size;

  if (fields->len != table->n_fields)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Line %u has %u fields, and the header has %u", line, fields->len,
                   table->n_fields);
      return FALSE;
    }
  if (parse_size (get_field (table, fields, SIZE), &size, error) &&
      cs_company_list_add (table->list, get_field (table, fields, ID),
                           get_field (table, fields, NAME), size, get_field (table, fields, TAGS),
                           error))
    return TRUE;
  g_prefix_error (error, "Line %u: ", line);
  return FALSE;
}

static gboolean
read_rows (CsCompanyList *list, const char *text, CsCompanySource source, GError **error)
{
  g_autoptr (CsCompanyFields) fields =
    cs_company_fields_new (text, source == CS_COMPANY_COMMAND);
  Table table = { list };
  gboolean has_header = FALSE;

  for (;;)
    {
      g_autoptr (GError) local_error = NULL;
      guint line = 0;
      g_autoptr (GPtrArray) row = cs_company_fields_next (fields, &line, &local_error);

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (row == NULL)
        break;
      if (!(has_header ? read_row (&table, row, line, error)
                       : read_header (&table, row, line, error)))
        return FALSE;
      has_header = TRUE;
    }
  if (!has_header)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "There is nothing; a list of companies begins with a header like "
                 "id,name,size,tags");
  return has_header;
}

/* A member as text: numbers are taken only if they are whole. */
static gboolean
get_text (JsonObject *object, const char *member, char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  *text = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    *text = json_node_dup_string (node);
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64)
    *text = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  else
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is to be a string or a whole number",
                   member);
      return FALSE;
    }
  return TRUE;
}

static gboolean
get_tags (JsonObject *object, char **tags, GError **error)
{
  JsonNode *node = json_object_get_member (object, "tags");
  g_autoptr (GString) joined = g_string_new (NULL);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return get_text (object, "tags", tags, error);
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *tag = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (tag) || json_node_get_value_type (tag) != G_TYPE_STRING)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“tags” is to hold strings");
          return FALSE;
        }
      g_string_append (joined, json_node_get_string (tag));
      g_string_append_c (joined, ',');
    }
  *tags = g_string_free (g_steal_pointer (&joined), FALSE);
  return TRUE;
}

static gboolean
read_object (CsCompanyList *list, JsonObject *object, GError **error)
{
  g_autoptr (GList) members = json_object_get_members (object);
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autofree char *size_text = NULL;
  g_autofree char *tags = NULL;
  gint64 size;

  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains ((const char *const[]){ "id", "name", "size", "tags", NULL }, l->data))
      {
        g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                     "“%s” is no member of a company; these are id, name, size and tags",
                     (char *) l->data);
        return FALSE;
      }
  return get_text (object, "id", &id, error) && get_text (object, "name", &name, error) &&
         get_text (object, "size", &size_text, error) && get_tags (object, &tags, error) &&
         parse_size (size_text, &size, error) &&
         cs_company_list_add (list, id != NULL ? id : "", name, size, tags, error);
}

static gboolean
read_json (CsCompanyList *list, const char *text, GError **error)
{
  g_autoptr (JsonNode) node = cs_json_parse (text, -1, error);
  JsonArray *array;

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A list of companies is a JSON array");
      return FALSE;
    }
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (element))
        g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "it is no object");
      else if (read_object (list, json_node_get_object (element), error))
        continue;
      g_prefix_error (error, "Company %u of the array: ", i + 1);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_text (const char *data, gsize length, GError **error)
{
  const char *end = NULL;
  guint line = 1;

  if (g_utf8_validate (data, (gssize) length, &end))
    return TRUE;
  for (const char *p = data; p < end; p++)
    line += *p == '\n';
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "Line %u is not UTF-8 text; save the list as UTF-8 and import it again", line);
  return FALSE;
}

/**
 * cs_company_reader_read:
 * @bytes: what a file or a program gave
 * @source: which of both
 *
 * Reads CSV as RFC 4180 says, with a header that names its columns (id, and some of name, size and
 * tags, in any order) and comma, semicolon or tab between them; or a JSON array of objects with
 * these members. What a program printed may also be a table as `psql` and `mysql` print them.
 * Nothing is guessed: what does not fit is an error that names its line.
 *
 * Returns: (transfer full): the companies, sorted; %NULL with %CS_ERROR_INVALID or %CS_ERROR_EXISTS
 */
CsCompanyList *
cs_company_reader_read (GBytes *bytes, CsCompanySource source, GError **error)
{
  g_autoptr (CsCompanyList) list = cs_company_list_new ();
  g_autofree char *copy = NULL;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  const char *text;

  if (!check_text (data, length, error))
    return NULL;
  copy = g_strndup (data, length);
  text = g_str_has_prefix (copy, "\xef\xbb\xbf") ? copy + 3 : copy;
  if (!(text[strspn (text, " \t\r\n")] == '[' ? read_json (list, text, error)
                                              : read_rows (list, text, source, error)))
    return NULL;
  cs_company_list_sort (list);
  return g_steal_pointer (&list);
}
