/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256 against the vectors of FIPS 180-4. */

#include "cs-digest.h"

#include <string.h>

static const struct
{
  const char *text;
  const char *digest;
} vectors[] = {
  { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void
test_vectors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *digest = cs_digest_of_data (vectors[i].text, strlen (vectors[i].text));

      g_assert_cmpstr (digest, ==, vectors[i].digest);
    }
}

static void
test_pieces (void)
{
  g_autoptr (CsDigest) digest = cs_digest_new ();
  g_autofree char *million = NULL;
  g_autofree char *empty = NULL;

  for (guint i = 0; i < 100000; i++)
    cs_digest_update (digest, "aaaaaaaaaa", 10);
  cs_digest_update (digest, NULL, 0);
  million = cs_digest_finish (digest);
  g_assert_cmpstr (million, ==, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  empty = cs_digest_finish (digest);
  g_assert_cmpstr (empty, ==, vectors[0].digest);
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\xff\0", 3);
  g_autofree char *expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *digest = cs_digest_of_bytes (bytes);

  g_assert_cmpstr (digest, ==, expected);
}

static void
test_form (void)
{
  g_assert_true (cs_digest_is_valid (vectors[0].digest));
  g_assert_false (cs_digest_is_valid (NULL));
  g_assert_false (cs_digest_is_valid (""));
  g_assert_false (cs_digest_is_valid (vectors[0].digest + 1));
  g_assert_false (
    cs_digest_is_valid ("E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  g_assert_false (
    cs_digest_is_valid ("../0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  g_assert_false (
    cs_digest_is_valid ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8550"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/digest/vectors", test_vectors);
  g_test_add_func ("/base/digest/pieces", test_pieces);
  g_test_add_func ("/base/digest/bytes", test_bytes);
  g_test_add_func ("/base/digest/form", test_form);
  return g_test_run ();
}
