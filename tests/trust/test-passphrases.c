/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passphrases of real keys: remembered in a real keyring, asked for, and tried too often. */

#include "cs-passphrases.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-key.h"
#include "cs-key-tries.h"
#include "cs-sqlite-store.h"
#include "cs-sshsig.h"
#include "cs-test-keyring.h"
#include "cs-test-ssh-agent.h"
#include "trust-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define NAMESPACE "test@countersign"
#define HOUR CS_PASSPHRASES_WAIT

/* Not freed: libsecret holds on to the connection, and GTestDBus would wait for it. */
static GTestDBus *bus;

typedef struct
{
  TrustFixture base;
  CsStore *store;
  CsKeyring *keyring;
  CsPassphrases *passphrases;
  char *path;
  CsKey *key;
  const char *const *answers; /* of the person, one after the other; NULL: there are no more */
  gboolean remember;
  guint asked;
  guint tries; /* that the last question told */
  gboolean wrong;
  char *problem;
  CsPassphraseQuestion *kept; /* where the person takes their time */
  gboolean slow;
  gboolean pin; /* is asked for, not a passphrase */
} Fixture;

static void
ask_cb (CsPassphrases *passphrases, CsPassphraseQuestion *question, gpointer user_data)
{
  Fixture *self = user_data;
  const char *answer = self->answers != NULL ? *self->answers : NULL;

  self->asked++;
  self->tries = cs_passphrase_question_get_tries (question);
  self->wrong = cs_passphrase_question_get_wrong (question);
  g_free (self->problem);
  self->problem = g_strdup (cs_passphrase_question_get_problem (question));
  if (self->pin)
    g_assert_nonnull (strstr (cs_passphrase_question_get_prompt (question), "PIN"));
  g_assert_cmpstr (cs_passphrase_question_get_key (question), ==, self->pin ? NULL : self->path);
  if (self->slow)
    g_set_object (&self->kept, question);
  else if (answer != NULL)
    {
      self->answers++;
      cs_passphrase_question_answer (question, answer, self->remember);
    }
  else
    cs_passphrase_question_refuse (question, "No passphrase was given");
}

/* As a program that starts anew: it knows what the journal and the keyring know. */
static void
restart (Fixture *self, const char *actor, guint seconds)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->passphrases);
  g_clear_object (&self->keyring);
  self->keyring = cs_keyring_new (self->base.directory);
  self->passphrases = cs_passphrases_new (self->store, actor, self->keyring, seconds, &error);
  g_assert_no_error (error);
  g_signal_connect (self->passphrases, "ask", G_CALLBACK (ask_cb), self);
  self->asked = 0;
}

static CsKey *
load_key (const char *path)
{
  g_autoptr (GAsyncResult) result = NULL;
  CsKey *key;

  cs_key_load_async (path, NULL, trust_store_result, &result);
  key = cs_key_load_finish (trust_wait (&result), NULL);
  g_assert_nonnull (key);
  return key;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *directory = NULL;

  trust_fixture_set_up (&self->base, NULL);
  directory = trust_fixture_path (&self->base, "data");
  cs_sqlite_store_open_async (directory, NULL, trust_store_result, &result);
  self->store = CS_STORE (cs_sqlite_store_open_finish (trust_wait (&result), NULL));
  self->path = trust_make_key (&self->base, "key", "ed25519", "open sesame");
  self->key = load_key (self->path);
  restart (self, "ada@web-1", HOUR);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->kept);
  g_clear_object (&self->passphrases);
  g_clear_object (&self->keyring);
  g_clear_object (&self->key);
  g_clear_object (&self->store);
  g_free (self->path);
  g_free (self->problem);
  trust_fixture_tear_down (&self->base, NULL);
}

static gboolean
sign_with (Fixture *self, CsKey *key, GError **error)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("hello", 5);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *signature = NULL;

  cs_key_sign_async (key, NAMESPACE, message, cs_passphrases_get_askpass (self->passphrases), NULL,
                     trust_store_result, &result);
  signature = cs_key_sign_finish (key, trust_wait (&result), error);
  return signature != NULL;
}

static gboolean
sign (Fixture *self, GError **error)
{
  return sign_with (self, self->key, error);
}

/* What is on record about keys, one kind a word. Each names the key and no secret. */
static char *
read_kinds (Fixture *self)
{
  g_autoptr (GPtrArray) records = cs_store_read_sync (self->store, CS_KEY_TRIES_STREAM, 0, NULL);
  g_autoptr (GString) kinds = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    {
      g_autofree char *text = json_to_string (cs_record_get_body_node (records->pdata[i]), FALSE);

      g_assert_cmpstr (cs_json_get_string (cs_record_get_body (records->pdata[i]), "key"), ==,
                       cs_key_get_fingerprint (self->key));
      g_assert_null (strstr (text, "sesame"));
      g_string_append_printf (kinds, "%s%s", i > 0 ? " " : "",
                              cs_record_get_kind (records->pdata[i]));
    }
  return g_string_free (g_steal_pointer (&kinds), FALSE);
}

#define ASSERT_KINDS(self, expected)             \
  G_STMT_START                                   \
  {                                              \
    g_autofree char *kinds_ = read_kinds (self); \
                                                 \
    g_assert_cmpstr (kinds_, ==, expected);      \
  }                                              \
  G_STMT_END

/* After a slip the same question is put again, and says so; then nobody is asked for a while. */
static void
test_asked (Fixture *self, gconstpointer data)
{
  const char *const answers[] = { "a slip", "open sesame", NULL };
  g_autoptr (GError) error = NULL;

  self->answers = answers;
  g_assert_true (sign (self, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (self->asked, ==, 2);
  g_assert_true (self->wrong);
  g_assert_cmpuint (self->tries, ==, CS_KEY_TRIES_MAX - 1);
  ASSERT_KINDS (self, CS_KEY_TRIES_WRONG);
  g_assert_true (sign (self, &error));
  g_assert_cmpuint (self->asked, ==, 2);
  /* It was not to be remembered. */
  restart (self, "ada@web-1", HOUR);
  g_assert_false (sign (self, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_assert_cmpstr (error->message, ==, "No passphrase was given");
  g_assert_cmpuint (self->asked, ==, 1);
  ASSERT_KINDS (self, CS_KEY_TRIES_WRONG); /* to leave is no try */
}

/* With a keyring: another program is not asked. When the key gets another passphrase, what was
 * remembered is forgotten, on record, and the person asked anew. */
static void
test_remembered (Fixture *self, gconstpointer data)
{
  const char *const before[] = { "open sesame", NULL };
  const char *const after[] = { "open barley", NULL };
  g_autoptr (GError) error = NULL;

  self->answers = before;
  self->remember = TRUE;
  g_assert_true (sign (self, &error));
  g_assert_null (self->problem);
  restart (self, "ada@web-1", HOUR);
  g_assert_true (sign (self, &error));
  g_assert_cmpuint (self->asked, ==, 0);

  g_free (trust_run (0, NULL, "ssh-keygen", "-q", "-p", "-P", "open sesame", "-N", "open barley",
                     "-f", self->path, NULL));
  self->answers = after;
  g_assert_true (sign (self, &error)); /* also what this program had in memory */
  g_assert_cmpuint (self->asked, ==, 1);
  g_assert_false (self->wrong);
  g_assert_cmpuint (self->tries, ==, CS_KEY_TRIES_MAX);
  restart (self, "ada@web-1", HOUR);
  g_assert_true (sign (self, &error));
  g_assert_cmpuint (self->asked, ==, 0);
  ASSERT_KINDS (self, CS_KEY_TRIES_FORGOTTEN);
}

/* A wrong one is never remembered. */
static void
test_wrong_not_remembered (Fixture *self, gconstpointer data)
{
  const char *const answers[] = { "a slip", NULL };
  g_autoptr (GError) error = NULL;

  self->answers = answers;
  self->remember = TRUE;
  g_assert_false (sign (self, &error));
  restart (self, "ada@web-1", HOUR);
  g_clear_error (&error);
  g_assert_false (sign (self, &error));
  g_assert_cmpuint (self->asked, ==, 1);
  g_assert_cmpuint (self->tries, ==, CS_KEY_TRIES_MAX - 1);
  ASSERT_KINDS (self, CS_KEY_TRIES_WRONG);
}

/* Without a keyring: until the program ends, and the question says why. */
static void
test_no_keyring (Fixture *self, gconstpointer data)
{
  const char *const answers[] = { "open sesame", NULL };
  g_autoptr (GError) error = NULL;

  self->answers = answers;
  self->remember = TRUE;
  g_assert_true (sign (self, &error));
  g_assert_nonnull (strstr (self->problem, "No keyring answers here"));
  g_assert_true (sign (self, &error));
  g_assert_cmpuint (self->asked, ==, 1);
  restart (self, "ada@web-1", HOUR);
  g_assert_false (sign (self, &error));
  g_assert_cmpuint (self->asked, ==, 1);
}

/* Three, in whichever program; then nobody is asked before the time is over, whatever they know.
 * Another person has tries of their own. */
static void
test_three_tries (Fixture *self, gconstpointer data)
{
  const char *const wrong[] = { "one", "two", "three", "open sesame", NULL };
  const char *const right[] = { "open sesame", NULL };
  g_autoptr (GError) error = NULL;

  self->answers = wrong;
  g_assert_false (sign (self, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_assert_nonnull (strstr (error->message, "not tried again before"));
  g_assert_cmpuint (self->asked, ==, 3);
  g_assert_cmpuint (self->tries, ==, 1);
  ASSERT_KINDS (self, CS_KEY_TRIES_WRONG " " CS_KEY_TRIES_WRONG " " CS_KEY_TRIES_WRONG);

  restart (self, "ada@web-1", HOUR);
  self->answers = right;
  g_clear_error (&error);
  g_assert_false (sign (self, &error));
  g_assert_nonnull (strstr (error->message, "not tried again before"));
  g_assert_cmpuint (self->asked, ==, 0);

  restart (self, "bob@web-1", HOUR);
  self->answers = right;
  g_clear_error (&error);
  g_assert_true (sign (self, &error));
  g_assert_no_error (error);
}

/* When the time is over there are tries again; here it is short. */
static void
test_wait_ends (Fixture *self, gconstpointer data)
{
  const char *const wrong[] = { "one", "two", "three", NULL };
  const char *const right[] = { "open sesame", NULL };
  g_autoptr (GError) error = NULL;

  self->answers = wrong;
  g_assert_false (sign (self, &error));
  restart (self, "ada@web-1", 1);
  self->answers = right;
  do
    g_clear_error (&error);
  while (!sign (self, &error) && strstr (error->message, "not tried again") != NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (self->asked, ==, 1);
}

/* Whoever wants the same key meanwhile gets the same answer. */
static void
test_asked_once_for_all (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("hello", 5);
  GAsyncResult *results[5] = { NULL };

  self->slow = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    cs_key_sign_async (self->key, NAMESPACE, message,
                       cs_passphrases_get_askpass (self->passphrases), NULL, trust_store_result,
                       &results[i]);
  while (self->kept == NULL)
    g_main_context_iteration (NULL, TRUE);
  cs_passphrase_question_answer (self->kept, "open sesame", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GAsyncResult) result = trust_wait (&results[i]);
      g_autoptr (GError) error = NULL;
      g_autofree char *signature = cs_key_sign_finish (self->key, result, &error);

      g_assert_no_error (error);
      g_assert_nonnull (signature);
    }
  g_assert_cmpuint (self->asked, ==, 1);
}

/* A dialog that is gone has refused. */
static void
test_dropped (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) message = g_bytes_new_static ("hello", 5);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->slow = TRUE;
  cs_key_sign_async (self->key, NAMESPACE, message, cs_passphrases_get_askpass (self->passphrases),
                     NULL, trust_store_result, &result);
  while (self->kept == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&self->kept);
  g_assert_null (cs_key_sign_finish (self->key, trust_wait (&result), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
}

/* An agent that asks and is told no: three times, then a wait. */
static void
test_refused_by_agent (Fixture *self, gconstpointer data)
{
  g_autoptr (CsTestSshAgent) agent = cs_test_ssh_agent_new (self->base.directory, "/bin/false");
  g_autofree char *path = trust_make_key (&self->base, "confirmed", "ed25519", "");
  g_autofree char *public_half = g_strconcat (path, ".pub", NULL);
  g_autoptr (GError) error = NULL;

  cs_test_ssh_agent_add (agent, "-c", path, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_clear_object (&self->key);
  self->key = load_key (public_half);
  for (guint i = 0; i < CS_KEY_TRIES_MAX; i++)
    {
      g_clear_error (&error);
      g_assert_false (sign (self, &error));
      g_assert_nonnull (strstr (error->message, "agent refused"));
    }
  g_clear_error (&error);
  g_assert_false (sign (self, &error));
  g_assert_nonnull (strstr (error->message, "not tried again before"));
  ASSERT_KINDS (self, CS_KEY_TRIES_REFUSED " " CS_KEY_TRIES_REFUSED " " CS_KEY_TRIES_REFUSED);
}

/* With a lifetime: it signs while the agent has it, and nothing is on record when it has not. */
static void
test_lifetime (Fixture *self, gconstpointer data)
{
  g_autoptr (CsTestSshAgent) agent = cs_test_ssh_agent_new (self->base.directory, NULL);
  g_autofree char *path = trust_make_key (&self->base, "short", "ed25519", "");
  g_autofree char *public_half = g_strconcat (path, ".pub", NULL);
  g_autoptr (GError) error = NULL;

  cs_test_ssh_agent_add (agent, "-t", "3", path, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_clear_object (&self->key);
  self->key = load_key (public_half);
  g_assert_cmpint (cs_key_get_origin (self->key), ==, CS_KEY_AGENT);
  g_assert_true (sign (self, &error));
  while (sign (self, &error))
    g_usleep (100 * 1000);
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_assert_cmpuint (self->asked, ==, 0);
  ASSERT_KINDS (self, "");
}

static CsKey *
make_security_key (Fixture *self, const char *option)
{
  g_autofree char *path = trust_fixture_path (&self->base, "hardware");

  g_free (trust_run (0, NULL, "ssh-keygen", "-q", "-t", "ed25519-sk", "-N", "", "-f", path, "-w",
                     g_getenv ("SSH_SK_PROVIDER"), option != NULL ? "-O" : NULL, option, NULL));
  return load_key (path);
}

/* Hardware (here: OpenSSH's own helper with a middleware of ours): what it signs is good to all. */
static void
test_security_key (Fixture *self, gconstpointer data)
{
  g_autoptr (CsKey) key = make_security_key (self, NULL);
  g_autoptr (GBytes) message = g_bytes_new_static ("hello", 5);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) verified = NULL;
  g_autofree char *allowed = g_strdup_printf ("ada@web-1 %s\n", cs_key_get_public_line (key));
  g_autofree char *signature = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (cs_key_get_algorithm (key), ==, "ed25519-sk");
  cs_key_sign_async (key, NAMESPACE, message, cs_passphrases_get_askpass (self->passphrases), NULL,
                     trust_store_result, &result);
  signature = cs_key_sign_finish (key, trust_wait (&result), &error);
  g_assert_no_error (error);
  cs_sshsig_verify_async (allowed, "ada@web-1", NAMESPACE, message, signature, g_get_real_time (),
                          NULL, trust_store_result, &verified);
  g_assert_true (cs_sshsig_verify_finish (trust_wait (&verified), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (self->asked, ==, 0);
}

/* Its PIN is asked for each time and never remembered; a wrong one is a refused signature. */
static void
test_pin (Fixture *self, gconstpointer data)
{
  const char *const answers[] = { "1234", "9999", "1234", NULL };
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->key);
  self->key = make_security_key (self, "verify-required");
  self->pin = TRUE;
  self->remember = TRUE;
  self->answers = answers;
  g_assert_true (sign (self, &error));
  g_assert_no_error (error);
  g_assert_false (sign (self, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  ASSERT_KINDS (self, CS_KEY_TRIES_REFUSED);
  g_clear_error (&error);
  g_assert_true (sign (self, &error));
  g_assert_cmpuint (self->asked, ==, 3);
}

static void
test_keyring (gconstpointer directory)
{
  cs_test_keyring_start (directory);
}

#define ADD(name, function) \
  g_test_add ("/trust/passphrases/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_autofree char *directory = g_dir_make_tmp ("countersign-keyring-XXXXXX", NULL);
  int status;

  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("SSH_AUTH_SOCK");
  ADD ("no-keyring", test_no_keyring);
  ADD ("asked", test_asked);
  ADD ("three-tries", test_three_tries);
  ADD ("wait-ends", test_wait_ends);
  ADD ("asked-once-for-all", test_asked_once_for_all);
  ADD ("dropped", test_dropped);
  ADD ("refused-by-agent", test_refused_by_agent);
  ADD ("lifetime", test_lifetime);
  ADD ("security-key", test_security_key);
  ADD ("pin", test_pin);
  /* From here on there is a keyring. */
  g_test_add_data_func ("/trust/passphrases/keyring", directory, test_keyring);
  ADD ("remembered", test_remembered);
  ADD ("wrong-not-remembered", test_wrong_not_remembered);
  status = g_test_run ();
  g_test_dbus_stop (bus);
  g_free (trust_run (0, NULL, "rm", "-rf", "--", directory, NULL));
  return status;
}
