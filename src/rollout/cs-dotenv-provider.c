/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A feature that is switched in a file of settings on a target, e.g. `.env`. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-dotenv-provider.h"

#include "cs-company-list.h"
#include "cs-dotenv-line.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-target-file.h"

#include <string.h>

/** Setting: what a key of the file is to be */
typedef struct
{
  char *key;
  char *value; /* NULL: it follows from the state */
} Setting;

struct _CsDotenvProvider
{
  CsFileProvider parent_instance;

  char *list_key;
  char *everyone_key;  /* NULL */
  GPtrArray *settings; /* of Setting, in the order in which they are written */
};

static void cs_dotenv_provider_provider_init (CsFlagProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
  CsDotenvProvider,
  cs_dotenv_provider,
  CS_TYPE_FILE_PROVIDER,
  G_IMPLEMENT_INTERFACE (CS_TYPE_FLAG_PROVIDER, cs_dotenv_provider_provider_init))

static void
setting_free (Setting *setting)
{
  g_free (setting->key);
  g_free (setting->value);
  g_free (setting);
}

static void
add_setting (CsDotenvProvider *self, const char *key, const char *value)
{
  Setting *setting = g_new0 (Setting, 1);

  setting->key = g_strdup (key);
  setting->value = g_strdup (value);
  g_ptr_array_add (self->settings, setting);
}

static void
cs_dotenv_provider_finalize (GObject *object)
{
  CsDotenvProvider *self = CS_DOTENV_PROVIDER (object);

  g_free (self->list_key);
  g_free (self->everyone_key);
  g_ptr_array_unref (self->settings);

  G_OBJECT_CLASS (cs_dotenv_provider_parent_class)->finalize (object);
}

static void
cs_dotenv_provider_class_init (CsDotenvProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_dotenv_provider_finalize;
}

static void
cs_dotenv_provider_init (CsDotenvProvider *self)
{
  self->settings = g_ptr_array_new_with_free_func ((GDestroyNotify) setting_free);
}

static const char *
get_path (CsDotenvProvider *self)
{
  return cs_file_provider_get_path (CS_FILE_PROVIDER (self));
}

/* What a key is to be in a state. */
static char *
dup_wanted (CsDotenvProvider *self, const Setting *setting, CsFlagState *state)
{
  if (setting->value != NULL)
    return g_strdup (setting->value);
  if (g_strcmp0 (setting->key, self->everyone_key) == 0)
    return g_strdup (cs_flag_state_is_everyone (state) ? "true" : "false");
  return cs_flag_state_is_everyone (state) && self->everyone_key != NULL
           ? g_strdup ("")
           : cs_flag_state_dup_list (state, ",");
}

/* The one line of a key; NULL without an error: there is none. */
static const CsFileLine *
find_line (CsDotenvProvider *self, CsFileLook *look, const char *key, GError **error)
{
  const CsFileLine *found = NULL;

  for (guint i = 0; i < look->lines->len; i++)
    {
      const CsFileLine *line = look->lines->pdata[i];

      if (strcmp (line->key, key) != 0)
        continue;
      if (found != NULL)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "%s is set twice in %s, in lines %u and %u; take one of them away", key,
                       get_path (self), found->n, line->n);
          return NULL;
        }
      found = line;
    }
  return found;
}

/* The value of a key (transfer full); NULL without an error: it is not set. */
static char *
dup_value (CsDotenvProvider *self, CsFileLook *look, const char *key, GError **error)
{
  GError *local_error = NULL;
  const CsFileLine *line = find_line (self, look, key, &local_error);
  g_autoptr (CsDotenvLine) parts = NULL;

  if (line != NULL)
    {
      parts = cs_dotenv_line_parse (line->text, &local_error);
      if (parts == NULL)
        g_prefix_error (&local_error, "Line %u of %s: ", line->n, get_path (self));
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return NULL;
    }
  return parts != NULL ? g_strdup (parts->value) : NULL;
}

static gboolean
parse_switch (const char *text, gboolean *on, GError **error)
{
  static const char *const yes[] = { "true", "1", "on", "yes", "(true)", NULL };
  static const char *const no[] = { "false", "0", "off", "no", "(false)", "", "null", NULL };
  g_autofree char *lower = g_ascii_strdown (text, -1);

  *on = g_strv_contains (yes, lower);
  if (*on || g_strv_contains (no, lower))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is neither true nor false", text);
  return FALSE;
}

static CsFlagState *
parse_list (const char *list)
{
  g_auto (GStrv) ids = g_strsplit (list, ",", -1);

  for (char **id = ids; *id != NULL; id++)
    g_strstrip (*id);
  return cs_flag_state_new (FALSE, (const char *const *) ids);
}

/* Whether a value means what another one means: the order of a list does not matter. */
static gboolean
is_same (CsDotenvProvider *self, const Setting *setting, const char *one, const char *other)
{
  g_autoptr (CsFlagState) list = NULL;
  g_autoptr (CsFlagState) other_list = NULL;
  gboolean on, other_on;

  if (strcmp (setting->key, self->list_key) == 0)
    {
      list = parse_list (one);
      other_list = parse_list (other);
      return cs_flag_state_equal (list, other_list);
    }
  if (setting->value == NULL && parse_switch (one, &on, NULL) &&
      parse_switch (other, &other_on, NULL))
    return on == other_on;
  return strcmp (one, other) == 0;
}

static CsFlagState *
read_state (CsDotenvProvider *self, CsFileLook *look, GError **error)
{
  GError *local_error = NULL;
  g_autofree char *list = dup_value (self, look, self->list_key, &local_error);
  g_autofree char *text = self->everyone_key != NULL && local_error == NULL
                            ? dup_value (self, look, self->everyone_key, &local_error)
                            : NULL;
  g_auto (GStrv) ids = g_strsplit (list != NULL ? list : "", ",", -1);
  gboolean everyone = FALSE;

  if (local_error == NULL && text != NULL && !parse_switch (text, &everyone, &local_error))
    g_prefix_error (&local_error, "%s in %s: ", self->everyone_key, get_path (self));
  for (char **id = ids; local_error == NULL && *id != NULL; id++)
    if (!cs_company_id_check (g_strstrip (*id), &local_error))
      g_prefix_error (&local_error, "%s in %s: ", self->list_key, get_path (self));
  if (local_error == NULL)
    return cs_flag_state_new (everyone, (const char *const *) ids);
  g_propagate_error (error, local_error);
  return NULL;
}

static gboolean
cs_dotenv_provider_has_everyone (CsFlagProvider *provider)
{
  return CS_DOTENV_PROVIDER (provider)->everyone_key != NULL;
}

static void
look (CsDotenvProvider *self,
      GCancellable *cancellable,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();

  for (guint i = 0; i < self->settings->len; i++)
    g_ptr_array_add (keys, ((Setting *) self->settings->pdata[i])->key);
  g_ptr_array_add (keys, NULL);
  cs_target_file_look_async (cs_file_provider_get_shell (CS_FILE_PROVIDER (self)),
                             get_path (self), (const char *const *) keys->pdata,
                             cancellable, callback, user_data);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDotenvProvider *self = g_task_get_source_object (task);
  GError *error = NULL;
  CsFileLook *found = cs_target_file_look_finish (result, &error);
  CsFlagReading *reading;

  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  reading = g_new0 (CsFlagReading, 1);
  reading->version = g_strdup (found->digest);
  reading->detail = found;
  reading->free_detail = (GDestroyNotify) cs_file_look_free;
  reading->state = read_state (self, found, &error);
  if (reading->state != NULL)
    {
      g_task_return_pointer (task, reading, (GDestroyNotify) cs_flag_reading_free);
      return;
    }
  cs_flag_reading_free (reading);
  g_task_return_error (task, error);
}

static void
cs_dotenv_provider_read_async (CsFlagProvider *provider,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (provider, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_dotenv_provider_read_async);
  look (CS_DOTENV_PROVIDER (provider), cancellable, looked_cb, task);
}

static int
compare_edits (gconstpointer a, gconstpointer b)
{
  const CsFileLine *one = *(CsFileLine *const *) a;
  const CsFileLine *other = *(CsFileLine *const *) b;

  /* 0 is a new line: behind all others. */
  return one->n - 1 < other->n - 1 ? -1 : one->n - 1 > other->n - 1;
}

/* The edits that make the file say what is wanted; none if it does. */
static GPtrArray *
list_edits (CsDotenvProvider *self, CsFileLook *found, CsFlagState *wanted, GError **error)
{
  g_autoptr (GPtrArray) edits =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_file_line_free);

  for (guint i = 0; i < self->settings->len; i++)
    {
      const Setting *setting = self->settings->pdata[i];
      g_autofree char *value = dup_wanted (self, setting, wanted);
      GError *local_error = NULL;
      const CsFileLine *line = find_line (self, found, setting->key, &local_error);
      g_autoptr (CsDotenvLine) parts = NULL;
      g_autofree char *text = NULL;

      if (local_error == NULL && line != NULL)
        parts = cs_dotenv_line_parse (line->text, &local_error);
      if (local_error != NULL || !cs_dotenv_value_check (value, &local_error))
        {
          g_propagate_error (error, local_error);
          return NULL;
        }
      if (parts != NULL && is_same (self, setting, parts->value, value))
        continue;
      text = parts != NULL ? cs_dotenv_line_with (parts, value)
                           : g_strconcat (setting->key, "=", value, NULL);
      g_ptr_array_add (edits, cs_file_line_new (setting->key, line != NULL ? line->n : 0, text));
    }
  g_ptr_array_sort (edits, compare_edits);
  return g_steal_pointer (&edits);
}

static char *
cs_dotenv_provider_plan (CsFlagProvider *provider,
                         CsFlagReading *reading,
                         CsFlagState *wanted,
                         GError **error)
{
  CsDotenvProvider *self = CS_DOTENV_PROVIDER (provider);
  g_autoptr (GPtrArray) edits = list_edits (self, reading->detail, wanted, error);
  GString *words;

  if (edits == NULL)
    return NULL;
  words = g_string_new (NULL);
  for (guint i = 0; i < edits->len; i++)
    {
      const CsFileLine *edit = edits->pdata[i];

      if (edit->n > 0)
        g_string_append_printf (words, "%s:%u: %s\n", get_path (self), edit->n, edit->text);
      else
        g_string_append_printf (words, "%s: %s\n", get_path (self), edit->text);
    }
  return g_string_free (words, FALSE);
}

static void
cs_dotenv_provider_apply_async (CsFlagProvider *provider,
                                CsFlagReading *reading,
                                CsFlagState *wanted,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  CsDotenvProvider *self = CS_DOTENV_PROVIDER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  g_autoptr (GPtrArray) edits = list_edits (self, reading->detail, wanted, &error);

  g_task_set_source_tag (task, cs_dotenv_provider_apply_async);
  if (edits == NULL)
    g_task_return_error (task, error);
  else
    cs_target_file_edit_async (cs_file_provider_get_shell (CS_FILE_PROVIDER (self)),
                               get_path (self), reading->version, edits, cancellable,
                               cs_file_provider_written_cb, g_steal_pointer (&task));
}

/* Whether what the application sees is what was written. */
static gboolean
check_readback (CsDotenvProvider *self, const char *output, CsFlagState *wanted, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  for (guint i = 0; i < self->settings->len; i++)
    {
      const Setting *setting = self->settings->pdata[i];
      g_autofree char *prefix = g_strconcat (setting->key, "=", NULL);
      g_autofree char *value = dup_wanted (self, setting, wanted);
      g_autofree char *seen = NULL;

      for (char **line = lines; *line != NULL; line++)
        if (g_str_has_prefix (*line, prefix))
          {
            g_autoptr (CsDotenvLine) parts = cs_dotenv_line_parse (*line, NULL);

            g_free (seen);
            seen = g_strdup (parts != NULL ? parts->value : *line);
          }
      if (seen != NULL && is_same (self, setting, seen, value))
        continue;
      if (seen != NULL)
        g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                     "The application sees %s=%s, and it was to be “%s”", setting->key, seen,
                     value);
      else
        g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                     "The command that reads back does not say what %s is", setting->key);
      return FALSE;
    }
  return TRUE;
}

static void
read_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDotenvProvider *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *output = cs_follow_ups_read_back_finish (CS_FOLLOW_UPS (source), result, &error);

  if (output != NULL && check_readback (self, output, g_task_get_task_data (task), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
looked_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsDotenvProvider *self = g_task_get_source_object (task);
  CsFollowUps *follow_ups = cs_file_provider_get_follow_ups (CS_FILE_PROVIDER (self));
  CsFlagState *wanted = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsFileLook) found = cs_target_file_look_finish (result, &error);
  g_autoptr (GPtrArray) edits =
    found != NULL ? list_edits (self, found, wanted, &error) : NULL;

  if (edits == NULL)
    g_task_return_error (task, error);
  else if (edits->len > 0)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                             "%s does not say what was written: it lacks “%s”", get_path (self),
                             ((CsFileLine *) edits->pdata[0])->text);
  else if (cs_follow_ups_can_read_back (follow_ups))
    cs_follow_ups_read_back_async (follow_ups, g_task_get_cancellable (task), read_back_cb,
                                   g_object_ref (task));
  else
    g_task_return_boolean (task, TRUE);
}

static void
cs_dotenv_provider_verify_async (CsFlagProvider *provider,
                                 CsFlagState *wanted,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (provider, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_dotenv_provider_verify_async);
  g_task_set_task_data (task, cs_flag_state_ref (wanted), (GDestroyNotify) cs_flag_state_unref);
  look (CS_DOTENV_PROVIDER (provider), cancellable, looked_again_cb, task);
}

static void
cs_dotenv_provider_provider_init (CsFlagProviderInterface *iface)
{
  iface->has_everyone = cs_dotenv_provider_has_everyone;
  iface->read_async = cs_dotenv_provider_read_async;
  iface->plan = cs_dotenv_provider_plan;
  iface->apply_async = cs_dotenv_provider_apply_async;
  iface->verify_async = cs_dotenv_provider_verify_async;
}

static gboolean
add_further_settings (CsDotenvProvider *self, JsonObject *settings, GError **error)
{
  JsonObject *further = cs_json_get_object (settings, "settings");
  g_autoptr (GList) keys = further != NULL ? json_object_get_members (further) : NULL;

  for (GList *l = keys; l != NULL; l = l->next)
    {
      const char *value = cs_json_get_string (further, l->data);

      if (!cs_dotenv_key_check (l->data, error) ||
          !cs_dotenv_value_check (value != NULL ? value : " ", error))
        return FALSE;
      add_setting (self, l->data, value);
    }
  return TRUE;
}

/**
 * cs_dotenv_provider_new:
 * @settings: see #CsDotenvProvider
 * @targets: where the target is looked up
 * @breakers: (nullable): theirs
 * @state_directory: of this program, for connections
 *
 * Nobody else's line in the file is touched; none but the provider's own ones leaves the target.
 *
 * Returns: (transfer full): the provider; %NULL with %CS_ERROR_INVALID
 */
CsFlagProvider *
cs_dotenv_provider_new (JsonObject *settings,
                        CsTargets *targets,
                        CsBreakers *breakers,
                        const char *state_directory,
                        GError **error)
{
  g_autoptr (CsDotenvProvider) self = g_object_new (CS_TYPE_DOTENV_PROVIDER, NULL);
  const char *list_key = cs_json_get_string (settings, "companies");
  const char *everyone_key = cs_json_get_string (settings, "everyone");

  if (!cs_file_provider_set_up (CS_FILE_PROVIDER (self), settings, targets, breakers,
                                state_directory, error))
    return NULL;
  if (list_key == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "A dotenv file needs the key of the list of companies");
      return NULL;
    }
  if (!cs_dotenv_key_check (list_key, error) ||
      (everyone_key != NULL && !cs_dotenv_key_check (everyone_key, error)))
    return NULL;
  self->list_key = g_strdup (list_key);
  self->everyone_key = g_strdup (everyone_key);
  if (everyone_key != NULL)
    add_setting (self, everyone_key, NULL);
  add_setting (self, list_key, NULL);
  if (!add_further_settings (self, settings, error))
    return NULL;
  return CS_FLAG_PROVIDER (g_steal_pointer (&self));
}
