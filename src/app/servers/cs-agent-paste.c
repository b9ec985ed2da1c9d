/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `countersign-agent init` printed, taken apart. */

#define G_LOG_DOMAIN "cs-agent-paste"

#include "config.h"

#include "cs-agent-paste.h"

#include "cs-keyring.h"

#include <string.h>

/* A token is one long word. */
#define MIN_TOKEN_LENGTH 20

/**
 * cs_agent_paste_free:
 * @self: (transfer full): what was pasted; the token is wiped
 */
void
cs_agent_paste_free (CsAgentPaste *self)
{
  g_free (self->name);
  g_free (self->url);
  g_free (self->fingerprint);
  g_free (self->environment);
  cs_secret_free (self->token);
  g_free (self);
}

static void
take (char **field, const char *word)
{
  g_free (*field);
  *field = g_strdup (word);
}

/* countersignctl target add NAME --agent URL [--fingerprint F] [--environment E] */
static void
parse_command (CsAgentPaste *self, char **words)
{
  for (; words[0] != NULL && words[1] != NULL; words++)
    if (g_str_equal (words[0], "add"))
      take (&self->name, words[1]);
    else if (g_str_equal (words[0], "--agent"))
      take (&self->url, words[1]);
    else if (g_str_equal (words[0], "--fingerprint"))
      take (&self->fingerprint, words[1]);
    else if (g_str_equal (words[0], "--environment"))
      take (&self->environment, words[1]);
}

/* The token stands alone in its paragraph, after the words that announce it. */
static char *
find_token (const char *text)
{
  const char *announced = strstr (text, "token");
  g_auto (GStrv) words = NULL;

  if (announced == NULL)
    return NULL;
  words = g_strsplit_set (announced, " \t\r\n", -1);
  for (char **word = words; *word != NULL; word++)
    {
      gboolean plain = strlen (*word) >= MIN_TOKEN_LENGTH;

      for (const char *c = *word; plain && *c != '\0'; c++)
        plain = g_ascii_isalnum (*c) || strchr ("-_=+.", *c) != NULL;
      if (plain)
        return g_strdup (*word);
    }
  return NULL;
}

/**
 * cs_agent_paste_parse:
 * @text: from the clipboard, with line ends or without
 *
 * Returns: (transfer full) (nullable): what it says of an agent; %NULL if nothing
 */
CsAgentPaste *
cs_agent_paste_parse (const char *text)
{
  g_autoptr (CsAgentPaste) self = NULL;
  const char *command = strstr (text, "countersignctl target add ");
  g_auto (GStrv) all = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  if (command == NULL)
    return NULL;
  all = g_strsplit_set (command, " \t\r\n", -1);
  for (char **word = all; *word != NULL; word++)
    if (**word != '\0')
      g_ptr_array_add (words, *word);
  g_ptr_array_add (words, NULL);
  self = g_new0 (CsAgentPaste, 1);
  parse_command (self, (char **) words->pdata);
  self->token = find_token (command);
  return self->url != NULL ? g_steal_pointer (&self) : NULL;
}
