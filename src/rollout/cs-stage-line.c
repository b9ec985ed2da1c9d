/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stage as people write it in one line. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-stage-line.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define SOAK "soak="
#define SIGN "sign="

static const struct
{
  const char *unit;
  gint64 seconds;
} units[] = {
  { "w", 604800 }, { "d", 86400 }, { "h", 3600 }, { "m", 60 }, { "s", 1 }, { "", 1 },
};

static gboolean
parse_soak (const char *text, gint64 *seconds, GError **error)
{
  char *end = NULL;
  guint64 number = g_ascii_strtoull (text, &end, 10);

  end += strspn (end, " ");
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_ascii_isdigit (*text) && strcmp (end, units[i].unit) == 0 && number <= 366 * 86400)
      {
        *seconds = (gint64) number * units[i].seconds;
        return TRUE;
      }
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "“%s” is no time to soak: write 90s, 30m, 12h, 7d or 2w", text);
  return FALSE;
}

/* "Tech lead:2" */
static void
add_need (JsonArray *needs, const char *text)
{
  g_autofree char *role = g_strdup (text);
  char *colon = strrchr (role, ':');
  JsonObject *need = json_object_new ();
  gint64 count = 1;

  if (colon != NULL && colon[1] != '\0' && strspn (colon + 1, "0123456789") == strlen (colon + 1))
    {
      count = g_ascii_strtoll (colon + 1, NULL, 10);
      *colon = '\0';
    }
  json_object_set_string_member (need, "role", g_strstrip (role));
  json_object_set_int_member (need, "count", count);
  json_array_add_object_element (needs, need);
}

/**
 * cs_stage_line_parse:
 * @text: title and cohort, then maybe how long it soaks and who signs, with bars between them
 *
 * Returns: (transfer full): the stage; %NULL with %CS_ERROR_INVALID
 */
JsonObject *
cs_stage_line_parse (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);
  g_autoptr (JsonObject) stage = json_object_new ();
  JsonArray *needs = json_array_new ();

  json_object_set_array_member (stage, "needs", needs);
  if (g_strv_length (parts) < 2)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no stage: write \"TITLE | COHORT | soak=TIME | sign=ROLE:N\"", text);
      return NULL;
    }
  json_object_set_string_member (stage, "title", g_strstrip (parts[0]));
  json_object_set_string_member (stage, "cohort", g_strstrip (parts[1]));
  for (char **part = parts + 2; *part != NULL; part++)
    {
      gint64 seconds;

      g_strstrip (*part);
      if (g_str_has_prefix (*part, SOAK))
        {
          if (!parse_soak (*part + strlen (SOAK), &seconds, error))
            return NULL;
          json_object_set_int_member (stage, "soak", seconds);
        }
      else if (g_str_has_prefix (*part, SIGN))
        add_need (needs, *part + strlen (SIGN));
      else
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "“%s” is neither soak=TIME nor sign=ROLE:N", *part);
          return NULL;
        }
    }
  return g_steal_pointer (&stage);
}

static void
append_soak (GString *line, gint64 seconds)
{
  gsize i = 0;

  if (seconds <= 0)
    return;
  while (seconds % units[i].seconds != 0)
    i++;
  g_string_append_printf (line, " | " SOAK "%" G_GINT64_FORMAT "%s", seconds / units[i].seconds,
                          units[i].unit);
}

/**
 * cs_stage_line_write:
 * @stage: with title and cohort
 *
 * Returns: (transfer full): the line that says the same
 */
char *
cs_stage_line_write (JsonObject *stage)
{
  const char *title = cs_json_get_string (stage, "title");
  const char *cohort = cs_json_get_string (stage, "cohort");
  JsonArray *needs = cs_json_get_array (stage, "needs");
  GString *line = g_string_new (title != NULL ? title : "");

  g_string_append_printf (line, " | %s", cohort != NULL ? cohort : "");
  append_soak (line, cs_json_get_int (stage, "soak", 0));
  for (guint i = 0; needs != NULL && i < json_array_get_length (needs); i++)
    {
      JsonObject *need = json_array_get_object_element (needs, i);
      gint64 count = cs_json_get_int (need, "count", 1);

      g_string_append_printf (line, " | " SIGN "%s", cs_json_get_string (need, "role"));
      if (count != 1)
        g_string_append_printf (line, ":%" G_GINT64_FORMAT, count);
    }
  return g_string_free (line, FALSE);
}
