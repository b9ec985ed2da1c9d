/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passphrases of keys: remembered ones, those that people give, and how often one may be wrong. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-passphrases.h"

#include "cs-error.h"
#include "cs-key-tries.h"
#include "cs-passphrase-check.h"
#include "cs-passphrase-question-private.h"

#include <string.h>

/** RECENT: seconds for which a right passphrase serves again without a question: who signs, or
 * connects to all members of a fleet, is asked once */
#define RECENT 60

struct _CsPassphrases
{
  GObject parent_instance;

  CsStore *store;
  char *actor;
  CsKeyring *keyring;
  guint seconds;
  CsAskpass *askpass;
  GHashTable *asked;  /* file of a key → Asking, not owned */
  GHashTable *recent; /* name of a key → passphrase, wiped */
  guint forget;
};

G_DEFINE_FINAL_TYPE (CsPassphrases, cs_passphrases, G_TYPE_OBJECT)

enum
{
  ASK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* One key that is asked about; whoever asks meanwhile waits for the same answer. */
typedef struct
{
  CsPassphrases *self;
  char *key;  /* its file */
  char *name; /* its fingerprint, or its file */
  char *prompt;
  GPtrArray *waiting; /* GTask */
  CsSecret *given;
  gboolean remembered; /* the keyring gave it */
  gboolean remember;
  gboolean wrong;
} Asking;

static void ask_person (Asking *asking, guint tries);

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->self);
  g_free (asking->key);
  g_free (asking->name);
  g_free (asking->prompt);
  g_ptr_array_unref (asking->waiting);
  cs_secret_free (asking->given);
  g_free (asking);
}

/* Over: with the passphrase, or an error (transfer full). */
static void
finish (Asking *asking, GError *error)
{
  g_autoptr (GError) reason = error;

  g_hash_table_remove (asking->self->asked, asking->key);
  for (guint i = 0; i < asking->waiting->len; i++)
    {
      GTask *task = asking->waiting->pdata[i];

      if (reason != NULL)
        g_task_return_error (task, g_error_copy (reason));
      else
        g_task_return_pointer (task, g_strdup (asking->given), (GDestroyNotify) cs_secret_free);
    }
  asking_free (asking);
}

static gboolean
forget_cb (gpointer data)
{
  CsPassphrases *self = data;

  self->forget = 0;
  g_hash_table_remove_all (self->recent);
  return G_SOURCE_REMOVE;
}

static void
keep_recent (Asking *asking)
{
  CsPassphrases *self = asking->self;

  g_hash_table_replace (self->recent, g_strdup (asking->name), g_strdup (asking->given));
  g_clear_handle_id (&self->forget, g_source_remove);
  self->forget = g_timeout_add_seconds (RECENT, forget_cb, self);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cs_keyring_store_finish (CS_KEYRING (source), result, &error))
    g_debug ("A passphrase is not remembered: %s", error->message);
  finish (user_data, NULL);
}

static void
accept (Asking *asking)
{
  g_autofree char *label = NULL;

  keep_recent (asking);
  if (!asking->remember)
    {
      finish (asking, NULL);
      return;
    }
  label = g_strdup_printf ("Passphrase of the SSH key %s", asking->key);
  cs_keyring_store_async (asking->self->keyring, CS_KEYRING_PASSPHRASE, asking->name, label,
                          asking->given, NULL, stored_cb, asking);
}

static void
checked_tries_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  guint tries = cs_key_tries_check_finish (result, &error);

  if (tries > 0)
    ask_person (user_data, tries);
  else
    finish (user_data, error);
}

static void
check_tries (Asking *asking)
{
  CsPassphrases *self = asking->self;

  cs_key_tries_check_async (self->store, self->actor, asking->name, self->seconds, NULL,
                            checked_tries_cb, asking);
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  /* A try that can't be recorded would not count, so there is none. */
  if (cs_key_tries_note_finish (result, &error))
    check_tries (user_data);
  else
    finish (user_data, error);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  CsPassphrases *self = asking->self;

  cs_keyring_clear_finish (CS_KEYRING (source), result, NULL);
  cs_key_tries_note_async (self->store, self->actor, CS_KEY_TRIES_FORGOTTEN, asking->name,
                           noted_cb, asking);
}

/* The key has another passphrase now: nobody guessed, so it is no try. */
static void
forget_remembered (Asking *asking)
{
  asking->remembered = FALSE;
  cs_keyring_clear_async (asking->self->keyring, CS_KEYRING_PASSPHRASE, asking->name, NULL,
                          forgotten_cb, asking);
}

static void
tried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  CsPassphrases *self = asking->self;
  g_autoptr (GError) error = NULL;

  /* What can't be tried is for OpenSSH to judge, and nothing to remember. */
  switch (cs_passphrase_check_finish (result, &error))
    {
    case CS_PASSPHRASE_RIGHT:
      accept (asking);
      break;
    case CS_PASSPHRASE_WRONG:
      asking->wrong = !asking->remembered;
      if (asking->remembered)
        forget_remembered (asking);
      else
        cs_key_tries_note_async (self->store, self->actor, CS_KEY_TRIES_WRONG, asking->name,
                                 noted_cb, asking);
      break;
    case CS_PASSPHRASE_UNKNOWN:
    default:
      g_debug ("A passphrase could not be tried: %s", error->message);
      finish (asking, NULL);
    }
}

static void
try_given (Asking *asking, char *given)
{
  g_clear_pointer (&asking->given, cs_secret_free);
  asking->given = given;
  cs_passphrase_check_async (asking->key, given, tried_cb, asking);
}

static void
answered (const char *answer, gboolean remember, const char *reason, gpointer user_data)
{
  Asking *asking = user_data;

  asking->remember = remember;
  if (answer != NULL)
    try_given (asking, g_strdup (answer));
  else
    finish (asking, g_error_new_literal (CS_ERROR, CS_ERROR_AUTH, reason));
}

/* Who does not take the question refuses it by that. */
static void
ask_person (Asking *asking, guint tries)
{
  CsPassphrases *self = asking->self;
  g_autoptr (CsPassphraseQuestion) question =
    cs_passphrase_question_new (asking->prompt, asking->key, tries, asking->wrong,
                                cs_keyring_get_problem (self->keyring), answered, asking);

  g_signal_emit (self, signals[ASK], 0, question);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  char *passphrase = cs_keyring_lookup_finish (CS_KEYRING (source), result, NULL);

  asking->remembered = passphrase != NULL;
  if (passphrase != NULL)
    try_given (asking, passphrase);
  else
    check_tries (asking);
}

static void
identified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  CsPassphrases *self = asking->self;
  g_autoptr (CsKey) key = cs_key_load_finish (result, NULL);
  const char *recent;

  asking->name = g_strdup (key != NULL ? cs_key_get_fingerprint (key) : asking->key);
  recent = g_hash_table_lookup (self->recent, asking->name);
  if (recent != NULL)
    {
      /* It may have been changed since. */
      asking->remembered = TRUE;
      try_given (asking, g_strdup (recent));
      g_hash_table_remove (self->recent, asking->name);
      return;
    }
  cs_keyring_lookup_async (self->keyring, CS_KEYRING_PASSPHRASE, asking->name, NULL, looked_up_cb,
                           asking);
}

/* Not about the passphrase of a key file: a PIN, or whatever else there may be. */
static void
answered_directly (const char *answer, gboolean remember, const char *reason, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (answer != NULL)
    g_task_return_pointer (task, g_strdup (answer), (GDestroyNotify) cs_secret_free);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_AUTH, "%s", reason);
}

static void
ask_directly (CsPassphrases *self, const char *prompt, GTask *task)
{
  g_autoptr (CsPassphraseQuestion) question = cs_passphrase_question_new (
    prompt, NULL, 1, FALSE, NULL, answered_directly, g_object_ref (task));

  g_signal_emit (self, signals[ASK], 0, question);
}

/* `ssh` names the file; `ssh-keygen` does not, but then whoever started it said it. */
static char *
find_key (const char *prompt, const char *key)
{
  const char *begin = strchr (prompt, '\''), *end = strrchr (prompt, '\'');
  g_autofree char *named = NULL;

  if (!g_str_has_prefix (prompt, "Enter passphrase") || strstr (prompt, "(empty") != NULL)
    return NULL;
  if (begin != NULL && end > begin)
    named = g_strndup (begin + 1, end - begin - 1);
  if (named != NULL && g_path_is_absolute (named) && g_file_test (named, G_FILE_TEST_IS_REGULAR))
    return g_steal_pointer (&named);
  return g_strdup (key);
}

static void
ask_cb (CsAskpass *askpass, const char *prompt, const char *key, GTask *task, gpointer user_data)
{
  CsPassphrases *self = user_data;
  g_autofree char *path = find_key (prompt, key);
  Asking *asking;

  if (path == NULL)
    {
      ask_directly (self, prompt, task);
      return;
    }
  asking = g_hash_table_lookup (self->asked, path);
  if (asking != NULL)
    {
      g_ptr_array_add (asking->waiting, g_object_ref (task));
      return;
    }
  asking = g_new0 (Asking, 1);
  asking->self = g_object_ref (self);
  asking->key = g_steal_pointer (&path);
  asking->prompt = g_strdup (prompt);
  asking->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (asking->waiting, g_object_ref (task));
  g_hash_table_insert (self->asked, g_strdup (asking->key), asking);
  cs_key_load_async (asking->key, NULL, identified_cb, asking);
}

static void
vetted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) verdict = user_data;
  GError *error = NULL;

  if (cs_key_tries_check_finish (result, &error) > 0)
    g_task_return_boolean (verdict, TRUE);
  else
    g_task_return_error (verdict, error);
}

static void
signing_cb (CsAskpass *askpass, const char *fingerprint, GTask *verdict, gpointer user_data)
{
  CsPassphrases *self = user_data;

  cs_key_tries_check_async (self->store, self->actor, fingerprint, self->seconds,
                            g_task_get_cancellable (verdict), vetted_cb, g_object_ref (verdict));
}

static void
refusal_noted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) noted = user_data;
  GError *error = NULL;

  if (cs_key_tries_note_finish (result, &error))
    g_task_return_boolean (noted, TRUE);
  else
    g_task_return_error (noted, error);
}

static void
refused_cb (CsAskpass *askpass, const char *fingerprint, GTask *noted, gpointer user_data)
{
  CsPassphrases *self = user_data;

  cs_key_tries_note_async (self->store, self->actor, CS_KEY_TRIES_REFUSED, fingerprint,
                           refusal_noted_cb, g_object_ref (noted));
}

static void
cs_passphrases_dispose (GObject *object)
{
  CsPassphrases *self = CS_PASSPHRASES (object);

  if (self->askpass != NULL)
    g_signal_handlers_disconnect_by_data (self->askpass, self);
  g_clear_handle_id (&self->forget, g_source_remove);
  g_hash_table_remove_all (self->recent);
  g_clear_object (&self->askpass);
  g_clear_object (&self->keyring);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (cs_passphrases_parent_class)->dispose (object);
}

static void
cs_passphrases_finalize (GObject *object)
{
  CsPassphrases *self = CS_PASSPHRASES (object);

  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->recent);
  g_free (self->actor);

  G_OBJECT_CLASS (cs_passphrases_parent_class)->finalize (object);
}

static void
cs_passphrases_class_init (CsPassphrasesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_passphrases_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_passphrases_finalize;

  /**
   * CsPassphrases::ask:
   * @question: keep it until the person has answered
   *
   * A person must answer. Without a handler that keeps it, it is refused.
   */
  signals[ASK] = g_signal_new ("ask", CS_TYPE_PASSPHRASES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, CS_TYPE_PASSPHRASE_QUESTION);
}

static void
cs_passphrases_init (CsPassphrases *self)
{
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->recent =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cs_secret_free);
}

/**
 * cs_passphrases_new:
 * @store: where tries in vain are recorded
 * @actor: who tries
 * @keyring: remembers passphrases
 * @seconds: for how long a try in vain counts, usually %CS_PASSPHRASES_WAIT
 *
 * Returns: (transfer full): who answers OpenSSH; %NULL with errors as cs_askpass_new()
 */
CsPassphrases *
cs_passphrases_new (CsStore *store,
                    const char *actor,
                    CsKeyring *keyring,
                    guint seconds,
                    GError **error)
{
  g_autoptr (CsAskpass) askpass = cs_askpass_new (error);
  CsPassphrases *self;

  if (askpass == NULL)
    return NULL;
  self = g_object_new (CS_TYPE_PASSPHRASES, NULL);
  self->store = g_object_ref (store);
  self->actor = g_strdup (actor);
  self->keyring = g_object_ref (keyring);
  self->seconds = seconds;
  self->askpass = g_steal_pointer (&askpass);
  g_signal_connect (self->askpass, "ask", G_CALLBACK (ask_cb), self);
  g_signal_connect (self->askpass, "signing", G_CALLBACK (signing_cb), self);
  g_signal_connect (self->askpass, "refused", G_CALLBACK (refused_cb), self);
  return self;
}

/**
 * cs_passphrases_get_askpass:
 *
 * Returns: (transfer none): to be handed to whatever uses a key
 */
CsAskpass *
cs_passphrases_get_askpass (CsPassphrases *self)
{
  g_return_val_if_fail (CS_IS_PASSPHRASES (self), NULL);

  return self->askpass;
}
