/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What switches a feature in a file on a target, whatever the file is: the base of such
 * providers. */

#pragma once

#include "cs-breakers.h"
#include "cs-flag-provider.h"
#include "cs-follow-ups.h"
#include "cs-targets.h"

G_BEGIN_DECLS

/* settings: {target, path, directory, reload: [COMMAND…], readback: COMMAND}; see CsFollowUps. */
#define CS_TYPE_FILE_PROVIDER (cs_file_provider_get_type ())
G_DECLARE_DERIVABLE_TYPE (CsFileProvider, cs_file_provider, CS, FILE_PROVIDER, GObject)

struct _CsFileProviderClass
{
  GObjectClass parent_class;
};

/* Once, before anything else. INVALID: there is no target, or no whole path. */
gboolean cs_file_provider_set_up (CsFileProvider *self,
                                  JsonObject *settings,
                                  CsTargets *targets,
                                  CsBreakers *breakers,
                                  const char *state_directory,
                                  GError **error);

CsTargetShell *cs_file_provider_get_shell (CsFileProvider *self);
CsFollowUps *cs_file_provider_get_follow_ups (CsFileProvider *self);
const char *cs_file_provider_get_path (CsFileProvider *self);

/* Callback of what writes the file, with the task of cs_flag_provider_apply_async() (transfer
 * full): has it take effect, and returns the task. */
void cs_file_provider_written_cb (GObject *source, GAsyncResult *result, gpointer user_data);

G_END_DECLS
