/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One child process with three pipes, in which a driver waits for its request. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsChannel CsChannel;

/* context: where the child is reaped. lingers: closing leaves the child to end by itself (a local
 * run outlives us); else closing ends it. */
CsChannel *cs_channel_spawn (const char *const *argv,
                             const char *const *envp,
                             const char *directory,
                             gboolean lingers,
                             GMainContext *context,
                             GError **error);
CsChannel *cs_channel_ref (CsChannel *self);
void cs_channel_unref (CsChannel *self);

int cs_channel_get_input (CsChannel *self); /* -1 once closed */
int cs_channel_get_output (CsChannel *self);
int cs_channel_get_errors (CsChannel *self);
gboolean cs_channel_has_exited (CsChannel *self);

void cs_channel_close_input (CsChannel *self);
void cs_channel_end (CsChannel *self);
void cs_channel_close (CsChannel *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsChannel, cs_channel_unref)

G_END_DECLS
