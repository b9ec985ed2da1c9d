/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets that the commands of a deployment refer to, and what must not be seen of it. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-redaction-rules.h"
#include "cs-redactor.h"
#include "cs-secret-references.h"

#include <string.h>

/** LEAST_HIDDEN: bytes; a shorter value stands for too much else */
#define LEAST_HIDDEN 4

static void
add_block_names (GPtrArray *names, CsBlock *block)
{
  g_autoptr (GPtrArray) found = NULL;

  if (cs_block_get_kind (block) != CS_BLOCK_COMMAND)
    return;
  found = cs_secret_references_list (cs_block_get_text (block));
  for (guint i = 0; i < found->len; i++)
    if (!g_ptr_array_find_with_equal_func (names, found->pdata[i], g_str_equal, NULL))
      g_ptr_array_add (names, g_strdup (found->pdata[i]));
}

/* Calls back for each block of the runbook, whether it is on the path or not. */
static void
foreach_block (CsDeployment *self, void (*func) (GPtrArray *, CsBlock *), GPtrArray *data)
{
  GHashTableIter iter;
  CsStepState *step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &step))
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); i++)
      {
        g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), i);

        func (data, block->block);
      }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * cs_deployment_list_secret_names:
 * @block: (nullable): a block of the runbook; %NULL for all of its commands
 *
 * Returns: (transfer full) (element-type utf8): the names of the secrets that are referred to, each
 *   once, in the order of the alphabet
 */
GPtrArray *
cs_deployment_list_secret_names (CsDeployment *self, CsBlock *block)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), names);

  if (block != NULL)
    add_block_names (names, block);
  else
    foreach_block (self, add_block_names, names);
  g_ptr_array_sort (names, compare_names);
  return names;
}

/**
 * cs_deployment_has_secret:
 * @name: of a secret that a command refers to
 *
 * Returns: whether it has a value, as of the last cs_deployment_load_secrets_async()
 */
gboolean
cs_deployment_has_secret (CsDeployment *self, const char *name)
{
  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), FALSE);

  return g_hash_table_contains (self->secrets, name);
}

/* A command can't run before each secret that it refers to has a value. */
void
cs_deployment_add_secret_gates (CsDeployment *self, CsBlock *block, GPtrArray *gates)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_secret_names (self, block);

  for (guint i = 0; self->secrets_loaded && i < names->len; i++)
    if (!g_hash_table_contains (self->secrets, names->pdata[i]))
      cs_gates_add (gates, "secret", self->operator,
                    "The command needs the secret %s, which the keyring has no value for in %s",
                    (const char *) names->pdata[i], self->environment);
}

/* What is asked of the keyring, name by name: first for the environment, then for all. */
typedef struct
{
  GPtrArray *names;
  guint next;
  gboolean general;
} Loading;

static void
loading_free (gpointer data)
{
  Loading *self = data;

  g_ptr_array_unref (self->names);
  g_free (self);
}

static void look_up (GTask *task);

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  const char *name = loading->names->pdata[loading->next];
  GError *error = NULL;
  g_autoptr (CsSecret) value = cs_keyring_lookup_finish (CS_KEYRING (source), result, &error);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (value == NULL && !loading->general)
    loading->general = TRUE;
  else
    {
      if (value != NULL)
        g_hash_table_replace (self->secrets, g_strdup (name), g_strdup (value));
      else
        g_hash_table_remove (self->secrets, name);
      loading->general = FALSE;
      loading->next++;
    }
  look_up (task);
}

static void
look_up (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  CsDeployment *self = g_task_get_source_object (task);
  g_autofree char *key = NULL;

  if (loading->next == loading->names->len || self->keyring == NULL)
    {
      self->secrets_loaded = TRUE;
      cs_deployment_notify_changed (self);
      g_task_return_boolean (task, TRUE);
      return;
    }
  key = cs_keyring_dup_secret_name (loading->general ? NULL : self->environment,
                                    loading->names->pdata[loading->next]);
  cs_keyring_lookup_async (self->keyring, CS_KEYRING_SECRET, key, g_task_get_cancellable (task),
                           looked_up_cb, g_object_ref (task));
}

/**
 * cs_deployment_load_secrets_async:
 * @cancellable: (nullable): ends the waiting for the keyring
 *
 * Asks the keyring for what the commands refer to. Until the first answer the gates say nothing of
 * secrets; a command is never sent without asking again.
 */
void
cs_deployment_load_secrets_async (CsDeployment *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Loading *loading = g_new0 (Loading, 1);

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  loading->names = cs_deployment_list_secret_names (self, NULL);
  g_task_set_source_tag (task, cs_deployment_load_secrets_async);
  g_task_set_task_data (task, loading, loading_free);
  look_up (task);
}

/**
 * cs_deployment_load_secrets_finish:
 *
 * Returns: %TRUE when the gates know; %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
cs_deployment_load_secrets_finish (CsDeployment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cs_deployment_set_keyring:
 * @keyring: (nullable): where secrets are
 *
 * Has commands find their secrets there from now on.
 */
void
cs_deployment_set_keyring (CsDeployment *self, CsKeyring *keyring)
{
  g_autoptr (GPtrArray) names = NULL;

  g_return_if_fail (CS_IS_DEPLOYMENT (self));

  g_set_object (&self->keyring, keyring);
  names = cs_deployment_list_secret_names (self, NULL);
  if (keyring != NULL && names->len > 0)
    cs_deployment_load_secrets_async (self, self->cancellable, NULL, NULL);
}

static void
add_clear_values (GPtrArray *values, CsBlock *block)
{
  GPtrArray *marks = cs_block_get_marks (block);

  for (guint i = 0; i < marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (marks, i);
      g_autofree char *value =
        mark->kind == CS_MARK_SECRET ? cs_secret_mark_dup_value (mark) : NULL;

      if (value != NULL && strlen (value) >= LEAST_HIDDEN &&
          !g_ptr_array_find_with_equal_func (values, value, g_str_equal, NULL))
        g_ptr_array_add (values, g_steal_pointer (&value));
    }
}

/* What must not be seen: secrets from the keyring, those that stand in the runbook in clear text,
 * and those that commands left to later ones. */
static GPtrArray *
list_hidden (CsDeployment *self)
{
  GPtrArray *hidden = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_secret_free);
  GHashTableIter iter, each;
  const char *name, *value;
  CsSite *site;

  foreach_block (self, add_clear_values, hidden);
  g_hash_table_iter_init (&iter, self->secrets);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &value))
    g_ptr_array_add (hidden, g_strdup (value));
  g_hash_table_iter_init (&iter, self->sites);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &site))
    {
      g_hash_table_iter_init (&each, site->variables);
      while (g_hash_table_iter_next (&each, (gpointer *) &name, (gpointer *) &value))
        if (value != NULL && strlen (value) >= LEAST_HIDDEN &&
            cs_deployment_looks_secret (name))
          g_ptr_array_add (hidden, g_strdup (value));
    }
  return hidden;
}

/* Gives a run the secrets that its command refers to, and says what to hide in its output. */
void
cs_deployment_lend_secrets (CsDeployment *self, CsBlock *block, CsRun *run)
{
  g_autoptr (GPtrArray) hidden = list_hidden (self);
  g_autoptr (GPtrArray) names = cs_deployment_list_secret_names (self, block);

  for (guint i = 0; i < hidden->len; i++)
    cs_run_hide (run, hidden->pdata[i]);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *variable =
        g_strconcat (CS_SECRET_PREFIX, (const char *) names->pdata[i], NULL);
      const char *value = g_hash_table_lookup (self->secrets, names->pdata[i]);

      if (value != NULL)
        cs_run_set_secret (run, variable, value);
    }
}

/* A text that came from outside, as it may be recorded. */
char *
cs_deployment_redact (CsDeployment *self, const char *text)
{
  g_autoptr (CsRedactor) redactor = cs_redactor_new ();
  g_autoptr (GPtrArray) hidden = list_hidden (self);

  cs_redactor_set_salt (redactor, self->id);
  for (guint i = 0; i < hidden->len; i++)
    cs_redactor_add_secret (redactor, hidden->pdata[i]);
  return cs_redactor_redact (redactor, text);
}

static guint
count_masks (const char *text)
{
  guint n = 0;

  for (const char *p = strstr (text, CS_REDACTED); p != NULL;
       p = strstr (p + strlen (CS_REDACTED), CS_REDACTED))
    n++;
  return n;
}

/* Whether a text holds a secret that is known here, or what looks like one; a person's address is
 * none. */
gboolean
cs_deployment_holds_secret (CsDeployment *self, const char *text)
{
  g_autofree char *redacted = cs_deployment_redact (self, text);

  return count_masks (redacted) > count_masks (text);
}

static void
add_phase_values (GPtrArray *values, CsPhase *phase)
{
  GListModel *steps = cs_phase_get_steps (phase);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (steps, i);
      GListModel *blocks = cs_step_get_blocks (step);

      for (guint k = 0; k < g_list_model_get_n_items (blocks); k++)
        {
          g_autoptr (CsBlock) block = g_list_model_get_item (blocks, k);

          add_clear_values (values, block);
        }
    }
}

/* A text about a deployment that is yet to be opened: what looks like a secret, and what stands in
 * the runbook in clear text. */
char *
cs_runbook_redact (CsRunbook *runbook, const char *text)
{
  g_autoptr (CsRedactor) redactor = cs_redactor_new ();
  g_autoptr (GPtrArray) values =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_secret_free);
  GListModel *phases = cs_runbook_get_phases (runbook);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);

      add_phase_values (values, phase);
    }
  for (guint i = 0; i < values->len; i++)
    cs_redactor_add_secret (redactor, values->pdata[i]);
  return cs_redactor_redact (redactor, text);
}
