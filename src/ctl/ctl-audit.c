/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl audit */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-audit.h"
#include "cs-clock.h"
#include "cs-environment-list.h"
#include "cs-error.h"
#include "cs-membership.h"
#include "ctl-commands.h"
#include "ctl-print.h"
#include "ctl-records.h"

#include <unistd.h>

#define DEFAULT_LIMIT 100

/* What `audit list` and `audit search` were asked for. */
typedef struct
{
  char *environment;
  char *since;
  char *until;
  char *limit;
  gboolean json;
  gboolean csv;
  CsQuery *query;
} Search;

static void
search_clear (Search *search)
{
  g_free (search->environment);
  g_free (search->since);
  g_free (search->until);
  g_free (search->limit);
  cs_query_free (search->query);
}

static gboolean
parse_limit (const char *text, guint *limit, GError **error)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &value, NULL))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "--limit wants a number from 1 on, not “%s”",
                   text);
      return FALSE;
    }
  *limit = (guint) value;
  return TRUE;
}

static gboolean
read_limits (Search *search, GError **error)
{
  search->query->limit = DEFAULT_LIMIT;
  return (search->since == NULL || ctl_parse_time (search->since, &search->query->since, error)) &&
         (search->until == NULL || ctl_parse_time (search->until, &search->query->until, error)) &&
         (search->limit == NULL || parse_limit (search->limit, &search->query->limit, error));
}

static GPtrArray *
find_records (Ctl *ctl, CsQuery *query, GError **error)
{
  CsStore *store = cs_workspace_get_store (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;

  cs_store_query_async (store, query, NULL, ctl_ready_cb, &result);
  return cs_store_query_finish (store, ctl_wait (&result), error);
}

static CtlStatus
print_found (Ctl *ctl, Search *search)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = NULL;

  if (ctl_open (ctl, &error))
    {
      if (search->environment != NULL)
        search->query->streams = cs_environment_list_streams (
          cs_workspace_get_deployments (ctl->workspace), search->environment);
      records = find_records (ctl, search->query, &error);
    }
  if (records == NULL)
    return ctl_fail (error);
  if (search->json)
    ctl_records_print_json (records);
  else if (search->csv)
    ctl_records_print_csv (records);
  else
    ctl_records_print (records);
  return CTL_DONE;
}

CtlStatus
ctl_audit_list (Ctl *ctl, char **arguments)
{
  Search search = { .query = cs_query_new () };
  const GOptionEntry entries[] = {
    { "person", 0, 0, G_OPTION_ARG_FILENAME, &search.query->actor, NULL, "ID" },
    { "environment", 0, 0, G_OPTION_ARG_FILENAME, &search.environment, NULL, "E" },
    { "kind", 0, 0, G_OPTION_ARG_FILENAME, &search.query->kind, NULL, "KIND" },
    { "since", 0, 0, G_OPTION_ARG_FILENAME, &search.since, NULL, "TIME" },
    { "until", 0, 0, G_OPTION_ARG_FILENAME, &search.until, NULL, "TIME" },
    { "limit", 0, 0, G_OPTION_ARG_FILENAME, &search.limit, NULL, "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &search.json, NULL, NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &search.csv, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, arguments, entries, 0, 0, &words, &error) || !read_limits (&search, &error))
    status = ctl_fail (error);
  else
    status = print_found (ctl, &search);
  search_clear (&search);
  return status;
}

CtlStatus
ctl_audit_search (Ctl *ctl, char **arguments)
{
  Search search = { .query = cs_query_new () };
  const GOptionEntry entries[] = {
    { "limit", 0, 0, G_OPTION_ARG_FILENAME, &search.limit, NULL, "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &search.json, NULL, NULL },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &search.csv, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CtlStatus status;

  if (!ctl_parse (ctl, arguments, entries, 1, G_MAXUINT, &words, &error) ||
      !read_limits (&search, &error))
    status = ctl_fail (error);
  else
    {
      search.query->words = g_strjoinv (" ", words);
      status = print_found (ctl, &search);
    }
  search_clear (&search);
  return status;
}

static void
progress_cb (gint64 done, gint64 total, gpointer user_data)
{
  fprintf (stderr, "\r%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " checked", done, total);
}

static CsVerification *
verify_workspace (Ctl *ctl, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  gboolean terminal = isatty (STDERR_FILENO);
  CsVerification *verification;

  cs_audit_verify_async (ctl->workspace, terminal ? progress_cb : NULL, NULL, NULL, ctl_ready_cb,
                         &result);
  verification = cs_audit_verify_finish (ctl_wait (&result), error);
  if (terminal)
    fputc ('\n', stderr);
  return verification;
}

/* Damage can be such that no workspace can be opened; the chains still say what is wrong. */
static CsVerification *
verify_store (Ctl *ctl, GError **error)
{
  g_autofree char *directory = ctl_dup_directory (ctl);
  g_autoptr (CsKeyring) keyring = cs_keyring_new (directory);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CsStore) store = NULL;
  CsVerification *verification;

  cs_membership_open_async (directory, keyring, NULL, ctl_ready_cb, &result);
  store = cs_membership_open_finish (ctl_wait (&result), error);
  if (store == NULL)
    return NULL;
  verification = cs_verification_run_sync (store, error);
  cs_membership_close (store);
  return verification;
}

static JsonNode *
verification_to_json (CsVerification *verification)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();
  JsonArray *notes = json_array_new ();
  GPtrArray *findings = cs_verification_get_findings (verification);

  for (guint i = 0; i < findings->len; i++)
    {
      CsFinding *finding = findings->pdata[i];
      JsonObject *item = json_object_new ();

      ctl_set_text (item, "stream", finding->stream);
      if (finding->n >= 0)
        json_object_set_int_member (item, "n", finding->n);
      else
        json_object_set_null_member (item, "n");
      ctl_set_text (item, "blob", finding->blob);
      ctl_set_text (item, "message", finding->message);
      json_array_add_object_element (array, item);
    }
  json_object_set_boolean_member (object, "clean", cs_verification_is_clean (verification));
  json_object_set_int_member (object, "records", cs_verification_get_n_records (verification));
  json_object_set_int_member (object, "streams", cs_verification_get_n_streams (verification));
  json_object_set_int_member (object, "blobs", cs_verification_get_n_blobs (verification));
  json_object_set_array_member (object, "findings", array);
  for (guint i = 0; i < cs_verification_get_notes (verification)->len; i++)
    json_array_add_string_element (notes, cs_verification_get_notes (verification)->pdata[i]);
  json_object_set_array_member (object, "notes", notes);
  json_node_take_object (node, object);
  return node;
}

static void
print_verification (CsVerification *verification)
{
  GPtrArray *findings = cs_verification_get_findings (verification);

  printf ("%" G_GINT64_FORMAT " records in %" G_GINT64_FORMAT " streams, %" G_GINT64_FORMAT
          " blobs: %s\n",
          cs_verification_get_n_records (verification),
          cs_verification_get_n_streams (verification), cs_verification_get_n_blobs (verification),
          findings->len == 0 ? "all good" : "NOT good");
  for (guint i = 0; i < findings->len; i++)
    {
      CsFinding *finding = findings->pdata[i];

      if (finding->stream != NULL)
        ctl_print (stdout, "%s ", finding->stream);
      if (finding->n >= 0)
        printf ("record %" G_GINT64_FORMAT " ", finding->n);
      if (finding->blob != NULL)
        ctl_print (stdout, "blob %s ", finding->blob);
      ctl_print (stdout, "%s\n", finding->message);
    }
  for (guint i = 0; i < cs_verification_get_notes (verification)->len; i++)
    ctl_print (stdout, "%s\n", cs_verification_get_notes (verification)->pdata[i]);
}

CtlStatus
ctl_audit_verify (Ctl *ctl, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (CsVerification) verification = NULL;

  if (!ctl_parse (ctl, arguments, entries, 0, 0, &words, &error))
    return ctl_fail (error);
  if (ctl_open (ctl, &error))
    verification = verify_workspace (ctl, &error);
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_CORRUPT))
    {
      g_clear_error (&error);
      verification = verify_store (ctl, &error);
    }
  if (verification == NULL)
    return ctl_fail (error);
  if (json)
    {
      g_autoptr (JsonNode) node = verification_to_json (verification);

      ctl_print_json (node);
    }
  else
    print_verification (verification);
  return cs_verification_is_clean (verification) ? CTL_DONE : CTL_NO;
}
