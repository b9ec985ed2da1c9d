/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell at the other end of the channel that holds a connection: it takes one request after the
 * other. */

#pragma once

#include "cs-channel.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsServingShell CsServingShell;

/* idle: called, with user_data, when it waits for a request again. */
CsServingShell *cs_serving_shell_new (CsChannel *channel,
                                      GMainContext *context,
                                      const char *token,
                                      GSourceFunc idle,
                                      gpointer user_data);
void cs_serving_shell_free (CsServingShell *self);

GBytes *cs_serving_shell_take (CsServingShell *self, GBytes *request);
const char *cs_serving_shell_get_broken_line (CsServingShell *self);
gboolean cs_serving_shell_make_ready (CsServingShell *self);
void cs_serving_shell_give_back (CsServingShell *self);
void cs_serving_shell_settle (CsServingShell *self, GBytes *rest);
gboolean cs_serving_shell_is_settling (CsServingShell *self);

G_END_DECLS
