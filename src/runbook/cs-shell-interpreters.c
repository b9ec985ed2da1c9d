/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that read their arguments or their input as commands once more. */

#include "cs-shell-interpreters.h"

#include <string.h>

#define MAX_WORD 64

/* Whatever stands in a command with one of these words may be read a second time. That some of them
 * are only arguments somewhere (`apt install zsh`) costs little: values there must be plain. */
static const char *const ALWAYS[] = {
  ".", "alias", "ansible", "ash", "at", "autossh", "awk", "bash", "batch", "bind", "bisect",
  "busybox", "clush", "complete", "concurrently", "crontab", "csh", "dash", "declare", "dsh",
  "ed", "emacs", "enable", "entr", "eval", "ex", "expect", "fish", "flock", "gawk", "gdb",
  "gmake", "gsed", "heroku", "hyperfine", "just", "ksh", "let", "local", "make", "mapfile",
  "mawk", "mksh", "mosh", "nawk", "nodemon", "nvim", "parallel", "pdsh", "powershell", "pssh",
  "pwsh", "rails", "read", "readarray", "rebase", "rsh", "rsync", "run-command", "runner",
  "runuser", "salt", "scp", "screen", "script", "sed", "sftp", "sg", "sh", "slogin", "source",
  "ssh", "ssm", "su", "systemd-run", "tcsh", "tinker", "tmux", "trap", "typeset", "unset", "vi",
  "vim", "wait", "watch", "wsl", "xargs", "yash", "zsh",
};

/* Options behind which many programs take a command, or that say that the operands are one. What
 * else they mean to some (`grep -c`, `docker run -e`) costs plain values there. */
static const char *const COMMAND_OPTIONS[] = {
  "-c", "-e", "-exec", "-execdir", "-ok", "-okdir", "--command", "--eval", "--exec", "--execute",
  "--rsh", "--scripts", "--to-command",
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

/* "-c", "-ne", "--execute=…", "--eval", "--run": conservative, for every language. */
static gboolean
takes_program (const char *word)
{
  static const char *const LONG[] = { "--c", "--e", "--r" };

  if (*word != '-')
    return g_ascii_strcasecmp (word, "eval") == 0 || strcmp (word, "shell") == 0;
  for (gsize i = 0; i < G_N_ELEMENTS (LONG); i++)
    {
      if (g_str_has_prefix (word, LONG[i]))
        return TRUE;
    }
  return word[1] != '-' && strpbrk (word, "cerE") != NULL;
}

/* Operators of [[ … ]] that reckon with what stands beside them, whatever it is. */
static gboolean
is_reckoning (const char *word)
{
  static const char *const OPERATORS[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R" };

  return contains (OPERATORS, G_N_ELEMENTS (OPERATORS), word);
}

/* "-exec", "--command", "--scripts=…" */
static gboolean
takes_command (const char *word)
{
  char option[MAX_WORD];
  gsize length = strcspn (word, "=");

  memcpy (option, word, length);
  option[length] = '\0';
  return contains (COMMAND_OPTIONS, G_N_ELEMENTS (COMMAND_OPTIONS), option);
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
      if (word[i] == '/' && !(n > 0 && name[0] == '-'))
        n = 0; /* the path of a program; in an option it belongs to the value */
      else
        name[n++] = word[i];
    }
  name[n] = '\0';
  if (n == 0)
    return;
  self->program = self->program || takes_program (name);
  self->test = self->test || strcmp (name, "[") == 0 || strcmp (name, "test") == 0;
  self->print = self->print || strcmp (name, "printf") == 0;
  self->test_variable = self->test_variable || g_str_has_prefix (name, "-v");
  self->condition = self->condition || strcmp (name, "[[") == 0;
  self->reckoned = self->reckoned || is_reckoning (name);
  self->tee = self->tee || strcmp (name, "tee") == 0;
  if (self->tee)
    cs_shell_reader_see_target (self, name, n);
  self->always =
    self->always || takes_command (name) || contains (ALWAYS, G_N_ELEMENTS (ALWAYS), name);
  while (n > 1 && (g_ascii_isdigit (name[n - 1]) || name[n - 1] == '.'))
    name[--n] = '\0'; /* python3.11, php8.3, sqlite3 */
  self->language = self->language || contains (LANGUAGES, G_N_ELEMENTS (LANGUAGES), name);
}

/**
 * cs_shell_reader_see_target:
 * @word: (array length=length): the file that the pipeline writes to, as written
 *
 * What is written to a script will be run.
 */
void
cs_shell_reader_see_target (CsShellReader *self, const char *word, gsize length)
{
  static const char *const ENDINGS[] = { ".sh", ".bash", ".zsh", ".ksh", ".sql", ".py", ".pl",
                                         ".rb", ".php", ".js", ".lua", ".awk", ".sed", ".mk",
                                         "Makefile", ".service", ".timer", "crontab", ".bashrc",
                                         ".profile" };

  while (length > 0 && strchr ("'\"", word[length - 1]) != NULL)
    length--;
  for (guint i = 0; i < G_N_ELEMENTS (ENDINGS); i++)
    {
      gsize n = strlen (ENDINGS[i]);

      if (length >= n && memcmp (word + length - n, ENDINGS[i], n) == 0)
        self->always = TRUE;
    }
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
         ((self->test || self->print) && self->test_variable) ||
         (self->condition && self->reckoned);
}
