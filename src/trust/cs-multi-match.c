/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds many strings at once in a stream of bytes. */

/* The automaton of Aho and Corasick (Efficient string matching: an aid to bibliographic search,
 * Communications of the ACM 18 (6), 1975) with all failure transitions worked out beforehand: each
 * byte costs one look into a table, whatever the number of strings. But each look waits for the one
 * before. Where no string can begin, a filter goes ahead (Baeza-Yates and Gonnet: A new approach to
 * text searching, Communications of the ACM 35 (10), 1992) that follows the first four bytes of all
 * strings, in 16 groups, within one word of the machine. */

#include "cs-multi-match.h"

#include <string.h>

/* Where a string ends, or a shorter one along the failures. */
#define NOTABLE (1u << 31)

/* Where at most the last byte may begin a string. */
#define SHALLOW (1u << 30)

#define ROW(state) ((state) & ~(NOTABLE | SHALLOW))

#define FILTER_BYTES 4
#define FILTER_GROUPS 16
#define FILTER_GROUP_MASK ((G_GUINT64_CONSTANT (1) << FILTER_GROUPS) - 1)

/* A state while strings are added. */
typedef struct
{
  guint children[256]; /* 0: none */
  guint parent_failure;
} Node;

typedef struct
{
  guint id;
  gsize length; /* 0: no string ends here */
} End;

struct _CsMultiMatch
{
  guint16 classes[256]; /* of each byte; 0 for those that occur in no string */
  guint n_classes;
  GArray *nodes; /* Node; until it is compiled */
  GArray *depths;
  GArray *ends;   /* End */
  guint *next;    /* [row + class] = the next row, and what is to be said of it */
  guint *shorter; /* the next state along the failures at which a string ends; 0: none */
  gboolean fold;

  /* [byte]: for its place among the first bytes of a string, from the low bits on, the groups of
   * strings that have it there */
  guint64 filter[256];
};

static guint8
fold_byte (const CsMultiMatch *self, guint8 byte)
{
  if (!self->fold)
    return byte;
  return g_ascii_isdigit (byte) ? (guint8) CS_MULTI_MATCH_DIGIT : (guint8) g_ascii_tolower (byte);
}

static guint
add_node (CsMultiMatch *self, guint depth)
{
  End end = { 0, 0 };

  g_array_set_size (self->nodes, self->nodes->len + 1);
  g_array_append_val (self->depths, depth);
  g_array_append_val (self->ends, end);
  return self->nodes->len - 1;
}

/**
 * cs_multi_match_new:
 * @fold: whether ASCII letters match in both cases, and %CS_MULTI_MATCH_DIGIT any digit
 *
 * Returns: (transfer full): a matcher without strings
 */
CsMultiMatch *
cs_multi_match_new (gboolean fold)
{
  CsMultiMatch *self = g_new0 (CsMultiMatch, 1);

  self->fold = fold;
  self->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
  self->depths = g_array_new (FALSE, TRUE, sizeof (guint));
  self->ends = g_array_new (FALSE, TRUE, sizeof (End));
  add_node (self, 0);
  return self;
}

/* The strings may be secrets, and the automaton spells them. */
static void
wipe (GArray *array)
{
  explicit_bzero (array->data, array->len * g_array_get_element_size (array));
  g_array_unref (array);
}

/** cs_multi_match_free: wipes the memory that held the strings. */
void
cs_multi_match_free (CsMultiMatch *self)
{
  if (self == NULL)
    return;
  if (self->next != NULL)
    explicit_bzero (self->next, (gsize) self->depths->len * self->n_classes * sizeof (guint));
  if (self->nodes != NULL)
    wipe (self->nodes);
  explicit_bzero (self->filter, sizeof self->filter);
  g_array_unref (self->depths);
  g_array_unref (self->ends);
  g_free (self->next);
  g_free (self->shorter);
  g_free (self);
}

/* Strings that begin alike are of one group. What is shorter than the filter goes on with any
 * byte. */
static void
add_to_filter (CsMultiMatch *self, const char *bytes, gsize length)
{
  guint second = length > 1 ? fold_byte (self, (guint8) bytes[1]) : 0;
  guint group = (fold_byte (self, (guint8) bytes[0]) * 7 + second) % FILTER_GROUPS;

  for (guint place = 0; place < FILTER_BYTES; place++)
    for (guint byte = 0; byte < 256; byte++)
      if (place >= length ||
          fold_byte (self, (guint8) byte) == fold_byte (self, (guint8) bytes[place]))
        self->filter[byte] |= G_GUINT64_CONSTANT (1) << (place * FILTER_GROUPS + group);
}

/**
 * cs_multi_match_add:
 * @bytes: (array length=length): a string
 * @length: at least 1
 * @id: what a match of it is told by; of two equal strings the first one counts
 *
 * Adds a string; before cs_multi_match_compile().
 */
void
cs_multi_match_add (CsMultiMatch *self, const char *bytes, gsize length, guint id)
{
  guint state = 0;

  g_return_if_fail (length > 0 && self->next == NULL);

  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = fold_byte (self, (guint8) bytes[i]);
      guint child = g_array_index (self->nodes, Node, state).children[byte];

      if (child == 0)
        {
          child = add_node (self, (guint) i + 1);
          g_array_index (self->nodes, Node, state).children[byte] = child;
        }
      state = child;
    }
  if (g_array_index (self->ends, End, state).length == 0)
    g_array_index (self->ends, End, state) = (End){ id, length };
  add_to_filter (self, bytes, length);
}

static void
number_classes (CsMultiMatch *self)
{
  guint16 numbers[256] = { 0 };

  self->n_classes = 1;
  for (guint i = 0; i < self->nodes->len; i++)
    for (guint byte = 0; byte < 256; byte++)
      if (g_array_index (self->nodes, Node, i).children[byte] != 0 && numbers[byte] == 0)
        numbers[byte] = (guint16) self->n_classes++;
  for (guint byte = 0; byte < 256; byte++)
    self->classes[byte] = self->fold && byte == (guint) CS_MULTI_MATCH_DIGIT
                            ? 0
                            : numbers[fold_byte (self, (guint8) byte)];
}

/* Works out one state's row from its children and the row of the state that it fails to. */
static void
fill_row (CsMultiMatch *self, guint state, guint failure, GQueue *queue)
{
  Node *node = &g_array_index (self->nodes, Node, state);
  guint *row = self->next + (gsize) state * self->n_classes;

  if (state != 0)
    memcpy (row, self->next + (gsize) failure * self->n_classes, self->n_classes * sizeof (guint));
  for (guint byte = 0; byte < 256; byte++)
    {
      guint child = node->children[byte];
      guint class;

      if (child == 0)
        continue;
      class = self->classes[self->fold && byte == (guint) CS_MULTI_MATCH_DIGIT ? '0' : byte];
      g_array_index (self->nodes, Node, child).parent_failure = row[class];
      row[class] = child;
      g_queue_push_tail (queue, GUINT_TO_POINTER (child));
    }
}

/**
 * cs_multi_match_compile:
 *
 * Makes the matcher ready; nothing can be added any more.
 */
void
cs_multi_match_compile (CsMultiMatch *self)
{
  g_autoptr (GQueue) queue = g_queue_new ();
  guint n = self->nodes->len;

  g_return_if_fail (self->next == NULL);

  number_classes (self);
  self->next = g_new0 (guint, (gsize) n * self->n_classes);
  self->shorter = g_new0 (guint, n);
  fill_row (self, 0, 0, queue);
  while (!g_queue_is_empty (queue))
    {
      guint state = GPOINTER_TO_UINT (g_queue_pop_head (queue));
      guint failure = g_array_index (self->nodes, Node, state).parent_failure;

      self->shorter[state] =
        g_array_index (self->ends, End, failure).length > 0 ? failure : self->shorter[failure];
      fill_row (self, state, failure, queue);
    }
  wipe (g_steal_pointer (&self->nodes));
  for (gsize i = 0; i < (gsize) n * self->n_classes; i++)
    {
      guint state = self->next[i];
      gboolean notable =
        g_array_index (self->ends, End, state).length > 0 || self->shorter[state] != 0;
      gboolean shallow = g_array_index (self->depths, guint, state) <= 1;

      self->next[i] =
        state * self->n_classes | (notable ? NOTABLE : 0) | (shallow ? SHALLOW : 0);
    }
}

/* The number of a state, from its row. */
static guint
get_number (const CsMultiMatch *self, guint state)
{
  return ROW (state) / self->n_classes;
}

/* Returns where the first string may begin; or, if none does, the first of the last bytes, which
 * are too few to tell. */
static const guint8 *
skip (const CsMultiMatch *self, const guint8 *p, const guint8 *end)
{
  guint64 groups = 0;

  while (p < end)
    {
      groups = (groups << FILTER_GROUPS | FILTER_GROUP_MASK) & self->filter[*p++];
      if (groups >> (FILTER_BYTES - 1) * FILTER_GROUPS != 0)
        return p - FILTER_BYTES;
    }
  return end - (FILTER_BYTES - 1);
}

/**
 * cs_multi_match_find:
 * @state: where the last call ended; 0 at the beginning
 * @bytes: (array length=length): what comes next
 * @taken: (out): how many of them were read: up to and with the last byte of a match, or all
 *
 * Reads on until a string ends. When it stops before the last byte, the state has seen the bytes
 * that are left, and must be passed to the next call with them.
 *
 * Returns: the state after the last byte that was read; cs_multi_match_get_match() tells what ends
 */
guint
cs_multi_match_find (const CsMultiMatch *self,
                     guint state,
                     const char *bytes,
                     gsize length,
                     gsize *taken)
{
  const guint8 *p = (const guint8 *) bytes;
  const guint8 *end = p + length;
  const guint8 *known = p; /* up to where the automaton has to look for itself */
  guint row = ROW (state);

  while (p < end)
    {
      if (row == 0 && p >= known && end - p >= FILTER_BYTES)
        {
          p = skip (self, p, end);
          known = MIN (p + FILTER_BYTES, end);
        }
      state = self->next[row + self->classes[*p++]];
      if (state & NOTABLE)
        break;
      row = ROW (state);
      /* All that the automaton knows is the last byte, which the filter can see for itself. */
      if ((state & SHALLOW) && row != 0 && p >= known && end - p >= FILTER_BYTES)
        {
          row = 0;
          known = --p;
        }
    }
  *taken = (gsize) (p - (const guint8 *) bytes);
  return state;
}

/** cs_multi_match_get_depth: how many of the last bytes may begin a string at @state. */
gsize
cs_multi_match_get_depth (const CsMultiMatch *self, guint state)
{
  return g_array_index (self->depths, guint, get_number (self, state));
}

/**
 * cs_multi_match_get_match:
 * @state: (inout): a state; then what to pass to hear of the next, shorter string that ends here
 *
 * Returns: whether a string ends at @state
 */
gboolean
cs_multi_match_get_match (const CsMultiMatch *self, guint *state, guint *id, gsize *length)
{
  guint at = get_number (self, *state);
  const End *end;

  if (g_array_index (self->ends, End, at).length == 0)
    at = self->shorter[at];
  if (at == 0)
    return FALSE;
  end = &g_array_index (self->ends, End, at);
  *id = end->id;
  *length = end->length;
  *state = self->shorter[at] * self->n_classes;
  return TRUE;
}
