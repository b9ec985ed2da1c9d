/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One child process on a pseudo-terminal, read in a thread of its own. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-terminal.h"

#include "cs-core-file.h"
#include "cs-error.h"
#include "cs-output.h"
#include "cs-run-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/** BUFFER_SIZE: bytes read at once; a pseudo-terminal gives 4 KiB at most */
#define BUFFER_SIZE (16 * 1024)
/** PROLOGUE_LIMIT: what a login may print before the output begins */
#define PROLOGUE_LIMIT (1024 * 1024)
/** TYPED_LIMIT: bytes that wait for the child to read them; more is dropped, as a terminal does */
#define TYPED_LIMIT (1024 * 1024)
/** LAST_WORDS: milliseconds without output after which a child that has ended has said all; what it
 * left in the background may hold the terminal open for ever */
#define LAST_WORDS 100
/** ECHO_PAUSE: milliseconds after which the beginning of a line is shown: people wait for the echo
 * of what they type */
#define ECHO_PAUSE 5
#define NAME_SIZE 64

struct _CsTerminal
{
  int references; /* atomic */
  int master;
  int wake;
  int over;   /* atomic */
  int exited; /* atomic */
  GPid pid;
  CsRun *run;
  char *mark;
  gulong input_handler;
  gulong resized_handler;
  GMutex mutex;
  GByteArray *typed; /* with the mutex */

  /* Of the thread alone. */
  GByteArray *prologue;
  CsOutput *output;
  CsTerminalResult *result;
};

/* What the child needs to know between fork and exec, where nothing may be allocated. */
typedef struct
{
  char slave[NAME_SIZE];
} Setup;

/**
 * cs_terminal_result_free:
 * @self: (transfer full): a result
 */
void
cs_terminal_result_free (CsTerminalResult *self)
{
  g_free (self->said);
  g_free (self->output_digest);
  g_clear_error (&self->failure);
  g_free (self);
}

static void
setup_child (gpointer user_data)
{
  Setup *setup = user_data;
  sigset_t none;
  int fd;

  setsid ();
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  signal (SIGXFSZ, SIG_DFL);
  cs_core_file_allow ();
  fd = open (setup->slave, O_RDWR);
  if (fd < 0)
    _exit (126);
  ioctl (fd, TIOCSCTTY, 0);
  dup2 (fd, STDIN_FILENO);
  dup2 (fd, STDOUT_FILENO);
  dup2 (fd, STDERR_FILENO);
  if (fd > STDERR_FILENO)
    close (fd);
}

static void
apply_size (CsTerminal *self)
{
  struct winsize size = { 0 };
  guint columns, rows;

  cs_run_get_terminal_size (self->run, &columns, &rows);
  size.ws_col = (unsigned short) columns;
  size.ws_row = (unsigned short) rows;
  ioctl (self->master, TIOCSWINSZ, &size);
}

static gboolean
open_master (CsTerminal *self, Setup *setup, GError **error)
{
  self->master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (self->master >= 0 && grantpt (self->master) == 0 && unlockpt (self->master) == 0 &&
      ptsname_r (self->master, setup->slave, sizeof setup->slave) == 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE, "There is no terminal to be had: %s",
               g_strerror (errno));
  return FALSE;
}

/**
 * cs_terminal_spawn:
 * @argv: program and arguments
 * @envp: its whole environment
 * @directory: (nullable): where it starts
 * @run: whose output it is
 * @mark: what comes first of the output, and is not part of it
 *
 * Returns: (transfer full): the terminal; %NULL with %CS_ERROR_UNREACHABLE
 */
CsTerminal *
cs_terminal_spawn (const char *const *argv,
                   const char *const *envp,
                   const char *directory,
                   CsRun *run,
                   const char *mark,
                   GError **error)
{
  g_autoptr (CsTerminal) self = g_new0 (CsTerminal, 1);
  g_autoptr (GError) local = NULL;
  Setup setup = { "" };

  self->references = 1;
  self->run = g_object_ref (run);
  self->mark = g_strdup (mark);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->typed = g_byte_array_new ();
  g_mutex_init (&self->mutex);
  if (!open_master (self, &setup, error))
    return NULL;
  apply_size (self);
  if (!g_spawn_async (directory, (char **) argv, (char **) envp,
                      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, setup_child, &setup,
                      &self->pid, &local))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE, "%s can't be started: %s", argv[0],
                   local->message);
      return NULL;
    }
  g_unix_set_fd_nonblocking (self->master, TRUE, NULL);
  return g_steal_pointer (&self);
}

/**
 * cs_terminal_ref:
 * @self: a terminal
 *
 * Returns: (transfer full): @self
 */
CsTerminal *
cs_terminal_ref (CsTerminal *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

/**
 * cs_terminal_unref:
 * @self: (transfer full): a terminal
 */
void
cs_terminal_unref (CsTerminal *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  if (self->master >= 0)
    close (self->master);
  if (self->wake >= 0)
    close (self->wake);
  g_byte_array_unref (self->typed);
  g_mutex_clear (&self->mutex);
  g_clear_object (&self->run);
  g_free (self->mark);
  g_free (self);
}

static void
wake_thread (CsTerminal *self)
{
  guint64 one = 1;

  if (write (self->wake, &one, sizeof one) < 0)
    g_debug ("The terminal's thread is awake already");
}

/* What is typed is wiped where it waited: it may be a password. */
static void
input_cb (CsRun *run, GBytes *bytes, gpointer user_data)
{
  CsTerminal *self = user_data;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_mutex_lock (&self->mutex);
  if (self->typed->len + size <= TYPED_LIMIT)
    {
      GByteArray *longer = g_byte_array_sized_new ((guint) (self->typed->len + size));

      g_byte_array_append (longer, self->typed->data, self->typed->len);
      g_byte_array_append (longer, data, (guint) size);
      explicit_bzero (self->typed->data, self->typed->len);
      g_byte_array_unref (self->typed);
      self->typed = longer;
    }
  g_mutex_unlock (&self->mutex);
  wake_thread (self);
}

static void
resized_cb (CsRun *run, gpointer user_data)
{
  apply_size (user_data);
}

static gboolean
has_typed (CsTerminal *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->typed->len > 0;
}

static void
send_typed (CsTerminal *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gssize n = write (self->master, self->typed->data, self->typed->len);

  if (n <= 0)
    return;
  explicit_bzero (self->typed->data, (gsize) n);
  g_byte_array_remove_range (self->typed, 0, (guint) n);
}

/* Before the mark it is what the login says. */
static void
take (CsTerminal *self, const guint8 *data, gsize length)
{
  const guint8 *mark;
  gsize size = strlen (self->mark);

  if (self->result->began)
    {
      cs_output_feed (self->output, data, length);
      return;
    }
  if (self->prologue->len < PROLOGUE_LIMIT)
    g_byte_array_append (self->prologue, data, (guint) length);
  mark = memmem (self->prologue->data, self->prologue->len, self->mark, size);
  if (mark == NULL)
    return;
  self->result->began = TRUE;
  cs_output_feed (self->output, mark + size,
                  self->prologue->len - (gsize) (mark - self->prologue->data) - size);
  g_byte_array_set_size (self->prologue, (guint) (mark - self->prologue->data));
}

/* One round of waiting; FALSE when the terminal is closed on the other side, or given up here. */
static gboolean
turn (CsTerminal *self)
{
  guint8 buffer[BUFFER_SIZE];
  guint64 count;
  gssize n;
  gboolean exited = g_atomic_int_get (&self->exited);
  gboolean waiting;
  struct pollfd fds[2] = {
    { .fd = self->master, .events = (short) (POLLIN | (has_typed (self) ? POLLOUT : 0)) },
    { .fd = self->wake, .events = POLLIN },
  };

  waiting = cs_output_is_waiting (self->output);
  n = poll (fds, G_N_ELEMENTS (fds), waiting ? ECHO_PAUSE : exited ? LAST_WORDS
                                                                   : -1);
  if (n == 0 && waiting)
    {
      cs_output_pause (self->output);
      return TRUE;
    }
  if (n <= 0)
    return n < 0 && errno == EINTR;
  if (fds[1].revents != 0 && read (self->wake, &count, sizeof count) < 0)
    g_debug ("Nothing had woken the terminal's thread");
  if (g_atomic_int_get (&self->over))
    return FALSE;
  if ((fds[0].revents & POLLOUT) != 0)
    send_typed (self);
  if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0)
    return TRUE;
  n = read (self->master, buffer, sizeof buffer);
  if (n > 0)
    take (self, buffer, (gsize) n);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static gpointer
terminal_thread (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsTerminal *self = g_task_get_task_data (task);

  self->prologue = g_byte_array_new ();
  self->result = g_new0 (CsTerminalResult, 1);
  self->output = cs_output_new (self->run);
  while (turn (self))
    ;
  self->result->output_digest = cs_output_finish (self->output, &self->result->failure);
  self->result->output_size = cs_output_get_size (self->output);
  self->result->truncated = cs_output_get_truncated (self->output);
  g_clear_pointer (&self->output, cs_output_free);
  self->result->said =
    self->prologue->len > 0
      ? g_utf8_make_valid ((const char *) self->prologue->data, (gssize) self->prologue->len)
      : g_strdup ("");
  g_strstrip (self->result->said);
  g_clear_pointer (&self->prologue, g_byte_array_unref);
  g_task_return_pointer (task, g_steal_pointer (&self->result),
                         (GDestroyNotify) cs_terminal_result_free);
  return NULL;
}

static void
exited_cb (GPid pid, int status, gpointer user_data)
{
  CsTerminal *self = user_data;

  g_spawn_close_pid (pid);
  g_atomic_int_set (&self->exited, TRUE);
  wake_thread (self);
}

/**
 * cs_terminal_start_async:
 * @self: a terminal
 *
 * Reads what the child prints, and types what the run is given.
 */
void
cs_terminal_start_async (CsTerminal *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GSource) source = g_child_watch_source_new (self->pid);

  g_task_set_source_tag (task, cs_terminal_start_async);
  g_task_set_task_data (task, cs_terminal_ref (self), (GDestroyNotify) cs_terminal_unref);
  g_source_set_callback (source, G_SOURCE_FUNC (exited_cb), cs_terminal_ref (self),
                         (GDestroyNotify) cs_terminal_unref);
  g_source_attach (source, g_task_get_context (task));
  self->input_handler = g_signal_connect (self->run, "input", G_CALLBACK (input_cb), self);
  self->resized_handler = g_signal_connect (self->run, "resized", G_CALLBACK (resized_cb), self);
  apply_size (self);
  g_thread_unref (g_thread_new ("cs-terminal", terminal_thread, task));
}

/**
 * cs_terminal_start_finish:
 *
 * Returns: (transfer full): what came; never %NULL
 */
CsTerminalResult *
cs_terminal_start_finish (GAsyncResult *result)
{
  CsTerminal *self = g_task_get_task_data (G_TASK (result));

  g_clear_signal_handler (&self->input_handler, self->run);
  g_clear_signal_handler (&self->resized_handler, self->run);
  /* Whoever still holds the other side is told that nobody is here any more. */
  close (self->master);
  self->master = -1;
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/**
 * cs_terminal_abort:
 * @self: a terminal
 *
 * Hangs up: what runs in it goes on if it can do without.
 */
void
cs_terminal_abort (CsTerminal *self)
{
  g_atomic_int_set (&self->over, TRUE);
  wake_thread (self);
}
