/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runbooks that are in use: many deployments are of the same few. */

#include "cs-runbook-shelf.h"

static GMutex lock;
static GPtrArray *runbooks; /* of GWeakRef: whoever uses one keeps it here */

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/**
 * cs_runbook_shelf_find:
 * @digest: SHA-256 of the document
 * @overrules: (nullable): what people decided differently
 *
 * A runbook never changes once it was read, so those who want the same one share it.
 *
 * Returns: (transfer full) (nullable): one whose bytes had this digest when they were read, and
 *   that was read so; %NULL if nobody has one in use
 */
CsRunbook *
cs_runbook_shelf_find (const char *digest, CsOverrules *overrules)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  for (guint i = 0; runbooks != NULL && i < runbooks->len; i++)
    {
      g_autoptr (CsRunbook) runbook = g_weak_ref_get (g_ptr_array_index (runbooks, i));

      if (runbook != NULL && g_strcmp0 (cs_runbook_get_digest (runbook), digest) == 0 &&
          cs_overrules_equal (cs_runbook_get_overrules (runbook), overrules))
        return g_steal_pointer (&runbook);
    }
  return NULL;
}

/** cs_runbook_shelf_put: has others find @runbook as long as somebody uses it. */
void
cs_runbook_shelf_put (CsRunbook *runbook)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  if (runbooks == NULL)
    runbooks = g_ptr_array_new_with_free_func (weak_ref_free);
  for (guint i = runbooks->len; i > 0; i--)
    {
      g_autoptr (CsRunbook) used = g_weak_ref_get (g_ptr_array_index (runbooks, i - 1));

      if (used == NULL)
        g_ptr_array_remove_index_fast (runbooks, i - 1);
    }
  g_weak_ref_init (weak, runbook);
  g_ptr_array_add (runbooks, weak);
}
