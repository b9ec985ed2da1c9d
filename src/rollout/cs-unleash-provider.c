/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A feature that is switched on an Unleash server. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-unleash-provider.h"

#include "cs-error.h"
#include "cs-json.h"
#include "cs-unleash-flag.h"
#include "cs-web-service.h"

#include <string.h>

struct _CsUnleashProvider
{
  GObject parent_instance;

  CsWebService *service;
  char *feature;
  char *environment;
  char *context;
  char *path;             /* of the feature */
  char *environment_path; /* of it there */
};

/** Writing: requests that are made one after the other */
typedef struct
{
  char *version; /* that is still to be there */
  CsFlagState *wanted;
  GPtrArray *writes; /* of CsUnleashWrite */
  guint next;
} Writing;

static void cs_unleash_provider_provider_init (CsFlagProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
  CsUnleashProvider,
  cs_unleash_provider,
  G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (CS_TYPE_FLAG_PROVIDER, cs_unleash_provider_provider_init))

static void
writing_free (Writing *writing)
{
  g_free (writing->version);
  cs_flag_state_unref (writing->wanted);
  g_clear_pointer (&writing->writes, g_ptr_array_unref);
  g_free (writing);
}

static void
cs_unleash_provider_finalize (GObject *object)
{
  CsUnleashProvider *self = CS_UNLEASH_PROVIDER (object);

  g_clear_object (&self->service);
  g_free (self->feature);
  g_free (self->environment);
  g_free (self->context);
  g_free (self->path);
  g_free (self->environment_path);

  G_OBJECT_CLASS (cs_unleash_provider_parent_class)->finalize (object);
}

static void
cs_unleash_provider_class_init (CsUnleashProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_unleash_provider_finalize;
}

static void
cs_unleash_provider_init (CsUnleashProvider *self)
{
}

/* A list that grew over what constraints hold is no list; everyone is a strategy of its own. */
static gboolean
cs_unleash_provider_has_everyone (CsFlagProvider *provider)
{
  return TRUE;
}

static CsUnleashFlag *
finish_feature (CsUnleashProvider *self, GObject *source, GAsyncResult *result, GError **error)
{
  g_autoptr (GBytes) answer = cs_web_service_ask_finish (CS_WEB_SERVICE (source), result, error);
  gsize length = 0;
  const char *text = answer != NULL ? g_bytes_get_data (answer, &length) : NULL;

  return answer != NULL
           ? cs_unleash_flag_parse (text != NULL ? text : "", (gssize) length, self->feature,
                                    self->environment, self->context, error)
           : NULL;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CsUnleashFlag *flag =
    finish_feature (g_task_get_source_object (task), source, result, &error);
  CsFlagReading *reading;

  if (flag == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  reading = g_new0 (CsFlagReading, 1);
  reading->state = cs_flag_state_ref (cs_unleash_flag_get_state (flag));
  reading->version = g_strdup (cs_unleash_flag_get_version (flag));
  reading->detail = flag;
  reading->free_detail = (GDestroyNotify) cs_unleash_flag_free;
  g_task_return_pointer (task, reading, (GDestroyNotify) cs_flag_reading_free);
}

static void
cs_unleash_provider_read_async (CsFlagProvider *provider,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  CsUnleashProvider *self = CS_UNLEASH_PROVIDER (provider);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_unleash_provider_read_async);
  cs_web_service_ask_async (self->service, SOUP_METHOD_GET, self->path, NULL, cancellable, read_cb,
                            task);
}

static char *
cs_unleash_provider_plan (CsFlagProvider *provider,
                          CsFlagReading *reading,
                          CsFlagState *wanted,
                          GError **error)
{
  CsUnleashProvider *self = CS_UNLEASH_PROVIDER (provider);
  g_autoptr (GPtrArray) writes = cs_unleash_flag_list_writes (reading->detail, wanted, error);
  GString *words;

  if (writes == NULL)
    return NULL;
  words = g_string_new (NULL);
  for (guint i = 0; i < writes->len; i++)
    g_string_append_printf (words, "%s, %s: %s\n", self->feature, self->environment,
                            ((CsUnleashWrite *) writes->pdata[i])->words);
  return g_string_free (words, FALSE);
}

static void write_next (GTask *task);

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Writing *writing = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) answer = cs_web_service_ask_finish (CS_WEB_SERVICE (source), result, &error);

  if (answer != NULL)
    {
      writing->next++;
      write_next (g_steal_pointer (&task));
    }
  else if (writing->next == 0 && g_error_matches (error, CS_ERROR, CS_ERROR_AUTH))
    {
      /* A token that may read and not write has changed nothing. */
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_REFUSED, "%s", error->message);
      g_error_free (error);
    }
  else if (writing->next == 0)
    g_task_return_error (task, error);
  else
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                               "%u of %u requests were made, then: %s", writing->next,
                               writing->writes->len, error->message);
      g_error_free (error);
    }
}

/* Once one was made, nothing cancels the others. */
static void
write_next (GTask *task)
{
  CsUnleashProvider *self = g_task_get_source_object (task);
  Writing *writing = g_task_get_task_data (task);
  const CsUnleashWrite *write;
  g_autofree char *path = NULL;

  if (writing->next == writing->writes->len)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  write = writing->writes->pdata[writing->next];
  path = g_strconcat (self->environment_path, write->path, NULL);
  cs_web_service_ask_async (self->service, write->method, path, write->body, NULL, written_cb,
                            task);
}

/* The server knows no condition under which it writes: what is there is compared as late as can
 * be, and read back. */
static void
compared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsUnleashProvider *self = g_task_get_source_object (task);
  Writing *writing = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsUnleashFlag) flag = finish_feature (self, source, result, &error);

  if (flag != NULL && strcmp (cs_unleash_flag_get_version (flag), writing->version) != 0)
    g_set_error (&error, CS_ERROR, CS_ERROR_CONFLICT,
                 "Somebody has just changed “%s” in Unleash; nothing was written", self->feature);
  if (error == NULL)
    writing->writes = cs_unleash_flag_list_writes (flag, writing->wanted, &error);
  if (writing->writes != NULL)
    write_next (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static void
cs_unleash_provider_apply_async (CsFlagProvider *provider,
                                 CsFlagReading *reading,
                                 CsFlagState *wanted,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  CsUnleashProvider *self = CS_UNLEASH_PROVIDER (provider);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Writing *writing = g_new0 (Writing, 1);

  writing->version = g_strdup (reading->version);
  writing->wanted = cs_flag_state_ref (wanted);
  g_task_set_source_tag (task, cs_unleash_provider_apply_async);
  g_task_set_task_data (task, writing, (GDestroyNotify) writing_free);
  cs_web_service_ask_async (self->service, SOUP_METHOD_GET, self->path, NULL, cancellable,
                            compared_cb, task);
}

/* It keeps no connection that would have to be closed. */
static void
cs_unleash_provider_close_async (CsFlagProvider *provider,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_unleash_provider_close_async);
  g_task_return_boolean (task, TRUE);
}

static void
cs_unleash_provider_provider_init (CsFlagProviderInterface *iface)
{
  iface->has_everyone = cs_unleash_provider_has_everyone;
  iface->read_async = cs_unleash_provider_read_async;
  iface->plan = cs_unleash_provider_plan;
  iface->apply_async = cs_unleash_provider_apply_async;
  iface->close_async = cs_unleash_provider_close_async;
}

static char *
dup_setting (JsonObject *settings, const char *member, const char *fallback)
{
  const char *value = cs_json_get_string (settings, member);

  return g_strdup (value != NULL && *value != '\0' ? value : fallback);
}

/**
 * cs_unleash_provider_new:
 * @key: of the flag
 * @environment: for which the token is looked up
 * @settings: see #CsUnleashProvider
 * @keyring: (nullable): where the token is
 *
 * Lists are constraints (“companyId is one of …”) of strategies that let in all whom they name;
 * everyone is one without a constraint. Strategies of others, the flag's other environments and
 * variants, and the project's other flags stay.
 *
 * Returns: (transfer full): the provider; %NULL with %CS_ERROR_INVALID
 */
CsFlagProvider *
cs_unleash_provider_new (const char *key,
                         const char *environment,
                         JsonObject *settings,
                         CsKeyring *keyring,
                         GError **error)
{
  g_autoptr (CsUnleashProvider) self = g_object_new (CS_TYPE_UNLEASH_PROVIDER, NULL);
  const char *secret = cs_json_get_string (settings, "secret");
  g_autofree char *project = dup_setting (settings, "project", "default");
  g_autofree char *escaped_project = g_uri_escape_string (project, NULL, FALSE);
  g_autofree char *escaped_feature = NULL;
  g_autofree char *escaped_environment = NULL;

  self->environment = dup_setting (settings, "environment", NULL);
  if (secret == NULL || self->environment == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "An Unleash server needs its address, its environment, and the name of the "
                   "secret that holds the token");
      return NULL;
    }
  self->feature = dup_setting (settings, "feature", key);
  self->context = dup_setting (settings, "context", "companyId");
  escaped_feature = g_uri_escape_string (self->feature, NULL, FALSE);
  self->path = g_strdup_printf ("/api/admin/projects/%s/features/%s", escaped_project,
                                escaped_feature);
  escaped_environment = g_uri_escape_string (self->environment, NULL, FALSE);
  self->environment_path = g_strconcat (self->path, "/environments/", escaped_environment, NULL);
  self->service = cs_web_service_new (cs_json_get_string (settings, "url"), keyring, environment,
                                      secret, "", error);
  return self->service != NULL ? CS_FLAG_PROVIDER (g_steal_pointer (&self)) : NULL;
}
