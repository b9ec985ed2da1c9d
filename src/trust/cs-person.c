/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person and the keys that they sign with. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-person-private.h"

typedef struct
{
  char *public_line;
  gint64 added_at; /* UTC microseconds */
} PersonKey;

struct _CsPerson
{
  GObject parent_instance;

  char *id;
  char *name;
  GPtrArray *keys;
};

G_DEFINE_TYPE (CsPerson, cs_person, G_TYPE_OBJECT)

static void
person_key_free (PersonKey *key)
{
  g_free (key->public_line);
  g_free (key);
}

static void
cs_person_finalize (GObject *object)
{
  CsPerson *self = CS_PERSON (object);

  g_free (self->id);
  g_free (self->name);
  g_ptr_array_unref (self->keys);

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
cs_person_add_key (CsPerson *self, const char *public_line, gint64 at)
{
  PersonKey *key = g_new0 (PersonKey, 1);

  key->public_line = g_strdup (public_line);
  key->added_at = at;
  g_ptr_array_add (self->keys, key);
}

gboolean
cs_person_has_key (CsPerson *self, const char *public_line)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (g_str_equal (((PersonKey *) self->keys->pdata[i])->public_line, public_line))
      return TRUE;
  return FALSE;
}

/* OpenSSH counts in whole seconds: rounding down lets a key sign in the second it was added. */
void
cs_person_append_allowed_signers (CsPerson *self, const char *namespace_, GString *text)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      PersonKey *key = self->keys->pdata[i];
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (key->added_at / G_USEC_PER_SEC);
      g_autofree char *since = NULL;

      if (time == NULL)
        continue;
      since = g_date_time_format (time, "%Y%m%d%H%M%SZ");
      g_string_append_printf (text, "%s namespaces=\"%s\",valid-after=\"%s\" %s\n", self->id,
                              namespace_, since, key->public_line);
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
  PersonKey *key;
  char *fingerprint = NULL;

  g_return_val_if_fail (CS_IS_PERSON (self), NULL);

  if (self->keys->len == 0)
    return NULL;
  key = self->keys->pdata[self->keys->len - 1];
  cs_key_parse_public (key->public_line, NULL, &fingerprint, NULL);
  return fingerprint;
}
