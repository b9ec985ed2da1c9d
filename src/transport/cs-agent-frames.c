/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes the frames of a run apart while they come. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-frames.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

/** BUFFER_SIZE: bytes that are read at once */
#define BUFFER_SIZE (256 * 1024)
/** OUTPUT_LIMIT: of one frame of output; JSON_LIMIT: of the others */
#define OUTPUT_LIMIT (1024 * 1024)
#define JSON_LIMIT (16 * 1024 * 1024)
#define HEADER 5

struct _CsAgentFrames
{
  GInputStream *stream;
  CsAgentFramesBegan began;
  gpointer began_data;
  CsAgentFramesOutput output;
  gpointer output_data;
  guint8 *buffer;
  guint8 header[HEADER]; /* of the frame that is coming */
  gsize n_header;
  gsize left; /* bytes of its payload to come */
  GByteArray *payload;
  guint count;
  JsonNode *ended;
};

/**
 * cs_agent_frames_new:
 * @stream: where they come from
 * @began: told how the run was when the stream began
 * @output: takes what it prints
 *
 * Returns: (transfer full): a reader
 */
CsAgentFrames *
cs_agent_frames_new (GInputStream *stream,
                     CsAgentFramesBegan began,
                     gpointer began_data,
                     CsAgentFramesOutput output,
                     gpointer output_data)
{
  CsAgentFrames *self = g_new0 (CsAgentFrames, 1);

  self->stream = g_object_ref (stream);
  self->began = began;
  self->began_data = began_data;
  self->output = output;
  self->output_data = output_data;
  self->buffer = g_malloc (BUFFER_SIZE);
  self->payload = g_byte_array_new ();
  return self;
}

/**
 * cs_agent_frames_free:
 * @self: (transfer full): a reader
 */
void
cs_agent_frames_free (CsAgentFrames *self)
{
  g_clear_object (&self->stream);
  g_clear_pointer (&self->ended, json_node_unref);
  g_byte_array_unref (self->payload);
  g_free (self->buffer);
  g_free (self);
}

/**
 * cs_agent_frames_get_count:
 *
 * Returns: how many frames have come whole
 */
guint
cs_agent_frames_get_count (CsAgentFrames *self)
{
  return self->count;
}

static gboolean
complain (GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_PROTOCOL, "What came is not what an agent sends");
  return FALSE;
}

static gboolean
begin_frame (CsAgentFrames *self, GError **error)
{
  guint32 length = 0;
  gsize limit = self->header[0] == 'o' ? OUTPUT_LIMIT : JSON_LIMIT;

  memcpy (&length, self->header + 1, sizeof length);
  self->left = GUINT32_FROM_BE (length);
  g_byte_array_set_size (self->payload, 0);
  return self->left <= limit || complain (error);
}

static gboolean
end_frame (CsAgentFrames *self, GError **error)
{
  g_autoptr (JsonNode) json = NULL;

  self->n_header = 0;
  self->count++;
  if (self->header[0] != 's' && self->header[0] != 'e')
    return TRUE;
  json = cs_json_parse ((const char *) self->payload->data, self->payload->len, error);
  if (json == NULL)
    return FALSE;
  if (self->header[0] == 's')
    self->began (json, self->began_data);
  else
    self->ended = g_steal_pointer (&json);
  return TRUE;
}

/* Output goes on as it comes, without waiting for its frame to be whole. */
static gboolean
take (CsAgentFrames *self, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      gsize n;

      if (self->ended != NULL)
        return complain (error);
      if (self->n_header < HEADER)
        {
          self->header[self->n_header++] = *data++;
          length--;
          if (self->n_header == HEADER && !begin_frame (self, error))
            return FALSE;
        }
      n = self->n_header == HEADER ? MIN (length, self->left) : 0;
      if (n > 0 && self->header[0] == 'o')
        self->output (data, n, self->output_data);
      else if (n > 0)
        g_byte_array_append (self->payload, data, (guint) n);
      data += n;
      length -= n;
      self->left -= n;
      if (self->n_header == HEADER && self->left == 0 && !end_frame (self, error))
        return FALSE;
    }
  return TRUE;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsAgentFrames *self = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  /* The end of the answer is waited for as well, so that the connection can be used again; but once
   * the last frame is there, it is no matter how the rest ends. */
  if (n > 0 && take (self, self->buffer, (gsize) n, &error))
    g_input_stream_read_async (self->stream, self->buffer, BUFFER_SIZE, G_PRIORITY_DEFAULT,
                               g_task_get_cancellable (task), read_cb, g_object_ref (task));
  else if (self->ended != NULL && n <= 0)
    {
      g_clear_error (&error);
      g_task_return_pointer (task, g_steal_pointer (&self->ended),
                             (GDestroyNotify) json_node_unref);
    }
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "The answer was cut");
}

/**
 * cs_agent_frames_read_async:
 * @self: a reader
 *
 * Reads to the end. @self must live until then.
 */
void
cs_agent_frames_read_async (CsAgentFrames *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_agent_frames_read_async);
  g_task_set_task_data (task, self, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_input_stream_read_async (self->stream, self->buffer, BUFFER_SIZE, G_PRIORITY_DEFAULT,
                             cancellable, read_cb, task);
}

/**
 * cs_agent_frames_read_finish:
 *
 * Returns: (transfer full): the run as it ended; %NULL with %CS_ERROR_PROTOCOL for what are no
 *   frames, or any other error if the stream was cut
 */
JsonNode *
cs_agent_frames_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
