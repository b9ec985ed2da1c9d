/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session on this computer or on a private sshd, with calls that wait. */

#pragma once

#include "cs-host-key.h"
#include "cs-session.h"
#include "cs-sqlite-store.h"
#include "cs-test-agent.h"
#include "cs-test-proxy.h"
#include "cs-test-sshd.h"

G_BEGIN_DECLS

typedef struct
{
  char *directory;    /* of this test alone */
  char *state;        /* state_directory of sessions */
  CsTestSshd *sshd;   /* for ssh */
  CsTestAgent *agent; /* for agent */
  CsAgentAccess *access;
  CsTestProxy *proxy; /* in front of either; NULL unless asked for */
  CsTarget *target;
  CsStore *store;
  CsSession *session;
} Fixture;

/* "local", "ssh" or "agent"; the last two also "through" a proxy that can be cut: "ssh-through" */
void fixture_set_up (Fixture *self, gconstpointer kind);
void fixture_tear_down (Fixture *self, gconstpointer kind);

void fixture_trust_host (Fixture *self); /* writes known_hosts in state */
CsSession *fixture_open (Fixture *self, GError **error);
void fixture_close (Fixture *self); /* the session */
void fixture_reopen (Fixture *self);

CsRun *fixture_new_run (Fixture *self, const char *script);
CsRun *fixture_new_run_with_id (Fixture *self, const char *id, const char *script);
CsOutcome *fixture_run (Fixture *self, CsRun *run, GError **error);
CsOutcome *fixture_recover (Fixture *self, const char *id, GError **error);
CsOutcome *
fixture_recover_from (Fixture *self, const char *id, const char *place, GError **error);
/* With what was recorded of it, too. */
CsOutcome *fixture_recover_run (Fixture *self, CsRun *run, GError **error);
void fixture_forget (Fixture *self, const char *id);
char *fixture_dup_spool (Fixture *self); /* where the target keeps runs */
char *fixture_dup_output (Fixture *self, CsOutcome *outcome, gsize *length);

/* Runs a script that must end; asserts its status and its whole output. Returns the outcome. */
CsOutcome *fixture_check (Fixture *self, const char *script, int status, const char *output);

/* A script that notes that it was executed, prints for about a quarter of a second, and ends with
 * 5; and whether it was executed once and everything is as it must be. Then it may be run again. */
char *fixture_dup_counting_script (Fixture *self);
void fixture_check_counting (Fixture *self, CsOutcome *outcome);
guint fixture_count_lines (const char *path);

/* Lets the main loop go on until the file exists. */
void fixture_wait_for_file (const char *path);

/* Waits for one asynchronous call. */
typedef struct
{
  GAsyncResult *result;
} Waiting;

void waiting_cb (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *waiting_result (Waiting *self);
void waiting_clear (Waiting *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Waiting, waiting_clear)

G_END_DECLS
