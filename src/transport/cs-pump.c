/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends one request through a channel and reads what comes back, in a thread of its own. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-pump.h"

#include "cs-driver.h"
#include "cs-error.h"
#include "cs-output.h"
#include "cs-run-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/** BUFFER_SIZE: bytes of output in this thread's hands at most; rules, digest and copies all go
 * over them, so they should fit in a processor's own cache */
#define BUFFER_SIZE (96 * 1024)
/** PROLOGUE_LIMIT: what a login may print, and its environment, before the answer */
#define PROLOGUE_LIMIT (8 * 1024 * 1024)
/** ERRORS_LIMIT: standard error with the report of the script's shell */
#define ERRORS_LIMIT (8 * 1024 * 1024)
/** REPORT_WAIT: milliseconds that the report may come later than the trailer, which says that it
 * comes */
#define REPORT_WAIT 5000

typedef enum
{
  STAGE_READY,   /* until the ready line */
  STAGE_BEFORE,  /* the environment, until an empty entry */
  STAGE_ANSWER,  /* one line */
  STAGE_OUTPUT,  /* until the marker */
  STAGE_TRAILER, /* one line */
  STAGE_REPORT,  /* until standard error has the report */
  STAGE_OVER,
} Stage;

struct _CsPump
{
  int references; /* atomic */
  CsChannel *channel;
  GBytes *request;
  gboolean stays_open; /* the channel, when all is sent */
  CsRun *run;
  char *marker;
  char *report_marker;
  char *broken; /* what standard error says when nothing comes any more; NULL */
  int wake;

  /* Of the thread alone. */
  Stage stage;
  gsize sent;
  GByteArray *in; /* what was read and not yet understood */
  GString *errors;
  gboolean errors_open;
  CsOutput *output; /* NULL: none is asked for */
  gint64 began;
  CsPumpResult *result;
};

/**
 * cs_pump_result_free:
 * @self: (transfer full): a result
 */
void
cs_pump_result_free (CsPumpResult *self)
{
  g_free (self->answer);
  g_free (self->ending);
  g_free (self->output_digest);
  g_free (self->said);
  g_clear_pointer (&self->before, g_bytes_unref);
  g_clear_pointer (&self->report, g_bytes_unref);
  g_clear_pointer (&self->rest, g_bytes_unref);
  g_clear_error (&self->failure);
  g_free (self);
}

static void
consume (CsPump *self, gsize length)
{
  g_byte_array_remove_range (self->in, 0, (guint) length);
}

/* Other requests have no output. */
static void
deliver (CsPump *self, const guint8 *data, gsize length)
{
  if (self->output != NULL)
    cs_output_feed (self->output, data, length);
}

/* Takes one line off the front of what was read. */
static char *
take_line (CsPump *self)
{
  guint8 *end = memchr (self->in->data, '\n', self->in->len);
  char *line;

  if (end == NULL)
    return NULL;
  line = g_strndup ((char *) self->in->data, end - self->in->data);
  consume (self, end - self->in->data + 1);
  return line;
}

static gboolean
read_ready (CsPump *self)
{
  gsize length = strlen (CS_DRIVER_READY);
  guint8 *ready = memmem (self->in->data, self->in->len, CS_DRIVER_READY, length);

  if (ready == NULL)
    return FALSE;
  consume (self, ready - self->in->data + length);
  self->stage = STAGE_BEFORE;
  return TRUE;
}

/* Entries are never empty, so the environment ends at its first byte or at two NULs. */
static gboolean
read_before (CsPump *self)
{
  gsize length = 0;

  if (self->in->len == 0)
    return FALSE;
  if (self->in->data[0] != '\0')
    {
      guint8 *end = memmem (self->in->data, self->in->len, "\0\0", 2);

      if (end == NULL)
        return FALSE;
      length = end - self->in->data + 1;
    }
  self->result->before = g_bytes_new (self->in->data, length);
  consume (self, length + 1);
  self->stage = STAGE_ANSWER;
  return TRUE;
}

static gboolean
read_answer (CsPump *self)
{
  char *line = take_line (self);

  if (line == NULL)
    return FALSE;
  self->result->answer = line;
  self->stage = STAGE_OUTPUT;
  if (g_str_has_prefix (line, "following "))
    {
      self->marker = cs_driver_dup_marker (line + strlen ("following "));
      self->report_marker = g_strdup (self->marker);
    }
  else if (g_str_equal (line, "started"))
    cs_run_note_latency (self->run, g_get_monotonic_time () - self->began);
  else
    {
      self->result->end = CS_PUMP_ANSWERED;
      self->stage = STAGE_OVER;
    }
  return TRUE;
}

/* Delivers everything up to the marker, or up to where one may begin. */
static gboolean
read_output (CsPump *self)
{
  gsize length = strlen (self->marker);
  guint8 *marker = memmem (self->in->data, self->in->len, self->marker, length);
  gsize clear = self->in->len;

  if (marker != NULL)
    {
      clear = marker - self->in->data;
      deliver (self, self->in->data, clear);
      consume (self, clear + length);
      self->stage = STAGE_TRAILER;
      return TRUE;
    }
  for (gsize tail = MIN (length - 1, self->in->len); tail > 0; tail--)
    if (memcmp (self->in->data + self->in->len - tail, self->marker, tail) == 0)
      {
        clear -= tail;
        break;
      }
  deliver (self, self->in->data, clear);
  consume (self, clear);
  return FALSE;
}

/* STATUS ENDING REPORTED [short], or "gone". */
static gboolean
read_trailer (CsPump *self)
{
  g_autofree char *line = take_line (self);
  g_auto (GStrv) words = NULL;

  if (line == NULL)
    return FALSE;
  words = g_strsplit (line, " ", -1);
  self->stage = STAGE_OVER;
  self->result->end = CS_PUMP_GONE;
  if (g_strv_length (words) >= 3)
    {
      self->result->end = CS_PUMP_ENDED;
      self->result->status = atoi (words[0]);
      self->result->ending = g_strdup (g_str_equal (words[1], "-") ? NULL : words[1]);
      self->result->truncated |= g_strv_length (words) > 3;
      if (g_str_equal (words[2], "1"))
        self->stage = STAGE_REPORT;
    }
  return TRUE;
}

static gboolean
read_report (CsPump *self)
{
  gsize length = strlen (self->report_marker);
  const char *begin = memmem (self->errors->str, self->errors->len, self->report_marker, length);
  const char *end = NULL;
  char *report;

  if (begin != NULL)
    {
      begin += length;
      end = memmem (begin, self->errors->str + self->errors->len - begin, self->report_marker,
                    length);
    }
  if (end == NULL)
    return FALSE;
  report = g_malloc (end - begin + 1);
  memcpy (report, begin, end - begin);
  report[end - begin] = '\0';
  self->result->report = g_bytes_new_take (report, end - begin);
  self->stage = STAGE_OVER;
  return TRUE;
}

/* Understands as much as has come. */
static void
advance (CsPump *self)
{
  gboolean moved = TRUE;

  while (moved && self->stage != STAGE_OVER)
    switch (self->stage)
      {
      case STAGE_READY:
        moved = read_ready (self);
        break;
      case STAGE_BEFORE:
        moved = read_before (self);
        break;
      case STAGE_ANSWER:
        moved = read_answer (self);
        break;
      case STAGE_OUTPUT:
        moved = read_output (self);
        break;
      case STAGE_TRAILER:
        moved = read_trailer (self);
        break;
      case STAGE_REPORT:
        moved = read_report (self);
        break;
      case STAGE_OVER:
      default:
        moved = FALSE;
        break;
      }
}

/* The channel has ended, or must be given up. */
static void
lose (CsPump *self)
{
  gboolean sent = self->sent == g_bytes_get_size (self->request);

  if (self->stage == STAGE_REPORT)
    self->stage = STAGE_OVER; /* how it ended is known; only the report is missing */
  if (self->stage == STAGE_OVER)
    return;
  self->result->end = sent ? CS_PUMP_LOST : CS_PUMP_UNSENT;
  self->stage = STAGE_OVER;
}

static gboolean
would_wait (void)
{
  return errno == EAGAIN || errno == EINTR;
}

static void
send_request (CsPump *self)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (self->request, &size);
  gssize n = write (cs_channel_get_input (self->channel), data + self->sent, size - self->sent);

  if (n < 0 && !would_wait ())
    {
      cs_channel_close_input (self->channel);
      lose (self);
      return;
    }
  self->sent += (gsize) MAX (n, 0);
  if (self->sent == size && !self->stays_open)
    cs_channel_close_input (self->channel);
}

static void
receive_output (CsPump *self)
{
  gsize have = self->in->len;
  gssize n;

  if (self->stage < STAGE_OUTPUT && have > PROLOGUE_LIMIT)
    {
      lose (self);
      return;
    }
  g_byte_array_set_size (self->in, (guint) (have + BUFFER_SIZE));
  n = read (cs_channel_get_output (self->channel), self->in->data + have, BUFFER_SIZE);
  g_byte_array_set_size (self->in, (guint) (have + (gsize) MAX (n, 0)));
  if (n > 0)
    advance (self);
  else if (n == 0 || !would_wait ())
    lose (self);
}

static void
receive_errors (CsPump *self)
{
  char buffer[16 * 1024];
  gssize n = read (cs_channel_get_errors (self->channel), buffer, sizeof buffer);

  if (n > 0 && self->errors->len < ERRORS_LIMIT)
    g_string_append_len (self->errors, buffer, n);
  else if (n == 0 || (n < 0 && !would_wait ()))
    self->errors_open = FALSE;
  if (self->stage == STAGE_REPORT)
    {
      advance (self);
      if (!self->errors_open)
        lose (self);
    }
  /* What the report holds is parted by NULs. */
  if (self->broken != NULL && memmem (self->errors->str, self->errors->len, self->broken,
                                      strlen (self->broken)) != NULL)
    lose (self);
}

static gboolean
wants_to_send (CsPump *self)
{
  return self->stage >= STAGE_ANSWER && self->sent < g_bytes_get_size (self->request) &&
         cs_channel_get_input (self->channel) >= 0;
}

/* How long to wait, in milliseconds; -1 for ever. */
static int
get_patience (CsPump *self)
{
  if (self->stage == STAGE_REPORT)
    return REPORT_WAIT;
  return self->output != NULL && cs_output_is_waiting (self->output) ? CS_OUTPUT_PAUSE : -1;
}

/* One round of waiting. The request is sent only when the driver has said that it waits: what
 * fails before that has certainly not run. */
static void
turn (CsPump *self)
{
  struct pollfd fds[4] = {
    { .fd = self->wake, .events = POLLIN },
    { .fd = self->stage < STAGE_REPORT ? cs_channel_get_output (self->channel) : -1,
      .events = POLLIN },
    { .fd = self->errors_open ? cs_channel_get_errors (self->channel) : -1, .events = POLLIN },
    { .fd = wants_to_send (self) ? cs_channel_get_input (self->channel) : -1, .events = POLLOUT },
  };
  int n = poll (fds, G_N_ELEMENTS (fds), get_patience (self));

  if (n == 0 && self->stage != STAGE_REPORT)
    {
      cs_output_pause (self->output);
      return;
    }
  if (n == 0 || (n > 0 && fds[0].revents != 0))
    {
      lose (self);
      return;
    }
  if (n < 0)
    return;
  if (fds[2].revents != 0)
    receive_errors (self);
  if (fds[1].revents != 0 && self->stage < STAGE_REPORT)
    receive_output (self);
  if (fds[3].revents != 0 && self->stage != STAGE_OVER)
    send_request (self);
}

/* What came on standard error beside the report, as text. */
static void
keep_words (CsPump *self)
{
  const char *marker =
    self->report_marker != NULL ? strstr (self->errors->str, self->report_marker) : NULL;

  if (marker != NULL)
    g_string_truncate (self->errors, marker - self->errors->str);
  self->result->said =
    g_utf8_make_valid (self->errors->str, (gssize) MIN (self->errors->len, 8192));
  g_strstrip (self->result->said);
}

static void
keep_output (CsPump *self)
{
  if (self->output == NULL || self->result->end != CS_PUMP_ENDED)
    return;
  self->result->output_digest = cs_output_finish (self->output, &self->result->failure);
  self->result->output_size = cs_output_get_size (self->output);
  self->result->truncated |= cs_output_get_truncated (self->output);
}

static void
drain_errors (CsPump *self)
{
  /* ssh says why just before it ends; its words are in the pipe by then. */
  struct pollfd fd = { .fd = cs_channel_get_errors (self->channel), .events = POLLIN };

  while (self->errors_open && poll (&fd, 1, 200) > 0)
    receive_errors (self);
}

/* A thread of its own, not one of GTask's pool: it may live as long as a deployment. */
static gpointer
pump_thread (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsPump *self = g_task_get_task_data (task);

  self->in = g_byte_array_sized_new (BUFFER_SIZE);
  self->errors = g_string_new (NULL);
  self->errors_open = TRUE;
  self->result = g_new0 (CsPumpResult, 1);
  self->began = g_get_monotonic_time ();
  self->output = self->run != NULL ? cs_output_new (self->run) : NULL;
  while (self->stage != STAGE_OVER)
    turn (self);
  if (self->result->end == CS_PUMP_UNSENT || self->result->end == CS_PUMP_LOST)
    drain_errors (self);
  keep_output (self);
  keep_words (self);
  if (self->stays_open)
    self->result->rest = g_bytes_new (self->in->data, self->in->len);
  g_clear_pointer (&self->output, cs_output_free);
  g_clear_pointer (&self->in, g_byte_array_unref);
  g_string_free (g_steal_pointer (&self->errors), TRUE);
  g_task_return_pointer (task, g_steal_pointer (&self->result),
                         (GDestroyNotify) cs_pump_result_free);
  return NULL;
}

/**
 * cs_pump_new:
 * @channel: an idle channel
 * @request: what cs_driver_build_run() and its like give
 * @nonce: (nullable): of a run
 * @run: (nullable): takes the output
 *
 * Returns: (transfer full): the pump, not yet started
 */
CsPump *
cs_pump_new (CsChannel *channel, GBytes *request, const char *nonce, CsRun *run)
{
  CsPump *self = g_new0 (CsPump, 1);

  self->references = 1;
  self->channel = cs_channel_ref (channel);
  self->request = g_bytes_ref (request);
  self->marker = nonce != NULL ? cs_driver_dup_marker (nonce) : NULL;
  self->report_marker = nonce != NULL ? cs_driver_dup_report_marker (nonce) : NULL;
  self->run = run != NULL ? g_object_ref (run) : NULL;
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  return self;
}

/**
 * cs_pump_new_open:
 * @channel: the channel that holds a connection
 * @request: what cs_driver_build_first_greet() gives, or a request
 * @nonce: (nullable): of a run
 * @run: (nullable): takes the output
 * @broken: (nullable): what it says on standard error when it is of no use any more; %NULL for one
 *   that has not yet said that it waits
 *
 * Returns: (transfer full): the pump, not yet started, that leaves the channel open
 */
CsPump *
cs_pump_new_open (CsChannel *channel,
                  GBytes *request,
                  const char *nonce,
                  CsRun *run,
                  const char *broken)
{
  CsPump *self = cs_pump_new (channel, request, nonce, run);

  self->stays_open = TRUE;
  self->broken = g_strdup (broken);
  self->stage = broken != NULL ? STAGE_ANSWER : STAGE_READY;
  return self;
}

/**
 * cs_pump_ref:
 * @self: a pump
 *
 * Returns: (transfer full): @self
 */
CsPump *
cs_pump_ref (CsPump *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

/**
 * cs_pump_unref:
 * @self: (transfer full): a pump
 */
void
cs_pump_unref (CsPump *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  if (self->wake >= 0)
    close (self->wake);
  cs_channel_unref (self->channel);
  g_clear_pointer (&self->request, g_bytes_unref);
  g_clear_object (&self->run);
  g_free (self->marker);
  g_free (self->report_marker);
  g_free (self->broken);
  g_free (self);
}

/**
 * cs_pump_abort:
 * @self: a pump
 *
 * Gives up, soon and from any thread.
 */
void
cs_pump_abort (CsPump *self)
{
  eventfd_write (self->wake, 1);
}

/**
 * cs_pump_start_async:
 * @self: a pump
 *
 * Starts the thread. It is the only one that touches the channel until it has finished.
 */
void
cs_pump_start_async (CsPump *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_pump_start_async);
  g_task_set_task_data (task, cs_pump_ref (self), (GDestroyNotify) cs_pump_unref);
  g_thread_unref (g_thread_new ("cs-pump", pump_thread, g_steal_pointer (&task)));
}

/**
 * cs_pump_start_finish:
 *
 * Returns: (transfer full): what came back; never %NULL
 */
CsPumpResult *
cs_pump_start_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
