/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What switches a feature in the world: a file on a server, a flag service. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flag-provider.h"

#include "cs-error.h"

G_DEFINE_INTERFACE (CsFlagProvider, cs_flag_provider, G_TYPE_OBJECT)

static void
read_again_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (CsFlagReading) reading =
    cs_flag_provider_read_finish (CS_FLAG_PROVIDER (source), result, &error);

  if (reading != NULL && cs_flag_reading_check (reading, g_task_get_task_data (task), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Where what is written is what those see who use it. */
static void
verify_by_reading_async (CsFlagProvider *self,
                         CsFlagState *wanted,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, verify_by_reading_async);
  g_task_set_task_data (task, cs_flag_state_ref (wanted), (GDestroyNotify) cs_flag_state_unref);
  cs_flag_provider_read_async (self, cancellable, read_again_cb, task);
}

static void
cs_flag_provider_default_init (CsFlagProviderInterface *iface)
{
  iface->verify_async = verify_by_reading_async;
}

/** cs_flag_reading_free: frees a reading. */
void
cs_flag_reading_free (CsFlagReading *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->state, cs_flag_state_unref);
  g_free (self->version);
  if (self->free_detail != NULL)
    self->free_detail (self->detail);
  g_free (self);
}

/**
 * cs_flag_reading_check:
 * @self: what is there
 * @wanted: what was to be there
 *
 * Returns: whether both are the same; else %CS_ERROR_FAILED
 */
gboolean
cs_flag_reading_check (CsFlagReading *self, CsFlagState *wanted, GError **error)
{
  g_autofree char *found_words = NULL;
  g_autofree char *wanted_words = NULL;

  if (cs_flag_state_equal (self->state, wanted))
    return TRUE;
  found_words = cs_flag_state_dup_words (self->state);
  wanted_words = cs_flag_state_dup_words (wanted);
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "It is on for %s, and was to be on for %s",
               found_words, wanted_words);
  return FALSE;
}

/** cs_flag_provider_has_everyone: whether "everyone" is more to it than a list of all. */
gboolean
cs_flag_provider_has_everyone (CsFlagProvider *self)
{
  g_return_val_if_fail (CS_IS_FLAG_PROVIDER (self), FALSE);
  return CS_FLAG_PROVIDER_GET_IFACE (self)->has_everyone (self);
}

/**
 * cs_flag_provider_read_async:
 * @self: a provider
 * @cancellable: (nullable): of the reading
 * @callback: called when it is read
 * @user_data: for @callback
 */
void
cs_flag_provider_read_async (CsFlagProvider *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (CS_IS_FLAG_PROVIDER (self));
  CS_FLAG_PROVIDER_GET_IFACE (self)->read_async (self, cancellable, callback, user_data);
}

/** cs_flag_provider_read_finish: (transfer full): what it says. */
CsFlagReading *
cs_flag_provider_read_finish (CsFlagProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cs_flag_provider_plan:
 * @self: a provider
 * @reading: what it said
 * @wanted: what is to be
 *
 * Returns: (transfer full): what would be written; %NULL with %CS_ERROR_INVALID if it can't be
 */
char *
cs_flag_provider_plan (CsFlagProvider *self,
                       CsFlagReading *reading,
                       CsFlagState *wanted,
                       GError **error)
{
  g_return_val_if_fail (CS_IS_FLAG_PROVIDER (self), NULL);
  return CS_FLAG_PROVIDER_GET_IFACE (self)->plan (self, reading, wanted, error);
}

/**
 * cs_flag_provider_apply_async:
 * @self: a provider
 * @reading: what it said; it is written only if that is still so
 * @wanted: for whom it is to be on
 * @cancellable: (nullable): before it is written
 * @callback: called when it has taken effect
 * @user_data: for @callback
 */
void
cs_flag_provider_apply_async (CsFlagProvider *self,
                              CsFlagReading *reading,
                              CsFlagState *wanted,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (CS_IS_FLAG_PROVIDER (self));
  CS_FLAG_PROVIDER_GET_IFACE (self)->apply_async (self, reading, wanted, cancellable, callback,
                                                  user_data);
}

/** cs_flag_provider_apply_finish: %TRUE when it is written; see cs_flag_provider_apply_async(). */
gboolean
cs_flag_provider_apply_finish (CsFlagProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cs_flag_provider_verify_async:
 * @self: a provider
 * @wanted: what is to be there
 * @cancellable: (nullable): of the reading
 * @callback: called when it is compared
 * @user_data: for @callback
 */
void
cs_flag_provider_verify_async (CsFlagProvider *self,
                               CsFlagState *wanted,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (CS_IS_FLAG_PROVIDER (self));
  CS_FLAG_PROVIDER_GET_IFACE (self)->verify_async (self, wanted, cancellable, callback, user_data);
}

/** cs_flag_provider_verify_finish: %TRUE if it is as it was to be; else %CS_ERROR_FAILED. */
gboolean
cs_flag_provider_verify_finish (CsFlagProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cs_flag_provider_close_async:
 * @self: a provider
 * @callback: called when it holds no connection any more
 * @user_data: for @callback
 */
void
cs_flag_provider_close_async (CsFlagProvider *self,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (CS_IS_FLAG_PROVIDER (self));
  CS_FLAG_PROVIDER_GET_IFACE (self)->close_async (self, callback, user_data);
}

/** cs_flag_provider_close_finish: %TRUE when it holds no connection any more. */
gboolean
cs_flag_provider_close_finish (CsFlagProvider *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
