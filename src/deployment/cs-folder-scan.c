/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks through a folder, or a git checkout, for runbooks. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-folder-scan.h"

#include "cs-error.h"

#include <string.h>

/* Folders that are looked into; whoever has more has chosen too high up. */
#define MAX_FOLDERS 20000

#define ATTRIBUTES                                                  \
  G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE \
                                 "," G_FILE_ATTRIBUTE_STANDARD_SIZE

struct _CsFolderScan
{
  GObject parent;

  GFile *folder;
  gint n_files; /* atomic */
  gint cut;     /* atomic */
};

G_DEFINE_FINAL_TYPE (CsFolderScan, cs_folder_scan, G_TYPE_OBJECT)

static void
cs_folder_scan_finalize (GObject *object)
{
  g_object_unref (CS_FOLDER_SCAN (object)->folder);

  G_OBJECT_CLASS (cs_folder_scan_parent_class)->finalize (object);
}

static void
cs_folder_scan_class_init (CsFolderScanClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_folder_scan_finalize;
}

static void
cs_folder_scan_init (CsFolderScan *self)
{
}

/** cs_folder_runbook_free: lets go of it. */
void
cs_folder_runbook_free (CsFolderRunbook *self)
{
  g_object_unref (self->file);
  g_free (self->path);
  g_free (self->title);
  g_free (self->digest);
  g_free (self);
}

static gboolean
is_markdown (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_str_has_suffix (lower, ".md") || g_str_has_suffix (lower, ".markdown");
}

static void
count_phase (CsFolderRunbook *found, CsPhase *phase)
{
  GListModel *steps = cs_phase_get_steps (phase);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (steps, i);
      GListModel *blocks = cs_step_get_blocks (step);

      found->n_checks += g_list_model_get_n_items (cs_step_get_checks (step));
      for (guint j = 0; j < g_list_model_get_n_items (blocks); j++)
        {
          g_autoptr (CsBlock) block = g_list_model_get_item (blocks, j);

          found->n_commands += cs_block_get_kind (block) == CS_BLOCK_COMMAND ? 1 : 0;
        }
    }
}

/* What a README shows in passing is no runbook: something must be on the way, or to be signed. */
static void
look_at (CsFolderScan *self, GFile *file, GCancellable *cancellable, GPtrArray *found)
{
  g_autoptr (GBytes) bytes = g_file_load_bytes (file, cancellable, NULL, NULL);
  g_autoptr (CsRunbook) runbook =
    bytes != NULL ? cs_runbook_new_from_bytes (bytes, NULL) : NULL;
  g_autofree char *path = g_file_get_relative_path (self->folder, file);
  CsFolderRunbook *item;
  GListModel *phases;

  if (runbook == NULL)
    return;
  item = g_new0 (CsFolderRunbook, 1);
  item->file = g_object_ref (file);
  item->path = g_filename_display_name (path);
  item->title = g_strdup (cs_runbook_get_title (runbook));
  item->digest = g_strdup (cs_runbook_get_digest (runbook));
  item->n_signoffs = g_list_model_get_n_items (cs_runbook_get_signoffs (runbook));
  phases = cs_runbook_get_phases (runbook);
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);

      if (cs_phase_get_kind (phase) != CS_PHASE_REFERENCE)
        count_phase (item, phase);
    }
  if (item->n_commands + item->n_checks + item->n_signoffs > 0)
    g_ptr_array_add (found, item);
  else
    cs_folder_runbook_free (item);
}

/* One folder: its files are looked at, its folders queued. Links are not followed, so that nothing
 * is met twice and nothing outside of the folder at all. */
static gboolean
walk (CsFolderScan *self,
      GFile *folder,
      GQueue *folders,
      GPtrArray *found,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (
    folder, ATTRIBUTES, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable, error);
  GFileInfo *info;
  GFile *child;

  if (children == NULL)
    return FALSE;
  while (g_file_enumerator_iterate (children, &info, &child, cancellable, NULL) && info != NULL)
    {
      const char *name = g_file_info_get_name (info);
      GFileType type = g_file_info_get_file_type (info);

      if (*name == '.')
        continue;
      if (type == G_FILE_TYPE_DIRECTORY && folders->length < MAX_FOLDERS)
        g_queue_push_tail (folders, g_object_ref (child));
      if (type != G_FILE_TYPE_REGULAR || !is_markdown (name) ||
          g_file_info_get_size (info) > CS_RUNBOOK_MAX_SIZE)
        continue;
      if (g_atomic_int_get (&self->n_files) >= CS_FOLDER_SCAN_MAX_FILES)
        {
          g_atomic_int_set (&self->cut, TRUE);
          break;
        }
      look_at (self, child, cancellable, found);
      g_atomic_int_inc (&self->n_files);
    }
  return TRUE;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  const CsFolderRunbook *x = *(CsFolderRunbook *const *) a;
  const CsFolderRunbook *y = *(CsFolderRunbook *const *) b;

  return strcmp (x->path, y->path);
}

static void
scan_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  CsFolderScan *self = source;
  g_autoptr (GPtrArray) found =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_folder_runbook_free);
  GQueue folders = G_QUEUE_INIT;
  g_autoptr (GError) error = NULL;
  guint n_folders = 0;
  gboolean readable = TRUE;

  g_queue_push_tail (&folders, g_object_ref (self->folder));
  while (!g_queue_is_empty (&folders) && readable && !g_cancellable_is_cancelled (cancellable) &&
         !g_atomic_int_get (&self->cut) && n_folders < MAX_FOLDERS)
    {
      g_autoptr (GFile) folder = g_queue_pop_head (&folders);
      g_autoptr (GError) problem = NULL;

      /* A folder inside that is closed to us hides nothing but itself. */
      if (!walk (self, folder, &folders, found, cancellable, &problem) && n_folders == 0)
        {
          g_set_error (&error, CS_ERROR, CS_ERROR_NOT_FOUND, "The folder can't be read: %s",
                       problem->message);
          readable = FALSE;
        }
      n_folders++;
    }
  g_queue_clear_full (&folders, g_object_unref);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_ptr_array_sort (found, compare_paths);
  g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) g_ptr_array_unref);
}

/** cs_folder_scan_new: (transfer full): a scan of a folder, not yet begun. */
CsFolderScan *
cs_folder_scan_new (GFile *folder)
{
  CsFolderScan *self;

  g_return_val_if_fail (G_IS_FILE (folder), NULL);

  self = g_object_new (CS_TYPE_FOLDER_SCAN, NULL);
  self->folder = g_object_ref (folder);
  return self;
}

/**
 * cs_folder_scan_run_async:
 *
 * Looks at every Markdown file in the folder and below it, but for hidden ones and links, in a
 * worker thread.
 */
void
cs_folder_scan_run_async (CsFolderScan *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_folder_scan_run_async);
  g_task_run_in_thread (task, scan_thread);
}

/**
 * cs_folder_scan_run_finish:
 *
 * Returns: (transfer full) (element-type CsFolderRunbook): the runbooks, by path; %NULL with
 *   %CS_ERROR_NOT_FOUND or %G_IO_ERROR_CANCELLED
 */
GPtrArray *
cs_folder_scan_run_finish (CsFolderScan *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cs_folder_scan_get_n_files: how many files were looked at so far; safe in any thread. */
guint
cs_folder_scan_get_n_files (CsFolderScan *self)
{
  g_return_val_if_fail (CS_IS_FOLDER_SCAN (self), 0);

  return (guint) g_atomic_int_get (&self->n_files);
}

/** cs_folder_scan_is_cut: whether files were left out because there are too many. */
gboolean
cs_folder_scan_is_cut (CsFolderScan *self)
{
  g_return_val_if_fail (CS_IS_FOLDER_SCAN (self), FALSE);

  return g_atomic_int_get (&self->cut);
}
