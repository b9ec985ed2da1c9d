/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real PostgreSQL server of the test's own, on a private socket and a port of 127.0.0.1. */

#include "cs-test-postgres.h"

#include "cs-test-process.h"

#include <glib/gstdio.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

struct _CsTestPostgres
{
  char *directory; /* of the socket and the data */
  char *data;
  char *programs;
  guint16 port;
  GPid pid;
  guint n_databases;
};

/* Debian keeps the server's programs out of PATH. The newest one is taken. */
static char *
find_programs (void)
{
  static const char root[] = "/usr/lib/postgresql";
  g_autoptr (GDir) versions = g_dir_open (root, 0, NULL);
  g_autofree char *newest = NULL;
  const char *version;

  while (versions != NULL && (version = g_dir_read_name (versions)) != NULL)
    {
      g_autofree char *server = g_build_filename (root, version, "bin", "postgres", NULL);

      if (g_file_test (server, G_FILE_TEST_IS_EXECUTABLE) &&
          (newest == NULL || atoi (version) > atoi (newest)))
        {
          g_free (newest);
          newest = g_strdup (version);
        }
    }
  if (newest == NULL)
    g_error ("PostgreSQL's server is not installed");
  return g_build_filename (root, newest, "bin", NULL);
}

/* PostgreSQL refuses to run as root; Debian's package brings a user for it. */
static GPtrArray *
new_command (CsTestPostgres *self, const char *program)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  if (geteuid () == 0)
    {
      g_ptr_array_add (argv, g_strdup ("/usr/bin/setpriv"));
      g_ptr_array_add (argv, g_strdup ("--reuid=postgres"));
      g_ptr_array_add (argv, g_strdup ("--regid=postgres"));
      g_ptr_array_add (argv, g_strdup ("--clear-groups"));
      g_ptr_array_add (argv, g_strdup ("--pdeathsig=KILL"));
    }
  g_ptr_array_add (argv, g_build_filename (self->programs, program, NULL));
  return argv;
}

static void
add (GPtrArray *argv, const char *argument)
{
  g_ptr_array_add (argv, g_strdup (argument));
}

static void
set_up (CsTestPostgres *self)
{
  g_autoptr (GPtrArray) argv = new_command (self, "initdb");
  g_autofree char *access = g_build_filename (self->data, "pg_hba.conf", NULL);

  add (argv, "--pgdata");
  add (argv, self->data);
  add (argv, "--username=owner");
  add (argv, "--auth=trust");
  add (argv, "--encoding=UTF8");
  add (argv, "--no-locale");
  g_ptr_array_add (argv, NULL);
  g_free (cs_test_run ((const char *const *) argv->pdata));
  g_assert_true (g_file_set_contents (access,
                                      "local all all trust\n"
                                      "host all all 127.0.0.1/32 scram-sha-256\n",
                                      -1, NULL));
}

static gboolean
answers (CsTestPostgres *self)
{
  g_autofree char *program = g_build_filename (self->programs, "pg_isready", NULL);
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  const char *const argv[] = {
    program, "-q", "-h", self->directory, "-p", port, "-U", "owner", NULL
  };
  g_autoptr (GSubprocess) child = g_subprocess_newv (
    argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);

  return child != NULL && g_subprocess_wait_check (child, NULL, NULL);
}

void
cs_test_postgres_start (CsTestPostgres *self)
{
  g_autoptr (GPtrArray) argv = new_command (self, "postgres");
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  add (argv, "-D");
  add (argv, self->data);
  add (argv, "-k");
  add (argv, self->directory);
  add (argv, "-p");
  g_ptr_array_add (argv, g_strdup_printf ("%u", self->port));
  add (argv, "-c");
  add (argv, "listen_addresses=127.0.0.1");
  add (argv, "-c");
  add (argv, "max_connections=250");
  add (argv, "-c");
  add (argv, "log_min_messages=panic");
  g_ptr_array_add (argv, NULL);
  self->pid = cs_test_spawn (self->directory, (const char *const *) argv->pdata, NULL);
  while (!answers (self))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (20 * 1000);
    }
}

void
cs_test_postgres_kill (CsTestPostgres *self)
{
  g_autoptr (GPtrArray) argv = new_command (self, "pg_ctl");

  add (argv, "stop");
  add (argv, "-D");
  add (argv, self->data);
  add (argv, "-m");
  add (argv, "immediate");
  add (argv, "-s");
  g_ptr_array_add (argv, NULL);
  g_free (cs_test_run ((const char *const *) argv->pdata));
  cs_test_kill (&self->pid);
}

CsTestPostgres *
cs_test_postgres_new (void)
{
  CsTestPostgres *self = g_new0 (CsTestPostgres, 1);
  const struct passwd *user = geteuid () == 0 ? getpwnam ("postgres") : getpwuid (geteuid ());
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (user);
  self->programs = find_programs ();
  self->directory = g_dir_make_tmp ("countersign-pg-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_cmpint (chown (self->directory, user->pw_uid, user->pw_gid), ==, 0);
  self->data = g_build_filename (self->directory, "data", NULL);
  self->port = cs_test_find_port ();
  set_up (self);
  cs_test_postgres_start (self);
  g_free (cs_test_postgres_execute (self, "postgres",
                                    "CREATE ROLE ada LOGIN PASSWORD '" CS_TEST_POSTGRES_PASSWORD
                                    "'; CREATE ROLE bob LOGIN; CREATE ROLE countersign_writer;"
                                    "GRANT countersign_writer TO ada"));
  return self;
}

void
cs_test_postgres_free (CsTestPostgres *self)
{
  const char *argv[] = { "/bin/rm", "-rf", self->directory, NULL };

  if (self->pid != 0)
    cs_test_postgres_kill (self);
  g_free (cs_test_run (argv));
  g_free (self->directory);
  g_free (self->data);
  g_free (self->programs);
  g_free (self);
}

char *
cs_test_postgres_execute (CsTestPostgres *self, const char *database, const char *sql)
{
  g_autofree char *program = g_build_filename (self->programs, "psql", NULL);
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  const char *argv[] = { program,
                         "-X",
                         "-q",
                         "-A",
                         "-t",
                         "-v",
                         "ON_ERROR_STOP=1",
                         "-h",
                         self->directory,
                         "-p",
                         port,
                         "-U",
                         "owner",
                         "-d",
                         database,
                         "-c",
                         sql,
                         NULL };

  return cs_test_run (argv);
}

char *
cs_test_postgres_new_database (CsTestPostgres *self)
{
  char *name = g_strdup_printf ("test_%u", ++self->n_databases);
  g_autofree char *sql = g_strdup_printf ("CREATE DATABASE %s", name);

  g_free (cs_test_postgres_execute (self, "postgres", sql));
  return name;
}

guint16
cs_test_postgres_get_port (CsTestPostgres *self)
{
  return self->port;
}

char *
cs_test_postgres_dup_address (CsTestPostgres *self,
                              const char *user,
                              const char *database,
                              gboolean over_tcp)
{
  return g_strdup_printf ("host=%s port=%u user=%s dbname=%s",
                          over_tcp ? "127.0.0.1" : self->directory, self->port, user, database);
}
