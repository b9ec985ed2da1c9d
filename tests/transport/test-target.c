/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Targets: what may name one, and how they are recorded. */

#include "cs-target.h"

#include "cs-error.h"

static void
test_destinations (void)
{
  static const struct
  {
    const char *destination;
    const char *user;
    const char *host;
    guint16 port;
    const char *address;
  } good[] = {
    { "web-1", NULL, "web-1", 0, "web-1" },
    { "deploy@web-1.example.org", "deploy", "web-1.example.org", 0, "deploy@web-1.example.org" },
    { "deploy@web-1:2222", "deploy", "web-1", 2222, "deploy@web-1:2222" },
    { "[::1]:22", NULL, "::1", 22, "[::1]:22" },
    { "[fe80::1%eth0]", NULL, "fe80::1%eth0", 0, "fe80::1%eth0" },
    { "::1", NULL, "::1", 0, "::1" },
    { "a@b@host", "a@b", "host", 0, "a@b@host" },
  };
  static const char *const bad[] = {
    "",
    "-oProxyCommand=x",
    "user@-host",
    "-l@host",
    "host:0",
    "host:65536",
    "host:x",
    "host:",
    "[::1",
    "[::1]x",
    "ho st",
    "host;id",
    "@host",
    "user@",
    "ho$(x)st",
    "ho\nst",
    "host\xff",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CsTarget) target =
        cs_target_new_ssh ("t", good[i].destination, NULL, NULL, &error);
      g_autofree char *address = NULL;

      g_assert_no_error (error);
      address = cs_target_dup_address (target);
      g_assert_cmpstr (cs_target_get_user (target), ==, good[i].user);
      g_assert_cmpstr (cs_target_get_host (target), ==, good[i].host);
      g_assert_cmpuint (cs_target_get_port (target), ==, good[i].port);
      g_assert_cmpstr (address, ==, good[i].address);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (cs_target_new_ssh ("t", bad[i], NULL, NULL, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

static void
test_names (void)
{
  static const char *const bad[] = { "", "-x", ".x", "a b", "a/b", "ä", NULL };
  g_autofree char *longest = g_strnfill (63, 'a');
  g_autofree char *too_long = g_strnfill (64, 'a');
  g_autoptr (CsTarget) target = cs_target_new_local (longest, "production", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (target);
  g_assert_cmpstr (cs_target_get_environment (target), ==, "production");
  g_assert_null (cs_target_new_local (too_long, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  for (guint i = 0; bad[i] != NULL; i++)
    {
      g_clear_error (&error);
      g_assert_null (cs_target_new_local (bad[i], NULL, &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

static void
test_json (void)
{
  g_autoptr (CsTarget) target =
    cs_target_new_ssh ("web-1", "deploy@[::1]:2222", "/keys/a b", "staging", NULL);
  g_autoptr (JsonNode) node = cs_target_to_json (target);
  g_autoptr (CsTarget) copy = cs_target_new_from_json (json_node_get_object (node), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (copy);
  g_assert_cmpint (cs_target_get_kind (copy), ==, CS_TARGET_SSH);
  g_assert_cmpstr (cs_target_get_name (copy), ==, "web-1");
  g_assert_cmpstr (cs_target_get_user (copy), ==, "deploy");
  g_assert_cmpstr (cs_target_get_host (copy), ==, "::1");
  g_assert_cmpuint (cs_target_get_port (copy), ==, 2222);
  g_assert_cmpstr (cs_target_get_identity (copy), ==, "/keys/a b");
  g_assert_cmpstr (cs_target_get_environment (copy), ==, "staging");

  /* A record must not smuggle in what the door refuses. */
  json_object_set_string_member (json_node_get_object (node), "host", "-oProxyCommand=id");
  g_assert_null (cs_target_new_from_json (json_node_get_object (node), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  json_object_set_string_member (json_node_get_object (node), "kind", "carrier-pigeon");
  g_assert_null (cs_target_new_from_json (json_node_get_object (node), &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/target/destinations", test_destinations);
  g_test_add_func ("/transport/target/names", test_names);
  g_test_add_func ("/transport/target/json", test_json);
  return g_test_run ();
}
