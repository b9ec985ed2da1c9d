/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person's ssh_config says about a target (`ssh -G`). */

#pragma once

#include "cs-target.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsSshConfig:
 * @hostname: what the name in the target stands for
 * @port: as decided by target and configuration
 * @user: who logs in there
 * @identities: key files that are tried, in order; whether they are there is not asked
 * @proxy: (nullable): the jump host, or the command that connects
 * @host_key_alias: (nullable): the name under which known_hosts has the host
 * @proxied: whether the way leads over another host, so that it can't be asked directly
 * @limited: whether a time limit for connecting is configured
 * @known_hosts: the person's and the system's files, in order
 */
typedef struct
{
  char *hostname;
  guint port;
  char *user;
  char **identities;
  char *proxy;
  char *host_key_alias;
  gboolean proxied;
  gboolean limited;
  char **user_known_hosts;
  char **global_known_hosts;
} CsSshConfig;

void cs_ssh_config_free (CsSshConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSshConfig, cs_ssh_config_free)

void cs_ssh_config_load_async (CsTarget *target,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
CsSshConfig *cs_ssh_config_load_finish (GAsyncResult *result, GError **error);

/* Adds what names the target to ssh's arguments: -l, -p, -i. */
void cs_ssh_config_add_target (GPtrArray *argv, CsTarget *target);

G_END_DECLS
