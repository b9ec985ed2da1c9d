/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people have in their ssh_config: jump hosts, includes, connections that they share; and keys
 * that are in an agent or in hardware. */

#include "fixture.h"

#include "cs-askpass.h"
#include "cs-error.h"
#include "cs-test-process.h"
#include "cs-test-ssh-agent.h"

#include <glib/gstdio.h>
#include <string.h>

/* As someone would write it who has been at it for years. The server itself is `inner`. */
#define CONFIG                                                        \
  "Include conf.d/*\n"                                                \
  "Match originalhost inner exec \"test -n '%n'\"\n"                  \
  "  User USER\n"                                                     \
  "Host inner\n"                                                      \
  "  HostName 127.0.0.1\n"                                            \
  "  Port INNER\n"                                                    \
  "  ProxyJump jump\n"                                                \
  "  RemoteCommand echo never\n"                                      \
  "  RequestTTY force\n"                                              \
  "  LocalForward 127.0.0.1:1 127.0.0.1:1\n"                          \
  "Host *\n"                                                          \
  "  UserKnownHostsFile \"DIRECTORY/their hosts\" DIRECTORY/others\n" \
  "  GlobalKnownHostsFile /dev/null\n"                                \
  "  StrictHostKeyChecking yes\n"                                     \
  "  IdentitiesOnly yes\n"                                            \
  "  IdentityFile DIRECTORY/none\n"                                   \
  "  SecurityKeyProvider PROVIDER\n"                                  \
  "  ControlMaster auto\n"                                            \
  "  ControlPath DIRECTORY/shared-%C\n"                               \
  "  ControlPersist 60\n"                                             \
  "  VisualHostKey yes\n"

#define INCLUDED           \
  "Host jump\n"            \
  "  HostName 127.0.0.1\n" \
  "  Port JUMP\n"          \
  "  User USER\n"          \
  "  IdentityFile JUMPKEY\n"

typedef struct
{
  Fixture base;
  CsTestSshd *jump;
  char *path; /* PATH before */
} Setting;

static void
fill (GString *text, const char *word, const char *value)
{
  g_string_replace (text, word, value, 0);
}

static void
write_config (Setting *self, const char *name, const char *template)
{
  g_autofree char *path = g_build_filename (self->base.directory, name, NULL);
  g_autofree char *inner = g_strdup_printf ("%u", cs_test_sshd_get_port (self->base.sshd));
  g_autofree char *jump = g_strdup_printf ("%u", cs_test_sshd_get_port (self->jump));
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GString) text = g_string_new (template);

  fill (text, "DIRECTORY", self->base.directory);
  fill (text, "PROVIDER", g_getenv ("COUNTERSIGN_TEST_SK"));
  fill (text, "INNER", inner);
  fill (text, "JUMPKEY", cs_test_sshd_get_identity (self->jump));
  fill (text, "JUMP", jump);
  fill (text, "USER", g_get_user_name ());
  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
}

/* Where ssh reads its configuration can't be set by the environment, so the program is wrapped. An
 * included file is looked for beside the account's own configuration, unless its path is whole. */
static void
wrap_ssh (Setting *self)
{
  g_autofree char *bin = g_build_filename (self->base.directory, "bin", NULL);
  g_autofree char *program = g_build_filename (bin, "ssh", NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\nexec /usr/bin/ssh -F '%s/config' \"$@\"\n",
                                           self->base.directory);
  g_autofree char *path = g_strconcat (bin, ":", self->path, NULL);

  g_assert_cmpint (g_mkdir (bin, 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (program, text, -1, G_FILE_SET_CONTENTS_NONE, 0700,
                                           NULL));
  g_setenv ("PATH", path, TRUE);
}

static void
aim_at_inner (Setting *self, const char *identity)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->base.target);
  self->base.target = cs_target_new_ssh ("web-1", "inner", identity, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Setting *self, gconstpointer data)
{
  g_autoptr (GString) config = g_string_new (CONFIG);
  g_autofree char *included = NULL;
  g_autofree char *known = NULL;

  fixture_set_up (&self->base, "ssh");
  fixture_close (&self->base);
  self->jump = cs_test_sshd_new ();
  self->path = g_strdup (g_getenv ("PATH"));
  included = g_build_filename (self->base.directory, "conf.d", NULL);
  fill (config, "conf.d", included);
  write_config (self, "config", config->str);
  write_config (self, "conf.d/jump", INCLUDED);
  wrap_ssh (self);
  known = g_build_filename (self->base.state, "known_hosts", NULL);
  g_unlink (known);
  aim_at_inner (self, cs_test_sshd_get_identity (self->base.sshd));
}

static void
tear_down (Setting *self, gconstpointer data)
{
  const char *const leave[] = { "ssh", "-q", "-O", "exit", "jump", NULL };

  /* The connection to the jump host that they share is theirs to end. */
  g_spawn_sync (NULL, (char **) leave, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                NULL, NULL, NULL, NULL, NULL, NULL);
  g_setenv ("PATH", self->path, TRUE);
  g_free (self->path);
  cs_test_sshd_free (self->jump);
  fixture_tear_down (&self->base, "ssh");
}

static void
know_jump (Setting *self)
{
  g_autofree char *path = g_build_filename (self->base.directory, "their hosts", NULL);
  g_autofree char *line = cs_test_sshd_dup_known_hosts (self->jump);

  g_assert_true (g_file_set_contents (path, line, -1, NULL));
}

static void
know_inner (Setting *self)
{
  g_autofree char *path = g_build_filename (self->base.directory, "others", NULL);
  g_autofree char *line = cs_test_sshd_dup_known_hosts (self->base.sshd);

  know_jump (self);
  g_assert_true (g_file_set_contents (path, line, -1, NULL));
}

static CsHostKey *
scan (Setting *self, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_host_key_scan_async (self->base.target, self->base.state, NULL, waiting_cb, &waiting);
  return cs_host_key_scan_finish (waiting_result (&waiting), error);
}

static void
expect_state (Setting *self, CsHostKeyState state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsHostKey) key = scan (self, &error);

  g_assert_no_error (error);
  g_assert_cmpint (cs_host_key_get_state (key), ==, state);
}

static void
open_and_run (Setting *self)
{
  g_autoptr (GError) error = NULL;

  self->base.session = fixture_open (&self->base, &error);
  g_assert_no_error (error);
  g_object_unref (fixture_check (&self->base, "echo \"in $HOME\" | grep -c sshd", 0, "1\n"));
}

static void
expect_open_error (Setting *self, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSession) session = fixture_open (&self->base, &error);

  g_assert_null (session);
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

/* First contact with a server behind another host: its key is shown, accepted, known, and then
 * another one. Nothing is left of the looking. */
static void
test_first_contact (Setting *self, gconstpointer data)
{
  g_auto (Waiting) accepted = { NULL };
  g_autoptr (CsHostKey) key = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = cs_test_sshd_dup_known_hosts (self->base.sshd);
  g_autofree char *file = NULL;
  g_autofree char *known = NULL;
  g_autofree char *scans = NULL;

  /* The host on the way is the person's own to know. */
  g_assert_null (scan (self, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "through another host (jump)"));
  g_assert_nonnull (strstr (error->message, "Host key verification failed"));
  g_clear_error (&error);

  know_jump (self);
  expect_open_error (self, "not known yet");
  key = scan (self, &error);
  g_assert_no_error (error);
  g_assert_cmpint (cs_host_key_get_state (key), ==, CS_HOST_KEY_NEW);
  g_assert_cmpstr (cs_host_key_get_algorithm (key), ==, "ED25519");
  cs_host_key_accept_async (key, NULL, waiting_cb, &accepted);
  g_assert_true (cs_host_key_accept_finish (key, waiting_result (&accepted), NULL));
  file = g_build_filename (self->base.state, "known_hosts", NULL);
  g_assert_true (g_file_get_contents (file, &known, NULL, NULL));
  line[strlen (line) - strlen (strrchr (line, ' '))] = '\0'; /* its comment */
  g_assert_true (g_str_has_prefix (known, line));
  expect_state (self, CS_HOST_KEY_KNOWN);
  open_and_run (self);
  fixture_close (&self->base);

  cs_test_sshd_change_host_key (self->base.sshd);
  expect_state (self, CS_HOST_KEY_CHANGED);
  expect_open_error (self, "has changed");
  scans = cs_test_run ((const char *const[]){ "find", self->base.state, "-name", "scan-*", NULL });
  g_assert_cmpstr (scans, ==, "");
}

/* All of it at once: included files, Match, a jump host with a key of its own, files with a space
 * in their names, a shared connection; and what would be in the way is not. */
static void
test_rich (Setting *self, gconstpointer data)
{
  know_inner (self);
  expect_state (self, CS_HOST_KEY_KNOWN);
  open_and_run (self);
  /* Again, over the connection to the jump host that is shared by now. */
  fixture_reopen (&self->base);
  g_object_unref (fixture_check (&self->base, "echo again", 0, "again\n"));
  fixture_close (&self->base);
}

/* The server is found to be down behind a jump host that is up. */
static void
test_down_behind (Setting *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  know_inner (self);
  cs_test_sshd_stop (self->base.sshd);
  g_assert_null (scan (self, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  g_clear_error (&error);
  g_assert_null (fixture_open (&self->base, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
}

static char *
make_key (Setting *self, const char *name, const char *kind, const char *option)
{
  g_autofree char *path = g_build_filename (self->base.directory, name, NULL);
  g_autofree char *public_half = g_strconcat (path, ".pub", NULL);
  g_autofree char *line = NULL;
  const char *const argv[] = { "ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path, "-w",
                               g_getenv ("COUNTERSIGN_TEST_SK"), option != NULL ? "-O" : NULL,
                               option, NULL };

  g_free (cs_test_run (argv));
  g_assert_true (g_file_get_contents (public_half, &line, NULL, NULL));
  cs_test_sshd_authorize (self->base.sshd, line);
  return g_steal_pointer (&path);
}

/* A key that only the agent has, and only for a while: when that is over, it is said. */
static void
test_agent_key (Setting *self, gconstpointer data)
{
  g_autoptr (CsTestSshAgent) agent = cs_test_ssh_agent_new (self->base.directory, NULL);
  g_autofree char *path = make_key (self, "agent-key", "ed25519", NULL);
  g_autofree char *public_half = g_strconcat (path, ".pub", NULL);

  know_inner (self);
  cs_test_ssh_agent_add (agent, "-t", "600", path, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  aim_at_inner (self, public_half);
  open_and_run (self);
  fixture_close (&self->base);
  cs_test_ssh_agent_add (agent, "-D", NULL);
  expect_open_error (self, "accepted no key");
}

/* A key whose use the agent asks about (ssh-add -c): yes, and no. */
static void
test_confirmed_key (Setting *self, gconstpointer data)
{
  g_autoptr (CsTestSshAgent) agent = cs_test_ssh_agent_new (self->base.directory, "/bin/true");
  g_autofree char *path = make_key (self, "agent-key", "ed25519", NULL);
  g_autofree char *public_half = g_strconcat (path, ".pub", NULL);

  know_inner (self);
  cs_test_ssh_agent_add (agent, "-c", path, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  aim_at_inner (self, public_half);
  open_and_run (self);
  fixture_close (&self->base);
  g_clear_pointer (&agent, cs_test_ssh_agent_free);
  agent = cs_test_ssh_agent_new (self->base.directory, "/bin/false");
  expect_open_error (self, "accepted no key");
}

/* A key in hardware (here: OpenSSH's own helper with a middleware of ours). */
static void
test_security_key (Setting *self, gconstpointer data)
{
  g_autofree char *path = make_key (self, "hardware", "ed25519-sk", NULL);

  know_inner (self);
  aim_at_inner (self, path);
  open_and_run (self);
}

static void
pin_cb (CsAskpass *askpass, const char *prompt, const char *key, GTask *answer, gpointer user_data)
{
  g_assert_nonnull (strstr (prompt, "PIN"));
  g_task_return_pointer (answer, g_strdup (user_data), g_free);
}

static void
answer_pin (Setting *self, const char *pin)
{
  g_autoptr (CsKeyring) keyring = cs_keyring_new (self->base.directory);
  g_autoptr (CsAgentAccess) access = cs_agent_access_new (keyring, self->base.directory);
  g_autoptr (CsAskpass) askpass = cs_askpass_new (NULL);

  g_signal_connect (askpass, "ask", G_CALLBACK (pin_cb), (gpointer) pin);
  cs_agent_access_set_askpass (access, askpass);
  cs_target_set_access (self->base.target, access);
}

/* One that wants its PIN. */
static void
test_security_key_with_pin (Setting *self, gconstpointer data)
{
  g_autofree char *path = make_key (self, "hardware", "ed25519-sk", "verify-required");

  know_inner (self);
  aim_at_inner (self, path);
  answer_pin (self, "9999");
  expect_open_error (self, "accepted no key");
  answer_pin (self, "1234");
  open_and_run (self);
}

#define ADD(name, function) \
  g_test_add ("/transport/ssh-config/" name, Setting, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SSH_AUTH_SOCK");
  ADD ("first-contact", test_first_contact);
  ADD ("rich", test_rich);
  ADD ("down-behind", test_down_behind);
  ADD ("agent-key", test_agent_key);
  ADD ("confirmed-key", test_confirmed_key);
  ADD ("security-key", test_security_key);
  ADD ("security-key-with-pin", test_security_key_with_pin);
  return g_test_run ();
}
