/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a server took to answer, the last times: a line. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CS_TYPE_LATENCY_LINE (cs_latency_line_get_type ())
G_DECLARE_FINAL_TYPE (CsLatencyLine, cs_latency_line, CS, LATENCY_LINE, GtkWidget)

/* milliseconds, oldest first; copied. Below two there is nothing to draw. */
void cs_latency_line_set_values (CsLatencyLine *self, const double *values, guint n);
/* Likewise; of gint64. */
void cs_latency_line_set_microseconds (CsLatencyLine *self, GArray *values);

G_END_DECLS
