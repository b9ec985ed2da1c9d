/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal of a run, on the supervisor's side. */

#define G_LOG_DOMAIN "cs-supervisor"

#include "cs-run-screen.h"

#include "cs-run-files.h"
#include "cs-run-keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/** MOST: bytes that wait for the program to read them; then no more are taken from the pipe */
#define MOST (64 * 1024)

struct _CsRunScreen
{
  int directory;
  int master;
  int slave;
  int keys;         /* the pipe; the writing side is held as well, so it never ends */
  GByteArray *come; /* through the pipe, and not understood yet */
  GByteArray *wait; /* for the program to read them */
  gint64 typed;     /* bytes in all */
};

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static void
wipe (GByteArray *bytes)
{
  if (bytes->len > 0)
    explicit_bzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

/** cs_run_screen_free: closes the terminal; what was typed and not read is wiped. */
void
cs_run_screen_free (CsRunScreen *self)
{
  unlinkat (self->directory, CS_RUN_FILE_KEYS, 0);
  close_fd (&self->keys);
  close_fd (&self->slave);
  wipe (self->come);
  wipe (self->wait);
  g_free (self);
}

static gboolean
open_terminal (CsRunScreen *self)
{
  char name[64];

  self->master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (self->master < 0 || grantpt (self->master) != 0 || unlockpt (self->master) != 0 ||
      ptsname_r (self->master, name, sizeof name) != 0)
    return FALSE;
  self->slave = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  return self->slave >= 0;
}

static void
set_size (CsRunScreen *self, guint columns, guint rows)
{
  struct winsize size = { .ws_col = (guint16) columns, .ws_row = (guint16) rows };

  ioctl (self->master, TIOCSWINSZ, &size);
}

/**
 * cs_run_screen_new:
 * @directory: descriptor of the run's directory; it stays the caller's
 * @columns: width in characters
 * @rows: height in lines
 *
 * Returns: (transfer full) (nullable): a terminal nobody is in yet; %NULL if none is to be had
 */
CsRunScreen *
cs_run_screen_new (int directory, guint columns, guint rows)
{
  CsRunScreen *self = g_new0 (CsRunScreen, 1);

  self->directory = directory;
  self->master = self->slave = self->keys = -1;
  self->come = g_byte_array_new ();
  self->wait = g_byte_array_new ();
  if (mkfifoat (directory, CS_RUN_FILE_KEYS, 0600) == 0)
    self->keys = openat (directory, CS_RUN_FILE_KEYS, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (self->keys >= 0 && open_terminal (self))
    {
      set_size (self, columns, rows);
      return self;
    }
  close_fd (&self->master);
  cs_run_screen_free (self);
  return NULL;
}

/** cs_run_screen_enter: the caller has a session of its own, and leads it. */
void
cs_run_screen_enter (CsRunScreen *self)
{
  ioctl (self->slave, TIOCSCTTY, 0);
  dup2 (self->slave, STDIN_FILENO);
  dup2 (self->slave, STDOUT_FILENO);
  dup2 (self->slave, STDERR_FILENO);
}

/**
 * cs_run_screen_begin:
 *
 * Returns: the descriptor from which what is shown is read, the caller's from now on
 */
int
cs_run_screen_begin (CsRunScreen *self)
{
  fcntl (self->master, F_SETFL, O_RDWR | O_NONBLOCK);
  return self->master;
}

/**
 * cs_run_screen_leave:
 *
 * The script has ended. Until now the terminal was held open for it, whatever it had closed; from
 * now on reading fails with EIO when nobody is in it any more.
 */
void
cs_run_screen_leave (CsRunScreen *self)
{
  close_fd (&self->slave);
}

/** cs_run_screen_poll: fills in what it waits for. */
void
cs_run_screen_poll (CsRunScreen *self, struct pollfd *fds)
{
  fds[0] = (struct pollfd){ .fd = self->wait->len < MOST ? self->keys : -1, .events = POLLIN };
  fds[1] = (struct pollfd){ .fd = self->wait->len > 0 ? self->master : -1, .events = POLLOUT };
}

/* What was heard before is not typed again; what would leave a gap is not typed at all. */
static void
type (CsRunScreen *self, const CsRunKeys *keys)
{
  gint64 known = keys->at >= 0 ? self->typed - keys->at : 0;

  if (keys->columns > 0 && keys->rows > 0)
    set_size (self, keys->columns, keys->rows);
  if (known < 0 || known >= keys->length)
    return;
  g_byte_array_append (self->wait, keys->data + known, (guint) (keys->length - known));
  self->typed += keys->length - known;
}

static void
take_keys (CsRunScreen *self)
{
  CsRunKeys keys;
  guint8 buffer[PIPE_BUF];
  gssize n = read (self->keys, buffer, sizeof buffer);

  if (n > 0)
    g_byte_array_append (self->come, buffer, (guint) n);
  while (cs_run_keys_take (&keys, self->come))
    type (self, &keys);
  explicit_bzero (buffer, sizeof buffer);
  explicit_bzero (&keys, sizeof keys);
}

static void
hand_on (CsRunScreen *self)
{
  gssize n = write (self->master, self->wait->data, self->wait->len);

  if (n <= 0)
    return;
  explicit_bzero (self->wait->data, (gsize) n);
  g_byte_array_remove_range (self->wait, 0, (guint) n);
}

/**
 * cs_run_screen_turn:
 * @fds: what cs_run_screen_poll() filled in, after waiting
 *
 * Types what has come. Nobody has closed what cs_run_screen_begin() gave.
 */
void
cs_run_screen_turn (CsRunScreen *self, const struct pollfd *fds)
{
  if (fds[0].revents != 0)
    take_keys (self);
  if (fds[1].revents != 0)
    hand_on (self);
}
