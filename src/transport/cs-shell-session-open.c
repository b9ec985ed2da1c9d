/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a shell session is opened: configuration, connection, first channel. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-shell-session-private.h"

#include "cs-driver.h"
#include "cs-error.h"

#include <string.h>

/**
 * Opening:
 *
 * What belongs to one cs_shell_session_open_async().
 */
typedef struct
{
  CsShellSession *session;
  char *state_directory;
  CsPump *pump;
  GSource *cancel;
  GSource *retry; /* the next try; NULL while there is a connection on its way */
  char *token;    /* see cs_driver_build_first_greet() */
  guint tries;
} Opening;

/** MAX_TRIES: how often a server that turns connections away is asked */
#define MAX_TRIES 5
/** FIRST_PAUSE: milliseconds before the second try, give or take a half; each is twice the one
 * before, so that a hundred programs that start at once do not come back at once */
#define FIRST_PAUSE 250

static void connect_master (GTask *task);

static void
opening_free (gpointer data)
{
  Opening *self = data;

  if (self->cancel != NULL)
    {
      g_source_destroy (self->cancel);
      g_source_unref (self->cancel);
    }
  if (self->retry != NULL)
    {
      g_source_destroy (self->retry);
      g_source_unref (self->retry);
    }
  g_clear_pointer (&self->pump, cs_pump_unref);
  g_clear_object (&self->session);
  g_free (self->state_directory);
  g_free (self->token);
  g_free (self);
}

/* Without the frame of @ that ssh draws around a warning. */
static char *
strip_frame (const char *said)
{
  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (char **line = lines; *line != NULL; line++)
    if ((*line)[0] != '@')
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", *line);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* No key was good enough: where a person's answer was wanting, that is why. */
static GError *
refuse (CsShellSession *session, const char *said)
{
  g_autofree char *refusal = cs_launcher_dup_refusal (session->launcher);

  if (refusal != NULL)
    return g_error_new (CS_ERROR, CS_ERROR_AUTH, "%s accepted no key. %s", session->address,
                        refusal);
  return g_error_new (CS_ERROR, CS_ERROR_AUTH,
                      "%s accepted no key: add one to its authorized_keys, or to your SSH agent, "
                      "or give the right passphrase. ssh says: %s",
                      session->address, said);
}

/* ssh has no codes for why it failed, only words; they are not translated. */
static GError *
describe_failure (CsShellSession *session, const char *said)
{
  const char *address = session->address;
  g_autofree char *words = strip_frame (said);

  if (strstr (said, "IDENTIFICATION HAS CHANGED") != NULL)
    return g_error_new (CS_ERROR, CS_ERROR_AUTH,
                        "The host key of %s has changed, so this may be another machine. Ask who "
                        "runs it; if the new key is right, remove the old one from known_hosts. "
                        "ssh says: %s",
                        address, words);
  if (strstr (said, "Host key verification failed") != NULL)
    return g_error_new (CS_ERROR, CS_ERROR_AUTH,
                        "The host key of %s is not known yet: compare its fingerprint and accept "
                        "it first. ssh says: %s",
                        address, said);
  if (strstr (said, "Permission denied") != NULL ||
      strstr (said, "Too many authentication") != NULL)
    return refuse (session, said);
  return g_error_new (CS_ERROR, CS_ERROR_UNREACHABLE, "%s can't be reached: %s", address,
                      said[0] != '\0' ? said : "ssh ended without a word");
}

static void
greeted_cb (GObject *source, GAsyncResult *object, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (object), &error))
    g_task_return_pointer (task, g_object_ref (opening->session), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
opened (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GTask) greeting = g_task_new (opening->session, g_task_get_cancellable (task),
                                           greeted_cb, g_object_ref (task));

  g_task_set_source_tag (greeting, opened);
  cs_shell_operation_start (opening->session, CS_SHELL_GREET, NULL, NULL, NULL, greeting);
}

/* Too many at once (MaxStartups of sshd): it hangs up before it says who it is, and nothing was
 * asked of it by then. Behind a jump host, whatever fails there ends with these words as well; only
 * where they come first is the cause that somebody hung up. */
static gboolean
was_turned_away (const char *said)
{
  return g_str_has_prefix (said, "kex_exchange_identification: ");
}

static gboolean
retry_cb (gpointer user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);

  g_clear_pointer (&opening->retry, g_source_unref);
  if (!g_task_return_error_if_cancelled (task))
    connect_master (task);
  return G_SOURCE_REMOVE;
}

static void
retry_later (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  CsShellSession *session = opening->session;
  double pause = (double) (FIRST_PAUSE << opening->tries) * g_random_double_range (0.5, 1.5);

  opening->tries++;
  cs_channel_close (session->master);
  g_clear_pointer (&session->master, cs_channel_unref);
  g_clear_pointer (&opening->pump, cs_pump_unref);
  opening->retry = g_timeout_source_new ((guint) pause);
  g_source_set_callback (opening->retry, retry_cb, g_object_ref (task), g_object_unref);
  g_source_attach (opening->retry, session->context);
}

/* The connection stands, and the target said where it keeps the files of runs, or why it can't. */
static void
greeted (GTask *task, const CsPumpResult *result)
{
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!cs_shell_session_take_place (opening->session, result->answer, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  cs_shell_session_begin_serving (opening->session, opening->token, result->before);
  g_task_return_pointer (task, g_object_ref (opening->session), g_object_unref);
}

static void
connected_cb (GObject *source, GAsyncResult *object, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (CsPumpResult) result = cs_pump_start_finish (object);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (result->end == CS_PUMP_ANSWERED)
    greeted (task, result);
  else if (was_turned_away (result->said) && opening->tries + 1 < MAX_TRIES)
    retry_later (task);
  else
    g_task_return_error (task, describe_failure (opening->session, result->said));
}

/* Between two tries the next one ends at once, and with it the opening. */
static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Opening *opening = user_data;

  if (opening->pump != NULL)
    cs_pump_abort (opening->pump);
  else if (opening->retry != NULL)
    g_source_set_ready_time (opening->retry, 0);
  return G_SOURCE_REMOVE;
}

/* The channel that holds the connection greets the target, so that this costs no other. */
static void
connect_master (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  CsShellSession *session = opening->session;
  g_autoptr (GBytes) request = NULL;
  GError *error = NULL;

  g_free (opening->token);
  opening->token = cs_driver_new_nonce ();
  request = cs_driver_build_first_greet (opening->token);
  session->master = cs_launcher_open_master (session->launcher, &error);
  if (session->master == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  opening->pump = cs_pump_new_open (session->master, request, NULL, NULL, NULL);
  cs_pump_start_async (opening->pump, connected_cb, g_object_ref (task));
}

static void
start (GTask *task, CsSshConfig *config)
{
  Opening *opening = g_task_get_task_data (task);
  CsShellSession *session = opening->session;
  GError *error = NULL;

  session->launcher = cs_launcher_new (session->target, opening->state_directory, config,
                                       session->context, &error);
  if (session->launcher == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!cs_launcher_has_master (session->launcher))
    {
      opened (task);
      return;
    }
  if (g_task_get_cancellable (task) != NULL)
    {
      opening->cancel = g_cancellable_source_new (g_task_get_cancellable (task));
      g_source_set_callback (opening->cancel, G_SOURCE_FUNC (cancelled_cb), opening, NULL);
      g_source_attach (opening->cancel, session->context);
    }
  connect_master (task);
}

static void
configured_cb (GObject *source, GAsyncResult *object, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  CsSshConfig *config = cs_ssh_config_load_finish (object, &error);

  if (config == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    start (task, config);
}

/**
 * cs_shell_session_open_async:
 * @target: a local or ssh target
 * @state_directory: see cs_session_open_async()
 *
 * Opens a session.
 */
void
cs_shell_session_open_async (CsTarget *target,
                             const char *state_directory,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  g_task_set_source_tag (task, cs_shell_session_open_async);
  g_task_set_task_data (task, opening, opening_free);
  opening->state_directory = g_strdup (state_directory);
  opening->session = g_object_new (CS_TYPE_SHELL_SESSION, NULL);
  opening->session->target = g_object_ref (target);
  opening->session->address = cs_target_dup_address (target);
  if (cs_target_get_kind (target) == CS_TARGET_SSH)
    cs_ssh_config_load_async (target, cancellable, configured_cb, g_steal_pointer (&task));
  else
    start (task, NULL);
}

/**
 * cs_shell_session_open_finish:
 *
 * Returns: (transfer full): the session; errors as cs_session_open_finish()
 */
CsSession *
cs_shell_session_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
