/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All flags of a workspace and its companies, as the window shows them. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-rollout-list.h"

#include <string.h>

struct _CsRolloutList
{
  GObject parent_instance;

  CsWorkspace *workspace;
  CsRolloutSite *site;
  GCancellable *cancellable;
  GPtrArray *entries; /* by key */
  CsCompanies *companies;
  CsCompanyList *list;
  gboolean loaded;
};

static GType cs_rollout_list_get_item_type (GListModel *model);
static guint cs_rollout_list_get_n_items (GListModel *model);
static gpointer cs_rollout_list_get_item (GListModel *model, guint position);

static void
cs_rollout_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cs_rollout_list_get_item_type;
  iface->get_n_items = cs_rollout_list_get_n_items;
  iface->get_item = cs_rollout_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CsRolloutList, cs_rollout_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      cs_rollout_list_model_init))

enum
{
  LOADED,
  COMPANIES_CHANGED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fail (CsRolloutList *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, error);
}

static void
add (CsRolloutList *self, const char *key)
{
  guint position = 0;

  if (!cs_flag_key_check (key, NULL) || cs_rollout_list_lookup (self, key) != NULL)
    return;
  while (position < self->entries->len &&
         strcmp (cs_rollout_entry_get_key (self->entries->pdata[position]), key) < 0)
    position++;
  g_ptr_array_insert (self->entries, (int) position,
                      cs_rollout_entry_new (self->site, cs_workspace_get_actor (self->workspace),
                                            key));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static void
appended_cb (CsRolloutList *self, CsRecord *record)
{
  const char *stream = cs_record_get_stream (record);

  if (cs_record_get_n (record) == 0 && g_str_has_prefix (stream, CS_FLAG_STREAM_PREFIX))
    add (self, stream + strlen (CS_FLAG_STREAM_PREFIX));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) heads = cs_store_list_heads_finish (CS_STORE (source), result, &error);

  if (heads == NULL)
    {
      fail (self, error);
      return;
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  for (guint i = 0; i < heads->len; i++)
    add (self, ((CsStreamHead *) heads->pdata[i])->stream + strlen (CS_FLAG_STREAM_PREFIX));
  self->loaded = TRUE;
  g_signal_emit (self, signals[LOADED], 0);
}

static void
list_flags (CsRolloutList *self)
{
  cs_store_list_heads_async (self->site->store, CS_FLAG_STREAM_PREFIX, self->cancellable, listed_cb,
                             g_object_ref (self));
}

/* Which version is being read. */
typedef struct
{
  CsRolloutList *self;       /* owned */
  CsCompanyVersion *version; /* owned; NULL */
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->self);
  g_clear_object (&reading->version);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static void
companies_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Reading) reading = user_data;
  CsRolloutList *self = reading->self;
  g_autoptr (GError) error = NULL;
  CsCompanies *companies = CS_COMPANIES (source);
  g_autoptr (CsCompanyList) list = cs_companies_read_finish (companies, result, &error);

  if (list == NULL)
    fail (self, error);
  if (list == NULL || reading->version != cs_companies_get_newest (companies))
    return;
  g_clear_pointer (&self->list, cs_company_list_unref);
  self->list = cs_company_list_ref (list);
  if (reading->version != NULL)
    cs_rollout_site_keep_companies (self->site, cs_company_version_get_digest (reading->version),
                                    list);
  g_signal_emit (self, signals[COMPANIES_CHANGED], 0);
  if (!self->loaded)
    list_flags (self);
}

static void
read_companies_cb (CsRolloutList *self)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->self = g_object_ref (self);
  g_set_object (&reading->version, cs_companies_get_newest (self->companies));
  cs_companies_read_async (self->companies, reading->version, self->cancellable, companies_read_cb,
                           reading);
}

static void
companies_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsRolloutList) self = user_data;
  g_autoptr (GError) error = NULL;
  CsCompanies *companies = cs_companies_load_finish (result, &error);

  if (companies == NULL)
    {
      fail (self, error);
      return;
    }
  self->companies = companies;
  g_signal_connect_object (companies, "items-changed", G_CALLBACK (read_companies_cb), self,
                           G_CONNECT_SWAPPED);
  read_companies_cb (self);
}

static GType
cs_rollout_list_get_item_type (GListModel *model)
{
  return CS_TYPE_ROLLOUT_ENTRY;
}

static guint
cs_rollout_list_get_n_items (GListModel *model)
{
  return CS_ROLLOUT_LIST (model)->entries->len;
}

static gpointer
cs_rollout_list_get_item (GListModel *model, guint position)
{
  CsRolloutList *self = CS_ROLLOUT_LIST (model);

  return position < self->entries->len ? g_object_ref (self->entries->pdata[position]) : NULL;
}

static void
cs_rollout_list_dispose (GObject *object)
{
  CsRolloutList *self = CS_ROLLOUT_LIST (object);

  cs_rollout_list_close (self);
  g_clear_object (&self->companies);
  g_clear_object (&self->workspace);
  g_clear_pointer (&self->site, cs_rollout_site_unref);
  g_clear_pointer (&self->list, cs_company_list_unref);

  G_OBJECT_CLASS (cs_rollout_list_parent_class)->dispose (object);
}

static void
cs_rollout_list_finalize (GObject *object)
{
  CsRolloutList *self = CS_ROLLOUT_LIST (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->entries);

  G_OBJECT_CLASS (cs_rollout_list_parent_class)->finalize (object);
}

static void
cs_rollout_list_class_init (CsRolloutListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cs_rollout_list_dispose;
  object_class->finalize = cs_rollout_list_finalize;

  signals[LOADED] =
    g_signal_new ("loaded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COMPANIES_CHANGED] = g_signal_new ("companies-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                             NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
cs_rollout_list_init (CsRolloutList *self)
{
  self->cancellable = g_cancellable_new ();
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * cs_rollout_list_new:
 * @workspace: whose flags
 *
 * Returns: (transfer full): a list that is being filled
 */
CsRolloutList *
cs_rollout_list_new (CsWorkspace *workspace)
{
  CsRolloutList *self = g_object_new (CS_TYPE_ROLLOUT_LIST, NULL);
  g_autofree char *state = cs_workspace_dup_state_directory (workspace);

  self->workspace = g_object_ref (workspace);
  self->site = cs_rollout_site_new (
    cs_workspace_get_store (workspace), cs_workspace_get_people (workspace),
    cs_workspace_get_policies (workspace), cs_workspace_get_targets (workspace),
    cs_workspace_get_breakers (workspace), cs_workspace_get_keyring (workspace), state,
    cs_workspace_get_directory (workspace));
  g_signal_connect_object (self->site->store, "appended", G_CALLBACK (appended_cb), self,
                           G_CONNECT_SWAPPED);
  cs_companies_load_async (self->site->store, self->cancellable, companies_loaded_cb,
                           g_object_ref (self));
  return self;
}

CsWorkspace *
cs_rollout_list_get_workspace (CsRolloutList *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_LIST (self), NULL);
  return self->workspace;
}

CsRolloutSite *
cs_rollout_list_get_site (CsRolloutList *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_LIST (self), NULL);
  return self->site;
}

gboolean
cs_rollout_list_is_loaded (CsRolloutList *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_LIST (self), FALSE);
  return self->loaded;
}

/** cs_rollout_list_lookup: (transfer none) (nullable): the flag with this key. */
CsRolloutEntry *
cs_rollout_list_lookup (CsRolloutList *self, const char *key)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_LIST (self), NULL);

  for (guint i = 0; i < self->entries->len; i++)
    if (strcmp (cs_rollout_entry_get_key (self->entries->pdata[i]), key) == 0)
      return self->entries->pdata[i];
  return NULL;
}

CsCompanies *
cs_rollout_list_get_companies (CsRolloutList *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_LIST (self), NULL);
  return self->companies;
}

CsCompanyList *
cs_rollout_list_get_company_list (CsRolloutList *self)
{
  g_return_val_if_fail (CS_IS_ROLLOUT_LIST (self), NULL);
  return self->list;
}

/** cs_rollout_list_close: (skip): nothing is read or watched any more. */
void
cs_rollout_list_close (CsRolloutList *self)
{
  g_return_if_fail (CS_IS_ROLLOUT_LIST (self));

  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < self->entries->len; i++)
    cs_rollout_entry_close (self->entries->pdata[i]);
}
