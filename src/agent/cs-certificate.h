/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's certificate: made by itself, or given by an authority. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean cs_certificate_make (const char *host,
                              const char *certificate_path,
                              const char *key_path,
                              GError **error);
char *cs_certificate_dup_fingerprint (GTlsCertificate *certificate);

G_END_DECLS
