/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes channels to a target: children of this program, or channels of one SSH connection. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-launcher.h"

#include "cs-driver.h"
#include "cs-error.h"
#include "cs-run-private.h"
#include "cs-terminal-driver.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/** SOCKET_PATH_MAX: sun_path has 108 bytes, and ssh first makes it with 17 more in its name */
#define SOCKET_PATH_MAX 90

struct _CsLauncher
{
  CsTarget *target;
  GMainContext *context;
  CsSshConfig *config;
  char *state_directory;
  char *spool;
  char *socket_directory;
  char *socket;
  guint asker; /* of its askpass */
};

static const char *const inherited[] = {
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "PATH",
  "LANG",
  "LANGUAGE",
  "TMPDIR",
  "TZ",
  "SSH_AUTH_SOCK",
  "XDG_RUNTIME_DIR",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "XDG_STATE_HOME",
  "XDG_CACHE_HOME",
  "DBUS_SESSION_BUS_ADDRESS",
};

static char *
make_socket_directory (const char *parent)
{
  g_autofree char *path = g_build_filename (parent, "ssh-XXXXXX", NULL);

  if (strlen (path) + strlen ("/c") > SOCKET_PATH_MAX || g_mkdtemp_full (path, 0700) == NULL)
    return NULL;
  return g_steal_pointer (&path);
}

/* A private directory whose path is short enough for a socket. */
static gboolean
find_socket (CsLauncher *self, GError **error)
{
  const char *parents[] = { self->state_directory, g_get_user_runtime_dir (), g_get_tmp_dir (),
                            "/tmp" };

  for (guint i = 0; i < G_N_ELEMENTS (parents) && self->socket_directory == NULL; i++)
    self->socket_directory = make_socket_directory (parents[i]);
  if (self->socket_directory == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
                   "There is no place for the connection's socket: %s and %s can't be written",
                   self->state_directory, g_get_tmp_dir ());
      return FALSE;
    }
  self->socket = g_build_filename (self->socket_directory, "c", NULL);
  return TRUE;
}

static char *
escape_percent (const char *path)
{
  g_autoptr (GString) escaped = g_string_new (path);

  g_string_replace (escaped, "%", "%%", 0);
  return g_string_free (g_steal_pointer (&escaped), FALSE);
}

/* The person's own files and ours, as ssh reads a list: quoted where there is white space. */
static char *
join_known_hosts (CsLauncher *self)
{
  g_autoptr (GString) option = g_string_new ("-oUserKnownHostsFile=");
  g_autofree char *ours = g_build_filename (self->state_directory, "known_hosts", NULL);
  g_autofree char *escaped = escape_percent (ours);

  for (char **file = self->config->user_known_hosts; *file != NULL; file++)
    if ((*file)[0] != '\0')
      g_string_append_printf (option, "\"%s\" ", *file);
  g_string_append_printf (option, "\"%s\"", escaped);
  return g_string_free (g_steal_pointer (&option), FALSE);
}

static void
add (GPtrArray *argv, const char *argument)
{
  g_ptr_array_add (argv, g_strdup (argument));
}

/* What holds for the connection and for each channel in it; @socket: of the connection. */
static GPtrArray *
begin_ssh_at (const char *socket)
{
  static const char *const options[] = {
    "-T",
    "-oControlPersist=no",
    "-oClearAllForwardings=yes",
    "-oRemoteCommand=none",
    "-oRequestTTY=no",
    "-oPermitLocalCommand=no",
    "-oForwardX11=no",
    "-oLogLevel=ERROR",
  };
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  add (argv, "ssh");
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    add (argv, options[i]);
  g_ptr_array_add (argv, g_strconcat ("-oControlPath=", socket, NULL));
  return argv;
}

static GPtrArray *
begin_ssh (CsLauncher *self)
{
  g_autofree char *socket = escape_percent (self->socket);

  return begin_ssh_at (socket);
}

static CsAskpass *
get_askpass (CsLauncher *self)
{
  CsAgentAccess *access = cs_target_get_access (self->target);

  return access != NULL ? cs_agent_access_get_askpass (access) : NULL;
}

/* Somebody may be asked for a passphrase or a PIN, by askpass and never on a terminal; never for a
 * password, for nobody could say whose it is. */
static char **
allow_questions (CsLauncher *self, GPtrArray *argv, char **envp)
{
  CsAskpass *askpass = get_askpass (self);

  if (askpass == NULL)
    {
      add (argv, "-oBatchMode=yes");
      return envp;
    }
  add (argv, "-oBatchMode=no");
  add (argv, "-oPasswordAuthentication=no");
  add (argv, "-oKbdInteractiveAuthentication=no");
  add (argv, "-oNumberOfPasswordPrompts=3");
  if (self->asker == 0)
    self->asker = cs_askpass_add_asker (askpass, NULL);
  return cs_askpass_apply_environ (askpass, envp, self->asker);
}

static CsChannel *
spawn_ssh (CsLauncher *self,
           GPtrArray *argv,
           char **envp,
           const char *program,
           const char *argument,
           GError **error)
{
  cs_ssh_config_add_target (argv, self->target);
  add (argv, "--");
  add (argv, cs_target_get_host (self->target));
  g_ptr_array_add (argv, argument != NULL
                           ? g_strdup_printf ("exec /bin/sh -c '%s' '%s'", program, argument)
                           : g_strdup_printf ("exec /bin/sh -c '%s'", program));
  g_ptr_array_add (argv, NULL);
  return cs_channel_spawn ((const char *const *) argv->pdata, (const char *const *) envp, NULL,
                           FALSE, self->context, error);
}

/* A login's environment, not all that a desktop program happens to carry. */
static char **
build_environment (void)
{
  g_auto (GStrv) ours = g_get_environ ();
  char **envp = g_new0 (char *, 1);

  for (guint i = 0; i < G_N_ELEMENTS (inherited); i++)
    {
      const char *value = g_environ_getenv (ours, inherited[i]);

      if (value != NULL)
        envp = g_environ_setenv (envp, inherited[i], value, TRUE);
    }
  for (char **entry = ours; *entry != NULL; entry++)
    if (g_str_has_prefix (*entry, "LC_") || g_str_has_prefix (*entry, "COUNTERSIGN_"))
      {
        g_autofree char *name = g_strndup (*entry, strcspn (*entry, "="));

        envp = g_environ_setenv (envp, name, g_environ_getenv (ours, name), TRUE);
      }
  envp = g_environ_setenv (envp, "HOME", g_get_home_dir (), TRUE);
  envp = g_environ_setenv (envp, "USER", g_get_user_name (), FALSE);
  envp = g_environ_setenv (envp, "LOGNAME", g_get_user_name (), FALSE);
  envp = g_environ_setenv (envp, "SHELL", "/bin/sh", FALSE);
  return g_environ_setenv (envp, "PATH", "/usr/local/bin:/usr/bin:/bin", FALSE);
}

static CsChannel *
spawn_local (CsLauncher *self, GError **error)
{
  const char *argv[] = { "/bin/sh", "-c", cs_driver_get_bootstrap (), NULL };
  g_auto (GStrv) envp = build_environment ();

  return cs_channel_spawn (argv, (const char *const *) envp, g_get_home_dir (), TRUE, self->context,
                           error);
}

/**
 * cs_launcher_new:
 * @target: where to
 * @state_directory: for sockets, known_hosts, the spool of this computer
 * @config: (transfer full) (nullable): of an ssh target
 * @context: main context in which children are reaped
 *
 * Returns: (transfer full): the launcher, or %NULL with %CS_ERROR_STORAGE
 */
CsLauncher *
cs_launcher_new (CsTarget *target,
                 const char *state_directory,
                 CsSshConfig *config,
                 GMainContext *context,
                 GError **error)
{
  g_autoptr (CsLauncher) self = g_new0 (CsLauncher, 1);

  self->target = g_object_ref (target);
  self->context = g_main_context_ref (context);
  self->config = config;
  self->state_directory = g_canonicalize_filename (state_directory, NULL);
  if (g_mkdir_with_parents (self->state_directory, 0700) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be made: %s",
                   self->state_directory, g_strerror (errno));
      return NULL;
    }
  if (cs_target_get_kind (target) == CS_TARGET_LOCAL)
    self->spool = g_build_filename (self->state_directory, "spool", NULL);
  else if (!find_socket (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cs_launcher_free:
 * @self: (transfer full): a launcher; its connection is ended by closing the master channel
 */
void
cs_launcher_free (CsLauncher *self)
{
  if (self->asker != 0 && get_askpass (self) != NULL)
    cs_askpass_end_asker (get_askpass (self), self->asker);
  if (self->socket != NULL)
    g_unlink (self->socket);
  if (self->socket_directory != NULL)
    g_rmdir (self->socket_directory);
  g_clear_object (&self->target);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->config, cs_ssh_config_free);
  g_free (self->state_directory);
  g_free (self->spool);
  g_free (self->socket_directory);
  g_free (self->socket);
  g_free (self);
}

/**
 * cs_launcher_get_spool:
 * @self: a launcher
 *
 * Returns: (nullable): directory on the target for the files of runs; %NULL for the login's own
 */
const char *
cs_launcher_get_spool (CsLauncher *self)
{
  return self->spool;
}

/**
 * cs_launcher_dup_refusal:
 * @self: a launcher
 *
 * Returns: (transfer full) (nullable): why the last question of its ssh got no answer; %NULL if
 *   each got one
 */
char *
cs_launcher_dup_refusal (CsLauncher *self)
{
  CsAskpass *askpass = get_askpass (self);

  return askpass != NULL ? cs_askpass_dup_refusal (askpass, self->asker) : NULL;
}

/**
 * cs_launcher_has_master:
 * @self: a launcher
 *
 * Returns: whether cs_launcher_open_master() must come first
 */
gboolean
cs_launcher_has_master (CsLauncher *self)
{
  return self->socket != NULL;
}

/* A connection of its own. */
static CsChannel *
connect_ssh (CsLauncher *self,
             GPtrArray *arguments,
             const char *program,
             const char *argument,
             GError **error)
{
  g_autoptr (GPtrArray) argv = arguments;
  g_auto (GStrv) envp = NULL;

  /* An unknown key is shown to a person first (cs-host-key.h), whatever is configured. */
  add (argv, "-oStrictHostKeyChecking=yes");
  add (argv, "-oUpdateHostKeys=no");
  add (argv, "-oServerAliveInterval=15");
  add (argv, "-oServerAliveCountMax=3");
  if (!self->config->limited)
    add (argv, "-oConnectTimeout=15");
  g_ptr_array_add (argv, join_known_hosts (self));
  envp = allow_questions (self, argv, g_get_environ ());
  return spawn_ssh (self, argv, envp, program, argument, error);
}

/**
 * cs_launcher_open_master:
 * @self: a launcher of an ssh target
 *
 * Connects. The connection lives as long as the standard input of this channel is open, so it
 * can't outlive this program.
 *
 * Returns: (transfer full): the channel
 */
CsChannel *
cs_launcher_open_master (CsLauncher *self, GError **error)
{
  GPtrArray *argv = begin_ssh (self);

  add (argv, "-oControlMaster=yes");
  return connect_ssh (self, argv, cs_driver_get_server (), cs_driver_get_serving_pipeline (),
                      error);
}

/**
 * cs_launcher_open_apart:
 * @self: a launcher of an ssh target
 *
 * Connects once more, for one channel.
 *
 * Returns: (transfer full): the channel
 */
CsChannel *
cs_launcher_open_apart (CsLauncher *self, GError **error)
{
  GPtrArray *argv = begin_ssh_at ("none");

  add (argv, "-oControlMaster=no");
  return connect_ssh (self, argv, cs_driver_get_bootstrap (), NULL, error);
}

/**
 * cs_launcher_open_channel:
 * @self: a launcher
 *
 * Returns: (transfer full): a new channel in the connection, or a child on this computer
 */
CsChannel *
cs_launcher_open_channel (CsLauncher *self, GError **error)
{
  g_autoptr (GPtrArray) argv = NULL;
  g_auto (GStrv) envp = g_get_environ ();

  if (self->socket == NULL)
    return spawn_local (self, error);
  argv = begin_ssh (self);
  add (argv, "-oBatchMode=yes");
  add (argv, "-oControlMaster=no");
  /* Without the connection this fails at once, instead of making one of its own. */
  add (argv, "-oProxyCommand=false");
  return spawn_ssh (self, argv, envp, cs_driver_get_bootstrap (), NULL, error);
}

/* Through the connection, with a terminal of its own there: the size of ours is told on. */
static CsTerminal *
open_remote_terminal (CsLauncher *self,
                      CsRun *run,
                      const char *command,
                      const char *mark,
                      GError **error)
{
  g_autoptr (GPtrArray) argv = begin_ssh (self);
  g_auto (GStrv) envp = g_get_environ ();

  envp = g_environ_setenv (envp, "TERM", cs_run_get_terminal_type (run), TRUE);
  add (argv, "-oControlMaster=no");
  add (argv, "-oProxyCommand=false");
  add (argv, "-oBatchMode=yes");
  add (argv, "-oEscapeChar=none");
  add (argv, "-tt");
  cs_ssh_config_add_target (argv, self->target);
  add (argv, "--");
  add (argv, cs_target_get_host (self->target));
  g_ptr_array_add (argv, g_strdup_printf ("exec /bin/sh -c '%s'", command));
  g_ptr_array_add (argv, NULL);
  return cs_terminal_spawn ((const char *const *) argv->pdata, (const char *const *) envp, NULL,
                            run, mark, error);
}

/**
 * cs_launcher_open_terminal:
 * @self: a launcher
 * @run: a run with a terminal, whose files are laid out
 * @mark: what comes before its output
 *
 * Returns: (transfer full): the terminal, in which the run's driver is being started
 */
CsTerminal *
cs_launcher_open_terminal (CsLauncher *self, CsRun *run, const char *mark, GError **error)
{
  g_autofree char *command = cs_terminal_driver_dup_command (cs_run_get_id (run), self->spool);
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  g_auto (GStrv) envp = NULL;

  if (self->socket != NULL)
    return open_remote_terminal (self, run, command, mark, error);
  envp = build_environment ();
  envp = g_environ_setenv (envp, "TERM", cs_run_get_terminal_type (run), TRUE);
  return cs_terminal_spawn (argv, (const char *const *) envp, g_get_home_dir (), run, mark, error);
}
