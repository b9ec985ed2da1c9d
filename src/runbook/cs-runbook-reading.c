/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading runbooks beside the main loop: from a file, or from bytes that are there already. */

#include "cs-error.h"
#include "cs-model.h"

#include <string.h>

static GBytes *
read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (65536);

  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;
  /* One byte beyond the limit is enough to see that the limit is exceeded. */
  while (data->len <= CS_RUNBOOK_MAX_SIZE)
    {
      gssize n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, 65536, cancellable, error);

      if (n < 0)
        return NULL;
      if (n == 0)
        break;
      g_byte_array_append (data, buffer, (guint) n);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&data));
}

/* Puts what the file system says into the words of this house. */
static void
translate_error (GFile *file, GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);
  g_autoptr (GError) cause = *error;

  *error = NULL;
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    *error = g_steal_pointer (&cause);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "There is no file %s. Check its name and folder.", name);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY))
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "%s is a folder. Open a Markdown file in it.", name);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "%s can't be read: %s.", name, cause->message);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GFile *file = task_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = read_file (file, cancellable, &error);
  CsRunbook *runbook;

  if (bytes == NULL)
    {
      translate_error (file, &error);
      g_task_return_error (task, error);
      return;
    }
  runbook = cs_runbook_new_from_bytes (bytes, &error);
  if (runbook == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_prefix_error (&error, "%s: ", name);
      g_task_return_error (task, error);
      return;
    }
  if (cs_source_get_n_lines (runbook->source) == 0 || strcmp (runbook->title, "Runbook") == 0)
    {
      g_free (runbook->title);
      runbook->title = g_file_get_basename (file);
      if (!g_utf8_validate (runbook->title, -1, NULL))
        {
          g_free (runbook->title);
          runbook->title = g_strdup ("Runbook");
        }
    }
  g_task_return_pointer (task, runbook, g_object_unref);
}

/**
 * cs_runbook_load_async:
 * @file: a Markdown file
 *
 * Loads and reads a file, in a worker thread.
 */
void
cs_runbook_load_async (GFile *file,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_runbook_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * cs_runbook_load_finish:
 *
 * Returns: (transfer full) (nullable): the runbook, or %NULL with %CS_ERROR_NOT_FOUND,
 *   %CS_ERROR_INVALID, %CS_ERROR_FAILED or %G_IO_ERROR_CANCELLED
 */
CsRunbook *
cs_runbook_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  GBytes *bytes;
  CsOverrules *overrules;
} Parsing;

static void
parsing_free (Parsing *self)
{
  g_bytes_unref (self->bytes);
  g_clear_pointer (&self->overrules, cs_overrules_unref);
  g_free (self);
}

static void
parse_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Parsing *parsing = task_data;
  GError *error = NULL;
  CsRunbook *runbook = cs_runbook_new_with_overrules (parsing->bytes, parsing->overrules, &error);

  if (runbook != NULL)
    g_task_return_pointer (task, runbook, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * cs_runbook_parse_async:
 * @source: the document as it is stored
 * @overrules: (nullable): what people decided differently
 *
 * Like cs_runbook_new_with_overrules(), in a worker thread: a large document takes longer than a
 * frame.
 */
void
cs_runbook_parse_async (GBytes *source,
                        CsOverrules *overrules,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Parsing *parsing;

  g_return_if_fail (source != NULL);

  parsing = g_new0 (Parsing, 1);
  parsing->bytes = g_bytes_ref (source);
  parsing->overrules = cs_overrules_ref (overrules);
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_runbook_parse_async);
  g_task_set_task_data (task, parsing, (GDestroyNotify) parsing_free);
  g_task_run_in_thread (task, parse_in_thread);
}

/**
 * cs_runbook_parse_finish:
 *
 * Returns: (transfer full) (nullable): the runbook, or %NULL with %CS_ERROR_INVALID or
 *   %G_IO_ERROR_CANCELLED
 */
CsRunbook *
cs_runbook_parse_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
