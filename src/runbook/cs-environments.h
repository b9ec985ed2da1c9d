/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Production only", "Staging:": for which environments a section is. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_ENVIRONMENT_PRODUCTION: what documents mean by production, whatever it is called */
#define CS_ENVIRONMENT_PRODUCTION "production"

char *cs_environments_dup_named (const char *words);
gboolean cs_environments_hold (const char *named, const char *environment, gboolean production);
gboolean cs_environments_sound_like_production (const char *environment);

G_END_DECLS
