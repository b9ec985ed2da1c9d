/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Supervisors that wait for an order, started ahead of time. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-supervisors.h"

#include "cs-error.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/** SPARES: supervisors that wait; as many as may be wanted at once without a pause */
#define SPARES 2
/** REFILL: milliseconds after which one that was taken is replaced, while there is another: at
 * first the machine belongs to the script */
#define REFILL 2000

typedef struct
{
  GPid pid;
  int fd;
} Supervisor;

struct _CsSupervisors
{
  int references; /* atomic */
  char *program;
  char **environment;
  char *home;
  CsSupervisorEnded ended;
  gpointer user_data;

  GMutex mutex;
  GQueue spares;
  gboolean closed;
  guint refill; /* of the main thread */
};

static void
supervisors_unref (CsSupervisors *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  g_mutex_clear (&self->mutex);
  g_strfreev (self->environment);
  g_free (self->program);
  g_free (self->home);
  g_free (self);
}

static void
supervisor_free (Supervisor *supervisor)
{
  if (supervisor->fd >= 0)
    close (supervisor->fd); /* one that got no order goes away by this */
  g_free (supervisor);
}

static void
ended_cb (GPid pid, int status, gpointer user_data)
{
  CsSupervisors *self = user_data;

  if (!self->closed)
    self->ended (pid, self->user_data);
}

typedef struct
{
  CsSupervisors *owner;
  GPid pid;
} Birth;

/* A child must be watched from the main thread. */
static gboolean
born_cb (gpointer user_data)
{
  Birth *birth = user_data;

  g_child_watch_add_full (G_PRIORITY_DEFAULT, birth->pid, ended_cb, birth->owner,
                          (GDestroyNotify) supervisors_unref);
  g_free (birth);
  return G_SOURCE_REMOVE;
}

static Supervisor *
spawn (CsSupervisors *self, GError **error)
{
  const char *argv[] = { self->program, NULL };
  GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                      G_SPAWN_STDERR_TO_DEV_NULL;
  int fds[2], target = CS_RUN_ORDER_FD;
  GPid pid = 0;
  Supervisor *supervisor;
  Birth *birth;
  gboolean spawned;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_BUSY, "No socket could be made: %s",
                   g_strerror (errno));
      return NULL;
    }
  spawned = g_spawn_async_with_pipes_and_fds (
    self->home, argv, (const char *const *) self->environment, flags, NULL, NULL, -1, -1, -1,
    &fds[1], &target, 1, &pid, NULL, NULL, NULL, error);
  close (fds[1]);
  if (!spawned)
    {
      close (fds[0]);
      return NULL;
    }
  supervisor = g_new0 (Supervisor, 1);
  supervisor->pid = pid;
  supervisor->fd = fds[0];
  birth = g_new0 (Birth, 1);
  g_atomic_int_inc (&self->references);
  birth->owner = self;
  birth->pid = pid;
  g_idle_add (born_cb, birth);
  return supervisor;
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      gssize n = send (fd, data, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* Whether it has started the run. What it says no to, or does not say, was decided by the file that
 * marks the start: there can be one only. */
static gboolean
give_order (Supervisor *supervisor, GBytes *order, gboolean *refused)
{
  char byte = 0;
  gssize n;

  if (!write_all (supervisor->fd, order))
    return FALSE;
  do
    n = recv (supervisor->fd, &byte, 1, 0);
  while (n < 0 && errno == EINTR);
  *refused = n == 1 && byte == 'e';
  return n == 1 && byte == 's';
}

static void
add_spares (CsSupervisors *self)
{
  for (;;)
    {
      Supervisor *supervisor;

      g_mutex_lock (&self->mutex);
      if (self->closed || g_queue_get_length (&self->spares) >= SPARES)
        {
          g_mutex_unlock (&self->mutex);
          return;
        }
      g_mutex_unlock (&self->mutex);
      supervisor = spawn (self, NULL);
      if (supervisor == NULL)
        return; /* who wants one is told why */
      g_mutex_lock (&self->mutex);
      g_queue_push_tail (&self->spares, supervisor);
      g_mutex_unlock (&self->mutex);
    }
}

static Supervisor *
take (CsSupervisors *self, GError **error)
{
  Supervisor *supervisor;

  g_mutex_lock (&self->mutex);
  supervisor = g_queue_pop_head (&self->spares);
  g_mutex_unlock (&self->mutex);
  return supervisor != NULL ? supervisor : spawn (self, error);
}

static int
start (CsSupervisors *self, GBytes *order, GError **error)
{
  for (guint i = 0; i < SPARES + 1; i++)
    {
      Supervisor *supervisor = take (self, error);
      gboolean refused = FALSE, started;
      int pid;

      if (supervisor == NULL)
        return -1;
      started = give_order (supervisor, order, &refused);
      pid = supervisor->pid;
      supervisor_free (supervisor);
      if (started)
        return pid;
      if (refused)
        break;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
               "The run could not be started: its files can't be written, or no process made");
  return -1;
}

static gpointer
spares_thread (gpointer user_data)
{
  add_spares (user_data);
  supervisors_unref (user_data);
  return NULL;
}

static void
start_adding (CsSupervisors *self)
{
  g_atomic_int_inc (&self->references);
  g_thread_unref (g_thread_new ("cs-spares", spares_thread, self));
}

static gboolean
refill_cb (gpointer user_data)
{
  CsSupervisors *self = user_data;

  self->refill = 0;
  start_adding (self);
  return G_SOURCE_REMOVE;
}

static gpointer
start_thread (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsSupervisors *self = g_object_get_data (G_OBJECT (task), "owner");
  GError *error = NULL;
  int pid = start (self, g_task_get_task_data (task), &error);

  if (pid < 0)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, pid);
  supervisors_unref (self);
  return NULL;
}

/**
 * cs_supervisors_new:
 * @program: path of the supervisor
 * @environment: of the scripts
 * @home: where they begin
 * @ended: called for each that has ended
 *
 * Returns: (transfer full): with the first ones on their way
 */
CsSupervisors *
cs_supervisors_new (const char *program,
                    char **environment,
                    const char *home,
                    CsSupervisorEnded ended,
                    gpointer user_data)
{
  CsSupervisors *self = g_new0 (CsSupervisors, 1);

  self->references = 1;
  g_mutex_init (&self->mutex);
  g_queue_init (&self->spares);
  self->program = g_strdup (program);
  self->environment = g_strdupv (environment);
  self->home = g_strdup (home);
  self->ended = ended;
  self->user_data = user_data;
  start_adding (self);
  return self;
}

/** cs_supervisors_free: sends those away that wait; those that have a run go on. */
void
cs_supervisors_free (CsSupervisors *self)
{
  g_mutex_lock (&self->mutex);
  self->closed = TRUE;
  g_clear_handle_id (&self->refill, g_source_remove);
  g_queue_clear_full (&self->spares, (GDestroyNotify) supervisor_free);
  g_mutex_unlock (&self->mutex);
  supervisors_unref (self);
}

/**
 * cs_supervisors_start_async:
 * @order: what to run
 *
 * Gives the order to a supervisor that waits, and waits until it has marked the run as started.
 */
void
cs_supervisors_start_async (CsSupervisors *self,
                            const CsRunOrder *order,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  gboolean none_left;

  g_task_set_source_tag (task, cs_supervisors_start_async);
  g_task_set_task_data (task, cs_run_order_write (order), (GDestroyNotify) g_bytes_unref);
  g_atomic_int_inc (&self->references);
  g_object_set_data (G_OBJECT (task), "owner", self);
  g_thread_unref (g_thread_new ("cs-start", start_thread, task));
  g_mutex_lock (&self->mutex);
  none_left = g_queue_get_length (&self->spares) <= 1; /* this one is about to be taken */
  g_mutex_unlock (&self->mutex);
  if (none_left)
    start_adding (self);
  else if (self->refill == 0)
    self->refill = g_timeout_add (REFILL, refill_cb, self);
}

/**
 * cs_supervisors_start_finish:
 *
 * Returns: the id of its process; -1 with %CS_ERROR_STORAGE or %CS_ERROR_BUSY
 */
int
cs_supervisors_start_finish (GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}
