/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people decided differently from the importer, line by line. */

#include "cs-overrules.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

struct _CsOverrules
{
  gatomicrefcount references;
  GPtrArray *items; /* of CsOverrule, by line */
};

static const char *const block_values[] = { "command", "expected", "file", "sample", NULL };
static const char *const phase_values[] = { "prepare", "deploy", "verify", "monitor", "rollout",
                                            "rollback", "followup", "signoff", "reference", NULL };
static const char *const none_values[] = { "none", NULL };

static const struct
{
  const char *what;
  const char *const *values;
} vocabulary[] = {
  { CS_OVERRULE_BLOCK, block_values },
  { CS_OVERRULE_CHECK, none_values },
  { CS_OVERRULE_PHASE, phase_values },
  { CS_OVERRULE_SIGNOFF, none_values },
};

static void
overrule_free (gpointer data)
{
  CsOverrule *self = data;

  g_free (self->what);
  g_free (self->value);
  g_free (self->reason);
  g_free (self->by);
  g_free (self);
}

static CsOverrule *
overrule_copy (const CsOverrule *overrule)
{
  CsOverrule *copy = g_new0 (CsOverrule, 1);

  copy->line = overrule->line;
  copy->what = g_strdup (overrule->what);
  copy->value = g_strdup (overrule->value);
  copy->reason = g_strdup (overrule->reason);
  copy->by = g_strdup (overrule->by);
  return copy;
}

static int
compare_places (const CsOverrule *a, const char *what, guint line)
{
  if (a->line != line)
    return a->line < line ? -1 : 1;
  return strcmp (a->what, what);
}

static gboolean
check (const CsOverrule *overrule, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (vocabulary); i++)
    {
      if (g_strcmp0 (overrule->what, vocabulary[i].what) != 0)
        continue;
      if (overrule->line > 0 && overrule->value != NULL &&
          g_strv_contains (vocabulary[i].values, overrule->value))
        return TRUE;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "Line %u can't be overruled as “%s” “%s”: this version of Countersign does not know "
               "what that means",
               overrule->line, overrule->what != NULL ? overrule->what : "",
               overrule->value != NULL ? overrule->value : "");
  return FALSE;
}

/* The items of a set but one, in a new set. */
static CsOverrules *
copy_without (CsOverrules *self, const char *what, guint line)
{
  CsOverrules *copy = g_new0 (CsOverrules, 1);

  g_atomic_ref_count_init (&copy->references);
  copy->items = g_ptr_array_new_with_free_func (overrule_free);
  for (guint i = 0; i < cs_overrules_get_length (self); i++)
    {
      const CsOverrule *item = cs_overrules_get (self, i);

      if (compare_places (item, what, line) != 0)
        g_ptr_array_add (copy->items, overrule_copy (item));
    }
  return copy;
}

/** cs_overrules_ref: (transfer full): the set itself; %NULL stays %NULL. */
CsOverrules *
cs_overrules_ref (CsOverrules *self)
{
  if (self != NULL)
    g_atomic_ref_count_inc (&self->references);
  return self;
}

/** cs_overrules_unref: lets go of a set; %NULL is let be. */
void
cs_overrules_unref (CsOverrules *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->items);
  g_free (self);
}

/**
 * cs_overrules_with:
 * @self: (nullable): a set
 * @overrule: what was decided; takes the place of an earlier decision of the same
 *
 * Returns: (transfer full): a new set; %NULL with %CS_ERROR_INVALID if the decision means nothing
 */
CsOverrules *
cs_overrules_with (CsOverrules *self, const CsOverrule *overrule, GError **error)
{
  CsOverrules *copy;
  guint place = 0;

  g_return_val_if_fail (overrule != NULL, NULL);

  if (!check (overrule, error))
    return NULL;
  copy = copy_without (self, overrule->what, overrule->line);
  while (place < copy->items->len && compare_places (g_ptr_array_index (copy->items, place),
                                                     overrule->what, overrule->line) < 0)
    place++;
  g_ptr_array_insert (copy->items, (int) place, overrule_copy (overrule));
  return copy;
}

/** cs_overrules_without: (transfer full): a new set that leaves the line to the importer again. */
CsOverrules *
cs_overrules_without (CsOverrules *self, const char *what, guint line)
{
  g_return_val_if_fail (what != NULL, NULL);

  return copy_without (self, what, line);
}

/** cs_overrules_get_length: how many decisions it holds. */
guint
cs_overrules_get_length (CsOverrules *self)
{
  return self != NULL ? self->items->len : 0;
}

/** cs_overrules_get: (transfer none): one decision, by line. */
const CsOverrule *
cs_overrules_get (CsOverrules *self, guint index)
{
  g_return_val_if_fail (index < cs_overrules_get_length (self), NULL);

  return g_ptr_array_index (self->items, index);
}

/** cs_overrules_find: (transfer none) (nullable): what was decided about a line. */
const CsOverrule *
cs_overrules_find (CsOverrules *self, const char *what, guint line)
{
  guint low = 0;
  guint high = cs_overrules_get_length (self);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const CsOverrule *item = g_ptr_array_index (self->items, middle);
      int order = compare_places (item, what, line);

      if (order == 0)
        return item;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

/** cs_overrules_equal: whether both decide the same, whoever did and why. */
gboolean
cs_overrules_equal (CsOverrules *self, CsOverrules *other)
{
  if (cs_overrules_get_length (self) != cs_overrules_get_length (other))
    return FALSE;
  for (guint i = 0; i < cs_overrules_get_length (self); i++)
    {
      const CsOverrule *a = cs_overrules_get (self, i);
      const CsOverrule *b = cs_overrules_get (other, i);

      if (compare_places (a, b->what, b->line) != 0 || strcmp (a->value, b->value) != 0)
        return FALSE;
    }
  return TRUE;
}

/** cs_overrules_to_json: (transfer full): `[{line, what, value, reason, by}…]`, by line. */
JsonArray *
cs_overrules_to_json (CsOverrules *self)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < cs_overrules_get_length (self); i++)
    {
      const CsOverrule *item = cs_overrules_get (self, i);
      JsonObject *object = json_object_new ();

      json_object_set_int_member (object, "line", item->line);
      json_object_set_string_member (object, "what", item->what);
      json_object_set_string_member (object, "value", item->value);
      if (item->reason != NULL)
        json_object_set_string_member (object, "reason", item->reason);
      if (item->by != NULL)
        json_object_set_string_member (object, "by", item->by);
      json_array_add_object_element (array, object);
    }
  return array;
}

/**
 * cs_overrules_from_json:
 * @array: (nullable): what cs_overrules_to_json() gave
 * @overrules: (out) (transfer full) (nullable): the set; %NULL if it is empty
 *
 * Returns: %FALSE with %CS_ERROR_INVALID if one means nothing to this version
 */
gboolean
cs_overrules_from_json (JsonArray *array, CsOverrules **overrules, GError **error)
{
  g_autoptr (CsOverrules) set = NULL;

  *overrules = NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      CsOverrule overrule = { 0 };
      CsOverrules *next;

      if (object != NULL)
        {
          overrule.line = (guint) CLAMP (cs_json_get_int (object, "line", 0), 0, G_MAXINT);
          overrule.what = (char *) cs_json_get_string (object, "what");
          overrule.value = (char *) cs_json_get_string (object, "value");
          overrule.reason = (char *) cs_json_get_string (object, "reason");
          overrule.by = (char *) cs_json_get_string (object, "by");
        }
      next = cs_overrules_with (set, &overrule, error);
      if (next == NULL)
        return FALSE;
      g_clear_pointer (&set, cs_overrules_unref);
      set = next;
    }
  *overrules = g_steal_pointer (&set);
  return TRUE;
}
