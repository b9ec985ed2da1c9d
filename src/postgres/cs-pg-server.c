/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a team's journal is: an address as libpq takes it, and the password apart from it. */

#include "cs-pg-server.h"

#include "cs-error.h"

#include <gio/gio.h>
#include <libpq-fe.h>
#include <string.h>

/* Debian's and Fedora's bundles; libpq by itself knows only ~/.postgresql/root.crt. */
static const char *const bundles[] = {
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
};

struct _CsPgServer
{
  gatomicrefcount references;
  gint lost;

  char *name;
  GPtrArray *keywords; /* NULL-terminated, as PQconnectdbParams() takes them */
  GPtrArray *values;
};

static void
add (CsPgServer *self, const char *keyword, const char *value)
{
  g_ptr_array_add (self->keywords, g_strdup (keyword));
  g_ptr_array_add (self->values, g_strdup (value));
}

static const char *
find (CsPgServer *self, const char *keyword)
{
  for (guint i = 0; i < self->keywords->len; i++)
    if (strcmp (g_ptr_array_index (self->keywords, i), keyword) == 0)
      return g_ptr_array_index (self->values, i);
  return NULL;
}

static gboolean
is_on_this_computer (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  if (host == NULL || *host == '\0' || *host == '/' || *host == '@' ||
      g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* Nobody on the way to another computer may read or change the journal: unless the address says
 * otherwise, the server shows a certificate for its name. */
static void
add_transport_security (CsPgServer *self)
{
  const char *host = find (self, "host");

  if (host == NULL)
    host = find (self, "hostaddr");
  if (find (self, "service") != NULL || find (self, "sslmode") != NULL ||
      g_getenv ("PGSSLMODE") != NULL || is_on_this_computer (host))
    return;
  add (self, "sslmode", "verify-full");
  if (find (self, "sslrootcert") == NULL && g_getenv ("PGSSLROOTCERT") == NULL)
    {
      g_autofree char *own = g_build_filename (g_get_home_dir (), ".postgresql", "root.crt", NULL);

      for (guint i = 0; i < G_N_ELEMENTS (bundles) && !g_file_test (own, G_FILE_TEST_EXISTS); i++)
        if (g_file_test (bundles[i], G_FILE_TEST_EXISTS))
          {
            add (self, "sslrootcert", bundles[i]);
            break;
          }
    }
}

static char *
describe (CsPgServer *self)
{
  const char *service = find (self, "service");
  const char *host = find (self, "host");
  const char *port = find (self, "port");
  const char *database = find (self, "dbname");
  g_autoptr (GString) name = g_string_new (NULL);

  if (service != NULL)
    return g_strdup (service);
  if (database != NULL)
    g_string_append_printf (name, "%s on ", database);
  g_string_append (name, host != NULL ? host : "this computer");
  if (port != NULL)
    g_string_append_printf (name, ":%s", port);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

/**
 * cs_pg_server_new:
 * @address: a connection string or URI of libpq
 * (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING); it may name a service
 * @password: (nullable): the password, or the passphrase of the key that @address names; neither
 * belongs into @address
 *
 * Reads an address. To another computer, TLS with the server's name checked is the default.
 *
 * Returns: (transfer full): the server; %NULL with %CS_ERROR_INVALID
 */
CsPgServer *
cs_pg_server_new (const char *address, const char *password, GError **error)
{
  g_autoptr (CsPgServer) self = g_new0 (CsPgServer, 1);
  char *complaint = NULL;
  PQconninfoOption *options;

  g_return_val_if_fail (address != NULL, NULL);

  g_atomic_ref_count_init (&self->references);
  self->keywords = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
  options = PQconninfoParse (address, &complaint);
  if (options == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "This is no address of a PostgreSQL database: %s. Write it as "
                   "postgresql://USER@HOST/DATABASE, or service=NAME",
                   complaint != NULL ? g_strchomp (complaint) : "out of memory");
      PQfreemem (complaint);
      return NULL;
    }
  for (PQconninfoOption *option = options; option->keyword != NULL; option++)
    if (option->val != NULL)
      add (self, option->keyword, option->val);
  PQconninfoFree (options);
  if (find (self, "password") != NULL || find (self, "sslpassword") != NULL)
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID,
                           "The address holds a password, which others could read there. Leave it "
                           "out: it is asked for, and kept in the keyring");
      return NULL;
    }
  self->name = describe (self);
  add_transport_security (self);
  if (password != NULL)
    add (self, "password", password);
  /* Of whoever has a certificate, it is the passphrase of its key. */
  if (password != NULL && find (self, "sslkey") != NULL)
    add (self, "sslpassword", password);
  add (self, "client_encoding", "UTF8");
  add (self, "application_name", "countersign");
  if (find (self, "connect_timeout") == NULL)
    add (self, "connect_timeout", "5");
  /* A connection that was cut without a word is noticed within some seconds. */
  add (self, "keepalives_idle", "5");
  add (self, "keepalives_interval", "3");
  add (self, "keepalives_count", "3");
  add (self, "tcp_user_timeout", "12000");
  g_ptr_array_add (self->keywords, NULL);
  g_ptr_array_add (self->values, NULL);
  return g_steal_pointer (&self);
}

/** cs_pg_server_ref: */
CsPgServer *
cs_pg_server_ref (CsPgServer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/** cs_pg_server_unref: */
void
cs_pg_server_unref (CsPgServer *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < self->values->len; i++)
    {
      char *value = g_ptr_array_index (self->values, i);

      if (value != NULL)
        explicit_bzero (value, strlen (value));
    }
  g_ptr_array_unref (self->keywords);
  g_ptr_array_unref (self->values);
  g_free (self->name);
  g_free (self);
}

/** cs_pg_server_set_lost: who keeps the connection says that it is lost, or back. */
void
cs_pg_server_set_lost (CsPgServer *self, gboolean lost)
{
  g_atomic_int_set (&self->lost, lost);
}

/** cs_pg_server_is_lost: whether it is not worth trying. */
gboolean
cs_pg_server_is_lost (CsPgServer *self)
{
  return g_atomic_int_get (&self->lost) != 0;
}

/** cs_pg_server_get_name: how sentences call it, e.g. `deployments on db.example.org`. */
const char *
cs_pg_server_get_name (CsPgServer *self)
{
  return self->name;
}

/** cs_pg_server_get_keywords: (array zero-terminated=1): for PQconnectdbParams(). */
const char *const *
cs_pg_server_get_keywords (CsPgServer *self)
{
  return (const char *const *) self->keywords->pdata;
}

/** cs_pg_server_get_values: (array zero-terminated=1): for PQconnectdbParams(). */
const char *const *
cs_pg_server_get_values (CsPgServer *self)
{
  return (const char *const *) self->values->pdata;
}
