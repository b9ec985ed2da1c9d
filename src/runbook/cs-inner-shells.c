/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that open another shell: what stands below them is typed there. */

#include "cs-inner-shells.h"

#include "cs-act-rules.h"
#include "cs-acts.h"

#include <string.h>

/* Programs that open a shell whatever their last word is. */
static const CsActRule OPENERS[] = {
  { "su", "!-c !--command*", "shell" },
  { "mosh", "", "shell" },
  { "screen", "!-ls !-list !-d !-dm !-dmS !-X", "shell" },
  { "tmux", "!-d !ls !list-sessions !kill-session !send-keys", "shell" },
  { "vagrant", "ssh !-c !--command*", "shell" },
  { "minikube", "ssh", "shell" },
  { "multipass", "shell", "shell" },
  { "machinectl", "shell|login", "shell" },
  { "ddev", "ssh", "shell" },
  { "lando", "ssh !-c", "shell" },
  { "eb", "ssh !-c !--command*", "shell" },
  { "heroku", "ps:exec", "shell" },
  { "gcloud", "compute ssh !--command*", "shell" },
  { "aws", "ssm start-session", "shell" },
  { "az", "ssh vm", "shell" },
  { "poetry", "shell", "shell" },
  { "pipenv", "shell", "shell" },
};

/* Programs that open what their last word names. */
static const char *const CARRIERS[] = {
  "docker", "docker-compose", "podman", "nerdctl", "kubectl", "oc", "crictl", "lxc", "incus",
  "heroku", "fly", "flyctl", "chroot", "nsenter", "unshare", "machinectl", "ddev", "bash", "sh",
  "zsh", "exec",
};

static const char *const SHELLS[] = { "bash", "sh", "ash", "dash", "zsh", "fish", "ksh" };

typedef struct
{
  CsInnerShell opened;
  guint n_commands;
  char *host;
} Look;

static gboolean
is_shell_word (const CsWord *word)
{
  const char *text = word->text;
  gsize length = word->length;

  for (const char *p = text; p < word->text + word->length; p++)
    {
      if (*p == '/')
        {
          text = p + 1;
          length = (gsize) (word->text + word->length - text);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (SHELLS); i++)
    {
      if (strlen (SHELLS[i]) == length && memcmp (text, SHELLS[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* "docker exec -it db bash", "bash -l", "kubectl exec -it pod -- /bin/sh" */
static gboolean
carries_shell (const CsCommand *command)
{
  guint last = command->n_words;
  gboolean carrier = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (CARRIERS); i++)
    carrier |= cs_command_is (command, 0, CARRIERS[i]);
  while (last > 1 && command->words[last - 1].length > 0 && command->words[last - 1].text[0] == '-')
    last--;
  return carrier && !cs_command_has_flag (command, 'c') &&
         is_shell_word (&command->words[last - 1]);
}

/* `mysql -u root -p` asks for a password, and then for statements. */
static gboolean
is_client_session (const CsCommand *command)
{
  return (cs_command_is (command, 0, "mysql") || cs_command_is (command, 0, "mariadb")) &&
         !cs_command_has_prefix (command, "-e") && !cs_command_has_prefix (command, "--execute") &&
         !cs_command_has_prefix (command, "--version") && !cs_command_has (command, "-V");
}

/* `sudo -i`, `sudo su -`: nothing is left when the words around a program are taken away. */
static gboolean
is_bare_sudo (const CsCommand *command)
{
  return command->sudo && command->n_words == 0;
}

static CsInnerShell
opened_by_command (const CsCommand *command)
{
  const char *interaction;

  if (is_bare_sudo (command) ||
      cs_act_rules_match (OPENERS, G_N_ELEMENTS (OPENERS), command) != NULL)
    return CS_INNER_SHELL;
  if (command->n_words == 0)
    return CS_INNER_NONE;
  if (carries_shell (command))
    return CS_INNER_SHELL;
  interaction = cs_act_get_interaction (command);
  if (is_client_session (command) ||
      (interaction != NULL &&
       (strcmp (interaction, "repl") == 0 || strcmp (interaction, "terminal") == 0)))
    return CS_INNER_PROGRAM;
  return CS_INNER_NONE;
}

static void
look_cb (const CsCommand *command, gpointer user_data)
{
  Look *look = user_data;

  g_clear_pointer (&look->host, g_free);
  look->n_commands++;
  look->opened = CS_INNER_NONE;
  if (command->redirected || command->piped_from)
    return;
  look->host = cs_act_dup_hop (command);
  look->opened = look->host != NULL ? CS_INNER_HOP : opened_by_command (command);
}

/**
 * cs_inner_shell_opened_by:
 * @text: the contents that @line is a part of
 * @line: a command
 * @alone: (out): whether the line holds nothing else
 * @host: (out) (transfer full) (nullable): where a hop goes
 *
 * Returns: what the lines below are typed into, because the last command of this one opens it
 */
CsInnerShell
cs_inner_shell_opened_by (const char *text, const CsShellLine *line, gboolean *alone, char **host)
{
  Look look = { CS_INNER_NONE, 0, NULL };

  /* A here-document is all that the program reads. */
  if (line->body == line->end)
    cs_words_foreach_command (text + line->start, text + line->body, look_cb, &look);
  *alone = look.n_commands == 1;
  *host = look.host;
  return look.opened;
}

/**
 * cs_inner_shell_is_left_by:
 *
 * Returns: whether a line does nothing but leave the shell or program that it is typed into
 */
gboolean
cs_inner_shell_is_left_by (const char *text, const CsShellLine *line)
{
  static const char *const WORDS[] = { "exit", "logout", "quit", "\\q", "exit()", "quit()",
                                       ".exit", ".quit" };
  g_autofree char *words = NULL;

  if (line->end - line->start > 40)
    return FALSE;
  words = g_strndup (text + line->start, line->end - line->start);
  words[strcspn (words, ";#")] = '\0';
  g_strstrip (words);
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (g_ascii_strcasecmp (words, WORDS[i]) == 0)
        return TRUE;
    }
  return FALSE;
}
