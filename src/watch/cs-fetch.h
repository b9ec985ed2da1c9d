/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One HTTP request, with its times, in bounded memory. */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/** CS_FETCH_BODY_LIMIT: bytes of an answer that are read; more counts as too much */
#define CS_FETCH_BODY_LIMIT (1024 * 1024)

/** CsFetch: what came back */
typedef struct
{
  guint status;
  char *reason;
  SoupMessageHeaders *headers;
  GByteArray *body;  /* with a NUL after its end */
  gboolean too_long; /* body holds only the beginning */
  double first_byte; /* real seconds from asking */
  double time;       /* real seconds until the end */
} CsFetch;

void cs_fetch_free (CsFetch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFetch, cs_fetch_free)

/* bearer NULL: no Authorization header. Redirections are not followed: what was asked answers. */
void cs_fetch_async (SoupSession *session,
                     const char *url,
                     const char *bearer,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
/* The same with a request of one's own, and up to limit bytes of answer. */
void cs_fetch_send_async (SoupSession *session,
                          SoupMessage *message,
                          gsize limit,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
CsFetch *cs_fetch_finish (SoupSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
