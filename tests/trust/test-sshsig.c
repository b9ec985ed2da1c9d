/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-askpass.h"
#include "cs-clock.h"
#include "cs-error.h"
#include "cs-sshsig.h"
#include "cs-test-ssh-agent.h"
#include "trust-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define WHO "anna@example.org"

static char *
sign_with (const char *key, GBytes *message, CsAskpass *askpass, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GAsyncResult) result = NULL;

  if (askpass != NULL)
    cs_askpass_apply (askpass, launcher, 0);
  cs_sshsig_sign_async (key, CS_SSHSIG_NAMESPACE, message, askpass != NULL ? launcher : NULL, NULL,
                        trust_store_result, &result);
  return cs_sshsig_sign_finish (trust_wait (&result), error);
}

static gboolean
verify (const char *allowed,
        const char *who,
        const char *namespace_,
        GBytes *message,
        const char *signature,
        gint64 at,
        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_sshsig_verify_async (allowed, who, namespace_, message, signature, at, NULL,
                          trust_store_result, &result);
  return cs_sshsig_verify_finish (trust_wait (&result), error);
}

static void
assert_refused (const char *allowed,
                const char *who,
                const char *namespace_,
                GBytes *message,
                const char *signature,
                gint64 at)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (verify (allowed, who, namespace_, message, signature, at, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
}

static char *
allow (const char *key, const char *options)
{
  g_autofree char *path = g_strconcat (key, ".pub", NULL);
  g_autofree char *line = NULL;

  g_assert_true (g_file_get_contents (path, &line, NULL, NULL));
  return g_strconcat (WHO " ", options, " ", line, NULL);
}

static GBytes *
make_message (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* Every algorithm: good, and bad in each thing that a signature binds. */
static void
test_algorithms (TrustFixture *fixture, gconstpointer data)
{
  const char *types[] = { "ed25519", "rsa", "ecdsa" };
  g_autoptr (GBytes) message = make_message ("DSSEv1 1 t 5 hello");
  g_autoptr (GBytes) other = make_message ("DSSEv1 1 t 5 hellp");
  g_autofree char *stranger = trust_make_key (fixture, "stranger", "ed25519", "");
  g_autofree char *allowed_stranger = allow (stranger, "");
  gint64 now = cs_clock_now ();

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *key = trust_make_key (fixture, types[i], types[i], "");
      g_autofree char *allowed = allow (key, "namespaces=\"" CS_SSHSIG_NAMESPACE "\"");
      g_autoptr (GError) error = NULL;
      g_autofree char *signature = sign_with (key, message, NULL, &error);
      g_autofree char *cut = NULL;

      g_assert_no_error (error);
      verify (allowed, WHO, CS_SSHSIG_NAMESPACE, message, signature, now, &error);
      g_assert_no_error (error);
      assert_refused (allowed, WHO, CS_SSHSIG_NAMESPACE, other, signature, now);
      assert_refused (allowed, "bob@example.org", CS_SSHSIG_NAMESPACE, message, signature, now);
      assert_refused (allowed, WHO, "file", message, signature, now);
      assert_refused (allowed_stranger, WHO, CS_SSHSIG_NAMESPACE, message, signature, now);
      assert_refused ("", WHO, CS_SSHSIG_NAMESPACE, message, signature, now);
      cut = g_strndup (signature, strlen (signature) / 2);
      assert_refused (allowed, WHO, CS_SSHSIG_NAMESPACE, message, cut, now);
      assert_refused (allowed, WHO, CS_SSHSIG_NAMESPACE, message, "", now);
    }
}

/* A good signature for one purpose must not serve another, even if the caller asks for that one. */
static void
test_namespace (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) message = make_message ("x");
  g_autofree char *key = trust_make_key (fixture, "key", "ed25519", "");
  g_autofree char *allowed = allow (key, "namespaces=\"" CS_SSHSIG_NAMESPACE "\"");
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *signature = NULL;

  cs_sshsig_sign_async (key, "git", message, NULL, NULL, trust_store_result, &result);
  signature = cs_sshsig_sign_finish (trust_wait (&result), NULL);
  g_assert_nonnull (signature);
  assert_refused (allowed, WHO, "git", message, signature, cs_clock_now ());
  assert_refused (allowed, WHO, CS_SSHSIG_NAMESPACE, message, signature, cs_clock_now ());
}

/* Times are UTC whatever the time zone, and the limits themselves count. */
static void
test_time (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) message = make_message ("x");
  g_autofree char *key = trust_make_key (fixture, "key", "ed25519", "");
  g_autofree char *allowed =
    allow (key, "valid-after=\"20260101000000Z\",valid-before=\"20260201000000Z\"");
  g_autofree char *signature = sign_with (key, message, NULL, NULL);
  gint64 from, until;

  g_assert_true (cs_clock_parse ("2026-01-01T00:00:00Z", &from, NULL));
  g_assert_true (cs_clock_parse ("2026-02-01T00:00:00Z", &until, NULL));
  g_setenv ("TZ", "Pacific/Auckland", TRUE);
  g_assert_true (
    verify (allowed, WHO, CS_SSHSIG_NAMESPACE, message, signature, from + 999999, NULL));
  assert_refused (allowed, WHO, CS_SSHSIG_NAMESPACE, message, signature, from - 1);
  g_assert_true (verify (allowed, WHO, CS_SSHSIG_NAMESPACE, message, signature, until - 1, NULL));
  assert_refused (allowed, WHO, CS_SSHSIG_NAMESPACE, message, signature, until + G_USEC_PER_SEC);
  g_unsetenv ("TZ");
}

/* Anyone with OpenSSH can check it, without a line of ours. */
static void
test_stock_openssh (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) message = make_message ("the message\n");
  g_autofree char *key = trust_make_key (fixture, "key", "ed25519", "");
  g_autofree char *allowed = allow (key, "");
  g_autofree char *signature = sign_with (key, message, NULL, NULL);
  g_autofree char *allowed_path = trust_fixture_path (fixture, "allowed_signers");
  g_autofree char *signature_path = trust_fixture_path (fixture, "message.sig");
  g_autofree char *out = NULL;

  g_assert_true (g_file_set_contents (allowed_path, allowed, -1, NULL));
  g_assert_true (g_file_set_contents (signature_path, signature, -1, NULL));
  out = trust_run (0, "the message\n", "ssh-keygen", "-Y", "verify", "-f", allowed_path, "-I", WHO,
                   "-n", "signoff@countersign", "-s", signature_path, NULL);
  g_assert_nonnull (strstr (out, "Good \"signoff@countersign\" signature for " WHO));
  g_free (trust_run (255, "the massage\n", "ssh-keygen", "-Y", "verify", "-f", allowed_path, "-I",
                     WHO, "-n", "signoff@countersign", "-s", signature_path, NULL));
}

static void
test_passphrase (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) message = make_message ("x");
  g_autofree char *key = trust_make_key (fixture, "key", "ed25519", "öpen \"sesame' $x");
  g_autofree char *allowed = allow (key, "");
  g_autoptr (CsAskpass) right = cs_askpass_new_with_passphrase ("öpen \"sesame' $x", NULL);
  g_autoptr (CsAskpass) wrong = cs_askpass_new_with_passphrase ("shut", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *signature = sign_with (key, message, right, &error);

  g_assert_no_error (error);
  g_assert_true (
    verify (allowed, WHO, CS_SSHSIG_NAMESPACE, message, signature, cs_clock_now (), NULL));
  g_assert_null (sign_with (key, message, wrong, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_assert_nonnull (strstr (error->message, "passphrase"));
  g_clear_error (&error);
  g_assert_null (sign_with (key, message, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
}

static void
test_missing_key (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) message = make_message ("x");
  g_autofree char *key = trust_fixture_path (fixture, "nothing");
  g_autoptr (GError) error = NULL;

  g_assert_null (sign_with (key, message, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_assert_nonnull (strstr (error->message, "No such file"));
}

/* The agent holds the private half; we have only the public one. */
static void
test_agent (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) message = make_message ("x");
  g_autofree char *key = trust_make_key (fixture, "key", "ed25519", "");
  g_autofree char *public_half = g_strconcat (key, ".pub", NULL);
  g_autofree char *allowed = allow (key, "");
  g_autofree char *signature = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTestSshAgent) agent = cs_test_ssh_agent_new (fixture->directory, NULL);

  cs_test_ssh_agent_add (agent, key, NULL);
  g_assert_cmpint (g_unlink (key), ==, 0);
  signature = sign_with (public_half, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (
    verify (allowed, WHO, CS_SSHSIG_NAMESPACE, message, signature, cs_clock_now (), NULL));

  cs_test_ssh_agent_add (agent, "-D", NULL);
  g_assert_null (sign_with (public_half, message, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
}

static void
test_bad_arguments (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) message = make_message ("x");
  g_autoptr (GError) error = NULL;

  g_assert_false (verify ("", "", CS_SSHSIG_NAMESPACE, message, "", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

#define ADD(name, function)                                                              \
  g_test_add ("/trust/sshsig/" name, TrustFixture, NULL, trust_fixture_set_up, function, \
              trust_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SSH_AUTH_SOCK");

  ADD ("algorithms", test_algorithms);
  ADD ("namespace", test_namespace);
  ADD ("time", test_time);
  ADD ("stock-openssh", test_stock_openssh);
  ADD ("passphrase", test_passphrase);
  ADD ("missing-key", test_missing_key);
  ADD ("agent", test_agent);
  ADD ("bad-arguments", test_bad_arguments);

  return g_test_run ();
}
