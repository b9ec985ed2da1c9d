/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kind of target that consists of others: a fleet. */

#include "cs-target-private.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-member.h"
#include "cs-targets.h"

#define MAX_MEMBERS 1000

static int
compare_ranks (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return cs_member_get_rank ((gpointer) a) - cs_member_get_rank ((gpointer) b);
}

static gboolean
check_members (const char *name, GPtrArray *members, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  if (members->len == 0 || members->len > MAX_MEMBERS)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The fleet “%s” has %u members: give 1 to %d", name, members->len, MAX_MEMBERS);
      return FALSE;
    }
  for (guint i = 0; i < members->len; i++)
    {
      const char *member = cs_member_get_name (g_ptr_array_index (members, i));

      if (g_hash_table_add (names, (gpointer) member))
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The fleet “%s” names its member “%s” twice: a command must not run twice on it",
                   name, member);
      return FALSE;
    }
  return TRUE;
}

/**
 * cs_target_new_fleet:
 * @name: 1-63 of letters, digits, `-` `_` `.`, beginning with a letter or digit
 * @members: (element-type CsMember): 1 to 1000, each name once; those of one rank keep their order
 * @batching: (nullable): how commands go through it; %NULL for all at once and stop after the first
 *   failure
 * @environment: (nullable): e.g. `production`
 *
 * Returns: (transfer full): the fleet as a target, or %NULL with %CS_ERROR_INVALID
 */
CsTarget *
cs_target_new_fleet (const char *name,
                     GPtrArray *members,
                     const CsBatching *batching,
                     const char *environment,
                     GError **error)
{
  g_autoptr (CsTarget) self = cs_target_new_of_kind (CS_TARGET_FLEET, name, environment, error);

  g_return_val_if_fail (members != NULL, NULL);

  if (self == NULL || !check_members (name, members, error))
    return NULL;
  self->members = g_list_store_new (CS_TYPE_MEMBER);
  for (guint i = 0; i < members->len; i++)
    g_list_store_insert_sorted (self->members, g_ptr_array_index (members, i), compare_ranks, NULL);
  if (batching != NULL)
    self->batching = *batching;
  return g_steal_pointer (&self);
}

CsTarget *
cs_target_new_fleet_from_json (JsonObject *object, GError **error)
{
  JsonArray *array = cs_json_get_array (object, "members");
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_object_unref);
  CsBatching batching;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      CsMember *member = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        member = cs_member_new_from_json (json_node_get_object (node), error);
      else
        g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                             "A member of a fleet is described by an object");
      if (member == NULL)
        return NULL;
      g_ptr_array_add (members, member);
    }
  if (!cs_batching_from_json (&batching, object, error))
    return NULL;
  return cs_target_new_fleet (cs_json_get_string (object, "name"), members, &batching,
                              cs_json_get_string (object, "environment"), error);
}

void
cs_target_fleet_to_json (CsTarget *self, JsonObject *object)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->members)); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);

      json_array_add_object_element (array, cs_member_to_json (member));
    }
  json_object_set_array_member (object, "members", array);
  cs_batching_to_json (&self->batching, object);
}

static CsMember *
resolve_member (CsMember *member, CsTargets *targets, GError **error)
{
  const char *name = cs_member_get_name (member);
  CsTarget *target = cs_member_get_target (member);

  if (target == NULL)
    target = cs_targets_lookup (targets, name);
  if (target != NULL)
    return cs_member_new (name, cs_member_get_rank (member), target, error);
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
               "There is no target “%s”, which the fleet names as its member: add it, or give the "
               "member an address of its own",
               name);
  return NULL;
}

/**
 * cs_target_resolve:
 * @targets: where members that are known by name are looked up
 *
 * Returns: (transfer full): a fleet each of whose members has an address; @self if it is no fleet;
 *   %NULL with %CS_ERROR_NOT_FOUND, or %CS_ERROR_INVALID if a member is a fleet
 */
CsTarget *
cs_target_resolve (CsTarget *self, CsTargets *targets, GError **error)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (CS_IS_TARGET (self), NULL);

  if (self->kind != CS_TARGET_FLEET)
    return g_object_ref (self);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->members)); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);
      CsMember *resolved = resolve_member (member, targets, error);

      if (resolved == NULL)
        return NULL;
      g_ptr_array_add (members, resolved);
    }
  return cs_target_new_fleet (self->name, members, &self->batching, self->environment, error);
}

/**
 * cs_target_get_members:
 *
 * Returns: (transfer none) (nullable): #CsMember in rank order; %NULL if it is no fleet
 */
GListModel *
cs_target_get_members (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return self->members != NULL ? G_LIST_MODEL (self->members) : NULL;
}

/** cs_target_get_batching: (transfer none): how commands go through a fleet. */
const CsBatching *
cs_target_get_batching (CsTarget *self)
{
  g_return_val_if_fail (CS_IS_TARGET (self), NULL);
  return &self->batching;
}
