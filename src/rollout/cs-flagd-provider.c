/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A feature that is switched in a flag definition file of flagd, which OpenFeature reads. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flagd-provider.h"

#include "cs-error.h"
#include "cs-flagd-file.h"
#include "cs-json.h"
#include "cs-target-file.h"

struct _CsFlagdProvider
{
  CsFileProvider parent_instance;

  char *key;
  char *context;
};

static void cs_flagd_provider_provider_init (CsFlagProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
  CsFlagdProvider,
  cs_flagd_provider,
  CS_TYPE_FILE_PROVIDER,
  G_IMPLEMENT_INTERFACE (CS_TYPE_FLAG_PROVIDER, cs_flagd_provider_provider_init))

static void
cs_flagd_provider_finalize (GObject *object)
{
  CsFlagdProvider *self = CS_FLAGD_PROVIDER (object);

  g_free (self->key);
  g_free (self->context);

  G_OBJECT_CLASS (cs_flagd_provider_parent_class)->finalize (object);
}

static void
cs_flagd_provider_class_init (CsFlagdProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_flagd_provider_finalize;
}

static void
cs_flagd_provider_init (CsFlagdProvider *self)
{
}

static CsTargetShell *
get_shell (CsFlagdProvider *self)
{
  return cs_file_provider_get_shell (CS_FILE_PROVIDER (self));
}

static const char *
get_path (CsFlagdProvider *self)
{
  return cs_file_provider_get_path (CS_FILE_PROVIDER (self));
}

static gboolean
cs_flagd_provider_has_everyone (CsFlagProvider *provider)
{
  return FALSE;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsFlagdProvider *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *digest = NULL;
  GBytes *content = cs_target_file_read_finish (result, &digest, &error);
  CsFlagReading *reading;

  if (content == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  reading = g_new0 (CsFlagReading, 1);
  reading->version = g_steal_pointer (&digest);
  reading->detail = content;
  reading->free_detail = (GDestroyNotify) g_bytes_unref;
  reading->state = cs_flagd_file_read (content, self->key, self->context, &error);
  if (reading->state != NULL)
    {
      g_task_return_pointer (task, reading, (GDestroyNotify) cs_flag_reading_free);
      return;
    }
  g_prefix_error (&error, "%s: ", get_path (self));
  cs_flag_reading_free (reading);
  g_task_return_error (task, error);
}

static void
cs_flagd_provider_read_async (CsFlagProvider *provider,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  CsFlagdProvider *self = CS_FLAGD_PROVIDER (provider);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_flagd_provider_read_async);
  cs_target_file_read_async (get_shell (self), get_path (self), CS_FLAGD_FILE_LIMIT, cancellable,
                             read_cb, task);
}

static char *
cs_flagd_provider_plan (CsFlagProvider *provider,
                        CsFlagReading *reading,
                        CsFlagState *wanted,
                        GError **error)
{
  CsFlagdProvider *self = CS_FLAGD_PROVIDER (provider);
  g_autoptr (GBytes) changed =
    cs_flagd_file_write (reading->detail, self->key, self->context, wanted, error);
  g_autofree char *list = NULL;

  if (changed == NULL)
    return NULL;
  if (g_bytes_equal (changed, reading->detail))
    return g_strdup ("");
  list = cs_flag_state_dup_list (wanted, ", ");
  return g_strdup_printf ("%s: “%s” is on where %s is one of: %s\n", get_path (self),
                          self->key, self->context, *list != '\0' ? list : "(none)");
}

static void
cs_flagd_provider_apply_async (CsFlagProvider *provider,
                               CsFlagReading *reading,
                               CsFlagState *wanted,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  CsFlagdProvider *self = CS_FLAGD_PROVIDER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  g_autoptr (GBytes) content =
    cs_flagd_file_write (reading->detail, self->key, self->context, wanted, &error);

  g_task_set_source_tag (task, cs_flagd_provider_apply_async);
  if (content == NULL)
    g_task_return_error (task, error);
  else
    cs_target_file_replace_async (get_shell (self), get_path (self), reading->version, content,
                                  cancellable, cs_file_provider_written_cb,
                                  g_steal_pointer (&task));
}

static void
cs_flagd_provider_provider_init (CsFlagProviderInterface *iface)
{
  iface->has_everyone = cs_flagd_provider_has_everyone;
  iface->read_async = cs_flagd_provider_read_async;
  iface->plan = cs_flagd_provider_plan;
  iface->apply_async = cs_flagd_provider_apply_async;
}

/**
 * cs_flagd_provider_new:
 * @key: of the flag, here and in the file
 * @settings: see #CsFlagdProvider
 * @targets: where the target is looked up
 * @breakers: (nullable): theirs
 * @state_directory: of this program, for connections
 *
 * Writes an explicit list always; other flags in the file, and members that are not of the rule,
 * stay byte for byte.
 *
 * Returns: (transfer full): the provider; %NULL with %CS_ERROR_INVALID
 */
CsFlagProvider *
cs_flagd_provider_new (const char *key,
                       JsonObject *settings,
                       CsTargets *targets,
                       CsBreakers *breakers,
                       const char *state_directory,
                       GError **error)
{
  g_autoptr (CsFlagdProvider) self = g_object_new (CS_TYPE_FLAGD_PROVIDER, NULL);
  const char *context = cs_json_get_string (settings, "context");

  if (!cs_file_provider_set_up (CS_FILE_PROVIDER (self), settings, targets, breakers,
                                state_directory, error))
    return NULL;
  self->key = g_strdup (key);
  self->context = g_strdup (context != NULL ? context : "companyId");
  return CS_FLAG_PROVIDER (g_steal_pointer (&self));
}
