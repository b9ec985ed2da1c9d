/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes with a command to a target that enforces approvals itself. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-json.h"

static void
add_values (CsDeployment *self, CsBlock *block, JsonObject *values)
{
  GPtrArray *marks = cs_block_get_marks (block);

  for (guint i = 0; i < marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (marks, i);
      const char *value = mark->kind == CS_MARK_PLACEHOLDER
                            ? g_hash_table_lookup (self->values, mark->name)
                            : NULL;

      if (value != NULL)
        json_object_set_string_member (values, mark->text, value);
    }
}

/* Approvals that count, and nothing that has lapsed. */
static GPtrArray *
list_envelopes (CsDeployment *self)
{
  GPtrArray *digests = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) signoff =
        g_list_model_get_item (G_LIST_MODEL (self->signoffs), i);

      if (signoff->envelope != NULL && signoff->approve && signoff->lapsed == NULL)
        g_ptr_array_add (digests, g_strdup (signoff->envelope));
    }
  return digests;
}

/* What an agent needs to decide for itself: NULL for other kinds of target. envelopes: the blobs to
 * be read by cs_deployment_load_envelopes(). (transfer full) */
CsAuthorisation *
cs_deployment_new_authorisation (CsDeployment *self,
                                 CsTarget *target,
                                 CsBlock *block,
                                 GPtrArray **envelopes)
{
  CsAuthorisation *authorisation;

  *envelopes = NULL;
  if (cs_target_get_kind (target) != CS_TARGET_AGENT)
    return NULL;
  authorisation = cs_authorisation_new ();
  authorisation->command = g_strdup (cs_block_get_text (block));
  authorisation->deployment = g_strdup (self->id);
  authorisation->environment = g_strdup (self->environment);
  authorisation->stream = g_strdup (cs_deployment_get_stream (self));
  add_values (self, block, authorisation->values);
  *envelopes = list_envelopes (self);
  return authorisation;
}

/* In a thread: reads the envelopes. */
gboolean
cs_deployment_load_envelopes (CsStore *store,
                              CsAuthorisation *authorisation,
                              GPtrArray *digests,
                              GError **error)
{
  for (guint i = 0; i < digests->len; i++)
    {
      g_autoptr (GBytes) bytes =
        cs_store_get_blob_sync (store, g_ptr_array_index (digests, i), error);
      g_autoptr (JsonNode) node = NULL;

      if (bytes != NULL)
        node = cs_json_parse (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                              error);
      if (node == NULL)
        return FALSE;
      json_array_add_element (authorisation->envelopes, g_steal_pointer (&node));
    }
  return TRUE;
}
