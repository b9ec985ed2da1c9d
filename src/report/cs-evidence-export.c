/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What convinces an auditor of one deployment, in a folder that needs no Countersign. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-evidence-export.h"

#include "cs-blob-names.h"
#include "cs-bundle-writer.h"
#include "cs-evidence-resources.h"
#include "cs-evidence-rights.h"
#include "cs-json.h"
#include "cs-sheet.h"
#include "cs-watch.h"

#include <string.h>

/* Pictures of the signers' handwriting. */
#define HANDWRITING "handwriting/"
#define RESOURCE_PATH "/io/github/countersign/evidence/"
#define LIBRARY_STREAM_PREFIX "runbook/"

/* Which streams go where, in the order of their names, which is that of HEADS. */
static const char *const STREAM_FILES[] = {
  "records/deployment.jsonl",
  "records/people.jsonl",
  "records/policy.jsonl",
  "records/runbook.jsonl",
  "records/targets.jsonl",
  "records/watch.jsonl",
};

/** WATCH_STREAM: which of these the sheet tells of */
#define WATCH_STREAM 5

/** N_RULED: how many of these, from the first, are held to who might sign and decide */
#define N_RULED 3

/* A blob that records name, and the file that it becomes. */
typedef struct
{
  char *digest;
  char *name;
} Item;

typedef struct
{
  CsStore *store;
  char *streams[G_N_ELEMENTS (STREAM_FILES)];
  guint next_stream;
  char *allowed_signers;
  CsSheet *sheet;
  char *directory;
  CsBundleWriter *writer;
  GString *heads;
  GPtrArray *records; /* of the stream that is being written */
  GPtrArray *items;
  GHashTable *roles; /* words for roles in the records */
  GHashTable *known; /* digests of items; borrowed */
  guint next_item;
  GBytes *bytes; /* of the item that is being written */
  CsEvidenceProgress progress;
  gpointer progress_data;
} Export;

static void read_next_stream (GTask *task);
static void read_next_item (GTask *task);

static void
item_free (Item *item)
{
  g_free (item->digest);
  g_free (item->name);
  g_free (item);
}

static void
export_free (Export *self)
{
  g_object_unref (self->store);
  for (guint i = 0; i < G_N_ELEMENTS (STREAM_FILES); i++)
    g_free (self->streams[i]);
  g_free (self->allowed_signers);
  cs_sheet_free (self->sheet);
  g_free (self->directory);
  g_clear_pointer (&self->writer, cs_bundle_writer_free);
  g_string_free (self->heads, TRUE);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->roles);
  g_ptr_array_unref (self->items);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

/* Runs a piece of the work in another thread; what comes next runs here. */
static void
run_piece (GTask *task, GTaskThreadFunc piece, GAsyncReadyCallback next)
{
  g_autoptr (GTask) thread =
    g_task_new (NULL, g_task_get_cancellable (task), next, g_object_ref (task));

  g_task_set_source_tag (thread, run_piece);
  /* The pieces look for themselves: what is done is done, whoever has stopped waiting. */
  g_task_set_check_cancellable (thread, FALSE);
  g_task_set_task_data (thread, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (thread, piece);
}

static void
add_item (Export *self, const char *digest, char *name)
{
  Item *item;

  if (g_hash_table_contains (self->known, digest))
    {
      g_free (name);
      return;
    }
  item = g_new0 (Item, 1);
  item->digest = g_strdup (digest);
  item->name = name;
  g_ptr_array_add (self->items, item);
  g_hash_table_add (self->known, item->digest);
}

/* The blobs of a record: envelopes have a name that tells whose they are, so they come first. */
static void
add_items (Export *self, CsRecord *record, const char *body)
{
  const char *envelope = cs_json_get_string (cs_record_get_body (record), "envelope");
  const char *handwriting = cs_json_get_string (cs_record_get_body (record), "handwriting");
  g_autoptr (GPtrArray) names = cs_blob_names_find (body, strlen (body));

  if (envelope != NULL && g_str_equal (cs_record_get_kind (record), "signed"))
    add_item (self, envelope,
              g_strdup_printf ("envelopes/%" G_GINT64_FORMAT ".json", cs_record_get_n (record)));
  if (handwriting != NULL)
    add_item (self, handwriting,
              g_strdup_printf (HANDWRITING "%" G_GINT64_FORMAT, cs_record_get_n (record)));
  for (guint i = 0; i < names->len; i++)
    add_item (self, names->pdata[i], g_strconcat ("blobs/", names->pdata[i], NULL));
}

static gboolean
write_text (Export *self, const char *name, const char *text, GError **error)
{
  return cs_bundle_writer_add (self->writer, name, text, strlen (text), NULL, error);
}

/* Those that the rules look at: not runbooks and servers. */
static gboolean
collects_roles (Export *self)
{
  return self->next_stream <= N_RULED;
}

static gboolean
write_records (Export *self, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  CsRecord *last = self->records->pdata[self->records->len - 1];

  for (guint i = 0; i < self->records->len; i++)
    {
      CsRecord *record = self->records->pdata[i];
      g_autoptr (JsonNode) node = cs_record_to_json (record);
      g_autofree char *line = cs_json_to_canonical (node, error);
      g_autofree char *body =
        line != NULL ? cs_json_to_canonical (cs_record_get_body_node (record), error) : NULL;

      if (body == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_string_append (lines, line);
      g_string_append_c (lines, '\n');
      add_items (self, record, body);
      if (collects_roles (self))
        cs_evidence_roles_collect (self->roles, record);
    }
  g_string_append_printf (self->heads, "%s  %" G_GINT64_FORMAT "  %s\n", cs_record_get_hash (last),
                          cs_record_get_n (last) + 1, cs_record_get_stream (last));
  return cs_bundle_writer_add (self->writer, name, lines->str, lines->len, cancellable, error);
}

static gboolean
write_resource (Export *self, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat (RESOURCE_PATH, name, NULL);
  g_autoptr (GBytes) bytes =
    g_resource_lookup_data (cs_evidence_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  return bytes != NULL &&
         cs_bundle_writer_add (self->writer, name, g_bytes_get_data (bytes, NULL),
                               g_bytes_get_size (bytes), NULL, error);
}

static gboolean
write_sheet (Export *self, GError **error)
{
  g_autoptr (GBytes) bytes = cs_sheet_render (self->sheet, error);

  return bytes != NULL &&
         cs_bundle_writer_add (self->writer, "sheet.pdf", g_bytes_get_data (bytes, NULL),
                               g_bytes_get_size (bytes), NULL, error);
}

static void
begin_in_thread (GTask *thread, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Export *self = task_data;
  GError *error = NULL;

  self->writer = cs_bundle_writer_new (self->directory, &error);
  if (self->writer != NULL && write_resource (self, "README.md", &error) &&
      write_resource (self, "rules.jq", &error) &&
      write_resource (self, "verify.sh", &error) &&
      write_text (self, CS_EVIDENCE_SIGNERS, self->allowed_signers, &error))
    g_task_return_boolean (thread, TRUE);
  else
    g_task_return_error (thread, error);
}

static void
write_stream_in_thread (GTask *thread,
                        gpointer source,
                        gpointer task_data,
                        GCancellable *cancellable)
{
  Export *self = task_data;
  GError *error = NULL;

  if (self->records->len == 0 ||
      write_records (self, STREAM_FILES[self->next_stream - 1], cancellable, &error))
    g_task_return_boolean (thread, TRUE);
  else
    g_task_return_error (thread, error);
}

/* Pictures are looked at, so their names say what they are. */
static char *
dup_name (const Item *item, GBytes *bytes)
{
  const char *data = g_bytes_get_data (bytes, NULL);

  if (!g_str_has_prefix (item->name, HANDWRITING))
    return g_strdup (item->name);
  return g_strconcat (item->name, g_bytes_get_size (bytes) > 0 && *data == '<' ? ".svg" : ".png",
                      NULL);
}

static void
write_item_in_thread (GTask *thread, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Export *self = task_data;
  Item *item = self->items->pdata[self->next_item - 1];
  g_autofree char *name = dup_name (item, self->bytes);
  GError *error = NULL;

  if (cs_bundle_writer_add (self->writer, name, g_bytes_get_data (self->bytes, NULL),
                            g_bytes_get_size (self->bytes), cancellable, &error))
    g_task_return_boolean (thread, TRUE);
  else
    g_task_return_error (thread, error);
}

static void
finish_in_thread (GTask *thread, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Export *self = task_data;
  GError *error = NULL;
  g_autofree char *roles = cs_evidence_roles_format (self->roles);
  char *digest = write_text (self, CS_EVIDENCE_ROLES, roles, &error) && write_sheet (self, &error)
                   ? cs_bundle_writer_finish (self->writer, self->heads->str, &error)
                   : NULL;

  if (digest != NULL)
    g_task_return_pointer (thread, digest, g_free);
  else
    g_task_return_error (thread, error);
}

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *digest = g_task_propagate_pointer (G_TASK (result), &error);

  g_task_set_check_cancellable (task, FALSE);
  if (digest != NULL)
    g_task_return_pointer (task, digest, g_free);
  else
    g_task_return_error (task, error);
}

static void
item_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *self = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->progress != NULL)
    self->progress (self->next_item, self->items->len, self->progress_data);
  read_next_item (task);
}

static void
item_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);
  if (self->bytes == NULL)
    g_task_return_error (task, error);
  else
    run_piece (task, write_item_in_thread, item_written_cb);
}

static void
read_next_item (GTask *task)
{
  Export *self = g_task_get_task_data (task);
  Item *item;

  if (self->next_item == self->items->len)
    {
      run_piece (task, finish_in_thread, finished_cb);
      return;
    }
  item = self->items->pdata[self->next_item++];
  cs_store_get_blob_async (self->store, item->digest, g_task_get_cancellable (task), item_read_cb,
                           g_object_ref (task));
}

static void
stream_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    read_next_stream (task);
  else
    g_task_return_error (task, error);
}

static void
stream_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *self = g_task_get_task_data (task);
  GError *error = NULL;

  g_clear_pointer (&self->records, g_ptr_array_unref);
  self->records = cs_store_read_finish (CS_STORE (source), result, &error);
  if (self->records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->next_stream == WATCH_STREAM + 1)
    cs_sheet_add_watch (self->sheet, self->records);
  run_piece (task, write_stream_in_thread, stream_written_cb);
}

static void
read_next_stream (GTask *task)
{
  Export *self = g_task_get_task_data (task);

  if (self->next_stream == G_N_ELEMENTS (STREAM_FILES))
    {
      read_next_item (task);
      return;
    }
  cs_store_read_async (self->store, self->streams[self->next_stream++], 0,
                       g_task_get_cancellable (task), stream_read_cb, g_object_ref (task));
}

/**
 * cs_evidence_export_async:
 * @deployment: of @workspace, finished or not
 * @directory: the folder to make; its parent must be there
 * @progress: (nullable) (scope async): told in the caller's main context how many blobs are written
 *
 * Writes the runbook, the records of the deployment, of its watch and of the streams that it rests
 * on, what these name, the signed statements, the keys, the sums of it all, and how to check it
 * with sha256sum, jq and ssh-keygen. Blobs are read and written one after the other. When it fails
 * or is cancelled, no folder stays behind.
 */
void
cs_evidence_export_async (CsWorkspace *workspace,
                          CsDeployment *deployment,
                          const char *directory,
                          CsEvidenceProgress progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Export *self = g_new0 (Export, 1);
  const char *digest = cs_runbook_get_digest (cs_deployment_get_runbook (deployment));

  g_task_set_source_tag (task, cs_evidence_export_async);
  g_task_set_task_data (task, self, (GDestroyNotify) export_free);
  self->store = g_object_ref (cs_workspace_get_store (workspace));
  self->streams[0] = g_strdup (cs_deployment_get_stream (deployment));
  self->streams[1] = g_strdup (CS_PEOPLE_STREAM);
  self->streams[2] = g_strdup (CS_POLICY_STREAM);
  self->streams[3] = g_strconcat (LIBRARY_STREAM_PREFIX, digest, NULL);
  self->streams[4] = g_strdup (CS_TARGETS_STREAM);
  self->streams[WATCH_STREAM] = g_strconcat (CS_WATCH_STREAM_PREFIX, self->streams[0], NULL);
  self->allowed_signers = cs_people_dup_allowed_signers (cs_workspace_get_people (workspace));
  self->sheet = cs_sheet_new (deployment);
  self->directory = g_strdup (directory);
  self->heads = g_string_new (NULL);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  self->roles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->known = g_hash_table_new (g_str_hash, g_str_equal);
  self->progress = progress;
  self->progress_data = progress_data;
  add_item (self, digest, g_strdup ("runbook.md"));
  run_piece (task, begin_in_thread, stream_written_cb);
}

/**
 * cs_evidence_export_finish:
 *
 * Returns: (transfer full): the SHA-256 of the file `HEADS`, which covers the whole folder: worth
 *   keeping elsewhere; %NULL with %CS_ERROR_EXISTS, %CS_ERROR_STORAGE, or %CS_ERROR_CORRUPT if what
 *   a record names is not what it was
 */
char *
cs_evidence_export_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
