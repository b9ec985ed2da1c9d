/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What countersignctl asks about agents: their tokens. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-agent.h"

#include "cs-error.h"
#include "cs-keyring.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-terminal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TOKEN_LIMIT 1024

void
ctl_agent_options_clear (CtlAgentOptions *options)
{
  g_free (options->url);
  g_free (options->fingerprint);
  g_free (options->token_fd);
}

/* The first line. */
static char *
read_token (int fd, GError **error)
{
  char text[TOKEN_LIMIT];
  gsize length = 0;
  gssize n = 0;
  char *token;

  while (length < sizeof text - 1 && (n = read (fd, text + length, sizeof text - 1 - length)) > 0)
    length += (gsize) n;
  text[length] = '\0';
  text[strcspn (text, "\r\n")] = '\0';
  token = g_strdup (g_strstrip (text));
  explicit_bzero (text, sizeof text);
  if (n >= 0 && token[0] != '\0')
    return token;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "No token could be read: %s",
               n < 0 ? g_strerror (errno) : "there was none");
  cs_secret_free (token);
  return NULL;
}

static char *
get_token (const char *name, const char *fd, GError **error)
{
  g_autofree char *prompt = g_strdup_printf ("Token of %s: ", name);
  guint64 number = 0;

  if (fd != NULL && !g_ascii_string_to_unsigned (fd, 10, 0, 1023, &number, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is not the number of a descriptor", fd);
      return NULL;
    }
  if (fd != NULL)
    return read_token ((int) number, error);
  return isatty (STDIN_FILENO) ? ctl_terminal_ask (prompt, error)
                               : read_token (STDIN_FILENO, error);
}

CtlStatus
ctl_agent_keep_token (Ctl *ctl, const char *name, const CtlAgentOptions *options)
{
  CsKeyring *keyring = cs_workspace_get_keyring (ctl->workspace);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSecret) token = get_token (name, options->token_fd, &error);
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
