/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between two versions of a runbook, in what they say is to be done. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-changes.h"

#include <string.h>

#define UNMATCHED G_MAXUINT

/* A phase or a step of one version, and the one of the other version that it is. */
typedef struct
{
  CsPhase *phase; /* owned */
  CsStep *step;   /* owned; NULL for a phase */
  guint phase_index;
  guint match;
} Unit;

typedef struct
{
  GArray *phases; /* of Unit */
  GArray *steps;
} Version;

typedef char *(*DupKey) (const Unit *unit);

static void
unit_clear (gpointer data)
{
  Unit *unit = data;

  g_clear_object (&unit->phase);
  g_clear_object (&unit->step);
}

static GArray *
new_units (void)
{
  GArray *units = g_array_new (FALSE, FALSE, sizeof (Unit));

  g_array_set_clear_func (units, unit_clear);
  return units;
}

static void
version_init (Version *self, CsRunbook *runbook)
{
  GListModel *phases = cs_runbook_get_phases (runbook);

  self->phases = new_units ();
  self->steps = new_units ();
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      Unit phase = { g_list_model_get_item (phases, i), NULL, i, UNMATCHED };
      GListModel *steps = cs_phase_get_steps (phase.phase);

      g_array_append_val (self->phases, phase);
      for (guint j = 0; j < g_list_model_get_n_items (steps); j++)
        {
          Unit step = { g_object_ref (phase.phase), g_list_model_get_item (steps, j), i,
                        UNMATCHED };

          g_array_append_val (self->steps, step);
        }
    }
}

static void
version_clear (Version *self)
{
  g_array_unref (self->phases);
  g_array_unref (self->steps);
}

static Unit *
unit_at (GArray *units, guint index)
{
  return &g_array_index (units, Unit, index);
}

static void
pair (GArray *before, guint i, GArray *after, guint j)
{
  unit_at (before, i)->match = j;
  unit_at (after, j)->match = i;
}

/* Pairs what has the same key in both, the first with the first, the second with the second… */
static void
pair_by (GArray *before, GArray *after, DupKey dup_key)
{
  g_autoptr (GHashTable) waiting =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);

  for (guint j = 0; j < after->len; j++)
    {
      g_autofree char *key = dup_key (unit_at (after, j));
      GQueue *queue = g_hash_table_lookup (waiting, key);

      if (unit_at (after, j)->match != UNMATCHED)
        continue;
      if (queue == NULL)
        {
          queue = g_queue_new ();
          g_hash_table_insert (waiting, g_steal_pointer (&key), queue);
        }
      g_queue_push_tail (queue, GUINT_TO_POINTER (j));
    }
  for (guint i = 0; i < before->len; i++)
    {
      g_autofree char *key = dup_key (unit_at (before, i));
      GQueue *queue = g_hash_table_lookup (waiting, key);

      if (unit_at (before, i)->match == UNMATCHED && queue != NULL && !g_queue_is_empty (queue))
        pair (before, i, after, GPOINTER_TO_UINT (g_queue_pop_head (queue)));
    }
}

static char *
dup_title (const Unit *unit)
{
  return g_strdup (unit->step != NULL ? cs_step_get_title (unit->step)
                                      : cs_phase_get_title (unit->phase));
}

static char *
dup_full_title (const Unit *unit)
{
  return g_strconcat (cs_phase_get_title (unit->phase), "\n", cs_step_get_title (unit->step), NULL);
}

/* What a step holds, each thing as a text that is equal for equal things. */
static GPtrArray *
list_contents (CsStep *step)
{
  GPtrArray *contents = g_ptr_array_new_with_free_func (g_free);
  GListModel *blocks = cs_step_get_blocks (step);
  GListModel *checks = cs_step_get_checks (step);

  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, i);

      g_ptr_array_add (contents, g_strdup (cs_block_get_digest (block)));
    }
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (CsCheck) check = g_list_model_get_item (checks, i);

      g_ptr_array_add (contents, g_strconcat ("check ", cs_check_get_text (check), NULL));
    }
  return contents;
}

/* A step with another title that holds something of the old one is that one, renamed. */
static void
pair_renamed_steps (GArray *before, GArray *after)
{
  g_autoptr (GHashTable) holders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint j = after->len; j > 0; j--)
    {
      g_autoptr (GPtrArray) contents = NULL;

      if (unit_at (after, j - 1)->match != UNMATCHED)
        continue;
      contents = list_contents (unit_at (after, j - 1)->step);
      for (guint k = 0; k < contents->len; k++)
        g_hash_table_replace (holders, g_strdup (g_ptr_array_index (contents, k)),
                              GUINT_TO_POINTER (j));
    }
  for (guint i = 0; i < before->len; i++)
    {
      g_autoptr (GPtrArray) contents = list_contents (unit_at (before, i)->step);

      for (guint k = 0; k < contents->len && unit_at (before, i)->match == UNMATCHED; k++)
        {
          guint j =
            GPOINTER_TO_UINT (g_hash_table_lookup (holders, g_ptr_array_index (contents, k)));

          if (j > 0 && unit_at (after, j - 1)->match == UNMATCHED)
            pair (before, i, after, j - 1);
        }
    }
}

/* A phase with another title that holds a step of the old one is that one, renamed. */
static void
pair_renamed_phases (Version *before, Version *after)
{
  for (guint i = 0; i < before->steps->len; i++)
    {
      const Unit *step = unit_at (before->steps, i);
      guint old_phase = step->phase_index;
      guint new_phase;

      if (step->match == UNMATCHED)
        continue;
      new_phase = unit_at (after->steps, step->match)->phase_index;
      if (unit_at (before->phases, old_phase)->match == UNMATCHED &&
          unit_at (after->phases, new_phase)->match == UNMATCHED)
        pair (before->phases, old_phase, after->phases, new_phase);
    }
}

static CsChange *
add_change (GPtrArray *changes,
            CsChangeSubject subject,
            const char *where,
            const char *before,
            guint old_line,
            const char *after,
            guint new_line)
{
  CsChange *change = g_new0 (CsChange, 1);

  change->subject = subject;
  change->kind = before == NULL  ? CS_CHANGE_ADDED
                 : after == NULL ? CS_CHANGE_REMOVED
                                 : CS_CHANGE_CHANGED;
  change->where = g_strdup (where);
  change->before = g_strdup (before);
  change->after = g_strdup (after);
  change->old_line = old_line;
  change->new_line = new_line;
  g_ptr_array_add (changes, change);
  return change;
}

/* Something in a step or in the document that has a text and no name. */
typedef struct
{
  char *key;
  char *text;
  guint line;
} Item;

static void
item_clear (gpointer data)
{
  Item *item = data;

  g_free (item->key);
  g_free (item->text);
}

static GArray *
new_items (void)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));

  g_array_set_clear_func (items, item_clear);
  return items;
}

static void
add_item (GArray *items, const char *key, const char *text, guint line)
{
  Item item = { g_strdup (key), g_strdup (text), line };

  g_array_append_val (items, item);
}

static GArray *
list_blocks (CsStep *step, gboolean commands)
{
  GArray *items = new_items ();
  GListModel *blocks = cs_step_get_blocks (step);

  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, i);

      if ((cs_block_get_kind (block) == CS_BLOCK_COMMAND) == commands)
        add_item (items, cs_block_get_digest (block), cs_block_get_text (block),
                  cs_block_get_line (block));
    }
  return items;
}

static GArray *
list_checks (CsStep *step)
{
  GArray *items = new_items ();
  GListModel *checks = cs_step_get_checks (step);

  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (CsCheck) check = g_list_model_get_item (checks, i);

      add_item (items, cs_check_get_text (check), cs_check_get_text (check),
                cs_check_get_line (check));
    }
  return items;
}

static GArray *
list_signoffs (CsRunbook *runbook)
{
  GArray *items = new_items ();
  GListModel *signoffs = cs_runbook_get_signoffs (runbook);

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);
      g_autofree char *key = g_strconcat (cs_signoff_get_role (signoff), "\n",
                                          cs_signoff_get_meaning (signoff), NULL);

      add_item (items, key, cs_signoff_get_role (signoff), cs_signoff_get_line (signoff));
    }
  return items;
}

/* Of Item: those that the others do not have as often. */
static GPtrArray *
subtract (GArray *items, GArray *others)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *rest = g_ptr_array_new ();

  for (guint i = 0; i < others->len; i++)
    {
      char *key = g_array_index (others, Item, i).key;
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, key));

      g_hash_table_insert (counts, key, GUINT_TO_POINTER (n + 1));
    }
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = &g_array_index (items, Item, i);
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, item->key));

      if (n == 0)
        g_ptr_array_add (rest, item);
      else
        g_hash_table_insert (counts, item->key, GUINT_TO_POINTER (n - 1));
    }
  return rest;
}

/* What is left on both sides is, where that makes sense, the same thing with another text. */
static void
compare_items (GPtrArray *changes,
               CsChangeSubject subject,
               const char *where,
               GArray *before,
               GArray *after,
               gboolean changeable)
{
  g_autoptr (GPtrArray) went = subtract (before, after);
  g_autoptr (GPtrArray) came = subtract (after, before);
  guint n_changed = changeable ? MIN (went->len, came->len) : 0;

  for (guint i = 0; i < went->len; i++)
    {
      const Item *old = g_ptr_array_index (went, i);
      const Item *new = i < n_changed ? g_ptr_array_index (came, i) : NULL;

      add_change (changes, subject, where, old->text, old->line, new != NULL ? new->text : NULL,
                  new != NULL ? new->line : 0);
    }
  for (guint i = n_changed; i < came->len; i++)
    {
      const Item *new = g_ptr_array_index (came, i);

      add_change (changes, subject, where, NULL, 0, new->text, new->line);
    }
  g_array_unref (before);
  g_array_unref (after);
}

static void
compare_titles (GPtrArray *changes,
                CsChangeSubject subject,
                const char *before,
                guint old_line,
                const char *after,
                guint new_line)
{
  if (strcmp (before, after) != 0)
    add_change (changes, subject, NULL, before, old_line, after, new_line)->kind =
      CS_CHANGE_RENAMED;
}

/* A phase without headings of its own is one step, and is told of once. */
static gboolean
is_whole_phase (const Unit *unit)
{
  return cs_step_get_line (unit->step) <= cs_phase_get_line (unit->phase);
}

static void
compare_steps (GPtrArray *changes, const Unit *old_unit, const Unit *new_unit)
{
  CsStep *before = old_unit->step;
  CsStep *after = new_unit->step;
  const char *where = cs_step_get_title (after);

  if (!is_whole_phase (old_unit) || !is_whole_phase (new_unit))
    compare_titles (changes, CS_CHANGE_OF_STEP, cs_step_get_title (before),
                    cs_step_get_line (before), where, cs_step_get_line (after));
  compare_items (changes, CS_CHANGE_OF_COMMAND, where, list_blocks (before, TRUE),
                 list_blocks (after, TRUE), TRUE);
  compare_items (changes, CS_CHANGE_OF_CODE, where, list_blocks (before, FALSE),
                 list_blocks (after, FALSE), TRUE);
  compare_items (changes, CS_CHANGE_OF_CHECK, where, list_checks (before), list_checks (after),
                 FALSE);
}

static void
compare_phases (GPtrArray *changes, CsPhase *before, CsPhase *after)
{
  compare_titles (changes, CS_CHANGE_OF_PHASE, cs_phase_get_title (before),
                  cs_phase_get_line (before), cs_phase_get_title (after),
                  cs_phase_get_line (after));
  if (cs_phase_get_kind (before) != cs_phase_get_kind (after))
    add_change (changes, CS_CHANGE_OF_PHASE, cs_phase_get_title (after),
                cs_phase_kind_to_string (cs_phase_get_kind (before)), cs_phase_get_line (before),
                cs_phase_kind_to_string (cs_phase_get_kind (after)), cs_phase_get_line (after));
}

static void
tell_removed (GPtrArray *changes, Version *version)
{
  for (guint i = 0; i < version->phases->len; i++)
    {
      const Unit *unit = unit_at (version->phases, i);

      if (unit->match == UNMATCHED)
        add_change (changes, CS_CHANGE_OF_PHASE, NULL, cs_phase_get_title (unit->phase),
                    cs_phase_get_line (unit->phase), NULL, 0);
    }
  for (guint i = 0; i < version->steps->len; i++)
    {
      const Unit *unit = unit_at (version->steps, i);

      if (unit->match == UNMATCHED && !is_whole_phase (unit))
        add_change (changes, CS_CHANGE_OF_STEP, NULL, cs_step_get_title (unit->step),
                    cs_step_get_line (unit->step), NULL, 0);
    }
}

static void
tell_rest (GPtrArray *changes, Version *before, Version *after)
{
  for (guint j = 0; j < after->phases->len; j++)
    {
      const Unit *unit = unit_at (after->phases, j);

      if (unit->match == UNMATCHED)
        add_change (changes, CS_CHANGE_OF_PHASE, NULL, NULL, 0, cs_phase_get_title (unit->phase),
                    cs_phase_get_line (unit->phase));
      else
        compare_phases (changes, unit_at (before->phases, unit->match)->phase, unit->phase);
    }
  for (guint j = 0; j < after->steps->len; j++)
    {
      const Unit *unit = unit_at (after->steps, j);

      if (unit->match == UNMATCHED && is_whole_phase (unit))
        continue;
      if (unit->match == UNMATCHED)
        add_change (changes, CS_CHANGE_OF_STEP, NULL, NULL, 0, cs_step_get_title (unit->step),
                    cs_step_get_line (unit->step));
      else
        compare_steps (changes, unit_at (before->steps, unit->match), unit);
    }
}

/** cs_change_free: lets go of it. */
void
cs_change_free (CsChange *self)
{
  g_free (self->where);
  g_free (self->before);
  g_free (self->after);
  g_free (self);
}

/**
 * cs_changes_between:
 * @before: a version
 * @after: a later one
 *
 * Tells what differs in what is to be done: phases, steps, commands, other code, checks, sign-offs.
 * Words between them are for cs_comparison_of_texts(). Safe in any thread.
 *
 * Returns: (transfer full) (element-type CsChange): what went first, the rest as it stands in
 * @after
 */
GPtrArray *
cs_changes_between (CsRunbook *before, CsRunbook *after)
{
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_change_free);
  Version old, new;

  g_return_val_if_fail (CS_IS_RUNBOOK (before) && CS_IS_RUNBOOK (after), NULL);

  version_init (&old, before);
  version_init (&new, after);
  pair_by (old.phases, new.phases, dup_title);
  pair_by (old.steps, new.steps, dup_full_title);
  pair_by (old.steps, new.steps, dup_title);
  pair_renamed_steps (old.steps, new.steps);
  pair_renamed_phases (&old, &new);
  tell_removed (changes, &old);
  tell_rest (changes, &old, &new);
  compare_items (changes, CS_CHANGE_OF_SIGNOFF, NULL, list_signoffs (before), list_signoffs (after),
                 FALSE);
  version_clear (&old);
  version_clear (&new);
  return changes;
}
