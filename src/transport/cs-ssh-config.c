/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person's ssh_config says about a target (`ssh -G`). */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-ssh-config.h"

#include "cs-child.h"
#include "cs-error.h"

#include <string.h>

/**
 * cs_ssh_config_free:
 * @self: (transfer full): a configuration
 */
void
cs_ssh_config_free (CsSshConfig *self)
{
  g_free (self->hostname);
  g_free (self->user);
  g_strfreev (self->identities);
  g_free (self->proxy);
  g_free (self->host_key_alias);
  g_strfreev (self->user_known_hosts);
  g_strfreev (self->global_known_hosts);
  g_free (self);
}

static gboolean
is_set (const char *value)
{
  return value[0] != '\0' && !g_str_equal (value, "none");
}

static void
add_identity (CsSshConfig *self, const char *path)
{
  guint n = g_strv_length (self->identities);

  self->identities = g_renew (char *, self->identities, n + 2);
  self->identities[n] = g_strdup (path);
  self->identities[n + 1] = NULL;
}

static void
take_proxy (CsSshConfig *self, const char *value)
{
  if (!is_set (value))
    return;
  self->proxied = TRUE;
  g_free (self->proxy);
  self->proxy = g_strdup (value);
}

static void
parse_line (CsSshConfig *self, const char *key, const char *value)
{
  if (g_str_equal (key, "hostname"))
    {
      g_free (self->hostname);
      self->hostname = g_strdup (value);
    }
  else if (g_str_equal (key, "port"))
    self->port = (guint) g_ascii_strtoull (value, NULL, 10);
  else if (g_str_equal (key, "hostkeyalias") && is_set (value))
    {
      g_free (self->host_key_alias);
      self->host_key_alias = g_strdup (value);
    }
  else if (g_str_equal (key, "proxyjump") || g_str_equal (key, "proxycommand"))
    take_proxy (self, value);
  else if (g_str_equal (key, "user"))
    {
      g_free (self->user);
      self->user = g_strdup (value);
    }
  else if (g_str_equal (key, "identityfile"))
    add_identity (self, value);
  else if (g_str_equal (key, "connecttimeout"))
    self->limited = is_set (value);
  else if (g_str_equal (key, "userknownhostsfile"))
    {
      g_strfreev (self->user_known_hosts);
      self->user_known_hosts = g_strsplit (value, " ", -1);
    }
  else if (g_str_equal (key, "globalknownhostsfile"))
    {
      g_strfreev (self->global_known_hosts);
      self->global_known_hosts = g_strsplit (value, " ", -1);
    }
}

static CsSshConfig *
parse_config (GBytes *bytes)
{
  CsSshConfig *self = g_new0 (CsSshConfig, 1);
  gsize length = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_strndup (data, length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  self->identities = g_new0 (char *, 1);
  for (char **line = lines; *line != NULL; line++)
    {
      char *space = strchr (*line, ' ');

      if (space == NULL)
        continue;
      *space = '\0';
      parse_line (self, *line, space + 1);
    }
  if (self->user_known_hosts == NULL)
    self->user_known_hosts = g_new0 (char *, 1);
  if (self->global_known_hosts == NULL)
    self->global_known_hosts = g_new0 (char *, 1);
  return self;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsChildResult) child = cs_child_run_finish (result, &error);

  if (child == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (child->status != 0)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                               "ssh does not accept its configuration: %s",
                               g_strstrip (child->err));
      return;
    }
  g_task_return_pointer (task, parse_config (child->out), (GDestroyNotify) cs_ssh_config_free);
}

/**
 * cs_ssh_config_add_target:
 * @argv: (element-type utf8): arguments of ssh so far, owning its strings
 * @target: an ssh target
 */
void
cs_ssh_config_add_target (GPtrArray *argv, CsTarget *target)
{
  if (cs_target_get_user (target) != NULL)
    {
      g_ptr_array_add (argv, g_strdup ("-l"));
      g_ptr_array_add (argv, g_strdup (cs_target_get_user (target)));
    }
  if (cs_target_get_port (target) != 0)
    {
      g_ptr_array_add (argv, g_strdup ("-p"));
      g_ptr_array_add (argv, g_strdup_printf ("%u", cs_target_get_port (target)));
    }
  if (cs_target_get_identity (target) != NULL)
    {
      g_ptr_array_add (argv, g_strdup ("-i"));
      g_ptr_array_add (argv, g_strdup (cs_target_get_identity (target)));
      g_ptr_array_add (argv, g_strdup ("-oIdentitiesOnly=yes"));
    }
}

/**
 * cs_ssh_config_load_async:
 * @target: an ssh target
 *
 * Asks ssh how it would go about this target.
 */
void
cs_ssh_config_load_async (CsTarget *target,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

  g_task_set_source_tag (task, cs_ssh_config_load_async);
  g_ptr_array_add (argv, g_strdup ("ssh"));
  g_ptr_array_add (argv, g_strdup ("-G"));
  cs_ssh_config_add_target (argv, target);
  g_ptr_array_add (argv, g_strdup ("--"));
  g_ptr_array_add (argv, g_strdup (cs_target_get_host (target)));
  g_ptr_array_add (argv, NULL);
  cs_child_run_async ((const char *const *) argv->pdata, NULL, NULL, cancellable, loaded_cb,
                      g_steal_pointer (&task));
}

/**
 * cs_ssh_config_load_finish:
 *
 * Returns: (transfer full): the configuration, or %NULL with %CS_ERROR_INVALID or
 *   %CS_ERROR_NOT_FOUND (there is no ssh)
 */
CsSshConfig *
cs_ssh_config_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
