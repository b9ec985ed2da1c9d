/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private countersign-agent on loopback, with its own files and its own home, for tests. */

#include "cs-test-agent.h"

#include "cs-test-process.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

struct _CsTestAgent
{
  char *directory;
  char *config;
  char *state;
  char *home;
  char *identity;
  char *fingerprint;
  char *token;
  guint16 port;
  GPid pid;
};

static const char *
find_program (void)
{
  const char *program = g_getenv ("COUNTERSIGN_AGENT");

  g_assert_nonnull (program);
  return program;
}

/* A key, and the list of those who may sign with it in it. */
static char *
make_person (CsTestAgent *self)
{
  g_autofree char *signers = g_build_filename (self->directory, "signers", NULL);
  g_autofree char *public_path = g_strconcat (self->identity, ".pub", NULL);
  g_autofree char *key = NULL;
  g_autofree char *line = NULL;

  cs_test_make_key (self->identity);
  g_assert_true (g_file_get_contents (public_path, &key, NULL, NULL));
  line = g_strconcat ("test@example.com ", key, NULL);
  g_assert_true (g_file_set_contents (signers, line, -1, NULL));
  return g_steal_pointer (&signers);
}

static char *
take_word (const char *text, const char *prefix)
{
  const char *word = strstr (text, prefix);

  g_assert_nonnull (word);
  return g_strndup (word, strcspn (word, " \n"));
}

static void
init (CsTestAgent *self)
{
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", self->port);
  g_autofree char *signers = make_person (self);
  const char *argv[] = { find_program (), "init", "--config", self->config, "--state",
                         self->state, "--listen", listen, "--host", "127.0.0.1",
                         "--signers", signers, NULL };
  g_autofree char *out = cs_test_run (argv);

  self->fingerprint = take_word (out, "SHA256:");
  self->token = take_word (out, "csa_");
}

static gboolean
answers (CsTestAgent *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL, NULL);

  return connection != NULL;
}

/**
 * cs_test_agent_start:
 * @self: an agent that does not run
 */
void
cs_test_agent_start (CsTestAgent *self)
{
  const char *argv[] = { find_program (), "serve", "--config", self->config, NULL };
  g_auto (GStrv) envp = g_environ_setenv (g_get_environ (), "HOME", self->home, TRUE);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  self->pid = cs_test_spawn (self->home, argv, (const char *const *) envp);
  while (!answers (self))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_assert_cmpint (waitpid (self->pid, NULL, WNOHANG), ==, 0);
      g_usleep (2 * 1000);
    }
}

/**
 * cs_test_agent_kill:
 * @self: an agent
 */
void
cs_test_agent_kill (CsTestAgent *self)
{
  cs_test_kill (&self->pid);
}

static void
collect_all (GPid pid, GArray *pids)
{
  guint first = pids->len;

  cs_test_collect_children (pid, pids);
  for (guint i = first, end = pids->len; i < end; i++)
    collect_all (g_array_index (pids, GPid, i), pids);
}

/**
 * cs_test_agent_kill_all:
 * @self: an agent
 */
void
cs_test_agent_kill_all (CsTestAgent *self)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (GPid));

  if (self->pid == 0)
    return;
  /* Nobody starts anything while it is stopped. */
  kill (self->pid, SIGSTOP);
  collect_all (self->pid, pids);
  cs_test_agent_kill (self);
  for (guint i = 0; i < pids->len; i++)
    kill (g_array_index (pids, GPid, i), SIGKILL);
}

/**
 * cs_test_agent_set_policy:
 * @self: an agent that runs
 * @text: of its policy file
 */
void
cs_test_agent_set_policy (CsTestAgent *self, const char *text)
{
  g_autofree char *path = g_build_filename (self->config, "policy", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  cs_test_agent_kill (self);
  cs_test_agent_start (self);
}

/**
 * cs_test_agent_add_settings:
 * @self: an agent that runs
 * @text: lines for the end of agent.conf
 */
void
cs_test_agent_add_settings (CsTestAgent *self, const char *text)
{
  g_autofree char *path = g_build_filename (self->config, "agent.conf", NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_assert_true (g_file_get_contents (path, &before, NULL, NULL));
  after = g_strconcat (before, text, NULL);
  g_assert_true (g_file_set_contents (path, after, -1, NULL));
  cs_test_agent_kill (self);
  cs_test_agent_start (self);
}

/**
 * cs_test_agent_new:
 *
 * Returns: (transfer full): an agent that answers
 */
CsTestAgent *
cs_test_agent_new (void)
{
  CsTestAgent *self = g_new0 (CsTestAgent, 1);
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("countersign-agent-XXXXXX", &error);
  g_assert_no_error (error);
  self->config = g_build_filename (self->directory, "config", NULL);
  self->state = g_build_filename (self->directory, "state", NULL);
  self->home = g_build_filename (self->directory, "home", NULL);
  self->identity = g_build_filename (self->directory, "identity", NULL);
  g_assert_cmpint (g_mkdir (self->home, 0700), ==, 0);
  self->port = cs_test_find_port ();
  init (self);
  cs_test_agent_start (self);
  return self;
}

/**
 * cs_test_agent_free:
 * @self: (transfer full): an agent
 */
void
cs_test_agent_free (CsTestAgent *self)
{
  const char *argv[] = { "rm", "-rf", "--", self->directory, NULL };
  g_autofree char *out = NULL;

  cs_test_agent_kill_all (self);
  out = cs_test_run (argv);
  g_free (self->directory);
  g_free (self->config);
  g_free (self->state);
  g_free (self->home);
  g_free (self->identity);
  g_free (self->fingerprint);
  g_free (self->token);
  g_free (self);
}

/**
 * cs_test_agent_dup_url:
 *
 * Returns: (transfer full): where it is
 */
char *
cs_test_agent_dup_url (CsTestAgent *self)
{
  return g_strdup_printf ("https://127.0.0.1:%u", self->port);
}

/** cs_test_agent_get_port: where it listens on 127.0.0.1 */
guint16
cs_test_agent_get_port (CsTestAgent *self)
{
  return self->port;
}

/** cs_test_agent_get_fingerprint: of its certificate */
const char *
cs_test_agent_get_fingerprint (CsTestAgent *self)
{
  return self->fingerprint;
}

/** cs_test_agent_get_token: what it knows us by */
const char *
cs_test_agent_get_token (CsTestAgent *self)
{
  return self->token;
}

/** cs_test_agent_get_identity: path of the private key of the one person that it knows */
const char *
cs_test_agent_get_identity (CsTestAgent *self)
{
  return self->identity;
}

/** cs_test_agent_get_directory: of everything that it has */
const char *
cs_test_agent_get_directory (CsTestAgent *self)
{
  return self->directory;
}
