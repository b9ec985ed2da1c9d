/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that break and servers that die: nothing acknowledged is lost, nothing is there
 * twice, and what was refused is not there. */

#include "fixture.h"

#include "cs-error.h"
#include "cs-mirror.h"
#include "cs-pg-follower.h"
#include "cs-test-proxy.h"
#include "cs-verification.h"

#include <string.h>

#define N_WRITERS 4

/* One program that appends without a pause. */
typedef struct
{
  Team *team;
  guint number;
  gint is_open;
  gint stop;
  GPtrArray *acknowledged; /* texts */
  GPtrArray *refused;
} Writer;

static gpointer
write_thread (gpointer data)
{
  Writer *writer = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (CsPgStore) store = NULL;

  g_main_context_push_thread_default (context);
  store = team_open (writer->team);
  g_atomic_int_set (&writer->is_open, 1);
  for (guint i = 0; !g_atomic_int_get (&writer->stop); i++)
    {
      g_autofree char *stream = g_strdup_printf ("deployment/%u", i % 3);
      char *text = g_strdup_printf ("w%u-%u", writer->number, i);
      g_autofree char *json = g_strdup_printf ("{\"text\":\"%s\"}", text);
      g_autoptr (GPtrArray) drafts = team_draft ("noted", json);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) records =
        cs_store_append_sync (CS_STORE (store), stream, CS_STORE_ANY, "ada", drafts, &error);

      g_ptr_array_add (records != NULL ? writer->acknowledged : writer->refused, text);
      if (records == NULL)
        {
          g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
          g_usleep (2000);
        }
    }
  cs_pg_store_close (store);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
count_texts (Team *team, GHashTable *counts)
{
  g_autofree char *out =
    team_execute (team, "SELECT body::json->>'text' FROM countersign.records");
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      g_hash_table_insert (counts, g_strdup (lines[i]),
                           GUINT_TO_POINTER (
                             GPOINTER_TO_UINT (g_hash_table_lookup (counts, lines[i])) + 1));
}

static void
assert_count (GHashTable *counts, GPtrArray *texts, guint expected)
{
  for (guint i = 0; i < texts->len; i++)
    {
      const char *text = g_ptr_array_index (texts, i);
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, text));

      if (n != expected)
        g_error ("“%s” is there %u times instead of %u", text, n, expected);
    }
}

/* pg_ctl -m immediate at random moments under load. */
static void
test_killed (Team *team, gconstpointer data)
{
  guint n_kills = g_getenv ("COUNTERSIGN_SOAK") != NULL ? 50 : 4;
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (CsVerification) verification = NULL;
  Writer writers[N_WRITERS] = { 0 };
  GThread *threads[N_WRITERS];
  guint n_acknowledged = 0;
  guint n_refused = 0;

  for (guint i = 0; i < N_WRITERS; i++)
    {
      writers[i].team = team;
      writers[i].number = i;
      writers[i].acknowledged = g_ptr_array_new_with_free_func (g_free);
      writers[i].refused = g_ptr_array_new_with_free_func (g_free);
      threads[i] = g_thread_new ("writer", write_thread, &writers[i]);
    }
  for (guint i = 0; i < N_WRITERS; i++)
    while (!g_atomic_int_get (&writers[i].is_open))
      g_usleep (1000);
  for (guint i = 0; i < n_kills; i++)
    {
      g_usleep ((gulong) g_test_rand_int_range (50, 600) * 1000);
      cs_test_postgres_kill (team_postgres ());
      cs_test_postgres_start (team_postgres ());
    }
  g_usleep (G_USEC_PER_SEC);
  for (guint i = 0; i < N_WRITERS; i++)
    g_atomic_int_set (&writers[i].stop, 1);
  for (guint i = 0; i < N_WRITERS; i++)
    g_thread_join (threads[i]);
  count_texts (team, counts);
  for (guint i = 0; i < N_WRITERS; i++)
    {
      assert_count (counts, writers[i].acknowledged, 1);
      assert_count (counts, writers[i].refused, 0);
      n_acknowledged += writers[i].acknowledged->len;
      n_refused += writers[i].refused->len;
      g_ptr_array_unref (writers[i].acknowledged);
      g_ptr_array_unref (writers[i].refused);
    }
  g_assert_cmpuint (n_acknowledged, ==, g_hash_table_size (counts));
  g_assert_cmpuint (n_acknowledged, >, 0);
  g_test_message ("%u kills, %u acknowledged, %u refused", n_kills, n_acknowledged, n_refused);
  verification = cs_verification_run_sync (team->store, NULL);
  g_assert_nonnull (verification);
  g_assert_true (cs_verification_is_clean (verification));
}

static gboolean
is_lost (gpointer data)
{
  return cs_pg_store_get_lost (data) != NULL;
}

static gboolean
is_back (gpointer data)
{
  return cs_pg_store_get_lost (data) == NULL;
}

static void
note_cb (CsStore *store, CsRecord *record, GPtrArray *records)
{
  g_ptr_array_add (records, g_object_ref (record));
}

static gboolean
has_two (gpointer data)
{
  return ((GPtrArray *) data)->len == 2;
}

/* A network between the store and the server that can be cut. */
typedef struct
{
  CsTestProxy *proxy;
  CsPgServer *server;
} Network;

static void
network_clear (Network *self)
{
  cs_test_proxy_free (self->proxy);
  cs_pg_server_unref (self->server);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Network, network_clear)

static void
network_init (Network *self, Team *team)
{
  g_autofree char *direct =
    cs_test_postgres_dup_address (team_postgres (), "ada", team->database, TRUE);
  g_autofree char *port = g_strdup_printf ("port=%u", cs_test_postgres_get_port (team_postgres ()));
  g_auto (GStrv) parts = g_strsplit (direct, port, 2);
  g_autofree char *address = NULL;
  g_autofree char *via = NULL;
  g_autoptr (GError) error = NULL;

  self->proxy = cs_test_proxy_new (cs_test_postgres_get_port (team_postgres ()));
  via = g_strdup_printf ("port=%u", cs_test_proxy_get_port (self->proxy));
  address = g_strjoin (via, parts[0], parts[1], NULL);
  self->server = cs_pg_server_new (address, CS_TEST_POSTGRES_PASSWORD, &error);
  g_assert_no_error (error);
}

/* The network between us and the server is cut and comes back: both are told, what others did
 * meanwhile is told, and acts that could not be recorded say so. */
static void
test_network (Team *team, gconstpointer data)
{
  g_auto (Network) network = { NULL };
  g_autoptr (CsPgStore) store = NULL;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) drafts = team_draft ("noted", "{\"text\":\"refused\"}");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  network_init (&network, team);
  store = cs_pg_store_open_sync (network.server, team->directory, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (store, "appended", G_CALLBACK (note_cb), told);
  team_append (CS_STORE (store), "s", "{\"text\":\"before\"}");
  cs_test_proxy_down (network.proxy);
  team_wait (is_lost, store);
  records = cs_store_append_sync (CS_STORE (store), "s", CS_STORE_ANY, "ada", drafts, &error);
  g_assert_null (records);
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "ry again when it is back"));
  team_append (team->store, "s", "{\"text\":\"meanwhile\"}");
  cs_test_proxy_up (network.proxy);
  team_wait (is_back, store);
  team_wait (has_two, told);
  team_append (CS_STORE (store), "s", "{\"text\":\"after\"}");
  for (guint i = 0; i < told->len; i++)
    g_assert_cmpint (cs_record_get_n (g_ptr_array_index (told, i)), ==, i);
  cs_pg_store_close (store);
}

/* Whether the copy that lies in the directory has so many records of "s". */
static gboolean
is_copied (gpointer data)
{
  Team *team = data;
  g_autofree char *path = g_strdup_printf ("%s/mirror-%s.db", team->directory,
                                           cs_pg_store_get_workspace (team->pg));
  g_autoptr (CsMirror) mirror = NULL;
  g_autoptr (GArray) seqs = NULL;
  gint64 from;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  mirror = cs_mirror_open (path, NULL);
  seqs = mirror != NULL ? cs_mirror_list_seqs (mirror, G_MAXINT64, &from, NULL) : NULL;
  return seqs != NULL && cs_mirror_is_complete (mirror) && seqs->len == 3;
}

static void
assert_read (CsPgStore *store, gint64 last_seq)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_read_sync (CS_STORE (store), "s", 0, &error);
  g_autoptr (GPtrArray) heads = cs_store_list_heads_sync (CS_STORE (store), "", NULL);
  g_autoptr (CsQuery) query = cs_query_new ();
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) older = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 3);
  g_assert_cmpint (cs_record_get_seq (g_ptr_array_index (records, 2)), ==, last_seq);
  g_assert_cmpuint (heads->len, ==, 1);
  query->words = g_strdup ("thre");
  found = cs_store_query_sync (CS_STORE (store), query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpint (cs_record_get_n (g_ptr_array_index (found, 0)), ==, 2);
  g_clear_pointer (&query->words, g_free);
  query->before = last_seq;
  older = cs_store_query_sync (CS_STORE (store), query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (older->len, ==, 2);
}

static gboolean
has_fourth (gpointer data)
{
  GPtrArray *records = data;

  return records->len > 0 && cs_record_get_n (g_ptr_array_index (records, records->len - 1)) == 3;
}

/* While the connection is lost, reading goes on from the copy, also in a program that is started
 * then; what came meanwhile is told to both when it is back. */
static void
test_copy (Team *team, gconstpointer data)
{
  const char *workspace = cs_pg_store_get_workspace (team->pg);
  g_auto (Network) network = { NULL };
  g_autoptr (CsPgStore) store = NULL;
  g_autoptr (CsPgStore) late = NULL;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) told_late = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) drafts = team_draft ("noted", "{}");
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;
  gint64 last_seq;

  network_init (&network, team);
  store = cs_pg_store_open_sync (network.server, team->directory, workspace, &error);
  g_assert_no_error (error);
  /* Seqs have gaps in the original, and none in the copy. */
  g_free (team_execute (team, "SELECT nextval ('countersign.record_seq')"));
  team_append (team->store, "s", "{\"text\":\"one\"}");
  g_free (team_execute (team, "SELECT nextval ('countersign.record_seq')"));
  team_append (team->store, "s", "{\"text\":\"two\"}");
  team_append (team->store, "s", "{\"text\":\"three\"}");
  records = cs_store_read_sync (team->store, "s", 2, NULL);
  last_seq = cs_record_get_seq (g_ptr_array_index (records, 0));
  g_assert_cmpint (last_seq, ==, 5);
  team_wait (is_copied, team);
  g_signal_connect (store, "appended", G_CALLBACK (note_cb), told);
  cs_test_proxy_down (network.proxy);
  team_wait (is_lost, store);
  assert_read (store, last_seq);
  g_clear_pointer (&records, g_ptr_array_unref);
  records = cs_store_append_sync (CS_STORE (store), "s", CS_STORE_ANY, "ada", drafts, &error);
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  g_clear_error (&error);

  late = cs_pg_store_open_sync (network.server, team->directory, workspace, &error);
  g_assert_no_error (error);
  g_signal_connect (late, "appended", G_CALLBACK (note_cb), told_late);
  team_wait (is_lost, late);
  assert_read (late, last_seq);
  team_append (team->store, "s", "{\"text\":\"meanwhile\"}");
  cs_test_proxy_up (network.proxy);
  team_wait (is_back, store);
  team_wait (is_back, late);
  team_wait (has_fourth, told);
  team_wait (has_fourth, told_late);
  /* The one knew what the copy has. */
  g_assert_cmpuint (told_late->len, ==, 1);
  team_append (CS_STORE (late), "s", "{\"text\":\"after\"}");
  cs_pg_store_close (late);
  cs_pg_store_close (store);
}

/* Without a copy, a server that can't be reached is an error; another workspace is one, too. */
static void
test_no_copy (Team *team, gconstpointer data)
{
  g_auto (Network) network = { NULL };
  g_autofree char *other = g_uuid_string_random ();
  g_autoptr (CsPgStore) store = NULL;
  g_autoptr (GError) error = NULL;

  network_init (&network, team);
  store = cs_pg_store_open_sync (network.server, team->directory, other, &error);
  g_assert_error (error, CS_ERROR, CS_ERROR_CONFLICT);
  g_clear_error (&error);
  cs_test_proxy_down (network.proxy);
  store = cs_pg_store_open_sync (network.server, team->directory,
                                 cs_pg_store_get_workspace (team->pg), &error);
  g_assert_null (store);
  g_assert_error (error, CS_ERROR, CS_ERROR_UNREACHABLE);
  cs_test_proxy_up (network.proxy);
}

/* Many at once on few streams: no gap, no fork, no loss, and everybody hears of everything. */
static void
test_many_writers (Team *team, gconstpointer data)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (CsVerification) verification = NULL;
  g_autoptr (GHashTable) next = g_hash_table_new (g_str_hash, g_str_equal);
  Writer writers[N_WRITERS] = { 0 };
  GThread *threads[N_WRITERS];
  guint n_acknowledged = 0;

  g_signal_connect (team->store, "appended", G_CALLBACK (note_cb), told);
  for (guint i = 0; i < N_WRITERS; i++)
    {
      writers[i].team = team;
      writers[i].number = i;
      writers[i].acknowledged = g_ptr_array_new_with_free_func (g_free);
      writers[i].refused = g_ptr_array_new_with_free_func (g_free);
      threads[i] = g_thread_new ("writer", write_thread, &writers[i]);
    }
  g_usleep (2 * G_USEC_PER_SEC);
  for (guint i = 0; i < N_WRITERS; i++)
    g_atomic_int_set (&writers[i].stop, 1);
  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (writers[i].refused->len, ==, 0);
      n_acknowledged += writers[i].acknowledged->len;
    }
  count_texts (team, counts);
  g_assert_cmpuint (g_hash_table_size (counts), ==, n_acknowledged);
  while (told->len < n_acknowledged)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < told->len; i++)
    {
      CsRecord *record = g_ptr_array_index (told, i);
      gpointer expected = g_hash_table_lookup (next, cs_record_get_stream (record));

      g_assert_cmpint (cs_record_get_n (record), ==, GPOINTER_TO_INT (expected));
      g_hash_table_insert (next, (gpointer) cs_record_get_stream (record),
                           GINT_TO_POINTER (GPOINTER_TO_INT (expected) + 1));
    }
  for (guint i = 0; i < N_WRITERS; i++)
    {
      assert_count (counts, writers[i].acknowledged, 1);
      g_ptr_array_unref (writers[i].acknowledged);
      g_ptr_array_unref (writers[i].refused);
    }
  g_test_message ("%u appends", n_acknowledged);
  verification = cs_verification_run_sync (team->store, NULL);
  g_assert_true (cs_verification_is_clean (verification));
}

static gboolean
hear_later_cb (gpointer user_data)
{
  return (*(guint *) user_data)++ > 0;
}

/* Somebody begins to listen, and acts, while nobody's records are read. */
static void
test_heard_meanwhile (Team *team, gconstpointer data)
{
  g_autoptr (CsPgServer) server = team_server (team, "ada");
  g_autoptr (CsPgConnection) connection = cs_pg_connection_open (server, NULL);
  g_autoptr (CsPgFollower) follower = cs_pg_follower_new ();
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  guint asked = 0;

  team_append (team->store, "s", "{\"text\":\"before\"}");
  g_assert_true (cs_pg_follower_begin (follower, connection, NULL));
  team_append (team->store, "s", "{\"text\":\"meanwhile\"}");
  g_assert_true (
    cs_pg_follower_collect (follower, connection, hear_later_cb, &asked, records, NULL));
  g_assert_cmpuint (records->len, ==, 1);
  g_assert_cmpint (cs_record_get_n (g_ptr_array_index (records, 0)), ==, 1);
  g_assert_true (
    cs_pg_follower_collect (follower, connection, hear_later_cb, &asked, records, NULL));
  g_assert_cmpuint (records->len, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  TEAM_TEST ("/postgres/lost/heard-meanwhile", test_heard_meanwhile);
  TEAM_TEST ("/postgres/lost/network", test_network);
  TEAM_TEST ("/postgres/lost/copy", test_copy);
  TEAM_TEST ("/postgres/lost/no-copy", test_no_copy);
  TEAM_TEST ("/postgres/lost/many-writers", test_many_writers);
  TEAM_TEST ("/postgres/lost/killed", test_killed);
  return team_run ();
}
