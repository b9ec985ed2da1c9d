/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory of all runs: claims, what became of them, and what is swept away. */

/* A run is a directory named by its id. It is made under another name, and gets its own with the
 * claim in it, by a rename that succeeds once. Everything else about it follows from its files, so
 * that an agent that was killed finds what it left:
 *
 *   claim can't be read       it was asked for before the machine lost power; nobody knows more
 *   claim says "void"         the id is spent
 *   outcome is there          it has ended, and how
 *   process says "run …"      it was started; it runs if that very process still does
 *   process says "void"       it was not started, and no supervisor can start it any more
 *   no process                it waits for its turn; if the machine was started again since it was
 *                             claimed, nobody knows */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-spool.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-run-files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/** MAX_CLAIM, MAX_OUTCOME: bytes of what is read back */
#define LOCK_TRIES 20
#define LOCK_PAUSE (100 * 1000) /* microseconds */
#define MAX_CLAIM (1024 * 1024)
#define MAX_OUTCOME (32 * 1024 * 1024)
/** FORGOTTEN: file that says until when all that was spent may be forgotten */
#define FORGOTTEN "forgotten"
/** KEEP_VOID: microseconds that a spent id is remembered; its request has been stale for long */
#define KEEP_VOID ((gint64) 90 * 86400 * G_USEC_PER_SEC)

/** DRAFT_PREFIX: of directories that are not yet a run */
#define DRAFT_PREFIX ".draft-"

struct _CsSpool
{
  char *path;
  char *boot;
  int directory;
  int lock;
};

static int
open_run (CsSpool *self, const char *id)
{
  return openat (self->directory, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static void
remove_run (CsSpool *self, const char *id)
{
  int fd = open_run (self, id);
  DIR *directory = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  while (directory != NULL && (entry = readdir (directory)) != NULL)
    if (!g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, ".."))
      unlinkat (dirfd (directory), entry->d_name, 0);
  if (directory != NULL)
    closedir (directory);
  unlinkat (self->directory, id, AT_REMOVEDIR);
}

/* What an agent left that was killed while it claimed: nobody was told of it. */
static void
remove_drafts (CsSpool *self)
{
  g_autoptr (GDir) directory = g_dir_open (self->path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    if (g_str_has_prefix (name, DRAFT_PREFIX))
      remove_run (self, name);
}

/* The agent that was here before may have been killed while it started a process, which then holds
 * the lock until it becomes another program. */
static gboolean
take_lock (int lock)
{
  for (int i = 0; flock (lock, LOCK_EX | LOCK_NB) != 0; i++)
    {
      if (i == LOCK_TRIES)
        return FALSE;
      g_usleep (LOCK_PAUSE);
    }
  return TRUE;
}

/**
 * cs_spool_open:
 * @state: directory of the agent's state; it is made for its owner alone
 *
 * Returns: (transfer full): the spool; %NULL with %CS_ERROR_BUSY if another agent has it, or
 *   %CS_ERROR_STORAGE
 */
CsSpool *
cs_spool_open (const char *state, GError **error)
{
  g_autofree char *lock = g_build_filename (state, "lock", NULL);
  CsSpool *self = g_new0 (CsSpool, 1);

  self->path = g_build_filename (state, "runs", NULL);
  self->boot = cs_run_files_dup_boot ();
  self->directory = self->lock = -1;
  if (g_mkdir_with_parents (self->path, 0700) == 0 && chmod (state, 0700) == 0)
    {
      self->lock = open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      self->directory = open (self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
  if (self->lock < 0 || self->directory < 0)
    g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be written: %s", state,
                 g_strerror (errno));
  else if (!take_lock (self->lock))
    g_set_error (error, CS_ERROR, CS_ERROR_BUSY, "Another agent uses %s", state);
  else
    {
      g_autofree char *pid = g_strdup_printf ("%d\n", getpid ());

      remove_drafts (self);
      if (ftruncate (self->lock, 0) == 0 && write (self->lock, pid, strlen (pid)) > 0)
        return self;
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be written: %s", lock,
                   g_strerror (errno));
    }
  cs_spool_close (self);
  return NULL;
}

/** cs_spool_close: lets another agent have it. */
void
cs_spool_close (CsSpool *self)
{
  if (self->directory >= 0)
    close (self->directory);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->path);
  g_free (self->boot);
  g_free (self);
}

/** cs_spool_dup_directory: (transfer full): where the files of a run are. */
char *
cs_spool_dup_directory (CsSpool *self, const char *id)
{
  return g_build_filename (self->path, id, NULL);
}

/** cs_spool_list: (transfer full): the ids of all runs that were claimed. */
char **
cs_spool_list (CsSpool *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_autoptr (GDir) directory = g_dir_open (self->path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    if (g_uuid_string_is_valid (name))
      g_strv_builder_add (ids, name);
  return g_strv_builder_end (ids);
}

static JsonNode *
read_json (int directory, const char *name, gsize limit)
{
  g_autofree char *text = cs_run_files_read (directory, name, limit);
  g_autoptr (JsonNode) node = text != NULL ? cs_json_parse (text, -1, NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

static CsClaim
compare_claim (CsSpool *self, const char *id, JsonObject *claim)
{
  int directory = open_run (self, id);
  g_autoptr (JsonNode) node = directory >= 0 ? read_json (directory, CS_RUN_FILE_CLAIM, MAX_CLAIM)
                                             : NULL;
  JsonObject *there = node != NULL ? json_node_get_object (node) : NULL;

  if (directory >= 0)
    close (directory);
  if (there != NULL && json_object_has_member (there, "void"))
    return CS_CLAIM_VOID;
  return g_strcmp0 (cs_json_get_string (there, "body"), cs_json_get_string (claim, "body")) == 0 &&
             there != NULL
           ? CS_CLAIM_SAME
           : CS_CLAIM_OTHER;
}

static gboolean
write_claim (CsSpool *self,
             int directory,
             JsonObject *claim,
             const char *script,
             GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  int fd;

  json_object_set_string_member (claim, "boot", self->boot);
  json_node_set_object (node, claim);
  text = cs_json_to_canonical (node, error);
  if (text == NULL)
    return FALSE;
  if (script != NULL &&
      !cs_run_files_write (directory, CS_RUN_FILE_SCRIPT, script, strlen (script), TRUE, error))
    return FALSE;
  fd = cs_run_files_replace (directory, CS_RUN_FILE_CLAIM, text, strlen (text), error);
  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

/* Someone else was faster, or the disk does not take it; then nobody was told that it would run. */
static CsClaim
fail_claim (CsSpool *self, const char *id, const char *made, JsonObject *claim, GError **error)
{
  int code = errno;

  remove_run (self, made);
  if (code == EEXIST && (error == NULL || *error == NULL))
    return compare_claim (self, id, claim);
  if (error != NULL && *error == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "No run can be claimed: %s",
                 g_strerror (code));
  return CS_CLAIM_FAILED;
}

/**
 * cs_spool_knows:
 * @body: the digest of a request
 *
 * Returns: whether that very request has claimed the id before
 */
gboolean
cs_spool_knows (CsSpool *self, const char *id, const char *body)
{
  g_autoptr (JsonObject) claim = json_object_new ();

  json_object_set_string_member (claim, "body", body);
  return compare_claim (self, id, claim) == CS_CLAIM_SAME;
}

/**
 * cs_spool_claim:
 * @id: a valid UUID
 * @claim: who asks for what; `body` is the digest of the request
 * @script: (nullable): what is to run; %NULL for an id that is only to be spent
 *
 * Takes the id for ever. When this returns %CS_CLAIM_NEW, it is on disk that the id is taken; what
 * the claim says follows by itself. Any thread.
 *
 * Returns: whose it is; %CS_CLAIM_FAILED with %CS_ERROR_STORAGE
 */
CsClaim
cs_spool_claim (CsSpool *self,
                const char *id,
                JsonObject *claim,
                const char *script,
                GError **error)
{
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *draft = g_strconcat (DRAFT_PREFIX, random, NULL);
  int directory = open_run (self, id);
  gboolean written, taken;

  if (directory >= 0)
    {
      close (directory);
      return compare_claim (self, id, claim);
    }
  if (mkdirat (self->directory, draft, 0700) == 0)
    directory = open_run (self, draft);
  written = directory >= 0 && write_claim (self, directory, claim, script, error);
  if (directory >= 0)
    close (directory);
  taken = written && renameat2 (self->directory, draft, self->directory, id, RENAME_NOREPLACE) == 0;
  if (taken && fsync (self->directory) == 0)
    return CS_CLAIM_NEW;
  return fail_claim (self, id, taken ? id : draft, claim, error);
}

/**
 * cs_spool_give_up:
 *
 * Sees to it that a run that was not started never is.
 *
 * Returns: whether it was not started
 */
gboolean
cs_spool_give_up (CsSpool *self, const char *id)
{
  int directory = open_run (self, id);
  gboolean done = directory >= 0 && cs_run_files_write (directory, CS_RUN_FILE_PROCESS, "void\n", 5,
                                                        TRUE, NULL);
  g_autofree char *text = directory >= 0 && !done
                            ? cs_run_files_read (directory, CS_RUN_FILE_PROCESS, 1024)
                            : NULL;

  if (directory >= 0)
    close (directory);
  return done || (text != NULL && g_str_has_prefix (text, "void"));
}

/**
 * cs_spool_spend:
 *
 * Spends an id that nobody has asked for. A request for it that is looked at just now, in another
 * thread, can't be started any more either.
 *
 * Returns: whether it is done; else %CS_ERROR_BUSY if its run was started, or %CS_ERROR_STORAGE
 */
gboolean
cs_spool_spend (CsSpool *self, const char *id, GError **error)
{
  g_autoptr (JsonObject) claim = json_object_new ();
  g_autofree char *now = cs_clock_format (cs_clock_now ());
  CsClaim whose;

  json_object_set_string_member (claim, "void", now);
  whose = cs_spool_claim (self, id, claim, NULL, error);
  if (whose != CS_CLAIM_OTHER && whose != CS_CLAIM_SAME)
    return whose != CS_CLAIM_FAILED;
  if (cs_spool_give_up (self, id))
    return cs_spool_void (self, id, NULL, error);
  g_set_error (error, CS_ERROR, CS_ERROR_BUSY, "The run was started just now; stop it first");
  return FALSE;
}

/**
 * cs_spool_void:
 * @was: (nullable): the word for what it was, if it ran
 *
 * Removes what is kept of a run, but not that its id is spent: the directory stays, and is on disk
 * since it was claimed. So does the word for what it was, for who asks later must not hear that it
 * never ran, and the mark that it was given up, for its request may be looked at just now.
 *
 * Returns: whether it is done; else %CS_ERROR_STORAGE
 */
gboolean
cs_spool_void (CsSpool *self, const char *id, const char *was, GError **error)
{
  static const char *const files[] = {
    CS_RUN_FILE_SCRIPT, CS_RUN_FILE_STATE, CS_RUN_FILE_OUTPUT, CS_RUN_FILE_OUTCOME,
    CS_RUN_FILE_OUTCOME ".new", CS_RUN_FILE_KEYS, "run.pid", NULL,
  };
  g_autoptr (JsonObject) claim = json_object_new ();
  g_autofree char *now = cs_clock_format (cs_clock_now ());
  int directory;
  gboolean good;

  json_object_set_string_member (claim, "void", now);
  if (was != NULL)
    json_object_set_string_member (claim, "was", was);
  directory = open_run (self, id);
  good = directory >= 0 && write_claim (self, directory, claim, NULL, error);
  for (const char *const *file = files; good && *file != NULL; file++)
    unlinkat (directory, *file, 0);
  if (good && was != NULL)
    unlinkat (directory, CS_RUN_FILE_PROCESS, 0);
  if (directory >= 0)
    close (directory);
  return good;
}

/* An id that was asked for before this start of the machine: the mark that its run was started is
 * not waited for, and may be lost with the power. So may what the claim says, but not that there is
 * one: the directory has its name before anything is started. */
static gboolean
is_of_other_boot (CsSpool *self, int directory)
{
  g_autoptr (JsonNode) claim = read_json (directory, CS_RUN_FILE_CLAIM, MAX_CLAIM);

  if (claim == NULL)
    return TRUE;
  return g_strcmp0 (cs_json_get_string (json_node_get_object (claim), "boot"), self->boot) != 0;
}

static void
add_members (JsonObject *run, JsonNode *node)
{
  JsonObject *object = node != NULL ? json_node_get_object (node) : NULL;
  g_autoptr (GList) members = object != NULL ? json_object_get_members (object) : NULL;

  for (GList *l = members; l != NULL; l = l->next)
    if (!g_str_equal (l->data, "boot") && !g_str_equal (l->data, "body"))
      json_object_set_member (run, l->data,
                              json_node_copy (json_object_get_member (object, l->data)));
}

/* "run PID SINCE BOOT STARTED": gives the process if it still runs. */
static int
find_process (CsSpool *self, const char *text, gint64 *started)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  int pid;

  if (g_strv_length (words) != 5 || !g_str_equal (words[0], "run"))
    return 0;
  pid = atoi (words[1]);
  *started = g_ascii_strtoll (words[4], NULL, 10);
  if (pid <= 0 || !g_str_equal (words[3], self->boot) ||
      cs_run_files_get_since (pid) != g_ascii_strtoull (words[2], NULL, 10))
    return 0;
  return pid;
}

static CsRunState
decide_state (CsSpool *self, int directory, JsonObject *run, gboolean last, int *pid)
{
  g_autoptr (JsonNode) outcome = read_json (directory, CS_RUN_FILE_OUTCOME, MAX_OUTCOME);
  g_autofree char *process = NULL;
  gint64 started = 0;

  if (outcome != NULL)
    {
      add_members (run, outcome);
      return CS_RUN_FINISHED;
    }
  process = cs_run_files_read (directory, CS_RUN_FILE_PROCESS, 1024);
  if (process == NULL && is_of_other_boot (self, directory))
    return CS_RUN_UNKNOWN;
  if (process == NULL)
    return CS_RUN_QUEUED;
  if (g_str_has_prefix (process, "void"))
    return CS_RUN_NOT_STARTED;
  *pid = find_process (self, process, &started);
  if (started != 0)
    {
      g_autofree char *at = cs_clock_format (started);

      json_object_set_string_member (run, "started", at);
    }
  if (*pid != 0)
    return CS_RUN_RUNNING;
  /* It may have written its outcome and ended between the two looks. */
  if (!last)
    return decide_state (self, directory, run, TRUE, pid);
  /* What was on disk when the machine lost power may lack its name alone. */
  outcome = read_json (directory, CS_RUN_FILE_OUTCOME ".new", MAX_OUTCOME);
  if (outcome == NULL)
    return CS_RUN_UNKNOWN;
  add_members (run, outcome);
  return CS_RUN_FINISHED;
}

/**
 * cs_spool_read:
 * @run: (out): what is known, as the interface shows it
 * @pid: (out): the process that runs it; 0 if none does
 *
 * Returns: what became of the run; %CS_RUN_QUEUED also of one whose agent was killed before its
 *   turn: only the agent knows whether it still has it
 */
CsRunState
cs_spool_read (CsSpool *self, const char *id, JsonObject **run, int *pid)
{
  int directory = open_run (self, id);
  g_autoptr (JsonNode) claim = NULL;
  CsRunState state;
  struct stat info;

  *pid = 0;
  *run = NULL;
  if (directory < 0)
    return CS_RUN_NONE;
  *run = json_object_new ();
  json_object_set_string_member (*run, "id", id);
  claim = read_json (directory, CS_RUN_FILE_CLAIM, MAX_CLAIM);
  add_members (*run, claim);
  if (json_object_has_member (*run, "void"))
    state = CS_RUN_VOID;
  else
    state = decide_state (self, directory, *run, FALSE, pid);
  if (!json_object_has_member (*run, "output"))
    {
      JsonObject *output = json_object_new ();
      gint64 size = fstatat (directory, CS_RUN_FILE_OUTPUT, &info, 0) == 0 ? info.st_size : 0;

      json_object_set_int_member (output, "size", size);
      json_object_set_int_member (output, "kept", size);
      json_object_set_object_member (*run, "output", output);
    }
  close (directory);
  return state;
}

static char *
dup_forgotten_path (CsSpool *self)
{
  g_autofree char *state = g_path_get_dirname (self->path);

  return g_build_filename (state, FORGOTTEN, NULL);
}

/**
 * cs_spool_get_forgotten:
 *
 * Returns: until when, in UTC microseconds, ids may have been spent that are not remembered any
 *   more; 0 if there is none. Of a run that was sent before, it can't be said that it never ran.
 */
gint64
cs_spool_get_forgotten (CsSpool *self)
{
  g_autofree char *path = dup_forgotten_path (self);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? g_ascii_strtoll (text, NULL, 10) : 0;
}

/* On disk before the id is gone. */
static gboolean
note_forgotten (CsSpool *self, gint64 at)
{
  g_autofree char *path = dup_forgotten_path (self);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT "\n", at);

  return at <= cs_spool_get_forgotten (self) ||
         g_file_set_contents_full (path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, NULL);
}

typedef struct
{
  char *id;
  gint64 at;
  gint64 size;
  gboolean ran;
} Swept;

static void
swept_free (Swept *self)
{
  g_free (self->id);
  g_free (self);
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  const Swept *first = *(Swept *const *) a, *second = *(Swept *const *) b;

  return first->at < second->at ? -1 : first->at > second->at;
}

static gint64
measure (CsSpool *self, const char *id, gint64 *at)
{
  int directory = open_run (self, id);
  struct stat info;
  gint64 size = 0;

  *at = 0;
  if (directory < 0)
    return 0;
  if (fstatat (directory, CS_RUN_FILE_OUTPUT, &info, 0) == 0)
    size = (gint64) info.st_blocks * 512;
  if (fstat (directory, &info) == 0)
    *at = (gint64) info.st_mtim.tv_sec * G_USEC_PER_SEC;
  close (directory);
  return size;
}

/**
 * cs_spool_sweep:
 * @keep_days: how long runs that have ended are kept
 * @keep_mib: how much their output may take; the oldest go first
 *
 * Removes what nobody asked to keep: ids stay spent for three months, and then it is still
 * remembered until when there were such ids; see cs_spool_get_forgotten(). Runs that have not
 * ended, or whose end nobody knows, stay. Blocks; any thread.
 */
void
cs_spool_sweep (CsSpool *self, gint64 keep_days, gint64 keep_mib)
{
  g_auto (GStrv) ids = cs_spool_list (self);
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func ((GDestroyNotify) swept_free);
  gint64 now = cs_clock_now (), total = 0;

  for (char **id = ids; *id != NULL; id++)
    {
      g_autoptr (JsonObject) run = NULL;
      gint64 at;
      gint64 size = measure (self, *id, &at);
      int pid;
      CsRunState state = cs_spool_read (self, *id, &run, &pid);
      Swept *swept;

      if (state == CS_RUN_VOID && now - at > KEEP_VOID && note_forgotten (self, at))
        remove_run (self, *id);
      if (state != CS_RUN_FINISHED && state != CS_RUN_NOT_STARTED)
        continue;
      swept = g_new0 (Swept, 1);
      swept->id = g_strdup (*id);
      swept->at = at;
      swept->size = size;
      swept->ran = state == CS_RUN_FINISHED;
      total += size;
      g_ptr_array_add (ended, swept);
    }
  g_ptr_array_sort (ended, compare_age);
  for (guint i = 0; i < ended->len; i++)
    {
      Swept *swept = g_ptr_array_index (ended, i);

      if (now - swept->at < keep_days * 86400 * G_USEC_PER_SEC && total <= keep_mib << 20)
        continue;
      total -= swept->size;
      cs_spool_void (self, swept->id, swept->ran ? "finished" : NULL, NULL);
    }
}
