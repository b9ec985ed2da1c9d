/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one flag is for one company: whether it has the feature, why, since when, and by whom. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-company-flag.h"

#include "cs-flag-private.h"
#include "cs-flag-state.h"

#include <string.h>

static const char *const causes[] = { "off", "outside", "pinned-out", "pinned-in", "named",
                                      "share", "everyone", "adopted", "before" };

/** Finding: backwards from now, until the company was on the other side */
typedef struct
{
  char *company;
  char *members;    /* digest of the state now; NULL: nobody */
  guint n;          /* of the changes that are to be looked at still */
  GHashTable *seen; /* digest of a state → whether it was on, plus one */
  CsCompanyFlag *found;
  gboolean knows_now;
  gboolean whole; /* all changes are looked at, not only the newest that matters */
  gboolean after; /* whether it was on after the change that is looked at */
} Finding;

static void find_next (GTask *task);

static void
finding_free (Finding *finding)
{
  g_free (finding->company);
  g_free (finding->members);
  g_hash_table_unref (finding->seen);
  g_clear_pointer (&finding->found, cs_company_flag_free);
  g_free (finding);
}

/** cs_company_cause_to_string: (transfer none): the word for it. */
const char *
cs_company_cause_to_string (CsCompanyCause cause)
{
  return causes[cause];
}

/** cs_company_flag_free: frees it. */
void
cs_company_flag_free (CsCompanyFlag *self)
{
  g_object_unref (self->flag);
  g_clear_pointer (&self->stage, cs_stage_free);
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->signed_by);
  g_ptr_array_unref (self->overrides);
  g_free (self);
}

static CsCompanyFlag *
new_found (CsFlag *flag, const char *company)
{
  CsCompanyFlag *self = g_new0 (CsCompanyFlag, 1);
  const CsStage *stage = cs_flag_get_stage (flag);
  const CsPins *pins = cs_flag_get_pins (flag);

  self->flag = g_object_ref (flag);
  self->stage = stage != NULL ? cs_stage_copy (stage) : NULL;
  self->changes = g_ptr_array_new ();
  self->signed_by = g_ptr_array_new_with_free_func (g_free);
  self->overrides = g_ptr_array_new ();
  if (pins->in != NULL && g_strv_contains (pins->in, company))
    self->pinned = 1;
  else if (pins->out != NULL && g_strv_contains (pins->out, company))
    self->pinned = -1;
  return self;
}

static CsCompanyCause
find_cause_on (const CsCompanyFlag *self, const char *company)
{
  const CsCohort *cohort = self->stage != NULL ? self->stage->cohort : NULL;

  if (self->change != NULL && self->change->act == CS_FLAG_ADOPT)
    return CS_COMPANY_ADOPTED;
  if (self->pinned == 1)
    return CS_COMPANY_PINNED_IN;
  if (cohort != NULL && cohort->kind == CS_COHORT_EVERYONE)
    return CS_COMPANY_EVERYONE;
  if (cohort != NULL && cohort->kind == CS_COHORT_SHARE)
    return CS_COMPANY_SHARE;
  if (cohort != NULL && cohort->kind == CS_COHORT_NAMED &&
      g_strv_contains ((const char *const *) cohort->ids, company))
    return CS_COMPANY_NAMED;
  return CS_COMPANY_BEFORE;
}

static CsCompanyCause
find_cause_off (const CsCompanyFlag *self)
{
  if (self->stage == NULL)
    return CS_COMPANY_FLAG_OFF;
  return self->pinned == -1 ? CS_COMPANY_PINNED_OUT : CS_COMPANY_OUTSIDE;
}

/* Who answers for the change: signatures and overrides are about its plan. */
static void
find_people (CsCompanyFlag *self)
{
  GPtrArray *ballots = cs_flag_get_ballots (self->flag);
  GPtrArray *overrides = cs_flag_get_overrides (self->flag);
  const CsFlagChange *change = self->change;

  if (change == NULL || change->plan == NULL)
    return;
  for (guint i = 0; i < ballots->len; i++)
    {
      const CsFlagBallot *ballot = ballots->pdata[i];

      if (ballot->approve && ballot->at <= change->at && strcmp (ballot->plan, change->plan) == 0)
        g_ptr_array_add (self->signed_by, g_strdup (ballot->by));
    }
  for (guint i = 0; i < overrides->len; i++)
    {
      CsFlagOverride *override = overrides->pdata[i];

      if (override->at <= change->at && strcmp (override->plan, change->plan) == 0)
        g_ptr_array_add (self->overrides, override);
    }
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Finding *finding = g_task_get_task_data (task);
  const char *digest = g_object_get_data (G_OBJECT (task), "digest");
  GError *error = NULL;
  g_autoptr (GBytes) bytes = cs_store_get_blob_finish (CS_STORE (source), result, &error);
  gboolean on = FALSE;

  if (bytes == NULL || !cs_flag_state_look_up (bytes, finding->company, &on, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_hash_table_insert (finding->seen, g_strdup (digest), GINT_TO_POINTER (on + 1));
  find_next (g_steal_pointer (&task));
}

/* Whether it was on in a state. FALSE: that has to be read first, and will be. */
static gboolean
knows (GTask *task, const char *digest, gboolean *on)
{
  CsFlag *flag = g_task_get_source_object (task);
  Finding *finding = g_task_get_task_data (task);
  int seen = digest != NULL ? GPOINTER_TO_INT (g_hash_table_lookup (finding->seen, digest)) : 1;

  *on = seen == 2;
  if (seen != 0)
    return TRUE;
  g_object_set_data_full (G_OBJECT (task), "digest", g_strdup (digest), g_free);
  cs_store_get_blob_async (flag->store, digest, g_task_get_cancellable (task), read_cb, task);
  return FALSE;
}

/* Takes the reference to the task on. */
static void
find_next (GTask *task)
{
  CsFlag *flag = g_task_get_source_object (task);
  Finding *finding = g_task_get_task_data (task);
  CsCompanyFlag *found = finding->found;
  gboolean on;

  if (!finding->knows_now)
    {
      if (!knows (task, finding->members, &found->on))
        return;
      finding->knows_now = TRUE;
      finding->after = found->on;
    }
  for (; finding->n > 0 && (finding->whole || found->change == NULL); finding->n--)
    {
      CsFlagChange *change = flag->changes->pdata[finding->n - 1];

      if (!knows (task, change->from, &on))
        return;
      if (on != finding->after)
        g_ptr_array_add (found->changes, change);
      finding->after = on;
      if (found->change == NULL && found->changes->len > 0)
        found->change = change;
    }
  found->cause =
    found->on ? find_cause_on (found, finding->company) : find_cause_off (found);
  find_people (found);
  g_task_return_pointer (task, g_steal_pointer (&finding->found),
                         (GDestroyNotify) cs_company_flag_free);
  g_object_unref (task);
}

static void
find (CsFlag *flag,
      const char *company,
      gboolean whole,
      GCancellable *cancellable,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  GTask *task = g_task_new (flag, cancellable, callback, user_data);
  Finding *finding = g_new0 (Finding, 1);

  finding->company = g_strdup (company);
  finding->whole = whole;
  finding->members = g_strdup (cs_flag_get_members (flag));
  finding->n = cs_flag_get_changes (flag)->len;
  finding->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  finding->found = new_found (flag, company);
  g_task_set_source_tag (task, find);
  g_task_set_task_data (task, finding, (GDestroyNotify) finding_free);
  find_next (task);
}

/**
 * cs_company_flag_find_async:
 * @flag: a flag
 * @company: id of a company, whether it is listed or not
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * As the flag is when this is called; after its ::changed, it has to be asked again. States are
 * read from the newest back to the one in which it was otherwise, each once.
 */
void
cs_company_flag_find_async (CsFlag *flag,
                            const char *company,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  find (flag, company, FALSE, cancellable, callback, user_data);
}

/**
 * cs_company_flag_find_history_async:
 * @flag: a flag
 * @company: id of a company, whether it is listed or not
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * As cs_company_flag_find_async(), with every change that switched it for the company: each state
 * that the flag ever had is read once. Ends with cs_company_flag_find_finish().
 */
void
cs_company_flag_find_history_async (CsFlag *flag,
                                    const char *company,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  find (flag, company, TRUE, cancellable, callback, user_data);
}

/**
 * cs_company_flag_find_finish:
 *
 * Returns: (transfer full): what the flag is for the company; %NULL with %CS_ERROR_CORRUPT if a
 *   recorded state can't be read
 */
CsCompanyFlag *
cs_company_flag_find_finish (CsFlag *flag, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, flag), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
