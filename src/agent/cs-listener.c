/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes connections in: as many as may be, encrypted, guarded, and not for longer than they use. */

#define G_LOG_DOMAIN "cs-agent"

#include "cs-listener.h"

#include "cs-error.h"
#include "cs-http-guard.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/** HELLO_TIME, REQUEST_TIME, IDLE_TIME: microseconds for the handshake, for one whole request to
 * arrive, and between two requests */
#define HELLO_TIME (10 * G_USEC_PER_SEC)
#define REQUEST_TIME (15 * G_USEC_PER_SEC)
#define IDLE_TIME (90 * G_USEC_PER_SEC)
/** STALL_TIME: milliseconds that a peer may take nothing of what it is sent */
#define STALL_TIME 60000
/** HELLO_LOOK: milliseconds between two looks at a hello that comes in pieces */
#define HELLO_LOOK 50
/** BACK_OFF: milliseconds without accepting when the process has no descriptor left */
#define BACK_OFF 200
#define ACCEPT_TURN 64

struct _CsListener
{
  SoupServer *server;
  CsAgentConfig *config;
  GPtrArray *sockets;
  GPtrArray *sources;
  GHashTable *connections;
  guint sweep;
  guint back_off;
};

typedef struct
{
  CsListener *owner; /* NULL when the listener is gone */
  GSocket *socket;
  GIOStream *stream;  /* until the server has it */
  CsHttpGuard *guard; /* NULL before */
  gint64 since;       /* monotonic: when it came, or its last request was answered */
  gint64 begun;       /* when the request that comes was first noticed; 0 */
  guint busy;         /* requests that are being answered */
  gboolean proven;    /* a request on it had a token of ours */
  gboolean shut;
  GSource *hello;
} Connection;

static void accept_again (CsListener *self);

static void
connection_free (Connection *connection)
{
  if (connection->hello != NULL)
    {
      g_source_destroy (connection->hello);
      g_source_unref (connection->hello);
    }
  g_clear_object (&connection->guard);
  g_clear_object (&connection->stream);
  g_clear_object (&connection->socket);
  g_free (connection);
}

/* Wakes whoever reads or writes; the connection goes when they let go of it. */
static void
shut (Connection *connection)
{
  connection->shut = TRUE;
  g_socket_shutdown (connection->socket, TRUE, TRUE, NULL);
}

static void
drop (Connection *connection)
{
  if (connection->owner != NULL)
    g_hash_table_remove (connection->owner->connections, connection);
  else
    connection_free (connection); /* the listener has gone before */
}

static void
stream_gone_cb (gpointer user_data, GObject *where)
{
  drop (user_data);
}

static Connection *
find_connection (SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  return address != NULL ? g_object_get_data (G_OBJECT (address), "cs-connection") : NULL;
}

/** cs_listener_request_begun: a whole request has come. */
void
cs_listener_request_begun (SoupServerMessage *message)
{
  Connection *connection = find_connection (message);

  if (connection == NULL)
    return;
  connection->busy++;
  connection->begun = 0;
}

/** cs_listener_request_proven: it came with a token of ours. */
void
cs_listener_request_proven (SoupServerMessage *message)
{
  Connection *connection = find_connection (message);

  if (connection != NULL)
    connection->proven = TRUE;
}

/** cs_listener_request_ended: it was answered, or its connection is lost. */
void
cs_listener_request_ended (SoupServerMessage *message)
{
  Connection *connection = find_connection (message);

  if (connection == NULL)
    return;
  connection->busy -= MIN (connection->busy, 1);
  connection->since = g_get_monotonic_time ();
}

/* The server gets a stream that is guarded; its remote address is how we know it again. */
static void
hand_over (Connection *connection)
{
  CsListener *self = connection->owner;
  g_autoptr (GIOStream) guarded =
    cs_http_guard_wrap (connection->stream, &connection->guard);
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (connection->socket, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (connection->socket, NULL);

  g_object_ref (connection->guard);
  g_clear_object (&connection->stream);
  connection->since = g_get_monotonic_time ();
  if (local == NULL || remote == NULL)
    {
      drop (connection);
      return;
    }
  g_object_weak_ref (G_OBJECT (guarded), stream_gone_cb, connection);
  g_object_set_data (G_OBJECT (remote), "cs-connection", connection);
  soup_server_accept_iostream (self->server, guarded, local, remote, NULL);
}

static void
shaken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Connection *connection = user_data;
  gboolean good = g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL);

  if (good && !connection->shut && connection->owner != NULL)
    hand_over (connection);
  else
    drop (connection);
}

static void
shake_hands (Connection *connection)
{
  GTlsCertificate *certificate = connection->owner->config->certificate;
  g_autoptr (GIOStream) base = g_steal_pointer (&connection->stream);

  connection->stream = g_tls_server_connection_new (base, certificate, NULL);
  if (connection->stream == NULL)
    {
      drop (connection);
      return;
    }
  g_tls_connection_handshake_async (G_TLS_CONNECTION (connection->stream), G_PRIORITY_DEFAULT, NULL,
                                    shaken_cb, connection);
}

/* A handshake takes a thread while it lasts; who has not sent a whole hello gets none. */
static gboolean
has_hello (Connection *connection, gboolean *wrong)
{
  int fd = g_socket_get_fd (connection->socket);
  guint8 head[5];
  int there = 0;
  gssize n = recv (fd, head, sizeof head, MSG_PEEK | MSG_DONTWAIT);

  *wrong = n == 0 || (n > 0 && head[0] != 0x16);
  if (n < (gssize) sizeof head || *wrong || ioctl (fd, FIONREAD, &there) != 0)
    return FALSE;
  return there >= 5 + (head[3] << 8 | head[4]);
}

/* Gives whether there is something to wait for still. */
static gboolean
look_for_hello (Connection *connection)
{
  gboolean wrong = FALSE;
  gboolean whole = has_hello (connection, &wrong);

  if (!whole && !wrong)
    return TRUE;
  g_source_destroy (connection->hello);
  g_clear_pointer (&connection->hello, g_source_unref);
  if (whole)
    shake_hands (connection);
  else
    drop (connection);
  return FALSE;
}

static gboolean
hello_cb (gpointer user_data)
{
  return look_for_hello (user_data) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* The socket stays readable while a hello is not whole, so the rest is looked for by the clock. */
static gboolean
first_byte_cb (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Connection *connection = user_data;

  if (!look_for_hello (connection))
    return G_SOURCE_REMOVE;
  g_source_unref (connection->hello);
  connection->hello = g_timeout_source_new (HELLO_LOOK);
  g_source_set_callback (connection->hello, hello_cb, connection, NULL);
  g_source_attach (connection->hello, NULL);
  return G_SOURCE_REMOVE;
}

static void
await_hello (Connection *connection)
{
  connection->hello = g_socket_create_source (connection->socket, G_IO_IN, NULL);
  g_source_set_callback (connection->hello, G_SOURCE_FUNC (first_byte_cb), connection, NULL);
  g_source_attach (connection->hello, NULL);
}

/* Of those that do nothing, the one that is idle for longest, and that has never shown a token
 * before any that has. */
static void
make_room (CsListener *self)
{
  GHashTableIter iter;
  Connection *oldest = NULL;
  gpointer key;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      Connection *each = key;

      if (each->busy > 0 || each->shut)
        continue;
      if (oldest == NULL || (oldest->proven && !each->proven) ||
          (oldest->proven == each->proven && each->since < oldest->since))
        oldest = each;
    }
  if (oldest == NULL)
    return;
  shut (oldest);
  if (oldest->hello != NULL)
    drop (oldest);
}

static void
add_connection (CsListener *self, GSocket *socket)
{
  Connection *connection;

  if (g_hash_table_size (self->connections) >= (guint) self->config->limits.connections)
    make_room (self);
  if (g_hash_table_size (self->connections) >= (guint) self->config->limits.connections + 256)
    return; /* those that were shut have not gone yet */
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, STALL_TIME, NULL);
  g_socket_set_keepalive (socket, TRUE);
  connection = g_new0 (Connection, 1);
  connection->owner = self;
  connection->socket = g_object_ref (socket);
  connection->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  connection->since = g_get_monotonic_time ();
  g_hash_table_add (self->connections, connection);
  if (self->config->plain)
    hand_over (connection);
  else
    await_hello (connection);
}

static gboolean
back_off_cb (gpointer user_data)
{
  CsListener *self = user_data;

  self->back_off = 0;
  accept_again (self);
  return G_SOURCE_REMOVE;
}

static void
stop_sources (CsListener *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    g_source_destroy (g_ptr_array_index (self->sources, i));
  g_ptr_array_set_size (self->sources, 0);
}

static gboolean
incoming_cb (GSocket *listening, GIOCondition condition, gpointer user_data)
{
  CsListener *self = user_data;

  for (guint i = 0; i < ACCEPT_TURN; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_accept (listening, NULL, &error);

      if (socket != NULL)
        {
          add_connection (self, socket);
          continue;
        }
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
          g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
        break;
      g_warning ("No connection can be accepted now: %s", error->message);
      make_room (self);
      stop_sources (self);
      self->back_off = g_timeout_add (BACK_OFF, back_off_cb, self);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
accept_again (CsListener *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      GSource *source =
        g_socket_create_source (g_ptr_array_index (self->sockets, i), G_IO_IN, NULL);

      g_source_set_callback (source, G_SOURCE_FUNC (incoming_cb), self, NULL);
      g_source_attach (source, NULL);
      g_ptr_array_add (self->sources, source);
    }
}

static void
check_age (Connection *connection, gint64 now)
{
  gboolean begun = FALSE;

  if (connection->shut)
    return;
  if (connection->guard == NULL)
    {
      if (now - connection->since < HELLO_TIME)
        return;
      shut (connection);
      return;
    }
  if (connection->busy > 0 || !cs_http_guard_is_waiting (connection->guard, &begun))
    return;
  if (begun && connection->begun == 0)
    connection->begun = now;
  if (begun && now - connection->begun > REQUEST_TIME)
    {
      /* The answer says why; how long the peer may take to read it, the socket limits. */
      connection->shut = TRUE;
      cs_http_guard_time_out (connection->guard);
    }
  else if (!begun && now - connection->since > IDLE_TIME)
    shut (connection);
}

static gboolean
sweep_cb (gpointer user_data)
{
  CsListener *self = user_data;
  g_autoptr (GPtrArray) stale = g_ptr_array_new ();
  gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      check_age (key, now);
      if (((Connection *) key)->shut && ((Connection *) key)->hello != NULL)
        g_ptr_array_add (stale, key);
    }
  for (guint i = 0; i < stale->len; i++)
    drop (g_ptr_array_index (stale, i));
  return G_SOURCE_CONTINUE;
}

/* ADDRESS:PORT, [ADDRESS]:PORT */
static GSocketAddress *
parse_address (const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, colon - text) : NULL;
  guint64 port = 0;
  gsize length = host != NULL ? strlen (host) : 0;
  g_autoptr (GInetAddress) address = NULL;

  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    {
      memmove (host, host + 1, length - 2);
      host[length - 2] = '\0';
    }
  address = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  if (address == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &port, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” is not an address to listen on, such as 0.0.0.0:7443 or [::]:7443", text);
      return NULL;
    }
  return g_inet_socket_address_new (address, (guint16) port);
}

static gboolean
listen_on (CsListener *self, const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = parse_address (text, error);
  g_autoptr (GSocket) socket = NULL;
  GInetAddress *host;

  if (address == NULL)
    return FALSE;
  host = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (self->config->plain && !g_inet_address_get_is_loopback (host))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                   "%s is not a loopback address, and plain HTTP is for those only: have a "
                   "certificate (countersign-agent init), or listen on 127.0.0.1",
                   text);
      return FALSE;
    }
  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return FALSE;
  g_socket_set_listen_backlog (socket, 1024);
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    {
      g_prefix_error (error, "%s: ", text);
      return FALSE;
    }
  g_ptr_array_add (self->sockets, g_steal_pointer (&socket));
  return TRUE;
}

/**
 * cs_listener_new:
 * @server: gets the connections
 *
 * Returns: (transfer full): listens already; %NULL if one of the addresses can't be had
 */
CsListener *
cs_listener_new (SoupServer *server, CsAgentConfig *config, GError **error)
{
  CsListener *self = g_new0 (CsListener, 1);

  self->server = g_object_ref (server);
  self->config = cs_agent_config_ref (config);
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
  self->connections = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) connection_free, NULL);
  for (char **address = config->listen; *address != NULL; address++)
    if (!listen_on (self, g_strstrip (*address), error))
      {
        cs_listener_free (self);
        return NULL;
      }
  accept_again (self);
  self->sweep = g_timeout_add_seconds (1, sweep_cb, self);
  return self;
}

/** cs_listener_stop_accepting: takes no more connections in. */
void
cs_listener_stop_accepting (CsListener *self)
{
  g_clear_handle_id (&self->back_off, g_source_remove);
  stop_sources (self);
  g_ptr_array_set_size (self->sockets, 0);
}

/* What is with the server, or shakes hands, goes when they let go of it. */
static void
leave_connections (CsListener *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (((Connection *) key)->hello == NULL)
      {
        ((Connection *) key)->owner = NULL;
        shut (key);
        g_hash_table_iter_steal (&iter);
      }
}

/** cs_listener_free: closes all connections. */
void
cs_listener_free (CsListener *self)
{
  cs_listener_stop_accepting (self);
  leave_connections (self);
  g_clear_handle_id (&self->sweep, g_source_remove);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->sockets);
  g_hash_table_unref (self->connections);
  cs_agent_config_unref (self->config);
  g_object_unref (self->server);
  g_free (self);
}

/** cs_listener_set_config: new connections get the certificate of this one. */
void
cs_listener_set_config (CsListener *self, CsAgentConfig *config)
{
  CsAgentConfig *before = self->config;

  self->config = cs_agent_config_ref (config);
  cs_agent_config_unref (before);
}

/** cs_listener_get_n_connections: how many there are. */
guint
cs_listener_get_n_connections (CsListener *self)
{
  return g_hash_table_size (self->connections);
}

/** cs_listener_list_addresses: (transfer full): where it listens, with the ports that it got. */
char **
cs_listener_list_addresses (CsListener *self)
{
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();

  for (guint i = 0; i < self->sockets->len; i++)
    {
      g_autoptr (GSocketAddress) address =
        g_socket_get_local_address (g_ptr_array_index (self->sockets, i), NULL);
      g_autofree char *text =
        address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;

      if (text != NULL)
        g_strv_builder_add (addresses, text);
    }
  return g_strv_builder_end (addresses);
}
