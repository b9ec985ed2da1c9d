/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as rows for a spreadsheet (RFC 4180). */

#define G_LOG_DOMAIN "cs-report"

#include "cs-history-csv.h"

#include "cs-clock.h"
#include "cs-json.h"

#include <string.h>

/* What spreadsheets take for the beginning of a formula (OWASP, CSV injection). */
#define FORMULA_BEGINS "=+-@\t\r\n"

/**
 * cs_history_csv_append_cell:
 * @text: in UTF-8
 *
 * Appends a cell in quotes, with the quotes in it doubled. What a spreadsheet would take for a
 * formula gets an apostrophe before it, which makes it text.
 */
void
cs_history_csv_append_cell (GString *out, const char *text)
{
  /* Some take the wide forms of these characters for the same. */
  static const char *const wide[] = { "＝", "＋", "－", "＠" };
  gboolean formula = *text != '\0' && strchr (FORMULA_BEGINS, *text) != NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (wide); i++)
    formula = formula || g_str_has_prefix (text, wide[i]);
  g_string_append_c (out, '"');
  if (formula)
    g_string_append_c (out, '\'');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
append_row (GString *out, const char *const *cells)
{
  for (gsize i = 0; cells[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      cs_history_csv_append_cell (out, cells[i]);
    }
  g_string_append (out, "\r\n");
}

/** cs_history_csv_append_header: the names of the columns. */
void
cs_history_csv_append_header (GString *out)
{
  const char *const cells[] = { "at", "actor", "kind", "stream", "n", "body", "hash", NULL };

  append_row (out, cells);
}

/**
 * cs_history_csv_append_record:
 *
 * Appends a row: the time (UTC, RFC 3339), who, what, where, the record's body as canonical JSON,
 * and its hash.
 */
void
cs_history_csv_append_record (GString *out, CsRecord *record)
{
  g_autofree char *at = cs_clock_format (cs_record_get_at (record));
  g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT, cs_record_get_n (record));
  g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), NULL);
  const char *const cells[] = {
    at,
    cs_record_get_actor (record),
    cs_record_get_kind (record),
    cs_record_get_stream (record),
    n,
    body != NULL ? body : "",
    cs_record_get_hash (record),
    NULL,
  };

  append_row (out, cells);
}
