/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as people and programs read them. */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-records.h"

#include "cs-history-csv.h"
#include "cs-json.h"
#include "cs-watch.h"
#include "ctl-print.h"

/* What of a record's body tells people most, in this order. */
static const char *const telling[] = {
  "title",
  "step",
  "block",
  "item",
  "field",
  "role",
  "name",
  "decision",
  "gate",
  "text",
  "ending",
  "status",
  "reason",
  "comment",
  "problem",
  "fingerprint",
  "id",
  "environment",
  "outcome",
  "output",
};

static void
print_member (JsonObject *body, const char *name)
{
  JsonNode *node = json_object_get_member (body, name);
  GType type =
    node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;

  if (type == G_TYPE_STRING && *json_node_get_string (node) != '\0')
    ctl_print (stdout, "  %s=%s", name, json_node_get_string (node));
  else if (type == G_TYPE_INT64)
    printf ("  %s=%" G_GINT64_FORMAT, name, json_node_get_int (node));
}

void
ctl_records_print (GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = records->pdata[i];
      JsonObject *body = cs_record_get_body (record);
      g_autofree char *at = ctl_format_time (cs_record_get_at (record));

      ctl_print (stdout, "%s  %s  %s", at, cs_record_get_actor (record),
                 cs_record_get_kind (record));
      for (gsize k = 0; body != NULL && k < G_N_ELEMENTS (telling); k++)
        print_member (body, telling[k]);
      fputc ('\n', stdout);
    }
}

void
ctl_records_print_json (GPtrArray *records)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < records->len; i++)
    json_array_add_element (array, cs_record_to_json (records->pdata[i]));
  json_node_take_array (node, array);
  ctl_print_json (node);
}

void
ctl_records_print_csv (GPtrArray *records)
{
  g_autoptr (GString) text = g_string_new (NULL);

  cs_history_csv_append_header (text);
  for (guint i = 0; i < records->len; i++)
    {
      cs_history_csv_append_record (text, records->pdata[i]);
      fwrite (text->str, 1, text->len, stdout);
      g_string_truncate (text, 0);
    }
  fwrite (text->str, 1, text->len, stdout);
}

GPtrArray *
ctl_records_read (Ctl *ctl, const char *stream, GError **error)
{
  CsStore *store = cs_workspace_get_store (ctl->workspace);
  g_autoptr (GAsyncResult) result = NULL;

  cs_store_read_async (store, stream, 0, NULL, ctl_ready_cb, &result);
  return cs_store_read_finish (store, ctl_wait (&result), error);
}

GPtrArray *
ctl_records_read_watch (Ctl *ctl, CsDeployment *deployment, GError **error)
{
  g_autofree char *stream =
    g_strconcat (CS_WATCH_STREAM_PREFIX, cs_deployment_get_stream (deployment), NULL);

  return ctl_records_read (ctl, stream, error);
}
