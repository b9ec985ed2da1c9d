/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of a deployment have left behind here: directories and variables. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CS_CARRIED_CWD: stands for the working directory, where names of variables stand */
#define CS_CARRIED_CWD "/"

typedef struct _CsCarried CsCarried;

CsCarried *cs_carried_open (const char *path, gint64 now, GError **error);
void cs_carried_close (CsCarried *self);

/* Any thread. */
void cs_carried_note (CsCarried *self, JsonObject *run, gint64 now);
gboolean cs_carried_has (CsCarried *self,
                         const char *deployment,
                         const char *name,
                         const char *value);

G_END_DECLS
