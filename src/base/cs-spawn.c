/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children with three pipes, made without a copy of this program's memory map. */

/* Between fork and exec a child has a copy of the map of its parent, which costs a program with a
 * window or a hundred connections milliseconds each. posix_spawn() shares the map until exec. */

#include "cs-spawn.h"

#include "cs-core-file.h"
#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

static void
close_pair (int *fds)
{
  for (guint i = 0; i < 2; i++)
    if (fds[i] >= 0)
      close (fds[i]);
}

/* A session of its own, so that a Ctrl+C or a closed terminal that is meant for us does not reach
 * it; and the signals that are blocked or ignored here are as usual. */
static gboolean
prepare (posix_spawnattr_t *attributes)
{
  sigset_t none, usual;

  sigemptyset (&none);
  sigemptyset (&usual);
  sigaddset (&usual, SIGPIPE);
  sigaddset (&usual, SIGXFSZ);
  return posix_spawnattr_setsigmask (attributes, &none) == 0 &&
         posix_spawnattr_setsigdefault (attributes, &usual) == 0 &&
         posix_spawnattr_setflags (attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                 POSIX_SPAWN_SETSIGDEF) == 0;
}

/* No other descriptor of ours reaches the child, not even one that somebody forgot to mark. */
static gboolean
connect_pipes (posix_spawn_file_actions_t *actions, int pipes[3][2], const char *directory)
{
  for (int i = 0; i < 3; i++)
    if (posix_spawn_file_actions_adddup2 (actions, pipes[i][i == 0 ? 0 : 1], i) != 0)
      return FALSE;
  return posix_spawn_file_actions_addclosefrom_np (actions, 3) == 0 &&
         (directory == NULL || posix_spawn_file_actions_addchdir_np (actions, directory) == 0);
}

static int
spawn (const char *const *argv,
       const char *const *envp,
       const char *directory,
       int pipes[3][2],
       GPid *pid)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int failure = ENOMEM;

  if (posix_spawnattr_init (&attributes) != 0)
    return ENOMEM;
  if (posix_spawn_file_actions_init (&actions) != 0)
    {
      posix_spawnattr_destroy (&attributes);
      return ENOMEM;
    }
  if (prepare (&attributes) && connect_pipes (&actions, pipes, directory))
    failure = posix_spawnp (pid, argv[0], &actions, &attributes, (char **) argv, (char **) envp);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return failure;
}

/* The descriptors that the child gets as 0 to 2 must not be among these themselves: moving them
 * would overwrite one that is still to be moved. */
static gboolean
make_pipe (int *fds)
{
  if (pipe2 (fds, O_CLOEXEC) != 0)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if (fds[i] <= STDERR_FILENO)
      {
        int higher = fcntl (fds[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

        if (higher < 0)
          return FALSE;
        close (fds[i]);
        fds[i] = higher;
      }
  return TRUE;
}

/**
 * cs_spawn_pipes:
 * @argv: (array zero-terminated=1): program (looked up in `PATH`) and arguments
 * @envp: (array zero-terminated=1): its whole environment
 * @directory: (nullable): where it starts; %NULL for where this program is
 * @spawned: (out caller-allocates): the child and this side of its pipes
 *
 * Starts a program in a session of its own. It has no descriptor of this program's but the three
 * pipes, and may write core files if this program could (see cs_core_file_forbid()).
 *
 * Returns: whether it runs; else %CS_ERROR_NOT_FOUND (there is no such program) or %CS_ERROR_FAILED
 */
gboolean
cs_spawn_pipes (const char *const *argv,
                const char *const *envp,
                const char *directory,
                CsSpawned *spawned,
                GError **error)
{
  int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
  int failure = 0;

  for (guint i = 0; i < 3 && failure == 0; i++)
    if (!make_pipe (pipes[i]))
      failure = errno;
  if (failure == 0)
    {
      cs_core_file_lend ();
      failure = spawn (argv, envp, directory, pipes, &spawned->pid);
      cs_core_file_take_back ();
    }
  if (failure != 0)
    {
      for (guint i = 0; i < 3; i++)
        close_pair (pipes[i]);
      g_set_error (error, CS_ERROR, failure == ENOENT ? CS_ERROR_NOT_FOUND : CS_ERROR_FAILED,
                   "%s can't be started: %s", argv[0], g_strerror (failure));
      return FALSE;
    }
  close (pipes[0][0]);
  close (pipes[1][1]);
  close (pipes[2][1]);
  spawned->input = pipes[0][1];
  spawned->output = pipes[1][0];
  spawned->errors = pipes[2][0];
  return TRUE;
}
