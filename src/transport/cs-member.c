/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One member of a fleet: another target by its name, or an address of its own. */

#include "cs-member.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-target-private.h"

#include <string.h>

#define RANK_MAX 9999
#define RANK_USUAL 1

struct _CsMember
{
  GObject parent_instance;

  char *name;
  int rank;
  CsTarget *target;
};

G_DEFINE_FINAL_TYPE (CsMember, cs_member, G_TYPE_OBJECT)

static void
cs_member_finalize (GObject *object)
{
  CsMember *self = CS_MEMBER (object);

  g_free (self->name);
  g_clear_object (&self->target);
  G_OBJECT_CLASS (cs_member_parent_class)->finalize (object);
}

static void
cs_member_class_init (CsMemberClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_member_finalize;
}

static void
cs_member_init (CsMember *self)
{
}

/**
 * cs_member_new:
 * @name: unique in the fleet; spelled as the name of a target
 * @rank: 1 to 9999; lower ones come first
 * @target: (nullable): what it is; %NULL for the target of this name, whatever that is when a
 *   deployment is opened
 *
 * Returns: (transfer full): the member, or %NULL with %CS_ERROR_INVALID
 */
CsMember *
cs_member_new (const char *name, int rank, CsTarget *target, GError **error)
{
  CsMember *self;

  if (!cs_target_check_name (name, error))
    return NULL;
  if (rank < 1 || rank > RANK_MAX)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "%d can't be the rank of %s: give a number from 1 to %d", rank, name, RANK_MAX);
      return NULL;
    }
  if (target != NULL && cs_target_get_kind (target) == CS_TARGET_FLEET)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "%s is a fleet itself: name its members instead", name);
      return NULL;
    }
  self = g_object_new (CS_TYPE_MEMBER, NULL);
  self->name = g_strdup (name);
  self->rank = rank;
  self->target = target != NULL ? g_object_ref (target) : NULL;
  return self;
}

/**
 * cs_member_new_from_json:
 * @object: what cs_member_to_json() gave
 *
 * Returns: (transfer full): the member, or %NULL with %CS_ERROR_INVALID
 */
CsMember *
cs_member_new_from_json (JsonObject *object, GError **error)
{
  JsonObject *inner = cs_json_get_object (object, "target");
  gint64 rank = cs_json_get_int (object, "rank", RANK_USUAL);
  g_autoptr (CsTarget) target = NULL;

  if (inner != NULL)
    {
      target = cs_target_new_from_json (inner, error);
      if (target == NULL)
        return NULL;
    }
  return cs_member_new (cs_json_get_string (object, "name"),
                        (int) CLAMP (rank, G_MININT, G_MAXINT), target, error);
}

/**
 * cs_member_to_json:
 *
 * Returns: (transfer full): an object with `name`, `rank`, and `target` where that is known
 */
JsonObject *
cs_member_to_json (CsMember *self)
{
  JsonObject *object = json_object_new ();

  g_return_val_if_fail (CS_IS_MEMBER (self), object);

  json_object_set_string_member (object, "name", self->name);
  json_object_set_int_member (object, "rank", self->rank);
  if (self->target != NULL)
    json_object_set_member (object, "target", cs_target_to_json (self->target));
  return object;
}

/* What stands behind the name or address on a line. */
static gboolean
read_options (char **words, int *rank, const char **identity, GError **error)
{
  for (guint i = 1; words[i] != NULL; i++)
    {
      guint64 number = 0;

      if (words[i][0] == '\0')
        continue;
      if (g_str_has_prefix (words[i], "rank=") &&
          g_ascii_string_to_unsigned (words[i] + strlen ("rank="), 10, 1, RANK_MAX, &number, NULL))
        *rank = (int) number;
      else if (g_str_has_prefix (words[i], "identity="))
        *identity = words[i] + strlen ("identity=");
      else
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "“%s” means nothing here: after the member come rank=N and identity=FILE",
                       words[i]);
          return FALSE;
        }
    }
  return TRUE;
}

/* The host of an address, where that can be a name. */
static char *
name_of_host (const char *name, const char *destination)
{
  g_autoptr (CsTarget) target = NULL;

  if (name != NULL)
    return g_strdup (name);
  target = cs_target_new_ssh ("x", destination, NULL, NULL, NULL);
  return g_strdup (target != NULL ? cs_target_get_host (target) : destination);
}

static CsMember *
read_line (const char *line, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (line, " \t", -1);
  const char *word = words[0];
  const char *address = strstr (word, "ssh://");
  const char *identity = NULL;
  g_autofree char *name = NULL;
  g_autoptr (CsTarget) target = NULL;
  int rank = RANK_USUAL;

  if (!read_options (words, &rank, &identity, error))
    return NULL;
  if (g_str_has_suffix (word, "=local:"))
    {
      name = g_strndup (word, strlen (word) - strlen ("=local:"));
      target = cs_target_new_local (name, NULL, error);
    }
  else if (address != NULL && (address == word || address[-1] == '='))
    {
      const char *destination = address + strlen ("ssh://");
      g_autofree char *given = address > word ? g_strndup (word, address - word - 1) : NULL;

      name = name_of_host (given, destination);
      target = cs_target_new_ssh (name, destination, identity, NULL, error);
    }
  else
    return cs_member_new (word, rank, NULL, error);
  return target != NULL ? cs_member_new (name, rank, target, error) : NULL;
}

/**
 * cs_member_parse_list:
 * @text: one member a line; see the header
 *
 * Returns: (transfer full) (element-type CsMember): the members in the order of the lines; %NULL
 *   with %CS_ERROR_INVALID, which names the line
 */
GPtrArray *
cs_member_parse_list (const char *text, GError **error)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *comment = strchr (lines[i], '#');
      CsMember *member;

      if (comment != NULL)
        *comment = '\0';
      g_strstrip (lines[i]);
      if (lines[i][0] == '\0')
        continue;
      member = read_line (lines[i], error);
      if (member == NULL)
        {
          g_prefix_error (error, "Line %u: ", i + 1);
          return NULL;
        }
      g_ptr_array_add (members, member);
    }
  return g_steal_pointer (&members);
}

static void
write_line (GString *text, CsMember *member)
{
  CsTarget *target = member->target;

  g_string_append (text, member->name);
  if (target != NULL && cs_target_get_kind (target) == CS_TARGET_LOCAL)
    g_string_append (text, "=local:");
  else if (target != NULL && cs_target_get_kind (target) == CS_TARGET_SSH)
    {
      g_autofree char *address = cs_target_dup_address (target);

      g_string_append_printf (text, "=ssh://%s", address);
      if (cs_target_get_identity (target) != NULL)
        g_string_append_printf (text, " identity=%s", cs_target_get_identity (target));
    }
  if (member->rank != RANK_USUAL)
    g_string_append_printf (text, " rank=%d", member->rank);
  g_string_append_c (text, '\n');
}

/**
 * cs_member_write_list:
 * @members: of #CsMember
 *
 * Returns: (transfer full): them as cs_member_parse_list() takes them
 */
char *
cs_member_write_list (GListModel *members)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);

      write_line (text, member);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/** cs_member_get_name: unique in the fleet. */
const char *
cs_member_get_name (CsMember *self)
{
  g_return_val_if_fail (CS_IS_MEMBER (self), NULL);
  return self->name;
}

/** cs_member_get_rank: lower ones come first. */
int
cs_member_get_rank (CsMember *self)
{
  g_return_val_if_fail (CS_IS_MEMBER (self), RANK_USUAL);
  return self->rank;
}

/** cs_member_get_target: (transfer none) (nullable): what it is; %NULL for what bears its name. */
CsTarget *
cs_member_get_target (CsMember *self)
{
  g_return_val_if_fail (CS_IS_MEMBER (self), NULL);
  return self->target;
}
