/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session on this computer or on a private sshd, with calls that wait. */

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

void
waiting_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *self = user_data;

  self->result = g_object_ref (result);
}

GAsyncResult *
waiting_result (Waiting *self)
{
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return self->result;
}

void
waiting_clear (Waiting *self)
{
  g_clear_object (&self->result);
}

CsSession *
fixture_open (Fixture *self, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_session_open_async (self->target, self->state, NULL, waiting_cb, &waiting);
  return cs_session_open_finish (waiting_result (&waiting), error);
}

void
fixture_close (Fixture *self)
{
  g_auto (Waiting) waiting = { NULL };

  cs_session_close_async (self->session, waiting_cb, &waiting);
  g_assert_true (cs_session_close_finish (self->session, waiting_result (&waiting), NULL));
  g_clear_object (&self->session);
}

void
fixture_reopen (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  if (self->session != NULL)
    fixture_close (self);
  self->session = fixture_open (self, &error);
  g_assert_no_error (error);
}

void
fixture_trust_host (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->state, "known_hosts", NULL);
  g_autofree char *line = cs_test_sshd_dup_known_hosts (self->sshd);

  g_assert_true (g_file_set_contents (path, line, -1, NULL));
}

void
fixture_set_up (Fixture *self, gconstpointer kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;

  self->directory = g_dir_make_tmp ("countersign-test-XXXXXX", &error);
  g_assert_no_error (error);
  self->state = g_build_filename (self->directory, "state", NULL);
  data = g_build_filename (self->directory, "data", NULL);
  g_assert_cmpint (g_mkdir (self->state, 0700), ==, 0);
  self->store = CS_STORE (cs_sqlite_store_open_sync (data, &error));
  g_assert_no_error (error);
  if (g_strcmp0 (kind, "ssh") == 0)
    {
      self->sshd = cs_test_sshd_new ();
      fixture_trust_host (self);
      self->target = cs_target_new_ssh ("web-1", cs_test_sshd_get_destination (self->sshd),
                                        cs_test_sshd_get_identity (self->sshd), NULL, &error);
    }
  else
    self->target = cs_target_new_local ("here", NULL, &error);
  g_assert_no_error (error);
  self->session = fixture_open (self, &error);
  g_assert_no_error (error);
}

void
fixture_tear_down (Fixture *self, gconstpointer kind)
{
  const char *argv[] = { "rm", "-rf", "--", self->directory, NULL };

  if (self->session != NULL)
    fixture_close (self);
  g_clear_object (&self->target);
  cs_sqlite_store_close (CS_SQLITE_STORE (self->store));
  g_clear_object (&self->store);
  g_clear_pointer (&self->sshd, cs_test_sshd_free);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (self->state);
  g_free (self->directory);
}

CsRun *
fixture_new_run_with_id (Fixture *self, const char *id, const char *script)
{
  g_autoptr (GError) error = NULL;
  CsBlobWriter *writer = cs_store_open_blob (self->store, &error);

  g_assert_no_error (error);
  return cs_run_new (id, script, NULL, writer);
}

CsRun *
fixture_new_run (Fixture *self, const char *script)
{
  g_autofree char *id = g_uuid_string_random ();

  return fixture_new_run_with_id (self, id, script);
}

CsOutcome *
fixture_run (Fixture *self, CsRun *run, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_session_run_async (self->session, run, NULL, waiting_cb, &waiting);
  return cs_session_run_finish (self->session, waiting_result (&waiting), error);
}

CsOutcome *
fixture_recover (Fixture *self, const char *id, GError **error)
{
  return fixture_recover_from (self, id, NULL, error);
}

CsOutcome *
fixture_recover_from (Fixture *self, const char *id, const char *place, GError **error)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (CsRun) run = fixture_new_run_with_id (self, id, NULL);

  cs_run_set_place (run, place);
  cs_session_recover_async (self->session, run, NULL, waiting_cb, &waiting);
  return cs_session_recover_finish (self->session, waiting_result (&waiting), error);
}

void
fixture_forget (Fixture *self, const char *id)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (GError) error = NULL;

  cs_session_forget_async (self->session, id, NULL, waiting_cb, &waiting);
  cs_session_forget_finish (self->session, waiting_result (&waiting), &error);
  g_assert_no_error (error);
}

char *
fixture_dup_spool (Fixture *self)
{
  return self->sshd != NULL ? g_build_filename (cs_test_sshd_get_home (self->sshd), ".local",
                                                "state", "countersign", "runs", NULL)
                            : g_build_filename (self->state, "spool", NULL);
}

char *
fixture_dup_output (Fixture *self, CsOutcome *outcome, gsize *length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;
  const char *data;
  char *copy;

  bytes = cs_store_get_blob_sync (self->store, cs_outcome_get_output_digest (outcome), &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &size);
  copy = g_malloc (size + 1);
  if (size > 0)
    memcpy (copy, data, size);
  copy[size] = '\0';
  if (length != NULL)
    *length = size;
  return copy;
}

CsOutcome *
fixture_check (Fixture *self, const char *script, int status, const char *output)
{
  g_autoptr (CsRun) run = fixture_new_run (self, script);
  g_autoptr (GError) error = NULL;
  g_autofree char *printed = NULL;
  CsOutcome *outcome = fixture_run (self, run, &error);

  g_assert_no_error (error);
  printed = fixture_dup_output (self, outcome, NULL);
  g_assert_cmpstr (printed, ==, output);
  g_assert_cmpint (cs_outcome_get_status (outcome), ==, status);
  g_assert_cmpint (cs_outcome_get_output_size (outcome), ==, (gint64) strlen (output));
  return outcome;
}

void
fixture_wait_for_file (const char *path)
{
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}
