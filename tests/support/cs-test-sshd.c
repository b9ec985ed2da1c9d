/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private sshd on loopback, with its own keys and its own home, for tests. */

#include "cs-test-sshd.h"

#include "cs-test-process.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define SSHD "/usr/sbin/sshd"

struct _CsTestSshd
{
  char *directory;
  char *home;
  char *identity;
  char *host_key;
  char *config;
  char *destination;
  guint16 port;
  GPid pid;
};

static void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* The limits that guard a public server against floods are lifted: tests connect in bursts. */
static void
write_config (CsTestSshd *self)
{
  g_autofree char *authorized = g_build_filename (self->directory, "authorized_keys", NULL);
  g_autofree char *public_path = g_strconcat (self->identity, ".pub", NULL);
  g_autofree char *public_line = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (public_path, &public_line, NULL, &error);
  g_assert_no_error (error);
  write_file (authorized, public_line);
  text = g_strdup_printf ("ListenAddress 127.0.0.1\nPort %u\nHostKey %s\nAuthorizedKeysFile %s\n"
                          "PidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n"
                          "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                          "PerSourceMaxStartups none\nMaxStartups 100\nLogLevel ERROR\n"
                          "SetEnv HOME=%s\n",
                          self->port, self->host_key, authorized, self->home);
  write_file (self->config, text);
}

static gboolean
answers (CsTestSshd *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  GInputStream *stream;
  char greeting[4] = "";

  connection = g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL, NULL);
  if (connection == NULL)
    return FALSE;
  stream = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  return g_input_stream_read (stream, greeting, sizeof greeting, NULL, NULL) == sizeof greeting &&
         memcmp (greeting, "SSH-", 4) == 0;
}

/**
 * cs_test_sshd_start:
 * @self: an sshd that was stopped
 *
 * Starts it on its port and waits until it greets.
 */
void
cs_test_sshd_start (CsTestSshd *self)
{
  const char *argv[] = { SSHD, "-D", "-e", "-f", self->config, NULL };
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  /* Where a package would make it; needed once for the separation of privileges. */
  g_mkdir_with_parents ("/run/sshd", 0755);
  self->pid = cs_test_spawn (NULL, argv, NULL);
  while (!answers (self))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (10 * 1000);
    }
}

static gboolean
is_sshd (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/comm", pid);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_has_prefix (text, "sshd");
}

/**
 * cs_test_sshd_kill_connections:
 * @self: an sshd
 *
 * Ends every connection as a cable that is pulled would; what runs in sessions is left alone.
 */
void
cs_test_sshd_kill_connections (CsTestSshd *self)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (GPid));

  cs_test_collect_children (self->pid, pids);
  for (guint i = 0; i < pids->len; i++)
    {
      GPid pid = g_array_index (pids, GPid, i);

      if (!is_sshd (pid))
        continue;
      cs_test_collect_children (pid, pids);
      kill (pid, SIGKILL);
    }
}

/**
 * cs_test_sshd_stop:
 * @self: an sshd
 *
 * Ends it and its connections.
 */
void
cs_test_sshd_stop (CsTestSshd *self)
{
  if (self->pid == 0)
    return;
  cs_test_sshd_kill_connections (self);
  cs_test_kill (&self->pid);
}

/* Whose home is the sshd's was started through it. */
static gboolean
kill_sessions (CsTestSshd *self)
{
  g_autofree char *expected = g_strconcat ("HOME=", self->home, NULL);
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  gboolean any = FALSE;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "environ", NULL);
      g_autofree char *text = NULL;
      gsize length = 0;

      if (g_ascii_isdigit (name[0]) && g_file_get_contents (path, &text, &length, NULL) &&
          memmem (text, length, expected, strlen (expected)) != NULL)
        any |= kill (atoi (name), SIGKILL) == 0;
    }
  return any;
}

/**
 * cs_test_sshd_kill_all:
 * @self: an sshd
 *
 * Ends it, its connections, and all that runs in them.
 */
void
cs_test_sshd_kill_all (CsTestSshd *self)
{
  cs_test_sshd_stop (self);
  for (guint i = 0; i < 100 && kill_sessions (self); i++)
    g_usleep (1000);
}

/**
 * cs_test_sshd_new:
 *
 * Returns: (transfer full): an sshd that answers
 */
CsTestSshd *
cs_test_sshd_new (void)
{
  CsTestSshd *self = g_new0 (CsTestSshd, 1);
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("countersign-sshd-XXXXXX", &error);
  g_assert_no_error (error);
  self->home = g_build_filename (self->directory, "home", NULL);
  g_assert_cmpint (g_mkdir (self->home, 0700), ==, 0);
  self->identity = g_build_filename (self->directory, "identity", NULL);
  self->host_key = g_build_filename (self->directory, "host_key", NULL);
  self->config = g_build_filename (self->directory, "sshd_config", NULL);
  self->port = cs_test_find_port ();
  self->destination = g_strdup_printf ("%s@127.0.0.1:%u", g_get_user_name (), self->port);
  cs_test_make_key (self->identity);
  cs_test_make_key (self->host_key);
  write_config (self);
  cs_test_sshd_start (self);
  return self;
}

/**
 * cs_test_sshd_configure:
 * @self: an sshd
 * @line: of sshd_config
 */
void
cs_test_sshd_configure (CsTestSshd *self, const char *line)
{
  g_autofree char *keyword = g_strndup (line, strcspn (line, " ") + 1);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *before = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (self->config, &before, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (before), "\n", -1);
  for (char **other = lines; *other != NULL; other++)
    if (!g_str_has_prefix (*other, keyword))
      g_string_append_printf (text, "%s\n", *other);
  g_string_append_printf (text, "%s\n", line);
  cs_test_sshd_stop (self);
  write_file (self->config, text->str);
  cs_test_sshd_start (self);
}

/**
 * cs_test_sshd_free:
 * @self: (transfer full): an sshd
 */
void
cs_test_sshd_free (CsTestSshd *self)
{
  const char *argv[] = { "rm", "-rf", "--", self->directory, NULL };

  cs_test_sshd_stop (self);
  g_free (cs_test_run (argv));
  g_free (self->directory);
  g_free (self->home);
  g_free (self->identity);
  g_free (self->host_key);
  g_free (self->config);
  g_free (self->destination);
  g_free (self);
}

/**
 * cs_test_sshd_change_host_key:
 * @self: an sshd
 */
void
cs_test_sshd_change_host_key (CsTestSshd *self)
{
  cs_test_sshd_stop (self);
  cs_test_make_key (self->host_key);
  cs_test_sshd_start (self);
}

/**
 * cs_test_sshd_get_destination:
 * @self: an sshd
 *
 * Returns: as cs_target_new_ssh() takes it
 */
const char *
cs_test_sshd_get_destination (CsTestSshd *self)
{
  return self->destination;
}

/**
 * cs_test_sshd_get_port:
 * @self: an sshd
 *
 * Returns: its port on 127.0.0.1
 */
guint16
cs_test_sshd_get_port (CsTestSshd *self)
{
  return self->port;
}

/**
 * cs_test_sshd_get_identity:
 * @self: an sshd
 *
 * Returns: path of a private key that it accepts
 */
const char *
cs_test_sshd_get_identity (CsTestSshd *self)
{
  return self->identity;
}

/**
 * cs_test_sshd_get_home:
 * @self: an sshd
 *
 * Returns: the home directory of its sessions
 */
const char *
cs_test_sshd_get_home (CsTestSshd *self)
{
  return self->home;
}

/**
 * cs_test_sshd_authorize:
 * @self: an sshd
 * @lines: public keys
 */
void
cs_test_sshd_authorize (CsTestSshd *self, const char *lines)
{
  g_autofree char *authorized = g_build_filename (self->directory, "authorized_keys", NULL);

  write_file (authorized, lines);
}

/**
 * cs_test_sshd_dup_known_hosts:
 * @self: an sshd
 *
 * Returns: (transfer full): the line for known_hosts
 */
char *
cs_test_sshd_dup_known_hosts (CsTestSshd *self)
{
  g_autofree char *path = g_strconcat (self->host_key, ".pub", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strdup_printf ("[127.0.0.1]:%u %s", self->port, text);
}
