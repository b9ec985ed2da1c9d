/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures checked in memory: the verdict is the one of `ssh-keygen`, also for damaged ones. */

#include "cs-allowed-signers.h"
#include "cs-delegate.h"
#include "cs-error.h"
#include "cs-signature.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define NAMESPACE "request@countersign"

typedef struct
{
  char *directory;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp ("cs-signature-XXXXXX", NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", self->directory, NULL };

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  g_free (self->directory);
}

/* Runs ssh-keygen; gives its exit status and what it printed. */
static int
run_keygen (const char *const *argv, GBytes *input, GBytes **output)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child =
    g_subprocess_newv (argv,
                       G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                         G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                       &error);

  g_assert_no_error (error);
  if (input == NULL)
    input = nothing;
  if (!g_subprocess_communicate (child, input, NULL, output, NULL, &error))
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
      g_subprocess_wait (child, NULL, NULL);
    }
  return g_subprocess_get_exit_status (child);
}

static char *
make_key (Fixture *self, const char *type, const char *bits)
{
  char *path = g_strdup_printf ("%s/%s-%s", self->directory, type, bits);
  const char *argv[] = {
    "ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", "", "-f", path, NULL,
  };

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_assert_cmpint (run_keygen (argv, NULL, NULL), ==, 0);
  return path;
}

static GBytes *
sign (const char *key, const char *hash, GBytes *message)
{
  g_autofree char *option = g_strconcat ("hashalg=", hash, NULL);
  const char *argv[] = {
    "ssh-keygen", "-Y", "sign", "-O", option, "-n", NAMESPACE, "-f", key, NULL,
  };
  g_autoptr (GBytes) armored = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;

  g_assert_cmpint (run_keygen (argv, message, &armored), ==, 0);
  text = g_strndup (g_bytes_get_data (armored, NULL), g_bytes_get_size (armored));
  parts = g_strsplit (text, "-----", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 5);
  return cs_signature_decode_base64 (parts[2]);
}

static char *
armor (GBytes *blob)
{
  g_autofree char *base64 =
    g_base64_encode (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob));

  return g_strconcat ("-----BEGIN SSH SIGNATURE-----\n", base64,
                      "\n-----END SSH SIGNATURE-----\n", NULL);
}

static gboolean
keygen_accepts (Fixture *self, GBytes *blob, const char *namespace_, GBytes *message)
{
  g_autofree char *path = g_build_filename (self->directory, "sig", NULL);
  g_autofree char *text = armor (blob);
  const char *argv[] = {
    "ssh-keygen", "-Y", "check-novalidate", "-n", namespace_, "-s", path, NULL,
  };

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return run_keygen (argv, message, NULL) == 0;
}

static gboolean
we_accept (GBytes *blob, const char *namespace_, GBytes *message)
{
  g_autofree char *text = armor (blob);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSignature) signature = cs_signature_parse_armored (text, &error);

  if (signature == NULL)
    {
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      return FALSE;
    }
  if (cs_signature_verify (signature, namespace_, message, &error))
    return TRUE;
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  return FALSE;
}

static GBytes *
random_message (GRand *random)
{
  gsize size = (gsize) g_rand_int_range (random, 0, 400);
  guint8 *data = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int (random);
  return g_bytes_new_take (data, size);
}

/* One bit, one byte, one length, a cut or an appendix: what transport and malice do. */
static GBytes *
damage (GRand *random, GBytes *bytes)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  guint at;

  g_byte_array_append (array, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  at = (guint) g_rand_int_range (random, 0, (gint32) array->len);
  switch (g_rand_int_range (random, 0, 5))
    {
    case 0:
      array->data[at] ^= (guint8) (1 << g_rand_int_range (random, 0, 8));
      break;
    case 1:
      array->data[at] = (guint8) g_rand_int (random);
      break;
    case 2:
      g_byte_array_remove_index (array, at);
      break;
    case 3:
      g_byte_array_set_size (array, at);
      break;
    default:
      g_byte_array_append (array, (const guint8 *) "\0", 1);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

typedef struct
{
  const char *type;
  const char *bits;
  const char *hash;
} Kind;

static const Kind kinds[] = {
  { "ed25519", "256", "sha512" }, { "ed25519", "256", "sha256" }, { "ecdsa", "256", "sha512" },
  { "ecdsa", "384", "sha256" },   { "ecdsa", "521", "sha512" },   { "rsa", "1024", "sha512" },
  { "rsa", "2048", "sha256" },    { "rsa", "3072", "sha512" },    { "ed25519-sk", "256", "sha512" },
  { "ecdsa-sk", "256", "sha512" }, { "ecdsa-sk", "256", "sha256" },
};

/* In the normal test a few hundred, in the long one some ten thousand. */
static void
test_same_verdict (Fixture *self, gconstpointer data)
{
  guint rounds = g_getenv ("COUNTERSIGN_SOAK") != NULL ? 150 : 3;
  g_autoptr (GRand) random = g_rand_new ();
  guint good = 0, bad = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *key = make_key (self, kinds[i].type, kinds[i].bits);

      for (guint round = 0; round < rounds; round++)
        {
          g_autoptr (GBytes) message = random_message (random);
          g_autoptr (GBytes) other = random_message (random);
          g_autoptr (GBytes) blob = sign (key, kinds[i].hash, message);

          g_assert_true (we_accept (blob, NAMESPACE, message));
          g_assert_true (keygen_accepts (self, blob, NAMESPACE, message));
          g_assert_false (we_accept (blob, "signoff@countersign", message));
          if (!g_bytes_equal (message, other))
            g_assert_false (we_accept (blob, NAMESPACE, other));
          good++;
          for (guint n = 0; n < 8; n++)
            {
              g_autoptr (GBytes) damaged = damage (random, blob);
              gboolean ours = we_accept (damaged, NAMESPACE, message);
              gboolean theirs = keygen_accepts (self, damaged, NAMESPACE, message);

              if (ours != theirs)
                {
                  g_autofree char *text = armor (damaged);

                  g_test_message ("%s\nours %d, theirs %d", text, ours, theirs);
                }
              g_assert_cmpint (ours, ==, theirs);
              bad += !ours;
            }
        }
    }
  g_test_message ("%u good and %u damaged signatures: the same verdict each time", good, bad);
}

/* A key in memory signs as any other does, for OpenSSH too. */
static void
test_delegate (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDelegate) delegate = cs_delegate_new (&error);
  g_autoptr (GBytes) message = g_bytes_new_static ("hello", 5);
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) changed = NULL;
  g_autoptr (GBytes) long_one = NULL;
  g_autoptr (CsDelegation) delegation = NULL;
  g_autofree char *key = NULL;

  g_assert_no_error (error);
  blob = cs_delegate_sign (delegate, NAMESPACE, message, &error);
  g_assert_no_error (error);
  g_assert_true (we_accept (blob, NAMESPACE, message));
  g_assert_true (keygen_accepts (self, blob, NAMESPACE, message));
  payload = cs_delegate_build_payload (delegate, 1000000, 2000000, "d1", &error);
  g_assert_no_error (error);
  delegation = cs_delegation_parse (payload, &error);
  g_assert_no_error (error);
  g_assert_cmpint (delegation->issued, ==, 1000000);
  g_assert_cmpint (delegation->expires, ==, 2000000);
  g_assert_cmpstr (delegation->deployment, ==, "d1");
  key = g_base64_encode (g_bytes_get_data (delegation->key, NULL),
                         g_bytes_get_size (delegation->key));
  g_assert_cmpstr (key, ==, cs_delegate_get_public_line (delegate) + strlen ("ssh-ed25519 "));
  long_one = cs_delegate_build_payload (delegate, 2000000, 1000000, NULL, NULL);
  g_assert_null (cs_delegation_parse (long_one, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  changed = g_bytes_new_from_bytes (payload, 0, g_bytes_get_size (payload) - 1);
  g_assert_null (cs_delegation_parse (changed, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

static char *
read_public (Fixture *self, const char *type, const char *bits)
{
  g_autofree char *key = make_key (self, type, bits);
  g_autofree char *path = g_strconcat (key, ".pub", NULL);
  char *line = NULL;

  g_assert_true (g_file_get_contents (path, &line, NULL, NULL));
  return g_strstrip (line);
}

static GBytes *
blob_of (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  return cs_signature_decode_base64 (words[1]);
}

static void
test_signers (Fixture *self, gconstpointer data)
{
  g_autofree char *anna = read_public (self, "ed25519", "256");
  g_autofree char *ben = read_public (self, "ecdsa", "256");
  g_autofree char *carla = read_public (self, "rsa", "2048");
  g_autofree char *text = g_strdup_printf (
    "# people\n\nanna@example.com %s anna's key\n"
    "ben namespaces=\"signoff@*,!signoff@other\",valid-after=\"20260101Z\","
    "valid-before=\"20260201120000Z\" %s\n"
    "carla namespaces=\"x,request@countersign\" %s\n",
    anna, ben, carla);
  g_autoptr (GBytes) anna_key = blob_of (anna);
  g_autoptr (GBytes) ben_key = blob_of (ben);
  g_autoptr (GBytes) carla_key = blob_of (carla);
  g_autoptr (GBytes) nobody = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsAllowedSigners) signers = cs_allowed_signers_parse (text, &error);
  gint64 january = G_GINT64_CONSTANT (1768000000) * G_USEC_PER_SEC;
  gint64 march = G_GINT64_CONSTANT (1773000000) * G_USEC_PER_SEC;
  const struct
  {
    GBytes *key;
    const char *namespace_;
    gint64 at;
    const char *person; /* or what the refusal says */
    gboolean good;
  } cases[] = {
    { anna_key, NAMESPACE, march, "anna@example.com", TRUE },
    { ben_key, "signoff@countersign", january, "ben", TRUE },
    { ben_key, "signoff@countersign", march, "not valid any more", FALSE },
    { ben_key, "signoff@countersign", 1, "not valid yet", FALSE },
    { ben_key, "signoff@other", january, "not for signatures of this kind", FALSE },
    { ben_key, NAMESPACE, january, "not for signatures of this kind", FALSE },
    { carla_key, NAMESPACE, 1, "carla", TRUE },
    { nobody, NAMESPACE, 1, "in no line", FALSE },
  };

  g_assert_no_error (error);
  g_assert_cmpuint (cs_allowed_signers_get_n_keys (signers), ==, 3);
  g_assert_true (cs_allowed_signers_knows (signers, "ben"));
  g_assert_false (cs_allowed_signers_knows (signers, "dora"));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *line = NULL;
      const char *person = cs_allowed_signers_find (signers, cases[i].key, cases[i].namespace_,
                                                    cases[i].at, &line, &error);

      if (cases[i].good)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (person, ==, cases[i].person);
          g_assert_nonnull (strstr (line, person));
          continue;
        }
      g_assert_null (person);
      g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
      g_assert_nonnull (strstr (error->message, cases[i].person));
      g_clear_error (&error);
    }
}

/* What could be read in two ways, or counts one person as two, is an error with its line. */
static void
test_bad_signers (Fixture *self, gconstpointer data)
{
  g_autofree char *anna = read_public (self, "ed25519", "256");
  const char *lines[] = {
    "anna",
    "anna,ben %s",
    "* %s",
    "\"anna smith\" %s",
    "anna cert-authority %s",
    "anna namespaces=\"a\",namespaces=\"b\" %s",
    "anna valid-after=\"yesterday\" %s",
    "anna valid-after=\"20260101Z\",valid-before=\"20250101Z\" %s",
    "anna namespaces=a %s",
    "anna namespaces=\"a\", %s",
    "anna ssh-rsa AAAA",
    "anna %s\nben %s",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GString) text = g_string_new (lines[i]);
      g_autoptr (GError) error = NULL;

      g_string_replace (text, "%s", anna, 0);
      g_assert_null (cs_allowed_signers_parse (text->str, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, strchr (lines[i], '\n') ? "Line 2" : "Line 1"));
    }
}

int
main (int argc, char *argv[])
{
  signal (SIGPIPE, SIG_IGN); /* ssh-keygen may end before it has read the message */
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) \
  g_test_add ("/trust/signature/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD ("same-verdict", test_same_verdict);
  ADD ("delegate", test_delegate);
  ADD ("signers", test_signers);
  ADD ("bad-signers", test_bad_signers);
#undef ADD
  return g_test_run ();
}
