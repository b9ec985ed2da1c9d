/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private ssh-agent, for tests. */

#include "cs-test-ssh-agent.h"

#include "cs-test-process.h"

#include <glib/gstdio.h>

struct _CsTestSshAgent
{
  char *socket;
  GPid pid;
};

/**
 * cs_test_ssh_agent_new:
 * @directory: where its socket will be
 * @askpass: (nullable): a program that it asks with
 *
 * Returns: (transfer full): an agent that answers
 */
CsTestSshAgent *
cs_test_ssh_agent_new (const char *directory, const char *askpass)
{
  CsTestSshAgent *self = g_new0 (CsTestSshAgent, 1);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  g_auto (GStrv) envp = g_get_environ ();
  const char *argv[] = { "ssh-agent", "-D", "-a", NULL, NULL };

  self->socket = g_build_filename (directory, "agent", NULL);
  argv[3] = self->socket;
  envp = g_environ_setenv (envp, "SSH_ASKPASS", askpass != NULL ? askpass : "/bin/false", TRUE);
  envp = g_environ_setenv (envp, "SSH_ASKPASS_REQUIRE", "force", TRUE);
  self->pid = cs_test_spawn (NULL, argv, (const char *const *) envp);
  while (!g_file_test (self->socket, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (2 * 1000);
    }
  g_setenv ("SSH_AUTH_SOCK", self->socket, TRUE);
  return self;
}

/**
 * cs_test_ssh_agent_free:
 * @self: (transfer full): an agent
 */
void
cs_test_ssh_agent_free (CsTestSshAgent *self)
{
  cs_test_kill (&self->pid);
  g_unlink (self->socket);
  g_unsetenv ("SSH_AUTH_SOCK");
  g_free (self->socket);
  g_free (self);
}

/**
 * cs_test_ssh_agent_add:
 * @self: an agent
 * @first: of the arguments of ssh-add
 */
void
cs_test_ssh_agent_add (CsTestSshAgent *self, const char *first, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  va_list arguments;

  g_ptr_array_add (argv, (gpointer) "ssh-add");
  g_ptr_array_add (argv, (gpointer) "-q");
  va_start (arguments, first);
  for (const char *word = first; word != NULL; word = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (gpointer) word);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  g_free (cs_test_run ((const char *const *) argv->pdata));
}
