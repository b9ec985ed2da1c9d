/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets in a real keyring on a bus of the test's own, and without one. */

#include "cs-keyring.h"

#include "cs-test-keyring.h"

#include <glib/gstdio.h>
#include <string.h>

/* Not freed: libsecret holds on to the connection, and GTestDBus would wait for it. */
static GTestDBus *bus;

typedef struct
{
  char *directory;
  CsKeyring *keyring;
  GAsyncResult *result;
} Fixture;

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Fixture *) user_data)->result = g_object_ref (result);
}

static GAsyncResult *
wait_for (Fixture *self)
{
  g_clear_object (&self->result);
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return self->result;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->directory = g_dir_make_tmp ("countersign-keyring-XXXXXX", NULL);
  self->keyring = cs_keyring_new (self->directory);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->keyring);
  g_clear_object (&self->result);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
}

static void
store (Fixture *self, CsKeyring *keyring, const char *name, const char *secret)
{
  g_autoptr (GError) error = NULL;

  cs_keyring_store_async (keyring, CS_KEYRING_PASSPHRASE, name, "A test", secret, NULL, ready_cb,
                          self);
  g_assert_true (cs_keyring_store_finish (keyring, wait_for (self), &error));
  g_assert_no_error (error);
}

static void
expect (Fixture *self, CsKeyring *keyring, const char *kind, const char *name, const char *secret)
{
  g_autoptr (CsSecret) found = NULL;
  g_autoptr (GError) error = NULL;

  cs_keyring_lookup_async (keyring, kind, name, NULL, ready_cb, self);
  found = cs_keyring_lookup_finish (keyring, wait_for (self), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, secret);
}

static void
clear (Fixture *self, CsKeyring *keyring, const char *name)
{
  cs_keyring_clear_async (keyring, CS_KEYRING_PASSPHRASE, name, NULL, ready_cb, self);
  g_assert_true (cs_keyring_clear_finish (keyring, wait_for (self), NULL));
}

/* Another program (here: another object) finds it; another workspace, kind or name does not. */
static void
test_remembered (Fixture *self, gconstpointer data)
{
  g_autoptr (CsKeyring) other = cs_keyring_new (self->directory);
  g_autoptr (CsKeyring) elsewhere = cs_keyring_new ("/somewhere/else");

  expect (self, self->keyring, CS_KEYRING_PASSPHRASE, "SHA256:one", NULL);
  store (self, self->keyring, "SHA256:one", "Grüße – ünïcode");
  g_assert_cmpstr (cs_keyring_get_problem (self->keyring), ==, NULL);
  expect (self, other, CS_KEYRING_PASSPHRASE, "SHA256:one", "Grüße – ünïcode");
  expect (self, other, CS_KEYRING_TOKEN, "SHA256:one", NULL);
  expect (self, other, CS_KEYRING_PASSPHRASE, "SHA256:two", NULL);
  expect (self, elsewhere, CS_KEYRING_PASSPHRASE, "SHA256:one", NULL);
  store (self, other, "SHA256:one", "another");
  expect (self, self->keyring, CS_KEYRING_PASSPHRASE, "SHA256:one", "another");
  clear (self, self->keyring, "SHA256:one");
  expect (self, other, CS_KEYRING_PASSPHRASE, "SHA256:one", NULL);
  clear (self, self->keyring, "SHA256:one"); /* what is not there is forgotten already */
}

static void
test_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (CsKeyring) other = cs_keyring_new (self->directory);

  cs_keyring_keep (self->keyring, CS_KEYRING_PASSPHRASE, "SHA256:one", "fleeting");
  expect (self, self->keyring, CS_KEYRING_PASSPHRASE, "SHA256:one", "fleeting");
  expect (self, other, CS_KEYRING_PASSPHRASE, "SHA256:one", NULL);
  store (self, self->keyring, "SHA256:one", "for ever"); /* in place of what was kept */
  expect (self, self->keyring, CS_KEYRING_PASSPHRASE, "SHA256:one", "for ever");
  expect (self, other, CS_KEYRING_PASSPHRASE, "SHA256:one", "for ever");
}

static void
notified_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* Without a keyring: kept until the end, and said so once. */
static void
test_none (Fixture *self, gconstpointer data)
{
  guint notified = 0;

  g_signal_connect (self->keyring, "notify::problem", G_CALLBACK (notified_cb), &notified);
  store (self, self->keyring, "SHA256:one", "fleeting");
  g_assert_nonnull (strstr (cs_keyring_get_problem (self->keyring), "until this program ends"));
  g_assert_cmpuint (notified, ==, 1);
  expect (self, self->keyring, CS_KEYRING_PASSPHRASE, "SHA256:one", "fleeting");
  expect (self, self->keyring, CS_KEYRING_PASSPHRASE, "SHA256:two", NULL);
  clear (self, self->keyring, "SHA256:one");
  expect (self, self->keyring, CS_KEYRING_PASSPHRASE, "SHA256:one", NULL);
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  cs_keyring_lookup_async (self->keyring, CS_KEYRING_TOKEN, "web-1", cancellable, ready_cb, self);
  g_assert_null (cs_keyring_lookup_finish (self->keyring, wait_for (self), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (cs_keyring_get_problem (self->keyring));
}

/* A test that begins the daemon: those before it have a bus without a keyring. */
static void
test_daemon (gconstpointer directory)
{
  cs_test_keyring_start (directory);
}

int
main (int argc, char *argv[])
{
  g_autofree char *directory = g_dir_make_tmp ("countersign-keyring-XXXXXX", NULL);
  const char *clean[] = { "rm", "-rf", "--", directory, NULL };
  int status;

  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/trust/keyring/none", Fixture, NULL, set_up, test_none, tear_down);
  g_test_add_data_func ("/trust/keyring/daemon", directory, test_daemon);
  g_test_add ("/trust/keyring/remembered", Fixture, NULL, set_up, test_remembered, tear_down);
  g_test_add ("/trust/keyring/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/trust/keyring/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  status = g_test_run ();
  g_test_dbus_stop (bus);
  g_assert_true (g_spawn_sync (NULL, (char **) clean, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  return status;
}
