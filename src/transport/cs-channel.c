/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One child process with three pipes, in which a driver waits for its request. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-channel.h"

#include "cs-error.h"
#include "cs-spawn.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

/** PIPE_SIZE: what the kernel may hold between the child and us */
#define PIPE_SIZE (1024 * 1024)

struct _CsChannel
{
  int references; /* atomic */
  GPid pid;
  int exited; /* atomic; then pid may belong to someone else */
  gboolean lingers;
  int input;
  int output;
  int errors;
};

static void
exited_cb (GPid pid, int status, gpointer user_data)
{
  CsChannel *self = user_data;

  g_atomic_int_set (&self->exited, TRUE);
  g_spawn_close_pid (pid);
}

static void
watch_child (CsChannel *self, GMainContext *context)
{
  g_autoptr (GSource) source = g_child_watch_source_new (self->pid);

  g_source_set_callback (source, G_SOURCE_FUNC (exited_cb), cs_channel_ref (self),
                         (GDestroyNotify) cs_channel_unref);
  g_source_attach (source, context);
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/**
 * cs_channel_spawn:
 * @argv: program and arguments
 * @envp: its whole environment
 * @directory: (nullable): where it starts
 * @lingers: whether closing leaves it to end by itself
 * @context: main context in which it is reaped
 *
 * Returns: (transfer full): the channel, its pipes non-blocking on our side; %NULL with
 *   %CS_ERROR_UNREACHABLE if the program can't be started
 */
CsChannel *
cs_channel_spawn (const char *const *argv,
                  const char *const *envp,
                  const char *directory,
                  gboolean lingers,
                  GMainContext *context,
                  GError **error)
{
  g_autoptr (CsChannel) self = g_new0 (CsChannel, 1);
  g_autoptr (GError) local = NULL;
  CsSpawned spawned;

  self->references = 1;
  self->lingers = lingers;
  self->exited = TRUE;
  self->input = self->output = self->errors = -1;
  if (!cs_spawn_pipes (argv, envp, directory, &spawned, &local))
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_UNREACHABLE, local->message);
      return NULL;
    }
  self->exited = FALSE;
  self->pid = spawned.pid;
  self->input = spawned.input;
  self->output = spawned.output;
  self->errors = spawned.errors;
  g_unix_set_fd_nonblocking (self->input, TRUE, NULL);
  g_unix_set_fd_nonblocking (self->output, TRUE, NULL);
  g_unix_set_fd_nonblocking (self->errors, TRUE, NULL);
  /* Only a wish: the kernel may have reached its limit for this user. */
  (void) fcntl (self->output, F_SETPIPE_SZ, PIPE_SIZE);
  watch_child (self, context);
  return g_steal_pointer (&self);
}

/**
 * cs_channel_ref:
 * @self: a channel
 *
 * Returns: (transfer full): @self
 */
CsChannel *
cs_channel_ref (CsChannel *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

/**
 * cs_channel_unref:
 * @self: (transfer full): a channel; closed with its last reference but the child's own
 */
void
cs_channel_unref (CsChannel *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  close_fd (&self->input);
  close_fd (&self->output);
  close_fd (&self->errors);
  g_free (self);
}

/**
 * cs_channel_get_input:
 * @self: a channel
 *
 * Returns: where to write to the child; -1 once closed
 */
int
cs_channel_get_input (CsChannel *self)
{
  return self->input;
}

/**
 * cs_channel_get_output:
 * @self: a channel
 *
 * Returns: where the child's output is read
 */
int
cs_channel_get_output (CsChannel *self)
{
  return self->output;
}

/**
 * cs_channel_get_errors:
 * @self: a channel
 *
 * Returns: where the child's standard error is read
 */
int
cs_channel_get_errors (CsChannel *self)
{
  return self->errors;
}

/**
 * cs_channel_has_exited:
 * @self: a channel
 *
 * Returns: whether the child has ended and was reaped
 */
gboolean
cs_channel_has_exited (CsChannel *self)
{
  return g_atomic_int_get (&self->exited);
}

/**
 * cs_channel_close_input:
 * @self: a channel
 *
 * Tells the child that its request is complete.
 */
void
cs_channel_close_input (CsChannel *self)
{
  close_fd (&self->input);
}

/**
 * cs_channel_end:
 * @self: a channel
 *
 * Ends the child, unless it lingers, and leaves the pipes to whoever reads them in another thread.
 */
void
cs_channel_end (CsChannel *self)
{
  if (!self->lingers && !g_atomic_int_get (&self->exited))
    kill (self->pid, SIGTERM);
}

/**
 * cs_channel_close:
 * @self: a channel
 *
 * Closes the pipes; ends the child unless it lingers.
 */
void
cs_channel_close (CsChannel *self)
{
  close_fd (&self->input);
  close_fd (&self->output);
  close_fd (&self->errors);
  cs_channel_end (self);
}
