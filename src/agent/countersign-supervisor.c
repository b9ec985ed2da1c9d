/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersign-supervisor: runs one script, whatever becomes of the agent. */

/* The agent starts one ahead of time, in no one's session. It has a shell ready that waits for what
 * to read, and waits itself for an order on descriptor 3. Then it alone decides: it marks the run
 * as started, keeps the output, ends it in time, and writes the outcome, which is whole before
 * anyone can see it. It needs nothing from the agent any more, and tells it nothing but through
 * files.
 *
 * Signals: USR1 stops the run (TERM to its process group, KILL after 5 s), USR2 kills it. TERM
 * comes when the machine is shut down; it stops the run too, but nobody asked for that. */

#define G_LOG_DOMAIN "cs-supervisor"

#include "cs-run-files.h"
#include "cs-run-order.h"
#include "cs-run-report.h"
#include "cs-run-screen.h"
#include "cs-shell-start.h"

#include "cs-clock.h"
#include "cs-digest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/** KILL_AFTER: microseconds between TERM and KILL */
#define KILL_AFTER (5 * G_USEC_PER_SEC)
#define BUFFER_SIZE (256 * 1024)
/** MAX_ORDER: bytes; a body of 1 MiB grows a little */
#define MAX_ORDER (4 * 1024 * 1024)
/** TERMINAL_REST: bytes that are read of what is in a terminal when the script has ended; it tells
 * nobody how many there are, and holds fewer */
#define TERMINAL_REST (256 * 1024)
/** MAX_REPORT: bytes of what a shell tells about its variables */
#define MAX_REPORT (8 * 1024 * 1024)

typedef struct
{
  CsRunOrder *order;
  int directory;
  int signals;
  int feed;            /* the shell reads what to do from here */
  int pipe;            /* what the script prints */
  CsRunScreen *screen; /* its terminal; NULL: none */
  int state;           /* what its shell reports */
  int output;          /* file */
  pid_t shell;
  const char *ending;
  gboolean exited;
  int status;
  gint64 started;
  gint64 deadline; /* monotonic; 0: none */
  gint64 kill_at;
  gint64 size;
  gint64 kept;
  gint64 most; /* that is kept; what comes after is read and counted, so that the script goes on */
  gboolean full;
  CsDigest *digest;
  char *output_digest;
  GString *report;
  char *buffer;
} Supervisor;

/* Nothing of the agent's reaches the script: no descriptor, no signal mask, no limit. */
static void
forget_agent (void)
{
  struct rlimit files = { 1024, 1024 };
  struct rlimit have;
  sigset_t none;

  setsid ();
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  signal (SIGHUP, SIG_DFL);
  signal (SIGINT, SIG_DFL);
  umask (022);
  if (getrlimit (RLIMIT_NOFILE, &have) == 0)
    {
      files.rlim_max = have.rlim_max;
      files.rlim_cur = MIN (files.rlim_cur, have.rlim_max);
      setrlimit (RLIMIT_NOFILE, &files);
    }
}

/* It reads from descriptor 5 what to do. */
static void
become_shell (Supervisor *self, int feed, int out, gboolean plain)
{
  forget_agent ();
  if (self->screen != NULL)
    cs_run_screen_enter (self->screen);
  else
    {
      dup2 (feed, STDIN_FILENO);
      dup2 (out, STDOUT_FILENO);
      dup2 (out, STDERR_FILENO);
    }
  /* Whatever numbers these have, they don't get in each other's way. */
  feed = fcntl (feed, F_DUPFD, 16);
  dup2 (open ("/dev/null", O_WRONLY), 4);
  dup2 (feed, 5);
  close (3);
  close_range (6, ~0U, 0);
  if (!plain)
    execlp ("bash", "bash", "-c", ". /dev/fd/5", "bash", (char *) NULL);
  execlp ("sh", "sh", "-c", ". /dev/fd/5", "sh", (char *) NULL);
  _exit (127);
}

static gboolean
start_shell (Supervisor *self, gboolean plain)
{
  int feed[2], out[2] = { -1, -1 };

  if (pipe2 (feed, O_CLOEXEC) != 0 || (self->screen == NULL && pipe2 (out, O_CLOEXEC) != 0))
    return FALSE;
  /* Larger pipes make fewer turns; where they are refused the usual size does. */
  fcntl (out[0], F_SETPIPE_SZ, BUFFER_SIZE);
  self->shell = fork ();
  if (self->shell == 0)
    become_shell (self, feed[0], out[1], plain);
  close (feed[0]);
  self->feed = feed[1];
  if (self->screen != NULL)
    self->pipe = cs_run_screen_begin (self->screen);
  else
    {
      close (out[1]);
      self->pipe = out[0];
    }
  return self->shell > 0;
}

static gboolean
read_all (int fd, void *data, gsize length)
{
  char *at = data;

  while (length > 0)
    {
      gssize n = read (fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      at += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* Waits for the order; without one, the agent has gone and nothing is to be done. */
static CsRunOrder *
wait_for_order (void)
{
  guint32 wire;
  gsize length;
  char *data;
  g_autoptr (GBytes) bytes = NULL;

  if (!read_all (CS_RUN_ORDER_FD, &wire, sizeof wire))
    return NULL;
  length = GUINT32_FROM_BE (wire);
  if (length > MAX_ORDER)
    return NULL;
  data = g_malloc (length + 1);
  bytes = g_bytes_new_take (data, length);
  return read_all (CS_RUN_ORDER_FD, data, length) ? cs_run_order_read (bytes) : NULL;
}

/* The agent reads one byte: `s` for started, `e` for could not. */
static void
answer (char byte)
{
  gssize n;

  do
    n = write (CS_RUN_ORDER_FD, &byte, 1);
  while (n < 0 && errno == EINTR);
  close (CS_RUN_ORDER_FD);
}

static gboolean
write_feed (Supervisor *self, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize n = write (self->feed, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      text += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static char *
build_start (Supervisor *self)
{
  g_autoptr (GHashTable) variables = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *path = g_build_filename (self->order->directory, "run", NULL);
  g_autoptr (GString) text =
    g_string_new (self->screen != NULL ? "exec 5<&-\n" : "exec </dev/null 5<&-\n");
  g_autofree char *start = NULL;
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->order->variables);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (variables, name, value);
  g_hash_table_iter_init (&iter, self->order->secrets);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (variables, name, value);
  start = cs_shell_start_build ("", self->order->cwd, variables, NULL, NULL);
  if (start == NULL)
    return NULL;
  cs_shell_start_append_assignment (text, "d", path);
  g_string_append (text, start);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
open_files (Supervisor *self)
{
  self->directory = open (self->order->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->directory < 0 || mkfifoat (self->directory, CS_RUN_FILE_STATE, 0600) != 0)
    return FALSE;
  self->state = openat (self->directory, CS_RUN_FILE_STATE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  self->output = openat (self->directory, CS_RUN_FILE_OUTPUT,
                         O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  return self->state >= 0 && self->output >= 0;
}

/* From here on it is said that the run has started: whoever makes the file first decides. */
static gboolean
mark_started (Supervisor *self)
{
  g_autofree char *boot = cs_run_files_dup_boot ();
  g_autofree char *text = NULL;

  self->started = cs_clock_now ();
  text = g_strdup_printf ("run %d %" G_GUINT64_FORMAT " %s %" G_GINT64_FORMAT "\n", getpid (),
                          cs_run_files_get_since (getpid ()), boot, self->started);
  return cs_run_files_write (self->directory, CS_RUN_FILE_PROCESS, text, strlen (text), TRUE, NULL);
}

static void
stop (Supervisor *self, const char *ending, gboolean at_once)
{
  gint64 now = g_get_monotonic_time ();

  if (!self->exited && self->ending == NULL)
    self->ending = ending;
  kill (-self->shell, at_once ? SIGKILL : SIGTERM);
  self->deadline = 0;
  if (self->kill_at == 0)
    self->kill_at = now + KILL_AFTER;
}

static void
keep (Supervisor *self, const char *data, gsize length)
{
  gsize room = (gsize) MIN ((gint64) length, self->most - self->kept);

  self->size += (gint64) length;
  while (room > 0 && !self->full)
    {
      gssize n = write (self->output, data, room);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          self->full = TRUE; /* a hole in the middle would be worse than a missing end */
          break;
        }
      cs_digest_update (self->digest, data, (gsize) n);
      self->kept += n;
      data += n;
      room -= (gsize) n;
    }
}

/* Gives what was read, 0 at the end, -1 if there is nothing now. */
static gssize
take_output (Supervisor *self, gsize limit)
{
  gssize n;

  do
    n = read (self->pipe, self->buffer, MIN (limit, BUFFER_SIZE));
  while (n < 0 && errno == EINTR);
  if (n > 0 && self->output >= 0)
    keep (self, self->buffer, (gsize) n);
  return n < 0 && errno == EIO ? 0 : n; /* nobody is in the terminal any more */
}

static void
take_report (Supervisor *self)
{
  gssize n;

  while ((n = read (self->state, self->buffer, BUFFER_SIZE)) > 0)
    if (self->report->len < MAX_REPORT)
      g_string_append_len (self->report, self->buffer, n);
}

static void
take_signals (Supervisor *self)
{
  struct signalfd_siginfo info;
  siginfo_t child = { 0 };

  while (read (self->signals, &info, sizeof info) == (gssize) sizeof info)
    if (info.ssi_signo == SIGUSR1)
      stop (self, "stopped", FALSE);
    else if (info.ssi_signo == SIGUSR2)
      stop (self, "stopped", TRUE);
    else if (info.ssi_signo == SIGTERM)
      stop (self, NULL, FALSE);
  /* It is left uncollected, so that no other process group gets its number meanwhile. */
  if (!self->exited &&
      waitid (P_PID, (id_t) self->shell, &child, WEXITED | WNOHANG | WNOWAIT) == 0 &&
      child.si_pid == self->shell)
    {
      self->exited = TRUE;
      self->deadline = 0; /* it was in time; what it left in the background is not bound by it */
      self->status = child.si_code == CLD_EXITED ? child.si_status : 128 + child.si_status;
    }
}

/* What the script has printed is in the pipe by now; what it left in the background may go on
 * printing for ever. */
static void
take_rest (Supervisor *self)
{
  int rest = TERMINAL_REST;
  gssize n;

  if (self->screen == NULL && ioctl (self->pipe, FIONREAD, &rest) != 0)
    return;
  while (rest > 0 && (n = take_output (self, (gsize) rest)) > 0)
    rest -= (int) n;
}

static int
compute_wait (Supervisor *self)
{
  gint64 due = self->deadline;

  if (self->kill_at != 0 && (due == 0 || self->kill_at < due))
    due = self->kill_at;
  if (due == 0)
    return -1;
  return (int) CLAMP ((due - g_get_monotonic_time ()) / 1000 + 1, 0, 60 * 1000);
}

static void
check_time (Supervisor *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->kill_at != 0 && now >= self->kill_at)
    {
      kill (-self->shell, SIGKILL);
      self->kill_at = 0;
    }
  if (self->deadline != 0 && now >= self->deadline)
    stop (self, "timed-out", FALSE);
}

static void
turn (Supervisor *self)
{
  struct pollfd fds[3 + CS_RUN_SCREEN_FDS] = {
    { .fd = self->signals, .events = POLLIN },
    { .fd = self->pipe, .events = POLLIN },
    { .fd = self->exited ? -1 : self->state, .events = POLLIN },
  };
  gboolean typing = self->screen != NULL && self->pipe >= 0;

  if (typing)
    cs_run_screen_poll (self->screen, fds + 3);
  if (poll (fds, typing ? G_N_ELEMENTS (fds) : 3, compute_wait (self)) < 0)
    return;
  if (typing)
    cs_run_screen_turn (self->screen, fds + 3);
  if (fds[1].revents != 0 && take_output (self, BUFFER_SIZE) == 0)
    {
      close (self->pipe);
      self->pipe = -1;
    }
  if (fds[2].revents != 0)
    take_report (self);
  take_signals (self);
  check_time (self);
}

/* Gives a descriptor of it; -1 while the disk is full. */
static int
write_outcome (Supervisor *self)
{
  CsRunReport report = {
    .order = self->order,
    .ending = self->ending,
    .status = self->status,
    .started = self->started,
    .finished = cs_clock_now (),
    .size = self->size,
    .kept = self->kept,
    .digest = self->output_digest,
    .said = self->report,
  };
  g_autofree char *text = cs_run_report_build (&report);

  return cs_run_files_replace (self->directory, CS_RUN_FILE_OUTCOME, text, strlen (text), NULL);
}

/* While the disk is full there is no outcome; it is tried again as long as it takes, for the run
 * did end, and only this process knows how. */
static void
settle_outcome (Supervisor *self)
{
  int fd;

  take_report (self);
  take_rest (self);
  self->output_digest = cs_digest_finish (self->digest);
  while ((fd = write_outcome (self)) < 0)
    sleep (1);
  unlinkat (self->directory, CS_RUN_FILE_STATE, 0);
  /* Whoever follows has heard it by now. If the machine loses power before this is done, the agent
   * says that it does not know how the run ended; that is for those who did not hear. */
  if (self->kept > 0)
    fdatasync (self->output);
  close (self->output);
  self->output = -1;
  fdatasync (fd);
  close (fd);
}

static void
supervise (Supervisor *self)
{
  while (!self->exited)
    turn (self);
  if (self->screen != NULL)
    cs_run_screen_leave (self->screen);
  settle_outcome (self);
  /* What the script left behind keeps a reader, as in a terminal that stays open, and what was told
   * to end and did not is killed. */
  while (self->pipe >= 0 || self->kill_at != 0)
    {
      if (self->kill_at != 0 && kill (-self->shell, 0) != 0)
        self->kill_at = 0;
      turn (self);
    }
}

static int
open_signals (void)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  sigaddset (&set, SIGUSR1);
  sigaddset (&set, SIGUSR2);
  sigaddset (&set, SIGTERM);
  sigprocmask (SIG_BLOCK, &set, NULL);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  signal (SIGINT, SIG_IGN);
  return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The shell that waits is bash where there is one; who wants another gets a new one. */
static void
exchange_shell (Supervisor *self, gboolean plain)
{
  kill (-self->shell, SIGKILL);
  waitpid (self->shell, NULL, 0);
  close (self->feed);
  close (self->pipe);
  start_shell (self, plain);
}

/* What `TERM` says is set here as well, so that the report does not take it for the script's. */
static gboolean
open_screen (Supervisor *self)
{
  if (self->order->terminal == NULL)
    return TRUE;
  g_setenv ("TERM", self->order->terminal, TRUE);
  self->screen = cs_run_screen_new (self->directory, self->order->columns, self->order->rows);
  return self->screen != NULL;
}

static gboolean
begin (Supervisor *self)
{
  gboolean plain = g_str_equal (self->order->shell, "sh");
  g_autofree char *start = NULL;

  if (self->shell <= 0 || !open_files (self) || !open_screen (self))
    return FALSE;
  if (plain || self->screen != NULL)
    exchange_shell (self, plain);
  if (self->shell <= 0 || (start = build_start (self)) == NULL || !mark_started (self))
    return FALSE;
  if (self->order->timeout > 0)
    self->deadline = g_get_monotonic_time () + (gint64) self->order->timeout * G_USEC_PER_SEC;
  self->most = (gint64) self->order->output_mib << 20;
  answer ('s');
  write_feed (self, start, strlen (start));
  close (self->feed);
  return TRUE;
}

int
main (void)
{
  Supervisor self = { .state = -1, .output = -1, .pipe = -1, .directory = -1 };
  struct rlimit none = { 0, 0 };

  setsid ();
  prctl (PR_SET_DUMPABLE, 0);
  if (getrlimit (RLIMIT_CORE, &none) == 0)
    {
      none.rlim_cur = 0;
      setrlimit (RLIMIT_CORE, &none);
    }
  fcntl (CS_RUN_ORDER_FD, F_SETFD, FD_CLOEXEC);
  self.signals = open_signals ();
  start_shell (&self, FALSE);
  self.buffer = g_malloc (BUFFER_SIZE);
  self.digest = cs_digest_new ();
  self.report = g_string_new (NULL);
  self.order = wait_for_order ();
  if (self.order == NULL)
    return 0;
  if (!begin (&self))
    {
      answer ('e');
      kill (-self.shell, SIGKILL);
      return 1;
    }
  supervise (&self);
  g_clear_pointer (&self.screen, cs_run_screen_free);
  return 0;
}
