/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Companies in the order of a table; an item is made when it is looked at. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-company-model.h"

struct _CsCompanyItem
{
  GObject parent_instance;

  CsCompanyList *list;
  const CsCompany *company; /* of the list; NULL */
  char *id;
};

G_DEFINE_FINAL_TYPE (CsCompanyItem, cs_company_item, G_TYPE_OBJECT)

struct _CsCompanyModel
{
  GObject parent_instance;

  CsCompanyList *list;
  GArray *indices; /* of guint; NULL: all */
  char **ids;      /* instead of these; NULL */
  guint n;
  GCancellable *cancellable; /* of the search */
};

/** Search: outside the main loop */
typedef struct
{
  CsCompanyList *list;
  char *text;
} Search;

static GType cs_company_model_get_item_type (GListModel *model);
static guint cs_company_model_get_n_items (GListModel *model);
static gpointer cs_company_model_get_item (GListModel *model, guint position);

static void
cs_company_model_model_init (GListModelInterface *iface)
{
  iface->get_item_type = cs_company_model_get_item_type;
  iface->get_n_items = cs_company_model_get_n_items;
  iface->get_item = cs_company_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CsCompanyModel, cs_company_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      cs_company_model_model_init))

static void
cs_company_item_finalize (GObject *object)
{
  CsCompanyItem *self = CS_COMPANY_ITEM (object);

  cs_company_list_unref (self->list);
  g_free (self->id);
  G_OBJECT_CLASS (cs_company_item_parent_class)->finalize (object);
}

static void
cs_company_item_class_init (CsCompanyItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_company_item_finalize;
}

static void
cs_company_item_init (CsCompanyItem *self)
{
}

static CsCompanyItem *
new_item (CsCompanyList *list, const char *id, const CsCompany *company)
{
  CsCompanyItem *self = g_object_new (CS_TYPE_COMPANY_ITEM, NULL);

  self->list = cs_company_list_ref (list);
  self->company = company;
  self->id = g_strdup (id);
  return self;
}

const char *
cs_company_item_get_id (CsCompanyItem *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_ITEM (self), NULL);
  return self->id;
}

const CsCompany *
cs_company_item_get_company (CsCompanyItem *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_ITEM (self), NULL);
  return self->company;
}

const char *
cs_company_item_get_name (CsCompanyItem *self)
{
  g_return_val_if_fail (CS_IS_COMPANY_ITEM (self), NULL);
  return self->company != NULL ? self->company->name : "";
}

static GType
cs_company_model_get_item_type (GListModel *model)
{
  return CS_TYPE_COMPANY_ITEM;
}

static guint
cs_company_model_get_n_items (GListModel *model)
{
  return CS_COMPANY_MODEL (model)->n;
}

static gpointer
cs_company_model_get_item (GListModel *model, guint position)
{
  CsCompanyModel *self = CS_COMPANY_MODEL (model);
  const CsCompany *company;

  if (position >= self->n)
    return NULL;
  if (self->ids != NULL)
    return new_item (self->list, self->ids[position],
                     cs_company_list_lookup (self->list, self->ids[position]));
  company = cs_company_list_get (self->list, self->indices != NULL
                                               ? g_array_index (self->indices, guint, position)
                                               : position);
  return new_item (self->list, company->id, company);
}

static void
forget (CsCompanyModel *self)
{
  g_clear_pointer (&self->list, cs_company_list_unref);
  g_clear_pointer (&self->indices, g_array_unref);
  g_clear_pointer (&self->ids, g_strfreev);
}

static void
search_free (Search *search)
{
  cs_company_list_unref (search->list);
  g_free (search->text);
  g_free (search);
}

static void
search_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Search *search = data;

  g_task_return_pointer (task, cs_company_list_search (search->list, search->text),
                         (GDestroyNotify) g_array_unref);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = g_task_get_task_data (G_TASK (result));
  GArray *indices = g_task_propagate_pointer (G_TASK (result), NULL);

  if (indices != NULL)
    cs_company_model_set (CS_COMPANY_MODEL (source), search->list, indices);
}

static void
cancel (CsCompanyModel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
cs_company_model_finalize (GObject *object)
{
  cancel (CS_COMPANY_MODEL (object));
  forget (CS_COMPANY_MODEL (object));
  G_OBJECT_CLASS (cs_company_model_parent_class)->finalize (object);
}

static void
cs_company_model_class_init (CsCompanyModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_company_model_finalize;
}

static void
cs_company_model_init (CsCompanyModel *self)
{
}

/** cs_company_model_new: (skip): (transfer full): nobody yet. */
CsCompanyModel *
cs_company_model_new (void)
{
  return g_object_new (CS_TYPE_COMPANY_MODEL, NULL);
}

/* list is kept before the old one goes: it may be the same. */
static void
replace (CsCompanyModel *self, CsCompanyList *list, GArray *indices, char **ids, guint n)
{
  guint before = self->n;

  cs_company_list_ref (list);
  forget (self);
  self->list = list;
  self->indices = indices;
  self->ids = ids;
  self->n = n;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, n);
}

/**
 * cs_company_model_set: (skip)
 * @self: a model
 * @list: companies
 * @indices: (nullable) (transfer full): which of them; %NULL: all
 */
void
cs_company_model_set (CsCompanyModel *self, CsCompanyList *list, GArray *indices)
{
  g_return_if_fail (CS_IS_COMPANY_MODEL (self) && list != NULL);

  replace (self, list, indices, NULL,
           indices != NULL ? indices->len : cs_company_list_get_n (list));
}

/**
 * cs_company_model_search: (skip)
 * @self: a model
 * @list: companies
 * @text: how one is called, by letters or sound; empty: all
 *
 * Shows who is found as soon as it is known.
 */
void
cs_company_model_search (CsCompanyModel *self, CsCompanyList *list, const char *text)
{
  g_autoptr (GTask) task = NULL;
  Search *search;

  g_return_if_fail (CS_IS_COMPANY_MODEL (self) && list != NULL && text != NULL);

  cancel (self);
  if (*text == '\0')
    {
      cs_company_model_set (self, list, NULL);
      return;
    }
  self->cancellable = g_cancellable_new ();
  search = g_new0 (Search, 1);
  search->list = cs_company_list_ref (list);
  search->text = g_strdup (text);
  task = g_task_new (self, self->cancellable, found_cb, NULL);
  g_task_set_source_tag (task, cs_company_model_search);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  g_task_run_in_thread (task, search_in_thread);
}

/**
 * cs_company_model_set_ids: (skip)
 * @self: a model
 * @list: companies
 * @ids: (transfer full): some of them, or of those that once were
 */
void
cs_company_model_set_ids (CsCompanyModel *self, CsCompanyList *list, char **ids)
{
  g_return_if_fail (CS_IS_COMPANY_MODEL (self) && list != NULL && ids != NULL);

  replace (self, list, NULL, ids, g_strv_length (ids));
}
