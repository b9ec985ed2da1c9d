/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches the files of all documents of a library for versions that it does not have. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-library-watch.h"

struct _CsLibraryWatch
{
  GObject parent;

  CsLibrary *library;
  GHashTable *watches; /* key of a document → CsFileWatch */
  guint filling;       /* source id */
  guint next;          /* position of the first document that may have no watch yet */
};

G_DEFINE_FINAL_TYPE (CsLibraryWatch, cs_library_watch, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
file_changed_cb (CsLibraryWatch *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
watch (CsLibraryWatch *self, CsLibraryDocument *document)
{
  CsFileWatch *file = cs_file_watch_new (self->library, document);

  g_signal_connect_object (file, "changed", G_CALLBACK (file_changed_cb), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->watches, g_strdup (cs_library_document_get_key (document)), file);
}

/* Each new watch reads its file; one after the other and only when nothing else is to be done, so
 * that a large library does not hold up the window. */
static gboolean
fill_cb (gpointer data)
{
  CsLibraryWatch *self = data;
  GListModel *documents = cs_library_get_documents (self->library);
  guint n = MIN (g_list_model_get_n_items (documents), CS_LIBRARY_WATCH_MAX);

  for (; self->next < n; self->next++)
    {
      g_autoptr (CsLibraryDocument) document = g_list_model_get_item (documents, self->next);

      if (cs_library_watch_find (self, document) != NULL)
        continue;
      watch (self, document);
      return G_SOURCE_CONTINUE;
    }
  self->filling = 0;
  return G_SOURCE_REMOVE;
}

/* Documents come to the top, so whatever is new is looked for from there. */
static void
documents_changed_cb (CsLibraryWatch *self)
{
  self->next = 0;
  if (self->filling == 0)
    self->filling = g_idle_add_full (G_PRIORITY_LOW, fill_cb, self, NULL);
}

static void
cs_library_watch_dispose (GObject *object)
{
  CsLibraryWatch *self = CS_LIBRARY_WATCH (object);

  g_clear_handle_id (&self->filling, g_source_remove);
  g_clear_pointer (&self->watches, g_hash_table_unref);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (cs_library_watch_parent_class)->dispose (object);
}

static void
cs_library_watch_class_init (CsLibraryWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_library_watch_dispose;

  signals[CHANGED] = g_signal_new ("changed", CS_TYPE_LIBRARY_WATCH, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_library_watch_init (CsLibraryWatch *self)
{
  self->watches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

/**
 * cs_library_watch_new:
 * @library: the library
 *
 * Looks at the files that the documents of @library were added from, now and whenever they change,
 * in the main context of this call.
 *
 * Returns: (transfer full): the watch
 */
CsLibraryWatch *
cs_library_watch_new (CsLibrary *library)
{
  CsLibraryWatch *self;

  g_return_val_if_fail (CS_IS_LIBRARY (library), NULL);

  self = g_object_new (CS_TYPE_LIBRARY_WATCH, NULL);
  self->library = g_object_ref (library);
  g_signal_connect_object (cs_library_get_documents (library), "items-changed",
                           G_CALLBACK (documents_changed_cb), self, G_CONNECT_SWAPPED);
  documents_changed_cb (self);
  return self;
}

/**
 * cs_library_watch_find:
 * @document: a document of the library
 *
 * Returns: (transfer none) (nullable): what watches its file; %NULL if nothing does yet
 */
CsFileWatch *
cs_library_watch_find (CsLibraryWatch *self, CsLibraryDocument *document)
{
  g_return_val_if_fail (CS_IS_LIBRARY_WATCH (self), NULL);

  return g_hash_table_lookup (self->watches, cs_library_document_get_key (document));
}
