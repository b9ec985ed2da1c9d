/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that destroy, stop or overwrite something. */

#include "cs-acts.h"

#include "cs-act-rules.h"

#include <string.h>

static const CsActRule DESTRUCTIVE[] = {
  { "rm", "", "file_delete" },
  { "rmdir", "", "file_delete" },
  { "shred", "", "file_delete" },
  { "unlink", "", "file_delete" },
  { "find", "-delete", "file_delete" },
  { "truncate", "", "file_truncate" },
  { "dd", "of=*", "disk_write" },
  { "mkfs", "", "disk_write" },
  { "mkfs.ext4", "", "disk_write" },
  { "wipefs", "", "disk_write" },
  { "rsync", "--delete*", "file_delete" },
  { "sed", "-i|-i*|--in-place*", "in_place_edit" },
  { "perl", "-i|-pi|-i*", "in_place_edit" },
  { "git", "reset --hard", "code_reset" },
  { "git", "clean -f|-fd|-fdx|-xfd", "code_reset" },
  { "git", "push --force|-f|--force-with-lease*", "history_rewrite" },
  { "git", "branch -D", "branch_delete" },
  { "git", "checkout -f|--force", "code_reset" },
  { "redis-cli", "flushall|flushdb", "cache_flush" },
  { "redis-cli", "del|unlink", "key_delete" },
  { "systemctl", "stop|disable|kill|mask", "service_stop" },
  { "service", "stop", "service_stop" },
  { "supervisorctl", "stop", "service_stop" },
  { "pm2", "stop|delete|kill", "service_stop" },
  { "nginx", "-s stop|quit", "service_stop" },
  { "apachectl", "stop|graceful-stop", "service_stop" },
  { "docker", "stop|kill|down", "service_stop" },
  { "docker", "rm|rmi|prune", "container_delete" },
  { "docker-compose", "down|stop|kill|rm", "service_stop" },
  { "podman", "stop|kill|rm|rmi", "service_stop" },
  { "kubectl", "delete", "resource_delete" },
  { "kubectl", "drain", "service_stop" },
  { "kubectl", "scale --replicas=0", "service_stop" },
  { "kubectl", "rollout undo", "release_rollback" },
  { "helm", "rollback", "release_rollback" },
  { "helm", "uninstall|delete", "resource_delete" },
  { "terraform", "destroy", "resource_delete" },
  { "cap", "deploy:rollback", "release_rollback" },
  { "heroku", "rollback|pg:reset|releases:rollback", "release_rollback" },
  { "aws", "rm|rb|terminate-instances|delete-*", "resource_delete" },
  { "gcloud", "delete", "resource_delete" },
  { "gsutil", "rm|rb", "resource_delete" },
  { "az", "delete", "resource_delete" },
  { "killall", "", "process_kill" },
  { "pkill", "", "process_kill" },
  { "kill", "-9|-KILL|-SIGKILL", "process_kill" },
  { "shutdown", "", "host_stop" },
  { "reboot", "", "host_stop" },
  { "poweroff", "", "host_stop" },
  { "halt", "", "host_stop" },
  { "dropdb", "", "drop_database" },
  { "mysqladmin", "drop", "drop_database" },
  { "pg_restore", "", "restore_over_live_db" },
  { "mongorestore", "", "restore_over_live_db" },
  { "php", "artisan down", "maintenance_mode" },
  { "php", "artisan queue:pause|horizon:pause|horizon:terminate|queue:flush|queue:clear",
    "service_stop" },
  { "php", "artisan migrate:rollback|migrate:reset|migrate:fresh|migrate:refresh|db:wipe",
    "migrate_rollback" },
  { "php", "artisan migrate !--pretend", "migrate" },
  { "rails", "db:rollback|db:drop|db:reset", "migrate_rollback" },
  { "rake", "db:rollback|db:drop|db:reset", "migrate_rollback" },
  { "rails", "db:migrate", "migrate" },
  { "rake", "db:migrate", "migrate" },
  { "bundle", "db:rollback|db:drop|db:reset", "migrate_rollback" },
  { "bundle", "db:migrate", "migrate" },
  { "python", "manage.py migrate|flush", "migrate" },
  { "python3", "manage.py migrate|flush", "migrate" },
  { "manage.py", "migrate|flush", "migrate" },
  { "alembic", "downgrade", "migrate_rollback" },
  { "alembic", "upgrade", "migrate" },
  { "flyway", "clean|undo", "migrate_rollback" },
  { "flyway", "migrate", "migrate" },
  { "knex", "migrate:rollback", "migrate_rollback" },
  { "npx", "migrate:rollback|migrate:undo|db:migrate:undo", "migrate_rollback" },
  { "npx", "migrate deploy|reset", "migrate" },
  { "userdel", "", "user_delete" },
  { "iptables", "-F|--flush", "firewall_flush" },
  { "apt", "remove|purge|autoremove", "package_delete" },
  { "apt-get", "remove|purge|autoremove", "package_delete" },
  { "zfs", "destroy", "disk_write" },
  { "lvremove", "", "disk_write" },
};

static CsActRules destructive = CS_ACT_RULES (DESTRUCTIVE);

/* Acts that can be taken back, or that everyone expects of a deployment: told, not asked for. */
static const char *const HARMLESS[] = { "in_place_edit", "migrate", "maintenance_mode",
                                        "service_stop", "release_rollback", "alter_table",
                                        "kill_query", "rollback_script" };

static gboolean
mentions (const CsCommand *command, const char *text)
{
  gsize length = strlen (text);

  for (const char *p = command->start; p + length <= command->end; p++)
    {
      if (g_ascii_strncasecmp (p, text, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A dump read into a database that is not just there to try it. */
static const char *
restore_destruction (const CsCommand *command)
{
  static const char *const SPARE[] = { "_rollback", "_test", "test_", "_tmp",
                                       "_temp", "_restore", "staging" };

  if (!(cs_command_is (command, 0, "mysql") || cs_command_is (command, 0, "psql") ||
        cs_command_is (command, 0, "mariadb")))
    return NULL;
  if (!command->redirected && !(command->piped_from && !cs_command_has_flag (command, 'e') &&
                                !cs_command_has_flag (command, 'c')))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (SPARE); i++)
    {
      if (mentions (command, SPARE[i]))
        return NULL;
    }
  return "restore_over_live_db";
}

static gboolean
is_extraction (const CsCommand *command)
{
  return cs_command_is (command, 0, "tar") &&
         (cs_command_has_flag (command, 'x') || cs_command_has_prefix (command, "--extract") ||
          (command->n_words > 1 && g_ascii_isalpha (command->words[1].text[0]) &&
           memchr (command->words[1].text, 'x', command->words[1].length) != NULL &&
           command->words[1].length < 6)) &&
         mentions (command, "backup");
}

/* "./deploy/rollback.sh" */
static gboolean
is_rollback_script (const CsCommand *command)
{
  const CsWord *word = &command->words[0];

  return memchr (word->text, '/', word->length) != NULL &&
         memmem (word->text, word->length, "rollback", 8) != NULL;
}

/**
 * cs_act_get_destruction:
 *
 * Returns: (transfer none) (nullable): what a command destroys, stops or overwrites: "file_delete",
 *   "service_stop", "code_reset"…
 */
const char *
cs_act_get_destruction (const CsCommand *command)
{
  const char *name;

  if (command->n_words == 0)
    return NULL;
  if (command->words[0].text[0] == '>' && command->start == command->words[0].text &&
      !(command->words[0].length > 1 && command->words[0].text[1] == '>'))
    return "file_truncate";
  name = cs_act_rules_match (&destructive, command);
  if (name == NULL)
    name = restore_destruction (command);
  if (name == NULL && is_extraction (command))
    name = "overwrite_live_code";
  if (name == NULL && is_rollback_script (command))
    name = "rollback_script";
  if (name == NULL && cs_command_is (command, 0, "xargs"))
    {
      if (cs_command_has (command, "rm"))
        name = "file_delete";
      else if (cs_command_has (command, "redis-cli") && cs_command_has (command, "del"))
        name = "key_delete";
      else if (cs_command_has (command, "kill"))
        name = "process_kill";
    }
  return name;
}

/**
 * cs_act_loses_data:
 * @destruction: what cs_act_get_destruction() said
 *
 * Returns: whether it can't be taken back, so that a person has to confirm it
 */
gboolean
cs_act_loses_data (const char *destruction)
{
  for (guint i = 0; i < G_N_ELEMENTS (HARMLESS); i++)
    {
      if (strcmp (HARMLESS[i], destruction) == 0)
        return FALSE;
    }
  return TRUE;
}
