/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a target can be reached and runs commands: one test, step by step. */

#define G_LOG_DOMAIN "cs-server-test"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-error.h"
#include "cs-guarded-session.h"
#include "cs-server-test.h"

/* Long enough for a slow line, short enough to wait for. */
#define TEST_TIMEOUT_SECONDS 30

/* One answer may be slow by chance. */
#define N_PROBES 5

/* How many of the newest answers are remembered. */
#define MAX_LATENCIES 50

struct _CsServerTest
{
  GObject parent_instance;

  CsTarget *target;
  CsBreakers *breakers;
  char *state_directory;
  CsServerTestState state;
  char *words;
  GCancellable *cancellable;
  CsHostKey *host_key;
  CsSession *session;
  CsRun *run;
  gint64 sent_at;    /* monotonic */
  guint n_probes;    /* commands that have run in this test */
  GArray *latencies; /* double, milliseconds, oldest first */
};

G_DEFINE_FINAL_TYPE (CsServerTest, cs_server_test, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_state (CsServerTest *self, CsServerTestState state, const char *words)
{
  g_autofree char *old = self->words;

  self->state = state;
  self->words = g_strdup (words);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerTest) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_session_close_finish (CS_SESSION (source), result, &error))
    g_debug ("Closing the session of a test: %s", error->message);
}

/* The session has done its work; how it closes changes nothing in the answer. */
static void
drop_session (CsServerTest *self)
{
  if (self->session != NULL)
    cs_session_close_async (self->session, closed_cb, g_object_ref (self));
  g_clear_object (&self->session);
  g_clear_object (&self->run);
}

static void
fail (CsServerTest *self, const GError *error)
{
  drop_session (self);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_state (self, CS_SERVER_TEST_NONE, NULL);
  else
    set_state (self, CS_SERVER_TEST_BAD, error->message);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerTest) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_session_forget_finish (CS_SESSION (source), result, &error))
    g_debug ("Forgetting a test run: %s", error->message);
}

static void
last_forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsServerTest *self = user_data;

  drop_session (self);
  forgotten_cb (source, result, self);
}

static void run_probe (CsServerTest *self);

static void
remember (CsServerTest *self, gint64 took)
{
  double milliseconds = took / 1000.0;

  g_array_append_val (self->latencies, milliseconds);
  if (self->latencies->len > MAX_LATENCIES)
    g_array_remove_index (self->latencies, 0);
}

static int
compare_latencies (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a;
  double two = *(const double *) b;

  return one < two ? -1 : one > two;
}

/* The median of this test's answers. */
static void
pass (CsServerTest *self)
{
  double newest[N_PROBES];
  g_autofree char *words = NULL;

  for (guint i = 0; i < N_PROBES; i++)
    newest[i] =
      g_array_index (self->latencies, double, self->latencies->len - N_PROBES + i);
  qsort (newest, N_PROBES, sizeof newest[0], compare_latencies);
  /* Translators: a server answered in so many milliseconds */
  words = g_strdup_printf (_("Ready, %.0f ms"), MAX (1.0, newest[N_PROBES / 2]));
  set_state (self, CS_SERVER_TEST_GOOD, words);
}

/* What the target keeps of the run is taken away; the session goes with the last one. */
static void
forget_run (CsServerTest *self, gboolean last)
{
  cs_session_forget_async (self->session, cs_run_get_id (self->run), NULL,
                           last ? last_forgotten_cb : forgotten_cb, g_object_ref (self));
}

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerTest) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsOutcome) outcome = cs_session_run_finish (CS_SESSION (source), result, &error);
  gint64 took = g_get_monotonic_time () - self->sent_at;
  g_autofree char *words = NULL;
  gboolean good, last;

  if (outcome == NULL)
    {
      fail (self, error);
      return;
    }
  remember (self, took);
  good = cs_outcome_get_kind (outcome) == CS_OUTCOME_EXITED && cs_outcome_get_status (outcome) == 0;
  last = !good || ++self->n_probes == N_PROBES;
  forget_run (self, last);
  if (cs_outcome_get_kind (outcome) == CS_OUTCOME_STOPPED)
    set_state (self, CS_SERVER_TEST_NONE, NULL);
  else if (!good)
    {
      words = g_strdup_printf (_("It was reached, but its shell answered with status %d. Check the "
                                 "login's shell and its start-up files."),
                               cs_outcome_get_status (outcome));
      set_state (self, CS_SERVER_TEST_BAD, words);
    }
  else if (last)
    pass (self);
  else
    run_probe (self);
}

static void
run_probe (CsServerTest *self)
{
  g_autofree char *id = g_uuid_string_random ();

  g_clear_object (&self->run);
  self->run = cs_run_new (id, "true", NULL, NULL);
  cs_run_set_timeout (self->run, TEST_TIMEOUT_SECONDS);
  self->sent_at = g_get_monotonic_time ();
  cs_session_run_async (self->session, self->run, self->cancellable, run_cb, g_object_ref (self));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerTest) self = user_data;
  g_autoptr (GError) error = NULL;

  self->session = cs_guarded_session_open_finish (result, &error);
  if (self->session == NULL)
    {
      fail (self, error);
      return;
    }
  set_state (self, CS_SERVER_TEST_RUNNING, _("Running a command…"));
  self->n_probes = 0;
  run_probe (self);
}

static void
open_session (CsServerTest *self)
{
  set_state (self, CS_SERVER_TEST_RUNNING, _("Connecting…"));
  cs_guarded_session_open_async (self->breakers, self->target, self->state_directory,
                                 self->cancellable, opened_cb, g_object_ref (self));
}

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerTest) self = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_host_key_accept_finish (CS_HOST_KEY (source), result, &error))
    open_session (self);
  else
    fail (self, error);
}

static void
scanned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsServerTest) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsHostKey) host_key = cs_host_key_scan_finish (result, &error);
  g_autofree char *words = NULL;

  if (host_key == NULL)
    {
      fail (self, error);
      return;
    }
  g_set_object (&self->host_key, host_key);
  switch (cs_host_key_get_state (host_key))
    {
    case CS_HOST_KEY_KNOWN:
      open_session (self);
      break;
    case CS_HOST_KEY_NEW:
      set_state (self, CS_SERVER_TEST_ASKING, _("Waits for you to trust its key"));
      break;
    case CS_HOST_KEY_CHANGED:
    default:
      words = g_strdup_printf (_("Its host key has changed: it now shows %s. Nothing was sent. Ask "
                                 "who runs it before you trust it again."),
                               cs_host_key_get_fingerprint (host_key));
      set_state (self, CS_SERVER_TEST_BAD, words);
    }
}

static void
cs_server_test_dispose (GObject *object)
{
  g_cancellable_cancel (CS_SERVER_TEST (object)->cancellable);
  G_OBJECT_CLASS (cs_server_test_parent_class)->dispose (object);
}

static void
cs_server_test_finalize (GObject *object)
{
  CsServerTest *self = CS_SERVER_TEST (object);

  g_clear_object (&self->target);
  g_clear_object (&self->breakers);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->host_key);
  g_clear_object (&self->session);
  g_clear_object (&self->run);
  g_free (self->state_directory);
  g_free (self->words);
  g_array_unref (self->latencies);
  G_OBJECT_CLASS (cs_server_test_parent_class)->finalize (object);
}

static void
cs_server_test_class_init (CsServerTestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_server_test_dispose;
  object_class->finalize = cs_server_test_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CS_TYPE_SERVER_TEST, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_server_test_init (CsServerTest *self)
{
  self->cancellable = g_cancellable_new ();
  self->latencies = g_array_new (FALSE, FALSE, sizeof (double));
}

/**
 * cs_server_test_new:
 * @target: what to test
 * @breakers: of all targets: how a test goes is noted there
 * @state_directory: where sockets and known hosts are
 *
 * Returns: (transfer full): a test that has not begun
 */
CsServerTest *
cs_server_test_new (CsTarget *target, CsBreakers *breakers, const char *state_directory)
{
  CsServerTest *self = g_object_new (CS_TYPE_SERVER_TEST, NULL);

  g_return_val_if_fail (CS_IS_TARGET (target), NULL);

  self->target = g_object_ref (target);
  self->breakers = g_object_ref (breakers);
  self->state_directory = g_strdup (state_directory);
  return self;
}

/**
 * cs_server_test_get_target:
 * @self: a test
 *
 * Returns: (transfer none): what it tests
 */
CsTarget *
cs_server_test_get_target (CsServerTest *self)
{
  g_return_val_if_fail (CS_IS_SERVER_TEST (self), NULL);

  return self->target;
}

/**
 * cs_server_test_get_state:
 * @self: a test
 *
 * Returns: how far it is
 */
CsServerTestState
cs_server_test_get_state (CsServerTest *self)
{
  g_return_val_if_fail (CS_IS_SERVER_TEST (self), CS_SERVER_TEST_NONE);

  return self->state;
}

/**
 * cs_server_test_get_words:
 * @self: a test
 *
 * Returns: (nullable): what there is to say about it
 */
const char *
cs_server_test_get_words (CsServerTest *self)
{
  g_return_val_if_fail (CS_IS_SERVER_TEST (self), NULL);

  return self->words;
}

/**
 * cs_server_test_get_host_key:
 * @self: a test
 *
 * Returns: (nullable) (transfer none): the key that the server showed: to be judged by a person
 *   while the test asks
 */
CsHostKey *
cs_server_test_get_host_key (CsServerTest *self)
{
  g_return_val_if_fail (CS_IS_SERVER_TEST (self), NULL);

  return self->host_key;
}

/**
 * cs_server_test_get_latencies:
 * @self: a test
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): how long the newest commands took over the open
 *   connection, in milliseconds, oldest first; valid until the next change
 */
const double *
cs_server_test_get_latencies (CsServerTest *self, guint *n)
{
  g_return_val_if_fail (CS_IS_SERVER_TEST (self), NULL);

  *n = self->latencies->len;
  return (const double *) (gpointer) self->latencies->data;
}

/**
 * cs_server_test_start:
 * @self: a test
 *
 * Begins, unless it is on its way already.
 */
void
cs_server_test_start (CsServerTest *self)
{
  g_return_if_fail (CS_IS_SERVER_TEST (self));

  if (self->state == CS_SERVER_TEST_RUNNING || self->state == CS_SERVER_TEST_ASKING)
    return;
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  if (cs_target_get_kind (self->target) != CS_TARGET_SSH)
    {
      open_session (self);
      return;
    }
  set_state (self, CS_SERVER_TEST_RUNNING, _("Asking for its host key…"));
  cs_host_key_scan_async (self->target, self->state_directory, self->cancellable, scanned_cb,
                          g_object_ref (self));
}

/**
 * cs_server_test_trust:
 * @self: a test that asks
 *
 * The person trusts the key: it is kept, and the test goes on.
 */
void
cs_server_test_trust (CsServerTest *self)
{
  g_return_if_fail (CS_IS_SERVER_TEST (self));
  g_return_if_fail (self->state == CS_SERVER_TEST_ASKING);

  set_state (self, CS_SERVER_TEST_RUNNING, _("Keeping its host key…"));
  cs_host_key_accept_async (self->host_key, self->cancellable, accepted_cb, g_object_ref (self));
}

/**
 * cs_server_test_distrust:
 * @self: a test that asks
 *
 * The person does not trust the key: nothing is kept, nothing was sent.
 */
void
cs_server_test_distrust (CsServerTest *self)
{
  g_return_if_fail (CS_IS_SERVER_TEST (self));
  g_return_if_fail (self->state == CS_SERVER_TEST_ASKING);

  set_state (self, CS_SERVER_TEST_BAD, _("Its host key is not trusted"));
}

/**
 * cs_server_test_cancel:
 * @self: a test
 *
 * Ends it where it is.
 */
void
cs_server_test_cancel (CsServerTest *self)
{
  g_return_if_fail (CS_IS_SERVER_TEST (self));

  g_cancellable_cancel (self->cancellable);
}
