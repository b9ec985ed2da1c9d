/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One measurement of each kind, against a real HTTP server and a real shell. */

#include "cs-prober.h"
#include "cs-sqlite-store.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <math.h>
#include <string.h>

typedef struct
{
  SoupServer *server;
  char *base; /* "http://127.0.0.1:PORT" */
  CsWatchClock *clock;
  CsProber *prober;
  SoupServerMessage *held; /* a request that is not answered */
} Fixture;

static void
answer_cb (SoupServer *server,
           SoupServerMessage *message,
           const char *path,
           GHashTable *query,
           gpointer user_data)
{
  Fixture *self = user_data;
  const char *promql = query != NULL ? g_hash_table_lookup (query, "query") : NULL;
  const char *body = "{\"data\":{\"used\":[{\"a/b\":\"12 ms\"}]},\"up\":true,\"none\":null}";
  guint status = 200;

  if (strcmp (path, "/slow") == 0)
    {
      self->held = g_object_ref (message);
      soup_server_message_pause (message);
      return;
    }
  if (strcmp (path, "/broken") == 0)
    status = 503;
  if (strcmp (path, "/moved") == 0)
    soup_server_message_set_redirect (message, 302, "/");
  if (promql != NULL)
    body = promql;
  if (strcmp (path, "/token") == 0)
    {
      const char *token = soup_message_headers_get_one (
        soup_server_message_get_request_headers (message), "Authorization");

      status = g_strcmp0 (token, "Bearer s3cret") == 0 ? 200 : 401;
    }
  soup_message_headers_append (soup_server_message_get_response_headers (message), "X-Release",
                               "v42 blue");
  if (status != 200 || strcmp (path, "/moved") != 0)
    soup_server_message_set_status (message, strcmp (path, "/moved") == 0 ? 302 : status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body,
                                    strlen (body));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, answer_cb, self, NULL);
  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->base = g_uri_to_string (uris->data);
  self->base[strlen (self->base) - 1] = '\0';
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  self->clock = cs_watch_clock_new ();
  self->prober = cs_prober_new (self->clock, NULL, NULL, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->held);
  g_clear_object (&self->prober);
  g_clear_object (&self->clock);
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_free (self->base);
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static CsSample
measure (CsProber *prober, const CsProbe *probe, char **detail)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsSample sample;

  cs_prober_measure_async (prober, probe, NULL, keep_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (cs_prober_measure_finish (prober, result, &sample, detail, &error));
  g_assert_no_error (error);
  return sample;
}

static CsProbe *
new_http (Fixture *self, const char *path)
{
  CsProbe *probe = cs_probe_new (CS_PROBE_HTTP, "p1", "Health");

  probe->url = g_strconcat (self->base, path, NULL);
  return probe;
}

static void
test_http (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *path;
    const char *header;
    const char *contains;
    const char *pointer;
    const char *unit;
    CsSampleState state;
    double value;
  } cases[] = {
    { "/", NULL, NULL, NULL, NULL, CS_SAMPLE_GOOD, NAN },
    { "/broken", NULL, NULL, NULL, NULL, CS_SAMPLE_BAD, NAN },
    { "/moved", NULL, NULL, NULL, NULL, CS_SAMPLE_BAD, NAN },
    { "/", "x-release: v42", NULL, NULL, NULL, CS_SAMPLE_GOOD, NAN },
    { "/", "x-release: v43", NULL, NULL, NULL, CS_SAMPLE_BAD, NAN },
    { "/", NULL, "\"up\":true", NULL, NULL, CS_SAMPLE_GOOD, NAN },
    { "/", NULL, "\"up\":false", NULL, NULL, CS_SAMPLE_BAD, NAN },
    { "/", NULL, NULL, "/data/used/0/a~1b", "s", CS_SAMPLE_GOOD, 0.012 },
    { "/", NULL, NULL, "/up", NULL, CS_SAMPLE_GOOD, 1 },
    { "/", NULL, NULL, "/none", NULL, CS_SAMPLE_EMPTY, NAN },
    { "/", NULL, NULL, "/data/used/7", NULL, CS_SAMPLE_EMPTY, NAN },
    { "/?query=oops", NULL, NULL, "/up", NULL, CS_SAMPLE_BAD, NAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsProbe) probe = new_http (self, cases[i].path);
      g_autofree char *detail = NULL;
      g_autoptr (GError) error = NULL;
      CsSample sample;

      probe->header = g_strdup (cases[i].header);
      probe->contains = g_strdup (cases[i].contains);
      probe->pointer = g_strdup (cases[i].pointer);
      probe->unit = g_strdup (cases[i].unit);
      g_assert_true (cs_probe_check (probe, &error));
      sample = measure (self->prober, probe, &detail);
      g_test_message ("%u: %s", i, detail);
      g_assert_cmpstr (cs_sample_state_to_string (sample.state), ==,
                       cs_sample_state_to_string (cases[i].state));
      if (isnan (cases[i].value))
        g_assert_true (isnan (sample.value));
      else
        g_assert_cmpfloat_with_epsilon (sample.value, cases[i].value, 1e-9);
      g_assert_true (sample.time >= sample.first_byte && sample.first_byte > 0);
    }
}

/* Nobody listens there: the service is at fault. A name that does not exist may be our fault. */
static void
test_http_unreachable (Fixture *self, gconstpointer data)
{
  g_autoptr (CsProbe) probe = new_http (self, "/");
  g_autofree char *detail = NULL;
  CsSample sample;

  soup_server_disconnect (self->server);
  sample = measure (self->prober, probe, &detail);
  g_assert_cmpint (sample.state, ==, CS_SAMPLE_BAD);
  g_assert_nonnull (strstr (detail, "refused"));
  g_free (probe->url);
  probe->url = g_strdup ("http://nowhere.invalid/");
  g_clear_pointer (&detail, g_free);
  sample = measure (self->prober, probe, &detail);
  g_assert_cmpint (sample.state, ==, CS_SAMPLE_ERROR);
}

static void
test_time_out (Fixture *self, gconstpointer data)
{
  g_autoptr (CsWatchClock) clock = cs_watch_clock_new_scaled (20);
  g_autoptr (CsProber) prober = cs_prober_new (clock, NULL, NULL, NULL);
  g_autoptr (CsProbe) probe = new_http (self, "/slow");
  g_autofree char *detail = NULL;
  CsSample sample;

  probe->timeout = 2 * G_USEC_PER_SEC;
  sample = measure (prober, probe, &detail);
  g_assert_cmpint (sample.state, ==, CS_SAMPLE_BAD);
  g_assert_cmpfloat (sample.time, ==, 2);
  g_assert_cmpstr (detail, ==, "no answer within 2 s");
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (CsProbe) probe = new_http (self, "/slow");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsSample sample;

  cs_prober_measure_async (self->prober, probe, cancellable, keep_cb, &result);
  while (self->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (cs_prober_measure_finish (self->prober, result, &sample, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_bearer (Fixture *self, gconstpointer data)
{
  g_autoptr (CsProbe) probe = new_http (self, "/token");
  g_autoptr (CsKeyring) keyring = cs_keyring_new ("/nowhere");
  g_autofree char *name = cs_keyring_dup_secret_name ("production", "monitor");

  probe->secret = g_strdup ("monitor");
  cs_prober_set_keyring (self->prober, keyring, "production");
  cs_keyring_keep (keyring, CS_KEYRING_SECRET, name, "s3cret");
  g_assert_cmpint (measure (self->prober, probe, NULL).state, ==, CS_SAMPLE_GOOD);
  cs_keyring_keep (keyring, CS_KEYRING_SECRET, name, "another");
  g_assert_cmpint (measure (self->prober, probe, NULL).state, ==, CS_SAMPLE_BAD);
}

#define VECTOR(result) \
  "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" result "]}}"

/* The server answers with the query itself. */
static void
test_prometheus (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    CsSampleState state;
    double value;
  } cases[] = {
    { VECTOR ("{\"metric\":{},\"value\":[1700000000.1,\"0.25\"]}"), CS_SAMPLE_GOOD, 0.25 },
    { VECTOR ("{\"metric\":{},\"value\":[1,\"NaN\"]}"), CS_SAMPLE_EMPTY, NAN },
    { VECTOR ("{\"metric\":{},\"value\":[1,\"+Inf\"]}"), CS_SAMPLE_EMPTY, NAN },
    { VECTOR (""), CS_SAMPLE_EMPTY, NAN },
    { VECTOR ("{\"value\":[1,\"1\"]},{\"value\":[1,\"2\"]}"), CS_SAMPLE_ERROR, NAN },
    { "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"7\"]}}",
      CS_SAMPLE_GOOD, 7 },
    { "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
      CS_SAMPLE_ERROR, NAN },
    { "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}",
      CS_SAMPLE_ERROR, NAN },
    { "<html>", CS_SAMPLE_ERROR, NAN },
    { VECTOR ("{\"value\":[]}"), CS_SAMPLE_ERROR, NAN },
    { VECTOR ("7"), CS_SAMPLE_ERROR, NAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsProbe) probe = cs_probe_new (CS_PROBE_PROMETHEUS, "p1", "Errors");
      g_autofree char *detail = NULL;
      CsSample sample;

      probe->url = g_strconcat (self->base, "/", NULL);
      probe->query = g_strdup (cases[i].answer);
      sample = measure (self->prober, probe, &detail);
      g_test_message ("%u: %s", i, detail);
      g_assert_cmpstr (cs_sample_state_to_string (sample.state), ==,
                       cs_sample_state_to_string (cases[i].state));
      if (!isnan (cases[i].value))
        g_assert_cmpfloat (sample.value, ==, cases[i].value);
    }
}

/* A server that is gone says nothing about what it watched. */
static void
test_prometheus_dead (Fixture *self, gconstpointer data)
{
  g_autoptr (CsProbe) probe = cs_probe_new (CS_PROBE_PROMETHEUS, "p1", "Errors");

  probe->url = g_strdup (self->base);
  probe->query = g_strdup ("up");
  soup_server_disconnect (self->server);
  g_assert_cmpint (measure (self->prober, probe, NULL).state, ==, CS_SAMPLE_ERROR);
}

static void
test_command (void)
{
  static const struct
  {
    const char *script;
    const char *unit;
    CsSampleState state;
    double value;
  } cases[] = {
    { "true", NULL, CS_SAMPLE_GOOD, NAN },
    { "exit 3", NULL, CS_SAMPLE_BAD, NAN },
    { "echo waiting; echo 42", NULL, CS_SAMPLE_GOOD, 42 },
    { "echo 250 ms", "s", CS_SAMPLE_GOOD, 0.25 },
    { "echo 250 MB", "s", CS_SAMPLE_EMPTY, NAN },
    { "echo nothing", "s", CS_SAMPLE_EMPTY, NAN },
    { "seq 1 100000", NULL, CS_SAMPLE_GOOD, 100000 },
  };
  g_autofree char *directory = g_dir_make_tmp ("watch-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSqliteStore) store = cs_sqlite_store_open_sync (directory, &error);
  g_autoptr (CsWatchClock) clock = cs_watch_clock_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (CsTargets) targets = NULL;
  g_autoptr (CsTarget) target = cs_target_new_local ("here", "production", NULL);
  g_autoptr (CsProber) prober = NULL;
  g_autofree char *sweep = g_strdup_printf ("rm -rf '%s'", directory);

  g_assert_no_error (error);
  cs_targets_load_async (CS_STORE (store), NULL, keep_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  targets = cs_targets_load_finish (result, &error);
  cs_targets_add_async (targets, "me", target, NULL, keep_cb, &added);
  while (added == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (cs_targets_add_finish (targets, added, &error));
  prober = cs_prober_new (clock, targets, NULL, directory);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CsProbe) probe = cs_probe_new (CS_PROBE_COMMAND, "p1", "Queue");
      g_autofree char *detail = NULL;
      CsSample sample;

      probe->target = g_strdup ("here");
      probe->script = g_strdup (cases[i].script);
      probe->unit = g_strdup (cases[i].unit);
      sample = measure (prober, probe, &detail);
      g_test_message ("%u: %s", i, detail);
      g_assert_cmpstr (cs_sample_state_to_string (sample.state), ==,
                       cs_sample_state_to_string (cases[i].state));
      if (!isnan (cases[i].value))
        g_assert_cmpfloat (sample.value, ==, cases[i].value);
      g_free (probe->target);
      probe->target = g_strdup ("elsewhere");
      g_assert_cmpint (measure (prober, probe, NULL).state, ==, CS_SAMPLE_ERROR);
    }
  cs_prober_close_async (prober, keep_cb, &closed);
  while (closed == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (cs_prober_close_finish (prober, closed, &error));
  cs_sqlite_store_close (store);
  g_spawn_command_line_sync (sweep, NULL, NULL, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/watch/prober/http", test_http);
  ADD ("/watch/prober/http-unreachable", test_http_unreachable);
  ADD ("/watch/prober/time-out", test_time_out);
  ADD ("/watch/prober/cancel", test_cancel);
  ADD ("/watch/prober/bearer", test_bearer);
  ADD ("/watch/prober/prometheus", test_prometheus);
  ADD ("/watch/prober/prometheus-dead", test_prometheus_dead);
#undef ADD
  g_test_add_func ("/watch/prober/command", test_command);
  return g_test_run ();
}
