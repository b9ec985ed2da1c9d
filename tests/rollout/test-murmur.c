/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MurmurHash3 against published vectors, and against the check of its author's own test suite. */

#include "cs-murmur.h"

#include <string.h>

/* https://stackoverflow.com/a/31929528, made with SMHasher. */
static const struct
{
  const char *data;
  gsize length;
  guint32 seed;
  guint32 hash;
} vectors[] = {
  { "", 0, 0, 0 },
  { "", 0, 1, 0x514e28b7 },
  { "", 0, 0xffffffff, 0x81f16f39 },
  { "\xff\xff\xff\xff", 4, 0, 0x76293b50 },
  { "\x21\x43\x65\x87", 4, 0, 0xf55b516b },
  { "\x21\x43\x65\x87", 4, 0x5082edee, 0x2362f9de },
  { "\x21\x43\x65", 3, 0, 0x7e4a8634 },
  { "\x21\x43", 2, 0, 0xa0f7b07a },
  { "\x21", 1, 0, 0x72661cf4 },
  { "\0\0\0\0", 4, 0, 0x2362f9de },
  { "\0\0\0", 3, 0, 0x85f0b427 },
  { "\0\0", 2, 0, 0x30f4c306 },
  { "\0", 1, 0, 0x514e28b7 },
  { "aaaa", 4, 0x9747b28c, 0x5a97808a },
  { "aaa", 3, 0x9747b28c, 0x283e0130 },
  { "aa", 2, 0x9747b28c, 0x5d211726 },
  { "a", 1, 0x9747b28c, 0x7fa09ea6 },
  { "abcd", 4, 0x9747b28c, 0xf0478627 },
  { "abc", 3, 0x9747b28c, 0xc84a62dd },
  { "ab", 2, 0x9747b28c, 0x74875592 },
  { "Hello, world!", 13, 0x9747b28c, 0x24884cba },
  { "The quick brown fox jumps over the lazy dog", 43, 0x9747b28c, 0x2fa826cd },
};

static void
test_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmphex (cs_murmur_hash (vectors[i].data, vectors[i].length, vectors[i].seed), ==,
                     vectors[i].hash);
}

/* SMHasher's VerificationTest: keys {}, {0}, {0, 1}… with the seeds 256 - length, and a hash over
 * all those hashes; its number for MurmurHash3_x86_32 is 0xB0F57EE3. */
static void
test_smhasher (void)
{
  guint8 key[256];
  guint8 hashes[256 * 4];

  for (guint i = 0; i < 256; i++)
    {
      guint32 hash;

      key[i] = (guint8) i;
      hash = cs_murmur_hash (key, i, 256 - i);
      for (guint k = 0; k < 4; k++)
        hashes[i * 4 + k] = (guint8) (hash >> 8 * k);
    }
  g_assert_cmphex (cs_murmur_hash (hashes, sizeof hashes, 0), ==, 0xb0f57ee3);
}

/* Wherever the bytes lie. */
static void
test_unaligned (void)
{
  char buffer[64];

  for (guint i = 0; i < 8; i++)
    {
      memcpy (buffer + i, "Hello, world!", 13);
      g_assert_cmphex (cs_murmur_hash (buffer + i, 13, 0x9747b28c), ==, 0x24884cba);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rollout/murmur/vectors", test_vectors);
  g_test_add_func ("/rollout/murmur/smhasher", test_smhasher);
  g_test_add_func ("/rollout/murmur/unaligned", test_unaligned);
  return g_test_run ();
}
