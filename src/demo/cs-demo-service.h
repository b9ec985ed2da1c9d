/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP service that the sample runbook deploys. */

#pragma once

#include "cs-demo-release.h"

G_BEGIN_DECLS

#define CS_TYPE_DEMO_SERVICE (cs_demo_service_get_type ())
G_DECLARE_FINAL_TYPE (CsDemoService, cs_demo_service, CS, DEMO_SERVICE, GObject)

CsDemoService *cs_demo_service_new (CsDemoRelease *release);
gboolean cs_demo_service_listen (CsDemoService *self, GError **error);
guint16 cs_demo_service_get_port (CsDemoService *self);
void cs_demo_service_drain (CsDemoService *self);

G_END_DECLS
