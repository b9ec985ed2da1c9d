/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole workspace from one store into another, record by record and blob by blob. */

#include "cs-transfer.h"

#include "cs-blob-names.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define PORTION 500

static gboolean
copy_blobs (CsStore *from, CsStore *to, CsRecord *record, GHashTable *copied, GError **error)
{
  g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), error);
  g_autoptr (GPtrArray) names = NULL;

  if (body == NULL)
    return FALSE;
  names = cs_blob_names_find (body, strlen (body));
  for (guint i = 0; i < names->len; i++)
    {
      const char *digest = g_ptr_array_index (names, i);
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *stored = NULL;

      if (g_hash_table_contains (copied, digest))
        continue;
      bytes = cs_store_get_blob_sync (from, digest, error);
      if (bytes == NULL)
        return FALSE;
      stored = cs_store_put_blob_sync (to, bytes, error);
      if (stored == NULL)
        return FALSE;
      g_hash_table_add (copied, g_steal_pointer (&stored));
    }
  return TRUE;
}

static int
compare_heads (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(CsStreamHead *const *) a)->stream, (*(CsStreamHead *const *) b)->stream);
}

static gboolean
check_heads (CsStore *from, CsStore *to, GError **error)
{
  g_autoptr (GPtrArray) before = cs_store_list_heads_sync (from, "", error);
  g_autoptr (GPtrArray) after = before != NULL ? cs_store_list_heads_sync (to, "", error) : NULL;

  if (after == NULL)
    return FALSE;
  g_ptr_array_sort (before, compare_heads);
  g_ptr_array_sort (after, compare_heads);
  for (guint i = 0; i < MAX (before->len, after->len); i++)
    {
      const CsStreamHead *old = i < before->len ? g_ptr_array_index (before, i) : NULL;
      const CsStreamHead *new = i < after->len ? g_ptr_array_index (after, i) : NULL;

      if (old != NULL && new != NULL && strcmp (old->stream, new->stream) == 0 &&
          old->n == new->n &&strcmp (old->hash, new->hash) == 0)
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT,
                   "“%s” does not end at the same record in both places. Someone has written "
                   "meanwhile: move into an empty place again while nobody works",
                   old != NULL ? old->stream : new->stream);
      return FALSE;
    }
  return TRUE;
}

/**
 * cs_transfer_check_empty:
 *
 * Returns: whether it is a place to move to: it holds no record; else %CS_ERROR_EXISTS
 */
gboolean
cs_transfer_check_empty (CsStore *to, GError **error)
{
  g_autoptr (GPtrArray) records = cs_store_scan (to, 0, 1, error);

  if (records == NULL)
    return FALSE;
  if (records->len == 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_EXISTS,
               "The place to move to holds records already. Choose an empty one");
  return FALSE;
}

/**
 * cs_transfer_run:
 * @from: a store that nobody writes to meanwhile
 * @to: a store without records
 * @progress: (nullable): told after each portion
 *
 * Returns: how many records were copied; -1 with an error
 */
gint64
cs_transfer_run (CsStore *from,
                 CsStore *to,
                 CsTransferProgress progress,
                 gpointer progress_data,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GHashTable) copied = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 after = 0;
  gint64 done = 0;

  if (!cs_transfer_check_empty (to, error))
    return -1;
  while (TRUE)
    {
      g_autoptr (GPtrArray) records = cs_store_scan (from, after, PORTION, error);

      if (records == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      if (records->len == 0)
        break;
      for (guint i = 0; i < records->len; i++)
        if (!copy_blobs (from, to, g_ptr_array_index (records, i), copied, error))
          return -1;
      if (!cs_store_import (to, records, error))
        return -1;
      after = cs_record_get_seq (g_ptr_array_index (records, records->len - 1));
      done += records->len;
      if (progress != NULL)
        progress (done, progress_data);
    }
  return check_heads (from, to, error) ? done : -1;
}
