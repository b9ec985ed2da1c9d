/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands before the HTTP server and lets through requests that can be read in one way only. */

/* A request goes on when it is there as a whole: what is cut or late never reaches the server.
 *
 * What it refuses it replaces by a request of its own that says why, and an end: so the answer
 * comes from where all answers come from, with its problem, its line in the log and its figures. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-http-guard.h"

#include <string.h>

#define READ_SIZE (32 * 1024)
/** HELD_MAX: bytes of requests that are not whole, of all connections together */
#define HELD_MAX (128 * 1024 * 1024)

static gsize held;

typedef enum
{
  STATE_HEAD,
  STATE_BODY,
  STATE_OVER, /* what was let through is the last of it */
} State;

struct _CsHttpGuard
{
  GFilterInputStream parent_instance;

  State state;
  GByteArray *in;
  GString *head; /* checked, and waiting for its body */
  GString *out;
  gsize taken; /* of out */
  gsize body;
  gsize holds; /* as counted in held */
  gboolean timed_out;
  GCancellable *wake;
};

static void pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsHttpGuard,
                               cs_http_guard,
                               G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, pollable_init))

static void
count_held (CsHttpGuard *self)
{
  held = held - self->holds + self->in->len;
  self->holds = self->in->len;
}

static void
refuse (CsHttpGuard *self, const char *problem)
{
  g_string_append_printf (self->out,
                          "GET / HTTP/1.1\r\nHost: -\r\nConnection: close\r\n" CS_HTTP_GUARD_REFUSED
                          ": %s\r\n" CS_HTTP_GUARD_TARGET ": /\r\n\r\n",
                          problem);
  g_byte_array_set_size (self->in, 0);
  self->state = STATE_OVER;
}

/* Finds the end of the head, or a line that ends wrongly before it. */
static gboolean
take_head (CsHttpGuard *self)
{
  const char *data = (const char *) self->in->data;
  const char *end = memmem (data, self->in->len, "\r\n\r\n", 4);
  gsize length = end != NULL ? (gsize) (end - data) + 4 : 0;
  const char *problem = NULL;

  if (end == NULL)
    {
      const char *line = memchr (data, '\n', self->in->len);

      if (self->in->len > CS_HTTP_GUARD_HEAD_MAX)
        problem = "head-too-large";
      else if (line != NULL && (line == data || line[-1] != '\r'))
        problem = "malformed";
      else
        return FALSE;
    }
  else if (length > CS_HTTP_GUARD_HEAD_MAX)
    problem = "head-too-large";
  else
    problem = cs_http_head_check (data, length, &self->body, self->head);
  if (problem != NULL)
    {
      refuse (self, problem);
      return FALSE;
    }
  g_byte_array_remove_range (self->in, 0, (guint) length);
  self->state = STATE_BODY;
  return TRUE;
}

static gboolean
take_body (CsHttpGuard *self)
{
  if (self->in->len < self->body)
    {
      if (held > HELD_MAX)
        refuse (self, "rate-limited");
      return FALSE;
    }
  g_string_append_len (self->out, self->head->str, (gssize) self->head->len);
  g_string_append_len (self->out, (const char *) self->in->data, (gssize) self->body);
  g_byte_array_remove_range (self->in, 0, (guint) self->body);
  g_string_truncate (self->head, 0);
  self->body = 0;
  self->state = STATE_HEAD;
  return TRUE;
}

static void
advance (CsHttpGuard *self)
{
  gboolean moved = TRUE;

  while (moved && (self->state == STATE_BODY || (self->state == STATE_HEAD && self->in->len > 0)))
    moved = self->state == STATE_HEAD ? take_head (self) : take_body (self);
  count_held (self);
}

static gboolean
has_output (CsHttpGuard *self)
{
  return self->taken < self->out->len;
}

static gssize
give (CsHttpGuard *self, void *buffer, gsize count)
{
  gsize length = MIN (count, self->out->len - self->taken);

  memcpy (buffer, self->out->str + self->taken, length);
  self->taken += length;
  if (self->taken == self->out->len)
    {
      g_string_truncate (self->out, 0);
      self->taken = 0;
    }
  return (gssize) length;
}

/* The peer has gone, or was made to go. */
static void
end (CsHttpGuard *self)
{
  if (self->timed_out && self->state != STATE_OVER)
    refuse (self, "timeout");
  count_held (self);
  self->state = STATE_OVER;
}

static gssize
read_through (CsHttpGuard *self,
              void *buffer,
              gsize count,
              gboolean blocking,
              GCancellable *cancellable,
              GError **error)
{
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));

  while (!has_output (self) && self->state != STATE_OVER)
    {
      g_autoptr (GError) problem = NULL;
      guint have = self->in->len;
      gssize n;

      if (self->timed_out)
        {
          end (self);
          break;
        }
      g_byte_array_set_size (self->in, have + READ_SIZE);
      n = g_pollable_stream_read (base, self->in->data + have, READ_SIZE, blocking, cancellable,
                                  &problem);
      g_byte_array_set_size (self->in, have + (guint) MAX (n, 0));
      if (n > 0)
        advance (self);
      else if (n == 0)
        end (self);
      else
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return -1;
        }
    }
  return give (self, buffer, count);
}

static gssize
cs_http_guard_read (GInputStream *stream,
                    void *buffer,
                    gsize count,
                    GCancellable *cancellable,
                    GError **error)
{
  return read_through (CS_HTTP_GUARD (stream), buffer, count, TRUE, cancellable, error);
}

static gssize
read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  return read_through (CS_HTTP_GUARD (stream), buffer, count, FALSE, NULL, error);
}

static gboolean
is_readable (GPollableInputStream *stream)
{
  CsHttpGuard *self = CS_HTTP_GUARD (stream);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));

  return has_output (self) || self->state == STATE_OVER || self->timed_out ||
         g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (base));
}

static GSource *
create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  CsHttpGuard *self = CS_HTTP_GUARD (stream);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
  g_autoptr (GSource) child =
    has_output (self) || self->state == STATE_OVER || self->timed_out
      ? g_timeout_source_new (0)
      : g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (base), NULL);
  g_autoptr (GSource) wake = g_cancellable_source_new (self->wake);
  GSource *source = g_pollable_source_new_full (self, child, cancellable);

  g_source_set_dummy_callback (wake);
  g_source_add_child_source (source, wake);
  return source;
}

static void
pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = is_readable;
  iface->create_source = create_source;
  iface->read_nonblocking = read_nonblocking;
}

static void
cs_http_guard_finalize (GObject *object)
{
  CsHttpGuard *self = CS_HTTP_GUARD (object);

  g_byte_array_set_size (self->in, 0);
  count_held (self);
  g_byte_array_unref (self->in);
  g_string_free (self->head, TRUE);
  g_string_free (self->out, TRUE);
  g_object_unref (self->wake);
  G_OBJECT_CLASS (cs_http_guard_parent_class)->finalize (object);
}

static void
cs_http_guard_class_init (CsHttpGuardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_http_guard_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = cs_http_guard_read;
}

static void
cs_http_guard_init (CsHttpGuard *self)
{
  self->in = g_byte_array_new ();
  self->head = g_string_new (NULL);
  self->out = g_string_new (NULL);
  self->wake = g_cancellable_new ();
}

/**
 * cs_http_guard_new:
 * @base: what a client sends; it must be pollable
 *
 * Returns: (transfer full): what the server gets of it
 */
CsHttpGuard *
cs_http_guard_new (GInputStream *base)
{
  return g_object_new (CS_TYPE_HTTP_GUARD, "base-stream", base, NULL);
}

/**
 * cs_http_guard_is_waiting:
 * @begun: (out): whether a part of a request has come
 *
 * Returns: whether the rest of a request, or a next one, is awaited
 */
gboolean
cs_http_guard_is_waiting (CsHttpGuard *self, gboolean *begun)
{
  *begun = self->state == STATE_BODY || self->in->len > 0;
  return self->state != STATE_OVER && !has_output (self);
}

/**
 * cs_http_guard_time_out:
 *
 * Takes the rest of a request for lost.
 */
void
cs_http_guard_time_out (CsHttpGuard *self)
{
  self->timed_out = TRUE;
  g_cancellable_cancel (self->wake);
}

#define CS_TYPE_GUARDED_STREAM (cs_guarded_stream_get_type ())
G_DECLARE_FINAL_TYPE (CsGuardedStream, cs_guarded_stream, CS, GUARDED_STREAM, GIOStream)

struct _CsGuardedStream
{
  GIOStream parent_instance;

  GIOStream *base;
  CsHttpGuard *guard;
};

G_DEFINE_FINAL_TYPE (CsGuardedStream, cs_guarded_stream, G_TYPE_IO_STREAM)

static GInputStream *
cs_guarded_stream_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (CS_GUARDED_STREAM (stream)->guard);
}

static GOutputStream *
cs_guarded_stream_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (CS_GUARDED_STREAM (stream)->base);
}

static gboolean
cs_guarded_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return g_io_stream_close (CS_GUARDED_STREAM (stream)->base, cancellable, error);
}

static void
base_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_io_stream_close_finish (G_IO_STREAM (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
cs_guarded_stream_close_async (GIOStream *stream,
                               int priority,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_guarded_stream_close_async);
  g_io_stream_close_async (CS_GUARDED_STREAM (stream)->base, priority, cancellable, base_closed_cb,
                           task);
}

static gboolean
cs_guarded_stream_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
cs_guarded_stream_finalize (GObject *object)
{
  CsGuardedStream *self = CS_GUARDED_STREAM (object);

  g_clear_object (&self->guard);
  g_clear_object (&self->base);
  G_OBJECT_CLASS (cs_guarded_stream_parent_class)->finalize (object);
}

static void
cs_guarded_stream_class_init (CsGuardedStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cs_guarded_stream_finalize;
  stream_class->get_input_stream = cs_guarded_stream_get_input_stream;
  stream_class->get_output_stream = cs_guarded_stream_get_output_stream;
  stream_class->close_fn = cs_guarded_stream_close;
  stream_class->close_async = cs_guarded_stream_close_async;
  stream_class->close_finish = cs_guarded_stream_close_finish;
}

static void
cs_guarded_stream_init (CsGuardedStream *self)
{
}

/**
 * cs_http_guard_wrap:
 * @base: a connection
 * @guard: (out) (transfer none): lives as long as the result
 *
 * Returns: (transfer full): the connection as the server gets it
 */
GIOStream *
cs_http_guard_wrap (GIOStream *base, CsHttpGuard **guard)
{
  CsGuardedStream *self = g_object_new (CS_TYPE_GUARDED_STREAM, NULL);

  self->base = g_object_ref (base);
  self->guard = cs_http_guard_new (g_io_stream_get_input_stream (base));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->guard), FALSE);
  *guard = self->guard;
  return G_IO_STREAM (self);
}
