/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which key someone signs with. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-key.h"

#include "cs-error.h"
#include "cs-introduction.h"

/* The one key that is clear without asking: the only one, or the only one that is the signer's. */
static CsKey *
choose_key (Ctl *ctl, GPtrArray *keys, GError **error)
{
  CsPeople *people = cs_workspace_get_people (ctl->workspace);
  g_autoptr (GString) names = g_string_new (NULL);
  CsKey *own = NULL;
  guint n_own = 0;

  for (guint i = 0; i < keys->len; i++)
    {
      CsPerson *person = cs_people_lookup_key (people, cs_key_get_public_line (keys->pdata[i]));

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", cs_key_get_path (keys->pdata[i]));
      if (person == NULL ||
          g_strcmp0 (cs_person_get_id (person), cs_workspace_get_actor (ctl->workspace)) != 0)
        continue;
      own = keys->pdata[i];
      n_own++;
    }
  if (keys->len == 1)
    return g_object_ref (keys->pdata[0]);
  if (n_own == 1)
    return g_object_ref (own);
  if (keys->len == 0)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "There is no SSH key to sign with: make one with ssh-keygen -t ed25519");
  else
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Choose a key with --key FILE: %s", names->str);
  return NULL;
}

CsKey *
ctl_find_key (Ctl *ctl, const char *path, GError **error)
{
  g_autofree char *directory = cs_workspace_dup_keys_directory (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) keys = NULL;

  if (path != NULL)
    {
      cs_key_load_async (path, NULL, ctl_ready_cb, &result);
      return cs_key_load_finish (ctl_wait (&result), error);
    }
  cs_key_list_async (directory, NULL, ctl_ready_cb, &result);
  keys = cs_key_list_finish (ctl_wait (&result), error);
  return keys != NULL ? choose_key (ctl, keys, error) : NULL;
}

CsAskpass *
ctl_prepare_key (Ctl *ctl, const char *path, CsKey **key, GError **error)
{
  *key = ctl_find_key (ctl, path, error);
  return *key != NULL ? cs_workspace_get_askpass (ctl->workspace, error) : NULL;
}

CsPerson *
ctl_find_signer (Ctl *ctl, const char *path, CsKey **key, CsAskpass **askpass, GError **error)
{
  CsPerson *person;

  *askpass = ctl_prepare_key (ctl, path, key, error);
  if (*askpass == NULL)
    return NULL;
  person = cs_people_lookup_key (cs_workspace_get_people (ctl->workspace),
                                 cs_key_get_public_line (*key));
  if (person == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "Nobody is known by this key; “countersignctl person add” makes you known");
  return person;
}

CsPerson *
ctl_introduce (Ctl *ctl, const char *name, CsKey *key, CsAskpass *askpass, GError **error)
{
  CsPeople *people = cs_workspace_get_people (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_introduce_async (people, cs_workspace_get_actor (ctl->workspace),
                             name != NULL ? name : g_get_real_name (), key, askpass, NULL,
                             ctl_ready_cb, &result);
  return cs_people_introduce_finish (people, ctl_wait (&result), error);
}
