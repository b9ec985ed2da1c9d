/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two texts, line by line: what is the same, what went, what came.
 *
 * The shortest edit script by E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
 * in its linear-space form, with two bounds: a split that costs too much is made where the search
 * has come farthest, and after a number of steps what is left counts as rewritten. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-comparison.h"

#include <string.h>

/* Edits that one split may look through before it settles for less than the best. */
#define MAX_COST 512
/* Steps of the whole search; well under a second. */
#define MAX_STEPS 60000000
/* More lines than this, in what is not the same at both ends, are not compared at all. */
#define MAX_LINES 4000000

typedef struct
{
  guint n;
  guint *ids;       /* which text each line has */
  guint8 *changed;  /* whether the line is in this text alone */
  guint *kept;      /* the ids of lines that the other text has too */
  guint *positions; /* where those stand */
  guint n_kept;
} Side;

typedef struct
{
  Side old;
  Side new;
  int *forward; /* by diagonal: how far the search has come in the old text */
  int *backward;
  gint64 steps;
} Search;

typedef struct
{
  int old_from, old_to;
  int new_from, new_to;
} Box;

typedef struct
{
  const char *text;
  gsize length;
} Line;

static guint
line_hash (gconstpointer data)
{
  const Line *line = data;
  guint hash = 5381;

  for (gsize i = 0; i < line->length; i++)
    hash = hash * 33 + (guchar) line->text[i];
  return hash;
}

static gboolean
line_equal (gconstpointer a, gconstpointer b)
{
  const Line *x = a;
  const Line *y = b;

  return x->length == y->length && memcmp (x->text, y->text, x->length) == 0;
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (const char *p = text; *p != '\0'; n++)
    {
      p = strchrnul (p, '\n');
      p += *p == '\n' ? 1 : 0;
    }
  return n;
}

/* Gives equal lines equal numbers. A last line without an end is another line than one with it. */
static void
number_lines (Side *side, const char *text, GHashTable *numbers)
{
  const char *p = text;

  side->n = count_lines (text);
  side->ids = g_new (guint, side->n + 1);
  side->changed = g_malloc0 (side->n + 1);
  for (guint i = 0; i < side->n; i++)
    {
      const char *end = strchrnul (p, '\n');
      Line line;
      gpointer id;

      end += *end == '\n' ? 1 : 0;
      line.text = p;
      line.length = (gsize) (end - p);
      id = g_hash_table_lookup (numbers, &line);
      if (id == NULL)
        {
          id = GUINT_TO_POINTER (g_hash_table_size (numbers) + 1);
          g_hash_table_insert (numbers, g_memdup2 (&line, sizeof line), id);
        }
      side->ids[i] = GPOINTER_TO_UINT (id);
      p = end;
    }
}

static void
side_clear (Side *side)
{
  g_free (side->ids);
  g_free (side->changed);
  g_free (side->kept);
  g_free (side->positions);
}

/* Leaves out of the search what only one text has: no search would find it in the other. */
static void
keep_shared (Side *side, guint from, guint to, const guint8 *in_other)
{
  side->kept = g_new (guint, to - from + 1);
  side->positions = g_new (guint, to - from + 1);
  for (guint i = from; i < to; i++)
    {
      if (!in_other[side->ids[i]])
        {
          side->changed[i] = TRUE;
          continue;
        }
      side->kept[side->n_kept] = side->ids[i];
      side->positions[side->n_kept++] = i;
    }
}

static void
mark (Side *side, int from, int to)
{
  for (int i = from; i < to; i++)
    side->changed[side->positions[i]] = TRUE;
}

/* One more edit forward; TRUE if that meets the search from the other end. */
static gboolean
step_forward (Search *self,
              const Box *box,
              int low,
              int high,
              int met_low,
              int met_high,
              Box *split)
{
  for (int d = high; d >= low; d -= 2)
    {
      int below = self->forward[d - 1];
      int above = self->forward[d + 1];
      int x = below < above ? above : below + 1;
      int start = x;

      while (x < box->old_to && x - d < box->new_to &&
             self->old.kept[x] == self->new.kept[x - d])
        x++;
      self->forward[d] = x;
      self->steps += 1 + x - start;
      if (d < met_low || d > met_high || self->backward[d] > x)
        continue;
      split->old_from = x;
      split->new_from = x - d;
      return TRUE;
    }
  return FALSE;
}

static gboolean
step_backward (Search *self,
               const Box *box,
               int low,
               int high,
               int met_low,
               int met_high,
               Box *split)
{
  for (int d = high; d >= low; d -= 2)
    {
      int below = self->backward[d - 1];
      int above = self->backward[d + 1];
      int x = below < above ? below : above - 1;
      int start = x;

      while (x > box->old_from && x - d > box->new_from &&
             self->old.kept[x - 1] == self->new.kept[x - d - 1])
        x--;
      self->backward[d] = x;
      self->steps += 1 + start - x;
      if (d < met_low || d > met_high || x > self->forward[d])
        continue;
      split->old_from = x;
      split->new_from = x - d;
      return TRUE;
    }
  return FALSE;
}

/* Where the search from the start has come farthest, when it costs too much to go on. */
static void
settle (Search *self, const Box *box, int low, int high, Box *split)
{
  int best = -1;

  for (int d = high; d >= low; d -= 2)
    {
      int x = MIN (self->forward[d], box->old_to);
      int y = x - d;

      if (y > box->new_to)
        {
          y = box->new_to;
          x = y + d;
        }
      if (x + y <= best)
        continue;
      best = x + y;
      split->old_from = x;
      split->new_from = y;
    }
}

/* A point that a shortest way through the box passes, or, if that costs too much, a good one. */
static void
find_split (Search *self, const Box *box, Box *split)
{
  const int least = box->old_from - box->new_to;
  const int most = box->old_to - box->new_from;
  const int start = box->old_from - box->new_from;
  const int end = box->old_to - box->new_to;
  const gboolean odd = ((start - end) & 1) != 0;
  int f_low = start, f_high = start, b_low = end, b_high = end;

  self->forward[start] = box->old_from;
  self->backward[end] = box->old_to;
  for (int cost = 1;; cost++)
    {
      if (f_low > least)
        self->forward[--f_low - 1] = -1;
      else
        f_low++;
      if (f_high < most)
        self->forward[++f_high + 1] = -1;
      else
        f_high--;
      if (step_forward (self, box, f_low, f_high, odd ? b_low : 1, odd ? b_high : 0, split))
        return;
      if (b_low > least)
        self->backward[--b_low - 1] = G_MAXINT;
      else
        b_low++;
      if (b_high < most)
        self->backward[++b_high + 1] = G_MAXINT;
      else
        b_high--;
      if (step_backward (self, box, b_low, b_high, odd ? 1 : f_low, odd ? 0 : f_high, split))
        return;
      if (cost >= MAX_COST)
        {
          settle (self, box, f_low, f_high, split);
          return;
        }
    }
}

/* Takes equal ends off a box. */
static void
trim (Search *self, Box *box)
{
  while (box->old_from < box->old_to && box->new_from < box->new_to &&
         self->old.kept[box->old_from] == self->new.kept[box->new_from])
    {
      box->old_from++;
      box->new_from++;
    }
  while (box->old_from < box->old_to && box->new_from < box->new_to &&
         self->old.kept[box->old_to - 1] == self->new.kept[box->new_to - 1])
    {
      box->old_to--;
      box->new_to--;
    }
}

static int
area (const Box *box)
{
  return box->old_to - box->old_from + box->new_to - box->new_from;
}

/* The smaller half is left to a call, the larger one to the loop, so that calls nest at most
 * logarithmically. */
static void
search (Search *self, Box box)
{
  while (TRUE)
    {
      Box split = box;
      Box first, second;

      trim (self, &box);
      if (box.old_from == box.old_to || box.new_from == box.new_to || self->steps > MAX_STEPS)
        {
          mark (&self->old, box.old_from, box.old_to);
          mark (&self->new, box.new_from, box.new_to);
          return;
        }
      find_split (self, &box, &split);
      first = (Box){ box.old_from, split.old_from, box.new_from, split.new_from };
      second = (Box){ split.old_from, box.old_to, split.new_from, box.new_to };
      search (self, area (&first) < area (&second) ? first : second);
      box = area (&first) < area (&second) ? second : first;
    }
}

static void
compare (Search *self, guint n_ids)
{
  g_autofree guint8 *in_old = g_malloc0 (n_ids + 1);
  g_autofree guint8 *in_new = g_malloc0 (n_ids + 1);
  g_autofree int *forward = NULL;
  g_autofree int *backward = NULL;
  guint start = 0, old_end = self->old.n, new_end = self->new.n;

  while (start < old_end && start < new_end && self->old.ids[start] == self->new.ids[start])
    start++;
  while (old_end > start && new_end > start &&
         self->old.ids[old_end - 1] == self->new.ids[new_end - 1])
    {
      old_end--;
      new_end--;
    }
  if (old_end - start + new_end - start > MAX_LINES)
    {
      memset (self->old.changed + start, TRUE, old_end - start);
      memset (self->new.changed + start, TRUE, new_end - start);
      return;
    }
  for (guint i = start; i < old_end; i++)
    in_old[self->old.ids[i]] = TRUE;
  for (guint i = start; i < new_end; i++)
    in_new[self->new.ids[i]] = TRUE;
  keep_shared (&self->old, start, old_end, in_new);
  keep_shared (&self->new, start, new_end, in_old);
  forward = g_new (int, self->old.n_kept + self->new.n_kept + 3);
  backward = g_new (int, self->old.n_kept + self->new.n_kept + 3);
  self->forward = forward + self->new.n_kept + 1;
  self->backward = backward + self->new.n_kept + 1;
  search (self, (Box){ 0, (int) self->old.n_kept, 0, (int) self->new.n_kept });
}

static void
add_run (GArray *runs, CsDiffKind kind, guint old_line, guint new_line, guint n_lines)
{
  CsDiffRun run = { kind, old_line + 1, new_line + 1, n_lines };

  if (n_lines > 0)
    g_array_append_val (runs, run);
}

static GArray *
collect_runs (Search *self)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (CsDiffRun));
  guint old = 0, new = 0;

  while (old < self->old.n || new < self->new.n)
    {
      guint old_start = old, new_start = new;

      while (old < self->old.n && self->old.changed[old])
        old++;
      add_run (runs, CS_DIFF_REMOVED, old_start, new, old - old_start);
      while (new < self->new.n && self->new.changed[new])
        new ++;
      add_run (runs, CS_DIFF_ADDED, old, new_start, new - new_start);
      old_start = old;
      new_start = new;
      while (old < self->old.n && new < self->new.n && !self->old.changed[old] &&
             !self->new.changed[new])
        {
          old++;
          new ++;
        }
      add_run (runs, CS_DIFF_SAME, old_start, new_start, old - old_start);
    }
  return runs;
}

/**
 * cs_comparison_of_texts:
 * @old_text: the text before
 * @new_text: the text after
 *
 * Compares two texts line by line. Safe in any thread.
 *
 * Returns: (transfer full) (element-type CsDiffRun): all lines of both, in order
 */
GArray *
cs_comparison_of_texts (const char *old_text, const char *new_text)
{
  g_autoptr (GHashTable) numbers =
    g_hash_table_new_full (line_hash, line_equal, g_free, NULL);
  Search self = { 0 };
  GArray *runs;

  g_return_val_if_fail (old_text != NULL && new_text != NULL, NULL);

  number_lines (&self.old, old_text, numbers);
  number_lines (&self.new, new_text, numbers);
  compare (&self, g_hash_table_size (numbers));
  runs = collect_runs (&self);
  side_clear (&self.old);
  side_clear (&self.new);
  return runs;
}

/** cs_comparison_is_same: whether nothing went and nothing came. */
gboolean
cs_comparison_is_same (GArray *runs)
{
  for (guint i = 0; i < runs->len; i++)
    {
      if (g_array_index (runs, CsDiffRun, i).kind != CS_DIFF_SAME)
        return FALSE;
    }
  return TRUE;
}
