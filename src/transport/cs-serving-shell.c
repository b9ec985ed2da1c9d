/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shell at the other end of the channel that holds a connection. */

/* It needs a new pipeline for each run (see cs-driver.c), which it makes when it is told to. When a
 * run has ended it says so by a line that nobody else knows. Until then whatever comes is of
 * children that a script has left behind: nobody waits for it any more, but it is read, so that
 * they don't stall. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-serving-shell.h"

#include "cs-driver.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/** PORTION: bytes that are read at once of what nobody waits for */
#define PORTION (64 * 1024)

typedef enum
{
  IDLE,     /* it waits for a request */
  TAKEN,    /* by a request */
  SETTLING, /* a run has ended, and the line has not come yet */
  LOST,     /* what it does is not known */
} State;

struct _CsServingShell
{
  CsChannel *channel;
  GMainContext *context;
  char *line;   /* that it prints when it waits again */
  char *broken; /* that it says beside when it serves no more */
  State state;
  gboolean ready; /* it has a pipeline */
  GString *tail;  /* of what has come, for the line may come in parts */
  GSource *listening;
  GSourceFunc idle;
  gpointer user_data;
};

/**
 * cs_serving_shell_new:
 * @channel: the channel that holds a connection, which was greeted
 * @context: main context in which it is listened to
 * @token: what the greeting told
 * @idle: called when it waits for a request again
 * @user_data: for @idle
 *
 * Returns: (transfer full): the shell, which waits for a request
 */
CsServingShell *
cs_serving_shell_new (CsChannel *channel,
                      GMainContext *context,
                      const char *token,
                      GSourceFunc idle,
                      gpointer user_data)
{
  CsServingShell *self = g_new0 (CsServingShell, 1);

  self->channel = cs_channel_ref (channel);
  self->context = g_main_context_ref (context);
  self->line = cs_driver_dup_idle_line (token);
  self->broken = cs_driver_dup_broken_line (token);
  self->tail = g_string_new (NULL);
  self->ready = TRUE; /* the greeting went through it */
  self->idle = idle;
  self->user_data = user_data;
  return self;
}

static void
stop_listening (CsServingShell *self)
{
  if (self->listening == NULL)
    return;
  g_source_destroy (self->listening);
  g_clear_pointer (&self->listening, g_source_unref);
}

/**
 * cs_serving_shell_free:
 * @self: (transfer full): a shell; its channel is not closed
 */
void
cs_serving_shell_free (CsServingShell *self)
{
  stop_listening (self);
  cs_channel_unref (self->channel);
  g_main_context_unref (self->context);
  g_string_free (self->tail, TRUE);
  g_free (self->line);
  g_free (self->broken);
  g_free (self);
}

static gboolean
is_free (CsServingShell *self)
{
  return self->state == IDLE && !cs_channel_has_exited (self->channel);
}

/**
 * cs_serving_shell_take:
 * @self: a shell
 * @request: what is to be sent to it
 *
 * Returns: (transfer full) (nullable): what has to be sent, if it waited for a request; it is the
 *   caller's then until cs_serving_shell_give_back() or cs_serving_shell_settle(); if the caller
 *   calls neither, nobody else gets it
 */
GBytes *
cs_serving_shell_take (CsServingShell *self, GBytes *request)
{
  GByteArray *whole;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (request, &size);

  if (!is_free (self))
    return NULL;
  self->state = TAKEN;
  if (self->ready)
    return g_bytes_ref (request);
  self->ready = TRUE;
  whole = g_byte_array_sized_new ((guint) (strlen (CS_DRIVER_MAKE_READY) + size));
  g_byte_array_append (whole, (const guint8 *) CS_DRIVER_MAKE_READY, strlen (CS_DRIVER_MAKE_READY));
  g_byte_array_append (whole, data, (guint) size);
  return g_byte_array_free_to_bytes (whole);
}

/**
 * cs_serving_shell_get_broken_line:
 * @self: a shell
 *
 * Returns: what it says on standard error when it takes no request any more
 */
const char *
cs_serving_shell_get_broken_line (CsServingShell *self)
{
  return self->broken;
}

/**
 * cs_serving_shell_make_ready:
 * @self: a shell
 *
 * Has it make the next pipeline, if it waits and has none.
 *
 * Returns: whether it was told to
 */
gboolean
cs_serving_shell_make_ready (CsServingShell *self)
{
  gsize length = strlen (CS_DRIVER_MAKE_READY);

  if (!is_free (self) || self->ready)
    return FALSE;
  /* A pipe takes so little as a whole or not at all. */
  self->ready = write (cs_channel_get_input (self->channel), CS_DRIVER_MAKE_READY, length) > 0;
  return self->ready;
}

/**
 * cs_serving_shell_give_back:
 * @self: a shell that was taken
 *
 * The request was answered and started nothing, so the next one may come.
 */
void
cs_serving_shell_give_back (CsServingShell *self)
{
  self->state = IDLE;
}

/* Whether the line has come by now. */
static gboolean
look_for_line (CsServingShell *self)
{
  gsize length = strlen (self->line);

  if (memmem (self->tail->str, self->tail->len, self->line, length) != NULL)
    {
      g_string_truncate (self->tail, 0);
      self->state = IDLE;
      return TRUE;
    }
  if (self->tail->len > length)
    g_string_erase (self->tail, 0, (gssize) (self->tail->len - length));
  return FALSE;
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  CsServingShell *self = user_data;
  g_autofree char *portion = g_malloc (PORTION);
  gssize n = read (fd, portion, PORTION);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n > 0)
    {
      g_string_append_len (self->tail, portion, n);
      if (!look_for_line (self))
        return G_SOURCE_CONTINUE;
    }
  else
    self->state = LOST;
  g_clear_pointer (&self->listening, g_source_unref);
  self->idle (self->user_data);
  return G_SOURCE_REMOVE;
}

/**
 * cs_serving_shell_settle:
 * @self: a shell that was taken
 * @rest: what has come behind the end of the run
 *
 * The run has ended, and the shell makes ready for the next one.
 */
void
cs_serving_shell_settle (CsServingShell *self, GBytes *rest)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (rest, &size);

  self->state = SETTLING;
  self->ready = FALSE;
  g_string_append_len (self->tail, data, (gssize) size);
  if (look_for_line (self))
    return;
  self->listening = g_unix_fd_source_new (cs_channel_get_output (self->channel), G_IO_IN);
  g_source_set_callback (self->listening, G_SOURCE_FUNC (readable_cb), self, NULL);
  g_source_attach (self->listening, self->context);
}

/**
 * cs_serving_shell_is_settling:
 * @self: a shell
 *
 * Returns: whether it is about to wait for a request again, unless a script has left something
 *   behind that still writes
 */
gboolean
cs_serving_shell_is_settling (CsServingShell *self)
{
  return self->state == SETTLING;
}
