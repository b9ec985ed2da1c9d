/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The caller's own terminal, lent to a command that asks questions. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-screen.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct _CtlScreen
{
  CsRun *run;
  struct termios before;
  guint input;
  guint resized;
  gulong output;
};

static gboolean
input_cb (int fd, GIOCondition condition, gpointer user_data)
{
  CtlScreen *self = user_data;
  char typed[1024];
  gssize n = read (fd, typed, sizeof typed);

  if (n > 0)
    cs_run_send_input (self->run, typed, (gsize) n);
  explicit_bzero (typed, sizeof typed);
  if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
    return G_SOURCE_CONTINUE;
  self->input = 0; /* the terminal is gone; the command may go on without */
  return G_SOURCE_REMOVE;
}

static gboolean
resized_cb (gpointer user_data)
{
  CtlScreen *self = user_data;
  guint columns, rows;

  if (ctl_screen_get_size (&columns, &rows))
    cs_run_resize (self->run, columns, rows);
  return G_SOURCE_CONTINUE;
}

/* The command draws on this terminal as if it had been started here, so nothing is made visible or
 * left out. */
static void
output_cb (CsRun *run, GBytes *bytes, gint64 offset, gpointer user_data)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  while (size > 0)
    {
      gssize n = write (STDOUT_FILENO, data, size);

      if (n < 0 && errno != EINTR && errno != EAGAIN)
        return;
      data += MAX (n, 0);
      size -= (gsize) MAX (n, 0);
    }
}

gboolean
ctl_screen_get_size (guint *columns, guint *rows)
{
  struct winsize size = { 0 };

  if (!isatty (STDIN_FILENO) || !isatty (STDOUT_FILENO) ||
      ioctl (STDIN_FILENO, TIOCGWINSZ, &size) != 0)
    return FALSE;
  *columns = size.ws_col > 0 ? size.ws_col : 80;
  *rows = size.ws_row > 0 ? size.ws_row : 24;
  return TRUE;
}

CtlScreen *
ctl_screen_attach (CsRun *run)
{
  CtlScreen *self = g_new0 (CtlScreen, 1);
  struct termios raw;

  self->run = g_object_ref (run);
  tcgetattr (STDIN_FILENO, &self->before);
  raw = self->before;
  cfmakeraw (&raw);
  tcsetattr (STDIN_FILENO, TCSADRAIN, &raw);
  self->output = g_signal_connect (run, "output", G_CALLBACK (output_cb), self);
  self->input = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, input_cb, self);
  self->resized = g_unix_signal_add (SIGWINCH, resized_cb, self);
  return self;
}

void
ctl_screen_detach (CtlScreen *self)
{
  g_clear_handle_id (&self->input, g_source_remove);
  g_clear_handle_id (&self->resized, g_source_remove);
  g_clear_signal_handler (&self->output, self->run);
  tcsetattr (STDIN_FILENO, TCSADRAIN, &self->before);
  g_object_unref (self->run);
  g_free (self);
}
