/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Targets that consist of others: members, ranks, batches, and their form in records. */

#include "fixture.h"

#include "cs-error.h"
#include "cs-member.h"
#include "cs-targets.h"

static GPtrArray *
parse_members (const char *text)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *members = cs_member_parse_list (text, &error);

  g_assert_no_error (error);
  return members;
}

static char *
describe (CsTarget *fleet)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GListModel *members = cs_target_get_members (fleet);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (CsMember) member = g_list_model_get_item (members, i);
      CsTarget *target = cs_member_get_target (member);
      g_autofree char *address = target != NULL ? cs_target_dup_address (target) : g_strdup ("-");

      g_string_append_printf (text, "%s %d %s\n", cs_member_get_name (member),
                              cs_member_get_rank (member), address);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define LIST                                                            \
  "# the front\n"                                                       \
  "web-2 rank=2\n"                                                      \
  "web-1\n"                                                             \
  "\n"                                                                  \
  "  db=ssh://deploy@10.0.0.7:2222 rank=2 identity=/keys/db   # last\n" \
  "ssh://cache.example.org\n"                                           \
  "here=local: rank=3\n"

#define DESCRIBED                           \
  "web-1 1 -\n"                             \
  "cache.example.org 1 cache.example.org\n" \
  "web-2 2 -\n"                             \
  "db 2 deploy@10.0.0.7:2222\n"             \
  "here 3 This computer\n"

static void
test_members (void)
{
  g_autoptr (GPtrArray) members = parse_members (LIST);
  CsBatching batching = CS_BATCHING_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) fleet = NULL;
  g_autoptr (CsTarget) copy = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *described = NULL;
  g_autofree char *address = NULL;

  g_assert_true (cs_batching_parse (&batching, "10%", "ask", "3", &error));
  fleet = cs_target_new_fleet ("fleet", members, &batching, "production", &error);
  g_assert_no_error (error);
  node = cs_target_to_json (fleet);
  copy = cs_target_new_from_json (json_node_get_object (node), &error);
  g_assert_no_error (error);
  described = describe (copy);
  address = cs_target_dup_address (copy);
  g_assert_cmpstr (described, ==, DESCRIBED);
  g_assert_cmpstr (address, ==, "5 members");
  g_assert_cmpstr (cs_target_get_environment (copy), ==, "production");
  g_assert_cmpint (cs_target_get_kind (copy), ==, CS_TARGET_FLEET);
  g_assert_cmpint (cs_target_get_batching (copy)->pause, ==, CS_BATCHING_ASK);
  g_assert_cmpuint (cs_target_get_batching (copy)->stop_after, ==, 3);
  g_assert_cmpuint (cs_batching_count (cs_target_get_batching (copy), 5), ==, 1);
}

static void
test_members_refused (void)
{
  const char *bad[] = {
    "-oProxyCommand=id", "web-1 rank=0", "web-1 rank=x", "web-1 2", "=ssh://host",
    "db=ssh://-oProxyCommand=id", "a b=ssh://host", "x=local:/", "web-1 rank=10000",
  };
  g_autoptr (GPtrArray) twice = parse_members ("web-1\nweb-1 rank=2\n");
  g_autoptr (GPtrArray) none = parse_members ("# nobody\n");
  g_autoptr (GPtrArray) one = parse_members ("web-1\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTarget) fleet = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strconcat ("\n", bad[i], "\n", NULL);

      g_assert_null (cs_member_parse_list (text, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, "Line 2: "));
      g_clear_error (&error);
    }
  g_assert_null (cs_target_new_fleet ("fleet", twice, NULL, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (cs_target_new_fleet ("fleet", none, NULL, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);

  /* No fleet within a fleet, in a record neither. */
  fleet = cs_target_new_fleet ("fleet", one, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (cs_member_new ("inner", 1, fleet, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

static void
test_batching (void)
{
  const struct
  {
    const char *size, *pause, *stop_after;
    guint of_100, of_3;
    int seconds;
  } good[] = {
    { "10%", "30s", "1", 10, 1, 30 }, { "5", "30", "2", 5, 5, 30 },
    { "100%", "0", "1", 100, 3, 0 },
    { "1%", "5m", "9", 1, 1, 300 },   { "34%", "2h", "1", 34, 2, 7200 },
  };
  const char *bad[][3] = {
    { "0", NULL, NULL },     { "0%", NULL, NULL },    { "101%", NULL, NULL }, { "%", NULL, NULL },
    { "-1", NULL, NULL },    { "ten", NULL, NULL },   { NULL, "soon", NULL }, { NULL, "s", NULL },
    { NULL, "-3", NULL },    { NULL, "9999h", NULL }, { NULL, NULL, "0" },    { NULL, NULL, "all" },
    { "10 %", NULL, NULL },  { "", NULL, NULL },      { NULL, "", NULL },
  };
  CsBatching batching = CS_BATCHING_INIT;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (cs_batching_parse (&batching, good[i].size, good[i].pause, good[i].stop_after,
                                        &error));
      g_assert_cmpuint (cs_batching_count (&batching, 100), ==, good[i].of_100);
      g_assert_cmpuint (cs_batching_count (&batching, 3), ==, good[i].of_3);
      g_assert_cmpint (batching.pause, ==, good[i].seconds);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (cs_batching_parse (&batching, bad[i][0], bad[i][1], bad[i][2], &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      g_clear_error (&error);
    }
}

static void
add (CsTargets *targets, CsTarget *target)
{
  g_autoptr (GError) error = NULL;
  g_auto (Waiting) waiting = { NULL };

  cs_targets_add_async (targets, "anna", target, NULL, waiting_cb, &waiting);
  g_assert_true (cs_targets_add_finish (targets, waiting_result (&waiting), &error));
  g_assert_no_error (error);
}

/* What a deployment is opened with has all addresses, whatever becomes of the names later. */
static void
test_resolve (Fixture *self, gconstpointer kind)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsTargets) targets = NULL;
  g_autoptr (CsTarget) web = cs_target_new_ssh ("web-1", "deploy@web", NULL, NULL, NULL);
  g_autoptr (GPtrArray) members = parse_members ("web-1\nb=local: rank=2\n");
  g_autoptr (CsTarget) fleet = cs_target_new_fleet ("fleet", members, NULL, NULL, &error);
  g_autoptr (CsTarget) resolved = NULL;
  g_autofree char *described = NULL;

  cs_targets_load_async (self->store, NULL, waiting_cb, &waiting);
  targets = cs_targets_load_finish (waiting_result (&waiting), &error);
  g_assert_no_error (error);
  g_assert_null (cs_target_resolve (fleet, targets, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  add (targets, web);
  add (targets, fleet);
  resolved = cs_target_resolve (cs_targets_lookup (targets, "fleet"), targets, &error);
  g_assert_no_error (error);
  described = describe (resolved);
  g_assert_cmpstr (described, ==, "web-1 1 deploy@web\nb 2 This computer\n");
}

/* A fleet is run through member by member; there is no one connection to it. */
static void
test_no_session (Fixture *self, gconstpointer kind)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) members = parse_members ("b=local:\n");
  g_autoptr (CsTarget) fleet = cs_target_new_fleet ("fleet", members, NULL, NULL, &error);

  cs_session_open_async (fleet, self->state, NULL, waiting_cb, &waiting);
  g_assert_null (cs_session_open_finish (waiting_result (&waiting), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/fleet/members", test_members);
  g_test_add_func ("/transport/fleet/members-refused", test_members_refused);
  g_test_add_func ("/transport/fleet/batching", test_batching);
  g_test_add ("/transport/fleet/resolve", Fixture, "local", fixture_set_up, test_resolve,
              fixture_tear_down);
  g_test_add ("/transport/fleet/no-session", Fixture, "local", fixture_set_up, test_no_session,
              fixture_tear_down);
  return g_test_run ();
}
