/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Companies from a service on the web. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-company-fetch.h"

#include "cs-company-reader.h"
#include "cs-web-service.h"

/* A hundred thousand companies are some megabytes. */
static void
read_in_thread (GTask *task, gpointer source, gpointer bytes, GCancellable *cancellable)
{
  GError *error = NULL;
  CsCompanyList *list = cs_company_reader_read (bytes, CS_COMPANY_FILE, &error);

  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify) cs_company_list_unref);
  else
    g_task_return_error (task, error);
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = cs_web_service_ask_finish (CS_WEB_SERVICE (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, bytes, (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, read_in_thread);
}

/**
 * cs_company_fetch_async:
 * @keyring: (nullable): where the token is
 * @url: of the list
 * @secret: (nullable): name of the token
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is read
 * @user_data: for @callback
 */
void
cs_company_fetch_async (CsKeyring *keyring,
                        const char *url,
                        const char *secret,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError *error = NULL;
  g_autoptr (CsWebService) service =
    cs_web_service_new (url, keyring, NULL, secret, "Bearer ", &error);

  g_task_set_source_tag (task, cs_company_fetch_async);
  if (service != NULL)
    cs_web_service_ask_async (service, SOUP_METHOD_GET, NULL, NULL, cancellable, fetched_cb,
                              g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/** cs_company_fetch_finish: (transfer full): the companies. */
CsCompanyList *
cs_company_fetch_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
