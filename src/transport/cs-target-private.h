/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a target: for the files that know one kind of it. */

#pragma once

#include "cs-target.h"

G_BEGIN_DECLS

struct _CsTarget
{
  GObject parent_instance;

  char *name;
  CsTargetKind kind;
  char *user;
  char *host;
  guint16 port;
  char *identity;
  char *environment;
  char *url;
  char *fingerprint;
  guint rate;
  CsAgentAccess *access;
  GListStore *members; /* CsMember, in rank order; NULL but for a fleet */
  CsBatching batching;
};

gboolean cs_target_check_name (const char *name, GError **error);
CsTarget *cs_target_new_of_kind (CsTargetKind kind,
                                 const char *name,
                                 const char *environment,
                                 GError **error);
CsTarget *cs_target_new_agent_from_json (JsonObject *object, GError **error);
CsTarget *cs_target_new_fleet_from_json (JsonObject *object, GError **error);
void cs_target_fleet_to_json (CsTarget *self, JsonObject *object);

G_END_DECLS
