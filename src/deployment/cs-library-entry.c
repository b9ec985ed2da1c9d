/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One version of a runbook in the library, and the document that it is a version of. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-library-private.h"

#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

struct _CsLibraryEntry
{
  GObject parent;

  char *digest;
  char *title;
  char *name;
  char *path;
  char *document;
  char *added_by;
  gint64 added_at;
  gint64 n;
  CsOverrules *overrules;
};

G_DEFINE_FINAL_TYPE (CsLibraryEntry, cs_library_entry, G_TYPE_OBJECT)

struct _CsLibraryDocument
{
  GObject parent;

  char *key;
  GListStore *versions;
};

G_DEFINE_FINAL_TYPE (CsLibraryDocument, cs_library_document, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
cs_library_entry_finalize (GObject *object)
{
  CsLibraryEntry *self = CS_LIBRARY_ENTRY (object);

  g_free (self->digest);
  g_free (self->title);
  g_free (self->name);
  g_free (self->path);
  g_free (self->document);
  g_free (self->added_by);
  g_clear_pointer (&self->overrules, cs_overrules_unref);

  G_OBJECT_CLASS (cs_library_entry_parent_class)->finalize (object);
}

static void
cs_library_entry_class_init (CsLibraryEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_library_entry_finalize;

  signals[CHANGED] = g_signal_new ("changed", CS_TYPE_LIBRARY_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_library_entry_init (CsLibraryEntry *self)
{
}

static void
cs_library_document_dispose (GObject *object)
{
  CsLibraryDocument *self = CS_LIBRARY_DOCUMENT (object);

  g_clear_object (&self->versions);

  G_OBJECT_CLASS (cs_library_document_parent_class)->dispose (object);
}

static void
cs_library_document_finalize (GObject *object)
{
  g_free (CS_LIBRARY_DOCUMENT (object)->key);

  G_OBJECT_CLASS (cs_library_document_parent_class)->finalize (object);
}

static void
cs_library_document_class_init (CsLibraryDocumentClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_library_document_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_library_document_finalize;
}

static void
cs_library_document_init (CsLibraryDocument *self)
{
  self->versions = g_list_store_new (CS_TYPE_LIBRARY_ENTRY);
}

/* Records of early programs name no document: then the path does, and without that the title. */
static char *
choose_document (CsLibraryEntry *self, JsonObject *body)
{
  const char *document = cs_json_get_string (body, "document");

  if (document != NULL)
    return g_strdup (document);
  return self->path != NULL ? g_strdup (self->path) : g_strdup (self->title);
}

/**
 * cs_library_entry_new:
 * @record: the record that added it
 * @digest: the name of the version
 *
 * Returns: (transfer full) (nullable): the version; %NULL if the record adds none
 */
CsLibraryEntry *
cs_library_entry_new (CsRecord *record, const char *digest)
{
  JsonObject *body = cs_record_get_body (record);
  const char *title = cs_json_get_string (body, "title");
  CsLibraryEntry *self;

  if (strcmp (cs_record_get_kind (record), "runbook-added") != 0)
    return NULL;
  self = g_object_new (CS_TYPE_LIBRARY_ENTRY, NULL);
  self->digest = g_strdup (digest);
  self->title = g_strdup (title != NULL ? title : "");
  self->name = g_strdup (cs_json_get_string (body, "name"));
  if (self->name == NULL)
    self->name = g_strdup ("");
  self->path = g_strdup (cs_json_get_string (body, "path"));
  self->document = choose_document (self, body);
  self->added_by = g_strdup (cs_record_get_actor (record));
  self->added_at = cs_record_get_at (record);
  self->n = cs_record_get_n (record) + 1;
  return self;
}

/* What a record of an overruling says; a record that says nothing of use changes nothing. */
static void
fold_overruling (CsLibraryEntry *self, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  CsOverrule overrule = {
    .line = (guint) CLAMP (cs_json_get_int (body, "line", 0), 0, G_MAXINT),
    .what = (char *) cs_json_get_string (body, "what"),
    .value = (char *) cs_json_get_string (body, "value"),
    .reason = (char *) cs_json_get_string (body, "reason"),
    .by = (char *) cs_record_get_actor (record),
  };
  g_autoptr (GError) error = NULL;
  CsOverrules *overrules;

  if (strcmp (cs_record_get_kind (record), "overruled") == 0)
    overrules = cs_overrules_with (self->overrules, &overrule, &error);
  else if (overrule.what != NULL)
    overrules = cs_overrules_without (self->overrules, overrule.what, overrule.line);
  else
    return;
  if (overrules == NULL)
    {
      g_warning ("Record %" G_GINT64_FORMAT " of %s: %s", cs_record_get_n (record),
                 cs_record_get_stream (record), error->message);
      return;
    }
  g_clear_pointer (&self->overrules, cs_overrules_unref);
  self->overrules = overrules;
  g_signal_emit (self, signals[CHANGED], 0);
}

/** cs_library_entry_fold: what a later record of its stream says of it. */
void
cs_library_entry_fold (CsLibraryEntry *self, CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);

  if (cs_record_get_n (record) < self->n)
    return;
  self->n = cs_record_get_n (record) + 1;
  if (strcmp (kind, "overruled") == 0 || strcmp (kind, "overrule-withdrawn") == 0)
    fold_overruling (self, record);
}

/** cs_library_entry_get_n: the number that the next record of its stream gets. */
gint64
cs_library_entry_get_n (CsLibraryEntry *self)
{
  return self->n;
}

/** cs_library_entry_get_digest: names the version. */
const char *
cs_library_entry_get_digest (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->digest;
}

/** cs_library_entry_get_title: the runbook's title. */
const char *
cs_library_entry_get_title (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->title;
}

/** cs_library_entry_get_name: the file name that it came from. */
const char *
cs_library_entry_get_name (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->name;
}

/** cs_library_entry_get_path: (nullable): where its file was on the computer that added it. */
const char *
cs_library_entry_get_path (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->path;
}

/** cs_library_entry_get_document: what it is a version of: a repository and a path, or a path. */
const char *
cs_library_entry_get_document (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->document;
}

/** cs_library_entry_get_added_by: who added it. */
const char *
cs_library_entry_get_added_by (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->added_by;
}

/** cs_library_entry_get_added_at: when it was added (UTC microseconds). */
gint64
cs_library_entry_get_added_at (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), 0);

  return self->added_at;
}

/** cs_library_entry_get_overrules: (transfer none) (nullable): what is overruled now. */
CsOverrules *
cs_library_entry_get_overrules (CsLibraryEntry *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_ENTRY (self), NULL);

  return self->overrules;
}

/** cs_library_document_new: (transfer full): the document of its first version. */
CsLibraryDocument *
cs_library_document_new (CsLibraryEntry *first)
{
  CsLibraryDocument *self = g_object_new (CS_TYPE_LIBRARY_DOCUMENT, NULL);

  self->key = g_strdup (first->document);
  g_list_store_append (self->versions, first);
  return self;
}

/** cs_library_document_add: a newer version. */
void
cs_library_document_add (CsLibraryDocument *self, CsLibraryEntry *version)
{
  g_list_store_insert (self->versions, 0, version);
}

/** cs_library_document_get_key: what all its versions have in common. */
const char *
cs_library_document_get_key (CsLibraryDocument *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_DOCUMENT (self), NULL);

  return self->key;
}

/** cs_library_document_get_versions: (transfer none): #CsLibraryEntry, newest first. */
GListModel *
cs_library_document_get_versions (CsLibraryDocument *self)
{
  g_return_val_if_fail (CS_IS_LIBRARY_DOCUMENT (self), NULL);

  return G_LIST_MODEL (self->versions);
}

/** cs_library_document_get_newest: (transfer none): its newest version. */
CsLibraryEntry *
cs_library_document_get_newest (CsLibraryDocument *self)
{
  g_autoptr (CsLibraryEntry) newest = NULL;

  g_return_val_if_fail (CS_IS_LIBRARY_DOCUMENT (self), NULL);

  newest = g_list_model_get_item (G_LIST_MODEL (self->versions), 0);
  return newest; /* the list keeps it */
}
