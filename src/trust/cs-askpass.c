/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers what OpenSSH's programs ask (passphrases, PINs): no terminal, no arguments. */

#define G_LOG_DOMAIN "cs-trust"

#include "config.h"

#include "cs-askpass.h"

#include "cs-error.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "askpass"
#define PROMPT_LIMIT 4096

struct _CsAskpass
{
  GObject parent_instance;

  char *program;
  char *directory;
  char *socket_path;
  char *passphrase;
  GSocketService *service;
  guint n_answers;
  GMainContext *context; /* where handlers run; children are started from other threads, too */
  GMutex lock;
  GHashTable *askers; /* number → Asker; with the lock */
  guint last_asker;
};

/* A child that may ask, with those that it starts. */
typedef struct
{
  char *key;
  char *refusal;
} Asker;

G_DEFINE_TYPE (CsAskpass, cs_askpass, G_TYPE_OBJECT)

enum
{
  ASK,
  SIGNING,
  REFUSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef struct
{
  CsAskpass *self;
  GSocketConnection *connection;
  GByteArray *prompt; /* "ASKER\nPROMPT" */
  guint asker;
} Question;

static void read_prompt (Question *question);

static void
asker_free (gpointer data)
{
  Asker *asker = data;

  g_free (asker->key);
  g_free (asker->refusal);
  g_free (asker);
}

/* Where a secret was, nothing of it stays for whoever gets the memory next. */
static void
wipe_free (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
wipe_bytes (GByteArray *bytes)
{
  explicit_bzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

static void
question_free (Question *question)
{
  g_object_unref (question->self);
  g_object_unref (question->connection);
  g_byte_array_unref (question->prompt);
  g_free (question);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GSocketConnection) connection = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_io_stream_close_async (G_IO_STREAM (connection), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

/* '+' and the answer; a connection that closes without it is a refusal. */
static void
send_answer (Question *question, const char *answer)
{
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (question->connection));
  GByteArray *bytes = g_byte_array_sized_new ((guint) strlen (answer) + 1);

  question->self->n_answers++;
  g_byte_array_append (bytes, (const guint8 *) "+", 1);
  g_byte_array_append (bytes, (const guint8 *) answer, (guint) strlen (answer));
  g_object_set_data_full (G_OBJECT (question->connection), "answer", bytes,
                          (GDestroyNotify) wipe_bytes);
  g_output_stream_write_all_async (out, bytes->data, bytes->len, G_PRIORITY_DEFAULT, NULL, sent_cb,
                                   g_object_ref (question->connection));
}

/* Who started the child is told why, in place of what OpenSSH makes of it. */
static void
note_refusal (Question *question, const char *words)
{
  CsAskpass *self = question->self;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Asker *asker = g_hash_table_lookup (self->askers, GUINT_TO_POINTER (question->asker));

  g_debug ("A question was refused: %s", words);
  if (asker == NULL)
    return;
  g_free (asker->refusal);
  asker->refusal = g_strdup (words);
}

static char *
dup_key (CsAskpass *self, guint number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Asker *asker = g_hash_table_lookup (self->askers, GUINT_TO_POINTER (number));

  return asker != NULL ? g_strdup (asker->key) : NULL;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  char *answer = g_task_propagate_pointer (G_TASK (result), &error);

  if (answer != NULL)
    send_answer (question, answer);
  else
    note_refusal (question, error != NULL ? error->message : "no answer");
  wipe_free (answer);
}

/* The line before the prompt says who asks. */
static char *
take_prompt (Question *question)
{
  const char *text, *line;

  g_byte_array_append (question->prompt, (const guint8 *) "", 1);
  text = (const char *) question->prompt->data;
  line = strchr (text, '\n');
  if (line == NULL)
    return g_utf8_make_valid (text, -1);
  question->asker = (guint) g_ascii_strtoull (text, NULL, 10);
  return g_utf8_make_valid (line + 1, -1);
}

/* The question lives in the task: a handler that drops the task without an answer closes the
 * connection with it. */
static void
put_question (Question *question)
{
  CsAskpass *self = question->self;
  g_autoptr (GTask) answer = g_task_new (self, NULL, answered_cb, NULL);
  g_autofree char *prompt = take_prompt (question);
  g_autofree char *key = dup_key (self, question->asker);

  g_task_set_source_tag (answer, put_question);
  g_task_set_task_data (answer, question, (GDestroyNotify) question_free);
  if (self->passphrase != NULL)
    g_task_return_pointer (answer, g_strdup (self->passphrase), (GDestroyNotify) wipe_free);
  else if (g_signal_has_handler_pending (self, signals[ASK], 0, FALSE))
    g_signal_emit (self, signals[ASK], 0, prompt, key, answer);
  else
    g_task_return_new_error (answer, CS_ERROR, CS_ERROR_AUTH, "Nobody is there to answer “%s”",
                             prompt);
}

static void
read_prompt_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (bytes == NULL || question->prompt->len + size > PROMPT_LIMIT)
    {
      question_free (question);
      return;
    }
  if (size == 0)
    {
      put_question (question);
      return;
    }
  g_byte_array_append (question->prompt, g_bytes_get_data (bytes, NULL), (guint) size);
  read_prompt (question);
}

static void
read_prompt (Question *question)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (question->connection));

  g_input_stream_read_bytes_async (in, PROMPT_LIMIT, G_PRIORITY_DEFAULT, NULL, read_prompt_cb,
                                   question);
}

static gboolean
is_own_process (GSocketConnection *connection)
{
  g_autoptr (GCredentials) credentials =
    g_socket_get_credentials (g_socket_connection_get_socket (connection), NULL);

  return credentials != NULL && g_credentials_get_unix_user (credentials, NULL) == geteuid ();
}

static gboolean
incoming_cb (GSocketService *service,
             GSocketConnection *connection,
             GObject *source,
             gpointer user_data)
{
  Question *question;

  if (!is_own_process (connection))
    {
      g_warning ("A process of another user asked for a passphrase; it got no answer");
      return TRUE;
    }
  question = g_new0 (Question, 1);
  question->self = g_object_ref (CS_ASKPASS (user_data));
  question->connection = g_object_ref (connection);
  question->prompt = g_byte_array_new ();
  read_prompt (question);
  return TRUE;
}

static void
cs_askpass_finalize (GObject *object)
{
  CsAskpass *self = CS_ASKPASS (object);

  if (self->service != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->service, self);
      g_socket_service_stop (self->service);
      g_socket_listener_close (G_SOCKET_LISTENER (self->service));
      g_object_unref (self->service);
    }
  if (self->socket_path != NULL)
    g_unlink (self->socket_path);
  if (self->directory != NULL)
    g_rmdir (self->directory);
  g_free (self->program);
  g_free (self->directory);
  g_free (self->socket_path);
  wipe_free (self->passphrase);
  g_hash_table_unref (self->askers);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (cs_askpass_parent_class)->finalize (object);
}

static void
cs_askpass_class_init (CsAskpassClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_askpass_finalize;

  /**
   * CsAskpass::ask:
   * @prompt: the question, as OpenSSH words it
   * @key: (nullable): file of the key that the child was started for
   * @answer: a task; return the answer (a string, with g_free()) or an error to refuse
   *
   * Someone must answer.
   */
  signals[ASK] = g_signal_new ("ask", CS_TYPE_ASKPASS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_TASK);

  /**
   * CsAskpass::signing:
   * @fingerprint: of a key that is to sign
   * @verdict: a task; return %TRUE, or the error with which the signature is to fail
   *
   * Whether the key may be tried at all. Without a handler it may.
   */
  signals[SIGNING] = g_signal_new ("signing", CS_TYPE_ASKPASS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_TASK);

  /**
   * CsAskpass::refused:
   * @fingerprint: of a key that did not sign
   * @noted: a task; return %TRUE when it is on record, or why it can't be
   *
   * The SSH agent or the security key refused, and nobody's answer was wanting.
   */
  signals[REFUSED] = g_signal_new ("refused", CS_TYPE_ASKPASS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_TASK);
}

static void
cs_askpass_init (CsAskpass *self)
{
  g_mutex_init (&self->lock);
  self->context = g_main_context_ref_thread_default ();
  self->askers = g_hash_table_new_full (NULL, NULL, NULL, asker_free);
}

static gboolean
find_program (CsAskpass *self, GError **error)
{
  const char *given = g_getenv ("COUNTERSIGN_ASKPASS");

  self->program = given != NULL ? g_strdup (given)
                                : g_build_filename (LIBEXECDIR, "countersign-askpass", NULL);
  if (g_file_test (self->program, G_FILE_TEST_IS_EXECUTABLE))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
               "The program %s, which hands on passphrases, is missing; install Countersign again",
               self->program);
  return FALSE;
}

/* A socket's path has at most 107 bytes, so a deep TMPDIR is passed over. */
static gboolean
make_directory (CsAskpass *self, GError **error)
{
  const char *parents[] = { g_getenv ("XDG_RUNTIME_DIR"), g_get_tmp_dir (), "/tmp" };
  const gsize limit = sizeof (((struct sockaddr_un *) NULL)->sun_path);

  for (gsize i = 0; i < G_N_ELEMENTS (parents); i++)
    {
      g_autofree char *directory = NULL;

      if (parents[i] == NULL)
        continue;
      directory = g_build_filename (parents[i], "countersign-XXXXXX", NULL);
      if (strlen (directory) + strlen ("/" SOCKET_NAME) >= limit ||
          g_mkdtemp_full (directory, 0700) == NULL)
        continue;
      self->directory = g_steal_pointer (&directory);
      self->socket_path = g_build_filename (self->directory, SOCKET_NAME, NULL);
      return TRUE;
    }
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE,
               "No place for a private directory in %s: %s", g_get_tmp_dir (), g_strerror (errno));
  return FALSE;
}

static gboolean
listen_on_socket (CsAskpass *self, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->socket_path);
  g_autoptr (GError) local_error = NULL;

  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  if (g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
                                     G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
                                     &local_error))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_STORAGE, "Could not listen on %s: %s", self->socket_path,
               local_error->message);
  return FALSE;
}

/**
 * cs_askpass_new:
 *
 * Listens on a private Unix socket, in the thread-default main context, for questions of children
 * that cs_askpass_apply() told about it. Each is handed on by #CsAskpass::ask; without a handler
 * it is refused. Only processes of the same user get answers.
 *
 * Returns: (transfer full): the listener; %NULL with %CS_ERROR_NOT_FOUND if the program
 *   `countersign-askpass` is missing, %CS_ERROR_STORAGE if there is no place for the socket
 */
CsAskpass *
cs_askpass_new (GError **error)
{
  g_autoptr (CsAskpass) self = g_object_new (CS_TYPE_ASKPASS, NULL);

  if (!find_program (self, error) || !make_directory (self, error) ||
      !listen_on_socket (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cs_askpass_new_with_passphrase:
 * @passphrase: the answer to every question; copied, and wiped with the object
 *
 * Returns: (transfer full): as cs_askpass_new()
 */
CsAskpass *
cs_askpass_new_with_passphrase (const char *passphrase, GError **error)
{
  CsAskpass *self;

  g_return_val_if_fail (passphrase != NULL, NULL);

  self = cs_askpass_new (error);
  if (self != NULL)
    self->passphrase = g_strdup (passphrase);
  return self;
}

/**
 * cs_askpass_add_asker:
 * @key: (nullable): file of the key that the child is started for; `ssh-keygen` does not say
 *   which it asks about
 *
 * Returns: a number for a child that may ask, for cs_askpass_end_asker()
 */
guint
cs_askpass_add_asker (CsAskpass *self, const char *key)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Asker *asker;

  g_return_val_if_fail (CS_IS_ASKPASS (self), 0);

  asker = g_new0 (Asker, 1);
  asker->key = g_strdup (key);
  locker = g_mutex_locker_new (&self->lock);
  g_hash_table_insert (self->askers, GUINT_TO_POINTER (++self->last_asker), asker);
  return self->last_asker;
}

/**
 * cs_askpass_dup_refusal:
 * @asker: from cs_askpass_add_asker()
 *
 * Returns: (transfer full) (nullable): why the last question of @asker that got no answer got none;
 *   %NULL if there was none
 */
char *
cs_askpass_dup_refusal (CsAskpass *self, guint asker)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Asker *found;

  g_return_val_if_fail (CS_IS_ASKPASS (self), NULL);

  locker = g_mutex_locker_new (&self->lock);
  found = g_hash_table_lookup (self->askers, GUINT_TO_POINTER (asker));
  return found != NULL ? g_strdup (found->refusal) : NULL;
}

/**
 * cs_askpass_end_asker:
 * @asker: from cs_askpass_add_asker()
 *
 * Forgets a child that has ended.
 */
void
cs_askpass_end_asker (CsAskpass *self, guint asker)
{
  g_return_if_fail (CS_IS_ASKPASS (self));

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->askers, GUINT_TO_POINTER (asker));
  g_mutex_unlock (&self->lock);
}

/**
 * cs_askpass_apply:
 * @launcher: of the child that may ask
 * @asker: from cs_askpass_add_asker()
 *
 * Sets what a child needs to ask here. The passphrase itself is in none of it.
 */
void
cs_askpass_apply (CsAskpass *self, GSubprocessLauncher *launcher, guint asker)
{
  g_auto (GStrv) settings = cs_askpass_apply_environ (self, NULL, asker);

  for (char **setting = settings; setting != NULL && *setting != NULL; setting++)
    {
      char *value = strchr (*setting, '=');

      *value = '\0';
      g_subprocess_launcher_setenv (launcher, *setting, value + 1, TRUE);
    }
}

/**
 * cs_askpass_apply_environ:
 * @environ_: (transfer full) (nullable): an environment
 * @asker: from cs_askpass_add_asker()
 *
 * As cs_askpass_apply(), for an environment block.
 *
 * Returns: (transfer full): the changed environment
 */
char **
cs_askpass_apply_environ (CsAskpass *self, char **environ_, guint asker)
{
  g_autofree char *number = g_strdup_printf ("%u", asker);

  g_return_val_if_fail (CS_IS_ASKPASS (self), environ_);

  environ_ = g_environ_setenv (environ_, "SSH_ASKPASS", self->program, TRUE);
  environ_ = g_environ_setenv (environ_, "SSH_ASKPASS_REQUIRE", "force", TRUE);
  environ_ = g_environ_setenv (environ_, "COUNTERSIGN_ASKPASS_ASKER", number, TRUE);
  return g_environ_setenv (environ_, "COUNTERSIGN_ASKPASS_SOCKET", self->socket_path, TRUE);
}

/**
 * cs_askpass_get_n_answers:
 *
 * Returns: how many questions were answered so far; refused ones do not count
 */
guint
cs_askpass_get_n_answers (CsAskpass *self)
{
  g_return_val_if_fail (CS_IS_ASKPASS (self), 0);

  return self->n_answers;
}

/* What handlers are told, in their thread. */
typedef struct
{
  CsAskpass *self;
  guint signal;
  char *fingerprint;
  GTask *task;
} Notice;

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_object_unref (notice->self);
  g_object_unref (notice->task);
  g_free (notice->fingerprint);
  g_free (notice);
}

static gboolean
notice_cb (gpointer data)
{
  Notice *notice = data;

  if (g_signal_has_handler_pending (notice->self, notice->signal, 0, FALSE))
    g_signal_emit (notice->self, notice->signal, 0, notice->fingerprint, notice->task);
  else
    g_task_return_boolean (notice->task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
tell (CsAskpass *self, guint signal, const char *fingerprint, GTask *task)
{
  Notice *notice = g_new0 (Notice, 1);

  notice->self = g_object_ref (self);
  notice->signal = signal;
  notice->fingerprint = g_strdup (fingerprint);
  notice->task = g_object_ref (task);
  g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, notice_cb, notice, notice_free);
}

/**
 * cs_askpass_vet:
 * @fingerprint: of a key that is to sign
 * @verdict: ends with %TRUE if it may; else with the error
 *
 * Asks whoever counts the tries.
 */
void
cs_askpass_vet (CsAskpass *self, const char *fingerprint, GTask *verdict)
{
  g_return_if_fail (CS_IS_ASKPASS (self));

  tell (self, signals[SIGNING], fingerprint, verdict);
}

/**
 * cs_askpass_note_refused:
 * @fingerprint: of a key that did not sign
 * @noted: ends with %TRUE when it counts; else with the error
 *
 * Tells whoever counts the tries.
 */
void
cs_askpass_note_refused (CsAskpass *self, const char *fingerprint, GTask *noted)
{
  g_return_if_fail (CS_IS_ASKPASS (self));

  tell (self, signals[REFUSED], fingerprint, noted);
}
