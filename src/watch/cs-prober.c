/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures: asks URLs, Prometheus servers and targets. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-prober.h"

#include "cs-command-probe.h"
#include "cs-error.h"
#include "cs-reading.h"

#include <math.h>

/** CONNECTIONS: to all hosts together, and to one */
#define CONNECTIONS 64
#define CONNECTIONS_PER_HOST 16
/** IDLE: seconds for which a connection is kept warm */
#define IDLE 120

struct _CsProber
{
  GObject parent_instance;

  CsWatchClock *clock;
  CsCommandProbe *commands;
  CsKeyring *keyring;
  char *environment;
  SoupSession *soup;
};

typedef struct
{
  CsProbe *probe;
  CsWatchClock *clock;
  CsSample sample;
  char *detail;
  CsSecret *bearer;
  GCancellable *ending; /* by the caller, or because it took too long */
  gulong cancelled;     /* the caller's */
  guint timer;
  gboolean timed_out;
} Measuring;

G_DEFINE_FINAL_TYPE (CsProber, cs_prober, G_TYPE_OBJECT)

static void
measuring_free (Measuring *self)
{
  cs_watch_clock_remove (self->clock, self->timer);
  g_clear_object (&self->clock);
  g_clear_object (&self->ending);
  g_clear_pointer (&self->bearer, cs_secret_free);
  cs_probe_free (self->probe);
  g_free (self->detail);
  g_free (self);
}

static void
cs_prober_dispose (GObject *object)
{
  CsProber *self = CS_PROBER (object);

  if (self->soup != NULL)
    soup_session_abort (self->soup);
  g_clear_object (&self->soup);
  g_clear_object (&self->commands);
  g_clear_object (&self->keyring);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->environment, g_free);

  G_OBJECT_CLASS (cs_prober_parent_class)->dispose (object);
}

static void
cs_prober_class_init (CsProberClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_prober_dispose;
}

static void
cs_prober_init (CsProber *self)
{
  self->soup = soup_session_new_with_options ("max-conns", CONNECTIONS, "max-conns-per-host",
                                              CONNECTIONS_PER_HOST, "timeout", 0, "idle-timeout",
                                              IDLE, "user-agent", "countersign", NULL);
}

/**
 * cs_prober_new:
 * @clock: by which times are taken
 * @targets: (nullable): where command probes find their target
 * @breakers: (nullable): of the targets
 * @state_directory: (nullable): of this program, for connections to targets
 *
 * Returns: (transfer full): one who can measure any number of probes at the same time
 */
CsProber *
cs_prober_new (CsWatchClock *clock,
               CsTargets *targets,
               CsBreakers *breakers,
               const char *state_directory)
{
  CsProber *self = g_object_new (CS_TYPE_PROBER, NULL);

  self->clock = g_object_ref (clock);
  self->commands = cs_command_probe_new (targets, breakers, state_directory);
  return self;
}

/**
 * cs_prober_set_keyring:
 * @self: a prober
 * @keyring: (nullable): where the bearer tokens of probes are
 * @environment: (nullable): whose secrets they are
 */
void
cs_prober_set_keyring (CsProber *self, CsKeyring *keyring, const char *environment)
{
  g_return_if_fail (CS_IS_PROBER (self));

  g_set_object (&self->keyring, keyring);
  g_free (self->environment);
  self->environment = g_strdup (environment);
}

static void
take_time_out (gpointer user_data)
{
  Measuring *measuring = user_data;

  measuring->timer = 0;
  measuring->timed_out = TRUE;
  g_cancellable_cancel (measuring->ending);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* What was found, or that it took too long: both are an end. */
static void
finish (GTask *task)
{
  g_cancellable_disconnect (g_task_get_cancellable (task),
                            ((Measuring *) g_task_get_task_data (task))->cancelled);
  g_task_return_boolean (task, TRUE);
}

static gboolean
finish_if_ended (GTask *task)
{
  Measuring *measuring = g_task_get_task_data (task);

  if (!measuring->timed_out)
    return FALSE;
  measuring->sample.state = CS_SAMPLE_BAD;
  measuring->sample.time = (double) measuring->probe->timeout / G_USEC_PER_SEC;
  measuring->detail =
    g_strdup_printf ("no answer within %g s", (double) measuring->probe->timeout / G_USEC_PER_SEC);
  /* Whoever was to tell of a service was too slow; that says nothing about the service. */
  if (measuring->probe->kind == CS_PROBE_PROMETHEUS)
    measuring->sample.state = CS_SAMPLE_ERROR;
  finish (task);
  return TRUE;
}

static double
get_factor (Measuring *measuring)
{
  double factor = cs_watch_clock_get_factor (measuring->clock);

  return factor > 0 ? factor : 1;
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Measuring *measuring = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsFetch) fetch = cs_fetch_finish (SOUP_SESSION (source), result, &error);

  if (fetch == NULL)
    {
      if (finish_if_ended (task))
        return;
      measuring->detail = cs_reading_read_http_failure (error, &measuring->sample);
      if (measuring->probe->kind == CS_PROBE_PROMETHEUS)
        measuring->sample.state = CS_SAMPLE_ERROR;
      finish (task);
      return;
    }
  measuring->sample.first_byte = fetch->first_byte * get_factor (measuring);
  measuring->sample.time = fetch->time * get_factor (measuring);
  measuring->detail = measuring->probe->kind == CS_PROBE_HTTP
                        ? cs_reading_read_http (measuring->probe, fetch, &measuring->sample)
                        : cs_reading_read_prometheus (measuring->probe, fetch, &measuring->sample);
  finish (task);
}

static void
fetch (GTask *task)
{
  CsProber *self = g_task_get_source_object (task);
  Measuring *measuring = g_task_get_task_data (task);
  g_autofree char *url = measuring->probe->kind == CS_PROBE_HTTP
                           ? g_strdup (measuring->probe->url)
                           : cs_reading_dup_query_url (measuring->probe);

  cs_fetch_async (self->soup, url, measuring->bearer, measuring->ending, fetched_cb, task);
}

static void
found_bearer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Measuring *measuring = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  measuring->bearer = cs_keyring_lookup_finish (CS_KEYRING (source), result, &error);
  if (measuring->bearer != NULL)
    {
      fetch (g_steal_pointer (&task));
      return;
    }
  measuring->sample.state = CS_SAMPLE_ERROR;
  measuring->detail =
    error != NULL ? g_strdup (error->message)
                  : g_strdup_printf ("the keyring has no secret “%s”", measuring->probe->secret);
  finish (task);
}

static void
ran_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Measuring *measuring = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  int status;

  if (cs_command_probe_run_finish (CS_COMMAND_PROBE (source), result, &status, &output, &error))
    {
      measuring->sample.time =
        (double) (cs_watch_clock_now (measuring->clock) - measuring->sample.at) / G_USEC_PER_SEC;
      measuring->detail =
        cs_reading_read_output (measuring->probe, status, output, &measuring->sample);
      finish (task);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    measuring->timed_out = TRUE;
  if (finish_if_ended (task))
    return;
  measuring->sample.state = CS_SAMPLE_ERROR;
  measuring->detail = g_strdup (error->message);
  finish (task);
}

/**
 * cs_prober_measure_async:
 * @self: a prober
 * @probe: what to measure; copied
 * @cancellable: (nullable): ends it
 * @callback: called when it has ended
 * @user_data: for @callback
 *
 * Measures once. An HTTP probe that gets no answer in time is bad: the service is too slow. A
 * command that does not end in time likewise; but when its target can't be reached, or a Prometheus
 * server does not answer, nothing is known of the service.
 */
void
cs_prober_measure_async (CsProber *self,
                         const CsProbe *probe,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Measuring *measuring = g_new0 (Measuring, 1);

  g_return_if_fail (CS_IS_PROBER (self) && probe != NULL);

  measuring->probe = cs_probe_copy (probe);
  measuring->clock = g_object_ref (self->clock);
  measuring->ending = g_cancellable_new ();
  measuring->sample =
    (CsSample){ cs_watch_clock_now (self->clock), CS_SAMPLE_ERROR, NAN, NAN, NAN };
  g_task_set_source_tag (task, cs_prober_measure_async);
  g_task_set_task_data (task, measuring, (GDestroyNotify) measuring_free);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (cancellable != NULL)
    measuring->cancelled =
      g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), measuring->ending, NULL);
  measuring->timer = cs_watch_clock_add (self->clock, measuring->sample.at + probe->timeout,
                                         take_time_out, measuring);
  if (probe->kind == CS_PROBE_COMMAND)
    cs_command_probe_run_async (self->commands, measuring->probe, measuring->ending, ran_cb,
                                g_steal_pointer (&task));
  else if (probe->secret != NULL && self->keyring != NULL)
    {
      g_autofree char *name = cs_keyring_dup_secret_name (self->environment, probe->secret);

      cs_keyring_lookup_async (self->keyring, CS_KEYRING_SECRET, name, measuring->ending,
                               found_bearer_cb, g_steal_pointer (&task));
    }
  else
    fetch (g_steal_pointer (&task));
}

/**
 * cs_prober_measure_finish:
 * @self: a prober
 * @result: of the call
 * @sample: (out): what was found
 * @detail: (out) (optional) (transfer full): the same in a few words
 * @error: G_IO_ERROR_CANCELLED
 *
 * Returns: whether it was measured
 */
gboolean
cs_prober_measure_finish (CsProber *self,
                          GAsyncResult *result,
                          CsSample *sample,
                          char **detail,
                          GError **error)
{
  Measuring *measuring;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  measuring = g_task_get_task_data (G_TASK (result));
  *sample = measuring->sample;
  if (detail != NULL)
    *detail = g_steal_pointer (&measuring->detail);
  return TRUE;
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_command_probe_close_finish (CS_COMMAND_PROBE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * cs_prober_close_async:
 * @self: a prober
 * @callback: called when no connection to a target is left
 * @user_data: for @callback
 */
void
cs_prober_close_async (CsProber *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (CS_IS_PROBER (self));

  g_task_set_source_tag (task, cs_prober_close_async);
  cs_command_probe_close_async (self->commands, closed_cb, g_steal_pointer (&task));
}

/** cs_prober_close_finish: TRUE when all connections to targets are closed. */
gboolean
cs_prober_close_finish (CsProber *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
