/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search found in the history, as a file for a spreadsheet. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-history-export.h"

#include "cs-history-csv.h"

/* Records at a time: few enough not to hold up a window. */
#define PAGE_SIZE 400

typedef struct
{
  CsStore *store;
  CsQuery *query;
  GFileOutputStream *stream;
  gint64 n;
  gboolean complete;
  GError *error; /* why it is being given up */
  CsHistoryExportProgress progress;
  gpointer progress_data;
} Export;

static void read_page (GTask *task);

static void
export_free (Export *self)
{
  g_object_unref (self->store);
  cs_query_free (self->query);
  g_clear_object (&self->stream);
  g_clear_error (&self->error);
  g_free (self);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *self = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean closed = g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error);

  if (self->error != NULL)
    {
      g_clear_error (&error);
      g_task_return_error (task, g_steal_pointer (&self->error));
    }
  else if (closed)
    g_task_return_int (task, self->n);
  else
    g_task_return_error (task, error);
}

/* The file gets its name when it is closed, and not at all if that is cancelled: there is all of
 * it, or what was there before. */
static void
end (GTask *task, GError *error)
{
  Export *self = g_task_get_task_data (task);
  g_autoptr (GCancellable) given_up = g_cancellable_new ();

  self->error = error;
  if (error != NULL)
    g_cancellable_cancel (given_up);
  g_output_stream_close_async (G_OUTPUT_STREAM (self->stream), G_PRIORITY_DEFAULT, given_up,
                               closed_cb, g_object_ref (task));
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      end (task, error);
      return;
    }
  if (self->progress != NULL)
    self->progress (self->n, self->progress_data);
  if (self->complete)
    end (task, NULL);
  else
    read_page (task);
}

/* text: transfer full */
static void
write_text (GTask *task, GString *text)
{
  Export *self = g_task_get_task_data (task);
  gsize size = text->len;
  char *data = g_string_free (text, FALSE);

  g_object_set_data_full (G_OBJECT (task), "text", data, g_free);
  g_output_stream_write_all_async (G_OUTPUT_STREAM (self->stream), data, size, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), written_cb,
                                   g_object_ref (task));
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) page = cs_store_query_finish (CS_STORE (source), result, &error);
  GString *text;

  if (page == NULL)
    {
      end (task, error);
      return;
    }
  text = g_string_new (NULL);
  if (self->n == 0)
    cs_history_csv_append_header (text);
  for (guint i = 0; i < page->len; i++)
    cs_history_csv_append_record (text, page->pdata[i]);
  self->n += page->len;
  self->complete = page->len < PAGE_SIZE;
  if (page->len > 0)
    self->query->before = cs_record_get_seq (page->pdata[page->len - 1]);
  write_text (task, text);
}

static void
read_page (GTask *task)
{
  Export *self = g_task_get_task_data (task);

  cs_store_query_async (self->store, self->query, g_task_get_cancellable (task), page_cb,
                        g_object_ref (task));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Export *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->stream = g_file_replace_finish (G_FILE (source), result, &error);
  if (self->stream != NULL)
    read_page (task);
  else
    g_task_return_error (task, error);
}

/**
 * cs_history_export_async:
 * @store: the journal
 * @query: what to look for; its `before` and `limit` are the export's own business
 * @file: where to; what is there is replaced when all is written, and stays if that is cancelled or
 *   fails
 * @progress: (nullable): told how many records are written
 *
 * Writes all records that answer, newest first, as CSV (RFC 4180), each as
 * cs_history_csv_append_record() does.
 */
void
cs_history_export_async (CsStore *store,
                         const CsQuery *query,
                         GFile *file,
                         CsHistoryExportProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Export *self = g_new0 (Export, 1);

  self->store = g_object_ref (store);
  self->query = cs_query_copy (query);
  self->query->before = G_MAXINT64;
  self->query->limit = PAGE_SIZE;
  self->progress = progress;
  self->progress_data = progress_data;
  g_task_set_source_tag (task, cs_history_export_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, (GDestroyNotify) export_free);
  g_file_replace_async (file, NULL, FALSE,
                        G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                        G_PRIORITY_DEFAULT, cancellable, opened_cb, g_object_ref (task));
}

/** cs_history_export_finish: how many records were written; -1 with an error. */
gint64
cs_history_export_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
