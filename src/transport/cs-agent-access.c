/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks agents: the tokens of a workspace, and the key with which its requests are signed. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-access.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-json.h"

/** RENEW_BEFORE: seconds before its end when a signer is not given out any more */
#define RENEW_BEFORE (10 * 60)

struct _CsAgentAccess
{
  GObject parent_instance;

  CsKeyring *keyring;
  char *keys_directory;
  CsAskpass *askpass;
  CsAgentPins *pins;
  GHashTable *signers; /* "IDENTITY\nSECONDS" → CsAgentSigner */
};

G_DEFINE_FINAL_TYPE (CsAgentAccess, cs_agent_access, G_TYPE_OBJECT)

static guint certificates_told;

/* A signer on its way. */
typedef struct
{
  char *name; /* among the signers */
  guint seconds;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->name);
  g_free (request);
}

static void
cs_agent_access_finalize (GObject *object)
{
  CsAgentAccess *self = CS_AGENT_ACCESS (object);

  g_clear_object (&self->keyring);
  g_clear_object (&self->askpass);
  g_clear_pointer (&self->pins, cs_agent_pins_unref);
  g_hash_table_unref (self->signers);
  g_free (self->keys_directory);
  G_OBJECT_CLASS (cs_agent_access_parent_class)->finalize (object);
}

static void
cs_agent_access_class_init (CsAgentAccessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_agent_access_finalize;
  certificates_told =
    g_signal_new ("certificates-told", CS_TYPE_AGENT_ACCESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
cs_agent_access_init (CsAgentAccess *self)
{
  self->signers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) cs_agent_signer_unref);
}

/**
 * cs_agent_access_new:
 * @keyring: has each token (%CS_KEYRING_TOKEN) under its target's name
 * @keys_directory: where Countersign keeps the keys that it made
 *
 * Returns: (transfer full): the access of one workspace
 */
CsAgentAccess *
cs_agent_access_new (CsKeyring *keyring, const char *keys_directory)
{
  CsAgentAccess *self = g_object_new (CS_TYPE_AGENT_ACCESS, NULL);

  self->keyring = g_object_ref (keyring);
  self->keys_directory = g_strdup (keys_directory);
  return self;
}

/**
 * cs_agent_access_set_askpass:
 * @self: an access
 * @askpass: (nullable): who is asked for the passphrase of a key
 */
void
cs_agent_access_set_askpass (CsAgentAccess *self, CsAskpass *askpass)
{
  g_return_if_fail (CS_IS_AGENT_ACCESS (self));
  g_set_object (&self->askpass, askpass);
}

/**
 * cs_agent_access_get_askpass:
 * @self: who asks agents
 *
 * Returns: (transfer none) (nullable): who is asked for passphrases, also of the keys of SSH
 */
CsAskpass *
cs_agent_access_get_askpass (CsAgentAccess *self)
{
  g_return_val_if_fail (CS_IS_AGENT_ACCESS (self), NULL);

  return self->askpass;
}

/**
 * cs_agent_access_set_pins:
 * @self: who asks agents
 * @pins: what has become of certificates that were agreed upon
 */
void
cs_agent_access_set_pins (CsAgentAccess *self, CsAgentPins *pins)
{
  g_return_if_fail (CS_IS_AGENT_ACCESS (self));

  g_clear_pointer (&self->pins, cs_agent_pins_unref);
  self->pins = cs_agent_pins_ref (pins);
}

/**
 * cs_agent_access_get_pin:
 * @self: who asks agents
 * @agreed: (nullable): the fingerprint that was agreed upon when the target was added
 * @next: (out) (optional) (nullable): of a certificate that is accepted as well
 *
 * Returns: (transfer none) (nullable): the fingerprint of the certificate that is accepted now
 */
const char *
cs_agent_access_get_pin (CsAgentAccess *self, const char *agreed, const char **next)
{
  g_return_val_if_fail (CS_IS_AGENT_ACCESS (self), agreed);

  if (self->pins != NULL && agreed != NULL)
    return cs_agent_pins_look_up (self->pins, agreed, next);
  if (next != NULL)
    *next = NULL;
  return agreed;
}

static void
read_certificates (JsonObject *health, CsAgentCertificates *told)
{
  JsonArray *all = cs_json_get_array (health, "certificates");

  for (guint i = 0; all != NULL && i < json_array_get_length (all); i++)
    {
      JsonNode *node = json_array_get_element (all, i);
      JsonObject *each = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *state = cs_json_get_string (each, "state");

      if (g_strcmp0 (state, "current") == 0)
        told->current = cs_json_get_string (each, "fingerprint");
      else if (g_strcmp0 (state, "next") == 0)
        {
          told->next = cs_json_get_string (each, "fingerprint");
          told->from = cs_json_get_string (each, "from");
        }
    }
}

/**
 * cs_agent_access_tell_certificates:
 * @self: who asks agents
 * @target: name of the one that was asked
 * @agreed: (nullable): the fingerprint that was agreed upon for it
 * @health: what the agent said of itself, on a connection on which it showed a pinned certificate
 *
 * Emits #CsAgentAccess::certificates-told where there are pinned certificates.
 */
void
cs_agent_access_tell_certificates (CsAgentAccess *self,
                                   const char *target,
                                   const char *agreed,
                                   JsonObject *health)
{
  CsAgentCertificates told = { .target = target, .agreed = agreed };

  g_return_if_fail (CS_IS_AGENT_ACCESS (self));

  if (agreed == NULL)
    return;
  read_certificates (health, &told);
  if (told.current != NULL)
    g_signal_emit (self, certificates_told, 0, &told);
}

/* What systemd and its like hand to a program that has no keyring: a file for each secret. */
static GFile *
find_credential (const char *target)
{
  const char *directory = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *name = g_strconcat ("countersign-token-", target, NULL);

  return directory != NULL ? g_file_new_build_filename (directory, name, NULL) : NULL;
}

static void
return_missing (GTask *task)
{
  const char *target = g_task_get_task_data (task);

  g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                           "There is no token for the agent “%s”: enter the one that "
                           "“countersign-agent init” printed (countersignctl target token %s)",
                           target, target);
}

static void
credential_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  char *text = NULL;
  gsize length = 0;

  if (!g_file_load_contents_finish (G_FILE (source), result, &text, &length, NULL, NULL))
    {
      return_missing (task);
      return;
    }
  g_strstrip (text);
  g_task_return_pointer (task, text, (GDestroyNotify) cs_secret_free);
}

static void
token_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GFile) file = find_credential (g_task_get_task_data (task));
  GError *error = NULL;
  char *token = cs_keyring_lookup_finish (CS_KEYRING (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else if (token != NULL)
    g_task_return_pointer (task, token, (GDestroyNotify) cs_secret_free);
  else if (file != NULL)
    g_file_load_contents_async (file, g_task_get_cancellable (task), credential_cb,
                                g_object_ref (task));
  else
    return_missing (task);
}

/**
 * cs_agent_access_lookup_token_async:
 * @self: an access
 * @target: name of a target
 *
 * Asks the keyring for the token of an agent; where it has none, `countersign-token-TARGET` in
 * `$CREDENTIALS_DIRECTORY` is read, for programs that run without a person.
 */
void
cs_agent_access_lookup_token_async (CsAgentAccess *self,
                                    const char *target,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_agent_access_lookup_token_async);
  g_task_set_task_data (task, g_strdup (target), g_free);
  cs_keyring_lookup_async (self->keyring, CS_KEYRING_TOKEN, target, cancellable, token_cb,
                           g_steal_pointer (&task));
}

/**
 * cs_agent_access_lookup_token_finish:
 *
 * Returns: (transfer full): the token, to be freed with cs_secret_free(); %NULL with
 *   %CS_ERROR_AUTH if there is none
 */
char *
cs_agent_access_lookup_token_finish (CsAgentAccess *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A signer that lasts for minutes only is renewed when an eighth of that is left. */
static gboolean
is_fresh (CsAgentSigner *signer, guint seconds)
{
  gint64 margin = MIN (RENEW_BEFORE, seconds / 8) * (gint64) G_USEC_PER_SEC;

  return cs_agent_signer_get_expires (signer) - margin > cs_clock_now ();
}

static void
signer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsAgentAccess *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  CsAgentSigner *signer = cs_agent_signer_new_finish (result, &error);

  if (signer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_hash_table_replace (self->signers, g_strdup (request->name), cs_agent_signer_ref (signer));
  g_task_return_pointer (task, signer, (GDestroyNotify) cs_agent_signer_unref);
}

static void
make_signer (GTask *task, CsKey *key)
{
  CsAgentAccess *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);

  cs_agent_signer_new_async (key, self->askpass, request->seconds, g_task_get_cancellable (task),
                             signer_cb, g_object_ref (task));
}

static void
key_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (CsKey) key = cs_key_load_finish (result, &error);

  if (key != NULL)
    make_signer (task, key);
  else
    g_task_return_error (task, error);
}

static void
keys_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) keys = cs_key_list_finish (result, &error);

  if (keys == NULL)
    g_task_return_error (task, error);
  else if (keys->len == 1)
    make_signer (task, g_ptr_array_index (keys, 0));
  else if (keys->len == 0)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                             "There is no SSH key to sign requests to the agent with: make one "
                             "with ssh-keygen -t ed25519, and have its public half added there");
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH,
                             "There are %u SSH keys: say with which one requests to the agent are "
                             "signed, when the target is added (--identity FILE)",
                             keys->len);
}

/**
 * cs_agent_access_get_signer_async:
 * @self: an access
 * @identity: (nullable): path of the key; %NULL for the only one that there is
 * @seconds: for how long a key in memory may sign for the person; 0 for none
 *
 * Gives the signer that was made before, or makes a new one when that has not long to go.
 */
void
cs_agent_access_get_signer_async (CsAgentAccess *self,
                                  const char *identity,
                                  guint seconds,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);
  CsAgentSigner *known;

  request->name = g_strdup_printf ("%s\n%u", identity != NULL ? identity : "", seconds);
  request->seconds = seconds;
  g_task_set_source_tag (task, cs_agent_access_get_signer_async);
  g_task_set_task_data (task, request, request_free);
  known = g_hash_table_lookup (self->signers, request->name);
  if (known != NULL && is_fresh (known, seconds))
    g_task_return_pointer (task, cs_agent_signer_ref (known),
                           (GDestroyNotify) cs_agent_signer_unref);
  else if (identity != NULL)
    cs_key_load_async (identity, cancellable, key_cb, g_steal_pointer (&task));
  else
    cs_key_list_async (self->keys_directory, cancellable, keys_cb, g_steal_pointer (&task));
}

/**
 * cs_agent_access_get_signer_finish:
 *
 * Returns: (transfer full): the signer; %NULL with %CS_ERROR_AUTH if there is no key, or it could
 *   not be used
 */
CsAgentSigner *
cs_agent_access_get_signer_finish (CsAgentAccess *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
