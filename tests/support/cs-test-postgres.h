/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real PostgreSQL server of the test's own, on a private socket and a port of 127.0.0.1. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsTestPostgres CsTestPostgres;

/* Sets it up in a directory of its own, starts it, and waits until it answers. Its superuser is
 * "owner"; "ada" and "bob" may log in. */
CsTestPostgres *cs_test_postgres_new (void);

/* Ends it, and removes its directory. */
void cs_test_postgres_free (CsTestPostgres *self);

/* An empty database; its name (transfer full). */
char *cs_test_postgres_new_database (CsTestPostgres *self);

/* An address in libpq's form (transfer full). over_tcp: on loopback, with a password. */
char *cs_test_postgres_dup_address (CsTestPostgres *self,
                                    const char *user,
                                    const char *database,
                                    gboolean over_tcp);
guint16 cs_test_postgres_get_port (CsTestPostgres *self);

#define CS_TEST_POSTGRES_PASSWORD "correct horse"

/* Runs SQL as the superuser. What it printed, without a heading (transfer full). */
char *cs_test_postgres_execute (CsTestPostgres *self, const char *database, const char *sql);

/* Ends it as a lost power supply would (pg_ctl -m immediate), and starts it again. */
void cs_test_postgres_kill (CsTestPostgres *self);
void cs_test_postgres_start (CsTestPostgres *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTestPostgres, cs_test_postgres_free)

G_END_DECLS
