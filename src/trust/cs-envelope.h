/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DSSE envelope (secure-systems-lab/dsse 1.0.2) around a signed payload. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define CS_ENVELOPE_TYPE_IN_TOTO "application/vnd.in-toto+json"

#define CS_TYPE_ENVELOPE (cs_envelope_get_type ())
G_DECLARE_FINAL_TYPE (CsEnvelope, cs_envelope, CS, ENVELOPE, GObject)

CsEnvelope *cs_envelope_new (const char *payload_type, GBytes *payload);
CsEnvelope *cs_envelope_new_from_json (JsonNode *node, GError **error);
JsonNode *cs_envelope_to_json (CsEnvelope *self);

const char *cs_envelope_get_payload_type (CsEnvelope *self);
GBytes *cs_envelope_get_payload (CsEnvelope *self);

/* What is signed: PAE (payload type, payload). (transfer full) */
GBytes *cs_envelope_get_signed_bytes (CsEnvelope *self);

/* keyid is the key's fingerprint, a hint only; signature is armored SSHSIG text. */
void cs_envelope_add_signature (CsEnvelope *self, const char *keyid, const char *signature);
guint cs_envelope_get_n_signatures (CsEnvelope *self);
const char *cs_envelope_get_keyid (CsEnvelope *self, guint index);
const char *cs_envelope_get_signature (CsEnvelope *self, guint index);

G_END_DECLS
