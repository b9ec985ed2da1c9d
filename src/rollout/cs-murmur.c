/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MurmurHash3 in its variant x86_32: the same number on every machine. */

#include "cs-murmur.h"

#define C1 0xcc9e2d51u
#define C2 0x1b873593u

static guint32
rotate (guint32 value, guint by)
{
  return (value << by) | (value >> (32 - by));
}

static guint32
scramble (guint32 block)
{
  return rotate (block * C1, 15) * C2;
}

/**
 * cs_murmur_hash:
 * @data: bytes
 * @length: how many
 * @seed: where to begin
 *
 * MurmurHash3_x86_32 of the reference implementation (SMHasher); blocks are read as little-endian
 * numbers, whatever this machine does. Spreads evenly; it is no cryptographic hash.
 *
 * Returns: the hash
 */
guint32
cs_murmur_hash (const void *data, gsize length, guint32 seed)
{
  const guint8 *bytes = data;
  gsize n_blocks = length / 4;
  guint32 hash = seed;
  guint32 rest = 0;

  for (gsize i = 0; i < n_blocks; i++, bytes += 4)
    {
      hash ^= scramble ((guint32) bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16 |
                        (guint32) bytes[3] << 24);
      hash = rotate (hash, 13) * 5 + 0xe6546b64u;
    }
  for (gsize i = length % 4; i > 0; i--)
    rest = rest << 8 | bytes[i - 1];
  hash ^= scramble (rest);

  hash ^= (guint32) length;
  hash = (hash ^ hash >> 16) * 0x85ebca6bu;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
  return hash ^ hash >> 16;
}
