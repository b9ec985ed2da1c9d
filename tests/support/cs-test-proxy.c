/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network between two programs that a test can cut: TCP on loopback, relayed in a thread. */

#include "cs-test-proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* From one socket to the other; -1 once ended. */
typedef struct
{
  int client;
  int server;
} Pair;

struct _CsTestProxy
{
  guint16 target;
  guint16 port;
  int listener;
  int wake;
  GThread *thread;
  int cutting;     /* atomic */
  int down;        /* atomic */
  int ending;      /* atomic */
  guint64 relayed; /* of the thread; read under the mutex */
  GMutex mutex;
  GCond cut_done;
  GArray *pairs; /* of the thread */
};

static struct sockaddr_in
make_address (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return address;
}

/* With a reset, so that the other side is told at once. */
static void
reset (int fd)
{
  struct linger linger = { 1, 0 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
}

static void
reset_all (CsTestProxy *self)
{
  for (guint i = 0; i < self->pairs->len; i++)
    {
      Pair *pair = &g_array_index (self->pairs, Pair, i);

      reset (pair->client);
      reset (pair->server);
    }
  g_array_set_size (self->pairs, 0);
}

static void
accept_one (CsTestProxy *self)
{
  struct sockaddr_in address = make_address (self->target);
  Pair pair = { accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC), -1 };
  int one = 1;

  if (pair.client < 0)
    return;
  pair.server = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (pair.client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt (pair.server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect (pair.server, (struct sockaddr *) &address, sizeof address) != 0)
    {
      reset (pair.client);
      close (pair.server);
      return;
    }
  g_array_append_val (self->pairs, pair);
}

/* FALSE when the connection has ended. A slow receiver holds up all, which no test minds. */
static gboolean
relay (int from, int to, guint64 *count)
{
  char buffer[64 * 1024];
  gssize n = read (from, buffer, sizeof buffer);

  if (n <= 0)
    return n < 0 && errno == EINTR;
  if (count != NULL)
    *count += (guint64) n;
  for (gssize done = 0; done < n;)
    {
      gssize written = send (to, buffer + done, (gsize) (n - done), MSG_NOSIGNAL);

      if (written < 0 && errno != EINTR)
        return FALSE;
      done += MAX (written, 0);
    }
  return TRUE;
}

static void
relay_ready (CsTestProxy *self, GArray *fds)
{
  guint n = (fds->len - 2) / 2;
  guint64 count = 0;

  for (guint i = n; i-- > 0;)
    {
      Pair pair = g_array_index (self->pairs, Pair, i);
      gboolean alive = TRUE;

      if (g_array_index (fds, struct pollfd, 2 + 2 * i).revents != 0)
        alive = relay (pair.client, pair.server, NULL);
      if (alive && g_array_index (fds, struct pollfd, 3 + 2 * i).revents != 0)
        alive = relay (pair.server, pair.client, &count);
      if (alive)
        continue;
      close (pair.client);
      close (pair.server);
      g_array_remove_index (self->pairs, i);
    }
  g_mutex_lock (&self->mutex);
  self->relayed += count;
  g_mutex_unlock (&self->mutex);
}

static void
obey (CsTestProxy *self)
{
  eventfd_t value;

  eventfd_read (self->wake, &value);
  if (!g_atomic_int_get (&self->cutting))
    return;
  reset_all (self);
  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->cutting, FALSE);
  g_cond_broadcast (&self->cut_done);
  g_mutex_unlock (&self->mutex);
}

static gpointer
proxy_thread (gpointer user_data)
{
  CsTestProxy *self = user_data;
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (struct pollfd));

  while (!g_atomic_int_get (&self->ending))
    {
      gboolean down = g_atomic_int_get (&self->down);
      struct pollfd wake = { .fd = self->wake, .events = POLLIN };
      struct pollfd listener = { .fd = down ? -1 : self->listener, .events = POLLIN };

      g_array_set_size (fds, 0);
      g_array_append_val (fds, wake);
      g_array_append_val (fds, listener);
      for (guint i = 0; !down && i < self->pairs->len; i++)
        {
          Pair *pair = &g_array_index (self->pairs, Pair, i);
          struct pollfd ends[2] = { { .fd = pair->client, .events = POLLIN },
                                    { .fd = pair->server, .events = POLLIN } };

          g_array_append_vals (fds, ends, 2);
        }
      if (poll ((struct pollfd *) fds->data, fds->len, -1) <= 0)
        continue;
      if (g_array_index (fds, struct pollfd, 0).revents != 0)
        {
          obey (self);
          continue;
        }
      relay_ready (self, fds);
      if (g_array_index (fds, struct pollfd, 1).revents != 0)
        accept_one (self);
    }
  reset_all (self);
  return NULL;
}

/**
 * cs_test_proxy_new:
 * @port: on 127.0.0.1
 *
 * Returns: (transfer full): a proxy that relays
 */
CsTestProxy *
cs_test_proxy_new (guint16 port)
{
  CsTestProxy *self = g_new0 (CsTestProxy, 1);
  struct sockaddr_in address = make_address (0);
  socklen_t length = sizeof address;

  self->target = port;
  self->pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cut_done);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->listener, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (self->listener, 64), ==, 0);
  g_assert_cmpint (getsockname (self->listener, (struct sockaddr *) &address, &length), ==, 0);
  self->port = ntohs (address.sin_port);
  self->thread = g_thread_new ("test-proxy", proxy_thread, self);
  return self;
}

/**
 * cs_test_proxy_free:
 * @self: (transfer full): a proxy
 */
void
cs_test_proxy_free (CsTestProxy *self)
{
  g_atomic_int_set (&self->ending, TRUE);
  eventfd_write (self->wake, 1);
  g_thread_join (self->thread);
  close (self->listener);
  close (self->wake);
  g_array_unref (self->pairs);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cut_done);
  g_free (self);
}

/** cs_test_proxy_get_port: where it listens on 127.0.0.1 */
guint16
cs_test_proxy_get_port (CsTestProxy *self)
{
  return self->port;
}

/**
 * cs_test_proxy_cut:
 * @self: a proxy
 *
 * Returns when every connection has been reset.
 */
void
cs_test_proxy_cut (CsTestProxy *self)
{
  g_mutex_lock (&self->mutex);
  g_atomic_int_set (&self->cutting, TRUE);
  eventfd_write (self->wake, 1);
  while (g_atomic_int_get (&self->cutting))
    g_cond_wait (&self->cut_done, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/**
 * cs_test_proxy_down:
 * @self: a proxy
 */
void
cs_test_proxy_down (CsTestProxy *self)
{
  g_atomic_int_set (&self->down, TRUE);
  eventfd_write (self->wake, 1);
}

/**
 * cs_test_proxy_up:
 * @self: a proxy that is down
 */
void
cs_test_proxy_up (CsTestProxy *self)
{
  cs_test_proxy_cut (self);
  g_atomic_int_set (&self->down, FALSE);
  eventfd_write (self->wake, 1);
}

/** cs_test_proxy_get_relayed: bytes so far, towards the client */
guint64
cs_test_proxy_get_relayed (CsTestProxy *self)
{
  guint64 relayed;

  g_mutex_lock (&self->mutex);
  relayed = self->relayed;
  g_mutex_unlock (&self->mutex);
  return relayed;
}
