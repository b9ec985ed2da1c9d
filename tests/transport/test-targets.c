/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of targets follows its stream, whoever writes to it. */

#include "cs-targets.h"

#include "cs-error.h"
#include "fixture.h"

static CsTargets *
load (Fixture *self)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (GError) error = NULL;
  CsTargets *targets;

  cs_targets_load_async (self->store, NULL, waiting_cb, &waiting);
  targets = cs_targets_load_finish (waiting_result (&waiting), &error);
  g_assert_no_error (error);
  return targets;
}

static gboolean
add (CsTargets *targets, const char *name, GError **error)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (CsTarget) target = cs_target_new_ssh (name, "deploy@web-1", NULL, "production", NULL);

  cs_targets_add_async (targets, "ada", target, NULL, waiting_cb, &waiting);
  return cs_targets_add_finish (targets, waiting_result (&waiting), error);
}

static gboolean
change (CsTargets *targets, const char *name, const char *destination, GError **error)
{
  g_auto (Waiting) waiting = { NULL };
  g_autoptr (CsTarget) target = cs_target_new_ssh (name, destination, NULL, "staging", NULL);

  cs_targets_change_async (targets, "ada", target, NULL, waiting_cb, &waiting);
  return cs_targets_change_finish (targets, waiting_result (&waiting), error);
}

static gboolean
remove_target (CsTargets *targets, const char *name, GError **error)
{
  g_auto (Waiting) waiting = { NULL };

  cs_targets_remove_async (targets, "ada", name, NULL, waiting_cb, &waiting);
  return cs_targets_remove_finish (targets, waiting_result (&waiting), error);
}

static void
test_add_remove (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsTargets) targets = load (self);
  g_autoptr (CsTargets) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (add (targets, "one", &error));
  g_assert_true (add (targets, "two", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (targets)), ==, 2);
  g_assert_false (add (targets, "one", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_true (remove_target (targets, "one", &error));
  g_assert_no_error (error);
  g_assert_false (remove_target (targets, "one", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);

  again = load (self);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 1);
  g_assert_null (cs_targets_lookup (again, "one"));
  g_assert_cmpstr (cs_target_get_host (cs_targets_lookup (again, "two")), ==, "web-1");
}

static void
count_cb (GListModel *list, guint position, guint removed, guint added, guint *changes)
{
  g_assert_cmpuint (position, ==, 0);
  g_assert_cmpuint (removed, ==, 1);
  g_assert_cmpuint (added, ==, 1);
  *changes += 1;
}

/* A target that is changed keeps its place; one that is not there can't be. */
static void
test_change (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsTargets) targets = load (self);
  g_autoptr (CsTargets) again = NULL;
  g_autoptr (GError) error = NULL;
  guint changes = 0;
  CsTarget *one;

  g_assert_true (add (targets, "one", &error));
  g_assert_true (add (targets, "two", &error));
  g_signal_connect (targets, "items-changed", G_CALLBACK (count_cb), &changes);
  g_assert_true (change (targets, "one", "root@web-9:2222", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (changes, ==, 1);
  g_assert_false (change (targets, "three", "web-9", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);

  again = load (self);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 2);
  one = cs_targets_lookup (again, "one");
  g_assert_cmpstr (cs_target_get_host (one), ==, "web-9");
  g_assert_cmpuint (cs_target_get_port (one), ==, 2222);
  g_assert_cmpstr (cs_target_get_environment (one), ==, "staging");
}

/* Two lists on one stream, as in two windows: each sees the other's acts; a name is taken once. */
static void
test_two_lists (Fixture *self, gconstpointer kind)
{
  g_autoptr (CsTargets) one = load (self);
  g_autoptr (CsTargets) two = load (self);
  g_autoptr (CsTarget) target = cs_target_new_local ("same", NULL, NULL);
  g_auto (Waiting) first = { NULL };
  g_auto (Waiting) second = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean a, b;

  cs_targets_add_async (one, "ada", target, NULL, waiting_cb, &first);
  cs_targets_add_async (two, "bob", target, NULL, waiting_cb, &second);
  a = cs_targets_add_finish (one, waiting_result (&first), &error);
  b = cs_targets_add_finish (two, waiting_result (&second), error == NULL ? &error : NULL);
  g_assert_true (a != b);
  g_assert_error (error, CS_ERROR, CS_ERROR_EXISTS);
  while (cs_targets_lookup (one, "same") == NULL || cs_targets_lookup (two, "same") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (one)), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (two)), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/transport/targets/add-remove", Fixture, "local", fixture_set_up, test_add_remove,
              fixture_tear_down);
  g_test_add ("/transport/targets/change", Fixture, "local", fixture_set_up, test_change,
              fixture_tear_down);
  g_test_add ("/transport/targets/two-lists", Fixture, "local", fixture_set_up, test_two_lists,
              fixture_tear_down);
  return g_test_run ();
}
