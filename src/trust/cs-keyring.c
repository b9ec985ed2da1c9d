/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets that people let the desktop's keyring remember: passphrases, tokens, values. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-keyring.h"

#include <libsecret/secret.h>
#include <string.h>

struct _CsKeyring
{
  GObject parent_instance;

  char *workspace;
  char *problem;
  GHashTable *memory; /* "KIND NAME" → SecretValue, which lives in locked memory and is wiped */
};

enum
{
  PROP_0,
  PROP_PROBLEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (CsKeyring, cs_keyring, G_TYPE_OBJECT)

static const SecretSchema schema = {
  "io.github.countersign.Secret",
  SECRET_SCHEMA_NONE,
  {
    { "workspace", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "name", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
  /* The rest is reserved. */
  0, NULL, NULL, NULL, NULL, NULL, NULL, NULL
};

/* What is asked for; the secret of one that is to be stored, in case the keyring does not take
 * it. */
typedef struct
{
  char *key;
  SecretValue *value;
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  g_clear_pointer (&self->value, secret_value_unref);
  g_free (self->key);
  g_free (self);
}

static void
cs_keyring_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_PROBLEM:
      g_value_set_string (value, CS_KEYRING (object)->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_keyring_finalize (GObject *object)
{
  CsKeyring *self = CS_KEYRING (object);

  g_hash_table_unref (self->memory);
  g_free (self->workspace);
  g_free (self->problem);
  G_OBJECT_CLASS (cs_keyring_parent_class)->finalize (object);
}

static void
cs_keyring_class_init (CsKeyringClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = cs_keyring_get_property;
  object_class->finalize = cs_keyring_finalize;

  properties[PROP_PROBLEM] =
    g_param_spec_string ("problem", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cs_keyring_init (CsKeyring *self)
{
  self->memory =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) secret_value_unref);
}

/**
 * cs_keyring_new:
 * @workspace: the directory whose secrets they are
 *
 * Nothing is asked of the desktop until something is stored or looked up.
 *
 * Returns: (transfer full): the way to its secrets
 */
CsKeyring *
cs_keyring_new (const char *workspace)
{
  CsKeyring *self = g_object_new (CS_TYPE_KEYRING, NULL);

  self->workspace = g_canonicalize_filename (workspace, NULL);
  return self;
}

/**
 * cs_keyring_get_problem:
 * @self: a keyring
 *
 * Returns: (nullable): why secrets last only until this program ends; %NULL if they last
 */
const char *
cs_keyring_get_problem (CsKeyring *self)
{
  g_return_val_if_fail (CS_IS_KEYRING (self), NULL);
  return self->problem;
}

static void
set_problem (CsKeyring *self, const GError *error)
{
  g_autofree char *problem = NULL;

  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    problem = g_strdup ("The keyring stayed locked, so secrets are kept only until this program "
                        "ends. Unlock it to have them remembered.");
  else if (error != NULL)
    problem = g_strdup_printf ("No keyring answers here, so secrets are kept only until this "
                               "program ends. Start one (GNOME Keyring or KWallet, say) to have "
                               "them remembered. The system says: %s",
                               error->message);
  if (g_strcmp0 (problem, self->problem) == 0)
    return;
  g_free (self->problem);
  self->problem = g_steal_pointer (&problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static GHashTable *
build_attributes (CsKeyring *self, const char *kind, const char *name)
{
  return secret_attributes_build (&schema, "workspace", self->workspace, "kind", kind, "name",
                                  name, NULL);
}

static GTask *
new_request (CsKeyring *self,
             const char *kind,
             const char *name,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->key = g_strdup_printf ("%s %s", kind, name);
  g_task_set_task_data (task, request, request_free);
  return task;
}

/**
 * cs_keyring_keep:
 * @self: a keyring
 * @kind: what for, e.g. %CS_KEYRING_PASSPHRASE
 * @name: whose
 * @secret: the secret; copied
 *
 * Keeps a secret in this program's memory until it ends.
 */
void
cs_keyring_keep (CsKeyring *self, const char *kind, const char *name, const char *secret)
{
  g_return_if_fail (CS_IS_KEYRING (self));
  g_return_if_fail (kind != NULL && name != NULL && secret != NULL);

  g_hash_table_replace (self->memory, g_strdup_printf ("%s %s", kind, name),
                        secret_value_new (secret, -1, "text/plain"));
}

/* FALSE if nobody waits for it any more. Another error is a problem that is told, and no more: what
 * the keyring does not take is kept in memory. */
static gboolean
take_answer (GTask *task, GError **error)
{
  if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      set_problem (g_task_get_source_object (task), *error);
      return TRUE;
    }
  g_task_return_error (task, g_steal_pointer (error));
  return FALSE;
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsKeyring *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean stored = secret_password_store_finish (result, &error);

  if (!take_answer (task, &error))
    return;
  /* What is in the keyring must not be hidden by what was kept before. */
  if (stored)
    g_hash_table_remove (self->memory, request->key);
  else
    g_hash_table_replace (self->memory, g_strdup (request->key),
                          secret_value_ref (request->value));
  g_task_return_boolean (task, TRUE);
}

/**
 * cs_keyring_store_async:
 * @self: a keyring
 * @kind: what for, e.g. %CS_KEYRING_PASSPHRASE
 * @name: whose
 * @label: what the keyring's own window shows
 * @secret: the secret; copied
 *
 * Has a secret remembered, in place of one with the same kind and name. May have the desktop ask
 * for the keyring's password.
 */
void
cs_keyring_store_async (CsKeyring *self,
                        const char *kind,
                        const char *name,
                        const char *label,
                        const char *secret,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GHashTable) attributes = NULL;
  GTask *task;

  g_return_if_fail (CS_IS_KEYRING (self));
  g_return_if_fail (kind != NULL && name != NULL && label != NULL && secret != NULL);

  attributes = build_attributes (self, kind, name);
  task = new_request (self, kind, name, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_keyring_store_async);
  ((Request *) g_task_get_task_data (task))->value = secret_value_new (secret, -1, "text/plain");
  secret_password_storev (&schema, attributes, SECRET_COLLECTION_DEFAULT, label, secret,
                          cancellable, stored_cb, task);
}

/**
 * cs_keyring_store_finish:
 * @self: a keyring
 *
 * Returns: %TRUE if it is kept, at least until this program ends (see cs_keyring_get_problem());
 *   %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
cs_keyring_store_finish (CsKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  char *secret = secret_password_lookup_nonpageable_finish (result, &error);

  if (!take_answer (task, &error))
    return;
  g_task_return_pointer (task, secret, (GDestroyNotify) cs_secret_free);
}

/* A copy in memory that the kernel does not swap out, as the keyring's own answers are. */
static char *
dup_secret (SecretValue *value)
{
  return secret_value_unref_to_password (
    secret_value_new (secret_value_get_text (value), -1, "text/plain"), NULL);
}

/**
 * cs_keyring_lookup_async:
 * @self: a keyring
 * @kind: what for
 * @name: whose
 *
 * Looks for a secret in memory, then in the keyring.
 */
void
cs_keyring_lookup_async (CsKeyring *self,
                         const char *kind,
                         const char *name,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GHashTable) attributes = NULL;
  g_autoptr (GTask) task = NULL;
  SecretValue *kept;

  g_return_if_fail (CS_IS_KEYRING (self));
  g_return_if_fail (kind != NULL && name != NULL);

  task = new_request (self, kind, name, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_keyring_lookup_async);
  kept = g_hash_table_lookup (self->memory, ((Request *) g_task_get_task_data (task))->key);
  if (kept != NULL)
    {
      g_task_return_pointer (task, dup_secret (kept), (GDestroyNotify) cs_secret_free);
      return;
    }
  attributes = build_attributes (self, kind, name);
  secret_password_lookupv (&schema, attributes, cancellable, looked_up_cb,
                           g_steal_pointer (&task));
}

/**
 * cs_keyring_lookup_finish:
 * @self: a keyring
 *
 * Returns: (transfer full) (nullable): the secret, for cs_secret_free(); %NULL without an error if
 *   there is none, or with %G_IO_ERROR_CANCELLED
 */
char *
cs_keyring_lookup_finish (CsKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  secret_password_clear_finish (result, &error);
  if (!take_answer (task, &error))
    return;
  g_task_return_boolean (task, TRUE);
}

/**
 * cs_keyring_clear_async:
 * @self: a keyring
 * @kind: what for
 * @name: whose
 *
 * Forgets a secret, in memory and in the keyring.
 */
void
cs_keyring_clear_async (CsKeyring *self,
                        const char *kind,
                        const char *name,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GHashTable) attributes = NULL;
  GTask *task;

  g_return_if_fail (CS_IS_KEYRING (self));
  g_return_if_fail (kind != NULL && name != NULL);

  attributes = build_attributes (self, kind, name);
  task = new_request (self, kind, name, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_keyring_clear_async);
  g_hash_table_remove (self->memory, ((Request *) g_task_get_task_data (task))->key);
  secret_password_clearv (&schema, attributes, cancellable, cleared_cb, task);
}

/**
 * cs_keyring_clear_finish:
 * @self: a keyring
 *
 * Returns: %TRUE when it is forgotten, or there was none; %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
cs_keyring_clear_finish (CsKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
add_name (GPtrArray *names, const char *name)
{
  if (name != NULL && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsKeyring *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *items = secret_password_search_finish (result, &error);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  const char *key;

  set_problem (self, error);
  for (GList *each = items; each != NULL; each = each->next)
    {
      g_autoptr (GHashTable) attributes = secret_retrievable_get_attributes (each->data);

      add_name (names, g_hash_table_lookup (attributes, "name"));
    }
  g_list_free_full (items, g_object_unref);
  g_hash_table_iter_init (&iter, self->memory);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    if (g_str_has_prefix (key, request->key))
      add_name (names, key + strlen (request->key));
  g_ptr_array_sort (names, compare_names);
  g_task_return_pointer (task, names, (GDestroyNotify) g_ptr_array_unref);
}

/**
 * cs_keyring_list_async:
 * @self: a keyring
 * @kind: what for
 *
 * Looks which secrets there are, without reading them.
 */
void
cs_keyring_list_async (CsKeyring *self,
                       const char *kind,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GHashTable) attributes = NULL;
  GTask *task;

  g_return_if_fail (CS_IS_KEYRING (self));
  g_return_if_fail (kind != NULL);

  attributes =
    secret_attributes_build (&schema, "workspace", self->workspace, "kind", kind, NULL);
  task = new_request (self, kind, "", cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_keyring_list_async);
  secret_password_searchv (&schema, attributes, SECRET_SEARCH_ALL, cancellable, listed_cb, task);
}

/**
 * cs_keyring_list_finish:
 * @self: a keyring
 *
 * Returns: (transfer full) (element-type utf8): the names, in the order of the alphabet; %NULL with
 *   %G_IO_ERROR_CANCELLED
 */
GPtrArray *
cs_keyring_list_finish (CsKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_keyring_dup_secret_name:
 * @environment: (nullable): where it counts; %NULL for everywhere
 * @name: as commands refer to it
 *
 * Returns: (transfer full): the name of a %CS_KEYRING_SECRET
 */
char *
cs_keyring_dup_secret_name (const char *environment, const char *name)
{
  return g_strconcat (environment != NULL ? environment : "", "/", name, NULL);
}

/**
 * cs_keyring_split_secret_name:
 * @key: as from cs_keyring_dup_secret_name()
 * @environment: (out) (transfer full) (nullable): for which it is; %NULL: for all
 *
 * Returns: (transfer full): the name of the secret
 */
char *
cs_keyring_split_secret_name (const char *key, char **environment)
{
  const char *slash = strrchr (key, '/');

  *environment = slash != NULL && slash > key ? g_strndup (key, (gsize) (slash - key)) : NULL;
  return g_strdup (slash != NULL ? slash + 1 : key);
}

/**
 * cs_secret_free:
 * @secret: (transfer full) (nullable): what cs_keyring_lookup_finish() gave, or text of the heap
 *
 * Wipes a secret and frees its memory.
 */
void
cs_secret_free (char *secret)
{
  if (secret != NULL)
    secret_password_free (secret);
}
