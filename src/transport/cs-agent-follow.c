/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run on an agent, from its request, or from where it is, to its outcome. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-agent-follow.h"

#include "cs-agent-client-private.h"
#include "cs-agent-json.h"
#include "cs-agent-frames.h"
#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-output.h"
#include "cs-run-private.h"

/** PATIENCE: seconds without any word of a run after which it is left to be recovered */
#define PATIENCE 60
/** PAUSE: milliseconds before an answer that was cut without a word in it is asked for again */
#define PAUSE 250

typedef struct
{
  CsAgentClient *client;
  CsRun *run;
  char *place;
  gboolean recovering;
  gint64 started; /* UTC microseconds */
  gint64 sent_at; /* monotonic */
  gint64 heard_at;
  gint64 received;  /* bytes of output, from the first on */
  CsDigest *digest; /* of these bytes, as the agent has them */
  CsOutput *output;
  GSource *pause; /* for the beginning of a line that nothing follows */
  CsAgentFrames *frames;
  gboolean altered; /* the agent runs something else */
} Follow;

static void resume (GTask *task);

static void
follow_free (gpointer data)
{
  Follow *self = data;

  g_source_destroy (self->pause);
  g_source_unref (self->pause);
  g_clear_pointer (&self->output, cs_output_free);
  g_clear_pointer (&self->digest, cs_digest_free);
  g_clear_object (&self->run);
  g_clear_pointer (&self->frames, cs_agent_frames_free);
  g_free (self->place);
  g_free (self);
}

static const char *
get_address (Follow *self)
{
  return self->client->address;
}

/* Nobody here knows how it ended, or whether it began. */
static GError *
describe_lost (Follow *self, const char *reason)
{
  return g_error_new (CS_ERROR, CS_ERROR_WAITING,
                      "The connection to %s was lost while the command ran, so how it ended is not "
                      "known here: %s. Ask %s before it is run again.",
                      get_address (self), reason, get_address (self));
}

static char *
dup_target (Follow *self, const char *rest)
{
  return g_strconcat ("/v1/runs/", cs_run_get_id (self->run), rest, NULL);
}

static gboolean
pause_cb (gpointer user_data)
{
  Follow *self = user_data;

  g_source_set_ready_time (self->pause, -1);
  cs_output_pause (self->output);
  return G_SOURCE_CONTINUE;
}

static void
deliver_cb (const guint8 *data, gsize length, gpointer user_data)
{
  Follow *self = user_data;

  self->received += (gint64) length;
  cs_digest_update (self->digest, data, length);
  cs_output_feed (self->output, data, length);
  g_source_set_ready_time (self->pause, cs_output_is_waiting (self->output)
                                          ? g_get_monotonic_time () + CS_OUTPUT_PAUSE * 1000
                                          : -1);
}

/* What was recorded as sent is what has to run. */
static void
check_text (Follow *self, const CsAgentRun *state)
{
  g_autofree char *digest = NULL;

  if (state->text == NULL || *cs_run_get_script (self->run) == '\0')
    return; /* of an old one nobody may know any more what was sent */
  digest = cs_digest_of_data (cs_run_get_script (self->run),
                              strlen (cs_run_get_script (self->run)));
  self->altered = !g_str_equal (digest, state->text);
}

static void
succeed (GTask *task, const CsAgentRun *state)
{
  Follow *self = g_task_get_task_data (task);
  g_autoptr (GError) unwritable = NULL;
  g_autofree char *received = cs_digest_finish (self->digest);
  g_autofree char *digest = cs_output_finish (self->output, &unwritable);
  CsOutcomeFacts facts = {
    .kind = state->kind,
    .status = state->status,
    .started = self->started,
    .finished = cs_clock_now (),
    .cwd = state->cwd,
    .environment = state->environment,
    .output_size = cs_output_get_size (self->output) + state->size - state->kept,
    .output_digest = digest,
    .truncated = state->truncated || cs_output_get_truncated (self->output),
  };

  if (unwritable != NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_STORAGE,
                             "The command ended with status %d, but its output could not be kept "
                             "here: %s. %s still has it.",
                             state->status, unwritable->message, get_address (self));
  else if (self->received != state->kept ||
           (state->digest != NULL && !g_str_equal (received, state->digest)))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_WAITING,
                             "The command ended with status %d, but its output did not come as %s "
                             "has it. Ask %s for it again.",
                             state->status, get_address (self), get_address (self));
  else
    g_task_return_pointer (task, cs_outcome_new (&facts), g_object_unref);
}

static void
conclude (GTask *task, const CsAgentRun *state)
{
  Follow *self = g_task_get_task_data (task);
  const char *problem = state->problem != NULL ? state->problem : "the agent does not say why";

  check_text (self, state);
  if (self->altered && self->recovering)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_CORRUPT,
                             "%s has run something else under this id (%s) than what was recorded "
                             "as sent, so it is not taken for it. See what it did, and have the "
                             "server examined",
                             get_address (self), cs_run_get_id (self->run));
  else if (self->altered)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_CORRUPT,
                             "%s ran something else than what was sent; it was told to stop. See "
                             "what it did, and have the server examined",
                             get_address (self));
  else if (g_str_equal (state->state, "finished"))
    succeed (task, state);
  else if (g_str_equal (state->state, "unknown") || g_str_equal (state->state, "void"))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_WAITING,
                             "%s started this run, but can't say how it ended (%s): see what it "
                             "did before you run it again",
                             get_address (self), problem);
  else if (g_str_equal (state->state, "not-started"))
    g_task_return_new_error (task, CS_ERROR,
                             self->recovering ? CS_ERROR_NOT_FOUND : CS_ERROR_UNREACHABLE,
                             "%s never started this run (%s): %s", get_address (self),
                             cs_run_get_id (self->run), problem);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_PROTOCOL,
                             "%s says that the run is “%s”, which means nothing here",
                             get_address (self), state->state);
}

static void
killed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, NULL);

  g_debug ("told to stop what was not sent: %u", answer != NULL ? answer->status : 0);
}

static void
kill_altered (GTask *task)
{
  static const char body[] = "{\"signal\":\"KILL\"}";
  Follow *self = g_task_get_task_data (task);
  g_autofree char *target = dup_target (self, "/signal");
  g_autoptr (GBytes) bytes = g_bytes_new_static (body, strlen (body));

  cs_agent_client_send_async (self->client, "POST", target, bytes, CS_AGENT_SIGNED, 0,
                              g_task_get_cancellable (task), killed_cb, NULL);
}

static void
began_cb (JsonNode *json, gpointer user_data)
{
  GTask *task = user_data;
  Follow *self = g_task_get_task_data (task);
  g_autoptr (CsAgentRun) state = cs_agent_run_parse (json, NULL);

  if (cs_run_get_latency (self->run) < 0 && !self->recovering)
    cs_run_note_latency (self->run, g_get_monotonic_time () - self->sent_at);
  if (state == NULL)
    return;
  check_text (self, state);
  if (self->altered && !self->recovering)
    kill_altered (task);
}

static gboolean
resume_cb (gpointer user_data)
{
  resume (user_data);
  return G_SOURCE_REMOVE;
}

/* The answer was cut. What has come stays; the rest is asked for. */
static void
go_on (GTask *task, gboolean heard)
{
  Follow *self = g_task_get_task_data (task);
  g_autoptr (GSource) source = g_timeout_source_new (heard ? 0 : PAUSE);

  g_clear_pointer (&self->frames, cs_agent_frames_free);
  if (heard)
    self->heard_at = g_get_monotonic_time ();
  if (g_get_monotonic_time () - self->heard_at > PATIENCE * G_USEC_PER_SEC)
    {
      g_task_return_error (task, describe_lost (self, "it ends every answer in the middle"));
      return;
    }
  g_source_set_callback (source, resume_cb, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
framed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Follow *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = cs_agent_frames_read_finish (result, &error);
  g_autoptr (CsAgentRun) state = NULL;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_error (task, describe_lost (self, "the session was closed"));
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_PROTOCOL))
    g_task_return_error (task, describe_lost (self, error->message));
  else if (json == NULL)
    go_on (task, cs_agent_frames_get_count (self->frames) > 0);
  else if ((state = cs_agent_run_parse (json, &error)) == NULL)
    g_task_return_error (task, describe_lost (self, error->message));
  else
    conclude (task, state);
}

static void
read_frames (GTask *task, GInputStream *stream)
{
  Follow *self = g_task_get_task_data (task);

  self->frames = cs_agent_frames_new (stream, began_cb, task, deliver_cb, self);
  cs_agent_frames_read_async (self->frames, g_task_get_cancellable (task), framed_cb,
                              g_object_ref (task));
}

static void
resumed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Follow *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) words = NULL;
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, &error);

  if (answer != NULL && answer->stream != NULL)
    read_frames (task, answer->stream);
  else if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_error (task, describe_lost (self, "the session was closed"));
  else if (answer == NULL)
    g_task_return_error (task, describe_lost (self, error->message));
  else
    {
      words = cs_agent_client_describe (self->client, answer);
      g_task_return_error (task, describe_lost (self, words->message));
    }
}

static void
resume (GTask *task)
{
  Follow *self = g_task_get_task_data (task);
  g_autofree char *rest =
    g_strdup_printf ("/output?from=%" G_GINT64_FORMAT, self->received);
  g_autofree char *target = dup_target (self, rest);

  cs_agent_client_send_async (self->client, "GET", target, NULL, CS_AGENT_STREAM, PATIENCE,
                              g_task_get_cancellable (task), resumed_cb, g_object_ref (task));
}

/* Two commands of one deployment are on their way at the same time, and the later one came first:
 * that is no other history. Whether it was so, only who has the record can tell. */
static void
note_overtaken (Follow *self, const CsAgentAnswer *answer)
{
  JsonObject *object = answer->json != NULL && JSON_NODE_HOLDS_OBJECT (answer->json)
                         ? json_node_get_object (answer->json)
                         : NULL;
  JsonObject *seen = cs_json_get_object (object, "seen");
  JsonObject *shown = cs_json_get_object (object, "shown");

  if (g_strcmp0 (answer->problem, "head-behind") == 0 && seen != NULL && shown != NULL &&
      cs_json_get_int (seen, "n", -1) > cs_json_get_int (shown, "n", G_MAXINT64))
    cs_run_note_overtaken (self->run);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Follow *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GError) words = NULL;
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, &error);

  if (answer == NULL && error->domain == G_IO_ERROR)
    {
      g_error_free (error);
      g_task_return_error (task, describe_lost (self, "the session was closed"));
    }
  else if (answer == NULL && error->code == CS_ERROR_WAITING)
    {
      g_task_return_error (task, describe_lost (self, error->message));
      g_error_free (error);
    }
  else if (answer == NULL)
    g_task_return_error (task, error);
  else if (answer->status == 200 && !answer->again)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_CONFLICT,
                             "%s has started this run (%s) before; it was not started again",
                             get_address (self), cs_run_get_id (self->run));
  else if (answer->stream != NULL)
    read_frames (task, answer->stream);
  else if (answer->status == 200 || answer->status == 201)
    resume (task);
  else
    {
      /* A no to what may have been heard before as well says nothing about the first time: the run
       * may have taken away what the second one misses. */
      note_overtaken (self, answer);
      words = cs_agent_client_describe (self->client, answer);
      g_task_return_error (task, answer->again ? describe_lost (self, words->message)
                                               : g_steal_pointer (&words));
    }
}

static GTask *
follow_new (CsAgentClient *client,
            CsRun *run,
            GCancellable *aborting,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  GTask *task = g_task_new (NULL, aborting, callback, user_data);
  Follow *self = g_new0 (Follow, 1);

  self->client = client;
  self->run = g_object_ref (run);
  self->started = cs_clock_now ();
  self->sent_at = self->heard_at = g_get_monotonic_time ();
  self->digest = cs_digest_new ();
  self->output = cs_output_new (run);
  self->pause = g_timeout_source_new (0);
  g_source_set_ready_time (self->pause, -1);
  g_source_set_callback (self->pause, pause_cb, self, NULL);
  g_source_attach (self->pause, g_task_get_context (task));
  g_task_set_task_data (task, self, follow_free);
  /* A cancelled one says what is known, not just that it was cancelled. */
  g_task_set_check_cancellable (task, FALSE);
  return task;
}

/**
 * cs_agent_follow_run_async:
 * @client: to where
 * @run: what to run
 * @aborting: gives up following
 *
 * Starts a run and follows it.
 */
void
cs_agent_follow_run_async (CsAgentClient *client,
                           CsRun *run,
                           GCancellable *aborting,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = follow_new (client, run, aborting, callback, user_data);
  Follow *self = g_task_get_task_data (task);
  g_autofree char *target = dup_target (self, "");
  GError *error = NULL;
  g_autoptr (GBytes) body = cs_agent_json_build_run (run, &error);

  g_task_set_source_tag (task, cs_agent_follow_run_async);
  if (body == NULL)
    g_task_return_error (task, error);
  else
    cs_agent_client_send_async (client, "PUT", target, body, CS_AGENT_SIGNED | CS_AGENT_STREAM,
                                PATIENCE, aborting, started_cb, g_object_ref (task));
}

/* An agent remembers spent ids for long, but not for ever; it says of which time it has forgotten
 * some. Without knowing when the run was sent, nothing is known either. */
static gboolean
is_forgotten (Follow *self, JsonObject *answer)
{
  const char *until = cs_json_get_string (answer, "forgotten_until");
  gint64 at = 0;

  return until != NULL &&
         (!cs_clock_parse (until, &at, NULL) || cs_run_get_sent (self->run) <= at);
}

static void
voided_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Follow *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, &error);
  JsonObject *object = answer != NULL && answer->json != NULL &&
                           JSON_NODE_HOLDS_OBJECT (answer->json)
                         ? json_node_get_object (answer->json)
                         : NULL;
  const char *was = cs_json_get_string (object, "was");

  if (answer == NULL)
    g_task_return_error (task, error);
  else if (g_strcmp0 (answer->problem, "run-active") == 0)
    resume (task); /* the request came late, but before this one */
  else if (answer->status != 200)
    g_task_return_error (task, cs_agent_client_describe (self->client, answer));
  else if (g_strcmp0 (was, "void") == 0 && is_forgotten (self, object))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_WAITING,
                             "%s does not remember runs of that time any more, so it can't say "
                             "whether this one ran: see what it did before you run it again",
                             get_address (self));
  else if (g_strcmp0 (was, "not-started") == 0 || g_strcmp0 (was, "void") == 0)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "%s never started this run (%s)",
                             get_address (self), cs_run_get_id (self->run));
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_WAITING,
                             "%s ran this, but has not kept how it ended: see what it did before "
                             "you run it again",
                             get_address (self));
}

/* It was not started here. Unless the agent is another one than when it was sent, its id is spent,
 * so that a request that is still on its way can't start it. */
static void
spend_id (GTask *task)
{
  Follow *self = g_task_get_task_data (task);
  const char *then = cs_run_get_place (self->run);
  g_autofree char *target = dup_target (self, "");

  if (then != NULL && g_strcmp0 (then, self->place) != 0)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_WAITING,
                             "Another agent answers for %s than when this run was sent (was it set "
                             "up anew?), so it can't say whether it ran: see what it did before "
                             "you run it again",
                             get_address (self));
  else
    cs_agent_client_send_async (self->client, "DELETE", target, NULL, CS_AGENT_SIGNED, PATIENCE,
                                g_task_get_cancellable (task), voided_cb, g_object_ref (task));
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Follow *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsAgentAnswer) answer = cs_agent_client_send_finish (result, &error);

  if (answer == NULL && error->domain == CS_ERROR && error->code == CS_ERROR_WAITING)
    {
      error->code = CS_ERROR_UNREACHABLE; /* asking does nothing */
      g_task_return_error (task, error);
    }
  else if (answer == NULL)
    g_task_return_error (task, error);
  else if (answer->stream != NULL)
    read_frames (task, answer->stream);
  else if (g_strcmp0 (answer->problem, "no-such-run") == 0 ||
           g_strcmp0 (answer->problem, "run-void") == 0)
    spend_id (task);
  else
    g_task_return_error (task, cs_agent_client_describe (self->client, answer));
}

/**
 * cs_agent_follow_recover_async:
 * @client: to where
 * @run: a new #CsRun with the id in question
 * @place: which agent answers now
 * @aborting: gives up following
 *
 * Asks for a run that was sent before, and follows it.
 */
void
cs_agent_follow_recover_async (CsAgentClient *client,
                               CsRun *run,
                               const char *place,
                               GCancellable *aborting,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = follow_new (client, run, aborting, callback, user_data);
  Follow *self = g_task_get_task_data (task);
  g_autofree char *target = dup_target (self, "/output?from=0");

  g_task_set_source_tag (task, cs_agent_follow_recover_async);
  self->recovering = TRUE;
  self->place = g_strdup (place);
  cs_agent_client_send_async (client, "GET", target, NULL, CS_AGENT_STREAM, PATIENCE, aborting,
                              found_cb, g_object_ref (task));
}

/**
 * cs_agent_follow_finish:
 *
 * Returns: (transfer full): how it ended; %NULL with the errors of the session's calls
 */
CsOutcome *
cs_agent_follow_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
