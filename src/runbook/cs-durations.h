/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "5 minutes", "1-2 Std.", "30 sec": words to seconds. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CsDuration: a span of time as said, in seconds; both ends are equal unless a range was said */
typedef struct
{
  gint64 least;
  gint64 most;
} CsDuration;

gboolean cs_duration_find (const char *text,
                           CsDuration *duration,
                           const char **start,
                           const char **end);

G_END_DECLS
