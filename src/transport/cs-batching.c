/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a command goes through a fleet: how many at once, how long between, and when to stop. */

#include "cs-batching.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define MAX_MEMBERS 10000
#define MAX_PAUSE (7 * 24 * 60 * 60)

/* A number with an optional unit behind it; what the unit is worth comes in *factor. */
static gboolean
parse_number (const char *text, const char *units, const guint *worth, guint max, guint *number)
{
  g_autofree char *digits = g_strdup (text);
  gsize length = strlen (digits);
  const char *unit = length > 1 ? strchr (units, digits[length - 1]) : NULL;
  guint factor = 1;
  guint64 value = 0;

  if (unit != NULL && *unit != '\0')
    {
      factor = worth[unit - units];
      digits[length - 1] = '\0';
    }
  if (!g_ascii_string_to_unsigned (digits, 10, 0, max, &value, NULL) || value * factor > max)
    return FALSE;
  *number = (guint) value * factor;
  return TRUE;
}

static gboolean
parse_size (CsBatching *self, const char *text, GError **error)
{
  const guint one[] = { 1 };
  gboolean percent = g_str_has_suffix (text, "%");
  guint size = 0;

  if (!parse_number (text, "%", one, percent ? 100 : MAX_MEMBERS, &size) || size == 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no size of a batch: give a number of members, or percent from 1%% to "
                   "100%%",
                   text);
      return FALSE;
    }
  self->size = size;
  self->percent = percent;
  return TRUE;
}

static gboolean
parse_pause (CsBatching *self, const char *text, GError **error)
{
  const guint worth[] = { 1, 60, 60 * 60 };
  guint seconds = 0;

  if (g_str_equal (text, "ask"))
    {
      self->pause = CS_BATCHING_ASK;
      return TRUE;
    }
  if (!parse_number (text, "smh", worth, MAX_PAUSE, &seconds))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no pause between batches: give seconds (30s), minutes (5m), or ask",
                   text);
      return FALSE;
    }
  self->pause = (int) seconds;
  return TRUE;
}

/**
 * cs_batching_parse:
 * @self: changed where something is given
 * @size: (nullable): `10%` of the fleet, or `5` members
 * @pause: (nullable): `30s`, `5m`, `1h`, plain seconds, or `ask`
 * @stop_after: (nullable): failed members after which no other is started, from 1
 *
 * Returns: whether all could be read; else %CS_ERROR_INVALID, and @self is as it was or changed in
 *   part
 */
gboolean
cs_batching_parse (CsBatching *self,
                   const char *size,
                   const char *pause,
                   const char *stop_after,
                   GError **error)
{
  guint64 number = 0;

  if ((size != NULL && !parse_size (self, size, error)) ||
      (pause != NULL && !parse_pause (self, pause, error)))
    return FALSE;
  if (stop_after == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (stop_after, 10, 1, MAX_MEMBERS, &number, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is no number of failed members to stop after: give 1 or more", stop_after);
      return FALSE;
    }
  self->stop_after = (guint) number;
  return TRUE;
}

/**
 * cs_batching_to_json:
 * @object: gets the members `batch`, `pause` (strings) and `stop-after`
 */
void
cs_batching_to_json (const CsBatching *self, JsonObject *object)
{
  g_autofree char *size = cs_batching_dup_size (self);
  g_autofree char *pause = cs_batching_dup_pause (self);

  json_object_set_string_member (object, "batch", size);
  json_object_set_string_member (object, "pause", pause);
  json_object_set_int_member (object, "stop-after", self->stop_after);
}

/**
 * cs_batching_from_json:
 * @self: filled; what @object lacks is as in %CS_BATCHING_INIT
 * @object: what cs_batching_to_json() wrote to
 *
 * Returns: whether it could be read; else %CS_ERROR_INVALID
 */
gboolean
cs_batching_from_json (CsBatching *self, JsonObject *object, GError **error)
{
  const CsBatching usual = CS_BATCHING_INIT;
  gint64 stop_after = cs_json_get_int (object, "stop-after", usual.stop_after);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, stop_after);

  *self = usual;
  return cs_batching_parse (self, cs_json_get_string (object, "batch"),
                            cs_json_get_string (object, "pause"), number, error);
}

/** cs_batching_dup_size: (transfer full): `10%` or `5`. */
char *
cs_batching_dup_size (const CsBatching *self)
{
  return g_strdup_printf ("%u%s", self->size, self->percent ? "%" : "");
}

/** cs_batching_dup_pause: (transfer full): `30s` or `ask`. */
char *
cs_batching_dup_pause (const CsBatching *self)
{
  if (self->pause == CS_BATCHING_ASK)
    return g_strdup ("ask");
  return g_strdup_printf ("%ds", self->pause);
}

/**
 * cs_batching_count:
 * @n_members: how many the fleet has
 *
 * Returns: how many make one batch, at least one; part of a member counts as one
 */
guint
cs_batching_count (const CsBatching *self, guint n_members)
{
  guint n = self->percent ? (n_members * self->size + 99) / 100 : self->size;

  return MAX (n, 1);
}
