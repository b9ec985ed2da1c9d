/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of measure as people write them beside numbers: "ms", "5 minutes", "MB", "%", "/hour". */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cs_unit_is_known (const char *unit);
gboolean cs_unit_convert (double value, const char *from, const char *to, double *converted);

G_END_DECLS
