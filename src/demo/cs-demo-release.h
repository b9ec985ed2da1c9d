/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One release on disk: its version, its texts, and the settings (.env) beside them. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsDemoRelease CsDemoRelease;

CsDemoRelease *cs_demo_release_load (const char *directory, GError **error);
void cs_demo_release_free (CsDemoRelease *self);

const char *cs_demo_release_get_version (CsDemoRelease *self);
guint16 cs_demo_release_get_port (CsDemoRelease *self);
char *cs_demo_release_greet (CsDemoRelease *self, const char *company);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDemoRelease, cs_demo_release_free)

G_END_DECLS
