/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First contact with an SSH server: its host keys, shown and accepted by a person. */

#pragma once

#include "cs-target.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsHostKeyState:
 * @CS_HOST_KEY_KNOWN: known_hosts has this key
 * @CS_HOST_KEY_NEW: known_hosts has no key of this host
 * @CS_HOST_KEY_CHANGED: known_hosts has another key: refuse, and say so
 */
typedef enum
{
  CS_HOST_KEY_KNOWN,
  CS_HOST_KEY_NEW,
  CS_HOST_KEY_CHANGED,
} CsHostKeyState;

#define CS_TYPE_HOST_KEY (cs_host_key_get_type ())
G_DECLARE_FINAL_TYPE (CsHostKey, cs_host_key, CS, HOST_KEY, GObject)

/* Asks the server for its host key (ssh-keyscan, through the resolved host name and port of
 * `ssh -G`) and compares with known_hosts (the person's own, and the one in state_directory). */
void cs_host_key_scan_async (CsTarget *target,
                             const char *state_directory,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
CsHostKey *cs_host_key_scan_finish (GAsyncResult *result, GError **error);

CsHostKeyState cs_host_key_get_state (CsHostKey *self);
const char *cs_host_key_get_fingerprint (CsHostKey *self); /* "SHA256:…" */
const char *cs_host_key_get_algorithm (CsHostKey *self);   /* "ED25519" */

/* Where it, or another key of this host, is known; that other one; and how to take that out. */
const char *cs_host_key_get_file (CsHostKey *self);
const char *cs_host_key_get_known_fingerprint (CsHostKey *self);
char *cs_host_key_dup_removal (CsHostKey *self);

/* Adds the key to known_hosts in state_directory, durably. REFUSED for a changed key. */
void cs_host_key_accept_async (CsHostKey *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cs_host_key_accept_finish (CsHostKey *self, GAsyncResult *result, GError **error);

G_END_DECLS
