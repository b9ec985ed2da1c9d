/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the class and its opening share. */

#pragma once

#include "cs-agent-session.h"
#include "cs-agent-worker.h"

G_BEGIN_DECLS

struct _CsAgentSession
{
  GObject parent_instance;

  CsTarget *target;
  CsAgentAccess *access;
  char *address;
  char *place;
  GMainContext *context; /* of the caller */
  CsAgentWorker *worker;
  GCancellable *aborting;
  guint delegation;      /* seconds */
  GPtrArray *operations; /* Operation, under way */
  GTask *closing;
  gboolean closed;
};

G_END_DECLS
