/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Supervisors that wait for an order, started ahead of time. */

#pragma once

#include "cs-run-order.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsSupervisors CsSupervisors;

/* ended: called in the main thread with the id of a process that has ended. */
typedef void (*CsSupervisorEnded) (int pid, gpointer user_data);

CsSupervisors *cs_supervisors_new (const char *program,
                                   char **environment,
                                   const char *home,
                                   CsSupervisorEnded ended,
                                   gpointer user_data);
void cs_supervisors_free (CsSupervisors *self);

void cs_supervisors_start_async (CsSupervisors *self,
                                 const CsRunOrder *order,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
int cs_supervisors_start_finish (GAsyncResult *result, GError **error);

G_END_DECLS
