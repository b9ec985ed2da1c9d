/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-error.h"
#include "cs-key.h"
#include "cs-test-ssh-agent.h"
#include "trust-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

/* Another one for each run, because a test looks for it in every process of this computer. */
static char *passphrase;

static CsKey *
load (const char *path, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_key_load_async (path, NULL, trust_store_result, &result);
  return cs_key_load_finish (trust_wait (&result), error);
}

static GPtrArray *
list (const char *keys_directory)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *keys;

  cs_key_list_async (keys_directory, NULL, trust_store_result, &result);
  keys = cs_key_list_finish (trust_wait (&result), &error);
  g_assert_no_error (error);
  return keys;
}

static CsKey *
generate (const char *keys_directory, CsAskpass *askpass, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_key_generate_async (keys_directory, "anna@example.org", askpass, NULL, trust_store_result,
                         &result);
  return cs_key_generate_finish (trust_wait (&result), error);
}

/* What we say of a key is what ssh-keygen says of it. */
static void
test_load (TrustFixture *fixture, gconstpointer data)
{
  const char *types[] = { "ed25519", "rsa", "ecdsa" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *path = trust_make_key (fixture, types[i], types[i], passphrase);
      g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
      g_autofree char *said = trust_run (0, NULL, "ssh-keygen", "-l", "-f", path, NULL);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (CsKey) key = load (path, &error);
      g_autoptr (CsKey) same = NULL;

      g_assert_no_error (error);
      same = load (public_path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (cs_key_get_origin (key), ==, CS_KEY_FILE);
      g_assert_cmpstr (cs_key_get_path (key), ==, path);
      g_assert_cmpstr (cs_key_get_path (same), ==, path);
      g_assert_cmpstr (cs_key_get_algorithm (key), ==, types[i]);
      g_assert_cmpstr (cs_key_get_comment (key), ==, types[i]);
      g_assert_nonnull (strstr (said, cs_key_get_fingerprint (key)));
      g_assert_true (g_file_get_contents (public_path, &text, NULL, NULL));
      g_assert_true (g_str_has_prefix (text, cs_key_get_public_line (key)));
    }
}

static void
test_load_bad (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *missing = trust_fixture_path (fixture, "missing");
  g_autofree char *binary = trust_fixture_path (fixture, "binary.pub");
  g_autofree char *text = trust_fixture_path (fixture, "text");
  g_autofree char *alone = trust_make_key (fixture, "alone", "ed25519", "");
  g_autofree char *alone_public = g_strconcat (alone, ".pub", NULL);
  struct
  {
    const char *path;
    int code;
  } cases[] = {
    { missing, CS_ERROR_NOT_FOUND },
    { binary, CS_ERROR_INVALID },
    { text, CS_ERROR_INVALID },
    { fixture->directory, CS_ERROR_INVALID },
    { alone, CS_ERROR_INVALID },
  };

  g_assert_true (g_file_set_contents (binary, "\0\1\2", 3, NULL));
  g_assert_true (g_file_set_contents (text, "hello", -1, NULL));
  g_assert_cmpint (g_unlink (alone_public), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load (cases[i].path, &error));
      g_assert_error (error, CS_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].path));
    }
}

static void
test_parse (void)
{
  const char *bad[] = {
    "",
    "ssh-ed25519",
    "ssh-ed25519 ",
    "ssh-ed25519 AAAA",
    "ssh-ed25519 AAAAC3NzaC1yc2EAAAADAQABAAAAgQ==",
    "ssh-dss AAAAB3NzaC1kc3MAAACBAA== x",
    "ssh-ed25519-cert-v01@openssh.com AAAA x",
    "cert-authority ssh-ed25519 AAAA",
    "# comment",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVnAWzkgcOhEkYyDsNTD3v1xoXzNmZRIaW9vYqA4RpT\nsecond line",
  };
  g_autofree char *line = NULL;
  g_autofree char *comment = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (cs_key_parse_public (bad[i], NULL, NULL, NULL));
  g_assert_cmpstr (
    cs_key_parse_public (
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVnAWzkgcOhEkYyDsNTD3v1xoXzNmZRIaW9vYqA4RpT "
      "two words\n",
      &line, NULL, &comment),
    ==, "ed25519");
  g_assert_cmpstr (
    line, ==, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGVnAWzkgcOhEkYyDsNTD3v1xoXzNmZRIaW9vYqA4RpT");
  g_assert_cmpstr (comment, ==, "two words");
}

static void
test_generate (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *keys = trust_fixture_path (fixture, "made/keys");
  g_autoptr (CsAskpass) askpass = cs_askpass_new_with_passphrase (passphrase, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) first = generate (keys, askpass, &error);
  g_autoptr (CsKey) second = generate (keys, NULL, &error);
  g_autoptr (GPtrArray) all = list (keys);
  GStatBuf info;

  g_assert_no_error (error);
  g_assert_cmpstr (cs_key_get_algorithm (first), ==, "ed25519");
  g_assert_cmpstr (cs_key_get_comment (first), ==, "anna@example.org");
  g_assert_cmpint (g_stat (cs_key_get_path (first), &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (all->len, ==, 2);
  /* The passphrase opens it, and nothing else does. */
  g_free (
    trust_run (0, NULL, "ssh-keygen", "-y", "-P", passphrase, "-f", cs_key_get_path (first), NULL));
  g_free (trust_run (255, NULL, "ssh-keygen", "-y", "-P", "", "-f", cs_key_get_path (first), NULL));
  g_free (trust_run (0, NULL, "ssh-keygen", "-y", "-P", "", "-f", cs_key_get_path (second), NULL));
}

/* ssh-keygen would make a key without passphrase if the question is refused. */
static void
test_generate_refused (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *keys = trust_fixture_path (fixture, "keys");
  g_autoptr (CsAskpass) askpass = cs_askpass_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;

  g_assert_null (generate (keys, askpass, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  dir = g_dir_open (keys, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
}

/* A stand-in before ssh-keygen in PATH keeps what every process shows to everybody. */
static void
test_secret_arguments (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *keys = trust_fixture_path (fixture, "keys");
  g_autofree char *wrapper = trust_fixture_path (fixture, "ssh-keygen");
  g_autofree char *seen = trust_fixture_path (fixture, "seen");
  g_autofree char *real = g_find_program_in_path ("ssh-keygen");
  g_autofree char *old_path = g_strdup (g_getenv ("PATH"));
  g_autofree char *path = g_strconcat (fixture->directory, ":", old_path, NULL);
  g_autofree char *script =
    g_strdup_printf ("#!/bin/sh\n"
                     "'%s' \"$@\" & pid=$!\n"
                     "while kill -0 $pid 2>/dev/null; do\n"
                     "  cat /proc/[0-9]*/cmdline /proc/$pid/environ >> '%s' 2>/dev/null\n"
                     "done\n"
                     "wait $pid\n",
                     real, seen);
  g_autoptr (CsAskpass) askpass = cs_askpass_new_with_passphrase (passphrase, NULL);
  g_autoptr (CsKey) key = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (
    g_file_set_contents_full (wrapper, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  g_setenv ("PATH", path, TRUE);
  key = generate (keys, askpass, &error);
  g_setenv ("PATH", old_path, TRUE);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (seen, &text, &length, NULL));
  g_assert_nonnull (memmem (text, length, "ed25519", strlen ("ed25519")));
  g_assert_null (memmem (text, length, passphrase, strlen (passphrase)));
  g_free (
    trust_run (0, NULL, "ssh-keygen", "-y", "-P", passphrase, "-f", cs_key_get_path (key), NULL));
}

static gboolean
prove (CsKey *key, CsAskpass *askpass, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_key_prove_async (key, askpass, NULL, trust_store_result, &result);
  return cs_key_prove_finish (key, trust_wait (&result), error);
}

/* Who only knows the public half proves nothing, nor does who lacks the passphrase. */
static void
test_prove (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *path = trust_make_key (fixture, "key", "ed25519", passphrase);
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autoptr (CsAskpass) right = cs_askpass_new_with_passphrase (passphrase, NULL);
  g_autoptr (CsAskpass) wrong = cs_askpass_new_with_passphrase ("wrong", NULL);
  g_autoptr (CsKey) whole = load (path, NULL);
  g_autoptr (CsKey) half = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (prove (whole, right, NULL));
  g_assert_false (prove (whole, wrong, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_clear_error (&error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  half = load (public_path, NULL);
  g_assert_false (prove (half, right, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
}

static void
test_generate_bad (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *file = trust_fixture_path (fixture, "file");
  g_autofree char *keys = g_build_filename (file, "keys", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_null (generate (keys, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_STORAGE);
}

/* From agent, home and our own directory: each once, the agent's first. */
static void
test_list (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *ssh = g_build_filename (g_get_home_dir (), ".ssh", NULL);
  g_autofree char *keys_directory = trust_fixture_path (fixture, "keys");
  g_autofree char *home_key = g_build_filename (ssh, "id_ed25519", NULL);
  g_autofree char *lonely = g_build_filename (ssh, "lonely.pub", NULL);
  g_autofree char *agent_key = trust_make_key (fixture, "only-in-agent", "ecdsa", "");
  g_autoptr (CsKey) own = NULL;
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GPtrArray) after = NULL;
  CsTestSshAgent *agent;

  g_assert_cmpint (g_mkdir_with_parents (ssh, 0700), ==, 0);
  g_free (trust_run (0, NULL, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home_key, NULL));
  g_free (trust_run (0, NULL, "cp", "--", home_key, lonely, NULL));
  own = generate (keys_directory, NULL, NULL);
  agent = cs_test_ssh_agent_new (fixture->directory, NULL);
  cs_test_ssh_agent_add (agent, agent_key, home_key, NULL);
  g_assert_cmpint (g_unlink (agent_key), ==, 0);

  keys = list (keys_directory);
  g_assert_cmpuint (keys->len, ==, 3);
  g_assert_cmpint (cs_key_get_origin (keys->pdata[0]), ==, CS_KEY_AGENT);
  g_assert_cmpstr (cs_key_get_algorithm (keys->pdata[0]), ==, "ecdsa");
  g_assert_true (g_str_has_suffix (cs_key_get_path (keys->pdata[0]), ".pub"));
  g_assert_cmpint (cs_key_get_origin (keys->pdata[1]), ==, CS_KEY_AGENT);
  g_assert_cmpstr (cs_key_get_path (keys->pdata[1]), ==, home_key);
  g_assert_cmpstr (cs_key_get_fingerprint (keys->pdata[2]), ==, cs_key_get_fingerprint (own));

  /* An agent that is gone is no error. */
  cs_test_ssh_agent_free (agent);
  g_setenv ("SSH_AUTH_SOCK", "/nonexistent/agent", TRUE);
  after = list (keys_directory);
  g_assert_cmpuint (after->len, ==, 2);
  g_unsetenv ("SSH_AUTH_SOCK");
  g_free (trust_run (0, NULL, "rm", "-rf", "--", ssh, NULL));
}

static void
test_list_nothing (TrustFixture *fixture, gconstpointer data)
{
  g_autofree char *keys_directory = trust_fixture_path (fixture, "nowhere");
  g_autoptr (GPtrArray) keys = list (keys_directory);

  g_assert_cmpuint (keys->len, ==, 0);
  g_assert_false (g_file_test (keys_directory, G_FILE_TEST_EXISTS));
}

#define ADD(name, function)                                                           \
  g_test_add ("/trust/key/" name, TrustFixture, NULL, trust_fixture_set_up, function, \
              trust_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_autofree char *home = g_dir_make_tmp ("countersign-home-XXXXXX", NULL);
  int status;

  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SSH_AUTH_SOCK");
  g_setenv ("HOME", home, TRUE);
  passphrase = g_uuid_string_random ();

  ADD ("load", test_load);
  ADD ("load-bad", test_load_bad);
  g_test_add_func ("/trust/key/parse", test_parse);
  ADD ("generate", test_generate);
  ADD ("generate-refused", test_generate_refused);
  ADD ("secret-arguments", test_secret_arguments);
  ADD ("generate-bad", test_generate_bad);
  ADD ("prove", test_prove);
  ADD ("list", test_list);
  ADD ("list-nothing", test_list_nothing);

  status = g_test_run ();
  g_rmdir (home);
  g_free (passphrase);
  return status;
}
