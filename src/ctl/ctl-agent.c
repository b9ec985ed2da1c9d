/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What countersignctl asks about agents: their tokens. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-agent.h"

#include "cs-error.h"
#include "cs-keyring.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-terminal.h"


void
ctl_agent_options_clear (CtlAgentOptions *options)
{
  g_free (options->url);
  g_free (options->fingerprint);
  g_free (options->token_fd);
}

CtlStatus
ctl_agent_keep_token (Ctl *ctl, const char *name, const CtlAgentOptions *options)
{
  CsKeyring *keyring = cs_workspace_get_keyring (ctl->workspace);
  g_autoptr (GError) error = NULL;
  g_autofree char *prompt = g_strdup_printf ("Token of %s: ", name);
  g_autoptr (CsSecret) token = ctl_terminal_take (prompt, options->token_fd, &error);
  g_autofree char *label = g_strdup_printf ("Countersign: token of the agent %s", name);
  g_autoptr (GAsyncResult) result = NULL;

  if (token == NULL)
    return ctl_fail (error);
  cs_keyring_store_async (keyring, CS_KEYRING_TOKEN, name, label, token, NULL, ctl_ready_cb,
                          &result);
  if (!cs_keyring_store_finish (keyring, ctl_wait (&result), &error))
    return ctl_fail (error);
  if (cs_keyring_get_problem (keyring) != NULL)
    {
      ctl_print (stderr,
                 "countersignctl: The token was not kept: %s. Start a keyring and enter it with "
                 "“countersignctl target token %s”, or have it in "
                 "$CREDENTIALS_DIRECTORY/countersign-token-%s\n",
                 cs_keyring_get_problem (keyring), name, name);
      return CTL_WAITING;
    }
  return CTL_DONE;
}

CtlStatus
ctl_target_token (Ctl *ctl, char **arguments)
{
  g_auto (CtlAgentOptions) options = { NULL };
  const GOptionEntry entries[] = {
    { "token-fd", 0, 0, G_OPTION_ARG_FILENAME, &options.token_fd, NULL, "N" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsTarget *target = NULL;

  if (ctl_parse (ctl, arguments, entries, 1, 1, &words, &error) && ctl_open (ctl, &error))
    target = ctl_find_target (ctl, words[0], &error);
  if (target != NULL && cs_target_get_kind (target) != CS_TARGET_AGENT)
    {
      g_set_error (&error, CS_ERROR, CS_ERROR_INVALID, "%s is no agent; it has no token", words[0]);
      target = NULL;
    }
  return target != NULL ? ctl_agent_keep_token (ctl, words[0], &options) : ctl_fail (error);
}
