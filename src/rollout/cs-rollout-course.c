/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of one change: which step comes next, and which when one has failed. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-rollout-course.h"

#include "cs-error.h"

/** TRIES: how often it is read anew because somebody changed something else beside it. Each time it
 * was somebody else's turn; so many in a row are no coincidence. */
#define TRIES 40

/** cs_rollout_course_free: frees it, and lets its lock go. */
void
cs_rollout_course_free (CsRolloutCourse *self)
{
  cs_rollout_plan_free (self->plan);
  g_free (self->actor);
  g_free (self->reason);
  g_free (self->id);
  g_free (self->schedule);
  g_clear_pointer (&self->lock, cs_run_lock_free);
  g_clear_pointer (&self->reading, cs_flag_reading_free);
  g_clear_error (&self->problem);
  g_free (self);
}

/** cs_rollout_course_get_end: (transfer none): `change-applied`, `change-undone`… */
const char *
cs_rollout_course_get_end (const CsRolloutCourse *self)
{
  if (self->problem == NULL)
    return "change-applied";
  if (self->step == CS_COURSE_END && self->tries == G_MAXUINT)
    return "change-failed";
  return "change-undone";
}

/* problem (transfer full): the first one is what is told. */
static void
note_problem (CsRolloutCourse *self, GError *problem)
{
  if (self->problem == NULL)
    {
      self->problem = problem;
      return;
    }
  g_prefix_error (&self->problem, "It could not be put back (%s) after this had failed: ",
                  problem->message);
  g_error_free (problem);
}

static void
fail_for_good (CsRolloutCourse *self, GError *problem)
{
  note_problem (self, problem);
  self->tries = G_MAXUINT;
  self->step = CS_COURSE_END;
}

/* Errors after which a provider has left all as it was. */
static gboolean
has_written_nothing (const GError *problem)
{
  return g_error_matches (problem, CS_ERROR, CS_ERROR_CONFLICT) ||
         g_error_matches (problem, CS_ERROR, CS_ERROR_REFUSED) ||
         g_error_matches (problem, CS_ERROR, CS_ERROR_NOT_FOUND) ||
         g_error_matches (problem, CS_ERROR, CS_ERROR_INVALID);
}

/** cs_rollout_course_fail: goes on to what is to be done about @problem (transfer full). */
void
cs_rollout_course_fail (CsRolloutCourse *self, GError *problem)
{
  gboolean is_conflict = g_error_matches (problem, CS_ERROR, CS_ERROR_CONFLICT);
  gboolean is_kill = self->plan->act == CS_FLAG_KILL;

  switch (self->step)
    {
    case CS_COURSE_READ:
      if (is_kill || self->settling)
        {
          fail_for_good (self, problem);
          return;
        }
      note_problem (self, problem);
      self->step = CS_COURSE_END;
      return;
    case CS_COURSE_APPLY:
      if (is_conflict && ++self->tries < TRIES)
        {
          g_error_free (problem);
          self->step = CS_COURSE_READ;
          return;
        }
      if (is_kill || !has_written_nothing (problem))
        break;
      note_problem (self, problem);
      self->step = CS_COURSE_END;
      return;
    case CS_COURSE_UNDO_APPLY:
      if (is_conflict && ++self->tries < TRIES)
        {
          g_error_free (problem);
          self->step = CS_COURSE_UNDO_READ;
          return;
        }
      fail_for_good (self, problem);
      return;
    case CS_COURSE_UNDO_READ:
    case CS_COURSE_UNDO_VERIFY:
      fail_for_good (self, problem);
      return;
    case CS_COURSE_VERIFY:
    case CS_COURSE_GIVE_UP:
    case CS_COURSE_PUT_FROM:
    case CS_COURSE_PUT_TO:
    case CS_COURSE_BEGIN:
    case CS_COURSE_END:
    default:
      break;
    }
  /* Off stays off, however incompletely: nobody is switched on again by a failure. */
  if (is_kill)
    {
      fail_for_good (self, problem);
      return;
    }
  note_problem (self, problem);
  self->step = CS_COURSE_UNDO_READ;
}

/* A change that takes away or restores does not depend on what is there. */
static gboolean
check_reading (CsRolloutCourse *self, GError **error)
{
  if (self->plan->act == CS_FLAG_KILL || self->plan->act == CS_FLAG_RESTORE)
    return TRUE;
  if (cs_flag_reading_check (self->reading, self->plan->from, error))
    return TRUE;
  g_prefix_error (error, "Somebody has changed it by hand; nothing was written. ");
  return FALSE;
}

/* What a program that died has left behind: nothing, all, or something else. */
static void
settle (CsRolloutCourse *self, GError **error)
{
  if (cs_flag_state_equal (self->reading->state, self->plan->to))
    self->step = CS_COURSE_APPLY;
  else if (cs_flag_state_equal (self->reading->state, self->plan->from))
    {
      self->problem = g_error_new (CS_ERROR, CS_ERROR_FAILED,
                                   "The program that switched it was interrupted before it had "
                                   "written anything");
      self->step = CS_COURSE_END;
    }
  else
    cs_flag_reading_check (self->reading, self->plan->to, error);
}

static void
take_reading (CsRolloutCourse *self, GError **error)
{
  if (self->settling)
    settle (self, error);
  else if (self->plan->act == CS_FLAG_ADOPT)
    {
      if (cs_flag_reading_check (self->reading, self->plan->to, error))
        self->step = CS_COURSE_END;
    }
  else if (check_reading (self, error))
    self->step = CS_COURSE_APPLY;
}

/** cs_rollout_course_answer: takes what @provider has answered to the step. */
void
cs_rollout_course_answer (CsRolloutCourse *self,
                          CsFlagProvider *provider,
                          GAsyncResult *result,
                          GError **error)
{
  switch (self->step)
    {
    case CS_COURSE_READ:
    case CS_COURSE_UNDO_READ:
      g_clear_pointer (&self->reading, cs_flag_reading_free);
      self->reading = cs_flag_provider_read_finish (provider, result, error);
      if (self->reading != NULL && self->step == CS_COURSE_READ)
        take_reading (self, error);
      else if (self->reading != NULL)
        self->step = CS_COURSE_UNDO_APPLY;
      return;
    case CS_COURSE_APPLY:
    case CS_COURSE_UNDO_APPLY:
      if (cs_flag_provider_apply_finish (provider, result, error))
        self->step++;
      return;
    case CS_COURSE_VERIFY:
    case CS_COURSE_UNDO_VERIFY:
      if (cs_flag_provider_verify_finish (provider, result, error))
        self->step = CS_COURSE_END;
      return;
    case CS_COURSE_GIVE_UP:
    case CS_COURSE_PUT_FROM:
    case CS_COURSE_PUT_TO:
    case CS_COURSE_BEGIN:
    case CS_COURSE_END:
    default:
      return;
    }
}
