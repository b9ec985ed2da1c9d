/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that an agent is told by files: one unchanging snapshot, replaced as a whole. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-agent-config.h"

#include "cs-certificate.h"
#include "cs-clock.h"
#include "cs-error.h"

#include <sys/stat.h>

#define GROUP "agent"
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const char *const keys[] = {
  "agent/id",
  "agent/listen",
  "agent/state",
  "agent/path",
  "agent/plain",
  "agent/certificate",
  "agent/key",
  "agent/identities",
  "limits/runs-at-once",
  "limits/queue",
  "limits/connections",
  "limits/starts-per-minute",
  "limits/changes-per-minute",
  "limits/reads-per-minute",
  "limits/output-mib",
  "keep/days",
  "keep/mib",
  NULL,
};

static const char *const rotation_keys[] = {
  "rotation/certificate", "rotation/key", "rotation/from", "rotation/previous", NULL,
};

/** cs_agent_config_ref: (transfer full): one more reference. */
CsAgentConfig *
cs_agent_config_ref (CsAgentConfig *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

/** cs_agent_config_unref: gives a reference back. */
void
cs_agent_config_unref (CsAgentConfig *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  g_clear_object (&self->certificate);
  g_clear_object (&self->next);
  g_clear_pointer (&self->policy, cs_agent_policy_free);
  g_clear_pointer (&self->signers, cs_allowed_signers_unref);
  g_clear_pointer (&self->tokens, g_ptr_array_unref);
  g_strfreev (self->listen);
  g_strfreev (self->identities);
  g_free (self->directory);
  g_free (self->state);
  g_free (self->id);
  g_free (self->path);
  g_free (self->certificate_path);
  g_free (self->previous);
  g_free (self);
}

static char *
find_file (CsAgentConfig *self, const char *name)
{
  return g_path_is_absolute (name) ? g_strdup (name)
                                   : g_build_filename (self->directory, name, NULL);
}

/* Says which file it was. */
static gboolean
blame (const char *name, GError **error)
{
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

static char *
read_file (CsAgentConfig *self, const char *name, gboolean secret, GError **error)
{
  g_autofree char *path = find_file (self, name);
  struct stat info;
  char *text = NULL;

  if (secret && stat (path, &info) == 0 && (info.st_mode & 077) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                   "others can read or write it; say chmod 600 %s", path);
      return NULL;
    }
  return g_file_get_contents (path, &text, NULL, error) ? text : NULL;
}

static gboolean
read_limits (CsAgentLimits *limits, GKeyFile *file, GError **error)
{
  const struct
  {
    const char *group;
    const char *key;
    gint64 lowest;
    gint64 highest;
    gint64 *value;
    gint64 usual;
  } all[] = {
    { "limits", "runs-at-once", 1, 1024, &limits->runs_at_once, 16 },
    { "limits", "queue", 0, 10000, &limits->queue, 100 },
    { "limits", "connections", 8, 100000, &limits->connections, 1024 },
    { "limits", "starts-per-minute", 1, 1000000, &limits->starts_per_minute, 1200 },
    { "limits", "changes-per-minute", 1, 1000000, &limits->changes_per_minute, 1200 },
    { "limits", "reads-per-minute", 1, 1000000, &limits->reads_per_minute, 12000 },
    { "limits", "output-mib", 1, 1024 * 1024, &limits->output_mib, 1024 },
    { "keep", "days", 0, 3650, &limits->keep_days, 7 },
    { "keep", "mib", 1, (gint64) 1 << 30, &limits->keep_mib, 20 * 1024 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      *all[i].value = all[i].usual;
      if (!cs_agent_settings_get_int (file, all[i].group, all[i].key, all[i].lowest,
                                      all[i].highest, all[i].value, error))
        return FALSE;
    }
  return TRUE;
}

static GTlsCertificate *
load_certificate (CsAgentConfig *self, const char *certificate, const char *key, GError **error)
{
  g_autofree char *certificate_path = find_file (self, certificate);
  g_autofree char *key_path = find_file (self, key);

  return g_tls_certificate_new_from_files (certificate_path, key_path, error);
}

/* Where a new certificate lies, and from when on it is used: written by rotate-certificate. */
static gboolean
read_rotation (CsAgentConfig *self, GError **error)
{
  g_autofree char *text = read_file (self, CS_AGENT_ROTATION_FILE, FALSE, NULL);
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;
  g_autofree char *from = NULL;

  if (text == NULL)
    return TRUE;
  file = cs_agent_settings_load (text, rotation_keys, error);
  if (file == NULL)
    return FALSE;
  self->previous = g_key_file_get_string (file, "rotation", "previous", NULL);
  certificate = g_key_file_get_string (file, "rotation", "certificate", NULL);
  key = g_key_file_get_string (file, "rotation", "key", NULL);
  from = g_key_file_get_string (file, "rotation", "from", NULL);
  if (certificate == NULL)
    return TRUE;
  if (key == NULL || from == NULL || !cs_clock_parse (from, &self->next_from, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "It needs “key” and “from”");
      return FALSE;
    }
  self->next = load_certificate (self, certificate, key, error);
  if (self->next == NULL)
    return FALSE;
  if (self->next_from <= cs_clock_now ())
    {
      /* Its time has come; the one before is still named by requests that are on their way. */
      g_object_unref (self->certificate);
      self->certificate = g_steal_pointer (&self->next);
    }
  else
    g_clear_pointer (&self->previous, g_free); /* that is the one in use, still */
  return TRUE;
}

static gboolean
read_agent (CsAgentConfig *self, GKeyFile *file, GError **error)
{
  g_autofree char *key = g_key_file_get_string (file, GROUP, "key", NULL);

  self->id = g_key_file_get_string (file, GROUP, "id", NULL);
  self->listen = g_key_file_get_string_list (file, GROUP, "listen", NULL, NULL);
  self->state = g_key_file_get_string (file, GROUP, "state", NULL);
  self->path = g_key_file_get_string (file, GROUP, "path", NULL);
  self->identities = g_key_file_get_string_list (file, GROUP, "identities", NULL, NULL);
  self->certificate_path = g_key_file_get_string (file, GROUP, "certificate", NULL);
  if (self->path == NULL)
    self->path = g_strdup (DEFAULT_PATH);
  if (!cs_agent_settings_get_flag (file, GROUP, "plain", &self->plain, error) ||
      !read_limits (&self->limits, file, error))
    return FALSE;
  if (self->id == NULL || !g_uuid_string_is_valid (self->id) || self->listen == NULL ||
      *self->listen == NULL || self->state == NULL || !g_path_is_absolute (self->state))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "[agent] needs “id” (a UUID), “listen” and “state” (an absolute path)");
      return FALSE;
    }
  if (self->plain)
    return TRUE;
  if (self->certificate_path == NULL || key == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "[agent] needs “certificate” and “key”, or “plain=true” on loopback");
      return FALSE;
    }
  self->certificate = load_certificate (self, self->certificate_path, key, error);
  return self->certificate != NULL;
}

static gboolean
read_people (CsAgentConfig *self, GError **error)
{
  g_autofree char *policy = read_file (self, CS_AGENT_POLICY_FILE, FALSE, error);
  g_autofree char *signers = NULL;
  g_autofree char *tokens = NULL;

  if (policy == NULL || (self->policy = cs_agent_policy_parse (policy, error)) == NULL)
    return blame (CS_AGENT_POLICY_FILE, error);
  signers = read_file (self, CS_AGENT_SIGNERS_FILE, FALSE, error);
  if (signers == NULL || (self->signers = cs_allowed_signers_parse (signers, error)) == NULL)
    return blame (CS_AGENT_SIGNERS_FILE, error);
  tokens = read_file (self, CS_AGENT_TOKENS_FILE, TRUE, error);
  if (tokens == NULL || (self->tokens = cs_tokens_parse (tokens, error)) == NULL)
    return blame (CS_AGENT_TOKENS_FILE, error);
  return TRUE;
}

/**
 * cs_agent_config_load:
 * @directory: of the agent's files
 *
 * Returns: (transfer full): what they say; %NULL with the name of the file and what is wrong in it
 */
CsAgentConfig *
cs_agent_config_load (const char *directory, GError **error)
{
  g_autoptr (CsAgentConfig) self = g_new0 (CsAgentConfig, 1);
  g_autofree char *text = NULL;
  g_autoptr (GKeyFile) file = NULL;

  self->references = 1;
  self->directory = g_canonicalize_filename (directory, NULL);
  text = read_file (self, CS_AGENT_CONF, FALSE, error);
  file = text != NULL ? cs_agent_settings_load (text, keys, error) : NULL;
  if (file == NULL || !read_agent (self, file, error))
    {
      blame (CS_AGENT_CONF, error);
      return NULL;
    }
  if (!self->plain && !read_rotation (self, error))
    {
      blame (CS_AGENT_ROTATION_FILE, error);
      return NULL;
    }
  return read_people (self, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
is_of (GTlsCertificate *certificate, const char *identity)
{
  g_autofree char *fingerprint =
    certificate != NULL ? cs_certificate_dup_fingerprint (certificate) : NULL;

  return g_strcmp0 (fingerprint, identity) == 0;
}

/**
 * cs_agent_config_has_identity:
 * @identity: what a request was signed for
 *
 * Returns: whether that is this agent
 */
gboolean
cs_agent_config_has_identity (CsAgentConfig *self, const char *identity)
{
  if (self->plain && g_str_has_prefix (identity, "agent:"))
    return g_str_equal (identity + strlen ("agent:"), self->id);
  return is_of (self->certificate, identity) || is_of (self->next, identity) ||
         g_strcmp0 (self->previous, identity) == 0 ||
         (self->identities != NULL &&
          g_strv_contains ((const char *const *) self->identities, identity));
}
