/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Someone signs here for the first time: who that is, and that the key is theirs. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-introduction.h"

#include "cs-error.h"

#include <string.h>

typedef struct
{
  char *actor;
  char *name;
  CsKey *key;
} Introduction;

static void
introduction_free (Introduction *self)
{
  g_free (self->actor);
  g_free (self->name);
  g_clear_object (&self->key);
  g_free (self);
}

/* "Ada Lovelace" and "root@web-1" give "ada.lovelace@web-1". */
static char *
make_id (const char *name, const char *actor)
{
  g_autofree char *ascii = g_str_to_ascii (name, "C");
  g_autofree char *lower = g_ascii_strdown (ascii, -1);
  const char *host = strrchr (actor, '@');
  g_autoptr (GString) id = g_string_new (NULL);

  for (const char *p = lower; *p != '\0'; p++)
    {
      if (g_ascii_isalnum (*p))
        g_string_append_c (id, *p);
      else if (id->len > 0 && id->str[id->len - 1] != '.')
        g_string_append_c (id, '.');
    }
  while (id->len > 0 && id->str[id->len - 1] == '.')
    g_string_truncate (id, id->len - 1);
  if (id->len == 0)
    g_string_append (id, "someone");
  g_string_append (id, host != NULL ? host : "@localhost");
  return g_string_free (g_steal_pointer (&id), FALSE);
}

/* An id that nobody has: a new key never joins a person who is known already, for the name alone
 * proves nothing. */
static char *
choose_id (CsPeople *people, const char *actor, const char *name)
{
  g_autofree char *base = NULL;
  const char *host;

  if (cs_people_lookup (people, actor) == NULL)
    return g_strdup (actor);
  base = make_id (name, actor);
  if (cs_people_lookup (people, base) == NULL)
    return g_steal_pointer (&base);
  host = strrchr (base, '@');
  for (guint i = 2;; i++)
    {
      g_autofree char *id = g_strdup_printf ("%.*s.%u%s", (int) (host - base), base, i, host);

      if (cs_people_lookup (people, id) == NULL)
        return g_steal_pointer (&id);
    }
}

static void
enrolled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CsPerson *person = cs_people_enrol_finish (CS_PEOPLE (source), result, &error);

  if (person != NULL)
    g_task_return_pointer (task, person, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
proved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsPeople *self = g_task_get_source_object (task);
  Introduction *introduction = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *id = NULL;

  if (!cs_key_prove_finish (CS_KEY (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  id = choose_id (self, introduction->actor, introduction->name);
  cs_people_enrol_async (self,
                         id,
                         introduction->name,
                         introduction->key,
                         g_task_get_cancellable (task),
                         enrolled_cb,
                         g_object_ref (task));
}

/**
 * cs_people_introduce_async:
 * @actor: who acts here, e.g. `ada@web-1`
 * @name: the person's name
 * @key: the key that the person signs with
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Finds the person by the key, or makes the person known after the key has proved itself.
 */
void
cs_people_introduce_async (CsPeople *self,
                           const char *actor,
                           const char *name,
                           CsKey *key,
                           CsAskpass *askpass,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  CsPerson *person = cs_people_lookup_key (self, cs_key_get_public_line (key));
  g_autofree char *stripped = g_strstrip (g_strdup (name != NULL ? name : ""));
  Introduction *introduction;

  g_task_set_source_tag (task, cs_people_introduce_async);
  if (person != NULL)
    {
      g_task_return_pointer (task, g_object_ref (person), g_object_unref);
      return;
    }
  if (*stripped == '\0')
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                               "Say who you are: nobody is known by the key %s yet",
                               cs_key_get_fingerprint (key));
      return;
    }
  introduction = g_new0 (Introduction, 1);
  introduction->actor = g_strdup (actor);
  introduction->name = g_steal_pointer (&stripped);
  introduction->key = g_object_ref (key);
  g_task_set_task_data (task, introduction, (GDestroyNotify) introduction_free);
  cs_key_prove_async (key, askpass, cancellable, proved_cb, g_object_ref (task));
}

/** cs_people_introduce_finish: (transfer full): the person; %NULL with an error. */
CsPerson *
cs_people_introduce_finish (CsPeople *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
