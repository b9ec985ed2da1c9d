/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions about people: checked, signed, recorded. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-people-private.h"

#include "cs-decree-signing.h"
#include "cs-error.h"

/* What is signed is the decision at this very place of the stream: if someone else is first, it has
 * to be looked at again. */
static void
decide (CsPeople *self,
        const char *kind,
        JsonObject *content,
        CsKey *key,
        CsAskpass *askpass,
        GCancellable *cancellable,
        GAsyncReadyCallback callback,
        gpointer user_data)
{
  CsPerson *by = cs_people_lookup_key (self, cs_key_get_public_line (key));
  GError *error = NULL;

  if (by == NULL)
    g_set_error (&error, CS_ERROR, CS_ERROR_REFUSED,
                 "Nobody here is known by the key %s: sign something first, or let a manager add "
                 "you",
                 cs_key_get_fingerprint (key));
  else if (cs_person_check_key (by, cs_key_get_fingerprint (key), G_MAXINT64 - 1, &error))
    cs_people_may_decide (self, cs_person_get_id (by), kind, content, &error);
  if (error != NULL)
    {
      json_object_unref (content);
      g_task_report_error (self, callback, user_data, decide, error);
      return;
    }
  cs_decree_record_async (CS_STREAM_LIST (self),
                          cs_decree_new (CS_PEOPLE_STREAM, self->head, kind, cs_person_get_id (by),
                                         cs_key_get_fingerprint (key), content),
                          key, askpass, cancellable, callback, user_data);
}

static JsonObject *
build_content (const char *id, const char *member, const char *value)
{
  JsonObject *content = json_object_new ();

  json_object_set_string_member (content, "id", id);
  json_object_set_string_member (content, member, value);
  return content;
}

/**
 * cs_people_grant_async:
 * @id: whose
 * @role: e.g. `Tech lead`; every spelling of it is the same role
 * @key: of the manager who grants it, or of the person who becomes the first manager
 * @askpass: (nullable): who is asked for the key's passphrase
 *
 * Grants a role, signed. Finish with cs_people_decide_finish().
 */
void
cs_people_grant_async (CsPeople *self,
                       const char *id,
                       const char *role,
                       CsKey *key,
                       CsAskpass *askpass,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autofree char *words = g_strstrip (g_strdup (role));

  decide (self, "role-granted", build_content (id, "role", words), key, askpass, cancellable,
          callback, user_data);
}

/**
 * cs_people_take_async:
 *
 * Takes a role away, signed by a manager; see cs_people_grant_async(). What the person signed while
 * holding it stands.
 */
void
cs_people_take_async (CsPeople *self,
                      const char *id,
                      const char *role,
                      CsKey *key,
                      CsAskpass *askpass,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  decide (self, "role-taken", build_content (id, "role", role), key, askpass, cancellable, callback,
          user_data);
}

/**
 * cs_people_add_key_async:
 * @id: whose
 * @public_line: the new key, as cs_key_get_public_line(); it should have proved itself
 * @key: of the same person, or of a manager
 * @askpass: (nullable): who is asked for the passphrase of @key
 *
 * Adds a key, signed with one that counts already. Finish with cs_people_decide_finish().
 */
void
cs_people_add_key_async (CsPeople *self,
                         const char *id,
                         const char *public_line,
                         CsKey *key,
                         CsAskpass *askpass,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  decide (self, "key-added", build_content (id, "key", public_line), key, askpass, cancellable,
          callback, user_data);
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
  content = build_content (cs_person_get_id (owner), "key", public_line);
  json_object_set_string_member (content, "fingerprint", fingerprint);
  json_object_set_string_member (content, "reason", reason != NULL ? reason : "");
  decide (self, "key-retired", content, key, askpass, cancellable, callback, user_data);
}

/**
 * cs_people_decide_finish:
 *
 * Returns: %TRUE when the decision is recorded; else %CS_ERROR_REFUSED if that person may not
 *   decide this, %CS_ERROR_AUTH if the key could not be used, %CS_ERROR_CONFLICT if something was
 *   recorded meanwhile, %CS_ERROR_NOT_FOUND, %CS_ERROR_EXISTS or %CS_ERROR_INVALID
 */
gboolean
cs_people_decide_finish (CsPeople *self, GAsyncResult *result, GError **error)
{
  return cs_decree_record_finish (CS_STREAM_LIST (self), result, error);
}
