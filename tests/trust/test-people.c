/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-introduction.h"
#include "cs-json.h"
#include "cs-people.h"
#include "cs-sqlite-store.h"
#include "cs-sshsig.h"
#include "trust-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static CsStore *
open_store (TrustFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = trust_fixture_path (fixture, "data");
  CsSqliteStore *store;

  cs_sqlite_store_open_async (directory, NULL, trust_store_result, &result);
  store = cs_sqlite_store_open_finish (trust_wait (&result), &error);
  g_assert_no_error (error);
  return CS_STORE (store);
}

static CsPeople *
load_people (CsStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  CsPeople *people;

  cs_people_load_async (store, NULL, trust_store_result, &result);
  people = cs_people_load_finish (trust_wait (&result), &error);
  g_assert_no_error (error);
  return people;
}

static CsKey *
make_key (TrustFixture *fixture, const char *name)
{
  g_autofree char *path = trust_make_key (fixture, name, "ed25519", "");
  g_autoptr (GAsyncResult) result = NULL;
  CsKey *key;

  cs_key_load_async (path, NULL, trust_store_result, &result);
  key = cs_key_load_finish (trust_wait (&result), NULL);
  g_assert_nonnull (key);
  return key;
}

static CsPerson *
enrol (CsPeople *people, const char *id, const char *name, CsKey *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_enrol_async (people, id, name, key, NULL, trust_store_result, &result);
  return cs_people_enrol_finish (people, trust_wait (&result), error);
}

static guint
count_records (CsStore *store)
{
  g_autoptr (GPtrArray) records = cs_store_read_sync (store, CS_PEOPLE_STREAM, 0, NULL);

  return records->len;
}

static void
test_enrol (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsPeople) people = load_people (store);
  g_autoptr (CsKey) first = make_key (fixture, "first");
  g_autoptr (CsKey) second = make_key (fixture, "second");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPerson) anna = enrol (people, "anna@example.org", "Anna Müller", first, &error);
  g_autoptr (CsPerson) again = enrol (people, "anna@example.org", "Anna Müller", first, &error);
  g_autoptr (CsPerson) more = enrol (people, "anna@example.org", NULL, second, &error);
  g_autoptr (CsPeople) reloaded = load_people (store);
  g_autofree char *fingerprint = cs_person_dup_fingerprint (anna);

  g_assert_no_error (error);
  g_assert_true (anna == again);
  g_assert_true (anna == more);
  g_assert_cmpstr (cs_person_get_name (anna), ==, "Anna Müller");
  g_assert_cmpstr (fingerprint, ==, cs_key_get_fingerprint (second));
  g_assert_cmpuint (count_records (store), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (reloaded)), ==, 1);
  g_assert_cmpstr (
    cs_person_get_id (cs_people_lookup_key (reloaded, cs_key_get_public_line (second))), ==,
    "anna@example.org");
}

static void
test_key_of_another (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsPeople) people = load_people (store);
  g_autoptr (CsKey) key = make_key (fixture, "key");
  g_autoptr (CsPerson) anna = enrol (people, "anna", "Anna", key, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (anna);
  g_assert_null (enrol (people, "bob", "Bob", key, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "anna"));
  g_assert_cmpuint (count_records (store), ==, 1);
}

static CsPerson *
introduce (CsPeople *people, const char *actor, const char *name, CsKey *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_introduce_async (people, actor, name, key, NULL, NULL, trust_store_result, &result);
  return cs_people_introduce_finish (people, trust_wait (&result), error);
}

/* A new key is a new person, whatever the name; who is known by a key needs no name. */
static void
test_introduce (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsPeople) people = load_people (store);
  g_autoptr (CsKey) first = make_key (fixture, "first");
  g_autoptr (CsKey) second = make_key (fixture, "second");
  g_autoptr (CsKey) third = make_key (fixture, "third");
  g_autoptr (CsKey) fourth = make_key (fixture, "fourth");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPerson) ada = introduce (people, "root@web-1", "Ada", first, &error);
  g_autoptr (CsPerson) grace = introduce (people, "root@web-1", " Grace  Hopper ", second, &error);
  g_autoptr (CsPerson) again = introduce (people, "root@web-1", "", second, &error);
  g_autoptr (CsPerson) more = introduce (people, "root@web-1", "Ada", third, &error);
  g_autoptr (CsPerson) twin = introduce (people, "root@web-1", "Ada", fourth, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (cs_person_get_id (ada), ==, "root@web-1");
  g_assert_cmpstr (cs_person_get_id (grace), ==, "grace.hopper@web-1");
  g_assert_true (again == grace);
  g_assert_false (more == ada);
  g_assert_cmpstr (cs_person_get_id (more), ==, "ada@web-1");
  g_assert_nonnull (twin);
  g_assert_cmpstr (cs_person_get_id (twin), ==, "ada.2@web-1");
}

/* A public key alone, which anyone could have copied, makes nobody known. */
static void
test_introduce_unproved (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsPeople) people = load_people (store);
  g_autoptr (CsKey) key = make_key (fixture, "key");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (cs_key_get_path (key)), ==, 0);
  g_assert_null (introduce (people, "root@web-1", "Eve", key, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (count_records (store), ==, 0);
}

/* What would mean something else in allowed_signers names nobody. */
static void
test_bad_ids (TrustFixture *fixture, gconstpointer data)
{
  const char *ids[] = { "", "a b", "a,b", "*", "a?", "!a", "a\"b",
                        "a'b", "#a", "-a", "a\nb", "a\tb", "a\\b", "\377" };
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsPeople) people = load_people (store);
  g_autoptr (CsKey) key = make_key (fixture, "key");

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (enrol (people, ids[i], "X", key, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
  g_assert_cmpuint (count_records (store), ==, 0);
}

static void
append_raw (CsStore *store, const char *kind, const char *body)
{
  g_autoptr (JsonNode) node = cs_json_parse (body, -1, NULL);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (drafts, cs_draft_new (kind, node));
  records = cs_store_append_sync (store, CS_PEOPLE_STREAM, CS_STORE_ANY, "x", drafts, &error);
  g_assert_no_error (error);
}

/* Hostile records add nobody and no line to allowed_signers. */
static void
test_bad_records (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsKey) key = make_key (fixture, "key");
  g_autofree char *wildcard = g_strdup_printf ("{\"id\":\"*\",\"name\":\"x\",\"key\":\"%s\"}",
                                               cs_key_get_public_line (key));
  g_autoptr (CsPeople) people = NULL;
  g_autofree char *allowed = NULL;

  append_raw (store, "person-added", wildcard);
  append_raw (store, "person-added",
              "{\"id\":\"eve\",\"key\":\"ssh-ed25519 AAAA\\nroot ssh-ed25519 AAAA\"}");
  append_raw (store, "key-added", "{\"id\":\"nobody\",\"key\":\"\"}");
  append_raw (store, "later-invention", "{}");
  for (int i = 0; i < 3; i++)
    g_test_expect_message ("cs-journal", G_LOG_LEVEL_WARNING, "*makes no sense*");
  people = load_people (store);
  g_test_assert_expected_messages ();
  allowed = cs_people_dup_allowed_signers (people);
  g_assert_cmpstr (allowed, ==, "");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), ==, 0);
}

static void
count_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  ++*(guint *) user_data;
}

/* What someone else appends arrives, once. */
static void
test_follow (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsPeople) people = load_people (store);
  g_autoptr (CsPeople) other = load_people (store);
  g_autoptr (CsKey) key = make_key (fixture, "key");
  g_autoptr (CsPerson) anna = NULL;
  guint changes = 0;

  g_signal_connect (other, "items-changed", G_CALLBACK (count_cb), &changes);
  anna = enrol (people, "anna", "Anna", key, NULL);
  while (cs_people_lookup (other, "anna") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (changes, ==, 1);
}

/* Two who enrol at once: the one who was second reads on and decides again. */
static void
test_conflict (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsPeople) people = load_people (store);
  CsKey *keys[3] = { NULL };
  GAsyncResult *results[4] = { NULL };
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("p%d", i);

      keys[i] = make_key (fixture, name);
      cs_people_enrol_async (people, name, name, keys[i], NULL, trust_store_result, &results[i]);
    }
  cs_people_enrol_async (people, "p0", "p0", keys[0], NULL, trust_store_result, &results[3]);
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (CsPerson) person =
        cs_people_enrol_finish (people, trust_wait (&results[i]), &error);

      g_assert_no_error (error);
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (count_records (store), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (people)), ==, 3);
  for (int i = 0; i < 3; i++)
    g_clear_object (&keys[i]);
}

static gboolean
verify (CsPeople *people, const char *who, GBytes *message, const char *signature, gint64 at)
{
  g_autofree char *allowed = cs_people_dup_allowed_signers (people);
  g_autoptr (GAsyncResult) result = NULL;

  cs_sshsig_verify_async (allowed, who, CS_SSHSIG_NAMESPACE, message, signature, at, NULL,
                          trust_store_result, &result);
  return cs_sshsig_verify_finish (trust_wait (&result), NULL);
}

/* A key may sign in the second in which it was recorded, not in the one before. */
static void
test_allowed_signers (TrustFixture *fixture, gconstpointer data)
{
  g_autoptr (CsStore) store = open_store (fixture);
  g_autoptr (CsPeople) people = load_people (store);
  g_autoptr (CsKey) key = make_key (fixture, "key");
  g_autoptr (CsPerson) anna = enrol (people, "anna@example.org", "Anna", key, NULL);
  g_autoptr (GPtrArray) records = cs_store_read_sync (store, CS_PEOPLE_STREAM, 0, NULL);
  gint64 at = cs_record_get_at (records->pdata[0]);
  g_autoptr (GBytes) message = g_bytes_new_static ("x", 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *signature = NULL;

  cs_sshsig_sign_async (cs_key_get_path (key), CS_SSHSIG_NAMESPACE, message, NULL, NULL,
                        trust_store_result, &result);
  signature = cs_sshsig_sign_finish (trust_wait (&result), NULL);
  g_assert_true (verify (people, "anna@example.org", message, signature, at));
  g_assert_true (verify (people, "anna@example.org", message, signature, at + G_TIME_SPAN_DAY));
  g_assert_false (verify (people, "anna@example.org", message, signature, at - G_USEC_PER_SEC));
  g_assert_false (verify (people, "anna@example.com", message, signature, at));
}

#define ADD(name, function)                                                              \
  g_test_add ("/trust/people/" name, TrustFixture, NULL, trust_fixture_set_up, function, \
              trust_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("enrol", test_enrol);
  ADD ("key-of-another", test_key_of_another);
  ADD ("introduce", test_introduce);
  ADD ("introduce/unproved", test_introduce_unproved);
  ADD ("bad-ids", test_bad_ids);
  ADD ("bad-records", test_bad_records);
  ADD ("follow", test_follow);
  ADD ("conflict", test_conflict);
  ADD ("allowed-signers", test_allowed_signers);

  return g_test_run ();
}
