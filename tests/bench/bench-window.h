/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What benches of the real window share: waiting in its main loop, and watching for stalls. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Runs the bench's own program as ROLE DIRECTORY for each role, one after the other, in a directory
 * that is there until the last has ended. Gives the exit status. */
int bench_run_roles (const char *bench, const char *const *roles);

/* Ends the bench. */
G_NORETURN void bench_fail (const char *what, const GError *error);

double bench_milliseconds_since (gint64 start);

/* The first widget of a type, by its name; NULL if there is none. */
GtkWidget *bench_find_widget (GtkWidget *root, const char *type);
GtkWidget *bench_find_widget_in_windows (const char *type);

/* Lets the program go on until the condition holds; ends the bench if it never does. */
void bench_iterate_until (gboolean (*condition) (void), const char *what);

/* Between two looks at what is new, the program answers nobody: the longest such time since the
 * last reset, in milliseconds, and the longest in which the processor worked for the main loop,
 * whatever else the machine did. */
typedef struct
{
  double longest;
  double longest_busy;
} BenchStalls;

void bench_stalls_watch (void);
BenchStalls bench_stalls_take (void);

G_END_DECLS
