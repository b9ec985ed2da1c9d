/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the commands of a deployment run: its one target, or one member of its fleet. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-site.h"

#include "cs-member.h"

#include <sys/resource.h>

/* Pipes to the connection, to the command and to spare channels, and the file of its output. */
#define FILES_PER_SITE 16
#define FILES_BESIDES 256

CsSite *
cs_site_new (const char *member, CsTarget *target)
{
  CsSite *self = g_new0 (CsSite, 1);

  self->member = g_strdup (member);
  self->target = g_object_ref (target);
  self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
cs_site_free (CsSite *self)
{
  cs_site_drop_session (self);
  g_clear_object (&self->target);
  g_hash_table_unref (self->variables);
  g_free (self->member);
  g_free (self->cwd);
  g_free (self);
}

void
cs_site_drop_session (CsSite *self)
{
  if (self->session != NULL)
    cs_session_close_async (self->session, NULL, NULL);
  g_clear_object (&self->session);
}

void
cs_site_make_room (guint n)
{
  rlim_t needed = (rlim_t) n * FILES_PER_SITE + FILES_BESIDES;
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
    return;
  limit.rlim_cur = MIN (needed, limit.rlim_max);
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_debug ("The limit of open files stays as it is");
}

GHashTable *
cs_site_table_new (CsTarget *target)
{
  GHashTable *sites =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) cs_site_free);
  GListModel *members = cs_target_get_members (target);

  if (members == NULL)
    g_hash_table_insert (sites, (gpointer) "", cs_site_new (NULL, target));
  for (guint i = 0; members != NULL && i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);
      CsSite *site = cs_site_new (cs_member_get_name (member), cs_member_get_target (member));

      g_hash_table_insert (sites, site->member, site);
    }
  return sites;
}
