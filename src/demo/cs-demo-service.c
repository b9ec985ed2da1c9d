/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP service that the sample runbook deploys. */

#define G_LOG_DOMAIN "countersign-demo-service"

#include "cs-demo-service.h"

#include "cs-demo-metrics.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#define MAX_LATENCY_MS 60000

struct _CsDemoService
{
  GObject parent_instance;
  CsDemoRelease *release;
  CsDemoMetrics *metrics;
  SoupServer *server;
  GSocketService *listener; /* our own, so that it can close while requests are answered */
  gint64 started;           /* monotonic microseconds */
  guint16 port;
  guint in_flight;
  gboolean draining;
  guint latency_ms;  /* added to every answer, to be a slow service */
  double error_rate; /* 0 to 1: share of answers that fail, to be a faulty one */
};

G_DEFINE_FINAL_TYPE (CsDemoService, cs_demo_service, G_TYPE_OBJECT)

enum
{
  DRAINED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* One request that waits out the latency, or is being written. */
typedef struct
{
  CsDemoService *self;
  SoupServerMessage *message;
  gint64 started;
  gboolean counted; /* administration does not show in the metrics */
} Request;

static void
request_free (Request *request)
{
  g_object_unref (request->self);
  g_object_unref (request->message);
  g_free (request);
}

static void
respond (SoupServerMessage *message, guint status, const char *type, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
}

static void
respond_json (SoupServerMessage *message, guint status, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *json = json_to_string (root, FALSE);
  g_autofree char *line = g_strconcat (json, "\n", NULL);

  respond (message, status, "application/json", line);
}

static void
respond_error (SoupServerMessage *message, guint status, const char *words)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_add_string_value (builder, words);
  json_builder_end_object (builder);
  respond_json (message, status, builder);
}

static void
greet (CsDemoService *self, SoupServerMessage *message, GHashTable *query)
{
  const char *company = query != NULL ? g_hash_table_lookup (query, "company") : NULL;
  g_autofree char *text = cs_demo_release_greet (self->release, company);

  respond (message, SOUP_STATUS_OK, "text/plain; charset=utf-8", text);
}

static void
tell_health (CsDemoService *self, SoupServerMessage *message, GHashTable *query)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 uptime = (g_get_monotonic_time () - self->started) / G_USEC_PER_SEC;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "status");
  json_builder_add_string_value (builder, self->draining ? "draining" : "ok");
  json_builder_set_member_name (builder, "version");
  json_builder_add_string_value (builder, cs_demo_release_get_version (self->release));
  json_builder_set_member_name (builder, "uptime_seconds");
  json_builder_add_int_value (builder, uptime);
  json_builder_end_object (builder);
  respond_json (message, self->draining ? SOUP_STATUS_SERVICE_UNAVAILABLE : SOUP_STATUS_OK,
                builder);
}

static void
tell_metrics (CsDemoService *self, SoupServerMessage *message, GHashTable *query)
{
  g_autofree char *text = cs_demo_metrics_to_text (self->metrics);

  respond (message, SOUP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8", text);
}

static void
tell_faults (CsDemoService *self, SoupServerMessage *message, GHashTable *query)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "latency_ms");
  json_builder_add_int_value (builder, self->latency_ms);
  json_builder_set_member_name (builder, "error_rate");
  json_builder_add_double_value (builder, self->error_rate);
  json_builder_end_object (builder);
  respond_json (message, SOUP_STATUS_OK, builder);
}

static gboolean
read_fault (JsonObject *faults, const char *name, double maximum, double *value)
{
  JsonNode *node = json_object_get_member (faults, name);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) ||
      (json_node_get_value_type (node) != G_TYPE_INT64 &&
       json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return FALSE;
  *value = json_node_get_double (node);
  return *value >= 0 && *value <= maximum;
}

static void
set_faults (CsDemoService *self, SoupServerMessage *message, GHashTable *query)
{
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (JsonParser) parser = json_parser_new ();
  double latency = self->latency_ms;
  double rate = self->error_rate;
  JsonNode *root = NULL;

  if (json_parser_load_from_data (parser, g_bytes_get_data (body, NULL),
                                  (gssize) g_bytes_get_size (body), NULL))
    root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      !read_fault (json_node_get_object (root), "latency_ms", MAX_LATENCY_MS, &latency) ||
      !read_fault (json_node_get_object (root), "error_rate", 1, &rate))
    {
      respond_error (message, SOUP_STATUS_BAD_REQUEST,
                     "Send {\"latency_ms\": 0 to 60000, \"error_rate\": 0 to 1}");
      return;
    }
  self->latency_ms = (guint) latency;
  self->error_rate = rate;
  tell_faults (self, message, query);
}

static void
heal (CsDemoService *self, SoupServerMessage *message, GHashTable *query)
{
  self->latency_ms = 0;
  self->error_rate = 0;
  tell_faults (self, message, query);
}

static const struct
{
  const char *path;
  const char *method;
  void (*answer) (CsDemoService *self, SoupServerMessage *message, GHashTable *query);
  gboolean can_fail; /* shows the faults, and is counted */
} routes[] = {
  { "/", "GET", greet, TRUE },
  { "/api/health", "GET", tell_health, TRUE },
  { "/metrics", "GET", tell_metrics, FALSE },
  { "/admin/faults", "GET", tell_faults, FALSE },
  { "/admin/faults", "PUT", set_faults, FALSE },
  { "/admin/faults", "DELETE", heal, FALSE },
};

static gboolean
resume_cb (gpointer data)
{
  soup_server_message_unpause (data);
  return G_SOURCE_REMOVE;
}

static void
suffer (CsDemoService *self, SoupServerMessage *message)
{
  if (self->error_rate > 0 && g_random_double () < self->error_rate)
    respond_error (message, SOUP_STATUS_INTERNAL_SERVER_ERROR, "A fault was asked for");
  if (self->latency_ms == 0)
    return;
  soup_server_message_pause (message);
  g_timeout_add_full (G_PRIORITY_DEFAULT, self->latency_ms, resume_cb, g_object_ref (message),
                      g_object_unref);
}

/* Comes after everything that has arrived: connections that wait to be accepted, requests that wait
 * to be read. */
static gboolean
idle_cb (gpointer data)
{
  CsDemoService *self = data;

  g_socket_service_stop (self->listener);
  g_socket_listener_close (G_SOCKET_LISTENER (self->listener));
  if (self->in_flight == 0)
    g_signal_emit (self, signals[DRAINED], 0);
  return G_SOURCE_REMOVE;
}

static void
end_when_idle (CsDemoService *self)
{
  g_idle_add_full (G_PRIORITY_LOW, idle_cb, g_object_ref (self), g_object_unref);
}

static void
finished_cb (SoupServerMessage *message, Request *request)
{
  CsDemoService *self = request->self;
  gint64 taken = g_get_monotonic_time () - request->started;

  if (request->counted)
    cs_demo_metrics_count (self->metrics, soup_server_message_get_status (message),
                           (double) taken / G_USEC_PER_SEC);
  self->in_flight--;
  if (self->draining)
    end_when_idle (self);
}

static Request *
begin (CsDemoService *self, SoupServerMessage *message)
{
  Request *request = g_new0 (Request, 1);

  request->self = g_object_ref (self);
  request->message = g_object_ref (message);
  request->started = g_get_monotonic_time ();
  request->counted = TRUE;
  self->in_flight++;
  g_signal_connect_data (message, "finished", G_CALLBACK (finished_cb), request,
                         (GClosureNotify) G_CALLBACK (request_free), G_CONNECT_DEFAULT);
  if (self->draining)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "Connection", "close");
  return request;
}

static void
request_cb (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  CsDemoService *self = user_data;
  Request *request = begin (self, message);
  const char *method = soup_server_message_get_method (message);
  gboolean known = FALSE;

  /* libsoup leaves the body of an answer to HEAD away itself. */
  if (g_str_equal (method, "HEAD"))
    method = "GET";
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (!g_str_equal (path, routes[i].path))
        continue;
      known = TRUE;
      if (!g_str_equal (method, routes[i].method))
        continue;
      routes[i].answer (self, message, query);
      request->counted = routes[i].can_fail;
      if (routes[i].can_fail)
        suffer (self, message);
      return;
    }
  if (known)
    respond_error (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "This path does not know that method");
  else
    respond_error (message, SOUP_STATUS_NOT_FOUND, "There is nothing at this path");
}

static gboolean
incoming_cb (GSocketService *listener,
             GSocketConnection *connection,
             GObject *source,
             CsDemoService *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);

  if (!soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, &error))
    g_message ("A connection was lost: %s", error->message);
  return TRUE;
}

static void
cs_demo_service_dispose (GObject *object)
{
  CsDemoService *self = CS_DEMO_SERVICE (object);

  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->listener);
  G_OBJECT_CLASS (cs_demo_service_parent_class)->dispose (object);
}

static void
cs_demo_service_finalize (GObject *object)
{
  CsDemoService *self = CS_DEMO_SERVICE (object);

  g_clear_pointer (&self->release, cs_demo_release_free);
  g_clear_pointer (&self->metrics, cs_demo_metrics_free);
  G_OBJECT_CLASS (cs_demo_service_parent_class)->finalize (object);
}

static void
cs_demo_service_class_init (CsDemoServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_demo_service_dispose;
  object_class->finalize = cs_demo_service_finalize;

  /**
   * CsDemoService::drained:
   *
   * After [method@DemoService.drain], when the last answer is out.
   */
  signals[DRAINED] = g_signal_new ("drained", CS_TYPE_DEMO_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_demo_service_init (CsDemoService *self)
{
  self->started = g_get_monotonic_time ();
}

/**
 * cs_demo_service_new:
 * @release: (transfer full): what to serve
 */
CsDemoService *
cs_demo_service_new (CsDemoRelease *release)
{
  CsDemoService *self = g_object_new (CS_TYPE_DEMO_SERVICE, NULL);

  self->release = release;
  self->metrics = cs_demo_metrics_new (cs_demo_release_get_version (release));
  return self;
}

/**
 * cs_demo_service_listen:
 *
 * Begins to answer, on 127.0.0.1 only: whoever can reach it can make it faulty.
 *
 * Returns: %FALSE with a %G_IO_ERROR if the port is taken
 */
gboolean
cs_demo_service_listen (CsDemoService *self, GError **error)
{
  guint16 port = cs_demo_release_get_port (self->release);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, port);
  g_autoptr (GSocketAddress) got = NULL;

  self->listener = g_socket_service_new ();
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->listener), wanted,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &got,
                                      error))
    {
      g_prefix_error (error, "Port %u on 127.0.0.1: ", port);
      return FALSE;
    }
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  self->server = soup_server_new ("server-header", "greeting/", NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  g_signal_connect_object (self->listener, "incoming", G_CALLBACK (incoming_cb), self,
                           G_CONNECT_DEFAULT);
  g_socket_service_start (self->listener);
  return TRUE;
}

guint16
cs_demo_service_get_port (CsDemoService *self)
{
  return self->port;
}

/**
 * cs_demo_service_drain:
 *
 * Answers what has been asked so far, takes no more connections, and emits
 * [signal@DemoService::drained].
 */
void
cs_demo_service_drain (CsDemoService *self)
{
  if (self->draining)
    return;
  self->draining = TRUE;
  end_when_idle (self);
}
