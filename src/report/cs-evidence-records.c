/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of a bundle: read, hashed again, and held to its heads. */

#define G_LOG_DOMAIN "cs-report"

#include "cs-evidence-records.h"

#include "cs-audit-private.h"
#include "cs-blob-names.h"
#include "cs-digest.h"
#include "cs-json.h"
#include "cs-record.h"

#include <string.h>

static CsRecord *
record_from_json (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *stream = object != NULL ? cs_json_get_string (object, "stream") : NULL;
  const char *actor = object != NULL ? cs_json_get_string (object, "actor") : NULL;
  const char *kind = object != NULL ? cs_json_get_string (object, "kind") : NULL;
  const char *previous = object != NULL ? cs_json_get_string (object, "previous") : NULL;
  const char *hash = object != NULL ? cs_json_get_string (object, "hash") : NULL;

  if (stream == NULL || actor == NULL || kind == NULL || !cs_digest_is_valid (previous) ||
      !cs_digest_is_valid (hash) || cs_json_get_object (object, "body") == NULL)
    return NULL;
  return cs_record_new (0, stream, cs_json_get_int (object, "n", -1),
                        cs_json_get_int (object, "at", -1), actor, kind,
                        json_object_get_member (object, "body"), previous, hash);
}

static CsRecord *
read_line (const char *line, gsize length)
{
  g_autoptr (JsonNode) node = cs_json_parse (line, (gssize) length, NULL);
  g_autofree char *canonical = node != NULL ? cs_json_to_canonical (node, NULL) : NULL;

  if (canonical == NULL || strlen (canonical) != length || memcmp (canonical, line, length) != 0)
    return NULL;
  return record_from_json (node);
}

static void
check_record (CsRecord *record,
              CsRecord *before,
              gint64 n,
              const char *file,
              GPtrArray *faults)
{
  g_autofree char *hash = cs_record_compute_hash (record, NULL);
  const char *previous = before != NULL ? cs_record_get_hash (before) : CS_RECORD_NO_PREVIOUS;

  if (before != NULL && strcmp (cs_record_get_stream (before), cs_record_get_stream (record)) != 0)
    cs_evidence_fault_add (faults, file, "record %" G_GINT64_FORMAT " belongs to another stream",
                           n);
  if (cs_record_get_n (record) != n)
    cs_evidence_fault_add (faults, file,
                           "record %" G_GINT64_FORMAT
                           " is missing; what stands there is record %" G_GINT64_FORMAT,
                           n, cs_record_get_n (record));
  if (strcmp (cs_record_get_previous (record), previous) != 0)
    cs_evidence_fault_add (faults, file,
                           "record %" G_GINT64_FORMAT " does not follow the one before it", n);
  if (g_strcmp0 (hash, cs_record_get_hash (record)) != 0)
    cs_evidence_fault_add (faults, file, "record %" G_GINT64_FORMAT " does not have its hash", n);
}

/**
 * cs_evidence_records_read:
 * @file: of the bundle, with one record a line, in canonical form
 * @faults: (element-type CsEvidenceFault): what is wrong is added to it
 *
 * Reads the records of a stream and follows the chain through them. A line that is no record ends
 * it: what comes after it can't be held to anything.
 *
 * Returns: (transfer full) (element-type CsRecord): those before that
 */
GPtrArray *
cs_evidence_records_read (CsBundleReader *reader, const char *file, GPtrArray *faults)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) bytes = cs_bundle_reader_load (reader, file);
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (size == 0)
    cs_evidence_fault_add (faults, file, "holds no records, or is missing");
  for (gsize at = 0; at < size;)
    {
      const char *end = memchr (text + at, '\n', size - at);
      CsRecord *before = records->len > 0 ? records->pdata[records->len - 1] : NULL;
      CsRecord *record =
        end != NULL ? read_line (text + at, (gsize) (end - text) - at) : NULL;

      if (record == NULL)
        {
          cs_evidence_fault_add (faults, file, "line %u is not a record in canonical form",
                                 records->len + 1);
          break;
        }
      check_record (record, before, records->len, file, faults);
      g_ptr_array_add (records, record);
      at = (gsize) (end - text) + 1;
    }
  return records;
}

/**
 * cs_evidence_records_check_names:
 * @records: (element-type CsRecord): of one stream
 * @faults: (element-type CsEvidenceFault): what is missing is added to it
 *
 * Looks whether each blob that the records name is among the files.
 */
void
cs_evidence_records_check_names (CsBundleReader *reader, GPtrArray *records, GPtrArray *faults)
{
  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = records->pdata[i];
      g_autofree char *body = cs_json_to_canonical (cs_record_get_body_node (record), NULL);
      g_autoptr (GPtrArray) names = cs_blob_names_find (body, strlen (body));

      for (guint k = 0; k < names->len; k++)
        if (!cs_bundle_reader_has_digest (reader, names->pdata[k]))
          cs_evidence_fault_add (
            faults, "blobs", "what record %" G_GINT64_FORMAT " of %s names by %s is missing",
            cs_record_get_n (record), cs_record_get_stream (record), (char *) names->pdata[k]);
    }
}

gboolean
cs_audit_record_agrees (CsRecord *record, const CsStatement *statement)
{
  JsonObject *body = cs_record_get_body (record);

  return g_strcmp0 (cs_json_get_string (body, "field"), statement->field) == 0 &&
         g_strcmp0 (cs_json_get_string (body, "role"), statement->role) == 0 &&
         g_strcmp0 (cs_json_get_string (body, "signer"), statement->signer) == 0 &&
         g_strcmp0 (cs_json_get_string (body, "key"), statement->key) == 0 &&
         g_strcmp0 (cs_json_get_string (body, "comment"), statement->comment) == 0 &&
         g_strcmp0 (cs_json_get_string (body, "handwriting"), statement->handwriting) == 0 &&
         g_strcmp0 (cs_json_get_string (body, "decision"),
                    statement->approve ? "approve" : "reject") == 0;
}
