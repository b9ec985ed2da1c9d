/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The environments that deployments went to. */

#include "cs-environment-list.h"

#include "cs-deployment.h"

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

/**
 * cs_environment_list_names:
 * @deployments: a list of #CsDeployment
 *
 * Returns: (transfer full) (array zero-terminated=1): the environments of all of them, each once,
 * in alphabetical order
 */
char **
cs_environment_list_names (GListModel *deployments)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);
      const char *name = cs_deployment_get_environment (deployment);

      if (name != NULL && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/**
 * cs_environment_list_streams:
 * @deployments: a list of #CsDeployment
 * @environment: an environment
 *
 * The journal knows no environments; a #CsQuery takes the streams of one.
 *
 * Returns: (transfer full) (array zero-terminated=1): the streams of the deployments to it
 */
char **
cs_environment_list_streams (GListModel *deployments, const char *environment)
{
  g_autoptr (GStrvBuilder) streams = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);

      if (g_strcmp0 (cs_deployment_get_environment (deployment), environment) == 0)
        g_strv_builder_add (streams, cs_deployment_get_stream (deployment));
    }
  return g_strv_builder_end (streams);
}
