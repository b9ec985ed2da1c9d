/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person and the keys that they sign with. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-person-private.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-role.h"

typedef struct
{
  CsPersonRole role;
  char *key;
} PersonRole;

struct _CsPerson
{
  GObject parent_instance;

  char *id;
  char *name;
  GPtrArray *keys;
  GPtrArray *roles;
};

G_DEFINE_TYPE (CsPerson, cs_person, G_TYPE_OBJECT)

static void
person_key_free (CsPersonKey *key)
{
  g_free (key->public_line);
  g_free (key->fingerprint);
  g_free (key->added_by);
  g_free (key->retired_by);
  g_free (key->reason);
  g_free (key);
}

static void
person_role_free (PersonRole *role)
{
  g_free (role->key);
  g_free (role->role.words);
  g_free (role->role.granted_by);
  g_free (role->role.taken_by);
  g_free (role);
}

static void
cs_person_finalize (GObject *object)
{
  CsPerson *self = CS_PERSON (object);

  g_free (self->id);
  g_free (self->name);
  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->roles);

  G_OBJECT_CLASS (cs_person_parent_class)->finalize (object);
}

static void
cs_person_class_init (CsPersonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_person_finalize;
}

static void
cs_person_init (CsPerson *self)
{
  self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) person_key_free);
  self->roles = g_ptr_array_new_with_free_func ((GDestroyNotify) person_role_free);
}

CsPerson *
cs_person_new (const char *id, const char *name)
{
  CsPerson *self = g_object_new (CS_TYPE_PERSON, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup (name);
  return self;
}

void
cs_person_add_key (CsPerson *self, const char *public_line, const char *by, gint64 at)
{
  CsPersonKey *key = g_new0 (CsPersonKey, 1);

  key->public_line = g_strdup (public_line);
  cs_key_parse_public (public_line, NULL, &key->fingerprint, NULL);
  key->added_at = at;
  key->added_by = g_strdup (by);
  g_ptr_array_add (self->keys, key);
}

static CsPersonKey *
find_key (CsPerson *self, const char *public_line)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      CsPersonKey *key = g_ptr_array_index (self->keys, i);

      if (g_str_equal (key->public_line, public_line))
        return key;
    }
  return NULL;
}

gboolean
cs_person_has_key (CsPerson *self, const char *public_line)
{
  return find_key (self, public_line) != NULL;
}

void
cs_person_retire_key (CsPerson *self,
                      const char *public_line,
                      const char *by,
                      gint64 at,
                      const char *reason)
{
  CsPersonKey *key = find_key (self, public_line);

  g_return_if_fail (key != NULL && key->retired_at == 0);

  key->retired_at = at;
  key->retired_by = g_strdup (by);
  key->reason = g_strdup (reason);
}

guint
cs_person_count_valid_keys (CsPerson *self)
{
  guint n = 0;

  for (guint i = 0; i < self->keys->len; i++)
    n += ((CsPersonKey *) g_ptr_array_index (self->keys, i))->retired_at == 0 ? 1 : 0;
  return n;
}

static gboolean
was_held (const PersonRole *held, gint64 at)
{
  return held->role.from <= at && (held->role.to == 0 || at < held->role.to);
}

static PersonRole *
find_role (CsPerson *self, const char *role, gint64 at)
{
  g_autofree char *key = cs_role_dup_key (role);

  for (guint i = 0; i < self->roles->len; i++)
    {
      PersonRole *held = g_ptr_array_index (self->roles, i);

      if (g_str_equal (held->key, key) && was_held (held, at))
        return held;
    }
  return NULL;
}

void
cs_person_give_role (CsPerson *self, const char *role, const char *by, gint64 at)
{
  PersonRole *held = g_new0 (PersonRole, 1);

  held->key = cs_role_dup_key (role);
  held->role.words = g_strdup (role);
  held->role.from = at;
  held->role.granted_by = g_strdup (by);
  g_ptr_array_add (self->roles, held);
}

void
cs_person_take_role (CsPerson *self, const char *role, const char *by, gint64 at)
{
  PersonRole *held = find_role (self, role, G_MAXINT64);

  if (held == NULL)
    return;
  held->role.to = at;
  held->role.taken_by = g_strdup (by);
}

static char *
format_second (gint64 at)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (at / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, "%Y%m%d%H%M%SZ") : NULL;
}

/* OpenSSH counts in whole seconds, both ends included, and refuses a file in which a key ends in
 * the second in which it begins: so this lets a key sign a little too long, which
 * cs_person_check_key() does not. */
void
cs_person_append_allowed_signers (CsPerson *self,
                                  const char *namespaces,
                                  gint64 at,
                                  GString *text)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      CsPersonKey *key = g_ptr_array_index (self->keys, i);
      g_autofree char *since = format_second (key->added_at);
      g_autofree char *until =
        format_second (MAX (key->retired_at, key->added_at + G_USEC_PER_SEC));

      if (since == NULL || until == NULL || key->added_at > at)
        continue;
      g_string_append_printf (text, "%s namespaces=\"%s\",valid-after=\"%s\"", self->id,
                              namespaces, since);
      if (key->retired_at != 0 && key->retired_at <= at)
        g_string_append_printf (text, ",valid-before=\"%s\"", until);
      g_string_append_printf (text, " %s\n", key->public_line);
    }
}

/** cs_person_get_id: the principal: an e-mail address or user name. */
const char *
cs_person_get_id (CsPerson *self)
{
  g_return_val_if_fail (CS_IS_PERSON (self), NULL);

  return self->id;
}

/** cs_person_get_name: what people call them. */
const char *
cs_person_get_name (CsPerson *self)
{
  g_return_val_if_fail (CS_IS_PERSON (self), NULL);

  return self->name;
}

/**
 * cs_person_dup_fingerprint:
 *
 * Returns: (transfer full) (nullable): the fingerprint of the newest key
 */
char *
cs_person_dup_fingerprint (CsPerson *self)
{
  g_return_val_if_fail (CS_IS_PERSON (self), NULL);

  if (self->keys->len == 0)
    return NULL;
  return g_strdup (((CsPersonKey *) self->keys->pdata[self->keys->len - 1])->fingerprint);
}

/** cs_person_get_n_keys: how many keys the person has or had. */
guint
cs_person_get_n_keys (CsPerson *self)
{
  g_return_val_if_fail (CS_IS_PERSON (self), 0);

  return self->keys->len;
}

/** cs_person_get_key: (transfer none): one of these keys, oldest first. */
const CsPersonKey *
cs_person_get_key (CsPerson *self, guint index)
{
  g_return_val_if_fail (CS_IS_PERSON (self) && index < self->keys->len, NULL);

  return g_ptr_array_index (self->keys, index);
}

/**
 * cs_person_check_key:
 * @fingerprint: `SHA256:…`
 * @at: when it signed, in UTC microseconds
 *
 * Returns: whether it was a key of this person then; else %CS_ERROR_AUTH
 */
gboolean
cs_person_check_key (CsPerson *self, const char *fingerprint, gint64 at, GError **error)
{
  g_return_val_if_fail (CS_IS_PERSON (self) && fingerprint != NULL, FALSE);

  for (guint i = 0; i < self->keys->len; i++)
    {
      CsPersonKey *key = g_ptr_array_index (self->keys, i);
      g_autofree char *when = NULL;

      if (g_strcmp0 (key->fingerprint, fingerprint) != 0 || at < key->added_at)
        continue;
      if (key->retired_at == 0 || at < key->retired_at)
        return TRUE;
      when = cs_clock_format (key->retired_at);
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH,
                   "The key %s of %s was retired on %s: sign with another one", fingerprint,
                   self->name, when);
      return FALSE;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "%s has no key %s", self->name, fingerprint);
  return FALSE;
}

/**
 * cs_person_held_role:
 * @role: in any spelling
 * @at: in UTC microseconds; %G_MAXINT64: now
 *
 * Returns: whether the person held the role then
 */
gboolean
cs_person_held_role (CsPerson *self, const char *role, gint64 at)
{
  g_return_val_if_fail (CS_IS_PERSON (self) && role != NULL, FALSE);

  return find_role (self, role, at) != NULL;
}

/**
 * cs_person_list_roles:
 * @at: in UTC microseconds; %G_MAXINT64: now
 *
 * Returns: (transfer full): the roles that the person held then, as they were granted
 */
char **
cs_person_list_roles (CsPerson *self, gint64 at)
{
  g_autoptr (GStrvBuilder) roles = g_strv_builder_new ();

  g_return_val_if_fail (CS_IS_PERSON (self), NULL);

  for (guint i = 0; i < self->roles->len; i++)
    {
      PersonRole *held = g_ptr_array_index (self->roles, i);

      if (was_held (held, at))
        g_strv_builder_add (roles, held->role.words);
    }
  return g_strv_builder_end (roles);
}

/** cs_person_get_n_roles: how many roles were ever granted to the person. */
guint
cs_person_get_n_roles (CsPerson *self)
{
  g_return_val_if_fail (CS_IS_PERSON (self), 0);

  return self->roles->len;
}

/** cs_person_get_role: (transfer none): one of these, oldest first. */
const CsPersonRole *
cs_person_get_role (CsPerson *self, guint index)
{
  g_return_val_if_fail (CS_IS_PERSON (self) && index < self->roles->len, NULL);

  return &((PersonRole *) g_ptr_array_index (self->roles, index))->role;
}
