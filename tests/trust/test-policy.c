/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cs-error.h"
#include "cs-policy-words.h"
#include "cs-policy.h"
#include "cs-role.h"

#include <string.h>

#define MAX_SLOTS 6
#define MAX_BALLOTS 8
#define N_RANDOM 1000

/* Lines are "role/group role/group …"; ballots are "person role,role line decision", where the
 * decision is + approves, - rejects, x approved and has lapsed, w rejected and was withdrawn or
 * overruled. */
typedef struct
{
  const char *what;
  const char *lines;
  const char *needs; /* "role=count …" */
  gboolean operator_may_approve;
  const char *ballots[6];
  gboolean complete;
  guint n_missing;
  guint n_rejects;
  const char *filled; /* who fills which slot, in their order; "." is nobody */
} Case;

static const Case cases[] = {
  { "nobody", "lead/a ops/a", "", FALSE, { NULL }, FALSE, 2, 0, ". ." },
  { "all", "lead/a ops/a", "", FALSE, { "ada lead 0 +", "bob ops 1 +" }, TRUE, 0, 0, "ada bob" },
  { "no lines", "", "", FALSE, { NULL }, TRUE, 0, 0, "" },
  { "overlap: one of two has both roles and signed first",
    "lead/a ops/a", "", FALSE, { "ada lead,ops 0 +", "bob lead 0 +" }, TRUE, 0, 0, "bob ada" },
  { "overlap: the same the other way round",
    "lead/a ops/a", "", FALSE, { "bob lead 0 +", "ada lead,ops 0 +" }, TRUE, 0, 0, "bob ada" },
  { "overlap: a chain of three",
    "lead/a ops/a qa/a", "", FALSE,
    { "ada lead,ops 0 +", "bob ops,qa 1 +", "cy lead 0 +" }, TRUE, 0, 0, "cy ada bob" },
  { "overlap: what means something else is not exchanged",
    "lead/a ops/b", "", FALSE, { "ada lead,ops 0 +", "bob lead 0 +" }, FALSE, 1, 0, "ada ." },
  { "one person fills one slot",
    "lead/a ops/a", "", FALSE, { "ada lead,ops 0 +", "ada lead,ops 1 +" }, FALSE, 1, 0, "ada ." },
  { "a signature without the role",
    "lead/a", "", FALSE, { "ada ops 0 +" }, FALSE, 1, 0, "." },
  { "2 of 3: one", "lead/a", "lead=2", FALSE, { "ada lead 0 +" }, FALSE, 1, 0, "ada ." },
  { "2 of 3: two", "lead/a", "lead=2", FALSE, { "ada lead 0 +", "bob lead 0 +" }, TRUE, 0, 0,
    "ada bob" },
  { "2 of 3: the same one twice",
    "lead/a", "lead=2", FALSE, { "ada lead 0 +", "ada lead 0 +" }, FALSE, 1, 0, "ada ." },
  { "N of M across roles: three with one of them in both",
    "lead/a", "lead=2 security=1", FALSE,
    { "ada lead,security 0 +", "bob lead 0 +", "cy lead 0 +" }, TRUE, 0, 0, "cy bob ada" },
  { "N of M across roles: two people are no three",
    "lead/a", "lead=2 security=1", FALSE,
    { "ada lead,security 0 +", "bob lead,security 0 +" }, FALSE, 1, 0, "ada bob ." },
  { "N of M across roles: enough people, too few of one role",
    "lead/a", "lead=2 security=1", FALSE,
    { "ada lead 0 +", "bob lead 0 +", "cy lead 0 +", "dan ops 0 +" }, FALSE, 1, 0, "ada bob ." },
  { "N of M across roles: the operator is none of them",
    "lead/a ops/a", "lead=2 ops=2", FALSE,
    { "op lead,ops 0 +", "ada lead,ops 0 +", "bob lead,ops 1 +", "cy ops 1 +", "dan lead 0 +" },
    TRUE, 0, 0, "ada bob dan cy" },
  { "N of M across roles: one of them lapsed",
    "lead/a ops/a", "lead=2 ops=2", FALSE,
    { "ada lead,ops 0 +", "bob lead,ops 1 +", "cy ops 1 x", "dan lead 0 +" },
    FALSE, 1, 0, "ada bob dan ." },
  { "a role that the runbook does not ask for",
    "lead/a", "security=1", FALSE, { "ada lead 0 +" }, FALSE, 1, 0, "ada ." },
  { "the same, signed", "lead/a", "security=1", FALSE, { "ada lead 0 +", "eve security 0 +" }, TRUE,
    0, 0, "ada eve" },
  { "fewer than the runbook asks for change nothing",
    "lead/a lead/a", "lead=1", FALSE, { "ada lead 0 +" }, FALSE, 1, 0, "ada ." },
  { "the operator signs the own deployment",
    "lead/a", "", FALSE, { "op lead 0 +" }, FALSE, 1, 0, "." },
  { "the operator may", "lead/a", "", TRUE, { "op lead 0 +" }, TRUE, 0, 0, "op" },
  { "the operator may reject",
    "lead/a", "", FALSE, { "bob lead 0 +", "op lead 0 -" }, FALSE, 0, 1, "bob" },
  { "reject", "lead/a ops/a", "", FALSE, { "ada lead 0 +", "bob ops 1 -" }, FALSE, 1, 1, "ada ." },
  { "a reject stops also what is complete",
    "lead/a", "", FALSE, { "ada lead 0 +", "bob lead 0 -" }, FALSE, 0, 1, "ada" },
  { "a reject without a role stops nothing",
    "lead/a", "", FALSE, { "ada lead 0 +", "bob intern 0 -" }, TRUE, 0, 0, "ada" },
  { "withdrawn, and approved",
    "lead/a", "", FALSE, { "ada lead 0 w", "ada lead 0 +" }, TRUE, 0, 0, "ada" },
  { "overruled", "lead/a", "", FALSE, { "ada lead 0 +", "bob lead 0 w" }, TRUE, 0, 0, "ada" },
  { "lapsed", "lead/a ops/a", "", FALSE, { "ada lead 0 x", "bob ops 1 +" }, FALSE, 1, 0, ". bob" },
  { "lapsed, and signed anew",
    "lead/a ops/a", "", FALSE, { "ada lead 0 x", "bob ops 1 +", "ada lead 0 +" }, TRUE, 0, 0,
    "ada bob" },
  { "spellings of a role",
    "Tech_Lead/a", "", FALSE, { "ada technical-lead 0 +" }, TRUE, 0, 0, "ada" },
};

typedef struct
{
  CsSlot lines[MAX_SLOTS];
  guint n_lines;
  CsBallot ballots[MAX_BALLOTS];
  guint n_ballots;
  CsPolicy *policy;
  GPtrArray *words; /* owns what the others point to */
} Scene;

static char *
keep (Scene *scene, char *text)
{
  g_ptr_array_add (scene->words, text);
  return text;
}

static void
read_lines (Scene *scene, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, " ", -1);

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], "/", 2);

      scene->lines[scene->n_lines].role = keep (scene, g_strdup (parts[0]));
      scene->lines[scene->n_lines++].group = keep (scene, g_strdup (parts[1]));
    }
}

static void
read_ballot (Scene *scene, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);
  CsBallot *ballot = &scene->ballots[scene->n_ballots++];

  g_assert_cmpuint (g_strv_length (parts), ==, 4);
  ballot->person = keep (scene, g_strdup (parts[0]));
  ballot->roles = (const char *const *) g_strsplit (parts[1], ",", -1);
  ballot->slot = (int) g_ascii_strtoll (parts[2], NULL, 10);
  ballot->group = scene->lines[ballot->slot].group;
  ballot->approve = *parts[3] == '+' || *parts[3] == 'x';
  ballot->counts = *parts[3] == '+' || *parts[3] == '-';
}

static void
scene_init (Scene *scene, const Case *given)
{
  g_auto (GStrv) needs = g_strsplit (given->needs, " ", -1);

  memset (scene, 0, sizeof *scene);
  scene->words = g_ptr_array_new_with_free_func (g_free);
  scene->policy = cs_policy_new ("production");
  scene->policy->operator_may_approve = given->operator_may_approve;
  for (guint i = 0; needs[i] != NULL && *needs[i] != '\0'; i++)
    {
      g_auto (GStrv) parts = g_strsplit (needs[i], "=", 2);

      cs_policy_require (scene->policy, parts[0], (guint) g_ascii_strtoull (parts[1], NULL, 10));
    }
  read_lines (scene, given->lines);
  for (guint i = 0; given->ballots[i] != NULL; i++)
    read_ballot (scene, given->ballots[i]);
}

static void
scene_clear (Scene *scene)
{
  for (guint i = 0; i < scene->n_ballots; i++)
    g_strfreev ((char **) scene->ballots[i].roles);
  cs_policy_free (scene->policy);
  g_ptr_array_unref (scene->words);
}

static char *
describe_filled (const Scene *scene, const CsTally *tally, guint n_slots)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n_slots; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            tally->filled[i] < 0 ? "."
                                                 : scene->ballots[tally->filled[i]].person);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_table (void)
{
  const char *const operators[] = { "op", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Scene scene;
      g_autoptr (GArray) slots = NULL;
      g_autoptr (CsTally) tally = NULL;
      g_autofree char *filled = NULL;

      g_test_message ("%s", cases[i].what);
      scene_init (&scene, &cases[i]);
      slots = cs_policy_list_slots (scene.policy, scene.lines, scene.n_lines);
      tally = cs_policy_count_ballots (scene.policy, (CsSlot *) slots->data, slots->len,
                                       scene.ballots, scene.n_ballots, operators);
      filled = describe_filled (&scene, tally, slots->len);
      g_assert_cmpint (tally->complete, ==, cases[i].complete);
      g_assert_cmpuint (tally->n_missing, ==, cases[i].n_missing);
      g_assert_cmpuint (tally->n_rejects, ==, cases[i].n_rejects);
      g_assert_cmpstr (filled, ==, cases[i].filled);
      scene_clear (&scene);
    }
}

/* Why a signature does not count is said of it. */
static void
test_standings (void)
{
  static const Case given = {
    "", "lead/a", "", FALSE,
    { "ada lead 0 +", "bob lead 0 +", "cy ops 0 +", "op lead 0 +", NULL },
    TRUE, 0, 0, "ada",
  };
  static const CsBallotStanding expected[] = { CS_BALLOT_FILLS, CS_BALLOT_SPARE, CS_BALLOT_NO_ROLE,
                                               CS_BALLOT_OPERATOR, CS_BALLOT_GONE };
  const char *const operators[] = { "op", NULL };
  Scene scene;
  g_autoptr (CsTally) tally = NULL;

  scene_init (&scene, &given);
  read_ballot (&scene, "dan lead 0 x");
  tally = cs_policy_count_ballots (scene.policy, scene.lines, scene.n_lines, scene.ballots,
                                   scene.n_ballots, operators);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (tally->standings[i], ==, expected[i]);
  scene_clear (&scene);
}

static void
test_would_help (void)
{
  static const Case given = {
    "", "lead/a ops/a", "", FALSE, { "ada lead,ops 0 +" }, FALSE, 1, 0, "",
  };
  const char *const operators[] = { "op", NULL };
  const char *const lead[] = { "lead", NULL };
  const char *const intern[] = { "intern", NULL };
  const CsBallot offers[] = {
    { "bob", lead, "a", -1, TRUE, TRUE },   { "eve", intern, "a", -1, TRUE, TRUE },
    { "op", lead, "a", -1, TRUE, TRUE },    { "ada", lead, "a", -1, TRUE, TRUE },
    { "bob", lead, "other", -1, TRUE, TRUE },
  };
  const gboolean expected[] = { TRUE, FALSE, FALSE, FALSE, FALSE };
  Scene scene;

  scene_init (&scene, &given);
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    g_assert_cmpint (cs_policy_would_help (scene.policy, scene.lines, scene.n_lines, scene.ballots,
                                           scene.n_ballots, operators, &offers[i]),
                     ==, expected[i]);
  scene_clear (&scene);
}

/* The oracle knows nothing of paths: it tries every way to give slots to people. */
static gboolean
can_fill (const Scene *scene, const CsSlot *slot, const char *person, gboolean operator_may)
{
  for (guint i = 0; i < scene->n_ballots; i++)
    {
      const CsBallot *ballot = &scene->ballots[i];

      if (strcmp (ballot->person, person) == 0 && ballot->approve && ballot->counts &&
          (operator_may || strcmp (person, "p0") != 0) &&
          g_strv_contains (ballot->roles, slot->role) &&
          (slot->group == NULL || strcmp (slot->group, ballot->group) == 0))
        return TRUE;
    }
  return FALSE;
}

static guint
try_all (const Scene *scene, const CsSlot *slots, guint n_slots, guint next, guint used)
{
  guint best;

  if (next == n_slots)
    return 0;
  best = try_all (scene, slots, n_slots, next + 1, used);
  for (guint p = 0; p < 5; p++)
    {
      const char person[] = { 'p', (char) ('0' + p), '\0' };

      if ((used & (1u << p)) == 0 &&
          can_fill (scene, &slots[next], person, scene->policy->operator_may_approve))
        best = MAX (best, 1 + try_all (scene, slots, n_slots, next + 1, used | (1u << p)));
    }
  return best;
}

static gboolean
anyone_rejects (const Scene *scene, const CsSlot *slots, guint n_slots)
{
  for (guint i = 0; i < scene->n_ballots; i++)
    for (guint k = 0; k < n_slots; k++)
      if (!scene->ballots[i].approve && scene->ballots[i].counts &&
          g_strv_contains (scene->ballots[i].roles, slots[k].role))
        return TRUE;
  return FALSE;
}

static void
scene_init_random (Scene *scene, GRand *rand)
{
  static const char *const roles[] = { "r0", "r1", "r2", "r3" };
  static const char *const groups[] = { "a", "b" };
  const char *held[5][5] = { { NULL } };

  memset (scene, 0, sizeof *scene);
  scene->words = g_ptr_array_new_with_free_func (g_free);
  scene->policy = cs_policy_new ("any");
  scene->policy->operator_may_approve = g_rand_boolean (rand);
  if (g_rand_int_range (rand, 0, 3) == 0)
    cs_policy_require (scene->policy, roles[g_rand_int_range (rand, 0, 4)],
                       (guint) g_rand_int_range (rand, 1, 3));
  scene->n_lines = (guint) g_rand_int_range (rand, 1, 5);
  for (guint i = 0; i < scene->n_lines; i++)
    scene->lines[i] = (CsSlot){ roles[g_rand_int_range (rand, 0, 4)],
                                groups[g_rand_int_range (rand, 0, 4) == 0 ? 1 : 0] };
  for (guint p = 0; p < 5; p++)
    for (guint r = 0, n = 0; r < 4; r++)
      if (g_rand_int_range (rand, 0, 5) < 2)
        held[p][n++] = roles[r];
  scene->n_ballots = (guint) g_rand_int_range (rand, 0, MAX_BALLOTS + 1);
  for (guint i = 0; i < scene->n_ballots; i++)
    {
      guint p = (guint) g_rand_int_range (rand, 0, 5);
      guint line = (guint) g_rand_int_range (rand, 0, (int) scene->n_lines);

      scene->ballots[i] = (CsBallot){
        keep (scene, g_strdup_printf ("p%u", p)),
        (const char *const *) g_strdupv ((char **) held[p]),
        scene->lines[line].group,
        (int) line,
        g_rand_int_range (rand, 0, 12) != 0,
        g_rand_int_range (rand, 0, 8) != 0,
      };
    }
}

/* Whoever fills a slot may do so, and nobody fills two. */
static void
check_filled (const Scene *scene, const CsSlot *slots, guint n_slots, const CsTally *tally)
{
  for (guint k = 0; k < n_slots; k++)
    {
      const char *person;

      if (tally->filled[k] < 0)
        continue;
      person = scene->ballots[tally->filled[k]].person;
      g_assert_true (
        can_fill (scene, &slots[k], person, scene->policy->operator_may_approve));
      g_assert_cmpint (tally->standings[tally->filled[k]], ==, CS_BALLOT_FILLS);
      for (guint m = 0; m < k; m++)
        if (tally->filled[m] >= 0)
          g_assert_cmpstr (scene->ballots[tally->filled[m]].person, !=, person);
    }
}

static void
test_oracle (void)
{
  const char *const operators[] = { "p0", NULL };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261121);
  guint n_complete = 0, n_displaced = 0;

  for (guint i = 0; i < N_RANDOM; i++)
    {
      Scene scene;
      g_autoptr (GArray) array = NULL;
      g_autoptr (CsTally) tally = NULL;
      CsSlot *slots;
      guint most;

      scene_init_random (&scene, rand);
      array = cs_policy_list_slots (scene.policy, scene.lines, scene.n_lines);
      slots = (CsSlot *) array->data;
      tally = cs_policy_count_ballots (scene.policy, slots, array->len, scene.ballots,
                                       scene.n_ballots, operators);
      most = try_all (&scene, slots, array->len, 0, 0);
      g_assert_cmpuint (tally->n_missing, ==, array->len - most);
      g_assert_cmpint (tally->n_rejects > 0, ==, anyone_rejects (&scene, slots, array->len));
      g_assert_cmpint (tally->complete, ==,
                       most == array->len && !anyone_rejects (&scene, slots, array->len));
      check_filled (&scene, slots, array->len, tally);
      n_complete += tally->complete ? 1 : 0;
      for (guint k = 0; k < array->len; k++)
        n_displaced +=
          tally->filled[k] >= 0 && scene.ballots[tally->filled[k]].slot != (int) k ? 1 : 0;
      scene_clear (&scene);
    }
  /* The cases are worth something: both answers come, and people are moved. */
  g_assert_cmpuint (n_complete, >, N_RANDOM / 50);
  g_assert_cmpuint (n_complete, <, N_RANDOM / 2);
  g_assert_cmpuint (n_displaced, >, N_RANDOM / 20);
}

static void
test_override (void)
{
  const char *const manager[] = { "developer", "Leitung", NULL };
  const char *const lead[] = { "tech lead", NULL };
  g_autoptr (CsPolicy) policy = cs_policy_new ("production");
  g_autoptr (GError) error = NULL;

  g_assert_true (cs_policy_check_override (policy, manager, "the shop is down", &error));
  g_assert_no_error (error);
  g_assert_false (cs_policy_check_override (policy, lead, "the shop is down", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (cs_policy_check_override (policy, manager, "  ", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

static void
test_json (void)
{
  static const char *const wrong[] = {
    "{}",
    "{\"environment\":\"\",\"needs\":[],\"overrider\":\"manager\"}",
    "{\"environment\":\"p\",\"needs\":[],\"overrider\":\"\"}",
    "{\"environment\":\"p\",\"needs\":[{\"role\":\"a\",\"count\":0}],\"overrider\":\"m\"}",
    "{\"environment\":\"p\",\"needs\":[{\"role\":\"a\",\"count\":21}],\"overrider\":\"m\"}",
    "{\"environment\":\"p\",\"needs\":[7],\"overrider\":\"m\"}",
  };
  g_autoptr (CsPolicy) policy = cs_policy_new ("production");
  g_autoptr (CsPolicy) again = NULL;
  g_autoptr (JsonObject) object = NULL;

  policy->operator_may_approve = TRUE;
  cs_policy_require (policy, "Tech Lead", 2);
  cs_policy_require (policy, "tech-lead", 3);
  cs_policy_require (policy, "Operations", 1);
  cs_policy_require (policy, "Operations", 0);
  object = cs_policy_to_json (policy);
  again = cs_policy_new_from_json (object, NULL);
  g_assert_nonnull (again);
  g_assert_true (again->operator_may_approve);
  g_assert_cmpuint (again->needs->len, ==, 1);
  g_assert_cmpuint (cs_policy_get_count (again, "Technische Leitung"), ==, 3);
  g_assert_cmpuint (cs_policy_get_count (again, "Operations"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (wrong[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (cs_policy_new_from_json (json_node_get_object (node), &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
    }
}

static void
test_roles (void)
{
  static const char *const same[][2] = {
    { "Tech lead", "TECH-LEAD" },        { "Tech Lead", "Technische Leitung" },
    { "Entwickler:in", "Developer" },    { "Entwickler*innen", "entwickler" },
    { "Manager", " manager " },          { "QA", "Qualita\xcc\x88tssicherung" },
    { "Chief Vibes", "chief  vibes!" },
  };
  static const char *const different[][2] = {
    { "Tech lead", "Lead" },
    { "Engineering Manager", "Manager" },
    { "", "Manager" },
    { "Operations", "Operator" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    g_assert_true (cs_role_equal (same[i][0], same[i][1]));
  for (guint i = 0; i < G_N_ELEMENTS (different); i++)
    g_assert_false (cs_role_equal (different[i][0], different[i][1]));
}

static void
test_words (void)
{
  g_autoptr (CsPolicy) policy = cs_policy_new ("production");
  g_autofree char *none = cs_policy_words_dup_text (NULL);
  g_autofree char *plain = cs_policy_words_dup_text (policy);
  g_autofree char *full = NULL;

  g_assert_nonnull (strstr (none, "Nobody holds a role yet"));
  g_assert_nonnull (strstr (plain, "four eyes"));
  g_assert_nonnull (strstr (plain, "the role Manager"));
  g_assert_null (strstr (plain, "At least"));
  cs_policy_require (policy, "Tech lead", 2);
  cs_policy_require (policy, "operations", 1);
  cs_policy_require (policy, "Bell <ringer>", 1);
  policy->operator_may_approve = TRUE;
  full = cs_policy_words_dup_text (policy);
  g_assert_nonnull (strstr (full, "At least 2 signatures as Tech lead, 1 signature as Operations "
                                  "and 1 signature as Bell <ringer>, also"));
  g_assert_null (strstr (full, "four eyes"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/trust/policy/table", test_table);
  g_test_add_func ("/trust/policy/standings", test_standings);
  g_test_add_func ("/trust/policy/would-help", test_would_help);
  g_test_add_func ("/trust/policy/oracle", test_oracle);
  g_test_add_func ("/trust/policy/override", test_override);
  g_test_add_func ("/trust/policy/json", test_json);
  g_test_add_func ("/trust/policy/words", test_words);
  g_test_add_func ("/trust/role/spellings", test_roles);

  return g_test_run ();
}
