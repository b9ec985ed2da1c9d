/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where steps run: this computer, a server over SSH, or an agent. */

#pragma once

#include <glib-object.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  CS_TARGET_LOCAL,
  CS_TARGET_SSH,
} CsTargetKind;

const char *cs_target_kind_to_string (CsTargetKind kind); /* "local", "ssh" */

#define CS_TYPE_TARGET (cs_target_get_type ())
G_DECLARE_FINAL_TYPE (CsTarget, cs_target, CS, TARGET, GObject)

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
CsTarget *cs_target_new_from_json (JsonObject *object, GError **error);
JsonNode *cs_target_to_json (CsTarget *self);

const char *cs_target_get_name (CsTarget *self);
CsTargetKind cs_target_get_kind (CsTarget *self);
const char *cs_target_get_user (CsTarget *self); /* NULL: as ssh_config says */
const char *cs_target_get_host (CsTarget *self); /* NULL for local */
guint16 cs_target_get_port (CsTarget *self);     /* 0: as ssh_config says */
const char *cs_target_get_identity (CsTarget *self);
const char *cs_target_get_environment (CsTarget *self);
char *cs_target_dup_address (CsTarget *self); /* "deploy@web-1:2222", "This computer" */

G_END_DECLS
