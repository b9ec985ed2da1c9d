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

static CsActRules openers = CS_ACT_RULES (OPENERS);

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

  while (last > 1 && command->words[last - 1].length > 0 && command->words[last - 1].text[0] == '-')
    last--;
  if (!is_shell_word (&command->words[last - 1]))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (CARRIERS) && !carrier; i++)
    carrier = cs_command_is (command, 0, CARRIERS[i]);
  return carrier && !cs_command_has_flag (command, 'c');
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
      cs_act_rules_match (&openers, command) != NULL)
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

/**
 * cs_inner_shell_look:
 * @command: a simple command of a line, the next one
 * @look: (type CsInnerLook): takes it; zeroed before the first
 */
void
cs_inner_shell_look (const CsCommand *command, gpointer look)
{
  CsInnerLook *self = look;

  cs_command_copy (&self->last, command);
  self->n_commands++;
}

/**
 * cs_inner_shell_opened_by:
 * @look: all simple commands of a line
 *
 * Returns: what the lines below are typed into, because the last command of the line opens it
 */
CsInnerShell
cs_inner_shell_opened_by (const CsInnerLook *look)
{
  g_autofree char *host = NULL;

  if (look->n_commands == 0 || look->last.redirected || look->last.piped_from)
    return CS_INNER_NONE;
  host = cs_act_dup_hop (&look->last);
  return host != NULL ? CS_INNER_HOP : opened_by_command (&look->last);
}

/**
 * cs_inner_shell_dup_host:
 * @text: the contents that @line is a part of
 * @line: a command that opens a shell elsewhere
 *
 * Returns: (transfer full) (nullable): where it goes; %NULL if that is the same computer
 */
char *
cs_inner_shell_dup_host (const char *text, const CsShellLine *line)
{
  CsInnerLook look = { 0 };

  cs_words_foreach_command (text + line->start, text + line->body, cs_inner_shell_look, &look);
  return cs_act_dup_hop (&look.last);
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

  if (line->end - line->start > 40 || strchr ("eElLqQ\\. \t", text[line->start]) == NULL)
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
