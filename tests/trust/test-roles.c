/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-decree-signing.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-people.h"
#include "cs-sqlite-store.h"
#include "cs-sshsig.h"
#include "trust-fixture.h"

#include <string.h>

/* Three people with a key each; Ada came first. */
typedef struct
{
  CsStore *store;
  CsPeople *people;
  CsKey *ada;
  CsKey *bob;
  CsKey *eve;
  CsKey *spare; /* nobody's */
} Scene;

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
make_key (TrustFixture *fixture, const char *name, const char *type)
{
  g_autofree char *path = trust_make_key (fixture, name, type, "");
  g_autoptr (GAsyncResult) result = NULL;
  CsKey *key;

  cs_key_load_async (path, NULL, trust_store_result, &result);
  key = cs_key_load_finish (trust_wait (&result), NULL);
  g_assert_nonnull (key);
  return key;
}

static void
enrol (CsPeople *people, const char *id, const char *name, CsKey *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsPerson) person = NULL;

  cs_people_enrol_async (people, id, name, key, NULL, trust_store_result, &result);
  person = cs_people_enrol_finish (people, trust_wait (&result), NULL);
  g_assert_nonnull (person);
}

static void
scene_init (Scene *scene, TrustFixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *directory = trust_fixture_path (fixture, "data");

  cs_sqlite_store_open_async (directory, NULL, trust_store_result, &result);
  scene->store = CS_STORE (cs_sqlite_store_open_finish (trust_wait (&result), NULL));
  g_assert_nonnull (scene->store);
  scene->people = load_people (scene->store);
  scene->ada = make_key (fixture, "ada", "ed25519");
  scene->bob = make_key (fixture, "bob", "ecdsa");
  scene->eve = make_key (fixture, "eve", "rsa");
  scene->spare = make_key (fixture, "spare", "ed25519");
  enrol (scene->people, "ada@x", "Ada", scene->ada);
  enrol (scene->people, "bob@x", "Bob", scene->bob);
  enrol (scene->people, "eve@x", "Eve", scene->eve);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->people);
  g_clear_object (&scene->ada);
  g_clear_object (&scene->bob);
  g_clear_object (&scene->eve);
  g_clear_object (&scene->spare);
  g_clear_object (&scene->store);
}

static gboolean
finish (CsPeople *people, GAsyncResult **result, GError **error)
{
  return cs_people_decide_finish (people, trust_wait (result), error);
}

static gboolean
grant (Scene *scene, const char *id, const char *role, CsKey *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_grant_async (scene->people, id, role, key, NULL, NULL, trust_store_result, &result);
  return finish (scene->people, &result, error);
}

static gboolean
take (Scene *scene, const char *id, const char *role, CsKey *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_take_async (scene->people, id, role, key, NULL, NULL, trust_store_result, &result);
  return finish (scene->people, &result, error);
}

static gboolean
add_key (Scene *scene, const char *id, CsKey *new_key, CsKey *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_add_key_async (scene->people, id, new_key, key, NULL, NULL, trust_store_result,
                           &result);
  return finish (scene->people, &result, error);
}

static gboolean
add_person (Scene *scene, const char *id, CsKey *theirs, CsKey *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_add_person_async (scene->people, id, " Dan D. ", cs_key_get_public_line (theirs), key,
                              NULL, NULL, trust_store_result, &result);
  return finish (scene->people, &result, error);
}

static gboolean
replace (Scene *scene, CsKey *old, CsKey *new_key, CsKey *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_rotate_key_async (scene->people, cs_key_get_fingerprint (old), new_key, "aged", key,
                              NULL, NULL, trust_store_result, &result);
  return finish (scene->people, &result, error);
}

static CsKey *
public_half (CsKey *key)
{
  CsKey *half = cs_key_new_public (cs_key_get_public_line (key), NULL);

  g_assert_nonnull (half);
  g_assert_cmpint (cs_key_get_origin (half), ==, CS_KEY_PUBLIC);
  return half;
}

static gboolean
retire (Scene *scene, CsKey *old, CsKey *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_people_retire_key_async (scene->people, cs_key_get_fingerprint (old), "lost", key, NULL, NULL,
                              trust_store_result, &result);
  return finish (scene->people, &result, error);
}

static gboolean
holds (CsPeople *people, const char *id, const char *role)
{
  return cs_person_held_role (cs_people_lookup (people, id), role, G_MAXINT64);
}

static void
assert_refused (gboolean done, GError **error, CsError code)
{
  g_assert_false (done);
  g_assert_error (*error, CS_ERROR, (int) code);
  g_clear_error (error);
}

/* The first manager signs themselves in; from then on it needs one. */
static void
test_found (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;

  scene_init (&scene, fixture);
  g_assert_false (cs_people_is_governed (scene.people, G_MAXINT64));
  assert_refused (grant (&scene, "bob@x", "manager", scene.ada, &error), &error, CS_ERROR_REFUSED);
  assert_refused (grant (&scene, "ada@x", "Tech lead", scene.ada, &error), &error,
                  CS_ERROR_REFUSED);
  assert_refused (grant (&scene, "ada@x", "manager", scene.spare, &error), &error,
                  CS_ERROR_REFUSED);
  g_assert_true (grant (&scene, "ada@x", "Manager", scene.ada, &error));
  g_assert_no_error (error);
  g_assert_true (cs_people_is_governed (scene.people, G_MAXINT64));
  g_assert_false (cs_people_is_governed (scene.people,
                                         cs_people_get_founded_at (scene.people) - 1));
  assert_refused (grant (&scene, "bob@x", "manager", scene.bob, &error), &error, CS_ERROR_REFUSED);
  scene_clear (&scene);
}

static void
test_grant_take (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPeople) again = NULL;
  const CsPersonRole *role;
  gint64 held_at;

  scene_init (&scene, fixture);
  g_assert_true (grant (&scene, "ada@x", "manager", scene.ada, &error));
  g_assert_true (grant (&scene, "bob@x", " Technische Leitung ", scene.ada, &error));
  g_assert_no_error (error);
  g_assert_true (holds (scene.people, "bob@x", "tech-lead"));
  held_at = g_get_real_time ();
  assert_refused (grant (&scene, "bob@x", "Tech Lead", scene.ada, &error), &error, CS_ERROR_EXISTS);
  assert_refused (grant (&scene, "bob@x", " ", scene.ada, &error), &error, CS_ERROR_INVALID);
  assert_refused (grant (&scene, "dan@x", "Tech lead", scene.ada, &error), &error,
                  CS_ERROR_NOT_FOUND);
  assert_refused (take (&scene, "bob@x", "Tech lead", scene.bob, &error), &error,
                  CS_ERROR_REFUSED);
  g_assert_true (take (&scene, "bob@x", "Tech lead", scene.ada, &error));
  g_assert_no_error (error);
  g_assert_false (holds (scene.people, "bob@x", "Tech lead"));
  g_assert_true (cs_person_held_role (cs_people_lookup (scene.people, "bob@x"), "Tech lead",
                                      held_at));
  assert_refused (take (&scene, "ada@x", "manager", scene.ada, &error), &error, CS_ERROR_REFUSED);
  g_assert_true (grant (&scene, "bob@x", "manager", scene.ada, &error));
  g_assert_true (take (&scene, "ada@x", "manager", scene.bob, &error));
  g_assert_no_error (error);
  again = load_people (scene.store);
  g_assert_cmpuint (cs_people_get_faults (again)->len, ==, 0);
  g_assert_false (holds (again, "ada@x", "manager"));
  g_assert_true (holds (again, "bob@x", "manager"));
  role = cs_person_get_role (cs_people_lookup (again, "ada@x"), 0);
  g_assert_cmpstr (role->granted_by, ==, "ada@x");
  g_assert_cmpstr (role->taken_by, ==, "bob@x");
  g_assert_cmpint (role->from, <, role->to);
  g_assert_cmpuint (cs_person_get_n_roles (cs_people_lookup (again, "bob@x")), ==, 2);
  scene_clear (&scene);
}

static char *
sign (CsKey *key, GBytes *message)
{
  g_autoptr (GAsyncResult) result = NULL;
  char *signature;

  cs_sshsig_sign_async (cs_key_get_path (key), CS_SSHSIG_NAMESPACE, message, NULL, NULL,
                        trust_store_result, &result);
  signature = cs_sshsig_sign_finish (trust_wait (&result), NULL);
  g_assert_nonnull (signature);
  return signature;
}

static gboolean
verifies (const char *allowed, const char *id, GBytes *message, const char *signature, gint64 at)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_sshsig_verify_async (allowed, id, CS_SSHSIG_NAMESPACE, message, signature, at, NULL,
                          trust_store_result, &result);
  return cs_sshsig_verify_finish (trust_wait (&result), NULL);
}

/* What a key signed before it was retired verifies for ever; what it signs afterwards never. */
static void
test_retire (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) message = g_bytes_new_static ("x", 1);
  g_autofree char *allowed = NULL;
  g_autofree char *allowed_then = NULL;
  g_autofree char *signature = NULL;
  const CsPersonKey *key;
  gint64 at;

  scene_init (&scene, fixture);
  at = g_get_real_time ();
  signature = sign (scene.bob, message);
  g_assert_true (cs_people_check_signer (scene.people, "bob@x", signature, at, &error));
  g_assert_true (add_key (&scene, "bob@x", scene.spare, scene.bob, &error));
  assert_refused (retire (&scene, scene.bob, scene.eve, &error), &error, CS_ERROR_REFUSED);
  g_assert_true (retire (&scene, scene.bob, scene.spare, &error));
  g_assert_no_error (error);
  key = cs_person_get_key (cs_people_lookup (scene.people, "bob@x"), 0);
  g_assert_cmpint (key->retired_at, >, at);
  g_assert_cmpstr (key->reason, ==, "lost");
  g_assert_true (cs_people_check_signer (scene.people, "bob@x", signature, at, &error));
  g_assert_false (
    cs_people_check_signer (scene.people, "bob@x", signature, key->retired_at, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_AUTH);
  g_clear_error (&error);

  allowed = cs_people_dup_allowed_signers (scene.people);
  allowed_then = cs_people_dup_allowed_signers_at (scene.people, at);
  g_assert_nonnull (strstr (allowed, "valid-before=\""));
  g_assert_null (strstr (allowed_then, "valid-before=\""));
  g_assert_null (strstr (allowed_then, cs_key_get_public_line (scene.spare)));
  g_assert_true (verifies (allowed, "bob@x", message, signature, at));
  g_assert_false (verifies (allowed, "bob@x", message, signature,
                            key->retired_at + 2 * G_USEC_PER_SEC));
  assert_refused (retire (&scene, scene.bob, scene.spare, &error), &error, CS_ERROR_EXISTS);
  scene_clear (&scene);
}

/* A retired key decides nothing, and a key never changes hands. */
static void
test_rotate (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;

  scene_init (&scene, fixture);
  g_assert_true (grant (&scene, "ada@x", "manager", scene.ada, &error));
  assert_refused (retire (&scene, scene.ada, scene.ada, &error), &error, CS_ERROR_REFUSED);
  assert_refused (add_key (&scene, "ada@x", scene.spare, scene.bob, &error), &error,
                  CS_ERROR_REFUSED);
  assert_refused (add_key (&scene, "ada@x", scene.bob, scene.ada, &error), &error,
                  CS_ERROR_EXISTS);
  g_assert_true (add_key (&scene, "ada@x", scene.spare, scene.ada, &error));
  g_assert_true (retire (&scene, scene.ada, scene.ada, &error));
  g_assert_no_error (error);
  assert_refused (grant (&scene, "bob@x", "Tech lead", scene.ada, &error), &error, CS_ERROR_AUTH);
  g_assert_true (grant (&scene, "bob@x", "Tech lead", scene.spare, &error));
  g_assert_true (retire (&scene, scene.eve, scene.spare, &error));
  g_assert_no_error (error);
  scene_clear (&scene);
}

static void
append (Scene *scene, const char *kind, JsonNode *body)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (drafts, cs_draft_new (kind, body));
  records =
    cs_store_append_sync (scene->store, CS_PEOPLE_STREAM, CS_STORE_ANY, "x", drafts, &error);
  g_assert_no_error (error);
}

/* A body as a patched program would write it: signed by whom it likes, at whatever place. */
static JsonNode *
forge (const char *kind, const char *content, const char *head, const char *by, CsKey *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (JsonNode) node = cs_json_parse (content, -1, NULL);
  CsDecree *decree = cs_decree_new (CS_PEOPLE_STREAM, head, kind, by, cs_key_get_fingerprint (key),
                                    json_node_dup_object (node));
  JsonNode *body;

  cs_decree_sign_async (decree, key, NULL, NULL, trust_store_result, &result);
  body = cs_decree_sign_finish (trust_wait (&result), NULL);
  g_assert_nonnull (body);
  return body;
}

static char *
get_head (Scene *scene)
{
  g_autoptr (GPtrArray) records = cs_store_read_sync (scene->store, CS_PEOPLE_STREAM, 0, NULL);

  return g_strdup (cs_record_get_hash (records->pdata[records->len - 1]));
}

#define EVE_MANAGER "{\"id\":\"eve@x\",\"role\":\"manager\"}"
#define BOB_LEAD "{\"id\":\"bob@x\",\"role\":\"Tech lead\"}"

/* Records that nobody who may has signed change nothing, and are named. */
static void
test_forged (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPeople) people = NULL;
  g_autoptr (JsonNode) bare = cs_json_parse (EVE_MANAGER, -1, NULL);
  g_autoptr (JsonNode) own = NULL;
  g_autoptr (JsonNode) posing = NULL;
  g_autoptr (JsonNode) stale = NULL;
  g_autoptr (JsonNode) edited = NULL;
  g_autoptr (JsonNode) key = NULL;
  g_autoptr (JsonNode) person = NULL;
  g_autofree char *key_text = NULL;
  g_autofree char *person_text = NULL;
  g_autofree char *old_head = NULL;
  g_autofree char *head = NULL;
  static const char *const words[] = { "Nobody has signed it", "Only a manager", "has no key",
                                       "another place", "something else", "Nobody has signed it",
                                       "Only a manager" };
  GPtrArray *faults;

  scene_init (&scene, fixture);
  g_assert_true (grant (&scene, "ada@x", "manager", scene.ada, &error));
  for (guint i = 0; i < 2 * G_N_ELEMENTS (words); i++)
    g_test_expect_message ("cs-journal", G_LOG_LEVEL_WARNING, "*makes no sense*");

  append (&scene, "role-granted", bare);
  old_head = get_head (&scene);
  own = forge ("role-granted", EVE_MANAGER, old_head, "eve@x", scene.eve);
  append (&scene, "role-granted", own);
  head = get_head (&scene);
  posing = forge ("role-granted", EVE_MANAGER, head, "ada@x", scene.eve);
  append (&scene, "role-granted", posing);
  stale = forge ("role-granted", BOB_LEAD, old_head, "ada@x", scene.ada);
  append (&scene, "role-granted", stale);
  g_free (head);
  head = get_head (&scene);
  edited = forge ("role-granted", BOB_LEAD, head, "ada@x", scene.ada);
  json_object_set_string_member (json_node_get_object (edited), "id", "eve@x");
  append (&scene, "role-granted", edited);
  key_text = g_strdup_printf ("{\"id\":\"ada@x\",\"key\":\"%s\"}",
                              cs_key_get_public_line (scene.spare));
  key = cs_json_parse (key_text, -1, NULL);
  append (&scene, "key-added", key);
  g_free (head);
  head = get_head (&scene);
  person_text = g_strdup_printf ("{\"id\":\"dan@x\",\"name\":\"Dan\",\"key\":\"%s\"}",
                                 cs_key_get_public_line (scene.spare));
  person = forge ("person-added", person_text, head, "eve@x", scene.eve);
  append (&scene, "person-added", person);

  people = load_people (scene.store);
  while (cs_people_get_faults (scene.people)->len < G_N_ELEMENTS (words))
    g_main_context_iteration (NULL, TRUE);
  g_test_assert_expected_messages ();
  faults = cs_people_get_faults (people);
  g_assert_cmpuint (faults->len, ==, G_N_ELEMENTS (words));
  for (guint i = 0; i < faults->len; i++)
    {
      CsPeopleFault *fault = g_ptr_array_index (faults, i);

      g_assert_cmpint (fault->n, ==, 4 + i);
      g_assert_nonnull (strstr (fault->words, words[i]));
    }
  g_assert_false (holds (people, "eve@x", "manager"));
  g_assert_false (holds (people, "bob@x", "Tech lead"));
  g_assert_null (cs_people_lookup_key (people, cs_key_get_public_line (scene.spare)));
  scene_clear (&scene);
}

/* Two decide at once upon the same state: the second has to look again. */
static void
test_conflict (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  gboolean one, two;

  scene_init (&scene, fixture);
  g_assert_true (grant (&scene, "ada@x", "manager", scene.ada, &error));
  cs_people_grant_async (scene.people, "bob@x", "Tech lead", scene.ada, NULL, NULL,
                         trust_store_result, &first);
  cs_people_grant_async (scene.people, "eve@x", "Tech lead", scene.ada, NULL, NULL,
                         trust_store_result, &second);
  one = finish (scene.people, &first, &error);
  two = finish (scene.people, &second, &error);
  g_assert_true (one != two);
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  g_assert_true (holds (scene.people, "bob@x", "Tech lead") !=
                 holds (scene.people, "eve@x", "Tech lead"));
  g_assert_cmpuint (cs_people_get_faults (scene.people)->len, ==, 0);
  scene_clear (&scene);
}

/* Once there are roles, an unsigned key joins nobody. */
static void
test_enrol_governed (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene, fixture);
  g_assert_true (grant (&scene, "ada@x", "manager", scene.ada, &error));
  cs_people_enrol_async (scene.people, "ada@x", NULL, scene.spare, NULL, trust_store_result,
                         &result);
  g_assert_null (cs_people_enrol_finish (scene.people, trust_wait (&result), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  scene_clear (&scene);
}

/* A manager answers for someone who is not here; nobody else does. */
static void
test_add_person (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPeople) again = NULL;
  CsPerson *dan;

  scene_init (&scene, fixture);
  assert_refused (add_person (&scene, "dan@x", scene.spare, scene.ada, &error), &error,
                  CS_ERROR_REFUSED);
  g_assert_true (grant (&scene, "ada@x", "manager", scene.ada, &error));
  assert_refused (add_person (&scene, "dan@x", scene.spare, scene.bob, &error), &error,
                  CS_ERROR_REFUSED);
  assert_refused (add_person (&scene, "bob@x", scene.spare, scene.ada, &error), &error,
                  CS_ERROR_EXISTS);
  assert_refused (add_person (&scene, "dan@x", scene.bob, scene.ada, &error), &error,
                  CS_ERROR_EXISTS);
  assert_refused (add_person (&scene, "dan, x", scene.spare, scene.ada, &error), &error,
                  CS_ERROR_INVALID);
  g_assert_true (add_person (&scene, "dan@x", scene.spare, scene.ada, &error));
  g_assert_no_error (error);
  again = load_people (scene.store);
  dan = cs_people_lookup_key (again, cs_key_get_public_line (scene.spare));
  g_assert_nonnull (dan);
  g_assert_cmpstr (cs_person_get_name (dan), ==, "Dan D.");
  g_assert_cmpstr (cs_person_get_key (dan, 0)->added_by, ==, "ada@x");
  g_assert_null (cs_person_get_key (cs_people_lookup (again, "bob@x"), 0)->added_by);
  g_assert_cmpuint (cs_people_get_faults (again)->len, ==, 0);
  scene_clear (&scene);
}

/* For oneself only what is at hand; for others a manager answers. */
static void
test_prove (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsKey) half = NULL;

  scene_init (&scene, fixture);
  g_assert_null (cs_key_new_public ("ssh-ed25519 nonsense", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  half = public_half (scene.spare);
  g_assert_true (grant (&scene, "ada@x", "manager", scene.ada, &error));
  assert_refused (add_key (&scene, "bob@x", half, scene.bob, &error), &error, CS_ERROR_AUTH);
  assert_refused (add_key (&scene, "ada@x", half, scene.ada, &error), &error, CS_ERROR_AUTH);
  g_assert_null (cs_people_lookup_key (scene.people, cs_key_get_public_line (half)));
  g_assert_true (add_key (&scene, "bob@x", half, scene.ada, &error));
  g_assert_no_error (error);
  scene_clear (&scene);
}

static void
test_replace (TrustFixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPeople) again = NULL;
  CsPerson *bob;

  scene_init (&scene, fixture);
  g_assert_true (grant (&scene, "ada@x", "manager", scene.ada, &error));
  assert_refused (replace (&scene, scene.spare, scene.bob, scene.bob, &error), &error,
                  CS_ERROR_NOT_FOUND);
  assert_refused (replace (&scene, scene.bob, scene.spare, scene.eve, &error), &error,
                  CS_ERROR_REFUSED);
  g_assert_true (replace (&scene, scene.bob, scene.spare, scene.bob, &error));
  g_assert_no_error (error);
  again = load_people (scene.store);
  bob = cs_people_lookup (again, "bob@x");
  g_assert_cmpuint (cs_person_get_n_keys (bob), ==, 2);
  g_assert_cmpstr (cs_person_get_key (bob, 0)->retired_by, ==, "bob@x");
  g_assert_cmpstr (cs_person_get_key (bob, 0)->reason, ==, "aged");
  g_assert_cmpstr (cs_person_get_key (bob, 1)->fingerprint, ==,
                   cs_key_get_fingerprint (scene.spare));
  g_assert_cmpint (cs_person_get_key (bob, 1)->retired_at, ==, 0);
  g_assert_cmpuint (cs_people_get_faults (again)->len, ==, 0);
  /* The old key was the last that could retire itself; now it decides nothing more. */
  assert_refused (replace (&scene, scene.spare, scene.eve, scene.bob, &error), &error,
                  CS_ERROR_AUTH);
  scene_clear (&scene);
}

#define ADD(name, function)                                                             \
  g_test_add ("/trust/roles/" name, TrustFixture, NULL, trust_fixture_set_up, function, \
              trust_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("found", test_found);
  ADD ("grant-take", test_grant_take);
  ADD ("retire", test_retire);
  ADD ("rotate", test_rotate);
  ADD ("forged", test_forged);
  ADD ("conflict", test_conflict);
  ADD ("enrol-governed", test_enrol_governed);
  ADD ("add-person", test_add_person);
  ADD ("prove", test_prove);
  ADD ("replace", test_replace);

  return g_test_run ();
}
