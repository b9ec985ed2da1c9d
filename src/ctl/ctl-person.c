/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl person: who may sign, and as what */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "ctl-commands.h"
#include "ctl-key.h"
#include "ctl-person.h"
#include "ctl-print.h"

static JsonArray *
roles_to_json (CsPerson *person)
{
  JsonArray *roles = json_array_new ();

  for (guint i = 0; i < cs_person_get_n_roles (person); i++)
    {
      const CsPersonRole *role = cs_person_get_role (person, i);
      JsonObject *object = json_object_new ();

      ctl_set_text (object, "role", role->words);
      ctl_set_time (object, "granted", role->from);
      ctl_set_text (object, "granted-by", role->granted_by);
      ctl_set_time (object, "taken", role->to);
      ctl_set_text (object, "taken-by", role->taken_by);
      json_array_add_object_element (roles, object);
    }
  return roles;
}

static JsonArray *
keys_to_json (CsPerson *person)
{
  JsonArray *keys = json_array_new ();

  for (guint i = 0; i < cs_person_get_n_keys (person); i++)
    {
      const CsPersonKey *key = cs_person_get_key (person, i);
      JsonObject *object = json_object_new ();

      ctl_set_text (object, "fingerprint", key->fingerprint);
      ctl_set_text (object, "public", key->public_line);
      ctl_set_time (object, "added", key->added_at);
      ctl_set_text (object, "added-by", key->added_by);
      ctl_set_time (object, "retired", key->retired_at);
      ctl_set_text (object, "retired-by", key->retired_by);
      ctl_set_text (object, "reason", key->reason);
      json_array_add_object_element (keys, object);
    }
  return keys;
}

static JsonNode *
people_to_json (CsPeople *people)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *top = json_object_new ();
  JsonArray *list = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (people)); i++)
    {
      g_autoptr (CsPerson) person = g_list_model_get_item (G_LIST_MODEL (people), i);
      g_auto (GStrv) roles = cs_person_list_roles (person, G_MAXINT64);
      JsonObject *object = json_object_new ();
      JsonArray *held = json_array_new ();

      for (char **role = roles; *role != NULL; role++)
        json_array_add_string_element (held, *role);
      ctl_set_text (object, "id", cs_person_get_id (person));
      ctl_set_text (object, "name", cs_person_get_name (person));
      json_object_set_array_member (object, "roles", held);
      json_object_set_array_member (object, "granted", roles_to_json (person));
      json_object_set_array_member (object, "keys", keys_to_json (person));
      json_array_add_object_element (list, object);
    }
  json_object_set_boolean_member (top, "governed", cs_people_is_governed (people, G_MAXINT64));
  json_object_set_array_member (top, "people", list);
  json_node_take_object (node, top);
  return node;
}

static void
print_person (CsPerson *person)
{
  g_auto (GStrv) roles = cs_person_list_roles (person, G_MAXINT64);
  g_autofree char *held = g_strjoinv (", ", roles);

  ctl_print (stdout, "%s  %s  %s\n", cs_person_get_id (person), cs_person_get_name (person),
             *held != '\0' ? held : "no role");
  for (guint i = 0; i < cs_person_get_n_keys (person); i++)
    {
      const CsPersonKey *key = cs_person_get_key (person, i);
      g_autofree char *since = ctl_format_time (key->added_at);
      g_autofree char *until = key->retired_at != 0 ? ctl_format_time (key->retired_at) : NULL;

      ctl_print (stdout, "    %s  since %s", key->fingerprint, since);
      if (until != NULL)
        ctl_print (stdout, ", retired %s: %s", until, key->reason);
      fputc ('\n', stdout);
    }
}

CtlStatus
ctl_person_list (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsPeople *people;

  if (!ctl_parse (ctl, arguments, entries, 0, 0, &words, &error) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  people = cs_workspace_get_people (ctl->workspace);
  if (json)
    {
      g_autoptr (JsonNode) node = people_to_json (people);

      ctl_print_json (node);
      return CTL_DONE;
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (people)); i++)
    {
      g_autoptr (CsPerson) person = g_list_model_get_item (G_LIST_MODEL (people), i);

      print_person (person);
    }
  if (!cs_people_is_governed (people, G_MAXINT64))
    fputs ("Nobody holds a role yet: whoever has a key may sign every line, also who runs the\n"
           "deployment. The first manager makes themselves one: person grant ID manager\n",
           stdout);
  return CTL_DONE;
}

/* Somebody else, by the public key that they sent. */
static CsPerson *
add_other (Ctl *ctl, char **words, const char *name, CsKey *key, CsAskpass *askpass, GError **error)
{
  CsPeople *people = cs_workspace_get_people (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;
  g_autoptr (CsKey) theirs = NULL;

  if (!ctl_require (name, "--name", error) ||
      !g_file_get_contents (words[1], &text, NULL, error) ||
      (theirs = cs_key_new_public (text, error)) == NULL)
    return NULL;
  cs_people_add_person_async (people, words[0], name, cs_key_get_public_line (theirs), key, askpass,
                              NULL, ctl_ready_cb, &result);
  if (!cs_people_decide_finish (people, ctl_wait (&result), error))
    return NULL;
  return g_object_ref (cs_people_lookup (people, words[0]));
}

CtlStatus
ctl_person_add (Ctl *ctl, char **arguments)
{
  char *path = NULL, *name = NULL;
  const GOptionEntry entries[] = {
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &path, NULL, "FILE" },
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &name, NULL, "NAME" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = NULL;
  g_autoptr (CsPerson) person = NULL;

  if (ctl_parse (ctl, arguments, entries, 0, 2, &words, &error) && g_strv_length (words) == 1)
    g_set_error_literal (&error, CS_ERROR, CS_ERROR_INVALID,
                         "Somebody else is added by an id and a file with their public key");
  if (error == NULL && ctl_open (ctl, &error))
    askpass = ctl_prepare_key (ctl, path, &key, &error);
  if (askpass != NULL)
    person = words[0] == NULL ? ctl_introduce (ctl, name, key, askpass, &error)
                              : add_other (ctl, words, name, key, askpass, &error);
  g_free (path);
  g_free (name);
  if (person == NULL)
    return ctl_fail (error);
  ctl_print (stdout, "%s\n", cs_person_get_id (person));
  return CTL_DONE;
}

/* What all decisions share: the words, the key, and the waiting. */
CtlStatus
ctl_person_decide (Ctl *ctl,
                   char **arguments,
                   guint n_words,
                   gboolean needs_reason,
                   CtlDecideFunc begin)
{
  CtlDecideOptions options = { NULL };
  const GOptionEntry entries[] = {
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.path, NULL, "FILE" },
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &options.reason, NULL, "TEXT" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = NULL;
  gboolean done = FALSE;

  if (ctl_parse (ctl, arguments, entries, n_words, n_words, &words, &error) &&
      (!needs_reason || ctl_require (options.reason, "--reason", &error)) && ctl_open (ctl, &error))
    askpass = ctl_prepare_key (ctl, options.path, &key, &error);
  if (askpass != NULL)
    {
      g_autoptr (GAsyncResult) result = NULL;
      CsPeople *people = cs_workspace_get_people (ctl->workspace);

      done = begin (people, words, &options, key, askpass, &result, &error) &&
             cs_people_decide_finish (people, ctl_wait (&result), &error);
    }
  g_free (options.path);
  g_free (options.reason);
  return done ? CTL_DONE : ctl_fail (error);
}

static gboolean
begin_grant (CsPeople *people,
             char **words,
             const CtlDecideOptions *options,
             CsKey *key,
             CsAskpass *askpass,
             GAsyncResult **result,
             GError **error)
{
  cs_people_grant_async (people, words[0], words[1], key, askpass, NULL, ctl_ready_cb, result);
  return TRUE;
}

CtlStatus
ctl_person_grant (Ctl *ctl, char **arguments)
{
  return ctl_person_decide (ctl, arguments, 2, FALSE, begin_grant);
}

static gboolean
begin_take (CsPeople *people,
            char **words,
            const CtlDecideOptions *options,
            CsKey *key,
            CsAskpass *askpass,
            GAsyncResult **result,
            GError **error)
{
  cs_people_take_async (people, words[0], words[1], key, askpass, NULL, ctl_ready_cb, result);
  return TRUE;
}

CtlStatus
ctl_person_take (Ctl *ctl, char **arguments)
{
  return ctl_person_decide (ctl, arguments, 2, FALSE, begin_take);
}
