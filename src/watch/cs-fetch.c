/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One HTTP request, with its times, in bounded memory. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-fetch.h"

#include "cs-error.h"

#define CHUNK (64 * 1024)

typedef struct
{
  CsFetch *fetch;
  SoupMessage *message;
  GInputStream *stream;
  gsize limit;
  gint64 asked; /* monotonic */
} Fetching;

static void
fetching_free (Fetching *self)
{
  cs_fetch_free (self->fetch);
  g_clear_object (&self->message);
  g_clear_object (&self->stream);
  g_free (self);
}

/**
 * cs_fetch_free:
 * @self: (nullable): an answer
 */
void
cs_fetch_free (CsFetch *self)
{
  if (self == NULL)
    return;
  g_free (self->reason);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_free (self);
}

static double
get_elapsed (Fetching *fetching)
{
  return (double) (g_get_monotonic_time () - fetching->asked) / G_USEC_PER_SEC;
}

static void read_on (GTask *task);

static void
finish (GTask *task)
{
  Fetching *fetching = g_task_get_task_data (task);

  fetching->fetch->time = get_elapsed (fetching);
  g_byte_array_append (fetching->fetch->body, (const guint8 *) "", 1);
  g_byte_array_set_size (fetching->fetch->body, fetching->fetch->body->len - 1);
  g_task_return_pointer (task, g_steal_pointer (&fetching->fetch), (GDestroyNotify) cs_fetch_free);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetching *fetching = g_task_get_task_data (task);
  CsFetch *fetch = fetching->fetch;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      finish (task);
      return;
    }
  g_byte_array_append (fetch->body, g_bytes_get_data (bytes, NULL),
                       (guint) g_bytes_get_size (bytes));
  if (fetch->body->len > fetching->limit)
    {
      fetch->too_long = TRUE;
      finish (task);
      return;
    }
  read_on (g_steal_pointer (&task));
}

static void
read_on (GTask *task)
{
  Fetching *fetching = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (fetching->stream, CHUNK, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), read_cb, task);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Fetching *fetching = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  SoupMessage *message = fetching->message;

  fetching->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (fetching->stream == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  fetching->fetch->first_byte = get_elapsed (fetching);
  fetching->fetch->status = soup_message_get_status (message);
  fetching->fetch->reason = g_strdup (soup_message_get_reason_phrase (message));
  fetching->fetch->headers = soup_message_headers_ref (soup_message_get_response_headers (message));
  read_on (g_steal_pointer (&task));
}

/**
 * cs_fetch_send_async:
 * @session: its connections are used
 * @message: what to ask, with its headers and body
 * @limit: bytes of the answer that are read; more counts as too much
 * @cancellable: (nullable): ends it
 * @callback: called when the whole answer is there; cs_fetch_finish()
 * @user_data: for @callback
 *
 * Asks once, and follows no redirection. An answer with any status is an answer.
 */
void
cs_fetch_send_async (SoupSession *session,
                     SoupMessage *message,
                     gsize limit,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  Fetching *fetching = g_new0 (Fetching, 1);

  g_return_if_fail (SOUP_IS_SESSION (session) && SOUP_IS_MESSAGE (message));

  g_task_set_source_tag (task, cs_fetch_send_async);
  g_task_set_task_data (task, fetching, (GDestroyNotify) fetching_free);
  fetching->fetch = g_new0 (CsFetch, 1);
  fetching->fetch->body = g_byte_array_new ();
  fetching->message = g_object_ref (message);
  fetching->limit = limit;
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_append (soup_message_get_request_headers (message), "Cache-Control",
                               "no-cache");
  fetching->asked = g_get_monotonic_time ();
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, cancellable, sent_cb,
                           g_steal_pointer (&task));
}

/**
 * cs_fetch_async:
 * @session: its connections are used
 * @url: what to get
 * @bearer: (nullable): a token that goes along; kept nowhere
 * @cancellable: (nullable): ends it
 * @callback: called when the whole answer is there
 * @user_data: for @callback
 *
 * Gets it as cs_fetch_send_async() does, with up to %CS_FETCH_BODY_LIMIT bytes.
 */
void
cs_fetch_async (SoupSession *session,
                const char *url,
                const char *bearer,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (SOUP_IS_SESSION (session) && url != NULL);

  message = soup_message_new (SOUP_METHOD_GET, url);
  if (message == NULL)
    {
      g_task_report_new_error (session, callback, user_data, cs_fetch_async, CS_ERROR,
                               CS_ERROR_INVALID, "“%s” is no URL.", url);
      return;
    }
  if (bearer != NULL)
    {
      g_autofree char *value = g_strconcat ("Bearer ", bearer, NULL);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   value);
    }
  cs_fetch_send_async (session, message, CS_FETCH_BODY_LIMIT, cancellable, callback, user_data);
}

/**
 * cs_fetch_finish:
 * @session: as given
 * @result: of the call
 * @error: G_IO_ERROR, G_RESOLVER_ERROR, G_TLS_ERROR or SOUP_SESSION_ERROR as they came
 *
 * Returns: (transfer full) (nullable): the answer
 */
CsFetch *
cs_fetch_finish (SoupSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
