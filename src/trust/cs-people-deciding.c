/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions about people: checked, signed, recorded. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-people-private.h"

#include "cs-decree-signing.h"
#include "cs-error.h"

/**
 * cs_people_find_signer:
 * @key: a key
 *
 * Returns: (transfer none): whose key this is now; %NULL with %CS_ERROR_REFUSED if it is nobody's,
 *   %CS_ERROR_AUTH if it was retired
 */
CsPerson *
cs_people_find_signer (CsPeople *self, CsKey *key, GError **error)
{
  CsPerson *by = cs_people_lookup_key (self, cs_key_get_public_line (key));

  if (by == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                 "Nobody here is known by the key %s: sign something first, or let a manager add "
                 "you",
                 cs_key_get_fingerprint (key));
  else if (!cs_person_check_key (by, cs_key_get_fingerprint (key), G_MAXINT64 - 1, error))
    return NULL;
  return by;
}

/* Whether the person whose key this is may decide that; NULL with REFUSED, AUTH or what the rules
 * say. */
CsPerson *
cs_people_find_decider (CsPeople *self,
                        const char *kind,
                        JsonObject *content,
                        CsKey *key,
                        GError **error)
{
  CsPerson *by = cs_people_find_signer (self, key, error);

  if (by == NULL ||
      !cs_people_may_decide (self, cs_person_get_id (by), kind, content, error))
    return NULL;
  return by;
}

/* What is signed is the decision at this very place of the stream: if someone else is first, it has
 * to be looked at again. */
void
cs_people_decide_async (CsPeople *self,
                        const char *kind,
                        JsonObject *content,
                        CsKey *key,
                        CsAskpass *askpass,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GError *error = NULL;
  CsPerson *by = cs_people_find_decider (self, kind, content, key, &error);

  if (by == NULL)
    {
      json_object_unref (content);
      g_task_report_error (self, callback, user_data, cs_people_decide_async, error);
      return;
    }
  cs_decree_record_async (CS_STREAM_LIST (self),
                          cs_decree_new (CS_PEOPLE_STREAM, self->head, kind, cs_person_get_id (by),
                                         cs_key_get_fingerprint (key), content),
                          key, askpass, cancellable, callback, user_data);
}

JsonObject *
cs_people_build_content (const char *id, const char *member, const char *value)
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

  cs_people_decide_async (self, "role-granted", cs_people_build_content (id, "role", words), key,
                          askpass, cancellable, callback, user_data);
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
  cs_people_decide_async (self, "role-taken", cs_people_build_content (id, "role", role), key,
                          askpass, cancellable, callback, user_data);
}

/**
 * cs_people_add_person_async:
 * @id: an e-mail address or user name
 * @name: what people call them
 * @public_line: their key, as cs_key_get_public_line()
 * @key: of a manager, who answers for it that the key is theirs
 * @askpass: (nullable): who is asked for the passphrase of @key
 *
 * Adds someone who is not here, signed. Finish with cs_people_decide_finish().
 */
void
cs_people_add_person_async (CsPeople *self,
                            const char *id,
                            const char *name,
                            const char *public_line,
                            CsKey *key,
                            CsAskpass *askpass,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  JsonObject *content = cs_people_build_content (id, "key", public_line);
  g_autofree char *words = g_strstrip (g_strdup (name));
  g_autofree char *fingerprint = NULL;

  cs_key_parse_public (public_line, NULL, &fingerprint, NULL);
  json_object_set_string_member (content, "name", words);
  json_object_set_string_member (content, "fingerprint", fingerprint != NULL ? fingerprint : "");
  cs_people_decide_async (self, "person-added", content, key, askpass, cancellable, callback,
                          user_data);
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
