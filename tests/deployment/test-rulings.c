/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rejections and their ways back; overrides. */

#include "cs-decree-signing.h"
#include "cs-deployment-fixture.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define RUNBOOK                                                      \
  "# Runbook: Two\n\n"                                               \
  "## Preparation\n\n"                                               \
  "### Step 1: Look\n\n"                                             \
  "```bash\necho looked\n```\n\n"                                    \
  "- [ ] Somebody watches\n\n"                                       \
  "## Approval\n\n"                                                  \
  "**Deployment Approved By**:\n\n"                                  \
  "- Tech Lead: _________________ Date: _________ Time: ______\n"    \
  "- Operations: _________________ Date: _________ Time: ______\n\n" \
  "## Deployment Steps\n\n"                                          \
  "### Step 1: Do it\n\n"                                            \
  "```bash\necho done\n```\n\n"                                      \
  "### Step 2: Tell people\n\n"                                      \
  "Tell everybody.\n\n"                                              \
  "## Rollback Procedure\n\n"                                        \
  "### Step 1: Undo it\n\n"                                          \
  "```bash\necho undone\n```\n"

typedef struct
{
  Fixture fixture;
  CsDeployment *deployment; /* owned by the workspace */
  char *id;
} Scene;

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* Boss is manager, Ada tech lead, Bob and Cy operations; the first phase is over. */
static void
set_up (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_set_up (&scene->fixture, data);
  fixture_enrol (&scene->fixture, "boss");
  fixture_grant (&scene->fixture, "boss", "manager");
  fixture_grant (&scene->fixture, "ada", "Tech lead");
  fixture_grant (&scene->fixture, "bob", "Operations");
  fixture_grant (&scene->fixture, "cy", "Operations");
  scene->deployment = fixture_start (&scene->fixture, RUNBOOK);
  scene->id = g_strdup (cs_deployment_get_id (scene->deployment));
  fixture_run (&scene->fixture, scene->deployment, "1.1", 0, &error);
  g_assert_no_error (error);
  fixture_check (&scene->fixture, scene->deployment, "1.1", 0, TRUE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Scene *scene, gconstpointer data)
{
  g_free (scene->id);
  fixture_tear_down (&scene->fixture, data);
}

static void
restart (Scene *scene)
{
  fixture_restart (&scene->fixture);
  scene->deployment = cs_workspace_find_deployment (scene->fixture.workspace, scene->id, NULL);
  g_assert_nonnull (scene->deployment);
}

static void
sign (Scene *scene, const char *field, const char *person, const char *role, gboolean approve)
{
  g_autoptr (GError) error = NULL;

  fixture_sign_as (&scene->fixture, scene->deployment, field, person, role, approve, &error);
  g_assert_no_error (error);
}

typedef void (*Settle) (CsDeployment *self,
                        CsSignoffState *signoff,
                        const char *reason,
                        CsKey *key,
                        CsAskpass *askpass,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);

static gboolean
settle (Scene *scene,
        Settle func,
        const char *field,
        const char *person,
        const char *reason,
        GError **error)
{
  CsSignoffState *signoff = cs_deployment_find_signoff (scene->deployment, field);
  g_autoptr (CsKey) key = fixture_key (&scene->fixture, person);
  g_autoptr (GAsyncResult) result = NULL;

  func (scene->deployment, signoff, reason, key, NULL, NULL, result_cb, &result);
  return cs_deployment_rule_finish (scene->deployment, wait_for (&result), error);
}

static void
assert_refused (gboolean done, GError **error, int code, const char *words)
{
  g_assert_false (done);
  g_assert_error (*error, CS_ERROR, code);
  if (strstr ((*error)->message, words) == NULL)
    g_error ("“%s” does not say “%s”", (*error)->message, words);
  g_clear_error (error);
}

static guint
count_rejections (Scene *scene)
{
  g_autoptr (GPtrArray) standing = cs_deployment_list_rejections (scene->deployment);

  return standing->len;
}

static CsStatus
status_of (Scene *scene, const char *field)
{
  return cs_signoff_state_get_status (cs_deployment_find_signoff (scene->deployment, field));
}

/* Nothing goes on but what leads back. */
static void
assert_stopped (Scene *scene, const char *who)
{
  Fixture *fixture = &scene->fixture;
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_assert_cmpuint (count_rejections (scene), ==, 1);
  done = fixture_run (fixture, scene->deployment, "3.1", 0, &error);
  g_assert_false (done);
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  assert_refused (fixture_skip (fixture, scene->deployment, "1.1", "no", &error), &error,
                  CS_ERROR_WAITING, who);
  assert_refused (fixture_confirm (fixture, scene->deployment, "1.1", &error), &error,
                  CS_ERROR_WAITING, who);
}

static void
test_stops (Scene *scene, gconstpointer data)
{
  Fixture *fixture = &scene->fixture;
  g_autoptr (GError) error = NULL;

  sign (scene, "s2", "bob", "Operations", FALSE);
  assert_stopped (scene, "bob rejected this as Operations");
  restart (scene);
  assert_stopped (scene, "bob rejected this as Operations");
  /* What he objects to can be made right, and anyone can lead it back. */
  fixture_check (fixture, scene->deployment, "1.1", 0, FALSE, &error);
  g_assert_no_error (error);
  fixture_check (fixture, scene->deployment, "1.1", 0, TRUE, &error);
  g_assert_no_error (error);
  fixture_roll_back (fixture, scene->deployment, 0, "bob is right", &error);
  g_assert_no_error (error);
  fixture_run (fixture, scene->deployment, "4.1", 0, &error);
  g_assert_no_error (error);
  fixture_close (fixture, scene->deployment, &error);
  g_assert_no_error (error);
}

static void
test_withdraw (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_refused (settle (scene, cs_deployment_withdraw_async, "s2", "bob", NULL, &error), &error,
                  CS_ERROR_NOT_FOUND, "Nobody's rejection");
  sign (scene, "s2", "bob", "Operations", FALSE);
  assert_refused (settle (scene, cs_deployment_withdraw_async, "s2", "cy", "let it go", &error),
                  &error, CS_ERROR_REFUSED, "nobody else can withdraw");
  assert_refused (settle (scene, cs_deployment_withdraw_async, "s2", "boss", "let it go", &error),
                  &error, CS_ERROR_REFUSED, "a manager can overrule");
  assert_stopped (scene, "bob");
  g_assert_true (settle (scene, cs_deployment_withdraw_async, "s2", "bob", NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_rejections (scene), ==, 0);
  g_assert_cmpint (status_of (scene, "s2"), ==, CS_STATUS_READY);
  restart (scene);
  g_assert_cmpuint (count_rejections (scene), ==, 0);
  g_assert_cmpint (status_of (scene, "s2"), ==, CS_STATUS_READY);
  sign (scene, "s1", "ada", "Tech Lead", TRUE);
  sign (scene, "s2", "cy", "Operations", TRUE);
  fixture_run (&scene->fixture, scene->deployment, "3.1", 0, &error);
  g_assert_no_error (error);
}

/* Who approves what they rejected has withdrawn it, also when the approval lapses later. */
static void
test_change (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  sign (scene, "s2", "bob", "Operations", FALSE);
  g_assert_false (fixture_sign_as (&scene->fixture, scene->deployment, "s2", "cy", "Operations",
                                   TRUE, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  sign (scene, "s2", "bob", "Operations", TRUE);
  g_assert_cmpuint (count_rejections (scene), ==, 0);
  restart (scene);
  g_assert_cmpuint (count_rejections (scene), ==, 0);
  g_assert_cmpint (status_of (scene, "s2"), ==, CS_STATUS_PASSED);
}

static void
test_overrule (Scene *scene, gconstpointer data)
{
  const char *operator= cs_workspace_get_actor (scene->fixture.workspace);
  const CsRuling *ruling;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  fixture_grant (&scene->fixture, operator, "manager");
  sign (scene, "s2", "bob", "Operations", FALSE);
  assert_refused (settle (scene, cs_deployment_overrule_async, "s2", "ada", "now", &error), &error,
                  CS_ERROR_REFUSED, "only manager");
  assert_refused (settle (scene, cs_deployment_overrule_async, "s2", "boss", "  ", &error), &error,
                  CS_ERROR_INVALID, "reason");
  assert_refused (settle (scene, cs_deployment_overrule_async, "s2", operator, "now", &error),
                  &error, CS_ERROR_REFUSED, "who runs one can't overrule");
  assert_stopped (scene, "bob");
  g_assert_true (
    settle (scene, cs_deployment_overrule_async, "s2", "boss", "the shop is down", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_rejections (scene), ==, 0);
  restart (scene);
  g_assert_cmpuint (count_rejections (scene), ==, 0);
  g_assert_cmpuint (cs_deployment_get_rulings (scene->deployment)->len, ==, 1);
  ruling = g_ptr_array_index (cs_deployment_get_rulings (scene->deployment), 0);
  words = cs_ruling_dup_words (ruling);
  g_assert_cmpstr (words, ==, "boss, as manager, overruled the rejection of s2: the shop is down");
  /* It was set aside, not turned into an approval. */
  sign (scene, "s1", "ada", "Tech Lead", TRUE);
  g_assert_false (fixture_run (&scene->fixture, scene->deployment, "3.1", 0, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_WAITING);
  g_clear_error (&error);
  sign (scene, "s2", "cy", "Operations", TRUE);
  fixture_run (&scene->fixture, scene->deployment, "3.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cs_deployment_get_faults (scene->deployment)->len, ==, 0);
}

/* Nobody who rejects is without a way back, and nobody goes it for others. */
static void
test_own (Scene *scene, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_grant (&scene->fixture, "boss", "Operations");
  sign (scene, "s2", "boss", "Operations", FALSE);
  assert_refused (settle (scene, cs_deployment_overrule_async, "s2", "boss", "well", &error),
                  &error, CS_ERROR_REFUSED, "can withdraw it");
  g_assert_true (settle (scene, cs_deployment_withdraw_async, "s2", "boss", "well", &error));
  g_assert_no_error (error);
  assert_refused (settle (scene, cs_deployment_withdraw_async, "s2", "boss", "well", &error),
                  &error, CS_ERROR_NOT_FOUND, "Nobody's rejection");
}

static void
append (Scene *scene, const char *actor, const char *kind, JsonNode *body, const char *blob)
{
  CsStore *store = cs_workspace_get_store (scene->fixture.workspace);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  CsDraft *draft = cs_draft_new (kind, body);

  if (blob != NULL)
    cs_draft_add_blob (draft, blob);
  g_ptr_array_add (drafts, draft);
  records = cs_store_append_sync (store, cs_deployment_get_stream (scene->deployment),
                                  CS_STORE_ANY, actor, drafts, &error);
  g_assert_no_error (error);
  while (cs_deployment_get_n_records (scene->deployment) <= cs_record_get_n (records->pdata[0]))
    g_main_context_iteration (NULL, TRUE);
}

static void
put_signed (Scene *scene, const char *field, const char *person, const char *role)
{
  CsStore *store = cs_workspace_get_store (scene->fixture.workspace);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("{}", 2);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree char *blob = NULL;

  cs_store_put_blob_async (store, bytes, NULL, result_cb, &result);
  blob = cs_store_put_blob_finish (store, wait_for (&result), &error);
  g_assert_no_error (error);
  json_node_take_object (body, object);
  json_object_set_string_member (object, "field", field);
  json_object_set_string_member (object, "role", role);
  json_object_set_string_member (object, "signer", person);
  json_object_set_string_member (object, "name", "The Boss");
  json_object_set_string_member (object, "decision", "approve");
  json_object_set_string_member (object, "envelope", blob);
  append (scene, person, "signed", body, blob);
}

/* Someone writes what nobody signed over a rejection, past all gates: it stands. */
static void
test_covered (Scene *scene, gconstpointer data)
{
  CsSignoffState *line;

  sign (scene, "s2", "bob", "Operations", FALSE);
  put_signed (scene, "s2", "cy", "Operations");
  restart (scene);
  assert_stopped (scene, "bob");
  line = cs_deployment_find_signoff (scene->deployment, "s2");
  g_assert_cmpint (cs_signoff_state_get_verified (line), ==, CS_VERIFIED_BAD);
  g_assert_cmpstr (cs_signoff_state_get_signer_name (line), ==, "cy");
  put_signed (scene, "s2", "bob", "Operations");
  restart (scene);
  assert_stopped (scene, "bob");
}

static JsonNode *
sign_ruling (Scene *scene, const char *person, CsRulingKind kind, JsonObject *content)
{
  g_autoptr (CsKey) key = fixture_key (&scene->fixture, person);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *body;

  cs_decree_sign_async (cs_decree_new (cs_deployment_get_stream (scene->deployment),
                                       cs_deployment_get_head (scene->deployment),
                                       cs_ruling_kind_to_string (kind), person,
                                       cs_key_get_fingerprint (key), content),
                        key, NULL, NULL, result_cb, &result);
  body = cs_decree_sign_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  return body;
}

static JsonObject *
build (const char *first, ...)
{
  JsonObject *object = json_object_new ();
  va_list args;

  va_start (args, first);
  for (const char *name = first; name != NULL; name = va_arg (args, const char *))
    json_object_set_string_member (object, name, va_arg (args, const char *));
  va_end (args);
  return object;
}

/* What someone else wrote into the record, signed or not, counts only if they may decide it. */
static void
test_forged (Scene *scene, gconstpointer data)
{
  g_autoptr (JsonNode) overrule = NULL;
  g_autoptr (JsonNode) no_role = NULL;
  g_autoptr (JsonNode) no_reason = NULL;
  g_autoptr (JsonNode) no_gate = NULL;
  g_autoptr (JsonNode) good = NULL;
  g_autoptr (JsonNode) other = NULL;
  JsonObject *content;

  sign (scene, "s2", "bob", "Operations", FALSE);
  content = build ("field", "s2", "role", "manager", "reason", "because", NULL);
  json_object_set_int_member (content, "rejection",
                              cs_deployment_get_n_records (scene->deployment) - 1);
  overrule = sign_ruling (scene, "cy", CS_RULING_OVERRULED, content);
  append (scene, "cy", "rejection-overruled", overrule, NULL);
  append (scene, "boss", "rejection-overruled", overrule, NULL);
  g_assert_cmpuint (count_rejections (scene), ==, 1);
  no_role = sign_ruling (scene, "cy", CS_RULING_OVERRIDDEN,
                         build ("gate", "window", "role", "manager", "reason", "late", "words",
                                "It is late", NULL));
  append (scene, "cy", "overridden", no_role, NULL);
  no_reason = sign_ruling (scene, "boss", CS_RULING_OVERRIDDEN,
                           build ("gate", "window", "role", "manager", "reason", "", "words",
                                  "It is late", NULL));
  append (scene, "boss", "overridden", no_reason, NULL);
  no_gate = sign_ruling (scene, "boss", CS_RULING_OVERRIDDEN,
                         build ("gate", "signoff", "role", "manager", "reason", "late", "words",
                                "Nobody signed", NULL));
  append (scene, "boss", "overridden", no_gate, NULL);
  g_assert_cmpuint (cs_deployment_get_rulings (scene->deployment)->len, ==, 0);
  g_assert_cmpuint (cs_deployment_get_faults (scene->deployment)->len, ==, 5);
  g_assert_false (cs_deployment_is_overridden (scene->deployment, "window", NULL));
  good = sign_ruling (scene, "boss", CS_RULING_OVERRIDDEN,
                      build ("gate", "window", "role", "manager", "reason", "late", "words",
                             "It is late", NULL));
  append (scene, "boss", "overridden", good, NULL);
  g_assert_true (cs_deployment_is_overridden (scene->deployment, "window", NULL));
  g_assert_true (cs_deployment_is_overridden (scene->deployment, "window", "3.1"));
  other = sign_ruling (scene, "boss", CS_RULING_OVERRIDDEN,
                       build ("gate", "blocker", "role", "manager", "reason", "late", "step", "3.1",
                              "words", "It is late", NULL));
  append (scene, "boss", "overridden", other, NULL);
  restart (scene);
  g_assert_cmpuint (cs_deployment_get_rulings (scene->deployment)->len, ==, 2);
  g_assert_cmpuint (cs_deployment_get_faults (scene->deployment)->len, ==, 5);
  g_assert_true (cs_deployment_is_overridden (scene->deployment, "blocker", "3.1"));
  g_assert_false (cs_deployment_is_overridden (scene->deployment, "blocker", "3.2"));
  g_assert_cmpuint (count_rejections (scene), ==, 1);
}

/* Nothing is overridden in advance, or without need. */
static void
test_override_nothing (Scene *scene, gconstpointer data)
{
  g_autoptr (CsKey) key = fixture_key (&scene->fixture, "boss");
  CsStepState *step = cs_deployment_find_step (scene->deployment, "3.1");
  static const char *const gates[] = { "window", "signoff", "nonsense" };

  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      cs_deployment_override_async (scene->deployment, step, gates[i], "why not", key, NULL, NULL,
                                    result_cb, &result);
      assert_refused (cs_deployment_rule_finish (scene->deployment, wait_for (&result), &error),
                      &error, CS_ERROR_NOT_FOUND, gates[i]);
    }
}

#define ADD(name, function) \
  g_test_add ("/deployment/rulings/" name, Scene, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("stops", test_stops);
  ADD ("withdraw", test_withdraw);
  ADD ("change", test_change);
  ADD ("overrule", test_overrule);
  ADD ("own", test_own);
  ADD ("covered", test_covered);
  ADD ("forged", test_forged);
  ADD ("override-nothing", test_override_nothing);

  return g_test_run ();
}
