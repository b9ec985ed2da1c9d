/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Printing: text from outside never reaches the terminal as commands. */

#pragma once

#include <json-glib/json-glib.h>
#include <stdio.h>

G_BEGIN_DECLS

/* One line: every control character (also line breaks, C1 and direction marks) becomes visible. */
void ctl_print_text (FILE *file, const char *text);
/* Output of commands: to a terminal without what could steer it, to a file or pipe as it is. Gives
 * how much was printed; what is left is the beginning of a character whose end may still come. */
gsize ctl_print_output (FILE *file, const char *data, gsize length, gboolean last);

/* printf whose %s are escaped as by ctl_print_text(); the arguments are all const char*. */
void ctl_print (FILE *file, const char *format, ...);

/* A day, which means its beginning in UTC, or a moment. INVALID. */
gboolean ctl_parse_time (const char *text, gint64 *at, GError **error);
/* "90", "90s", "5m", "1h", at most a week, in seconds; NULL: 0. INVALID, and names the option. */
gboolean ctl_parse_seconds (const char *text, const char *option, guint *seconds, GError **error);
char *ctl_format_time (gint64 at);         /* local time, to the second */
char *ctl_format_duration (gint64 micros); /* "1.2 s", "3 min 05 s" */
void ctl_print_json (JsonNode *node);
void ctl_set_text (JsonObject *object, const char *member, const char *text); /* null if NULL */
void ctl_set_time (JsonObject *object, const char *member, gint64 at);        /* null if 0 */

G_END_DECLS
