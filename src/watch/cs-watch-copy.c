/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bound of one watch in another one, with the probe that it is about. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-watch-copy.h"

#include "cs-error.h"
#include "cs-json.h"

/** Copying: two appends, the probe first */
typedef struct
{
  char *actor;
  CsProbe *probe;
  CsCriterion *criterion;
} Copying;

static void
copying_free (Copying *copying)
{
  g_free (copying->actor);
  cs_probe_free (copying->probe);
  cs_criterion_free (copying->criterion);
  g_free (copying);
}

static char *
dup_probe_text (const CsProbe *probe)
{
  g_autoptr (JsonNode) node = cs_probe_to_json (probe);

  json_object_remove_member (json_node_get_object (node), "id");
  return cs_json_to_canonical (node, NULL);
}

/* A probe that asks the same under the same name. */
static const CsProbe *
find_probe (CsWatch *self, const CsProbe *like)
{
  const CsProbe *probe = cs_watch_find_probe (self, like->name);
  g_autofree char *one = probe != NULL ? dup_probe_text (probe) : NULL;
  g_autofree char *other = dup_probe_text (like);

  return g_strcmp0 (one, other) == 0 ? probe : NULL;
}

static void
criterion_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cs_watch_act_finish (CS_WATCH (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes the reference to the task on. */
static void
set_criterion (GTask *task, const CsProbe *probe)
{
  Copying *copying = g_task_get_task_data (task);

  g_free (copying->criterion->probe);
  copying->criterion->probe = g_strdup (probe->id);
  cs_watch_set_criterion_async (g_task_get_source_object (task), copying->actor,
                                copying->criterion, g_task_get_cancellable (task),
                                criterion_set_cb, task);
}

static void
probe_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Copying *copying = g_task_get_task_data (task);
  const CsProbe *probe;
  GError *error = NULL;

  if (!cs_watch_act_finish (CS_WATCH (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  probe = find_probe (CS_WATCH (source), copying->probe);
  if (probe != NULL)
    set_criterion (g_steal_pointer (&task), probe);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_CONFLICT,
                             "Somebody changed the probe “%s” just now; try again",
                             copying->probe->name);
}

/**
 * cs_watch_copy_criterion_async:
 * @self: the watch that gets it
 * @actor: who
 * @from: the watch that has it
 * @criterion: its id there
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * A probe that asks the same is used for both. What is copied is a bound of its own from then on.
 * cs_watch_act_finish(): NOT_FOUND; EXISTS if another probe has that name already.
 */
void
cs_watch_copy_criterion_async (CsWatch *self,
                               const char *actor,
                               CsWatch *from,
                               const char *criterion,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const CsCriterion *wanted = cs_watch_find_criterion (from, criterion);
  const CsProbe *probe = wanted != NULL ? cs_watch_find_probe (from, wanted->probe) : NULL;
  Copying *copying;

  g_return_if_fail (CS_IS_WATCH (self) && CS_IS_WATCH (from) && actor != NULL);

  g_task_set_source_tag (task, cs_watch_copy_criterion_async);
  if (probe == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "The bound %s is not there any more", criterion);
      return;
    }
  copying = g_new0 (Copying, 1);
  copying->actor = g_strdup (actor);
  copying->probe = cs_probe_copy (probe);
  copying->criterion = cs_criterion_copy (wanted);
  g_clear_pointer (&copying->probe->id, g_free);
  g_clear_pointer (&copying->criterion->id, g_free);
  copying->criterion->line = 0;
  g_task_set_task_data (task, copying, (GDestroyNotify) copying_free);
  if (find_probe (self, probe) != NULL)
    set_criterion (g_steal_pointer (&task), find_probe (self, probe));
  else if (cs_watch_find_probe (self, probe->name) != NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_EXISTS,
                             "There is another probe “%s” already; give one of them another name",
                             probe->name);
  else
    cs_watch_set_probe_async (self, actor, copying->probe, cancellable, probe_set_cb,
                              g_steal_pointer (&task));
}

/**
 * cs_watch_has_copy:
 * @self: a watch
 * @from: another one
 * @criterion: a bound of @from
 *
 * Returns: whether @self has a bound that says the same about the same
 */
gboolean
cs_watch_has_copy (CsWatch *self, CsWatch *from, const CsCriterion *criterion)
{
  const CsProbe *probe = cs_watch_find_probe (from, criterion->probe);
  const CsProbe *own = probe != NULL ? find_probe (self, probe) : NULL;
  GPtrArray *criteria = cs_watch_get_criteria (self);
  g_autofree char *words = cs_criterion_dup_words (criterion);

  for (guint i = 0; own != NULL && i < criteria->len; i++)
    {
      const CsCriterion *one = criteria->pdata[i];
      g_autofree char *other = cs_criterion_dup_words (one);

      if (g_str_equal (one->probe, own->id) && one->severity == criterion->severity &&
          g_str_equal (words, other))
        return TRUE;
    }
  return FALSE;
}
