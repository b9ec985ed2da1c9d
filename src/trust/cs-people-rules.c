/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may decide what about people. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-people-private.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-role.h"

#include <string.h>

#define MAX_ID_LENGTH 200
#define MAX_ROLE_LENGTH 100

typedef gboolean (*MayFunc) (CsPeople *self,
                             CsPerson *by,
                             CsPerson *person,
                             JsonObject *content,
                             GError **error);
typedef void (*DoFunc) (CsPeople *self, CsPerson *person, const CsDecree *decree, gint64 at);

static gboolean
refuse (GError **error, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError **error, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (CS_ERROR, code, format, args));
  va_end (args);
  return FALSE;
}

/* An id becomes a pattern list in allowed_signers, so nothing that means something there. */
gboolean
cs_people_check_id (const char *id, GError **error)
{
  if (*id != '\0' && *id != '-' && strlen (id) <= MAX_ID_LENGTH && g_utf8_validate (id, -1, NULL))
    {
      const char *p = id;

      while (*p != '\0' && g_unichar_isgraph (g_utf8_get_char (p)) &&
             strchr (",\"'*?!#\\", *p) == NULL)
        p = g_utf8_next_char (p);
      if (*p == '\0')
        return TRUE;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "“%s” can't name a person: use an e-mail address or a user name, without spaces, "
               "commas, quotes and wildcards",
               id);
  return FALSE;
}

static gboolean
is_manager (CsPerson *person)
{
  return cs_person_held_role (person, CS_ROLE_MANAGER, G_MAXINT64) &&
         cs_person_count_valid_keys (person) > 0;
}

static guint
count_managers (CsPeople *self)
{
  GListModel *persons = G_LIST_MODEL (self);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (persons); i++)
    {
      g_autoptr (CsPerson) person = g_list_model_get_item (persons, i);

      n += is_manager (person) ? 1 : 0;
    }
  return n;
}

/* Without a manager nobody could ever grant a role again. */
static gboolean
check_not_last (CsPeople *self, CsPerson *person, GError **error)
{
  if (!is_manager (person) || count_managers (self) > 1)
    return TRUE;
  return refuse (error, CS_ERROR_REFUSED,
                 "%s is the only manager who can sign: make someone else manager first",
                 cs_person_get_name (person));
}

static gboolean
need_manager (CsPeople *self, CsPerson *by, GError **error)
{
  if (is_manager (by))
    return TRUE;
  if (self->founded_at == 0)
    return refuse (error, CS_ERROR_REFUSED,
                   "Nobody holds a role here yet: first make yourself manager");
  return refuse (error, CS_ERROR_REFUSED, "Only a manager may do this, and %s is none",
                 cs_person_get_name (by));
}

static gboolean
may_grant (CsPeople *self, CsPerson *by, CsPerson *person, JsonObject *content, GError **error)
{
  const char *role = cs_json_get_string (content, "role");
  g_autofree char *key = cs_role_dup_key (role != NULL ? role : "");

  if (*key == '\0' || strlen (role) > MAX_ROLE_LENGTH)
    return refuse (error, CS_ERROR_INVALID, "A role needs a name of at most %d bytes",
                   MAX_ROLE_LENGTH);
  if (cs_person_held_role (person, role, G_MAXINT64))
    return refuse (error, CS_ERROR_EXISTS, "%s is %s already", cs_person_get_name (person), role);
  if (self->founded_at == 0 && by == person && g_str_equal (key, CS_ROLE_MANAGER))
    return TRUE;
  return need_manager (self, by, error);
}

static gboolean
may_take (CsPeople *self, CsPerson *by, CsPerson *person, JsonObject *content, GError **error)
{
  const char *role = cs_json_get_string (content, "role");

  if (role == NULL || !cs_person_held_role (person, role, G_MAXINT64))
    return refuse (error, CS_ERROR_NOT_FOUND, "%s does not hold the role “%s”",
                   cs_person_get_name (person), role != NULL ? role : "");
  if (!need_manager (self, by, error))
    return FALSE;
  return !cs_role_equal (role, CS_ROLE_MANAGER) || check_not_last (self, person, error);
}

static gboolean
check_new_key (CsPeople *self, JsonObject *content, GError **error)
{
  const char *line = cs_json_get_string (content, "key");
  g_autofree char *public_line = NULL;

  if (line == NULL || cs_key_parse_public (line, &public_line, NULL, NULL) == NULL ||
      !g_str_equal (line, public_line))
    return refuse (error, CS_ERROR_INVALID, "This is no public SSH key that can sign");
  if (cs_people_lookup_key (self, public_line) != NULL)
    return refuse (error, CS_ERROR_EXISTS, "The key belongs to %s already",
                   cs_person_get_name (cs_people_lookup_key (self, public_line)));
  return TRUE;
}

static gboolean
may_add_person (CsPeople *self, CsPerson *by, CsPerson *person, JsonObject *content, GError **error)
{
  const char *name = cs_json_get_string (content, "name");

  if (person != NULL)
    return refuse (error, CS_ERROR_EXISTS, "%s is known already; add a key instead",
                   cs_person_get_id (person));
  if (name == NULL || *name == '\0' || strlen (name) > MAX_ID_LENGTH)
    return refuse (error, CS_ERROR_INVALID, "A person needs a name of at most %d bytes",
                   MAX_ID_LENGTH);
  return cs_people_check_id (cs_json_get_string (content, "id"), error) &&
         check_new_key (self, content, error) && need_manager (self, by, error);
}

static gboolean
may_add_key (CsPeople *self, CsPerson *by, CsPerson *person, JsonObject *content, GError **error)
{
  return check_new_key (self, content, error) && (by == person || need_manager (self, by, error));
}

static gboolean
may_retire_key (CsPeople *self,
                CsPerson *by,
                CsPerson *person,
                JsonObject *content,
                GError **error)
{
  const char *line = cs_json_get_string (content, "key");

  for (guint i = 0; i < cs_person_get_n_keys (person); i++)
    {
      const CsPersonKey *key = cs_person_get_key (person, i);

      if (g_strcmp0 (key->public_line, line) != 0)
        continue;
      if (key->retired_at != 0)
        return refuse (error, CS_ERROR_EXISTS, "This key is retired already");
      if (by != person && !need_manager (self, by, error))
        return FALSE;
      return cs_person_count_valid_keys (person) > 1 || check_not_last (self, person, error);
    }
  return refuse (error, CS_ERROR_NOT_FOUND, "%s has no such key", cs_person_get_name (person));
}

static void
do_grant (CsPeople *self, CsPerson *person, const CsDecree *decree, gint64 at)
{
  cs_person_give_role (person, cs_json_get_string (decree->content, "role"), decree->by, at);
}

static void
do_take (CsPeople *self, CsPerson *person, const CsDecree *decree, gint64 at)
{
  cs_person_take_role (person, cs_json_get_string (decree->content, "role"), decree->by, at);
}

static void
do_add_person (CsPeople *self, CsPerson *person, const CsDecree *decree, gint64 at)
{
  CsPerson *added = cs_person_new (cs_json_get_string (decree->content, "id"),
                                   cs_json_get_string (decree->content, "name"));

  cs_person_add_key (added, cs_json_get_string (decree->content, "key"), decree->by, at);
  cs_stream_list_add (CS_STREAM_LIST (self), added);
}

static void
do_add_key (CsPeople *self, CsPerson *person, const CsDecree *decree, gint64 at)
{
  cs_person_add_key (person, cs_json_get_string (decree->content, "key"), decree->by, at);
}

static void
do_retire_key (CsPeople *self, CsPerson *person, const CsDecree *decree, gint64 at)
{
  cs_person_retire_key (person, cs_json_get_string (decree->content, "key"), decree->by, at,
                        cs_json_get_string (decree->content, "reason"));
}

static const struct
{
  const char *kind;
  MayFunc may;
  DoFunc act;
} decisions[] = {
  { "role-granted", may_grant, do_grant },
  { "role-taken", may_take, do_take },
  { "person-added", may_add_person, do_add_person },
  { "key-added", may_add_key, do_add_key },
  { "key-retired", may_retire_key, do_retire_key },
};

static guint
find_decision (const char *kind)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (decisions) && !g_str_equal (decisions[i].kind, kind))
    i++;
  return i;
}

/* People come with their first key without anybody's signature; and keys were added so before
 * anybody held a role. */
gboolean
cs_people_is_decision (CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);

  return find_decision (kind) < G_N_ELEMENTS (decisions) &&
         (!g_str_has_suffix (kind, "-added") ||
          json_object_has_member (cs_record_get_body (record), "decree"));
}

gboolean
cs_people_may_decide (CsPeople *self,
                      const char *by,
                      const char *kind,
                      JsonObject *content,
                      GError **error)
{
  CsPerson *decider = cs_people_lookup (self, by);
  const char *id = cs_json_get_string (content, "id");
  CsPerson *person = id != NULL ? cs_people_lookup (self, id) : NULL;
  guint i = find_decision (kind);

  g_return_val_if_fail (i < G_N_ELEMENTS (decisions), FALSE);

  if (decider == NULL || id == NULL || (person == NULL && decisions[i].may != may_add_person))
    return refuse (error, CS_ERROR_NOT_FOUND, "Nobody here is known as “%s”",
                   decider == NULL ? by
                   : id != NULL    ? id
                                   : "");
  return decisions[i].may (self, decider, person, content, error);
}

gboolean
cs_people_fold_decision (CsPeople *self, CsRecord *record, GError **error)
{
  const char *kind = cs_record_get_kind (record);
  g_autoptr (CsDecree) decree =
    cs_decree_open (cs_record_get_body (record), CS_PEOPLE_STREAM, kind,
                    cs_record_get_previous (record), error);
  CsPerson *by, *person;

  if (decree == NULL)
    return FALSE;
  by = cs_people_lookup (self, decree->by);
  if (by == NULL)
    return refuse (error, CS_ERROR_NOT_FOUND, "Nobody here is known as “%s”", decree->by);
  /* As the stream stands here, whatever time the record says that it is. */
  if (!cs_person_check_key (by, decree->key, G_MAXINT64 - 1, error) ||
      !cs_people_may_decide (self, decree->by, kind, decree->content, error))
    return FALSE;
  person = cs_people_lookup (self, cs_json_get_string (decree->content, "id"));
  decisions[find_decision (kind)].act (self, person, decree, self->latest_at);
  if (self->founded_at == 0 && g_str_equal (kind, "role-granted"))
    self->founded_at = self->latest_at;
  if (person != NULL)
    cs_people_person_changed (self, person);
  return TRUE;
}
