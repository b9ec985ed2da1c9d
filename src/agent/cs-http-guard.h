/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands before the HTTP server and lets through requests that can be read in one way only. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the guard adds to every request that it lets through; none may bring it along. */
#define CS_HTTP_GUARD_TARGET "Countersign-Raw-Target"
#define CS_HTTP_GUARD_REFUSED "Countersign-Refused"

#define CS_HTTP_GUARD_BODY_MAX (1024 * 1024)
#define CS_HTTP_GUARD_HEAD_MAX (16 * 1024)

#define CS_TYPE_HTTP_GUARD (cs_http_guard_get_type ())
G_DECLARE_FINAL_TYPE (CsHttpGuard, cs_http_guard, CS, HTTP_GUARD, GFilterInputStream)

CsHttpGuard *cs_http_guard_new (GInputStream *base);
gboolean cs_http_guard_is_waiting (CsHttpGuard *self, gboolean *begun);
void cs_http_guard_time_out (CsHttpGuard *self);

/* A GIOStream that reads through the guard. */
GIOStream *cs_http_guard_wrap (GIOStream *base, CsHttpGuard **guard);

const char *cs_http_head_check (const char *head, gsize length, gsize *body, GString *out);

G_END_DECLS
