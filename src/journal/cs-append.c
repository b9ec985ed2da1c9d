/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One call of cs_store_append_async(), in the form in which the writer takes it. */

#include "cs-append.h"

#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"
#include "cs-store.h"

#define MAX_NAME 1024
#define MAX_BODY (16 * 1024 * 1024)

static void
entry_free (CsAppendEntry *entry)
{
  g_free (entry->kind);
  g_free (entry->body);
  g_ptr_array_unref (entry->blobs);
  g_free (entry);
}

/* Streams, actors and kinds are names: one line of text, short enough to be shown. */
static gboolean
check_name (const char *what, const char *name, GError **error)
{
  gboolean ok = name != NULL && *name != '\0' && strlen (name) <= MAX_NAME &&
                g_utf8_validate (name, -1, NULL);

  for (const char *p = name; ok && *p != '\0'; p++)
    ok = (guchar) *p >= 0x20 && *p != 0x7f;
  if (!ok)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                 "A record's %s must be one line of UTF-8 text of at most %d bytes", what,
                 MAX_NAME);
  return ok;
}

static CsAppendEntry *
entry_new (CsDraft *draft, GError **error)
{
  GPtrArray *blobs = cs_draft_get_blobs (draft);
  g_autofree char *body = NULL;
  CsAppendEntry *entry;

  if (!check_name ("kind", cs_draft_get_kind (draft), error))
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (cs_draft_get_body (draft)))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The body of a record “%s” must be a JSON object", cs_draft_get_kind (draft));
      return NULL;
    }
  for (guint i = 0; i < blobs->len; i++)
    if (!cs_digest_is_valid (g_ptr_array_index (blobs, i)))
      {
        g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” is not the name of a blob",
                     (const char *) g_ptr_array_index (blobs, i));
        return NULL;
      }
  body = cs_json_to_canonical (cs_draft_get_body (draft), error);
  if (body == NULL)
    return NULL;
  /* The record is read from this text later, and nobody could change it then. */
  if (!cs_json_is_canonical (body, strlen (body)))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The body of a record “%s” can't be read back as it would be written",
                   cs_draft_get_kind (draft));
      return NULL;
    }
  if (strlen (body) > MAX_BODY)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The body of a record “%s” is larger than %d MiB; large data belongs in a blob",
                   cs_draft_get_kind (draft), MAX_BODY / 1024 / 1024);
      return NULL;
    }
  entry = g_new0 (CsAppendEntry, 1);
  entry->kind = g_strdup (cs_draft_get_kind (draft));
  entry->body = g_steal_pointer (&body);
  entry->blobs = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < blobs->len; i++)
    g_ptr_array_add (entry->blobs, g_strdup (g_ptr_array_index (blobs, i)));
  return entry;
}

/**
 * cs_append_new:
 *
 * Takes a copy of what is to be appended, so that the caller may change its drafts afterwards.
 *
 * Returns: (transfer full): the order for the writer; %NULL with %CS_ERROR_INVALID
 */
CsAppend *
cs_append_new (const char *stream,
               gint64 expected_n,
               const char *actor,
               GPtrArray *drafts,
               GError **error)
{
  g_autoptr (CsAppend) self = g_new0 (CsAppend, 1);

  self->stream = g_strdup (stream);
  self->expected_n = expected_n;
  self->actor = g_strdup (actor);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  if (!check_name ("stream", stream, error) || !check_name ("actor", actor, error))
    return NULL;
  if (drafts == NULL || drafts->len == 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "There is nothing to append to “%s”", stream);
      return NULL;
    }
  for (guint i = 0; i < drafts->len; i++)
    {
      CsAppendEntry *entry = entry_new (g_ptr_array_index (drafts, i), error);

      if (entry == NULL)
        return NULL;
      g_ptr_array_add (self->entries, entry);
    }
  return g_steal_pointer (&self);
}

/** cs_append_free: */
void
cs_append_free (CsAppend *self)
{
  if (self == NULL)
    return;
  g_free (self->stream);
  g_free (self->actor);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static void
collect (JsonNode *node, GString *words)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        collect (member, words);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        collect (json_array_get_element (array, i), words);
    }
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      g_string_append_c (words, '\n');
      g_string_append (words, json_node_get_string (node));
    }
}

/** cs_append_collect_words: (transfer full): the text by which a record is found. */
char *
cs_append_collect_words (CsRecord *record)
{
  g_autoptr (GString) words = g_string_new (cs_record_get_stream (record));

  g_string_append_printf (words, "\n%s\n%s", cs_record_get_actor (record),
                          cs_record_get_kind (record));
  collect (cs_record_get_body_node (record), words);
  return g_string_free (g_steal_pointer (&words), FALSE);
}
