/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where steps run: this computer, a server over SSH, an agent, or a fleet of these. */

#pragma once

#include "cs-agent-access.h"
#include "cs-batching.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  CS_TARGET_LOCAL,
  CS_TARGET_SSH,
  CS_TARGET_FLEET,
  CS_TARGET_AGENT,
} CsTargetKind;

const char *cs_target_kind_to_string (CsTargetKind kind); /* "local", "ssh", "fleet", "agent" */

#define CS_TYPE_TARGET (cs_target_get_type ())
G_DECLARE_FINAL_TYPE (CsTarget, cs_target, CS, TARGET, GObject)

#define CS_TYPE_MEMBER (cs_member_get_type ())
G_DECLARE_FINAL_TYPE (CsMember, cs_member, CS, MEMBER, GObject)

/* name: 1-63 of letters, digits, - _ . and beginning with a letter or digit; else INVALID.
 * environment may be NULL. */
CsTarget *cs_target_new_local (const char *name, const char *environment, GError **error);

/* destination: [USER@]HOST[:PORT] (IPv6 in brackets), or an alias of ssh_config; nothing that ssh
 * could take for an option. identity: path of a key file, or NULL. */
CsTarget *cs_target_new_ssh (const char *name,
                             const char *destination,
                             const char *identity,
                             const char *environment,
                             GError **error);
/** CS_TARGET_AGENT_PORT: where an agent listens unless its URL says otherwise */
#define CS_TARGET_AGENT_PORT 7443
/* url: https://HOST[:PORT]. fingerprint: of its certificate, "SHA256:…", or NULL where an authority
 * vouches for it. identity: the key with which requests are signed, or NULL for the only one. */
CsTarget *cs_target_new_agent (const char *name,
                               const char *url,
                               const char *fingerprint,
                               const char *identity,
                               const char *environment,
                               GError **error);
/* members: of CsMember, see cs-member.h. batching NULL: all at once, stop after the first
 * failure. */
CsTarget *cs_target_new_fleet (const char *name,
                               GPtrArray *members,
                               const CsBatching *batching,
                               const char *environment,
                               GError **error);
CsTarget *cs_target_new_from_json (JsonObject *object, GError **error);
JsonNode *cs_target_to_json (CsTarget *self);

const char *cs_target_get_name (CsTarget *self);
CsTargetKind cs_target_get_kind (CsTarget *self);
const char *cs_target_get_user (CsTarget *self); /* NULL: as ssh_config says */
const char *cs_target_get_host (CsTarget *self); /* NULL for local */
guint16 cs_target_get_port (CsTarget *self);     /* 0: as ssh_config says */
const char *cs_target_get_identity (CsTarget *self);
const char *cs_target_get_environment (CsTarget *self);
const char *cs_target_get_url (CsTarget *self); /* of an agent; and its certificate */
const char *cs_target_get_fingerprint (CsTarget *self);
char *cs_target_dup_address (CsTarget *self); /* "deploy@web-1:2222", "This computer" */

/* Of a fleet: CsMember in rank order (NULL for other kinds), and how commands go through it. */
GListModel *cs_target_get_members (CsTarget *self);
const CsBatching *cs_target_get_batching (CsTarget *self);

/** CS_TARGET_RATE_MOST: commands a minute */
#define CS_TARGET_RATE_MOST 6000
/* How many commands a minute are sent there at most; 0: no limit. Of servers, not of this computer
 * and of fleets, whose members have limits of their own. */
gboolean cs_target_set_rate (CsTarget *self, guint rate, GError **error);
gboolean cs_target_parse_rate (CsTarget *self, const char *text, GError **error); /* "" : none */
guint cs_target_get_rate (CsTarget *self);

/* Who asks where an agent is to be reached; no part of records. */
void cs_target_set_access (CsTarget *self, CsAgentAccess *access);
CsAgentAccess *cs_target_get_access (CsTarget *self);

G_END_DECLS
