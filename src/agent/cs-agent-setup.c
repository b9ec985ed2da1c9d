/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes an agent's files, and replaces tokens and certificates while it runs. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-agent-setup.h"

#include "cs-agent-config.h"
#include "cs-certificate.h"
#include "cs-clock.h"
#include "cs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CERTIFICATE "certificate.pem"
#define KEY "key.pem"
#define AGENT_USER "countersign-agent"

static const char conf_text[] =
  "# countersign-agent: see countersign-agent(8). After a change: systemctl reload "
  "countersign-agent\n"
  "\n"
  "[agent]\n"
  "id=%s\n"
  "listen=%s\n"
  "state=%s\n"
  "%s"
  "\n"
  "# [limits]\n"
  "# runs-at-once=16\n"
  "# queue=100\n"
  "# connections=1024\n"
  "# starts-per-minute=1200\n"
  "# changes-per-minute=1200\n"
  "# reads-per-minute=12000\n"
  "# output-mib=1024\n"
  "\n"
  "# [keep]\n"
  "# days=7\n"
  "# mib=20480\n";

static const char policy_text[] =
  "# What this agent asks for before it runs anything. A line that is not understood stops it.\n"
  "\n"
  "[policy]\n"
  "%s"
  "require-approvals=false\n"
  "# operator-may-approve=false\n"
  "# max-age=86400\n"
  "# max-delegation=28800\n"
  "# max-timeout=0\n"
  "# sign-reads=false\n"
  "# operators=anna@example.com;ben@example.com\n"
  "\n"
  "# With require-approvals=true, so many people of each role must have approved the command:\n"
  "# [role Tech Lead]\n"
  "# approvals=1\n"
  "# people=anna@example.com;carla@example.com\n";

static const char signers_text[] =
  "# Who may sign, as ssh-keygen(1) describes it: one person and one key a line.\n"
  "# anna@example.com ssh-ed25519 AAAA…\n"
  "# ben@example.com valid-before=\"20270101Z\" ssh-ed25519 AAAA…\n";

/* The superuser makes files for the agent's user, to whom their directory belongs. */
static gboolean
hand_over (const char *directory, const char *path, GError **error)
{
  struct stat info;

  if (geteuid () != 0 || stat (directory, &info) != 0 ||
      chown (path, info.st_uid, info.st_gid) == 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be given to the agent's user: %s", path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
save (const char *directory, const char *name, const char *text, int mode, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  return g_file_set_contents_full (path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   mode, error) &&
         hand_over (directory, path, error);
}

static char *
add_token (GPtrArray *tokens,
           const char *directory,
           const char *name,
           CsTokenScope scope,
           GError **error)
{
  g_autofree char *secret = cs_tokens_add (tokens, name, scope, 0, error);
  g_autofree char *text = NULL;

  if (secret == NULL)
    return NULL;
  text = cs_tokens_write (tokens);
  return save (directory, CS_AGENT_TOKENS_FILE, text, 0600, error) ? g_steal_pointer (&secret)
                                                                   : NULL;
}

/* Where the package made a user for the agent, the directories are that user's. */
static gboolean
give_directories (const CsAgentSetup *self, GError **error)
{
  const struct passwd *user = geteuid () == 0 ? getpwnam (AGENT_USER) : NULL;

  if (user == NULL || (chown (self->directory, user->pw_uid, user->pw_gid) == 0 &&
                       chown (self->state, user->pw_uid, user->pw_gid) == 0))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s can't be given to %s: %s", self->directory,
               AGENT_USER, g_strerror (errno));
  return FALSE;
}

static gboolean
make_directory (const CsAgentSetup *self, GError **error)
{
  g_autofree char *conf = g_build_filename (self->directory, CS_AGENT_CONF, NULL);

  if (g_file_test (conf, G_FILE_TEST_EXISTS))
    g_set_error (error, CS_ERROR, CS_ERROR_EXISTS,
                 "%s is there already: this agent was made before. To make another one, name "
                 "another directory",
                 conf);
  else if (g_mkdir_with_parents (self->directory, 0700) != 0 ||
           g_mkdir_with_parents (self->state, 0700) != 0)
    g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "%s or %s can't be made: %s", self->directory,
                 self->state, g_strerror (errno));
  else
    return give_directories (self, error);
  return FALSE;
}

static gboolean
write_people (const CsAgentSetup *self, GError **error)
{
  g_autofree char *environment =
    self->environment != NULL ? g_strdup_printf ("environment=%s\n", self->environment)
                              : g_strdup ("# environment=production\n");
  g_autofree char *policy = g_strdup_printf (policy_text, environment);
  g_autofree char *signers = NULL;
  g_autoptr (CsAllowedSigners) read = NULL;
  g_autoptr (CsAgentPolicy) understood = cs_agent_policy_parse (policy, error);

  if (understood == NULL ||
      (self->signers != NULL && !g_file_get_contents (self->signers, &signers, NULL, error)))
    return FALSE;
  read = cs_allowed_signers_parse (signers != NULL ? signers : "", error);
  return read != NULL && save (self->directory, CS_AGENT_POLICY_FILE, policy, 0644, error) &&
         save (self->directory, CS_AGENT_SIGNERS_FILE, signers != NULL ? signers : signers_text,
               0644, error);
}

/**
 * cs_agent_setup_init:
 *
 * Makes directory, certificate, first token, policy and list of signers.
 *
 * Returns: (transfer full): the token, which is kept nowhere; %NULL with %CS_ERROR_EXISTS if there
 *   is an agent already, %CS_ERROR_INVALID or %CS_ERROR_STORAGE
 */
char *
cs_agent_setup_init (const CsAgentSetup *self, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *certificate = g_build_filename (self->directory, CERTIFICATE, NULL);
  g_autofree char *key = g_build_filename (self->directory, KEY, NULL);
  g_autofree char *secret = NULL;
  g_autofree char *conf =
    g_strdup_printf (conf_text, id, self->listen, self->state,
                     self->plain ? "plain=true\n" : "certificate=" CERTIFICATE "\nkey=" KEY "\n");
  g_autoptr (GPtrArray) tokens = cs_tokens_parse ("", NULL);

  if (!make_directory (self, error) || !write_people (self, error) ||
      (!self->plain && (!cs_certificate_make (self->host, certificate, key, error) ||
                        !hand_over (self->directory, certificate, error) ||
                        !hand_over (self->directory, key, error))))
    return NULL;
  secret = add_token (tokens, self->directory, "first", CS_TOKEN_RUNS, error);
  if (secret == NULL || !save (self->directory, CS_AGENT_CONF, conf, 0644, error))
    return NULL;
  return g_steal_pointer (&secret);
}

/**
 * cs_agent_setup_rotate_token:
 * @name: (nullable): of the new one; %NULL names it by the time
 * @metrics: whether it is for figures only
 * @overlap: seconds for which the present ones go on
 *
 * Returns: (transfer full): the new token; %NULL with an error
 */
char *
cs_agent_setup_rotate_token (const char *directory,
                             const char *name,
                             gboolean metrics,
                             gint64 overlap,
                             GError **error)
{
  g_autofree char *path = g_build_filename (directory, CS_AGENT_TOKENS_FILE, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *usual = g_date_time_format (now, "%Y%m%d-%H%M%S");
  CsTokenScope scope = metrics ? CS_TOKEN_METRICS : CS_TOKEN_RUNS;
  gint64 end = cs_clock_now () + overlap * G_USEC_PER_SEC;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) tokens = NULL;

  if (!g_file_get_contents (path, &text, NULL, error) ||
      (tokens = cs_tokens_parse (text, error)) == NULL)
    return NULL;
  for (guint i = 0; i < tokens->len; i++)
    {
      CsToken *token = g_ptr_array_index (tokens, i);

      if (token->scope == scope && (token->expires == 0 || token->expires > end))
        token->expires = end;
    }
  return add_token (tokens, directory, name != NULL ? name : usual, scope, error);
}

/* A rotation that is through becomes what the configuration says. */
static gboolean
settle_rotation (const char *directory, GKeyFile *rotation, GKeyFile *conf, GError **error)
{
  g_autofree char *certificate = g_key_file_get_string (rotation, "rotation", "certificate", NULL);
  g_autofree char *key = g_key_file_get_string (rotation, "rotation", "key", NULL);
  g_autofree char *from = g_key_file_get_string (rotation, "rotation", "from", NULL);
  g_autofree char *text = NULL;
  gint64 at;

  if (certificate == NULL || key == NULL || from == NULL || !cs_clock_parse (from, &at, NULL))
    return TRUE;
  if (at > cs_clock_now ())
    {
      g_set_error (error, CS_ERROR, CS_ERROR_WAITING,
                   "A new certificate is waiting to be used from %s on; remove %s to start over",
                   from, CS_AGENT_ROTATION_FILE);
      return FALSE;
    }
  g_key_file_set_string (conf, "agent", "certificate", certificate);
  g_key_file_set_string (conf, "agent", "key", key);
  text = g_key_file_to_data (conf, NULL, NULL);
  return save (directory, CS_AGENT_CONF, text, 0644, error);
}

static GKeyFile *
load (const char *directory, const char *name, gboolean must, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = g_build_filename (directory, name, NULL);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, error) && must)
    return NULL;
  return g_steal_pointer (&file);
}

static char *
make_next (const char *directory,
           GTlsCertificate *present,
           const char *host,
           gint64 from,
           GError **error)
{
  g_autofree char *stamp = g_strdup_printf ("%" G_GINT64_FORMAT, cs_clock_now ());
  g_autofree char *certificate = g_strconcat ("certificate-", stamp, ".pem", NULL);
  g_autofree char *key = g_strconcat ("key-", stamp, ".pem", NULL);
  g_autofree char *certificate_path = g_build_filename (directory, certificate, NULL);
  g_autofree char *key_path = g_build_filename (directory, key, NULL);
  g_autofree char *previous = cs_certificate_dup_fingerprint (present);
  g_autofree char *at = cs_clock_format (from);
  g_autofree char *text = g_strdup_printf (
    "[rotation]\ncertificate=%s\nkey=%s\nfrom=%s\nprevious=%s\n", certificate, key, at, previous);
  g_autoptr (GTlsCertificate) made = NULL;

  if (!cs_certificate_make (host, certificate_path, key_path, error) ||
      !hand_over (directory, certificate_path, error) || !hand_over (directory, key_path, error))
    return NULL;
  made = g_tls_certificate_new_from_files (certificate_path, key_path, error);
  if (made == NULL || !save (directory, CS_AGENT_ROTATION_FILE, text, 0644, error))
    return NULL;
  return cs_certificate_dup_fingerprint (made);
}

/**
 * cs_agent_setup_rotate_certificate:
 * @overlap: seconds until the new one is used; clients learn of it meanwhile
 *
 * Returns: (transfer full): its fingerprint; %NULL with %CS_ERROR_WAITING while another rotation is
 *   on its way, or another error
 */
char *
cs_agent_setup_rotate_certificate (const char *directory, gint64 overlap, GError **error)
{
  g_autoptr (CsAgentConfig) config = cs_agent_config_load (directory, error);
  g_autoptr (GKeyFile) conf = NULL;
  g_autoptr (GKeyFile) rotation = NULL;

  if (config == NULL)
    return NULL;
  if (config->plain)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "This agent has no certificate");
      return NULL;
    }
  conf = load (directory, CS_AGENT_CONF, TRUE, error);
  rotation = load (directory, CS_AGENT_ROTATION_FILE, FALSE, NULL);
  if (conf == NULL || !settle_rotation (directory, rotation, conf, error))
    return NULL;
  return make_next (directory, config->certificate, g_get_host_name (),
                    cs_clock_now () + overlap * G_USEC_PER_SEC, error);
}

/**
 * cs_agent_setup_reload:
 *
 * Asks the agent that uses this directory to read its files again.
 *
 * Returns: whether one runs
 */
gboolean
cs_agent_setup_reload (const char *directory)
{
  g_autoptr (CsAgentConfig) config = cs_agent_config_load (directory, NULL);
  g_autofree char *path = config != NULL ? g_build_filename (config->state, "lock", NULL) : NULL;
  g_autofree char *text = NULL;
  int fd, pid;
  gboolean held;

  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  /* Only who holds the lock is the agent; a number in a file may be anyone's by now. */
  fd = open (path, O_RDWR | O_CLOEXEC);
  held = fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0;
  if (fd >= 0)
    close (fd);
  pid = atoi (text);
  return held && pid > 1 && kill (pid, SIGHUP) == 0;
}
