/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The greeting service, started and asked as the sample runbook does. */

#include "sample.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  Sample *sample;
  SoupSession *session;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->sample = sample_new (0);
  fixture->session = soup_session_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->session);
  sample_free (fixture->sample);
}

static SoupMessage *
new_request (Fixture *fixture, const char *method, const char *path, const char *body)
{
  g_autofree char *uri =
    g_strdup_printf ("http://127.0.0.1:%u%s", sample_get_port (fixture->sample), path);
  SoupMessage *message = soup_message_new (method, uri);

  /* libsoup 3.2 loses the body of a request that it repeats after a connection was closed. */
  soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }
  return message;
}

static guint
ask (Fixture *fixture, const char *method, const char *path, const char *body, char **answer)
{
  g_autoptr (SoupMessage) message = new_request (fixture, method, path, body);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
    soup_session_send_and_read (fixture->session, message, NULL, &error);

  g_assert_no_error (error);
  if (answer != NULL)
    {
      gsize length = g_bytes_get_size (bytes);

      *answer = length > 0 ? g_strndup (g_bytes_get_data (bytes, NULL), length) : g_strdup ("");
    }
  return soup_message_get_status (message);
}

static void
assert_version (Fixture *fixture, const char *version)
{
  g_autofree char *answer = NULL;
  g_autoptr (JsonNode) root = NULL;

  g_assert_cmpuint (ask (fixture, "GET", "/api/health", NULL, &answer), ==, 200);
  root = json_from_string (answer, NULL);
  g_assert_nonnull (root);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "status"), ==, "ok");
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "version"), ==,
                   version);
}

static void
test_health (Fixture *fixture, gconstpointer data)
{
  g_autofree char *status = NULL;
  g_autofree char *expected =
    g_strdup_printf ("greeting 1.0.0: running on port %u\n", sample_get_port (fixture->sample));

  assert_version (fixture, "1.0.0");
  g_assert_cmpint (sample_ctl (fixture->sample, "status", &status), ==, 0);
  g_assert_cmpstr (status, ==, expected);
}

static void
test_paths (Fixture *fixture, gconstpointer data)
{
  g_autofree char *empty = NULL;

  g_assert_cmpuint (ask (fixture, "GET", "/nothing/here", NULL, NULL), ==, 404);
  g_assert_cmpuint (ask (fixture, "POST", "/api/health", "{}", NULL), ==, 405);
  g_assert_cmpuint (ask (fixture, "HEAD", "/", NULL, &empty), ==, 200);
  g_assert_cmpstr (empty, ==, "");
}

static void
test_loopback_only (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) there = NULL;
  g_autoptr (GSocketConnection) elsewhere = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = sample_get_port (fixture->sample);

  there = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  elsewhere = g_socket_client_connect_to_host (client, "127.0.0.2", port, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_null (elsewhere);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (ask (fixture, "PUT", "/admin/faults", "{\"error_rate\": 1}", NULL), ==, 200);
  g_assert_cmpuint (ask (fixture, "GET", "/", NULL, NULL), ==, 500);
  g_assert_cmpuint (ask (fixture, "GET", "/api/health", NULL, NULL), ==, 500);
  g_assert_cmpuint (ask (fixture, "GET", "/metrics", NULL, NULL), ==, 200);
  g_assert_cmpuint (ask (fixture, "DELETE", "/admin/faults", NULL, NULL), ==, 200);
  g_assert_cmpuint (ask (fixture, "GET", "/", NULL, NULL), ==, 200);
}

static void
test_latency (Fixture *fixture, gconstpointer data)
{
  gint64 began;

  g_assert_cmpuint (ask (fixture, "PUT", "/admin/faults", "{\"latency_ms\": 250}", NULL), ==, 200);
  began = g_get_monotonic_time ();
  g_assert_cmpuint (ask (fixture, "GET", "/", NULL, NULL), ==, 200);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 250 * 1000);
}

static void
test_bad_faults (Fixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = {
    "",
    "no JSON",
    "[]",
    "{\"error_rate\": 2}",
    "{\"error_rate\": -0.1}",
    "{\"error_rate\": \"1\"}",
    "{\"latency_ms\": 60001}",
    "{\"latency_ms\": null}",
  };
  g_autofree char *answer = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    g_assert_cmpuint (ask (fixture, "PUT", "/admin/faults", bodies[i], NULL), ==, 400);
  g_assert_cmpuint (ask (fixture, "GET", "/admin/faults", NULL, &answer), ==, 200);
  g_assert_cmpstr (answer, ==, "{\"latency_ms\":0,\"error_rate\":0.0}\n");
}

/* An answer is counted once it is written, which its reader may see a moment earlier. */
static void
assert_metric (Fixture *fixture, const char *line)
{
  gint64 deadline = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;

      g_assert_cmpuint (ask (fixture, "GET", "/metrics", NULL, &text), ==, 200);
      lines = g_strsplit (text, "\n", -1);
      if (g_strv_contains ((const char *const *) lines, line))
        return;
      if (g_get_monotonic_time () > deadline)
        g_error ("no line “%s” in:\n%s", line, text);
    }
}

static void
test_metrics (Fixture *fixture, gconstpointer data)
{
  /* demo-ctl asked for the health once when it started the service. */
  assert_metric (fixture, "http_requests_total{status=\"200\"} 1");
  for (int i = 0; i < 3; i++)
    ask (fixture, "GET", "/", NULL, NULL);
  g_assert_cmpuint (ask (fixture, "PUT", "/admin/faults", "{\"error_rate\": 1}", NULL), ==, 200);
  ask (fixture, "GET", "/", NULL, NULL);
  assert_metric (fixture, "http_requests_total{status=\"200\"} 4");
  assert_metric (fixture, "http_requests_total{status=\"500\"} 1");
  assert_metric (fixture, "http_request_duration_seconds_bucket{le=\"10\"} 5");
  assert_metric (fixture, "http_request_duration_seconds_bucket{le=\"+Inf\"} 5");
  assert_metric (fixture, "http_request_duration_seconds_count 5");
  assert_metric (fixture, "greeting_build_info{version=\"1.0.0\"} 1");
}

static void
switch_to_next (Fixture *fixture)
{
  int status = sample_run (fixture->sample->root, NULL,
                           "tar -xzf incoming/greeting-1.1.0.tar.gz -C releases && "
                           "ln -sfn releases/1.1.0 current.next && mv -T current.next current",
                           NULL);

  g_assert_cmpint (status, ==, 0);
}

static void
test_switch (Fixture *fixture, gconstpointer data)
{
  g_autofree char *output = NULL;

  switch_to_next (fixture);
  /* What runs stays what it was until the restart. */
  assert_version (fixture, "1.0.0");
  g_assert_cmpint (sample_ctl (fixture->sample, "restart", &output), ==, 0);
  g_assert_true (g_str_has_prefix (output, "greeting: stopped\ngreeting 1.1.0: running on port "));
  assert_version (fixture, "1.1.0");
}

static void
test_feature (Fixture *fixture, gconstpointer data)
{
  const char *usual = "Hello, world. This is greeting 1.1.0.\n";
  const char *formal = "Hello and a very good day to you, dear world. This is greeting 1.1.0.\n";
  g_autofree char *listed = NULL;
  g_autofree char *other = NULL;
  g_autofree char *everyone = NULL;

  switch_to_next (fixture);
  sample_write (fixture->sample, "shared/.env",
                "# a note\nPORT=0\nGREETING=\"Hello\"\nFEATURE_FORMAL_GREETING_ENABLED=false\n"
                "FEATURE_FORMAL_GREETING_TEST_COMPANIES=15, 42\n");
  g_assert_cmpint (sample_ctl (fixture->sample, "restart", NULL), ==, 0);
  ask (fixture, "GET", "/?company=42", NULL, &listed);
  ask (fixture, "GET", "/?company=4", NULL, &other);
  g_assert_cmpstr (listed, ==, formal);
  g_assert_cmpstr (other, ==, usual);

  sample_write (fixture->sample, "shared/.env", "FEATURE_FORMAL_GREETING_ENABLED=true\n");
  g_assert_cmpint (sample_ctl (fixture->sample, "restart", NULL), ==, 0);
  ask (fixture, "GET", "/", NULL, &everyone);
  g_assert_cmpstr (everyone, ==, formal);
}

static void
answered_cb (GObject *session, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wrote_body_cb (SoupMessage *message, gboolean *written)
{
  *written = TRUE;
}

/* An answer that is under way when the service is told to end still arrives. */
static void
test_drain (Fixture *fixture, gconstpointer data)
{
  gboolean written = FALSE;
  g_autofree char *log = NULL;
  g_autoptr (SoupMessage) slow = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  ask (fixture, "PUT", "/admin/faults", "{\"latency_ms\": 500}", NULL);
  slow = new_request (fixture, "GET", "/", NULL);
  g_signal_connect (slow, "wrote-body", G_CALLBACK (wrote_body_cb), &written);
  soup_session_send_and_read_async (fixture->session, slow, G_PRIORITY_DEFAULT, NULL, answered_cb,
                                    &result);
  while (!written)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sample_ctl (fixture->sample, "stop", &output), ==, 0);
  g_assert_cmpstr (output, ==, "greeting: stopped\n");
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  body = soup_session_send_and_read_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (slow), ==, 200);
  g_assert_cmpuint (g_bytes_get_size (body), >, 0);
  log = sample_read (fixture->sample, "log/greeting.log");
  g_assert_true (g_str_has_suffix (log, "greeting 1.0.0 has ended"));
}

static void
test_port_taken (Fixture *fixture, gconstpointer data)
{
  Sample *second = g_new0 (Sample, 1);
  g_autofree char *output = NULL;
  g_autofree char *words =
    g_strdup_printf ("Port %u on 127.0.0.1", sample_get_port (fixture->sample));

  second->home = g_dir_make_tmp ("countersign-demo-XXXXXX", NULL);
  second->root = g_build_filename (second->home, "greeting", NULL);
  g_assert_cmpint (sample_prepare (second->root, sample_get_port (fixture->sample), &output), ==,
                   1);
  g_assert_nonnull (strstr (output, words));
  assert_version (fixture, "1.0.0");
  sample_free (second);
}

/* A pid file that a crash left behind may name a process that is none of ours. */
static void
test_stranger (Fixture *fixture, gconstpointer data)
{
  g_autofree char *own = g_strdup_printf ("%d\n", (int) getpid ());
  g_autofree char *status = NULL;

  g_assert_cmpint (sample_ctl (fixture->sample, "stop", NULL), ==, 0);
  sample_write (fixture->sample, "run/greeting.pid", own);
  g_assert_cmpint (sample_ctl (fixture->sample, "status", &status), ==, 3);
  g_assert_cmpstr (status, ==, "greeting: stopped\n");
  g_assert_cmpint (sample_ctl (fixture->sample, "stop", NULL), ==, 0);
  g_assert_cmpint (sample_ctl (fixture->sample, "start", NULL), ==, 0);
  assert_version (fixture, "1.0.0");
}

static void
test_bad_release (Fixture *fixture, gconstpointer data)
{
  g_autofree char *no_release = NULL;
  g_autofree char *bad_port = NULL;

  g_assert_cmpint (sample_ctl (fixture->sample, "stop", NULL), ==, 0);
  sample_write (fixture->sample, "shared/.env", "PORT=many\n");
  g_assert_cmpint (sample_ctl (fixture->sample, "start", &bad_port), ==, 1);
  g_assert_nonnull (strstr (bad_port, "PORT in .env"));
  g_assert_cmpint (sample_run (fixture->sample->root, NULL, "rm current", NULL), ==, 0);
  g_assert_cmpint (sample_ctl (fixture->sample, "start", &no_release), ==, 1);
  g_assert_nonnull (strstr (no_release, "leads to no release"));
}

static void
test_put_back (Fixture *fixture, gconstpointer data)
{
  switch_to_next (fixture);
  g_assert_cmpint (sample_ctl (fixture->sample, "restart", NULL), ==, 0);
  g_assert_cmpint (sample_prepare (fixture->sample->root, 0, NULL), ==, 0);
  assert_version (fixture, "1.0.0");
}

static void
test_foreign_directory (Fixture *fixture, gconstpointer data)
{
  g_autofree char *keep = g_build_filename (fixture->sample->home, "keep", NULL);
  g_autofree char *file = g_build_filename (keep, "current", NULL);
  g_autofree char *output = NULL;

  g_assert_cmpint (g_mkdir_with_parents (keep, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "mine", -1, NULL));
  g_assert_cmpint (sample_prepare (keep, 0, &output), ==, 1);
  g_assert_nonnull (strstr (output, "is no sample"));
  g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/demo/health", test_health);
  ADD ("/demo/paths", test_paths);
  ADD ("/demo/loopback-only", test_loopback_only);
  ADD ("/demo/faults/errors", test_errors);
  ADD ("/demo/faults/latency", test_latency);
  ADD ("/demo/faults/invalid", test_bad_faults);
  ADD ("/demo/metrics", test_metrics);
  ADD ("/demo/release/switch", test_switch);
  ADD ("/demo/release/feature", test_feature);
  ADD ("/demo/release/bad", test_bad_release);
  ADD ("/demo/drain", test_drain);
  ADD ("/demo/port-taken", test_port_taken);
  ADD ("/demo/stranger", test_stranger);
  ADD ("/demo/sample/put-back", test_put_back);
  ADD ("/demo/sample/foreign-directory", test_foreign_directory);
  return g_test_run ();
}
