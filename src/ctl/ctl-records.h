/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as people and programs read them. */

#pragma once

#include "cs-deployment.h"
#include "ctl.h"

G_BEGIN_DECLS

void ctl_records_print (GPtrArray *records);
void ctl_records_print_json (GPtrArray *records);
void ctl_records_print_csv (GPtrArray *records);

/* (transfer full): those of a stream, or of the watch of a deployment, maybe none. */
GPtrArray *ctl_records_read (Ctl *ctl, const char *stream, GError **error);
GPtrArray *ctl_records_read_watch (Ctl *ctl, CsDeployment *deployment, GError **error);

G_END_DECLS
