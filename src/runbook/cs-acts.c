/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands do that a runner must know: never end, ask, destroy, go elsewhere. */

#include "cs-acts.h"

#include "cs-act-rules.h"
#include "cs-byte-search.h"

#include <string.h>

#define MAX_NESTING 3
/* Bytes of a command that are shown; a line may hold thousands, and each is told by its line. */
#define MAX_TEXT 1000

static const CsActRule ENDLESS[] = {
  { "tail", "-f|-F|--follow*", "endless" },
  { "watch", "", "endless" },
  { "journalctl", "-f|--follow", "endless" },
  { "redis-cli", "monitor|--latency|--latency-history|--stat|--bigkeys-follow|subscribe|psubscribe",
    "endless" },
  { "docker", "logs -f|--follow", "endless" },
  { "docker", "stats !--no-stream", "endless" },
  { "docker", "events", "endless" },
  { "docker", "compose up !-d !--detach", "endless" },
  { "docker-compose", "logs -f|--follow", "endless" },
  { "docker-compose", "up !-d !--detach", "endless" },
  { "podman", "logs -f|--follow", "endless" },
  { "kubectl", "logs -f|--follow*", "endless" },
  { "kubectl", "get -w|--watch*", "endless" },
  { "kubectl", "port-forward", "endless" },
  { "oc", "logs -f|--follow*", "endless" },
  { "stern", "", "endless" },
  { "supervisorctl", "tail -f", "endless" },
  { "pm2", "logs|monit !--nostream", "endless" },
  { "heroku", "logs --tail|-t", "endless" },
  { "aws", "logs tail --follow", "endless" },
  { "az", "log tail", "endless" },
  { "gcloud", "tail", "endless" },
  { "fly", "logs", "endless" },
  { "top", "!-b !-n*", "endless" },
  { "htop", "", "endless" },
  { "ping", "!-c !-c*", "endless" },
  { "tcpdump", "!-c", "endless" },
  { "dmesg", "-w|--follow", "endless" },
  { "inotifywait", "-m", "endless" },
  { "multitail", "", "endless" },
  { "less", "+F", "endless" },
  { "php", "artisan serve", "endless" },
  { "php", "artisan queue:work !--once !--stop-when-empty", "endless" },
  { "php", "artisan queue:listen", "endless" },
  { "php", "artisan horizon", "endless" },
  { "python3", "-m http.server", "endless" },
  { "true", "", "loop" },
  { ":", "", "loop" },
};

static const CsActRule INTERACTIVE[] = {
  { "php", "artisan tinker !--execute* !-e*", "repl" },
  { "php",
    "artisan migrate|migrate:rollback|migrate:reset|migrate:fresh|db:seed|"
    "db:wipe !--force !--pretend",
    "confirm_prompt" },
  { "rails", "console|c|dbconsole", "repl" },
  { "python", "0 !-*", "repl" },
  { "python3", "0 !-*", "repl" },
  { "manage.py", "shell|dbshell|createsuperuser", "repl" },
  { "node", "0 !-*", "repl" },
  { "irb", "", "repl" },
  { "iex", "", "repl" },
  { "mongosh", "!--eval* !--file", "repl" },
  { "mongo", "!--eval* !--file", "repl" },
  { "redis-cli", "0 !--latency* !--stat !--bigkeys !--scan !--pipe !--rdb !--version !-v", "repl" },
  { "bash", "0 !-c", "shell" },
  { "su", "!-c", "shell" },
  { "docker", "exec|run -it|-ti|-i|-t|--interactive !-T", "terminal" },
  { "kubectl", "exec -it|-ti|-i|-t|--stdin", "terminal" },
  { "docker", "login !-p !--password* !--password-stdin", "password_prompt" },
  { "docker-compose", "exec !-T", "terminal" },
  { "passwd", "", "password_prompt" },
  { "ssh-copy-id", "", "password_prompt" },
  { "ssh-keygen", "!-N* !-R !-F !-l !-y !-Y !-lf", "confirm_prompt" },
  { "psql", "-W", "password_prompt" },
  { "vi", "", "editor" },
  { "vim", "", "editor" },
  { "nano", "", "editor" },
  { "emacs", "", "editor" },
  { "visudo", "", "editor" },
  { "crontab", "-e", "editor" },
  { "systemctl", "edit", "editor" },
  { "kubectl", "edit", "editor" },
  { "git", "rebase -i|--interactive", "editor" },
  { "git", "add -p|--patch", "confirm_prompt" },
  { "git", "commit !-m !-m* !-am !-F !--message* !--no-edit !-C !--file*", "editor" },
  { "apt", "install|remove|upgrade|dist-upgrade|purge|autoremove !-y !--yes", "confirm_prompt" },
  { "apt-get", "install|remove|upgrade|dist-upgrade|purge|autoremove !-y !--yes !-qy !-yq",
    "confirm_prompt" },
  { "yum", "install|update|remove !-y", "confirm_prompt" },
  { "dnf", "install|update|upgrade|remove !-y", "confirm_prompt" },
  { "terraform", "apply|destroy !-auto-approve !--auto-approve", "confirm_prompt" },
  { "az", "login !--service-principal !--identity", "login" },
  { "gcloud", "auth login", "login" },
  { "gh", "auth login !--with-token", "login" },
  { "heroku", "login", "login" },
  { "npm", "login", "login" },
  { "aws", "configure !get !set !list", "login" },
  { "ansible-playbook", "-K|-k|--ask-become-pass|--ask-pass|--ask-vault-pass", "password_prompt" },
  { "read", "", "input" },
  { "screen", "", "terminal" },
  { "tmux", "!-d", "terminal" },
  { "htop", "", "terminal" },
  { "top", "!-b", "terminal" },
  { "fdisk", "!-l", "confirm_prompt" },
};

static CsActRules endless = CS_ACT_RULES (ENDLESS);
static CsActRules interactive = CS_ACT_RULES (INTERACTIVE);

static gboolean
is_program (const CsCommand *command, const char *const *names, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      if (cs_command_is (command, 0, names[i]))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_act_is_endless:
 *
 * Returns: whether a command runs until it is stopped
 */
gboolean
cs_act_is_endless (const CsCommand *command)
{
  const char *name = cs_act_rules_match (&endless, command);

  if (name == NULL || command->bounded)
    return FALSE;
  /* "while true": the loop is what does not end. */
  return strcmp (name, "loop") != 0 || g_str_has_prefix (command->start, "while") ||
         g_str_has_prefix (command->start, "until");
}

/* MySQL's -p asks unless the password follows directly; without statement or input it is a REPL. */
static const char *
database_interaction (const CsCommand *command)
{
  static const char *const CLIENTS[] = { "mysql", "mariadb", "mysqldump", "mysqladmin",
                                         "mariadb-dump" };
  static const char *const REPLS[] = { "mysql", "mariadb", "psql", "sqlite3" };

  if (is_program (command, CLIENTS, G_N_ELEMENTS (CLIENTS)) &&
      (cs_command_has (command, "-p") || cs_command_has (command, "--password")))
    return "password_prompt";
  if (!is_program (command, REPLS, G_N_ELEMENTS (REPLS)) || command->redirected ||
      command->piped_from)
    return NULL;
  if (cs_command_has_flag (command, 'e') || cs_command_has_prefix (command, "-e") ||
      cs_command_has_prefix (command, "--execute") ||
      cs_command_has_prefix (command, "--version") || cs_command_has (command, "-V") ||
      cs_command_has_prefix (command, "<<"))
    return NULL;
  if (cs_command_is (command, 0, "psql") &&
      (cs_command_has_flag (command, 'c') || cs_command_has_flag (command, 'f') ||
       cs_command_has_flag (command, 'l') || cs_command_has_prefix (command, "--command") ||
       cs_command_has_prefix (command, "--file")))
    return NULL;
  if (cs_command_is (command, 0, "sqlite3") && cs_command_count_operands (command) > 1)
    return NULL;
  return "repl";
}

/* Options of ssh that take a value of their own. */
static gboolean
takes_value (const CsWord *word)
{
  return word->length == 2 && strchr ("bcDEeFIiJLlmOopQRSWw", word->text[1]) != NULL;
}

/**
 * cs_act_dup_hop:
 *
 * Returns: (transfer full) (nullable): where a plain `ssh host` goes; %NULL if the command is
 *   something else, or runs a command there and comes back
 */
char *
cs_act_dup_hop (const CsCommand *command)
{
  const CsWord *host = NULL;

  if (!cs_command_is (command, 0, "ssh"))
    return NULL;
  for (guint i = 1; i < command->n_words; i++)
    {
      const CsWord *word = &command->words[i];

      if (word->length > 0 && word->text[0] == '-')
        {
          if (strchr ("NfTGV", word->text[1]) != NULL && word->length == 2)
            return NULL;
          i += takes_value (word) ? 1 : 0;
        }
      else if (host != NULL)
        {
          return NULL;
        }
      else
        {
          host = word;
        }
    }
  if (host == NULL || command->redirected || command->piped_from)
    return NULL;
  return g_strndup (host->text, host->length);
}

/**
 * cs_act_get_interaction:
 *
 * Returns: (transfer none) (nullable): how a command asks for input: "repl", "password_prompt",
 *   "confirm_prompt", "editor", "sudo"…
 */
const char *
cs_act_get_interaction (const CsCommand *command)
{
  const char *name = database_interaction (command);

  if (name == NULL && !command->redirected && !command->piped_from)
    name = cs_act_rules_match (&interactive, command);
  if (name == NULL)
    {
      g_autofree char *hop = cs_act_dup_hop (command);

      name = hop != NULL ? "ssh_shell" : NULL;
    }
  if (name == NULL && command->sudo && !cs_command_is (command, 0, "-n"))
    name = "sudo";
  return name;
}

typedef struct
{
  const char *at; /* up to where lines were counted, and the line there */
  guint line;
  guint depth;
  GPtrArray *marks;
  CsCommandFunc also; /* NULL: nobody */
  gpointer also_data;
} Finder;

static guint
count_lines (const char *from, const char *to)
{
  guint n = 0;

  while ((from = memchr (from, '\n', (gsize) (to - from))) != NULL)
    {
      n++;
      from++;
    }
  return n;
}

static guint
line_at (Finder *self, const char *p)
{
  if (p < self->at)
    self->line -= count_lines (p, self->at);
  else
    self->line += count_lines (self->at, p);
  self->at = p;
  return self->line;
}

static void
add_mark (Finder *self, CsMarkKind kind, const CsCommand *command, const char *at, const char *name)
{
  gsize length = cs_bytes_cut (at, (gsize) (command->end - at), MAX_TEXT);
  const char *newline = memchr (at, '\n', length);
  g_autofree char *text = g_strndup (at, newline != NULL ? (gsize) (newline - at) : length);

  g_ptr_array_add (self->marks, cs_mark_new (kind, line_at (self, at), g_strstrip (text), name));
}

static void find_in_command (const CsCommand *command, gpointer user_data);

/* Commands that are handed over as one quoted word: `watch '…'`, `bash -c "…"`, `ssh host '…'`. */
static void
find_in_words (Finder *self, const CsCommand *command)
{
  static const char *const RUNNERS[] = { "watch", "bash", "sh", "ssh", "zsh", "xargs", "nohup" };

  if (self->depth >= MAX_NESTING || !is_program (command, RUNNERS, G_N_ELEMENTS (RUNNERS)))
    return;
  self->depth++;
  for (guint i = 1; i < command->n_words; i++)
    {
      const CsWord *word = &command->words[i];

      if (word->quoted && memchr (word->text, ' ', word->length) != NULL)
        cs_words_foreach_command (word->text, word->text + word->length, find_in_command, self);
    }
  self->depth--;
}

/* Statements in a database client's words; each where it stands. */
static void
find_statements (Finder *self, const CsCommand *command)
{
  static const struct
  {
    const char *words;
    const char *name;
  } STATEMENTS[] = {
    { "DROP DATABASE", "drop_database" }, { "DROP TABLE", "drop_table" },
    { "DROP SCHEMA", "drop_database" },   { "DROP INDEX", "alter_table" },
    { "DROP USER", "drop_user" },         { "TRUNCATE ", "truncate_table" },
    { "DELETE FROM", "delete_rows" },     { "ALTER TABLE", "alter_table" },
    { "RENAME TABLE", "rename_table" },   { "KILL QUERY", "kill_query" },
    { "dropDatabase(", "drop_database" }, { "pg_terminate_backend", "kill_query" },
    { "deleteMany(", "delete_rows" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (STATEMENTS); i++)
    {
      gsize length = strlen (STATEMENTS[i].words);
      char first = STATEMENTS[i].words[0];

      for (const char *p = command->start; p + length <= command->end; p++)
        {
          if ((*p | 0x20) == (first | 0x20) &&
              g_ascii_strncasecmp (p, STATEMENTS[i].words, length) == 0 &&
              (p == command->start || !g_ascii_isalnum (p[-1])))
            add_mark (self, CS_MARK_DESTRUCTIVE, command, p, STATEMENTS[i].name);
        }
    }
}

static gboolean
speaks_sql (const CsCommand *command)
{
  static const char *const CLIENTS[] = { "mysql", "mariadb", "psql", "sqlite3",
                                         "mongosh", "mongo", "sqlcmd", "clickhouse-client",
                                         "docker", "kubectl" };

  return is_program (command, CLIENTS, G_N_ELEMENTS (CLIENTS));
}

static void
find_in_command (const CsCommand *command, gpointer user_data)
{
  Finder *self = user_data;
  const char *interaction = cs_act_get_interaction (command);
  const char *destruction = cs_act_get_destruction (command);
  g_autofree char *hop = cs_act_dup_hop (command);

  if (cs_act_is_endless (command))
    add_mark (self, CS_MARK_ENDLESS, command, command->start, "endless");
  if (interaction != NULL)
    add_mark (self, CS_MARK_INTERACTIVE, command, command->start, interaction);
  if (destruction != NULL)
    add_mark (self, CS_MARK_DESTRUCTIVE, command, command->start, destruction);
  if (speaks_sql (command))
    find_statements (self, command);
  if (hop != NULL)
    add_mark (self, CS_MARK_HOP, command, command->start, hop);
  else if (cs_command_is (command, 0, "gh") && cs_command_is (command, 1, "workflow") &&
           cs_command_is (command, 2, "run"))
    add_mark (self, CS_MARK_HOP, command, command->start, "ci_dispatch");
  find_in_words (self, command);
  if (self->depth == 0 && self->also != NULL)
    self->also (command, self->also_data);
}

/**
 * cs_acts_find:
 * @start: a command with its continued lines
 * @end: its end, before any here-document
 * @line: the line of the document where it begins
 * @marks: (element-type CsMark): takes what is found
 * @also: (nullable): called for each simple command as well, so that they are read once
 *
 * Finds what a command does that a runner must know before it starts it.
 */
void
cs_acts_find (const char *start,
              const char *end,
              guint line,
              GPtrArray *marks,
              CsCommandFunc also,
              gpointer user_data)
{
  Finder self = { start, line, 0, marks, also, user_data };

  cs_words_foreach_command (start, end, find_in_command, &self);
}
