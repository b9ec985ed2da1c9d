/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A service on the web that is asked with a token of the keyring. */

#pragma once

#include "cs-keyring.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/** CS_WEB_SERVICE_LIMIT: bytes that an answer may have */
#define CS_WEB_SERVICE_LIMIT ((gsize) 64 * 1024 * 1024)
/** CS_WEB_SERVICE_TIMEOUT: seconds in which something has to come */
#define CS_WEB_SERVICE_TIMEOUT 30

#define CS_TYPE_WEB_SERVICE (cs_web_service_get_type ())
G_DECLARE_FINAL_TYPE (CsWebService, cs_web_service, CS, WEB_SERVICE, GObject)

/* url: https, or http on this computer; nothing else would keep a token to itself. secret: name of
 * the token in the keyring, for environment or for all; NULL: none is sent. scheme: what stands
 * before it in the header (“Bearer ”, or nothing). INVALID. */
CsWebService *cs_web_service_new (const char *url,
                                  CsKeyring *keyring,
                                  const char *environment,
                                  const char *secret,
                                  const char *scheme,
                                  GError **error);

const char *cs_web_service_get_url (CsWebService *self);

/* Asks for url + path. body NULL: none. Errors: AUTH (the token, or the certificate), NOT_FOUND,
 * CONFLICT, INVALID (with what the service says), UNREACHABLE, PROTOCOL. */
void cs_web_service_ask_async (CsWebService *self,
                               const char *method,
                               const char *path,
                               JsonObject *body,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* What it answered (transfer full), maybe nothing. */
GBytes *cs_web_service_ask_finish (CsWebService *self, GAsyncResult *result, GError **error);

G_END_DECLS
