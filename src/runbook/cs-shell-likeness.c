/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a line reads like a command of a shell. */

#include "cs-shell-likeness.h"

#include <string.h>

/* Programs that runbooks call, sorted by nothing but habit; a path or an assignment needs no
 * list. */
static const char *const PROGRAMS[] = {
  "sudo", "cd", "ls", "cat", "echo", "export", "cp", "mv", "rm", "mkdir", "rmdir", "touch", "chmod",
  "chown", "ln", "grep", "egrep", "awk", "sed", "find", "xargs", "tail", "head", "less", "wc",
  "sort", "uniq", "cut", "tr", "tee", "tar", "gzip", "gunzip", "zip", "unzip", "rsync", "scp",
  "sftp", "ssh", "curl", "wget", "ping", "dig", "nslookup", "host", "nc", "netstat", "ss", "ip",
  "ifconfig", "ps", "top", "htop", "kill", "killall", "pkill", "pgrep", "df", "du", "free",
  "uptime", "watch", "date", "sleep", "systemctl", "service", "journalctl", "supervisorctl",
  "crontab", "docker", "docker-compose", "podman", "kubectl", "helm", "kustomize", "argocd", "flux",
  "oc", "terraform", "terragrunt", "ansible", "ansible-playbook", "packer", "vault", "consul",
  "nomad", "aws", "gcloud", "gsutil", "az", "doctl", "heroku", "fly", "flyctl", "vercel", "netlify",
  "wrangler", "firebase", "eb", "cap", "bundle", "rails", "rake", "gem", "npm", "npx", "yarn",
  "pnpm", "node", "bun", "deno", "pm2", "python", "python3", "pip", "pip3", "pipenv", "poetry",
  "uv", "pytest", "gunicorn", "celery", "php", "composer", "artisan", "phpunit", "wp", "drush",
  "git", "gh", "glab", "make", "cmake", "go", "cargo", "mvn", "gradle", "java", "dotnet", "mysql",
  "mysqldump", "mysqladmin", "mariadb", "psql", "pg_dump", "pg_restore", "pg_dumpall", "createdb",
  "dropdb", "mongo", "mongosh", "mongodump", "mongorestore", "redis-cli", "sqlite3", "nginx",
  "apachectl", "apache2ctl", "a2ensite", "certbot", "openssl", "ssh-keygen", "ssh-copy-id", "gpg",
  "apt", "apt-get", "dnf", "yum", "apk", "brew", "snap", "dpkg", "rpm", "useradd", "usermod",
  "groupadd", "passwd", "su", "whoami", "id", "hostname", "uname", "env", "printenv", "source",
  "alias", "bash", "sh", "zsh", "exit", "set", "unset", "read", "test", "time", "nohup", "screen",
  "tmux", "vi", "vim", "nano", "jq", "yq", "diff", "patch", "md5sum", "sha256sum", "base64",
  "openstack", "virsh", "mount", "umount", "lsblk", "fdisk", "iptables", "ufw", "firewall-cmd",
  "setsebool", "sysctl", "ab", "wrk", "hey", "k6", "siege", "k9s", "minikube", "kind", "etcdctl",
  "rabbitmqctl", "rabbitmqadmin", "kafka-topics", "kafka-topics.sh", "influx", "newrelic",
  "sentry-cli", "serverless", "sls", "sam", "cdk", "pulumi", "buildah", "skopeo", "crane", "trivy",
  "tsc", "vite", "next", "nest", "ng", "flask", "django-admin", "alembic", "flyway", "liquibase",
  "prisma", "knex", "sequelize", "hugo", "jekyll", "mix", "iex", "erl", "sbt", "lein", "cf", "bosh",
  "xz", "bzip2", "lsof", "strace", "printf", "true", "false", "pwd", "basename", "dirname",
  "realpath", "readlink", "stat", "file", "which", "type", "command", "history", "wait", "trap",
  "reboot", "shutdown", "timedatectl", "hostnamectl", "loginctl", "openvpn", "wg", "haproxy",
  "varnishadm", "varnishd", "keepalived", "pcs", "crm", "zfs", "zpool", "lvcreate", "restic",
  "borg", "duplicity", "rclone", "s3cmd", "mc", "ctr", "crictl", "nerdctl", "kubeadm", "istioctl",
  "linkerd", "cosign", "sops", "age", "httpie", "http", "xh", "envsubst", "seq", "yes", "install",
  "stern",
};

static const char *const KEYWORDS[] = { "if", "then", "else", "elif", "fi", "for", "while", "until",
                                        "do", "done", "case", "esac", "function", "[", "[[",
                                        "((", "!" };

/* Programs whose names are words of English as well. */
static const char *const AMBIGUOUS[] = {
  "make", "find", "test", "install", "watch", "time", "file", "sort", "cut", "read", "set", "wait",
  "kill", "host", "date", "age", "type", "next", "service", "head", "tail", "less", "screen",
  "source", "history", "mount", "patch", "top", "true", "false", "command", "yes", "go", "cap",
  "flux", "nest", "hey", "kind", "fly", "consul", "nomad", "vault", "celery", "flask", "node",
  "serverless", "exit", "if", "for", "while", "until", "then", "else", "case", "function", "do",
  "done", "git", "docker", "composer", "rails", "helm", "nginx", "java", "php", "python", "ssh",
  "make", "trap", "which", "stat", "command", "diff", "expect", "join", "split", "echo", "touch",
  "link", "shutdown", "reboot", "id",
};

static const char *const STOP_WORDS[] = {
  "the", "a", "an", "to", "is", "are", "be", "of", "and", "or", "that", "this", "with", "not", "in",
  "on", "your", "you", "it", "has", "have", "must", "should", "was", "were", "been", "can", "will",
  "sure", "der", "die", "das", "den", "dem", "ein", "eine", "ist", "sind", "und", "oder", "mit",
  "auf", "nicht", "le", "la", "les", "un", "une", "est", "et", "ou", "el", "los", "las", "es", "y",
  "o", "del", "os", "as", "um", "uma", "il", "lo", "gli", "di", "het", "een", "van", "version",
};

/* First words that no shell command begins with. */
static const char *const FOREIGN_WORDS[] = {
  "use", "public", "private", "protected", "class", "namespace", "import", "from", "const", "let",
  "var", "def", "return", "func", "fn", "struct", "interface", "package", "async", "await", "throw",
  "try", "new", "SELECT", "INSERT", "UPDATE", "DELETE", "ALTER", "CREATE", "DROP", "BEGIN",
  "COMMIT", "ROLLBACK", "GRANT", "SHOW", "EXPLAIN", "USE", "SET", "FROM", "WHERE", "GET", "POST",
  "PUT", "HTTP/1.1", "HTTP/2", "ERROR", "Error", "Warning", "WARNING", "INFO", "NAME", "CONTAINER",
  "REPOSITORY", "ID", "@echo",
};

static GHashTable *
name_set (const char *const *names, guint n)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n; i++)
    g_hash_table_add (set, (gpointer) names[i]);
  return set;
}

static gboolean
is_in (GHashTable *set, const char *word, gsize length)
{
  char name[64];

  if (length == 0 || length >= sizeof name)
    return FALSE;
  memcpy (name, word, length);
  name[length] = '\0';
  return g_hash_table_contains (set, name);
}

static GHashTable *
program_set (void)
{
  static gsize set = 0;

  if (g_once_init_enter (&set))
    g_once_init_leave (&set, (gsize) name_set (PROGRAMS, G_N_ELEMENTS (PROGRAMS)));
  return (GHashTable *) set;
}

static GHashTable *
ambiguous_set (void)
{
  static gsize set = 0;

  if (g_once_init_enter (&set))
    g_once_init_leave (&set, (gsize) name_set (AMBIGUOUS, G_N_ELEMENTS (AMBIGUOUS)));
  return (GHashTable *) set;
}

static gboolean
is_one_of (const char *const *words, guint n, const char *word, gsize length)
{
  for (guint i = 0; i < n; i++)
    {
      if (strlen (words[i]) == length && strncmp (words[i], word, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Whether the words are a sentence: only letters, and among them some that no command line has. */
static gboolean
is_sentence (const char *line, const char *end)
{
  guint n_words = 0;
  gboolean stop_word = FALSE;

  for (const char *p = line; p < end;)
    {
      const char *word = p;

      while (p < end && *p != ' ')
        p++;
      for (const char *q = word; q < p; q++)
        {
          if (strchr ("/$=|<>\"{}[]@\\*", *q) != NULL || (*q == '-' && q == word))
            return FALSE;
        }
      n_words++;
      stop_word |= is_one_of (STOP_WORDS, G_N_ELEMENTS (STOP_WORDS), word, (gsize) (p - word));
      while (p < end && *p == ' ')
        p++;
    }
  return n_words > 2 && stop_word;
}

static gboolean
is_program (const char *line, const char *end, gsize word)
{
  if (!is_in (program_set (), line, word))
    return FALSE;
  /* "make sure that…", "find the…" are no commands. */
  return !(is_in (ambiguous_set (), line, word) && is_sentence (line, end));
}

static gboolean
is_path (const char *line, gsize word)
{
  return word > 2 && (strncmp (line, "./", 2) == 0 || strncmp (line, "~/", 2) == 0 ||
                      strncmp (line, "../", 3) == 0 || strncmp (line, "$(", 2) == 0 ||
                      (line[0] == '/' && g_ascii_isalpha (line[1]) &&
                       memchr (line + 1, '/', word - 1) != NULL && line[word - 1] != ':'));
}

static const char *
skip_assignments (const char *line, const char *end)
{
  const char *p = line;

  while (p < end && (g_ascii_isalpha (*p) || *p == '_'))
    {
      const char *name = p;

      while (p < end && (g_ascii_isalnum (*p) || *p == '_'))
        p++;
      if (p == end || *p != '=' || (p + 1 < end && (p[1] == '=' || p[1] == ' ')))
        return name;
      if (p + 1 < end && (p[1] == '"' || p[1] == '\''))
        {
          const char *close = memchr (p + 2, p[1], (gsize) (end - p - 2));

          p = close != NULL ? close : end;
        }
      else if (p + 2 < end && p[1] == '$' && p[2] == '(')
        {
          return end; /* NAME=$(…): whatever it is, it is shell */
        }
      while (p < end && *p != ' ' && *p != '\t')
        p++;
      while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    }
  return p;
}

/* "*\/5 * * * * /path": five fields of digits and stars. */
static gboolean
is_crontab (const char *line, const char *end)
{
  const char *p = line;

  for (guint field = 0; field < 5; field++)
    {
      const char *start = p;

      while (p < end && (g_ascii_isdigit (*p) || strchr ("*/,-", *p) != NULL))
        p++;
      if (p == start || p == end || *p != ' ')
        return FALSE;
      while (p < end && *p == ' ')
        p++;
    }
  return TRUE;
}

static gboolean
has (const char *line, const char *end, const char *what)
{
  return memmem (line, (gsize) (end - line), what, strlen (what)) != NULL;
}

/* Marks of other languages and of prose. Only asked of lines that begin with no known program. */
static gboolean
is_foreign (const char *line, const char *end, gsize word)
{
  char first = *line, last = end[-1];

  if ((guchar) first >= 0x80 || is_crontab (line, end))
    return TRUE;
  if (is_one_of (FOREIGN_WORDS, G_N_ELEMENTS (FOREIGN_WORDS), line, word))
    return TRUE;
  if (strchr ("*|+=,;@^]-\"'", first) != NULL || g_str_has_prefix (line, "//") ||
      g_str_has_prefix (line, "/*") || g_str_has_prefix (line, "<?") ||
      g_str_has_prefix (line, "[ ]") || g_str_has_prefix (line, "[x]") ||
      (first == '<' && line[1] != '('))
    return TRUE;
  if (g_ascii_isdigit (first) && !(word > 1 && g_ascii_isalpha (line[word - 1])))
    return TRUE;
  if (word > 1 && (line[word - 1] == ':' || line[word - 1] == ',' || line[word - 1] == '.'))
    return TRUE;
  if (has (line, end, "->") || has (line, end, "=>") || has (line, end, "::") ||
      has (line, end, " := "))
    return TRUE;
  if (first == '$' && (has (line, end, " = ") || has (line, end, " .= ")))
    return TRUE;
  if (word < (gsize) (end - line) && strncmp (line + word, " = ", 3) == 0)
    return TRUE;
  if (word > 2 && memchr (line, '(', word) != NULL && line[0] != '(' && !has (line, end, "()"))
    return TRUE;
  if (has (line, end, " (") && (last == ')' || last == ','))
    return TRUE; /* a bare bracket is a syntax error in shell: "index (a, b)" */
  if (last == ';' && (has (line, end, "(") || has (line, end, "=")))
    return TRUE;
  if (g_ascii_isupper (first) && (last == '.' || last == ':' || last == '!'))
    return TRUE;
  return has (line, end, " | ") && g_ascii_isalpha (first) && memchr (line, '_', word) != NULL;
}

/**
 * cs_shell_likeness:
 * @line: the beginning of a command, behind indent and prompt
 * @end: the end of its first line; greater than @line
 *
 * Returns: what the line reads like
 */
CsLikeness
cs_shell_likeness (const char *line, const char *end)
{
  const char *command;
  gsize word = 0;

  if (line >= end)
    return CS_LIKENESS_UNKNOWN;
  command = skip_assignments (line, end);
  if (command > line && command == end)
    return CS_LIKENESS_ASSIGNMENT;
  while (command + word < end && strchr (" \t;|&", command[word]) == NULL)
    word++;
  if (is_program (command, end, word) || is_path (command, word) ||
      is_one_of (KEYWORDS, G_N_ELEMENTS (KEYWORDS), command, word))
    return CS_LIKENESS_KNOWN;
  if (command == line && (is_foreign (line, end, word) || is_sentence (line, end)))
    return CS_LIKENESS_FOREIGN;
  return CS_LIKENESS_UNKNOWN;
}
