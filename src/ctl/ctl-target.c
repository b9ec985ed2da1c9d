/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl target */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-guarded-session.h"
#include "cs-host-key.h"
#include "cs-member.h"
#include "ctl-agent.h"
#include "ctl-commands.h"
#include "ctl-fleet.h"
#include "ctl-print.h"

#include <string.h>

CsTarget *
ctl_find_target (Ctl *ctl, const char *name, GError **error)
{
  CsTarget *target = cs_targets_lookup (cs_workspace_get_targets (ctl->workspace), name);

  if (target == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "There is no target named “%s”; “countersignctl target list” names them", name);
  return target;
}

static CsTarget *
new_target (const char *name,
            gboolean local,
            const char *ssh,
            const CtlAgentOptions *agent,
            const char *identity,
            const char *environment,
            GError **error)
{
  g_autofree char *path = identity != NULL ? g_canonicalize_filename (identity, NULL) : NULL;

  if (local + (ssh != NULL) + (agent->url != NULL) != 1 || (local && identity != NULL) ||
      (agent->url == NULL && agent->fingerprint != NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Give one of --local, --ssh, --agent, --fleet and --members");
      return NULL;
    }
  if (path != NULL && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no key file %s", path);
      return NULL;
    }
  if (agent->url != NULL)
    return cs_target_new_agent (name, agent->url, agent->fingerprint, path, environment, error);
  return local ? cs_target_new_local (name, environment, error)
               : cs_target_new_ssh (name, ssh, path, environment, error);
}

/* What add and change are told; each is NULL, or FALSE, if it was not. */
typedef struct
{
  gboolean local;
  char *ssh;
  char *identity;
  char *environment;
  char *names;
  char *members;
  char *batch;
  char *pause;
  char *stop_after;
  char *rate;
  CtlAgentOptions agent;
} TargetOptions;

static void
target_options_clear (TargetOptions *options)
{
  g_free (options->ssh);
  g_free (options->identity);
  g_free (options->environment);
  g_free (options->names);
  g_free (options->members);
  g_free (options->batch);
  g_free (options->pause);
  g_free (options->stop_after);
  g_free (options->rate);
  ctl_agent_options_clear (&options->agent);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TargetOptions, target_options_clear)

static gboolean
parse_target (
  Ctl *ctl,
  char **arguments,
  TargetOptions *options,
  char ***words,
  GError **error)
{
  const GOptionEntry entries[] = {
    { "local", 0, 0, G_OPTION_ARG_NONE, &options->local, NULL, NULL },
    { "ssh", 0, 0, G_OPTION_ARG_FILENAME, &options->ssh, NULL, "DESTINATION" },
    { "agent", 0, 0, G_OPTION_ARG_FILENAME, &options->agent.url, NULL, "URL" },
    { "fingerprint", 0, 0, G_OPTION_ARG_FILENAME, &options->agent.fingerprint, NULL,
      "SHA256:..." },
    { "token-fd", 0, 0, G_OPTION_ARG_FILENAME, &options->agent.token_fd, NULL, "N" },
    { "identity", 0, 0, G_OPTION_ARG_FILENAME, &options->identity, NULL, "FILE" },
    { "environment", 0, 0, G_OPTION_ARG_FILENAME, &options->environment, NULL, "E" },
    { "fleet", 0, 0, G_OPTION_ARG_FILENAME, &options->names, NULL, "A,B,C" },
    { "members", 0, 0, G_OPTION_ARG_FILENAME, &options->members, NULL, "FILE" },
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &options->batch, NULL, "10%|5" },
    { "pause", 0, 0, G_OPTION_ARG_FILENAME, &options->pause, NULL, "30s|ask" },
    { "stop-after", 0, 0, G_OPTION_ARG_FILENAME, &options->stop_after, NULL, "N" },
    { "rate", 0, 0, G_OPTION_ARG_FILENAME, &options->rate, NULL, "N" },
    { NULL },
  };

  return ctl_parse (ctl, arguments, entries, 1, 1, words, error);
}

static CsTarget *
build_plain (const char *name, const TargetOptions *options, GError **error)
{
  CtlFleetOptions fleet = { options->names, options->members, options->batch, options->pause,
                            options->stop_after };
  gboolean single = options->local || options->ssh != NULL || options->agent.url != NULL ||
                    options->identity != NULL;

  if (single && options->names == NULL && options->members == NULL)
    return new_target (name, options->local, options->ssh, &options->agent, options->identity,
                       options->environment, error);
  if (!single)
    return ctl_fleet_new (name, &fleet, options->environment, error);
  g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                       "A target is either one computer or a fleet");
  return NULL;
}

static CsTarget *
build_target (const char *name, const TargetOptions *options, GError **error)
{
  g_autoptr (CsTarget) target = build_plain (name, options, error);

  if (target == NULL ||
      !cs_target_parse_rate (target, options->rate != NULL ? options->rate : "", error))
    return NULL;
  return g_steal_pointer (&target);
}

CtlStatus
ctl_target_add (Ctl *ctl, char **arguments)
{
  g_auto (TargetOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsTarget) target = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsTargets *targets;

  if (parse_target (ctl, arguments, &options, &words, &error))
    target = build_target (words[0], &options, &error);
  if (target == NULL || !ctl_open (ctl, &error))
    return ctl_fail (error);
  targets = cs_workspace_get_targets (ctl->workspace);
  cs_targets_add_async (targets, cs_workspace_get_actor (ctl->workspace), target, NULL,
                        ctl_ready_cb, &result);
  if (!cs_targets_add_finish (targets, ctl_wait (&result), &error))
    return ctl_fail (error);
  return options.agent.url != NULL ? ctl_agent_keep_token (ctl, words[0], &options.agent)
                                   : CTL_DONE;
}

static void
keep (char **option, const char *present)
{
  if (*option == NULL)
    *option = g_strdup (present);
}

/* What stays as it is, of a target of the kind that it was. */
static void
keep_present (TargetOptions *options, CsTarget *target)
{
  const CsBatching *batching;
  g_autofree char *text = NULL;

  keep (&options->environment, cs_target_get_environment (target));
  if (options->rate == NULL)
    options->rate = g_strdup_printf ("%u", cs_target_get_rate (target));
  switch (cs_target_get_kind (target))
    {
    case CS_TARGET_LOCAL:
      options->local = TRUE;
      break;
    case CS_TARGET_SSH:
      text = cs_target_dup_address (target);
      keep (&options->ssh, text);
      keep (&options->identity, cs_target_get_identity (target));
      break;
    case CS_TARGET_AGENT:
      keep (&options->agent.url, cs_target_get_url (target));
      keep (&options->agent.fingerprint, cs_target_get_fingerprint (target));
      keep (&options->identity, cs_target_get_identity (target));
      break;
    case CS_TARGET_FLEET:
    default:
      batching = cs_target_get_batching (target);
      if (options->batch == NULL)
        options->batch = cs_batching_dup_size (batching);
      if (options->pause == NULL)
        options->pause = cs_batching_dup_pause (batching);
      if (options->stop_after == NULL)
        options->stop_after = g_strdup_printf ("%u", batching->stop_after);
    }
}

/* The members of a fleet stay unless others are named. */
static CsTarget *
build_changed (CsTarget *present, TargetOptions *options, GError **error)
{
  CsBatching batching = CS_BATCHING_INIT;
  g_autofree char *lines = NULL;
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (CsTarget) fleet_target = NULL;
  gboolean fleet = cs_target_get_kind (present) == CS_TARGET_FLEET;

  if (fleet && (options->local || options->ssh != NULL || options->agent.url != NULL ||
                options->identity != NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "%s is a fleet and stays one; remove it and add it as what it is now",
                   cs_target_get_name (present));
      return NULL;
    }
  keep_present (options, present);
  if (!fleet || options->names != NULL || options->members != NULL)
    return build_target (cs_target_get_name (present), options, error);
  lines = cs_member_write_list (cs_target_get_members (present));
  members = cs_member_parse_list (lines, error);
  if (members == NULL || !cs_batching_parse (&batching, options->batch, options->pause,
                                             options->stop_after, error))
    return NULL;
  fleet_target = cs_target_new_fleet (cs_target_get_name (present), members, &batching,
                                      options->environment, error);
  if (fleet_target == NULL || !cs_target_parse_rate (fleet_target, options->rate, error))
    return NULL;
  return g_steal_pointer (&fleet_target);
}

CtlStatus
ctl_target_change (Ctl *ctl, char **arguments)
{
  g_auto (TargetOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsTarget) target = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsTarget *present = NULL;
  CsTargets *targets;

  if (parse_target (ctl, arguments, &options, &words, &error) && ctl_open (ctl, &error))
    present = ctl_find_target (ctl, words[0], &error);
  if (present != NULL)
    target = build_changed (present, &options, &error);
  if (target == NULL)
    return ctl_fail (error);
  targets = cs_workspace_get_targets (ctl->workspace);
  cs_targets_change_async (targets, cs_workspace_get_actor (ctl->workspace), target, NULL,
                           ctl_ready_cb, &result);
  if (!cs_targets_change_finish (targets, ctl_wait (&result), &error))
    return ctl_fail (error);
  return options.agent.token_fd != NULL ? ctl_agent_keep_token (ctl, words[0], &options.agent)
                                        : CTL_DONE;
}

static CsHostKey *
scan (Ctl *ctl, CsTarget *target, GError **error)
{
  g_autofree char *state = cs_workspace_dup_state_directory (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;

  cs_host_key_scan_async (target, state, NULL, ctl_ready_cb, &result);
  return cs_host_key_scan_finish (ctl_wait (&result), error);
}

static gboolean
try_session (Ctl *ctl, CsTarget *target, GError **error)
{
  g_autofree char *state = cs_workspace_dup_state_directory (ctl->workspace);
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (CsSession) session = NULL;

  cs_guarded_session_try_async (cs_workspace_get_breakers (ctl->workspace), target, state, NULL,
                                ctl_ready_cb, &opened);
  session = cs_guarded_session_open_finish (ctl_wait (&opened), error);
  if (session == NULL)
    return FALSE;
  cs_session_close_async (session, ctl_ready_cb, &closed);
  return cs_session_close_finish (session, ctl_wait (&closed), error);
}

/* Who shows no key is left to ssh, which says why. name: as it is to be given to “target trust”. */
static CtlStatus
test_host_key (Ctl *ctl, CsTarget *target, const char *name)
{
  g_autoptr (CsHostKey) key = scan (ctl, target, NULL);

  if (key == NULL || cs_host_key_get_state (key) == CS_HOST_KEY_KNOWN)
    return CTL_DONE;
  if (cs_host_key_get_state (key) == CS_HOST_KEY_CHANGED)
    {
      ctl_print (
        stderr,
        "countersignctl: The host key of %s has changed; it is now %s (%s). Someone may be in "
        "between. Ask who runs the server; if the new key is right, remove the old one with "
        "ssh-keygen -R\n",
        name, cs_host_key_get_fingerprint (key), cs_host_key_get_algorithm (key));
      return CTL_REFUSED;
    }
  ctl_print (stdout,
             "%s is met for the first time. Its host key (%s) is\n    %s\n"
             "Compare it with what the server's owner says, then accept it:\n"
             "    countersignctl target trust %s --fingerprint %s\n",
             name, cs_host_key_get_algorithm (key), cs_host_key_get_fingerprint (key), name,
             cs_host_key_get_fingerprint (key));
  return CTL_WAITING;
}

CtlStatus
ctl_target_try (Ctl *ctl, CsTarget *target, const char *name)
{
  g_autoptr (GError) error = NULL;
  CtlStatus status =
    cs_target_get_kind (target) == CS_TARGET_SSH ? test_host_key (ctl, target, name) : CTL_DONE;

  if (status != CTL_DONE)
    return status;
  if (!try_session (ctl, target, &error))
    return ctl_fail (error);
  ctl_print (stdout, "%s is ready.\n", name);
  return CTL_DONE;
}

CtlStatus
ctl_target_test (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsTarget) target = NULL;

  if (ctl_parse (ctl, arguments, NULL, 1, 1, &words, &error) && ctl_open (ctl, &error))
    target = ctl_fleet_find (ctl, words[0], &error);
  if (target == NULL)
    return ctl_fail (error);
  if (cs_target_get_kind (target) == CS_TARGET_FLEET)
    return ctl_fleet_test (ctl, target);
  return ctl_target_try (ctl, target, words[0]);
}

static gboolean
accept_key (CsHostKey *key, const char *fingerprint, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (g_strcmp0 (cs_host_key_get_fingerprint (key), fingerprint) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_AUTH,
                   "The server shows the host key %s, not %s; nothing was accepted",
                   cs_host_key_get_fingerprint (key), fingerprint);
      return FALSE;
    }
  if (cs_host_key_get_state (key) == CS_HOST_KEY_KNOWN)
    return TRUE;
  cs_host_key_accept_async (key, NULL, ctl_ready_cb, &result);
  return cs_host_key_accept_finish (key, ctl_wait (&result), error);
}

CtlStatus
ctl_target_trust (Ctl *ctl, char **arguments)
{
  g_autofree char *fingerprint = NULL;
  const GOptionEntry entries[] = {
    { "fingerprint", 0, 0, G_OPTION_ARG_FILENAME, &fingerprint, NULL, "SHA256:..." },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsTarget) target = NULL;
  g_autoptr (CsHostKey) key = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) &&
      ctl_require (fingerprint, "--fingerprint", &error) && ctl_open (ctl, &error))
    target = ctl_fleet_find (ctl, words[0], &error);
  if (target != NULL && cs_target_get_kind (target) != CS_TARGET_SSH)
    {
      g_set_error (&error, CS_ERROR, CS_ERROR_INVALID, "%s is no SSH server; it has no host key",
                   words[0]);
      g_clear_object (&target);
    }
  if (target != NULL)
    key = scan (ctl, target, &error);
  if (key == NULL || !accept_key (key, fingerprint, &error))
    return ctl_fail (error);
  return CTL_DONE;
}

CtlStatus
ctl_target_remove (Ctl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CsTargets *targets;

  if (!ctl_parse (ctl, arguments, NULL, 1, 1, &words, &error) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  targets = cs_workspace_get_targets (ctl->workspace);
  cs_targets_remove_async (targets, cs_workspace_get_actor (ctl->workspace), words[0], NULL,
                           ctl_ready_cb, &result);
  if (!cs_targets_remove_finish (targets, ctl_wait (&result), &error))
    return ctl_fail (error);
  return CTL_DONE;
}
