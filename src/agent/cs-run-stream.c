/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer that follows a run: its output as it comes, until it ends. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-run-stream.h"

#include "cs-json.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/** CHUNK: bytes that are in memory for one follower at most */
#define CHUNK (256 * 1024)
/** SILENCE: seconds after which a frame says that the connection is alive */
#define SILENCE 15

typedef struct
{
  CsRuns *runs;
  SoupServerMessage *message;
  char *id;
  gint64 at;
  gboolean frames;
  gboolean follow;
  gboolean writing; /* a chunk is on its way; the next is read when it is gone */
  gboolean over;
  int fd;
  guint watch;
  guint silence;
} CsRunStream;

static void feed (CsRunStream *self);

static void
stream_free (CsRunStream *self)
{
  cs_runs_unwatch (self->runs, self->watch);
  g_clear_handle_id (&self->silence, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->id);
  g_object_unref (self->message);
  g_free (self);
}

static void
send (CsRunStream *self, GBytes *bytes)
{
  soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), bytes);
  self->writing = TRUE;
  soup_server_message_unpause (self->message);
}

/* KIND, length in four bytes, payload. */
static GBytes *
build_frame (char kind, const void *data, gsize length)
{
  GByteArray *frame = g_byte_array_sized_new ((guint) length + 5);
  guint32 wire = GUINT32_TO_BE ((guint32) length);

  g_byte_array_append (frame, (const guint8 *) &kind, 1);
  g_byte_array_append (frame, (const guint8 *) &wire, sizeof wire);
  if (length > 0)
    g_byte_array_append (frame, data, (guint) length);
  return g_byte_array_free_to_bytes (frame);
}

static void
send_frame (CsRunStream *self, char kind, const void *data, gsize length)
{
  g_autoptr (GBytes) frame = build_frame (kind, data, length);

  send (self, frame);
}

static void
send_run (CsRunStream *self, char kind)
{
  CsRunState state;
  JsonObject *run = cs_runs_describe (self->runs, self->id, &state);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_take_object (node, run != NULL ? run : json_object_new ());
  text = cs_json_to_canonical (node, NULL);
  send_frame (self, kind, text != NULL ? text : "{}", text != NULL ? strlen (text) : 2);
}

static gboolean
silence_cb (gpointer user_data)
{
  CsRunStream *self = user_data;

  if (!self->writing && !self->over)
    send_frame (self, 'k', NULL, 0);
  return G_SOURCE_CONTINUE;
}

/* Files of the spool were written a moment ago and are read from memory; a read waits for a disk
 * only after a restart of the machine. */
static gboolean
send_output (CsRunStream *self)
{
  guint8 *buffer;
  gssize n;

  if (self->fd < 0)
    self->fd = cs_runs_open_output (self->runs, self->id);
  if (self->fd < 0)
    return FALSE;
  buffer = g_malloc (CHUNK);
  do
    n = pread (self->fd, buffer, CHUNK, self->at);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    {
      g_free (buffer);
      return FALSE;
    }
  self->at += n;
  if (self->frames)
    {
      send_frame (self, 'o', buffer, (gsize) n);
      g_free (buffer);
    }
  else
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (buffer, (gsize) n);

      send (self, bytes);
    }
  return TRUE;
}

/* The state is read first: what a run printed before it ended is in its file by then. */
static void
feed (CsRunStream *self)
{
  CsRunState state;

  if (self->writing || self->over)
    return;
  if (send_output (self))
    return;
  state = cs_runs_get_state (self->runs, self->id);
  if (self->follow && (state == CS_RUN_QUEUED || state == CS_RUN_RUNNING))
    return;
  if (send_output (self))
    return;
  self->over = TRUE;
  if (self->frames)
    send_run (self, 'e');
  soup_message_body_complete (soup_server_message_get_response_body (self->message));
  soup_server_message_unpause (self->message);
}

static void
changed_cb (gpointer user_data)
{
  feed (user_data);
}

static void
wrote_chunk_cb (SoupServerMessage *message, gpointer user_data)
{
  CsRunStream *self = user_data;

  self->writing = FALSE;
  feed (self);
}

static void
finished_cb (SoupServerMessage *message, gpointer user_data)
{
  CsRunStream *self = user_data;

  g_signal_handlers_disconnect_by_data (message, self);
  stream_free (self);
}

/**
 * cs_run_stream_start:
 * @from: offset of the first byte
 * @frames: whether frames are sent, or the bytes alone
 * @follow: whether to go on until the run ends
 *
 * Answers a paused message that has no body yet.
 */
void
cs_run_stream_start (CsRuns *runs,
                     SoupServerMessage *message,
                     const char *id,
                     gint64 from,
                     gboolean frames,
                     gboolean follow)
{
  CsRunStream *self = g_new0 (CsRunStream, 1);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  self->runs = runs;
  self->message = g_object_ref (message);
  self->id = g_strdup (id);
  self->at = from;
  self->frames = frames;
  self->follow = follow;
  self->fd = -1;
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_headers_replace (headers, "Content-Type",
                                frames ? CS_RUN_STREAM_FRAMES : CS_RUN_STREAM_RAW);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), self);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), self);
  self->watch = cs_runs_watch (runs, id, changed_cb, self);
  if (frames)
    {
      self->silence = g_timeout_add_seconds (SILENCE, silence_cb, self);
      send_run (self, 's');
    }
  else
    feed (self);
  soup_server_message_unpause (message); /* the headers go out at once */
}
