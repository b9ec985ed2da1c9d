/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much work the importer does, counted and not timed: the same on every machine at any load. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What has been done since the program began: pieces of code entered (of what is built with
 * -fsanitize-coverage=trace-pc), and bytes that the C library and GLib went over or handed out for
 * it (of what is linked with --wrap). */
guint64 cs_test_work_get (void);

G_END_DECLS
