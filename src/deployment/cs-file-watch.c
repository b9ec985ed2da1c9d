/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches the file of a document for a version that the library does not have. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-file-watch.h"

/* Editors and git write in several goes; what is read is what stands still for this long (ms). */
#define SETTLE_TIME 400

struct _CsFileWatch
{
  GObject parent;

  CsLibrary *library;
  CsLibraryDocument *document;
  GFile *file;
  GFileMonitor *monitor;
  guint settling; /* source id */
  GCancellable *cancellable;
  CsRunbook *runbook;
};

G_DEFINE_FINAL_TYPE (CsFileWatch, cs_file_watch, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_runbook (CsFileWatch *self, CsRunbook *runbook)
{
  if (g_set_object (&self->runbook, runbook))
    g_signal_emit (self, signals[CHANGED], 0);
}

/* A file that is gone or half written offers nothing; the library keeps what it has. */
static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsFileWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsRunbook) runbook = cs_runbook_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (runbook != NULL && cs_library_find (self->library, cs_runbook_get_digest (runbook)) != NULL)
    set_runbook (self, NULL);
  else
    set_runbook (self, runbook);
}

static void
look (CsFileWatch *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  cs_runbook_load_async (self->file, self->cancellable, loaded_cb, g_object_ref (self));
}

static gboolean
settled_cb (gpointer data)
{
  CsFileWatch *self = data;

  self->settling = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (CsFileWatch *self)
{
  g_clear_handle_id (&self->settling, g_source_remove);
  self->settling = g_timeout_add (SETTLE_TIME, settled_cb, self);
}

static void
cs_file_watch_dispose (GObject *object)
{
  CsFileWatch *self = CS_FILE_WATCH (object);

  g_clear_handle_id (&self->settling, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  g_clear_object (&self->file);
  g_clear_object (&self->document);
  g_clear_object (&self->library);
  g_clear_object (&self->runbook);

  G_OBJECT_CLASS (cs_file_watch_parent_class)->dispose (object);
}

static void
cs_file_watch_class_init (CsFileWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_file_watch_dispose;

  signals[CHANGED] = g_signal_new ("changed", CS_TYPE_FILE_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
cs_file_watch_init (CsFileWatch *self)
{
}

/* Where the document was last added from. */
static GFile *
find_file (CsLibraryDocument *document)
{
  GListModel *versions = cs_library_document_get_versions (document);

  for (guint i = 0; i < g_list_model_get_n_items (versions); i++)
    {
      g_autoptr (CsLibraryEntry) entry = g_list_model_get_item (versions, i);

      if (cs_library_entry_get_path (entry) != NULL)
        return g_file_new_for_path (cs_library_entry_get_path (entry));
    }
  return NULL;
}

/**
 * cs_file_watch_new:
 * @library: the library
 * @document: one of its documents
 *
 * Looks at the file that @document was added from, now and whenever it changes.
 *
 * Returns: (transfer full): the watch
 */
CsFileWatch *
cs_file_watch_new (CsLibrary *library, CsLibraryDocument *document)
{
  CsFileWatch *self;

  g_return_val_if_fail (CS_IS_LIBRARY (library), NULL);
  g_return_val_if_fail (CS_IS_LIBRARY_DOCUMENT (document), NULL);

  self = g_object_new (CS_TYPE_FILE_WATCH, NULL);
  self->library = g_object_ref (library);
  self->document = g_object_ref (document);
  self->file = find_file (document);
  if (self->file == NULL)
    return self;
  self->monitor = g_file_monitor_file (self->file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (changed_cb), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (cs_library_document_get_versions (document), "items-changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  look (self);
  return self;
}

/** cs_file_watch_get_file: (transfer none) (nullable): what is watched. */
GFile *
cs_file_watch_get_file (CsFileWatch *self)
{
  g_return_val_if_fail (CS_IS_FILE_WATCH (self), NULL);

  return self->file;
}

/** cs_file_watch_get_runbook: (transfer none) (nullable): the version that is on disk alone. */
CsRunbook *
cs_file_watch_get_runbook (CsFileWatch *self)
{
  g_return_val_if_fail (CS_IS_FILE_WATCH (self), NULL);

  return self->runbook;
}
