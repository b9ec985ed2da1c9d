/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that read their arguments or their input as commands once more. */

#include "cs-shell-interpreters.h"

#include <string.h>

#define MAX_WORD 64

/* Whatever stands in a command with one of these words may be read a second time. That some of them
 * are only arguments somewhere (`apt install zsh`) costs little: values there must be plain. */
static const char *const ALWAYS[] = {
  ".", "[[", "alias", "ansible", "ash", "at", "autossh", "awk", "bash", "batch", "bind", "busybox",
  "clush", "complete", "crontab", "csh", "dash", "declare", "dsh", "ed", "emacs", "enable", "eval",
  "ex", "expect", "fish", "gawk", "gdb", "gsed", "ksh", "let", "local", "mapfile", "mawk", "mksh",
  "mosh", "nawk", "nvim", "parallel", "pdsh", "pssh", "pwsh", "read", "readarray", "rsh", "rsync",
  "runuser", "salt", "scp", "screen", "script", "sed", "sftp", "sh", "slogin", "source", "ssh",
  "su", "tcsh", "tmux", "trap", "typeset", "unset", "vi", "vim", "wait", "watch", "yash", "zsh",
};

/* These read a program from an option or from their input, and else only data. */
static const char *const LANGUAGES[] = {
  "clickhouse-client", "cqlsh", "deno", "groovy", "jshell", "lua", "mariadb", "mongo", "mongosh",
  "mysql", "node", "nodejs", "osascript", "perl", "php", "psql", "pypy", "python", "redis-cli",
  "Rscript", "ruby", "scala", "sqlcmd", "sqlite", "sqlplus", "tclsh",
};

static gboolean
contains (const char *const *words, gsize n, const char *word)
{
  for (gsize i = 0; i < n; i++)
    {
      if (strcmp (words[i], word) == 0)
        return TRUE;
    }
  return FALSE;
}

/* "-c", "-ne", "--execute=…", "--eval", "--run", "tinker": conservative, for every language. */
static gboolean
takes_program (const char *word)
{
  static const char *const LONG[] = { "--c", "--e", "--r" };

  if (*word != '-')
    return strcmp (word, "tinker") == 0 || g_ascii_strcasecmp (word, "eval") == 0 ||
           strcmp (word, "shell") == 0;
  for (gsize i = 0; i < G_N_ELEMENTS (LONG); i++)
    {
      if (g_str_has_prefix (word, LONG[i]))
        return TRUE;
    }
  return word[1] != '-' && strpbrk (word, "cerE") != NULL;
}

/**
 * cs_shell_reader_see_word:
 * @word: (array length=length): a word of the pipeline as written, with its quotes
 */
void
cs_shell_reader_see_word (CsShellReader *self, const char *word, gsize length)
{
  char name[MAX_WORD];
  gsize n = 0;

  for (gsize i = 0; i < length && n + 1 < sizeof name; i++)
    {
      if (strchr ("\\'\"\n", word[i]) != NULL)
        continue;
      if (word[i] == '/')
        n = 0;
      else
        name[n++] = word[i];
    }
  name[n] = '\0';
  if (n == 0)
    return;
  self->program = self->program || takes_program (name);
  self->test = self->test || strcmp (name, "[") == 0 || strcmp (name, "test") == 0;
  self->test_variable = self->test_variable || strcmp (name, "-v") == 0;
  self->always = self->always || contains (ALWAYS, G_N_ELEMENTS (ALWAYS), name);
  while (n > 1 && (g_ascii_isdigit (name[n - 1]) || name[n - 1] == '.'))
    name[--n] = '\0'; /* python3.11, php8.3, sqlite3 */
  self->language = self->language || contains (LANGUAGES, G_N_ELEMENTS (LANGUAGES), name);
}

/**
 * cs_shell_reader_interprets:
 *
 * Returns: whether values in the pipeline may be read as commands by what it starts
 */
gboolean
cs_shell_reader_interprets (const CsShellReader *self)
{
  return self->always || (self->language && (self->program || self->input)) ||
         (self->test && self->test_variable);
}
