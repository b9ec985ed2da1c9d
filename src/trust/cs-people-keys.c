/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of people: added, retired, one put in the place of another. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-people-private.h"

#include "cs-error.h"

typedef struct
{
  char *id;
  CsKey *added;
  char *retired; /* fingerprint of the one that it takes the place of; NULL */
  char *reason;
  CsKey *key;
  CsAskpass *askpass;
} Change;

static void
change_free (Change *change)
{
  g_free (change->id);
  g_clear_object (&change->added);
  g_free (change->retired);
  g_free (change->reason);
  g_clear_object (&change->key);
  g_clear_object (&change->askpass);
  g_free (change);
}

static CsPerson *
find_owner (CsPeople *self, const char *fingerprint, const char **public_line)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (CsPerson) person = g_list_model_get_item (G_LIST_MODEL (self), i);

      for (guint k = 0; k < cs_person_get_n_keys (person); k++)
        if (g_strcmp0 (cs_person_get_key (person, k)->fingerprint, fingerprint) == 0)
          {
            *public_line = cs_person_get_key (person, k)->public_line;
            return person;
          }
    }
  return NULL;
}

static JsonObject *
build_addition (Change *change)
{
  JsonObject *content =
    cs_people_build_content (change->id, "key", cs_key_get_public_line (change->added));

  json_object_set_string_member (content, "fingerprint", cs_key_get_fingerprint (change->added));
  return content;
}

static void
retired_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (cs_people_decide_finish (CS_PEOPLE (source), result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_prefix_error (&error, "The key %s was added, but the old one still counts: ",
                  cs_key_get_fingerprint (change->added));
  g_task_return_error (task, error);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsPeople *self = CS_PEOPLE (source);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cs_people_decide_finish (self, result, &error))
    g_task_return_error (task, error);
  else if (change->retired == NULL)
    g_task_return_boolean (task, TRUE);
  else
    cs_people_retire_key_async (self, change->retired, change->reason, change->key,
                                change->askpass, g_task_get_cancellable (task), retired_cb,
                                g_object_ref (task));
}

static void
decide_addition (GTask *task)
{
  Change *change = g_task_get_task_data (task);

  cs_people_decide_async (g_task_get_source_object (task), "key-added", build_addition (change),
                          change->key, change->askpass, g_task_get_cancellable (task), added_cb,
                          g_object_ref (task));
}

static void
proved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_key_prove_finish (CS_KEY (source), result, &error))
    decide_addition (task);
  else
    g_task_return_error (task, error);
}

/* Nobody is asked for a passphrase before it is known that they may. */
static void
begin_change (GTask *task)
{
  CsPeople *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (JsonObject) content = build_addition (change);
  GError *error = NULL;
  CsPerson *by = cs_people_find_decider (self, "key-added", content, change->key, &error);

  if (by == NULL)
    g_task_return_error (task, error);
  else if (g_str_equal (cs_person_get_id (by), change->id))
    cs_key_prove_async (change->added, change->askpass, g_task_get_cancellable (task), proved_cb,
                        g_object_ref (task));
  else
    decide_addition (task);
}

static Change *
change_new (const char *id, CsKey *added, CsKey *key, CsAskpass *askpass)
{
  Change *change = g_new0 (Change, 1);

  change->id = g_strdup (id);
  change->added = g_object_ref (added);
  change->key = g_object_ref (key);
  g_set_object (&change->askpass, askpass);
  return change;
}

/**
 * cs_people_add_key_async:
 * @id: whose
 * @added: the new key; of somebody else its public half is enough
 * @key: of the same person, or of a manager
 * @askpass: (nullable): who is asked for the passphrases
 *
 * Adds a key, signed with one that counts already. Who adds one for themselves proves by a
 * signature that it is at hand: a public key that someone has shown is not theirs who found it.
 * Finish with cs_people_decide_finish().
 */
void
cs_people_add_key_async (CsPeople *self,
                         const char *id,
                         CsKey *added,
                         CsKey *key,
                         CsAskpass *askpass,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_people_add_key_async);
  g_task_set_task_data (task, change_new (id, added, key, askpass), (GDestroyNotify) change_free);
  begin_change (task);
}

/**
 * cs_people_rotate_key_async:
 * @fingerprint: of the key that signs no more
 * @added: that which takes its place
 * @reason: (nullable): why
 * @key: of the same person (it may be the one that is retired), or of a manager
 * @askpass: (nullable): who is asked for the passphrases
 *
 * Adds a key to the owner of another, and retires that: two decisions, each signed with @key. When
 * only the first was recorded, the error says so. Finish with cs_people_decide_finish().
 */
void
cs_people_rotate_key_async (CsPeople *self,
                            const char *fingerprint,
                            CsKey *added,
                            const char *reason,
                            CsKey *key,
                            CsAskpass *askpass,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *public_line = NULL;
  CsPerson *owner = find_owner (self, fingerprint, &public_line);
  Change *change;

  g_task_set_source_tag (task, cs_people_rotate_key_async);
  if (owner == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "Nobody here has the key “%s”",
                               fingerprint);
      return;
    }
  change = change_new (cs_person_get_id (owner), added, key, askpass);
  change->retired = g_strdup (fingerprint);
  change->reason = g_strdup (reason);
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  begin_change (task);
}

/**
 * cs_people_retire_key_async:
 * @fingerprint: of the key that signs no more
 * @reason: (nullable): why
 * @key: of the same person (it may be the one that is retired), or of a manager
 * @askpass: (nullable): who is asked for the passphrase of @key
 *
 * Ends the validity of a key from the moment of the record. Finish with cs_people_decide_finish().
 */
void
cs_people_retire_key_async (CsPeople *self,
                            const char *fingerprint,
                            const char *reason,
                            CsKey *key,
                            CsAskpass *askpass,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  const char *public_line = NULL;
  CsPerson *owner = find_owner (self, fingerprint, &public_line);
  JsonObject *content;

  if (owner == NULL)
    {
      g_task_report_new_error (self, callback, user_data, cs_people_retire_key_async, CS_ERROR,
                               CS_ERROR_NOT_FOUND, "Nobody here has the key “%s”", fingerprint);
      return;
    }
  content = cs_people_build_content (cs_person_get_id (owner), "key", public_line);
  json_object_set_string_member (content, "fingerprint", fingerprint);
  json_object_set_string_member (content, "reason", reason != NULL ? reason : "");
  cs_people_decide_async (self, "key-retired", content, key, askpass, cancellable, callback,
                          user_data);
}
