/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overrules what lines of a runbook in the library were taken for. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-library.h"

#include "cs-error.h"
#include "cs-library-private.h"
#include "cs-subjects.h"

#include <string.h>

typedef struct
{
  CsLibraryEntry *entry;
  CsOverrule overrule;
  char *actor;
} Overruling;

static void
overruling_free (Overruling *self)
{
  g_object_unref (self->entry);
  g_free (self->overrule.what);
  g_free (self->overrule.value);
  g_free (self->overrule.reason);
  g_free (self->actor);
  g_free (self);
}

static void
overruled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
check_overruling (CsLibraryEntry *entry, const CsOverrule *overrule, GError **error)
{
  g_autoptr (CsOverrules) overrules = NULL;

  if (overrule->value == NULL)
    {
      if (cs_overrules_find (cs_library_entry_get_overrules (entry), overrule->what,
                             overrule->line) != NULL)
        return TRUE;
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "Nothing is overruled in line %u",
                   overrule->line);
      return FALSE;
    }
  if (overrule->reason == NULL || *overrule->reason == '\0')
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Overruling line %u needs a reason",
                   overrule->line);
      return FALSE;
    }
  overrules = cs_overrules_with (NULL, overrule, error);
  return overrules != NULL;
}

static JsonNode *
new_overruling (const CsOverrule *overrule)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *body = json_object_new ();

  json_object_set_int_member (body, "line", overrule->line);
  json_object_set_string_member (body, "what", overrule->what);
  if (overrule->value != NULL)
    json_object_set_string_member (body, "value", overrule->value);
  if (overrule->reason != NULL)
    json_object_set_string_member (body, "reason", overrule->reason);
  json_node_take_object (node, body);
  return node;
}

static void
append (GTask *task)
{
  Overruling *self = g_task_get_task_data (task);
  CsLibrary *library = g_task_get_source_object (task);
  g_autofree char *stream =
    g_strconcat (CS_LIBRARY_STREAM_PREFIX, cs_library_entry_get_digest (self->entry), NULL);
  g_autoptr (GPtrArray) drafts =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);
  g_autoptr (JsonNode) body = new_overruling (&self->overrule);

  g_ptr_array_add (
    drafts, cs_draft_new (self->overrule.value != NULL ? "overruled" : "overrule-withdrawn", body));
  cs_store_append_async (cs_library_get_store (library), stream,
                         cs_library_entry_get_n (self->entry), self->actor, drafts,
                         g_task_get_cancellable (task), overruled_cb, g_object_ref (task));
}

static const char *
name_subject (const char *what)
{
  static const char *const NAMES[][2] = {
    { CS_OVERRULE_BLOCK, "code block" },
    { CS_OVERRULE_CHECK, "check item" },
    { CS_OVERRULE_SIGNOFF, "sign-off" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (NAMES); i++)
    {
      if (strcmp (NAMES[i][0], what) == 0)
        return NAMES[i][1];
    }
  return "phase";
}

/* A decision about something that is not there would stand in the records and change nothing. What
 * is decided already, such as a check that is none, need not be there any more. */
static gboolean
check_subject (CsRunbook *runbook, const CsOverrule *overrule, GError **error)
{
  guint nearest = cs_subjects_find_nearest (runbook, overrule->what, overrule->line);

  if (nearest == overrule->line ||
      cs_overrules_find (cs_runbook_get_overrules (runbook), overrule->what, overrule->line) !=
        NULL)
    return TRUE;
  if (nearest == 0)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no %s in this runbook",
                 name_subject (overrule->what));
  else
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "No %s begins in line %u; the nearest begins in line %u",
                 name_subject (overrule->what), overrule->line, nearest);
  return FALSE;
}

static void
runbook_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Overruling *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CsRunbook) runbook = cs_library_get_finish (CS_LIBRARY (source), result, &error);

  if (runbook != NULL && check_subject (runbook, &self->overrule, &error))
    append (task);
  else
    g_task_return_error (task, error);
}

/**
 * cs_library_overrule_async:
 * @actor: who
 * @digest: of a version in the library
 * @what: `CS_OVERRULE_…`
 * @line: where it stands
 * @value: (nullable): what it is instead; %NULL: whatever the program takes it for
 * @reason: (nullable): why; needed with @value
 *
 * Records that a line is not what it was taken for. Holds for what is read from then on;
 * deployments that are open stay as they are.
 */
void
cs_library_overrule_async (CsLibrary *self,
                           const char *actor,
                           const char *digest,
                           const char *what,
                           guint line,
                           const char *value,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  CsLibraryEntry *entry = cs_library_find (self, digest);
  Overruling *overruling;
  GError *error = NULL;

  g_task_set_source_tag (task, cs_library_overrule_async);
  if (entry == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "There is no runbook with the digest %s in the library", digest);
      return;
    }
  overruling = g_new0 (Overruling, 1);
  overruling->entry = g_object_ref (entry);
  overruling->overrule = (CsOverrule){ line, g_strdup (what), g_strdup (value), g_strdup (reason),
                                       NULL };
  overruling->actor = g_strdup (actor);
  g_task_set_task_data (task, overruling, (GDestroyNotify) overruling_free);
  if (!check_overruling (entry, &overruling->overrule, &error))
    g_task_return_error (task, error);
  else if (value == NULL)
    append (task);
  else
    cs_library_get_async (self, digest, cancellable, runbook_read_cb, g_object_ref (task));
}

/**
 * cs_library_overrule_finish:
 *
 * Returns: whether it is recorded; %CS_ERROR_INVALID, %CS_ERROR_NOT_FOUND if nothing of the kind
 *   stands there, %CS_ERROR_CONFLICT
 */
gboolean
cs_library_overrule_finish (CsLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
