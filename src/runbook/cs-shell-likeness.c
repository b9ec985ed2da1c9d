/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether text reads like commands of a shell. */

#include "cs-shell-likeness.h"

#include <string.h>

/* Programs that runbooks call, sorted by nothing but habit; a path or an assignment needs no list. */
static const char *const PROGRAMS[] = {
  "sudo", "cd", "ls", "cat", "echo", "export", "cp", "mv", "rm", "mkdir", "rmdir", "touch", "chmod",
  "chown", "ln", "grep", "egrep", "awk", "sed", "find", "xargs", "tail", "head", "less", "wc", "sort",
  "uniq", "cut", "tr", "tee", "tar", "gzip", "gunzip", "zip", "unzip", "rsync", "scp", "sftp", "ssh",
  "curl", "wget", "ping", "dig", "nslookup", "host", "nc", "netstat", "ss", "ip", "ifconfig", "ps",
  "top", "htop", "kill", "killall", "pkill", "pgrep", "df", "du", "free", "uptime", "watch", "date",
  "sleep", "systemctl", "service", "journalctl", "supervisorctl", "crontab", "docker",
  "docker-compose", "podman", "kubectl", "helm", "kustomize", "argocd", "flux", "oc", "terraform",
  "terragrunt", "ansible", "ansible-playbook", "packer", "vault", "consul", "nomad", "aws", "gcloud",
  "gsutil", "az", "doctl", "heroku", "fly", "flyctl", "vercel", "netlify", "wrangler", "firebase",
  "eb", "cap", "bundle", "rails", "rake", "gem", "npm", "npx", "yarn", "pnpm", "node", "bun", "deno",
  "pm2", "python", "python3", "pip", "pip3", "pipenv", "poetry", "uv", "pytest", "gunicorn", "celery",
  "php", "composer", "artisan", "phpunit", "wp", "drush", "git", "gh", "glab", "make", "cmake", "go",
  "cargo", "mvn", "gradle", "java", "dotnet", "mysql", "mysqldump", "mysqladmin", "mariadb", "psql",
  "pg_dump", "pg_restore", "pg_dumpall", "createdb", "dropdb", "mongo", "mongosh", "mongodump",
  "mongorestore", "redis-cli", "sqlite3", "nginx", "apachectl", "apache2ctl", "a2ensite", "certbot",
  "openssl", "ssh-keygen", "ssh-copy-id", "gpg", "apt", "apt-get", "dnf", "yum", "apk", "brew", "snap",
  "dpkg", "rpm", "useradd", "usermod", "groupadd", "passwd", "su", "whoami", "id", "hostname", "uname",
  "env", "printenv", "source", "alias", "bash", "sh", "zsh", "exit", "set", "unset", "read", "test",
  "time", "nohup", "screen", "tmux", "vi", "vim", "nano", "jq", "yq", "diff", "patch", "md5sum",
  "sha256sum", "base64", "openstack", "virsh", "mount", "umount", "lsblk", "fdisk", "iptables", "ufw",
  "firewall-cmd", "setsebool", "sysctl", "ab", "wrk", "hey", "k6", "siege", "k9s", "minikube", "kind",
  "etcdctl", "rabbitmqctl", "rabbitmqadmin", "kafka-topics", "kafka-topics.sh", "influx", "newrelic",
  "sentry-cli", "serverless", "sls", "sam", "cdk", "pulumi", "buildah", "skopeo", "crane", "trivy",
  "tsc", "vite", "next", "nest", "ng", "flask", "django-admin", "alembic", "flyway", "liquibase",
  "prisma", "knex", "sequelize", "hugo", "jekyll", "mix", "iex", "erl", "sbt", "lein", "cf", "bosh",
  "gunzip", "xz", "bzip2", "lsof", "strace", "printf", "true", "false", "pwd", "basename", "dirname",
  "realpath", "readlink", "stat", "file", "which", "type", "command", "history", "wait", "trap",
  "reboot", "shutdown", "timedatectl", "hostnamectl", "loginctl", "openvpn", "wg", "haproxy",
  "varnishadm", "varnishd", "keepalived", "pcs", "crm", "zfs", "zpool", "lvcreate", "restic", "borg",
  "duplicity", "rclone", "s3cmd", "mc", "ctr", "crictl", "nerdctl", "kubeadm", "istioctl", "linkerd",
  "cosign", "sops", "age", "ab", "httpie", "http", "xh", "envsubst", "seq", "yes", "install", "stern",
};

static const char *const KEYWORDS[] = { "if", "then", "else", "elif", "fi", "for", "while", "until",
                                        "do", "done", "case", "esac", "function", "{", "}", "[", "[[",
                                        "(", ")", "((", "!" };

static GHashTable *
program_set (void)
{
  static gsize ready = 0;
  static GHashTable *set = NULL;

  if (g_once_init_enter (&ready))
    {
      set = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint i = 0; i < G_N_ELEMENTS (PROGRAMS); i++)
        g_hash_table_add (set, (gpointer) PROGRAMS[i]);
      g_once_init_leave (&ready, 1);
    }
  return set;
}

/**
 * cs_shell_is_command_word:
 * @word: (array length=length): first word of a line
 *
 * Returns: whether it can only be meant as a program, as far as runbooks go
 */
gboolean
cs_shell_is_command_word (const char *word, gsize length)
{
  char name[64];

  if (length == 0 || length >= sizeof name)
    return FALSE;
  memcpy (name, word, length);
  name[length] = '\0';
  if (g_hash_table_contains (program_set (), name))
    return TRUE;
  return length > 2 && (g_str_has_prefix (name, "./") || g_str_has_prefix (name, "~/")
                        || g_str_has_prefix (name, "../") || g_str_has_prefix (name, "$("));
}

static gboolean
is_assignment (const char *line)
{
  const char *p = line;

  if (!g_ascii_isalpha (*p) && *p != '_')
    return FALSE;
  while (g_ascii_isalnum (*p) || *p == '_')
    p++;
  return *p == '=' && p[1] != '=' && p[1] != ' ';
}

static gboolean
is_keyword (const char *word, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (KEYWORDS); i++)
    {
      if (strlen (KEYWORDS[i]) == length && strncmp (KEYWORDS[i], word, length) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_command_line (const char *line)
{
  gsize word;

  if ((line[0] == '$' || line[0] == '%') && line[1] == ' ')
    return TRUE;
  word = strcspn (line, " \t\n;|&");
  return cs_shell_is_command_word (line, word) || is_keyword (line, word);
}

/* Counts the lines that are commands, and those that are something else. Lines that go on from the
 * one before (after a backslash, in an open quote's or a here-document's indent) are not counted. */
static void
count_lines (const char *text, guint *n_commands, guint *n_others, guint *n_assignments)
{
  gboolean goes_on = FALSE;

  *n_commands = *n_others = *n_assignments = 0;
  for (const char *p = text; *p != '\0';)
    {
      const char *end = strchrnul (p, '\n');
      const char *line = p + strspn (p, " \t");
      gboolean continued = goes_on;

      goes_on = end > p && (end[-1] == '\\' || end[-1] == '|');
      if (line < end && *line != '#' && !continued)
        {
          if (is_command_line (line))
            (*n_commands)++;
          else if (is_assignment (line))
            (*n_assignments)++;
          else
            (*n_others)++;
        }
      p = *end == '\n' ? end + 1 : end;
    }
}

/**
 * cs_shell_is_tagged_command:
 * @text: contents of a block that its author calls shell
 *
 * Returns: whether there is anything to run in it
 */
gboolean
cs_shell_is_tagged_command (const char *text)
{
  guint n_commands, n_others, n_assignments;

  count_lines (text, &n_commands, &n_others, &n_assignments);
  return n_commands + n_others + n_assignments > 0;
}

/**
 * cs_shell_is_untagged_command:
 * @text: contents of a block without info string
 *
 * Returns: whether it reads like commands: most lines begin with a program
 */
gboolean
cs_shell_is_untagged_command (const char *text)
{
  guint n_commands, n_others, n_assignments;

  count_lines (text, &n_commands, &n_others, &n_assignments);
  return n_commands > 0 && n_commands * 2 >= n_others + n_commands;
}
