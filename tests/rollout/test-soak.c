/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which time counts as soaked: that in which somebody measured, and the verdict was good. */

#include "cs-clock.h"
#include "cs-record.h"
#include "cs-series-store.h"
#include "cs-soak.h"

#define S ((gint64) G_USEC_PER_SEC)
#define START (G_GINT64_CONSTANT (1700000000) * S)

static void
add_record (
  GPtrArray *records,
  gint64 second,
  const char *kind,
  const char *member,
  const char *verdict)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), NULL);
  JsonObject *body = json_object_new ();

  json_node_take_object (node, body);
  json_object_set_string_member (body, member, "c1");
  if (verdict != NULL)
    json_object_set_string_member (body, "verdict", verdict);
  g_ptr_array_add (records,
                   cs_record_new (0, "watch/rollout/x", records->len, START + second * S, "olga",
                                  kind, node, CS_RECORD_NO_PREVIOUS, CS_RECORD_NO_PREVIOUS));
}

static void
add_verdict (GPtrArray *records, gint64 second, const char *verdict)
{
  add_record (records, second, "watch-judged", "criterion", verdict);
}

static gint64
total_of (GPtrArray *records, const char *criterion, gint64 now)
{
  g_autoptr (GArray) good = cs_soak_list_good (records, criterion, START + now * S);

  return cs_soak_total (good) / S;
}

static void
test_verdicts (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_cmpint (total_of (records, "c1", 1000), ==, 0);
  add_verdict (records, 10, "good");
  g_assert_cmpint (total_of (records, "c1", 30), ==, 20);
  g_assert_cmpint (total_of (records, "c2", 30), ==, 0);
  add_verdict (records, 40, "inconclusive");
  g_assert_cmpint (total_of (records, "c1", 90), ==, 30);
  add_verdict (records, 100, "good");
  add_verdict (records, 105, "good");
  add_verdict (records, 110, "bad");
  add_verdict (records, 120, "error");
  g_assert_cmpint (total_of (records, "c1", 500), ==, 40);
  add_verdict (records, 200, "good");
  /* Another bound under the same id was never judged. */
  add_record (records, 250, "watch-criterion-set", "id", NULL);
  g_assert_cmpint (total_of (records, "c1", 500), ==, 90);
}

static void
add_bucket (GArray *buckets, gint64 second, gint64 width)
{
  CsSeriesBucket bucket = { .at = START + second * S, .width = width * S };

  g_array_append_val (buckets, bucket);
}

static void
test_measured (void)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, TRUE, sizeof (CsSeriesBucket));
  g_autoptr (GArray) measured = NULL;
  g_autoptr (GArray) day = cs_soak_whole (START + 60 * S, START + 86400 * S);
  g_autoptr (GArray) both = NULL;

  /* An hour that was summed up; a gap; then every ten seconds until the program died. */
  add_bucket (buckets, 0, 3600);
  for (guint i = 0; i < 6; i++)
    add_bucket (buckets, 10000 + i * 10, 0);
  measured = cs_soak_list_measured (buckets, 30 * S, START + 20000 * S);
  g_assert_cmpuint (measured->len, ==, 2);
  g_assert_cmpint (cs_soak_total (measured), ==, (3630 + 80) * S);
  both = cs_soak_intersect (measured, day);
  g_assert_cmpint (cs_soak_total (both), ==, (3630 - 60 + 80) * S);
}

/* A measurement stands until now, not longer. */
static void
test_now (void)
{
  g_autoptr (GArray) buckets = g_array_new (FALSE, TRUE, sizeof (CsSeriesBucket));
  g_autoptr (GArray) measured = NULL;

  add_bucket (buckets, 0, 0);
  measured = cs_soak_list_measured (buckets, 30 * S, START + 7 * S);
  g_assert_cmpint (cs_soak_total (measured), ==, 7 * S);
}

static void
test_intersect (void)
{
  g_autoptr (GArray) nothing = cs_soak_whole (START, START);
  g_autoptr (GArray) backwards = cs_soak_whole (G_MAXINT64, START);
  g_autoptr (GArray) one = cs_soak_whole (START, START + 10 * S);
  g_autoptr (GArray) other = cs_soak_whole (START + 10 * S, START + 20 * S);
  g_autoptr (GArray) none = cs_soak_intersect (one, other);
  g_autoptr (GArray) still = cs_soak_intersect (one, nothing);
  g_autoptr (GArray) same = cs_soak_intersect (one, one);

  g_assert_cmpuint (nothing->len + backwards->len + none->len + still->len, ==, 0);
  g_assert_cmpint (cs_soak_total (same), ==, 10 * S);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rollout/soak/verdicts", test_verdicts);
  g_test_add_func ("/rollout/soak/measured", test_measured);
  g_test_add_func ("/rollout/soak/now", test_now);
  g_test_add_func ("/rollout/soak/intersect", test_intersect);
  return g_test_run ();
}
