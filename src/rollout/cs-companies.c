/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of companies and its versions: the fold of the stream `companies`. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-companies.h"

#include "cs-company-reader.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define KIND "companies-imported"

struct _CsCompanyVersion
{
  GObject parent_instance;

  char *digest;
  gint64 at;
  char *by;
  char *source;
  guint count;
  guint n_added;
  guint n_removed;
  guint n_changed;
};

G_DEFINE_FINAL_TYPE (CsCompanyVersion, cs_company_version, G_TYPE_OBJECT)

struct _CsCompanies
{
  CsStreamList parent_instance;
};

G_DEFINE_FINAL_TYPE (CsCompanies, cs_companies, CS_TYPE_STREAM_LIST)

static void
cs_company_version_finalize (GObject *object)
{
  CsCompanyVersion *self = CS_COMPANY_VERSION (object);

  g_free (self->digest);
  g_free (self->by);
  g_free (self->source);

  G_OBJECT_CLASS (cs_company_version_parent_class)->finalize (object);
}

static void
cs_company_version_class_init (CsCompanyVersionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_company_version_finalize;
}

static void
cs_company_version_init (CsCompanyVersion *self)
{
}

static gboolean
fold (CsStreamList *list, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *digest = cs_json_get_string (body, "digest");
  CsCompanyVersion *version;

  if (strcmp (cs_record_get_kind (record), KIND) != 0)
    return TRUE;
  if (digest == NULL || !cs_digest_is_valid (digest))
    return FALSE;
  version = g_object_new (CS_TYPE_COMPANY_VERSION, NULL);
  version->digest = g_strdup (digest);
  version->at = cs_record_get_at (record);
  version->by = g_strdup (cs_record_get_actor (record));
  version->source = g_strdup (cs_json_get_string (body, "source"));
  version->count = (guint) cs_json_get_int (body, "count", 0);
  version->n_added = (guint) cs_json_get_int (body, "added", 0);
  version->n_removed = (guint) cs_json_get_int (body, "removed", 0);
  version->n_changed = (guint) cs_json_get_int (body, "changed", 0);
  cs_stream_list_add (list, version);
  return TRUE;
}

static void
cs_companies_class_init (CsCompaniesClass *klass)
{
  CsStreamListClass *list_class = CS_STREAM_LIST_CLASS (klass);

  list_class->item_type = CS_TYPE_COMPANY_VERSION;
  list_class->stream = CS_COMPANIES_STREAM;
  list_class->fold = fold;
}

static void
cs_companies_init (CsCompanies *self)
{
}

const char *
cs_company_version_get_digest (CsCompanyVersion *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_VERSION (self), NULL);
  return self->digest;
}

gint64
cs_company_version_get_at (CsCompanyVersion *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_VERSION (self), 0);
  return self->at;
}

const char *
cs_company_version_get_by (CsCompanyVersion *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_VERSION (self), NULL);
  return self->by;
}

const char *
cs_company_version_get_source (CsCompanyVersion *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_VERSION (self), NULL);
  return self->source;
}

guint
cs_company_version_get_count (CsCompanyVersion *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_VERSION (self), 0);
  return self->count;
}

guint
cs_company_version_get_n_added (CsCompanyVersion *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_VERSION (self), 0);
  return self->n_added;
}

guint
cs_company_version_get_n_removed (CsCompanyVersion *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_VERSION (self), 0);
  return self->n_removed;
}

guint
cs_company_version_get_n_changed (CsCompanyVersion *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_VERSION (self), 0);
  return self->n_changed;
}

/**
 * cs_companies_load_async:
 * @store: the journal
 * @cancellable: (nullable): of the waiting
 * @callback: called when the stream is folded
 * @user_data: for @callback
 *
 * The object follows the store from then on.
 */
void
cs_companies_load_async (CsStore *store,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  cs_stream_list_load_async (CS_TYPE_COMPANIES, store, cancellable, callback, user_data);
}

/** cs_companies_load_finish: (transfer full): the versions; errors as cs_store_read_finish(). */
CsCompanies *
cs_companies_load_finish (GAsyncResult *result, GError **error)
{
  return cs_stream_list_load_finish (result, error);
}

/** cs_companies_get_newest: (transfer none) (nullable): the version that counts now. */
CsCompanyVersion *
cs_companies_get_newest (CsCompanies *self)
{
  GPtrArray *versions;

  g_return_val_if_fail (CS_IS_COMPANIES (self), NULL);

  versions = cs_stream_list_get_items (CS_STREAM_LIST (self));
  return versions->len > 0 ? versions->pdata[versions->len - 1] : NULL;
}

static void
parse_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  CsCompanyList *list = cs_company_reader_read (data, CS_COMPANY_FILE, &error);

  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify) cs_company_list_unref);
  else
    g_task_return_error (task, error);
}

static void
got_blob_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, bytes, (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, parse_in_thread);
}

/**
 * cs_companies_read_async:
 * @self: the versions
 * @version: (nullable): which one; %NULL: the newest
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is read
 * @user_data: for @callback
 */
void
cs_companies_read_async (CsCompanies *self,
                         CsCompanyVersion *version,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (CS_IS_COMPANIES (self));

  g_task_set_source_tag (task, cs_companies_read_async);
  if (version == NULL)
    version = cs_companies_get_newest (self);
  if (version == NULL)
    g_task_return_pointer (task, cs_company_list_new (), (GDestroyNotify) cs_company_list_unref);
  else
    cs_store_get_blob_async (cs_stream_list_get_store (CS_STREAM_LIST (self)), version->digest,
                             cancellable, got_blob_cb, g_steal_pointer (&task));
}

/** cs_companies_read_finish: (transfer full): the companies; else NOT_FOUND or CORRUPT. */
CsCompanyList *
cs_companies_read_finish (CsCompanies *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  char *actor;
  char *source;
  char *digest;
  gint64 expected_n;
  CsCompanyList *list;
  CsCompanyList *before;
  GBytes *bytes;
  CsCompanyDifference difference;
} Import;

static void
import_free (Import *import)
{
  g_free (import->actor);
  g_free (import->source);
  g_free (import->digest);
  cs_company_list_unref (import->list);
  g_clear_pointer (&import->before, cs_company_list_unref);
  g_clear_pointer (&import->bytes, g_bytes_unref);
  g_free (import);
}

static JsonNode *
new_body (Import *import)
{
  JsonNode *node = json_node_init_object (json_node_alloc (), NULL);
  JsonObject *body = json_object_new ();

  json_node_take_object (node, body);
  json_object_set_string_member (body, "digest", import->digest);
  json_object_set_int_member (body, "count", cs_company_list_get_n (import->list));
  json_object_set_int_member (body, "size", cs_company_list_get_size (import->list));
  json_object_set_int_member (body, "added", import->difference.n_added);
  json_object_set_int_member (body, "removed", import->difference.n_removed);
  json_object_set_int_member (body, "changed", import->difference.n_changed);
  if (import->source != NULL)
    json_object_set_string_member (body, "source", import->source);
  return node;
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  cs_stream_list_fold (g_task_get_source_object (task), records);
  g_task_return_boolean (task, TRUE);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Import *import = g_task_get_task_data (task);
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  GError *error = NULL;
  CsDraft *draft;

  g_free (import->digest);
  import->digest = cs_store_put_blob_finish (CS_STORE (source), result, &error);
  if (import->digest == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  draft = cs_draft_new (KIND, new_body (import));
  cs_draft_add_blob (draft, import->digest);
  g_ptr_array_add (drafts, draft);
  cs_store_append_async (CS_STORE (source), CS_COMPANIES_STREAM, import->expected_n, import->actor,
                         drafts, g_task_get_cancellable (task), appended_cb,
                         g_object_ref (task));
}

static void
compare_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;

  import->bytes = cs_company_list_to_bytes (import->list);
  import->digest = cs_digest_of_bytes (import->bytes);
  import->difference = cs_company_list_compare (import->list, import->before);
  g_task_return_boolean (task, TRUE);
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsCompanies *self = CS_COMPANIES (source);
  Import *import = g_task_get_task_data (task);
  CsCompanyVersion *newest = cs_companies_get_newest (self);

  g_task_propagate_boolean (G_TASK (result), NULL);
  if (newest != NULL && strcmp (newest->digest, import->digest) == 0)
    g_task_return_boolean (task, TRUE);
  else
    cs_store_put_blob_async (cs_stream_list_get_store (CS_STREAM_LIST (self)), import->bytes,
                             g_task_get_cancellable (task), put_cb, g_object_ref (task));
}

static void
read_before_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Import *import = g_task_get_task_data (task);
  g_autoptr (GTask) comparing = NULL;
  GError *error = NULL;

  import->before = cs_companies_read_finish (CS_COMPANIES (source), result, &error);
  if (import->before == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  comparing = g_task_new (source, NULL, compared_cb, g_steal_pointer (&task));
  g_task_set_task_data (comparing, import, NULL);
  g_task_run_in_thread (comparing, compare_in_thread);
}

/**
 * cs_companies_import_async:
 * @self: the versions
 * @actor: who imports
 * @list: sorted, with at least one company
 * @source: (nullable): where it came from, in words
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Records @list as the newest version. If it is that already, nothing is recorded.
 */
void
cs_companies_import_async (CsCompanies *self,
                           const char *actor,
                           CsCompanyList *list,
                           const char *source,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Import *import = g_new0 (Import, 1);

  g_return_if_fail (CS_IS_COMPANIES (self) && actor != NULL && list != NULL);

  import->actor = g_strdup (actor);
  import->source = g_strdup (source);
  import->list = cs_company_list_ref (list);
  import->expected_n = cs_stream_list_get_next_n (CS_STREAM_LIST (self));
  g_task_set_source_tag (task, cs_companies_import_async);
  g_task_set_task_data (task, import, (GDestroyNotify) import_free);
  if (cs_company_list_get_n (list) == 0)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                             "The list names no company; with nobody in it, every flag would be "
                             "switched off. Import a list with companies.");
  else
    cs_companies_read_async (self, NULL, cancellable, read_before_cb, g_steal_pointer (&task));
}

/**
 * cs_companies_import_finish:
 *
 * Returns: (transfer none): the version that the list is; %NULL with %CS_ERROR_INVALID if it is
 *   empty, %CS_ERROR_CONFLICT if another was imported meanwhile, or an error of the store
 */
CsCompanyVersion *
cs_companies_import_finish (CsCompanies *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return cs_companies_get_newest (self);
}
