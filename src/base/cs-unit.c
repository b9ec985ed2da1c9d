/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of measure as people write them beside numbers: "ms", "5 minutes", "MB", "%", "/hour". */

#include "cs-unit.h"

#include <string.h>

typedef enum
{
  COUNT,
  TIME,     /* in seconds */
  DATA,     /* in bytes */
  SHARE,    /* in percent */
  PER_TIME, /* per second */
} Quantity;

typedef struct
{
  const char *name;
  Quantity quantity;
  double factor; /* to the quantity's own unit */
} Unit;

#define KI 1024.0
#define MI 1048576.0
#define GI 1073741824.0
#define TI 1099511627776.0

/* Letters that differ by case alone mean different things ("m" is a minute in no tool's output, but
 * "M" is what ls and du print for MiB), so a name is first looked up as it stands. */
static const Unit units[] = {
  { "", COUNT, 1 },
  { "count", COUNT, 1 },
  { "ns", TIME, 1e-9 },
  { "us", TIME, 1e-6 },
  { "µs", TIME, 1e-6 },
  { "μs", TIME, 1e-6 },
  { "ms", TIME, 1e-3 },
  { "msec", TIME, 1e-3 },
  { "millisecond", TIME, 1e-3 },
  { "s", TIME, 1 },
  { "sec", TIME, 1 },
  { "second", TIME, 1 },
  { "sekunde", TIME, 1 },
  { "min", TIME, 60 },
  { "minute", TIME, 60 },
  { "h", TIME, 3600 },
  { "hour", TIME, 3600 },
  { "stunde", TIME, 3600 },
  { "d", TIME, 86400 },
  { "day", TIME, 86400 },
  { "tag", TIME, 86400 },
  { "b", DATA, 1 },
  { "byte", DATA, 1 },
  { "kb", DATA, 1e3 },
  { "mb", DATA, 1e6 },
  { "gb", DATA, 1e9 },
  { "tb", DATA, 1e12 },
  { "kib", DATA, KI },
  { "mib", DATA, MI },
  { "gib", DATA, GI },
  { "tib", DATA, TI },
  { "K", DATA, KI },
  { "M", DATA, MI },
  { "G", DATA, GI },
  { "T", DATA, TI },
  { "%", SHARE, 1 },
  { "percent", SHARE, 1 },
  { "prozent", SHARE, 1 },
  { "ratio", SHARE, 100 },
  { "/s", PER_TIME, 1 },
  { "/sec", PER_TIME, 1 },
  { "/second", PER_TIME, 1 },
  { "/min", PER_TIME, 1 / 60.0 },
  { "/minute", PER_TIME, 1 / 60.0 },
  { "/h", PER_TIME, 1 / 3600.0 },
  { "/hour", PER_TIME, 1 / 3600.0 },
  { "/d", PER_TIME, 1 / 86400.0 },
  { "/day", PER_TIME, 1 / 86400.0 },
};

static const Unit *
look_up (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (units[i].name, name) == 0)
      return &units[i];
  return NULL;
}

static const Unit *
find (const char *name)
{
  const Unit *unit = look_up (name);
  g_autofree char *folded = NULL;
  gsize length;

  if (unit != NULL)
    return unit;
  folded = g_utf8_strdown (name, -1);
  unit = look_up (folded);
  length = strlen (folded);
  /* "seconds", "minutes", "Sekunden": one form of each name stands in the table. */
  if (unit == NULL && length > 3 && (folded[length - 1] == 's' || folded[length - 1] == 'n'))
    {
      folded[length - 1] = '\0';
      unit = look_up (folded);
    }
  return unit;
}

/**
 * cs_unit_is_known:
 * @unit: a unit's name or sign
 *
 * Returns: whether it can be converted to another unit of its quantity
 */
gboolean
cs_unit_is_known (const char *unit)
{
  g_return_val_if_fail (unit != NULL, FALSE);
  return find (unit) != NULL;
}

/**
 * cs_unit_convert:
 * @value: a number
 * @from: (nullable): its unit; NULL or empty: it has none, and is taken to be in @to
 * @to: (nullable): the unit that is wanted; NULL or empty: none, so the number stays as it is
 * @converted: (out): the number in @to
 *
 * Converts between units of one quantity: time, data, shares ("%", "ratio"), and rates by time.
 * "kB", "MB" and "GB" are powers of 1000; "KiB", "MiB" and what `ls -h` and `du -h` print ("M")
 * are powers of 1024. Units that are not known are equal to themselves alone, in any case.
 *
 * Returns: FALSE if the two do not measure the same
 */
gboolean
cs_unit_convert (double value, const char *from, const char *to, double *converted)
{
  const Unit *source;
  const Unit *target;

  g_return_val_if_fail (converted != NULL, FALSE);

  *converted = value;
  if (from == NULL || *from == '\0' || to == NULL || *to == '\0')
    return TRUE;
  source = find (from);
  target = find (to);
  if (source == NULL || target == NULL)
    return g_ascii_strcasecmp (from, to) == 0;
  if (source->quantity != target->quantity)
    return FALSE;
  if (source->factor != target->factor)
    *converted = value * source->factor / target->factor;
  return TRUE;
}
