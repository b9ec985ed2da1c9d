/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tokens that let a caller in: their names, digests, scopes and ends. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TOKEN_PREFIX "csa_"

typedef enum
{
  CS_TOKEN_RUNS,    /* everything */
  CS_TOKEN_METRICS, /* health and figures */
} CsTokenScope;

/** CsToken: @expires in UTC microseconds, 0 for never; @digest is the SHA-256 of the token */
typedef struct
{
  char *name;
  char *digest;
  CsTokenScope scope;
  gint64 expires;
} CsToken;

GPtrArray *cs_tokens_parse (const char *text, GError **error);
char *cs_tokens_write (GPtrArray *tokens);
const CsToken *cs_tokens_find (GPtrArray *tokens,
                               const char *secret,
                               gint64 now,
                               gboolean *expired);
char *cs_tokens_add (GPtrArray *tokens,
                     const char *name,
                     CsTokenScope scope,
                     gint64 expires,
                     GError **error);

G_END_DECLS
