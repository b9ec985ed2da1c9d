/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A journal in a new directory, and short ways to write to it. */

#pragma once

#include "cs-error.h"
#include "cs-sqlite-store.h"
#include "cs-verification.h"

#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct
{
  char *directory;
  char *path; /* of journal.db */
  CsSqliteStore *sqlite;
  CsStore *store; /* the same, not owned */
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);
void fixture_close (Fixture *fixture);
void fixture_open (Fixture *fixture);

GPtrArray *draft_text (const char *kind, const char *json);
void append (CsStore *store, const char *stream, const char *json);
void execute (Fixture *fixture, const char *sql);
void drop_triggers (Fixture *fixture);
CsVerification *verify (CsStore *store);
GSubprocess *spawn_self (GSubprocessFlags flags, const char *role, const char *directory);
void run_self (const char *role, const char *directory);
void wait_until (gboolean (*condition) (gpointer data), gpointer data);

#define TEST(path, test) g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

G_END_DECLS
