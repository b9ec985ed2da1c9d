/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One short child process: argv, bounded input and output, ended when cancelled. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-child.h"

#include "cs-error.h"
#include "cs-spawn.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_LIMIT (1024 * 1024)
#define CHUNK_SIZE (32 * 1024)

typedef struct
{
  GSubprocess *process; /* NULL: it is known by its id alone */
  pid_t group;
  int wait_status;
  GInputStream *streams[2]; /* its output and what it says beside, if there is no process */
  GByteArray *out;
  GByteArray *err;
  GSource *cancel_source;
  GError *error;
  guint pending;
} Child;

typedef struct
{
  GTask *task;
  GByteArray *kept;
} Drain;

static void read_more (GInputStream *stream, Drain *drain);

static void
child_free (Child *child)
{
  if (child->cancel_source != NULL)
    {
      g_source_destroy (child->cancel_source);
      g_source_unref (child->cancel_source);
    }
  g_clear_object (&child->process);
  g_clear_object (&child->streams[0]);
  g_clear_object (&child->streams[1]);
  g_byte_array_unref (child->out);
  g_byte_array_unref (child->err);
  g_clear_error (&child->error);
  g_free (child);
}

/**
 * cs_child_result_free:
 *
 * Frees a result.
 */
void
cs_child_result_free (CsChildResult *self)
{
  if (self == NULL)
    return;
  g_bytes_unref (self->out);
  g_free (self->err);
  g_free (self);
}

static void
kill_group (Child *child)
{
  if (child->pending > 0 && child->group > 1)
    kill (-child->group, SIGKILL);
}

static CsChildResult *
collect_result (Child *child)
{
  CsChildResult *result = g_new0 (CsChildResult, 1);

  if (WIFEXITED (child->wait_status))
    result->status = WEXITSTATUS (child->wait_status);
  else
    result->status = 128 + WTERMSIG (child->wait_status);
  result->out = g_byte_array_free_to_bytes (g_steal_pointer (&child->out));
  child->out = g_byte_array_new ();
  result->err = child->err->len > 0
                  ? g_utf8_make_valid ((const char *) child->err->data, child->err->len)
                  : g_strdup ("");
  return result;
}

/* The task ends once the process has ended and both of its outputs are closed. */
static void
finish_one (GTask *task)
{
  Child *child = g_task_get_task_data (task);

  if (--child->pending > 0)
    return;
  g_source_destroy (child->cancel_source);
  if (child->error != NULL)
    g_task_return_error (task, g_steal_pointer (&child->error));
  else
    g_task_return_pointer (task, collect_result (child), (GDestroyNotify) cs_child_result_free);
}

static void
note_error (GTask *task, GError *error)
{
  Child *child = g_task_get_task_data (task);

  if (child->error == NULL)
    child->error = error;
  else
    g_error_free (error);
  kill_group (child);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Drain *drain = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes != NULL && g_bytes_get_size (bytes) > 0)
    {
      gsize size = MIN (g_bytes_get_size (bytes), OUTPUT_LIMIT - drain->kept->len);

      g_byte_array_append (drain->kept, g_bytes_get_data (bytes, NULL), (guint) size);
      read_more (G_INPUT_STREAM (source), drain);
      return;
    }
  if (bytes == NULL)
    note_error (drain->task, error);
  finish_one (drain->task);
  g_object_unref (drain->task);
  g_byte_array_unref (drain->kept);
  g_free (drain);
}

/* Also beyond the limit everything is read, so that the child never waits for us. */
static void
read_more (GInputStream *stream, Drain *drain)
{
  g_input_stream_read_bytes_async (stream, CHUNK_SIZE, G_PRIORITY_DEFAULT, NULL, read_cb, drain);
}

static void
start_drain (GTask *task, GInputStream *stream, GByteArray *kept)
{
  Drain *drain = g_new0 (Drain, 1);

  drain->task = g_object_ref (task);
  drain->kept = g_byte_array_ref (kept);
  read_more (stream, drain);
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Child *child = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error))
    child->wait_status = g_subprocess_get_status (child->process);
  else
    note_error (task, error);
  finish_one (task);
}

static void
ended_cb (GPid pid, int status, gpointer user_data)
{
  GTask *task = user_data;
  Child *child = g_task_get_task_data (task);

  child->wait_status = status;
  finish_one (task);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  kill_group (user_data);
  return G_SOURCE_REMOVE;
}

/* A session of its own: one signal reaches all its processes, and none of them can ask a question
 * on our terminal. Runs between fork and exec: nothing but system calls is allowed here. Its number
 * comes back through shared memory, because GSubprocess forgets it as soon as the child has ended,
 * and the child's own children may live on. */
static void
begin_session (gpointer user_data)
{
  *(pid_t *) user_data = setsid ();
}

/**
 * cs_child_open_memory:
 * @data: (array length=length): the bytes
 *
 * Makes a file in memory for a child to read, as standard input or by `/proc/self/fd/N`: no pipe
 * that could fill up or break, nothing on disk, nothing left behind.
 *
 * Returns: a file descriptor at the beginning of @data, closed on exec; -1 with %CS_ERROR_FAILED
 */
int
cs_child_open_memory (const void *data, gsize length, GError **error)
{
  gsize done = 0;
  int fd = memfd_create ("countersign", MFD_CLOEXEC);

  while (fd >= 0 && done < length)
    {
      gssize n = write (fd, (const char *) data + done, length - done);

      if (n < 0 && errno != EINTR)
        break;
      done += n > 0 ? (gsize) n : 0;
    }
  if (fd >= 0 && done == length && lseek (fd, 0, SEEK_SET) == 0)
    return fd;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "No memory for a program's input: %s",
               g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static GSubprocess *
spawn (const char *const *argv,
       GSubprocessLauncher *launcher,
       GBytes *input,
       pid_t *group,
       GError **error)
{
  g_autoptr (GError) local_error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_flags (launcher,
                                   G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, begin_session, group, NULL);
  if (input != NULL)
    {
      gsize size;
      const void *data = g_bytes_get_data (input, &size);
      int fd = cs_child_open_memory (data, size, error);

      if (fd < 0)
        return NULL;
      g_subprocess_launcher_take_stdin_fd (launcher, fd);
    }
  process = g_subprocess_launcher_spawnv (launcher, argv, &local_error);
  if (g_error_matches (local_error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "The program “%s” is not installed on this computer", argv[0]);
  else if (local_error != NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "Could not start “%s”: %s", argv[0],
                 local_error->message);
  return process;
}

static Child *
child_alloc (pid_t group)
{
  Child *child = g_new0 (Child, 1);

  child->group = group;
  child->out = g_byte_array_new ();
  child->err = g_byte_array_new ();
  child->pending = 3;
  return child;
}

/* One that inherits nothing and reads nothing is made in the cheaper way. */
static Child *
child_new_plain (const char *const *argv, GError **error)
{
  g_auto (GStrv) envp = g_get_environ ();
  g_autoptr (GError) local = NULL;
  CsSpawned spawned;
  Child *child;

  if (!cs_spawn_pipes (argv, (const char *const *) envp, NULL, &spawned, &local))
    {
      if (g_error_matches (local, CS_ERROR, CS_ERROR_NOT_FOUND))
        g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                     "The program “%s” is not installed on this computer", argv[0]);
      else
        g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  close (spawned.input);
  child = child_alloc (spawned.pid);
  child->streams[0] = g_unix_input_stream_new (spawned.output, TRUE);
  child->streams[1] = g_unix_input_stream_new (spawned.errors, TRUE);
  return child;
}

static Child *
child_new (const char *const *argv, GSubprocessLauncher *launcher, GBytes *input, GError **error)
{
  pid_t *group =
    mmap (NULL, sizeof *group, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  GSubprocess *process;
  Child *child = NULL;

  if (group == MAP_FAILED)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "No memory to start “%s”", argv[0]);
      return NULL;
    }
  process = spawn (argv, launcher, input, group, error);
  if (process != NULL)
    {
      child = child_alloc (*group);
      child->process = process;
    }
  munmap (group, sizeof *group);
  return child;
}

static void
follow (GTask *task)
{
  Child *child = g_task_get_task_data (task);
  g_autoptr (GSource) source = NULL;

  if (child->process != NULL)
    {
      start_drain (task, g_subprocess_get_stdout_pipe (child->process), child->out);
      start_drain (task, g_subprocess_get_stderr_pipe (child->process), child->err);
      g_subprocess_wait_async (child->process, NULL, wait_cb, g_object_ref (task));
      return;
    }
  start_drain (task, child->streams[0], child->out);
  start_drain (task, child->streams[1], child->err);
  source = g_child_watch_source_new (child->group);
  g_source_set_callback (source, G_SOURCE_FUNC (ended_cb), g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

/**
 * cs_child_run_async:
 * @argv: (array zero-terminated=1): program (looked up in `PATH`) and arguments
 * @launcher: (nullable): environment and inherited file descriptors; its flags, standard input and
 *   child setup are set here, so it serves one child
 * @input: (nullable): what the child reads from standard input; %NULL is `/dev/null`
 *
 * Runs a program in a session of its own, without terminal. At most 1 MiB of each output is kept;
 * the rest is read and dropped. Cancelling kills all its processes and waits until they are gone.
 */
void
cs_child_run_async (const char *const *argv,
                    GSubprocessLauncher *launcher,
                    GBytes *input,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSubprocessLauncher) own = NULL;
  GError *error = NULL;
  Child *child;

  g_return_if_fail (argv != NULL && argv[0] != NULL);

  g_task_set_source_tag (task, cs_child_run_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (launcher == NULL && input == NULL)
    child = child_new_plain (argv, &error);
  else
    {
      if (launcher == NULL)
        launcher = own = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
      child = child_new (argv, launcher, input, &error);
    }
  if (child == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  child->cancel_source = g_cancellable_source_new (cancellable);
  g_source_set_callback (child->cancel_source, G_SOURCE_FUNC (cancelled_cb), child, NULL);
  g_source_attach (child->cancel_source, g_task_get_context (task));
  g_task_set_task_data (task, child, (GDestroyNotify) child_free);
  follow (task);
}

/**
 * cs_child_run_finish:
 *
 * Returns: (transfer full): how the program ended, whatever its status; %NULL with
 *   %CS_ERROR_NOT_FOUND if there is no such program, %CS_ERROR_FAILED if it could not be started,
 *   or %G_IO_ERROR_CANCELLED
 */
CsChildResult *
cs_child_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
