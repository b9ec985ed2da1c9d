/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A team's journal on a server of the test's own. */

#pragma once

#include "cs-pg-connection.h"
#include "cs-pg-store.h"
#include "cs-test-postgres.h"

G_BEGIN_DECLS

typedef struct
{
  char *directory;
  char *database;
  CsPgStore *pg;
  CsStore *store; /* the same, not owned */
} Team;

void team_set_up (Team *team, gconstpointer data);
void team_tear_down (Team *team, gconstpointer data);
CsPgServer *team_server (Team *team, const char *user);
CsPgStore *team_open (Team *team);
char *team_execute (Team *team, const char *sql);
CsTestPostgres *team_postgres (void);
int team_run (void);

GPtrArray *team_draft (const char *kind, const char *json);
void team_append (CsStore *store, const char *stream, const char *json);
void team_wait (gboolean (*condition) (gpointer data), gpointer data);

#define TEAM_TEST(path, test) g_test_add (path, Team, NULL, team_set_up, test, team_tear_down)

G_END_DECLS
