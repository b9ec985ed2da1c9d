/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of an agent: claimed on disk, queued, handed to supervisors, and told about. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-runs.h"

#include "cs-carried.h"
#include "cs-clock.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-run-files.h"
#include "cs-spool.h"
#include "cs-supervisors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A run that has not ended. */
typedef struct
{
  CsRuns *owner;
  char *id;
  CsRunOrder *order; /* while it waits for its turn */
  gboolean launching;
  gboolean stop; /* as soon as it has started */
  gboolean stop_now;
  int pid;    /* of its supervisor */
  int wd;     /* watch of its directory */
  guint gone; /* source: the supervisor of another agent has ended */
} Active;

typedef struct
{
  guint number;
  char *id;
  CsRunsFunc callback;
  gpointer user_data;
} Watch;

struct _CsRuns
{
  CsSpool *spool;
  CsSupervisors *supervisors;
  CsCarried *carried;
  GHashTable *active; /* id → Active */
  GQueue queue;       /* Active, in their order */
  guint running;
  guint at_once;
  guint queue_limit;
  int inotify;
  guint inotify_source;
  GPtrArray *watches;
  guint last_watch;
};

static void launch_next (CsRuns *self);

static void
active_free (Active *run)
{
  if (run->wd >= 0)
    inotify_rm_watch (run->owner->inotify, run->wd);
  g_clear_handle_id (&run->gone, g_source_remove);
  g_clear_pointer (&run->order, cs_run_order_free);
  g_free (run->id);
  g_free (run);
}

static void
watch_free (Watch *watch)
{
  g_free (watch->id);
  g_free (watch);
}

static void
tell (CsRuns *self, const char *id)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint));

  /* A watcher may take itself, or another one, away. */
  for (guint i = 0; i < self->watches->len; i++)
    {
      Watch *watch = g_ptr_array_index (self->watches, i);

      if (g_str_equal (watch->id, id))
        g_array_append_val (numbers, watch->number);
    }
  for (guint i = 0; i < numbers->len; i++)
    for (guint k = 0; k < self->watches->len; k++)
      {
        Watch *watch = g_ptr_array_index (self->watches, k);

        if (watch->number != g_array_index (numbers, guint, i))
          continue;
        watch->callback (watch->user_data);
        break;
      }
}

/* The run is over, in whatever way; what it was is read from its files. */
static void
settle (CsRuns *self, Active *run)
{
  g_autofree char *id = g_strdup (run->id);

  if (g_queue_remove (&self->queue, run) == FALSE)
    self->running--;
  g_hash_table_remove (self->active, id);
  tell (self, id);
  launch_next (self);
}

static void
look (CsRuns *self, Active *run)
{
  g_autoptr (JsonObject) json = NULL;
  int pid;
  CsRunState state = cs_spool_read (self->spool, run->id, &json, &pid);

  if (state == CS_RUN_FINISHED || state == CS_RUN_UNKNOWN)
    settle (self, run);
}

static Active *
find_by_watch (CsRuns *self, int wd)
{
  GHashTableIter iter;
  gpointer run;

  g_hash_table_iter_init (&iter, self->active);
  while (g_hash_table_iter_next (&iter, NULL, &run))
    if (((Active *) run)->wd == wd)
      return run;
  return NULL;
}

static gboolean
changed_cb (int fd, GIOCondition condition, gpointer user_data)
{
  CsRuns *self = user_data;
  char buffer[16 * 1024] __attribute__ ((aligned (8)));
  gssize n = read (fd, buffer, sizeof buffer);

  for (gssize at = 0; at < n;)
    {
      struct inotify_event event;
      const char *name = buffer + at + sizeof event;
      Active *run;

      memcpy (&event, buffer + at, sizeof event);
      at += (gssize) (sizeof event + event.len);
      run = find_by_watch (self, event.wd);
      if (run == NULL)
        continue;
      if ((event.mask & IN_MOVED_TO) != 0 && event.len > 0 &&
          g_str_equal (name, CS_RUN_FILE_OUTCOME))
        settle (self, run);
      else
        tell (self, run->id);
    }
  return G_SOURCE_CONTINUE;
}

static void
watch_files (CsRuns *self, Active *run)
{
  g_autofree char *path = cs_spool_dup_directory (self->spool, run->id);

  run->wd = inotify_add_watch (self->inotify, path, IN_MODIFY | IN_MOVED_TO | IN_ONLYDIR);
}

static Active *
add_active (CsRuns *self, const char *id)
{
  Active *run = g_new0 (Active, 1);

  run->owner = self;
  run->id = g_strdup (id);
  run->wd = -1;
  g_hash_table_insert (self->active, run->id, run);
  watch_files (self, run);
  return run;
}

/* A child of this agent has ended; nothing is known yet about what it was. */
static void
supervisor_ended_cb (int pid, gpointer user_data)
{
  CsRuns *self = user_data;
  GHashTableIter iter;
  gpointer run;

  g_hash_table_iter_init (&iter, self->active);
  while (g_hash_table_iter_next (&iter, NULL, &run))
    if (((Active *) run)->pid == pid)
      {
        look (self, run);
        return;
      }
}

static gboolean
adopted_gone_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Active *run = user_data;

  run->gone = 0;
  close (fd);
  look (run->owner, run);
  return G_SOURCE_REMOVE;
}

/* Follows a run that another agent, or an earlier one, has started. */
static Active *
take_up (CsRuns *self, const char *id, int pid)
{
  Active *run = add_active (self, id);
  int fd;

  run->pid = pid;
  self->running++;
  fd = (int) syscall (SYS_pidfd_open, pid, 0);
  if (fd >= 0)
    run->gone = g_unix_fd_add (fd, G_IO_IN, adopted_gone_cb, run);
  return run;
}

/* What ran when the agent was killed still runs; what waited will not. */
static void
adopt (CsRuns *self)
{
  g_auto (GStrv) ids = cs_spool_list (self->spool);

  for (char **id = ids; *id != NULL; id++)
    {
      g_autoptr (JsonObject) json = NULL;
      int pid;
      CsRunState state = cs_spool_read (self->spool, *id, &json, &pid);

      if (state == CS_RUN_QUEUED && !cs_spool_give_up (self->spool, *id))
        {
          g_clear_pointer (&json, json_object_unref);
          state = cs_spool_read (self->spool, *id, &json, &pid);
        }
      if (state != CS_RUN_RUNNING)
        continue;
      look (self, take_up (self, *id, pid));
    }
}

/**
 * cs_runs_open:
 * @state: directory of the agent's state
 * @supervisor: path of the program that supervises
 * @environment: of the scripts
 * @home: where they begin
 *
 * Returns: (transfer full): the runs; %NULL with %CS_ERROR_BUSY or %CS_ERROR_STORAGE
 */
CsRuns *
cs_runs_open (const char *state,
              const char *supervisor,
              char **environment,
              const char *home,
              GError **error)
{
  CsSpool *spool = cs_spool_open (state, error);
  g_autofree char *carried = g_build_filename (state, "carried", NULL);
  CsRuns *self;

  if (spool == NULL)
    return NULL;
  self = g_new0 (CsRuns, 1);
  self->spool = spool;
  self->at_once = 1;
  self->queue_limit = 1;
  self->active =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) active_free);
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) watch_free);
  g_queue_init (&self->queue);
  self->inotify = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  if (self->inotify < 0)
    g_set_error (error, CS_ERROR, CS_ERROR_BUSY, "Files can't be watched: %s", g_strerror (errno));
  else
    self->carried = cs_carried_open (carried, cs_clock_now (), error);
  if (self->carried == NULL)
    {
      cs_runs_close (self);
      return NULL;
    }
  self->inotify_source = g_unix_fd_add (self->inotify, G_IO_IN, changed_cb, self);
  self->supervisors =
    cs_supervisors_new (supervisor, environment, home, supervisor_ended_cb, self);
  adopt (self);
  return self;
}

/** cs_runs_close: lets go; what runs goes on. */
void
cs_runs_close (CsRuns *self)
{
  g_clear_pointer (&self->supervisors, cs_supervisors_free);
  g_hash_table_unref (self->active);
  g_queue_clear (&self->queue);
  g_ptr_array_unref (self->watches);
  g_clear_handle_id (&self->inotify_source, g_source_remove);
  if (self->inotify >= 0)
    close (self->inotify);
  g_clear_pointer (&self->carried, cs_carried_close);
  cs_spool_close (self->spool);
  g_free (self);
}

/** cs_runs_set_limits: how many scripts run at once, and how many more may wait. */
void
cs_runs_set_limits (CsRuns *self, guint at_once, guint queue)
{
  self->at_once = at_once;
  self->queue_limit = queue;
  launch_next (self);
}

/** cs_runs_claim: cs_spool_claim(). */
CsClaim
cs_runs_claim (CsRuns *self, const char *id, JsonObject *claim, const char *script, GError **error)
{
  return cs_spool_claim (self->spool, id, claim, script, error);
}

/** cs_runs_has_left: cs_carried_has(). */
gboolean
cs_runs_has_left (CsRuns *self, const char *deployment, const char *name, const char *value)
{
  return cs_carried_has (self->carried, deployment, name, value);
}

/** cs_runs_knows: cs_spool_knows(). */
gboolean
cs_runs_knows (CsRuns *self, const char *id, const char *body)
{
  return cs_spool_knows (self->spool, id, body);
}

/** cs_runs_sweep: cs_spool_sweep(). */
void
cs_runs_sweep (CsRuns *self, gint64 keep_days, gint64 keep_mib)
{
  cs_spool_sweep (self->spool, keep_days, keep_mib);
}

/* A process id may be given to another process at any time, so the signal goes by a descriptor; and
 * that is of the run's supervisor if, after it was opened, the run's files still name that process
 * by the time of its start. */
static void
send_stop (Active *run)
{
  g_autoptr (JsonObject) json = NULL;
  int fd = run->pid > 0 ? (int) syscall (SYS_pidfd_open, run->pid, 0) : -1;
  int pid = 0;

  if (fd < 0)
    return;
  cs_spool_read (run->owner->spool, run->id, &json, &pid);
  if (pid == run->pid)
    syscall (SYS_pidfd_send_signal, fd, run->stop_now ? SIGUSR2 : SIGUSR1, NULL, 0);
  close (fd);
}

typedef struct
{
  CsRuns *runs;
  char *id;
} Launch;

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Launch *launch = user_data;
  CsRuns *self = launch->runs;
  Active *run = g_hash_table_lookup (self->active, launch->id);
  g_autoptr (GError) error = NULL;
  int pid = cs_supervisors_start_finish (result, &error);

  if (pid < 0)
    g_warning ("Run %s was not started: %s", launch->id, error->message);
  if (run != NULL)
    {
      run->launching = FALSE;
      run->pid = MAX (pid, 0);
      if (pid >= 0 && (run->stop || run->stop_now))
        send_stop (run);
      if (pid < 0 && cs_spool_give_up (self->spool, run->id))
        settle (self, run);
      else
        look (self, run);
    }
  g_free (launch->id);
  g_free (launch);
}

static void
launch_next (CsRuns *self)
{
  while (self->running < self->at_once && !g_queue_is_empty (&self->queue) &&
         self->supervisors != NULL)
    {
      Active *run = g_queue_pop_head (&self->queue);
      Launch *launch = g_new0 (Launch, 1);

      self->running++;
      run->launching = TRUE;
      launch->runs = self;
      launch->id = g_strdup (run->id);
      cs_supervisors_start_async (self->supervisors, run->order, launched_cb, launch);
      g_clear_pointer (&run->order, cs_run_order_free);
    }
}

/** cs_runs_has_room: whether one more may be submitted. */
gboolean
cs_runs_has_room (CsRuns *self)
{
  return self->running < self->at_once || g_queue_get_length (&self->queue) < self->queue_limit;
}

/**
 * cs_runs_submit:
 * @id: of a run that was claimed just now
 * @order: (transfer full): how to run it
 *
 * Starts the run, now or when it is its turn.
 */
void
cs_runs_submit (CsRuns *self, const char *id, CsRunOrder *order)
{
  Active *run = add_active (self, id);

  run->order = order;
  g_queue_push_tail (&self->queue, run);
  launch_next (self);
}

/** cs_run_state_to_string: the word of the interface. */
const char *
cs_run_state_to_string (CsRunState state)
{
  static const char *const words[] = {
    "none", "queued", "running", "finished", "not-started", "unknown", "void",
  };

  return words[state];
}

static const char *
explain (CsRunState state)
{
  switch (state)
    {
    case CS_RUN_NOT_STARTED:
      return "The agent ended, or could not start it, before its turn; it never ran";
    case CS_RUN_UNKNOWN:
      return "It was started, or may have been, but its supervisor ended without saying how it "
             "went: the machine was restarted, or someone killed it. See what it did before it is "
             "run again";
    case CS_RUN_NONE:
    case CS_RUN_QUEUED:
    case CS_RUN_RUNNING:
    case CS_RUN_FINISHED:
    case CS_RUN_VOID:
    default:
      return NULL;
    }
}

/**
 * cs_runs_describe:
 * @state: (out): what became of it
 *
 * Returns: (transfer full) (nullable): the run as the interface shows it; %NULL if there is none
 */
JsonObject *
cs_runs_describe (CsRuns *self, const char *id, CsRunState *state)
{
  Active *run = g_hash_table_lookup (self->active, id);
  JsonObject *json = NULL;
  int pid, position;

  *state = cs_spool_read (self->spool, id, &json, &pid);
  if (*state == CS_RUN_QUEUED && run == NULL)
    *state = cs_spool_give_up (self->spool, id) ? CS_RUN_NOT_STARTED : CS_RUN_RUNNING;
  if (*state == CS_RUN_QUEUED && run->order == NULL)
    *state = CS_RUN_RUNNING; /* handed over, and not yet marked */
  if (json == NULL)
    return NULL;
  /* Nobody hears what it has left before the next run may have it. */
  if (*state == CS_RUN_FINISHED)
    cs_carried_note (self->carried, json, cs_clock_now ());
  json_object_set_string_member (json, "state", cs_run_state_to_string (*state));
  if (*state == CS_RUN_QUEUED && (position = g_queue_index (&self->queue, run)) >= 0)
    json_object_set_int_member (json, "position", position + 1);
  if (explain (*state) != NULL)
    json_object_set_string_member (json, "problem", explain (*state));
  return json;
}

/** cs_runs_get_state: what became of a run. */
CsRunState
cs_runs_get_state (CsRuns *self, const char *id)
{
  CsRunState state;
  g_autoptr (JsonObject) json = cs_runs_describe (self, id, &state);

  return state;
}

/* A run that was given up for lost, because its files could not be read say, and runs all the
 * same. */
static Active *
find_running (CsRuns *self, const char *id)
{
  g_autoptr (JsonObject) json = NULL;
  int pid = 0;

  if (cs_spool_read (self->spool, id, &json, &pid) != CS_RUN_RUNNING || pid <= 0)
    return NULL;
  return take_up (self, id, pid);
}

/**
 * cs_runs_stop:
 * @at_once: by KILL, without a TERM before
 *
 * Asks a run to end; one that waits for its turn never starts.
 */
void
cs_runs_stop (CsRuns *self, const char *id, gboolean at_once)
{
  Active *run = g_hash_table_lookup (self->active, id);

  if (run == NULL)
    run = find_running (self, id);
  if (run == NULL)
    return;
  if (run->order != NULL)
    {
      if (cs_spool_give_up (self->spool, id))
        settle (self, run);
      return;
    }
  run->stop = TRUE;
  run->stop_now = run->stop_now || at_once;
  if (!run->launching)
    send_stop (run);
}

/* What was spent after it had run is no id that never ran. */
static CsRunState
read_was (CsRuns *self, const char *id)
{
  g_autoptr (JsonObject) json = NULL;
  const char *was;
  int pid;

  cs_spool_read (self->spool, id, &json, &pid);
  was = cs_json_get_string (json, "was");
  if (was == NULL)
    return CS_RUN_VOID;
  return g_str_equal (was, cs_run_state_to_string (CS_RUN_FINISHED)) ? CS_RUN_FINISHED
                                                                     : CS_RUN_UNKNOWN;
}

/**
 * cs_runs_forget:
 * @was: (out): what it was
 *
 * Removes what is kept of a run that has ended, and spends the id for ever.
 *
 * Returns: whether it is done; else %CS_ERROR_BUSY while it runs, or %CS_ERROR_STORAGE
 */
gboolean
cs_runs_forget (CsRuns *self, const char *id, CsRunState *was, GError **error)
{
  Active *run = g_hash_table_lookup (self->active, id);

  if (run != NULL && run->order != NULL)
    cs_runs_stop (self, id, TRUE);
  *was = cs_runs_get_state (self, id);
  if (*was == CS_RUN_RUNNING || *was == CS_RUN_QUEUED)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_BUSY, "The run has not ended; stop it first");
      return FALSE;
    }
  if (*was == CS_RUN_VOID)
    {
      *was = read_was (self, id);
      return TRUE;
    }
  if (*was == CS_RUN_FINISHED || *was == CS_RUN_UNKNOWN)
    return cs_spool_void (self->spool, id, cs_run_state_to_string (*was), error);
  if (*was == CS_RUN_NOT_STARTED)
    return cs_spool_void (self->spool, id, NULL, error);
  *was = CS_RUN_VOID;
  return cs_spool_spend (self->spool, id, error);
}

/** cs_runs_get_forgotten: cs_spool_get_forgotten(). */
gint64
cs_runs_get_forgotten (CsRuns *self)
{
  return cs_spool_get_forgotten (self->spool);
}

/** cs_runs_dup_directory: (transfer full): where its files are. */
char *
cs_runs_dup_directory (CsRuns *self, const char *id)
{
  return cs_spool_dup_directory (self->spool, id);
}

/** cs_runs_dup_deployment: (transfer full) (nullable): what it was asked for. */
char *
cs_runs_dup_deployment (CsRuns *self, const char *id)
{
  CsRunState state;
  g_autoptr (JsonObject) json = cs_runs_describe (self, id, &state);

  return json != NULL && json_object_has_member (json, "deployment")
           ? g_strdup (json_object_get_string_member (json, "deployment"))
           : NULL;
}

/**
 * cs_runs_type:
 * @keys: what is typed into its terminal
 *
 * Hands it to the supervisor of a run that is running.
 *
 * Returns: whether it is on its way; else %CS_ERROR_BUSY if much waits already that the program has
 *   not read, or %CS_ERROR_NOT_FOUND if there is no terminal any more
 */
gboolean
cs_runs_type (CsRuns *self, const char *id, const CsRunKeys *keys, GError **error)
{
  g_autofree char *directory = cs_spool_dup_directory (self->spool, id);
  g_autofree char *path = g_build_filename (directory, CS_RUN_FILE_KEYS, NULL);
  g_autoptr (GBytes) bytes = cs_run_keys_write (keys);
  gsize size = 0;
  const void *data = g_bytes_get_data (bytes, &size);
  int fd = open (path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
  gssize n = fd >= 0 ? write (fd, data, size) : -1;
  int code = errno;

  explicit_bzero ((void *) data, size);
  if (fd >= 0)
    close (fd);
  if (n < 0 && code == EAGAIN)
    g_set_error (error, CS_ERROR, CS_ERROR_BUSY, "The program has not read what was typed before");
  else if (n < 0)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "The terminal of the run is not there");
  return n >= 0;
}

/** cs_runs_open_output: a descriptor of what it printed; -1 while there is none. */
int
cs_runs_open_output (CsRuns *self, const char *id)
{
  g_autofree char *directory = cs_spool_dup_directory (self->spool, id);
  g_autofree char *path = g_build_filename (directory, CS_RUN_FILE_OUTPUT, NULL);

  return open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/** cs_runs_get_output_size: bytes that can be had. */
gint64
cs_runs_get_output_size (CsRuns *self, const char *id)
{
  g_autofree char *directory = cs_spool_dup_directory (self->spool, id);
  g_autofree char *path = g_build_filename (directory, CS_RUN_FILE_OUTPUT, NULL);
  struct stat info;

  return stat (path, &info) == 0 ? info.st_size : 0;
}

/** cs_runs_count: how many run, wait, and may run at once. */
void
cs_runs_count (CsRuns *self, guint *running, guint *queued, guint *limit)
{
  *running = self->running;
  *queued = g_queue_get_length (&self->queue);
  *limit = self->at_once;
}

/**
 * cs_runs_watch:
 * @callback: called when there is more output, or the run has ended
 *
 * Returns: what cs_runs_unwatch() takes
 */
guint
cs_runs_watch (CsRuns *self, const char *id, CsRunsFunc callback, gpointer user_data)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->number = ++self->last_watch;
  watch->id = g_strdup (id);
  watch->callback = callback;
  watch->user_data = user_data;
  g_ptr_array_add (self->watches, watch);
  return watch->number;
}

/** cs_runs_unwatch: ends a watch. */
void
cs_runs_unwatch (CsRuns *self, guint number)
{
  for (guint i = 0; i < self->watches->len; i++)
    if (((Watch *) g_ptr_array_index (self->watches, i))->number == number)
      {
        g_ptr_array_remove_index_fast (self->watches, i);
        return;
      }
}
