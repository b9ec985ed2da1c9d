/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a line reads like a command of a shell. */

#include "cs-shell-likeness.h"

#include "cs-byte-search.h"

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
  "knife", "chef-client", "chef-solo", "salt-call", "ezctl", "nixos-rebuild", "nix", "guix",
  "opkg", "pacman", "zypper", "emerge", "pkg", "pkg_add", "systemd-run", "systemd-analyze",
  "resolvectl", "networkctl", "udevadm", "dmesg", "logrotate", "rsyslogd", "chkconfig",
  "update-rc.d", "rc-service", "rc-update", "initctl", "launchctl", "sc.exe", "setfacl",
  "getfacl", "chcon", "restorecon", "semanage", "getenforce", "setenforce", "visudo", "getent",
  "chage", "chpasswd", "groupmod", "gpasswd", "userdel", "groupdel", "mkfs.ext4", "mkfs.xfs",
  "mkswap", "swapon", "swapoff", "blkid", "parted", "sgdisk", "partprobe", "resize2fs",
  "xfs_growfs", "pvcreate", "pvs", "vgs", "lvs", "vgcreate", "vgextend", "lvextend", "mdadm",
  "smartctl", "nvme", "iostat", "vmstat", "mpstat", "sar", "iotop", "nethogs", "iftop", "tcpdump",
  "traceroute", "mtr", "arp", "nmcli", "ethtool", "nft", "conntrack", "telnet", "nmap", "socat",
  "lftp", "ftp", "dd", "cmp", "comm", "tac", "mktemp", "mkfifo", "renice", "ionice", "taskset",
  "flock", "setsid", "disown", "ulimit", "umask", "readonly", "getopts", "pushd", "popd", "shopt",
  "logout", "sha1sum", "sha512sum", "cksum", "b2sum", "uuidgen", "gzcat", "zcat", "zgrep", "zstd",
  "lz4", "7z", "unrar", "cpio", "ar", "ldd", "objdump", "nm", "hexdump", "xxd", "od", "git-lfs",
  "svn", "hg", "bzr", "gradlew", "mvnw", "bazel", "meson", "autoconf", "automake", "configure",
  "gcc", "clang", "javac", "jar", "jcmd", "jstack", "jmap", "jps", "keytool", "kotlinc", "scala",
  "rustc", "rustup", "cabal", "ghc", "dune", "opam", "elixir", "ruby", "irb", "bundler", "rbenv",
  "rvm", "pyenv", "nvm", "fnm", "volta", "asdf", "mise", "direnv", "conda", "mamba", "pipx",
  "tox", "nox", "ruff", "flake8", "mypy", "pylint", "bandit", "pip-audit", "pre-commit",
  "uvicorn", "hypercorn", "supervisord", "manage.py", "sphinx-build", "mkdocs", "twine", "hatch",
  "flit", "pdm", "lerna", "nx", "turbo", "jest", "vitest", "mocha", "cypress", "playwright",
  "eslint", "prettier", "webpack", "esbuild", "ts-node", "tsx", "nodemon", "strapi", "medusa",
  "expo", "eas", "react-native", "ionic", "cordova", "fastlane", "xcodebuild", "xcrun", "adb",
  "flutter", "dart", "melos", "wp-cli", "symfony", "phpstan", "psalm",
  "pest", "codecept", "mysqlcheck", "mysqlimport", "mysqlshow", "mysqlsh", "mysqlbinlog",
  "pt-online-schema-change", "gh-ost", "xtrabackup", "mariabackup", "mydumper", "myloader",
  "pg_basebackup", "pg_ctl", "pg_isready", "pg_upgrade", "pg_rewind", "initdb", "vacuumdb",
  "reindexdb", "createuser", "dropuser", "pgbackrest", "barman", "wal-g", "patronictl", "repmgr",
  "pgbouncer", "sqlcmd", "bcp", "sqlplus", "rman", "expdp", "impdp", "lsnrctl", "dgmgrl", "db2",
  "isql", "cqlsh", "nodetool", "mongoimport", "mongoexport", "mongostat", "mongotop",
  "redis-server", "redis-benchmark", "memcached-tool", "influxd", "clickhouse-client",
  "clickhouse", "elasticsearch-plugin", "curator", "kafka-console-consumer",
  "kafka-console-producer", "kafka-consumer-groups", "kafka-configs", "kafka-reassign-partitions",
  "zkCli.sh", "rabbitmq-plugins", "nats", "amqp-publish", "etcd", "etcdutl", "promtool", "amtool",
  "logcli", "mimirtool", "grafana-cli", "fluent-bit", "filebeat", "kubectx", "kubens",
  "kubeseal", "kubent", "kubeval", "kubeconform", "velero", "eksctl", "aws-vault", "saml2aws",
  "ecs-cli", "ecs-deploy", "chamber", "awslocal", "tfenv", "tflint", "tfsec", "checkov",
  "infracost", "terraform-docs", "tofu", "kops", "k3s", "k3d", "rke",
  "rke2", "talosctl", "microk8s", "multipass", "vagrant", "VBoxManage", "qm", "pct", "pvesh",
  "pveum", "virt-install", "qemu-img", "lxc", "lxd", "incus", "docker-machine",
  "ctop", "hadolint", "grype", "syft", "oras", "umoci", "podman-compose",
  "railway", "supabase", "turso", "wasp", "doppler", "gopass", "mkcert", "acme.sh", "dehydrated",
  "caddy", "traefik", "haproxyctl", "varnishreload", "httpd", "a2dismod",
  "a2enmod", "a2dissite", "php-fpm", "phpenmod", "exim", "postqueue", "postfix", "postmap",
  "doveadm", "sendmail", "mailx", "mutt", "swaks", "ntpdate", "chronyc", "ntpq", "hwclock",
  "localectl", "locale-gen", "dpkg-reconfigure", "update-alternatives", "unattended-upgrade",
  "needrestart", "apt-cache", "apt-mark", "add-apt-repository", "apt-key", "yum-config-manager",
  "rpmbuild", "createrepo", "dnf5", "rpm-ostree", "ostree", "flatpak", "snapcraft", "certutil",
  "update-ca-certificates", "update-ca-trust", "ssh-keyscan", "ssh-add", "ssh-agent", "sshpass",
  "sshfs", "autossh", "mosh", "rssh", "psftp", "plink", "pscp", "pssh", "clush", "parallel-ssh",
  "pdsh", "cssh", "tmuxp", "byobu", "atq", "atrm", "anacron", "drill", "whois", "kdig", "delv",
  "rndc", "named-checkconf", "nsupdate", "pdnsutil", "unbound-control", "dnsmasq",
  "ipvsadm", "corosync-cfgtool", "crm_mon", "drbdadm", "gluster", "ceph", "rados",
  "rbd", "radosgw-admin", "cephadm", "zdb", "btrfs", "snapper", "xfsdump", "xfsrestore",
  "bconsole", "bacula", "duply", "rsnapshot", "rdiff-backup", "kopia", "bup", "tarsnap", "mbsync",
  "imapsync", "occ", "gitlab-ctl", "gitlab-rake", "gitlab-backup",
  "gitlab-runner", "gitea", "jenkins-cli", "jfrog", "sonar-scanner",
  "tkn", "skaffold", "devspace", "okteto", "helmfile", "helmsman", "kapp", "ytt", "kbld",
  "kpt", "kn", "faas-cli", "odo", "s2i", "cilium", "calicoctl", "hubble", "kuma",
  "kumactl", "vault-agent", "consul-template", "nomad-pack", "waypoint", "boundary", "hcp",
  "flagd", "ldcli", "locust", "artillery", "vegeta", "gatling", "jmeter",
  "newman", "hurl", "grpcurl", "websocat", "wscat", "ncat", "gpg2", "age-keygen",
  "minisign", "signify", "notation", "snyk", "gitleaks", "trufflehog", "detect-secrets",
  "osv-scanner", "nuclei", "nikto", "zap-cli", "lynis", "oscap", "aide", "rkhunter", "clamscan",
  "freshclam", "fail2ban-client", "psad", "auditctl", "ausearch", "salt", "puppet",
};

static const char *const KEYWORDS[] = { "if", "then", "else", "elif", "fi", "for", "while", "until",
                                        "do", "done", "case", "esac", "function", "[", "[[",
                                        "((", "!" };

/* Programs whose names are words of English as well, or that sentences are about. */
static const char *const AMBIGUOUS[] = {
  "make", "find", "test", "install", "watch", "time", "file", "sort", "cut", "read", "set",
  "wait", "kill", "host", "date", "age", "type", "next", "service", "head", "tail", "less",
  "screen", "source", "history", "mount", "patch", "top", "true", "false", "command", "yes", "go",
  "cap", "flux", "nest", "hey", "kind", "fly", "consul", "nomad", "vault", "celery", "flask",
  "node", "serverless", "exit", "if", "for", "while", "until", "then", "else", "case", "function",
  "do", "done", "git", "docker", "composer", "rails", "helm", "nginx", "java", "php", "python",
  "ssh", "trap", "which", "stat", "diff", "expect", "join", "split", "touch", "link", "shutdown",
  "reboot", "id", "ss", "ab", "ip", "ps", "ng", "mc", "sh", "uv", "eb", "az", "pg", "salt",
  "puppet", "dd", "nice", "exec", "eval", "direnv", "boundary", "notation", "locust", "artillery",
  "flutter", "dart", "crane", "expo", "symfony", "drill", "mix", "occ", "tox", "nox", "nats",
  "argo", "locale", "umount", "configure", "render", "supabase", "railway", "restic", "borg",
  "env", "curl", "wget", "ping", "grep", "apply", "free", "cat", "clear", "ls", "cd", "cp", "mv",
  "rm", "terraform", "ansible", "kubectl", "npm", "yarn", "bundle", "alias", "export", "unset",
  "basename", "dirname", "tee", "tr", "sed", "awk", "sudo", "systemctl", "tar", "zip", "unzip",
  "rsync", "tmux", "nano", "vim", "vi", "jq", "yq", "hurl", "aide", "incus", "multipass",
  "medusa",
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
      if (words[i][0] == *word && strlen (words[i]) == length &&
          memcmp (words[i], word, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Where words end that may be a sentence: at the end of the line, or before a comment, which is a
 * sentence more often than not. NULL if a sign among them shows that they are none. */
static const char *
end_of_words (const char *line, const char *end)
{
  static const guint8 SIGNS[256] = {
    ['\0'] = TRUE, ['/'] = TRUE, ['$'] = TRUE, ['='] = TRUE, ['|'] = TRUE, ['<'] = TRUE,
    ['>'] = TRUE, ['"'] = TRUE, ['{'] = TRUE, ['}'] = TRUE, ['['] = TRUE, [']'] = TRUE,
    ['@'] = TRUE, ['\\'] = TRUE, ['*'] = TRUE,
  };

  for (const char *p = line; p < end; p++)
    {
      gboolean begins = p == line || p[-1] == ' ';

      if (begins && p > line && *p == '#')
        return p;
      if (SIGNS[(guchar) *p] || (begins && *p == '-'))
        return NULL;
    }
  return end;
}

/* Whether a stop word may be as long as a word that begins like it: of most words, none is. */
static gboolean
may_be_stop_word (const char *word, gsize length)
{
  static gsize ready = 0;
  static guint16 lengths[256]; /* a bit for each length of the stop words with this first byte */

  if (g_once_init_enter (&ready))
    {
      for (guint i = 0; i < G_N_ELEMENTS (STOP_WORDS); i++)
        lengths[(guchar) STOP_WORDS[i][0]] |= (guint16) (1 << strlen (STOP_WORDS[i]));
      g_once_init_leave (&ready, 1);
    }
  return length < 16 && (lengths[(guchar) *word] & (1 << length)) != 0;
}

/* Whether the words are a sentence: only letters, and among them some that no command line has. */
static gboolean
is_sentence (const char *line, const char *end)
{
  guint n_words = 0;
  gboolean stop_word = FALSE;

  end = end_of_words (line, end);
  for (const char *p = line; end != NULL && p < end;)
    {
      const char *word = p;

      while (p < end && *p != ' ')
        p++;
      n_words++;
      /* "docker compose version" ends with the word that "Docker version 27" is told by. */
      if (p == end && p - word == (gssize) strlen ("version") && memcmp (word, "version", 7) == 0)
        break;
      if (!stop_word && may_be_stop_word (word, (gsize) (p - word)))
        stop_word = is_one_of (STOP_WORDS, G_N_ELEMENTS (STOP_WORDS), word, (gsize) (p - word));
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
  /* "<checkout>/bin/tool": a path that begins with a placeholder */
  if (word > 4 && line[0] == '<' && g_ascii_isalpha (line[1]))
    {
      const char *close = memchr (line, '>', word);

      return close != NULL && close + 2 < line + word && close[1] == '/';
    }
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
      else if (p + 2 < end && p[1] == '<' && g_ascii_isalpha (p[2]))
        {
          const char *close = memchr (p + 2, '>', (gsize) (end - p - 2));

          p = close != NULL ? close : p; /* NAME=<what to put here> */
        }
      while (p < end && *p != ' ' && *p != '\t')
        p++;
      while (p < end && (*p == ' ' || *p == '\t'))
        p++;
      if (p < end && *p == '#')
        return end;
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
  return cs_bytes_find (line, (gsize) (end - line), what, strlen (what)) != NULL;
}

/* "if (a) {", "} else {", "function f(a) {": braces where a shell has "then" and "fi". */
static gboolean
is_braced (const char *line, const char *end)
{
  while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  if (end - line < 4 || end[-1] != '{')
    return FALSE;
  if (*line == '}' || strncmp (line, "if (", 4) == 0 || strncmp (line, "for (", 5) == 0 ||
      strncmp (line, "while (", 7) == 0)
    return line[4] != '(';
  if (strncmp (line, "function ", 9) == 0)
    return g_strstr_len (line, end - line, "()") == NULL &&
           memchr (line, '(', (gsize) (end - line)) != NULL;
  /* "vrrp_instance one {": a configuration's block, where a shell has brackets or operators. */
  for (const char *p = line; p < end - 1; p++)
    {
      if (!g_ascii_isalnum (*p) && strchr ("_-./ ", *p) == NULL)
        return FALSE;
    }
  return g_ascii_isalpha (*line) && end[-2] == ' ' && strncmp (line, "then ", 5) != 0 &&
         strncmp (line, "do ", 3) != 0 && strncmp (line, "else ", 5) != 0;
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
  if (first == '.' && g_ascii_isalpha (line[1]))
    return TRUE; /* ".env.production": a file's name */
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

/* "[ ] Tell the team": a thing to tick, and no test command. */
static gboolean
is_box (const char *line, const char *end)
{
  return end - line > 4 && line[0] == '[' && strchr (" xX", line[1]) != NULL && line[2] == ']' &&
         line[3] == ' ';
}

/* "Get-Service", "$env:PATH": PowerShell. */
static gboolean
is_cmdlet (const char *line, gsize word)
{
  const char *hyphen = memchr (line, '-', word);

  if (word > 5 && strncmp (line, "$env:", 5) == 0)
    return TRUE;
  if (hyphen == NULL || hyphen - line < 2 || !g_ascii_isupper (line[0]) ||
      !g_ascii_isupper (hyphen[1]))
    return FALSE;
  for (gsize i = 1; i < word; i++)
    {
      if (!g_ascii_isalnum (line[i]) && line + i != hyphen)
        return FALSE;
    }
  return g_ascii_islower (line[1]) && g_ascii_islower (line[word - 1]);
}

/* "v1.2.0 – the spring release": a version, and no program. */
static gboolean
is_version (const char *line, gsize word)
{
  guint dots = 0;
  gsize at = *line == 'v' ? 1 : 0;

  if (word <= at || !g_ascii_isdigit (line[at]) || !g_ascii_isdigit (line[word - 1]))
    return FALSE;
  for (; at < word; at++)
    {
      if (line[at] != '.' && !g_ascii_isdigit (line[at]))
        return FALSE;
      dots += line[at] == '.' ? 1 : 0;
    }
  return dots > 0;
}

static gboolean
ends_word (char c)
{
  return c == ' ' || c == '\t' || c == ';' || c == '|' || c == '&';
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
  while (command + word < end && !ends_word (command[word]))
    word++;
  if (is_box (command, end) || is_cmdlet (command, word) || is_braced (command, end) ||
      is_version (command, word))
    return CS_LIKENESS_FOREIGN;
  if (is_program (command, end, word) || is_path (command, word) ||
      is_one_of (KEYWORDS, G_N_ELEMENTS (KEYWORDS), command, word))
    return CS_LIKENESS_KNOWN;
  if (command == line && (is_foreign (line, end, word) || is_sentence (line, end)))
    return CS_LIKENESS_FOREIGN;
  return CS_LIKENESS_UNKNOWN;
}
