/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory for one run of the Markdown parser, given back at once. The parser's own arena belongs to
 * the whole process; documents are read in several threads. */

#include "cs-parser-memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The first chunk; each further one is as large as all before it together, up to the second. */
#define CHUNK_SIZE (256 * 1024)
#define LARGEST_CHUNK (64 * 1024 * 1024)
/* A large document needs a hundred times its size: in pages of this many bytes, where the system
 * has them, or the faults alone take longer than the parser. */
#define HUGE_PAGE (2 * 1024 * 1024)
/* Pieces are of a multiple of this many bytes, up to LARGE; beyond, of a power of two. */
#define GRAIN 16
#define LARGE 1024
#define N_CLASSES (LARGE / GRAIN + 1 + 64)

/* Stands before each piece; where pieces are given back, they wait in the list of their class. */
typedef union Piece
{
  struct
  {
    gsize size; /* bytes behind this */
    union Piece *next;
  } head;
  guint8 aligned[GRAIN];
} Piece;

G_STATIC_ASSERT (sizeof (Piece) == GRAIN);

typedef struct
{
  GPtrArray *chunks; /* NULL: no run is on */
  guint8 *at;        /* in the newest chunk */
  gsize left;
  gsize first_size; /* of the first chunk */
  gsize sum;        /* of all chunks */
  Piece *waiting[N_CLASSES];
} Memory;

static _Thread_local Memory memory;

static guint
class_of (gsize size, gsize *rounded)
{
  guint bits;

  if (size <= LARGE)
    {
      *rounded = (size + GRAIN - 1) / GRAIN * GRAIN;
      return (guint) (*rounded / GRAIN);
    }
  bits = g_bit_storage (size - 1);
  *rounded = (gsize) 1 << bits;
  return LARGE / GRAIN + bits;
}

static void
add_chunk (gsize size)
{
  gsize chunk_size = MAX (size, CLAMP (memory.sum, CHUNK_SIZE, LARGEST_CHUNK));

  if (chunk_size < 2 * HUGE_PAGE)
    memory.at = malloc (chunk_size);
  else
    {
      chunk_size = (chunk_size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
      memory.at = aligned_alloc (HUGE_PAGE, chunk_size);
      if (memory.at != NULL)
        madvise (memory.at, chunk_size, MADV_HUGEPAGE); /* may be refused: then in small ones */
    }
  if (memory.at == NULL)
    g_error ("No memory for a chunk of %" G_GSIZE_FORMAT " bytes", chunk_size);
  memory.left = chunk_size;
  memory.sum += chunk_size;
  if (memory.chunks->len == 0)
    memory.first_size = chunk_size;
  g_ptr_array_add (memory.chunks, memory.at);
}

/* Never fails, as what GLib gives. */
static void *
take (gsize size)
{
  gsize rounded;
  guint class = class_of (MAX (size, 1), &rounded);
  Piece *piece = memory.waiting[class];

  if (piece != NULL)
    {
      memory.waiting[class] = piece->head.next;
      return piece + 1;
    }
  if (memory.left < rounded + sizeof (Piece))
    add_chunk (rounded + sizeof (Piece));
  piece = (Piece *) (void *) memory.at;
  memory.at += rounded + sizeof (Piece);
  memory.left -= rounded + sizeof (Piece);
  piece->head.size = rounded;
  return piece + 1;
}

static void
give_back (void *data)
{
  Piece *piece = data;
  gsize rounded;
  guint class;

  if (piece == NULL)
    return;
  piece--;
  class = class_of (piece->head.size, &rounded);
  piece->head.next = memory.waiting[class];
  memory.waiting[class] = piece;
}

static void *
take_cleared (size_t n, size_t size)
{
  void *data;

  g_assert (size == 0 || n <= G_MAXSIZE / 2 / size);
  data = take (n * size);
  return memset (data, 0, n * size);
}

static void *
resize (void *data, size_t size)
{
  gsize there = data != NULL ? ((Piece *) data - 1)->head.size : 0;
  void *larger;

  if (data != NULL && size <= there)
    return data;
  larger = take (size);
  if (data != NULL)
    memcpy (larger, data, there);
  give_back (data);
  return larger;
}

/**
 * cs_parser_memory_begin:
 *
 * Begins a run of the parser in this thread.
 *
 * Returns: (transfer none): what the parser takes memory from, until cs_parser_memory_end() is
 *   called in the same thread
 */
cmark_mem *
cs_parser_memory_begin (void)
{
  static cmark_mem functions = { take_cleared, resize, give_back };

  g_assert (memory.chunks == NULL);
  memory = (Memory){ .chunks = g_ptr_array_new_with_free_func (free) };
  return &functions;
}

/**
 * cs_parser_memory_reset:
 *
 * Takes back all that the parser took, its nodes among it, for the next run: what was used just now
 * is still near.
 */
void
cs_parser_memory_reset (void)
{
  if (memory.chunks->len == 0)
    return;
  g_ptr_array_set_size (memory.chunks, 1);
  memory.at = g_ptr_array_index (memory.chunks, 0);
  memory.left = memory.first_size;
  memory.sum = memory.first_size;
  memset (memory.waiting, 0, sizeof memory.waiting);
}

/**
 * cs_parser_memory_end:
 *
 * Frees all that the parser took, its nodes among it.
 */
void
cs_parser_memory_end (void)
{
  g_clear_pointer (&memory.chunks, g_ptr_array_unref);
}
