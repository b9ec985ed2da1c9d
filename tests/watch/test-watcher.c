/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a service that fails to a rollback that is due, and all that must not lead there. Everything
 * is real but the time: five minutes are sixty steps of a clock that is moved by hand. */

#include "cs-error.h"
#include "cs-sqlite-store.h"
#include "cs-watcher.h"
#include "trust-fixture.h"

#include <libsoup/soup.h>
#include <string.h>

#define S ((gint64) G_USEC_PER_SEC)
#define START (G_GINT64_CONSTANT (1700000000) * S)

typedef struct
{
  TrustFixture trust;
  CsStore *store;
  CsPeople *people;
  CsKey *key;
  CsSeriesStore *series;
  SoupServer *server;
  char *base;
  guint status;     /* what the service answers */
  const char *rate; /* its error rate, as JSON */
  guint delay;      /* milliseconds */
  SoupServerMessage *held;
  guint release;
  CsWatchClock *clock;
  CsProber *prober;
  CsWatch *watch;
  CsWatcher *watcher;
  guint alarms;
  guint due;
} Fixture;

static gboolean
release_cb (gpointer user_data)
{
  Fixture *self = user_data;

  self->release = 0;
  soup_server_message_unpause (self->held);
  g_clear_object (&self->held);
  return G_SOURCE_REMOVE;
}

static void
answer_cb (SoupServer *server,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer user_data)
{
  Fixture *self = user_data;
  g_autofree char *body = g_strdup_printf ("{\"errors\": %s}", self->rate);

  soup_server_message_set_status (message, self->status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body,
                                    strlen (body));
  if (self->delay == 0)
    return;
  self->held = g_object_ref (message);
  self->release = g_timeout_add (self->delay, release_cb, self);
  soup_server_message_pause (message);
}

static void
alarm_cb (CsWatcher *watcher, const CsAlarm *alarm, Fixture *self)
{
  self->alarms++;
}

static void
due_cb (CsWatcher *watcher, const CsAlarm *alarm, Fixture *self)
{
  g_assert_cmpstr (alarm->procedure, ==, "Quick rollback");
  g_assert_cmpint (alarm->fired_at, >=, alarm->fires_at);
  self->due++;
}

static void
trouble_cb (CsWatcher *watcher, const GError *error, Fixture *self)
{
  g_test_message ("%s", error->message);
  g_test_fail ();
}

static CsWatcher *
new_watcher (Fixture *self)
{
  CsWatcher *watcher =
    cs_watcher_new (self->watch, self->prober, self->series, self->clock, "operator");

  g_signal_connect (watcher, "alarm", G_CALLBACK (alarm_cb), self);
  g_signal_connect (watcher, "rollback-due", G_CALLBACK (due_cb), self);
  g_signal_connect (watcher, "trouble", G_CALLBACK (trouble_cb), self);
  return watcher;
}

static void
listen_locally (Fixture *self, guint port)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, answer_cb, self, NULL);
  soup_server_listen_local (self->server, port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  g_free (self->base);
  self->base = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
load_watch (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_watch_load_async (self->store, self->people, "deployment/1", NULL, trust_store_result,
                       &result);
  self->watch = cs_watch_load_finish (trust_wait (&result), &error);
  g_assert_no_error (error);
}

static void
set_clock (Fixture *self, CsWatchClock *clock)
{
  g_set_object (&self->clock, clock);
  g_clear_object (&self->prober);
  self->prober = cs_prober_new (clock, NULL, NULL, NULL);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) keyed = NULL;
  g_autoptr (GAsyncResult) enrolled = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (CsWatchClock) clock = cs_watch_clock_new_manual (START);
  g_autoptr (CsPerson) person = NULL;
  g_autofree char *directory = NULL;
  g_autofree char *path = NULL;

  trust_fixture_set_up (&self->trust, NULL);
  directory = trust_fixture_path (&self->trust, "data");
  self->store = CS_STORE (cs_sqlite_store_open_sync (directory, NULL));
  cs_people_load_async (self->store, NULL, trust_store_result, &loaded);
  self->people = cs_people_load_finish (trust_wait (&loaded), NULL);
  path = trust_make_key (&self->trust, "ada", "ed25519", "");
  cs_key_load_async (path, NULL, trust_store_result, &keyed);
  self->key = cs_key_load_finish (trust_wait (&keyed), NULL);
  cs_people_enrol_async (self->people, "ada@x", "Ada", self->key, NULL, trust_store_result,
                         &enrolled);
  person = cs_people_enrol_finish (self->people, trust_wait (&enrolled), NULL);
  cs_series_store_open_async (directory, NULL, trust_store_result, &opened);
  self->series = cs_series_store_open_finish (trust_wait (&opened), NULL);
  self->status = 200;
  self->rate = "0.5";
  listen_locally (self, 0);
  set_clock (self, clock);
  load_watch (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->watcher);
  g_clear_object (&self->watch);
  g_clear_object (&self->prober);
  g_clear_object (&self->clock);
  g_clear_handle_id (&self->release, g_source_remove);
  g_clear_object (&self->held);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_free (self->base);
  g_clear_object (&self->series);
  g_clear_object (&self->key);
  g_clear_object (&self->people);
  cs_sqlite_store_close (CS_SQLITE_STORE (self->store));
  g_clear_object (&self->store);
  trust_fixture_tear_down (&self->trust, NULL);
}

static void
add_probe (Fixture *self, const char *name, const char *pointer)
{
  g_autoptr (CsProbe) probe = cs_probe_new (CS_PROBE_HTTP, NULL, name);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  probe->url = g_strdup (self->base);
  probe->interval = 5 * S;
  probe->timeout = 4 * S;
  probe->pointer = g_strdup (pointer);
  probe->unit = pointer != NULL ? g_strdup ("%") : NULL;
  cs_watch_set_probe_async (self->watch, "ada@x", probe, NULL, trust_store_result, &result);
  g_assert_true (cs_watch_act_finish (self->watch, trust_wait (&result), &error));
  g_assert_no_error (error);
}

static void
add_criterion (Fixture *self,
               const char *metric,
               CsField field,
               double value,
               const char *unit,
               guint lasting,
               guint consecutive)
{
  g_autoptr (CsCriterion) criterion = cs_criterion_new (NULL, "p1", metric);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  criterion->field = field;
  if (field != CS_FIELD_FAILURE)
    {
      g_free (criterion->comparison);
      criterion->comparison = g_strdup (">");
    }
  criterion->value = value;
  criterion->unit = g_strdup (unit);
  criterion->lasting = lasting * S;
  criterion->consecutive = consecutive;
  criterion->severity = CS_SEVERITY_ROLLBACK;
  cs_watch_set_criterion_async (self->watch, "ada@x", criterion, NULL, trust_store_result, &result);
  g_assert_true (cs_watch_act_finish (self->watch, trust_wait (&result), &error));
  g_assert_no_error (error);
}

static void
consent (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cs_watch_consent_async (self->watch, cs_people_lookup (self->people, "ada@x"), self->key, NULL,
                          "Quick rollback", 30, NULL, trust_store_result, &result);
  g_assert_true (cs_watch_act_finish (self->watch, trust_wait (&result), &error));
  g_assert_no_error (error);
  g_assert_nonnull (cs_watch_get_consent (self->watch));
}

static void
settle (CsWatcher *watcher)
{
  while (cs_watcher_is_busy (watcher))
    g_main_context_iteration (NULL, TRUE);
}

static void
start (Fixture *self)
{
  self->watcher = new_watcher (self);
  cs_watcher_start (self->watcher);
  settle (self->watcher);
}

static void
step (Fixture *self, guint n)
{
  /* One interval each: everything that is due is measured, judged and recorded. */
  for (guint i = 0; i < n; i++)
    {
      cs_watch_clock_advance_to (self->clock, cs_watch_clock_now (self->clock) + 5 * S);
      settle (self->watcher);
    }
}

static CsWatchVerdict
get_verdict (Fixture *self)
{
  return cs_judge_get_verdict (cs_watcher_get_judge (self->watcher, "c1"));
}

static const CsAlarm *
get_alarm (Fixture *self)
{
  GPtrArray *alarms = cs_watch_get_alarms (self->watch);

  g_assert_cmpuint (alarms->len, ==, 1);
  return alarms->pdata[0];
}

/* Three failures in a row; then 30 seconds in which anyone could have stopped it. */
static void
test_health (Fixture *self, gconstpointer data)
{
  add_probe (self, "Health", NULL);
  add_criterion (self, "Health check", CS_FIELD_FAILURE, 1, NULL, 0, 3);
  consent (self);
  start (self);
  step (self, 5);
  g_assert_cmpint (get_verdict (self), ==, CS_WATCH_GOOD);
  self->status = 500;
  step (self, 2);
  g_assert_cmpint (get_verdict (self), ==, CS_WATCH_INCONCLUSIVE);
  g_assert_cmpuint (self->alarms, ==, 0);
  step (self, 1);
  g_assert_cmpint (get_verdict (self), ==, CS_WATCH_BAD);
  g_assert_cmpuint (self->alarms, ==, 1);
  g_assert_cmpint (get_alarm (self)->state, ==, CS_ALARM_COUNTING);
  g_assert_cmpint (get_alarm (self)->fires_at - get_alarm (self)->raised_at, ==, 30 * S);
  step (self, 5);
  g_assert_cmpuint (self->due, ==, 0);
  step (self, 3);
  g_assert_cmpuint (self->due, ==, 1);
  g_assert_cmpint (get_alarm (self)->state, ==, CS_ALARM_FIRED);
  /* The consent was for this one. */
  g_assert_null (cs_watch_get_consent (self->watch));
  step (self, 20);
  g_assert_cmpuint (self->due, ==, 1);
}

static void
test_error_rate (Fixture *self, gconstpointer data)
{
  add_probe (self, "Errors", "/errors");
  add_criterion (self, "Error rate", CS_FIELD_VALUE, 10, "%", 300, 1);
  consent (self);
  start (self);
  step (self, 20);
  self->rate = "12";
  step (self, 58);
  g_assert_cmpint (get_verdict (self), ==, CS_WATCH_INCONCLUSIVE);
  g_assert_cmpuint (self->alarms, ==, 0);
  step (self, 4);
  g_assert_cmpint (get_verdict (self), ==, CS_WATCH_BAD);
  g_assert_cmpuint (self->alarms, ==, 1);
  step (self, 8);
  g_assert_cmpuint (self->due, ==, 1);
}

/* Answers take 80 ms, which the clock, thirty times as fast, takes for 2.4 s. */
static void
test_response_time (Fixture *self, gconstpointer data)
{
  g_autoptr (CsWatchClock) clock = cs_watch_clock_new_scaled (30);

  set_clock (self, clock);
  self->delay = 80;
  add_probe (self, "Health", NULL);
  add_criterion (self, "Response time", CS_FIELD_TIME, 2, "s", 300, 1);
  consent (self);
  start (self);
  while (self->due == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->alarms, ==, 1);
  g_assert_cmpint (get_alarm (self)->raised_at - cs_watch_get_begun_at (self->watch), >=, 290 * S);
}

typedef struct
{
  const char *name;
  const char *rates; /* one letter a step: 0 good, 9 bad, n nothing, d dead */
  CsWatchVerdict verdict;
} Unclear;

static const Unclear unclear[] = {
  { "flapping", "90", CS_WATCH_INCONCLUSIVE },
  { "no-traffic", "n", CS_WATCH_INCONCLUSIVE },
  { "nan-between", "99n", CS_WATCH_INCONCLUSIVE },
};

/* None of this rolls back, and none of it is good. */
static void
test_unclear (Fixture *self, gconstpointer data)
{
  const Unclear *test = data;

  add_probe (self, "Errors", "/errors");
  add_criterion (self, "Error rate", CS_FIELD_VALUE, 10, "%", 300, 1);
  consent (self);
  start (self);
  for (guint i = 0; i < 180; i++)
    {
      char c = test->rates[i % strlen (test->rates)];

      self->rate = c == '9' ? "90" : c == '0' ? "0"
                                              : "null";
      step (self, 1);
    }
  g_assert_cmpint (get_verdict (self), !=, CS_WATCH_GOOD);
  g_assert_cmpuint (self->alarms, ==, 0);
  g_assert_cmpuint (self->due, ==, 0);
  /* Nor does what goes to and fro fill the journal: at most a record a minute. */
  g_assert_cmpint (cs_watch_get_n_records (self->watch), <, 4 + 17);
}

static void
test_dead_prometheus (Fixture *self, gconstpointer data)
{
  g_autoptr (CsProbe) probe = cs_probe_new (CS_PROBE_PROMETHEUS, NULL, "Errors");
  g_autoptr (GAsyncResult) result = NULL;

  probe->url = g_strdup ("http://127.0.0.1:1");
  probe->query = g_strdup ("up");
  probe->interval = 5 * S;
  probe->timeout = 4 * S;
  cs_watch_set_probe_async (self->watch, "ada@x", probe, NULL, trust_store_result, &result);
  g_assert_true (cs_watch_act_finish (self->watch, trust_wait (&result), NULL));
  add_criterion (self, "Error rate", CS_FIELD_VALUE, 10, NULL, 300, 1);
  consent (self);
  start (self);
  step (self, 80);
  g_assert_cmpint (get_verdict (self), ==, CS_WATCH_ERROR);
  g_assert_cmpuint (self->alarms, ==, 0);
}

static void
test_without_consent (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_probe (self, "Health", NULL);
  add_criterion (self, "Health check", CS_FIELD_FAILURE, 1, NULL, 0, 3);
  start (self);
  self->status = 500;
  step (self, 30);
  g_assert_cmpuint (self->alarms, ==, 1);
  g_assert_cmpint (get_alarm (self)->state, ==, CS_ALARM_RAISED);
  g_assert_cmpuint (self->due, ==, 0);
  g_assert_true (cs_alarm_is_calling (get_alarm (self)));
  cs_watch_acknowledge_async (self->watch, "bob@x", NULL, trust_store_result, &result);
  g_assert_true (cs_watch_act_finish (self->watch, trust_wait (&result), &error));
  g_assert_false (cs_alarm_is_calling (get_alarm (self)));
  g_assert_cmpstr (get_alarm (self)->acknowledged_by, ==, "bob@x");
  self->status = 200;
  step (self, 3);
  g_assert_cmpint (get_alarm (self)->state, ==, CS_ALARM_SETTLED);
}

static void
test_stopped (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GError) error = NULL;

  add_probe (self, "Health", NULL);
  add_criterion (self, "Health check", CS_FIELD_FAILURE, 1, NULL, 0, 3);
  consent (self);
  start (self);
  self->status = 500;
  step (self, 5);
  cs_watch_stop_countdown_async (self->watch, "bob@x", "", NULL, trust_store_result, &refused);
  g_assert_false (cs_watch_act_finish (self->watch, trust_wait (&refused), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  cs_watch_stop_countdown_async (self->watch, "bob@x", "known, ends at noon", NULL,
                                 trust_store_result, &stopped);
  g_assert_true (cs_watch_act_finish (self->watch, trust_wait (&stopped), &error));
  step (self, 30);
  g_assert_cmpuint (self->due, ==, 0);
  g_assert_cmpint (get_alarm (self)->state, ==, CS_ALARM_STOPPED);
  g_assert_cmpstr (get_alarm (self)->stop_reason, ==, "known, ends at noon");
  cs_watch_stop_countdown_async (self->watch, "bob@x", "again", NULL, trust_store_result, &again);
  g_assert_false (cs_watch_act_finish (self->watch, trust_wait (&again), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
}

/* It recovers while it is counted down. */
static void
test_recovered (Fixture *self, gconstpointer data)
{
  add_probe (self, "Health", NULL);
  add_criterion (self, "Health check", CS_FIELD_FAILURE, 1, NULL, 0, 3);
  consent (self);
  start (self);
  self->status = 500;
  step (self, 6);
  g_assert_cmpint (get_alarm (self)->state, ==, CS_ALARM_COUNTING);
  self->status = 200;
  step (self, 20);
  g_assert_cmpuint (self->due, ==, 0);
  g_assert_cmpint (get_alarm (self)->state, ==, CS_ALARM_SETTLED);
  g_assert_nonnull (cs_watch_get_consent (self->watch));
}

/* Of two programs that watch the same, one begins the rollback. */
static void
test_two (Fixture *self, gconstpointer data)
{
  g_autoptr (CsWatcher) other = NULL;

  add_probe (self, "Health", NULL);
  add_criterion (self, "Health check", CS_FIELD_FAILURE, 1, NULL, 0, 3);
  consent (self);
  start (self);
  other = new_watcher (self);
  cs_watcher_start (other);
  settle (other);
  self->status = 500;
  step (self, 30);
  g_assert_cmpuint (cs_watch_get_alarms (self->watch)->len, ==, 1);
  g_assert_cmpuint (self->due, ==, 1);
}

/* A program that begins anew knows what was measured before it. */
static void
test_restart (Fixture *self, gconstpointer data)
{
  add_probe (self, "Errors", "/errors");
  add_criterion (self, "Error rate", CS_FIELD_VALUE, 10, "%", 300, 1);
  consent (self);
  start (self);
  self->rate = "12";
  step (self, 50);
  g_assert_cmpuint (self->alarms, ==, 0);
  g_clear_object (&self->watcher);
  g_clear_object (&self->watch);
  load_watch (self);
  g_assert_cmpuint (cs_watch_get_probes (self->watch)->len, ==, 1);
  g_assert_nonnull (cs_watch_get_consent (self->watch));
  start (self);
  step (self, 9);
  g_assert_cmpuint (self->alarms, ==, 0);
  step (self, 4);
  g_assert_cmpuint (self->alarms, ==, 1);
}

/* While a computer sleeps nothing is measured, and that is no proof of anything. */
static void
test_slept (Fixture *self, gconstpointer data)
{
  add_probe (self, "Errors", "/errors");
  add_criterion (self, "Error rate", CS_FIELD_VALUE, 10, "%", 300, 1);
  consent (self);
  start (self);
  self->rate = "12";
  step (self, 30);
  cs_watch_clock_advance_to (self->clock, cs_watch_clock_now (self->clock) + 3600 * S);
  step (self, 1);
  g_assert_cmpint (get_verdict (self), ==, CS_WATCH_INCONCLUSIVE);
  g_assert_cmpuint (self->alarms, ==, 0);
  g_assert_cmpuint (cs_watcher_get_n_missed (self->watcher, "p1"), >, 700);
}

static void
test_plan (Fixture *self, gconstpointer data)
{
  g_autoptr (CsProbe) probe = cs_probe_new (CS_PROBE_HTTP, NULL, "Health");
  g_autoptr (GAsyncResult) same = NULL;
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GAsyncResult) early = NULL;
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  cs_watch_consent_async (self->watch, cs_people_lookup (self->people, "ada@x"), self->key, NULL,
                          "Quick rollback", 30, NULL, trust_store_result, &early);
  g_assert_false (cs_watch_act_finish (self->watch, trust_wait (&early), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  add_probe (self, "Health", NULL);
  add_criterion (self, "Health check", CS_FIELD_FAILURE, 1, NULL, 0, 3);
  start (self);
  step (self, 2);
  probe->url = g_strdup (self->base);
  cs_watch_set_probe_async (self->watch, "ada@x", probe, NULL, trust_store_result, &same);
  g_assert_false (cs_watch_act_finish (self->watch, trust_wait (&same), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_EXISTS);
  g_clear_error (&error);
  cs_watch_remove_async (self->watch, "ada@x", "p1", NULL, trust_store_result, &removed);
  g_assert_true (cs_watch_act_finish (self->watch, trust_wait (&removed), &error));
  g_assert_cmpuint (cs_watch_get_criteria (self->watch)->len, ==, 0);
  g_assert_null (cs_watcher_get_samples (self->watcher, "p1"));
  add_probe (self, "Health", NULL); /* the same name, but another probe */
  g_assert_nonnull (cs_watch_find_probe (self->watch, "p2"));
  cs_watch_end_async (self->watch, "ada@x", NULL, trust_store_result, &ended);
  g_assert_true (cs_watch_act_finish (self->watch, trust_wait (&ended), &error));
  g_assert_true (cs_watch_is_ended (self->watch));
  cs_watch_remove_async (self->watch, "ada@x", "p2", NULL, trust_store_result, &late);
  g_assert_false (cs_watch_act_finish (self->watch, trust_wait (&late), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/watch/watcher/health", test_health);
  ADD ("/watch/watcher/error-rate", test_error_rate);
  ADD ("/watch/watcher/response-time", test_response_time);
  ADD ("/watch/watcher/dead-prometheus", test_dead_prometheus);
  ADD ("/watch/watcher/without-consent", test_without_consent);
  ADD ("/watch/watcher/stopped", test_stopped);
  ADD ("/watch/watcher/recovered", test_recovered);
  ADD ("/watch/watcher/two", test_two);
  ADD ("/watch/watcher/restart", test_restart);
  ADD ("/watch/watcher/slept", test_slept);
  ADD ("/watch/watcher/plan", test_plan);
#undef ADD
  for (guint i = 0; i < G_N_ELEMENTS (unclear); i++)
    {
      g_autofree char *path = g_strconcat ("/watch/watcher/unclear/", unclear[i].name, NULL);

      g_test_add (path, Fixture, &unclear[i], set_up, test_unclear, tear_down);
    }
  return g_test_run ();
}
