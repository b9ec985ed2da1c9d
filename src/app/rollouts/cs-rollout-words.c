/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a rollout is like, in words. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-rollout-words.h"

#include "cs-gate.h"
#include "cs-json.h"
#include "cs-time-words.h"

#include <glib/gi18n.h>

/** NAMED: companies that are named before it is "and so many more" */
#define NAMED 3

#define MINUTE ((gint64) 60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/**
 * cs_rollout_words_company:
 * @companies: (nullable): all that there are
 * @id: of one of them
 *
 * Returns: (transfer full): its name; its id if it has no other
 */
char *
cs_rollout_words_company (CsCompanyList *companies, const char *id)
{
  const CsCompany *company = companies != NULL ? cs_company_list_lookup (companies, id) : NULL;

  if (company == NULL || *company->name == '\0')
    return g_strdup (id);
  return g_strdup (company->name);
}

static char *
dup_named (char **ids, CsCompanyList *companies)
{
  guint n = g_strv_length (ids);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, NAMED); i++)
    {
      g_autofree char *name = cs_rollout_words_company (companies, ids[i]);

      g_string_append_printf (names, i > 0 ? ", %s" : "%s", name);
    }
  if (n > NAMED)
    g_string_append_printf (names, ngettext (" and %u more", " and %u more", n - NAMED), n - NAMED);
  return g_string_free (names, FALSE);
}

static char *
dup_share (guint parts)
{
  g_autofree char *number = g_strdup_printf ("%.*f", parts % 1000 == 0 ? 0 : 3, parts / 1000.0);
  gsize length = strlen (number);

  while (parts % 1000 != 0 && number[length - 1] == '0')
    number[--length] = '\0';
  /* Translators: a share, with its number */
  return g_strdup_printf (_("%s %%"), number);
}

/** cs_rollout_words_cohort: (transfer full): whom a stage is for. */
char *
cs_rollout_words_cohort (const CsCohort *cohort, CsCompanyList *companies)
{
  g_autofree char *share = NULL;

  switch (cohort->kind)
    {
    case CS_COHORT_NAMED:
      return dup_named (cohort->ids, companies);
    case CS_COHORT_SHARE:
      share = dup_share (cohort->parts);
      /* Translators: %s is a share, like “25 %” */
      return g_strdup_printf (cohort->by_size ? _("%s of the size") : _("%s of the companies"),
                              share);
    case CS_COHORT_EVERYONE:
      return g_strdup (_("Everyone"));
    case CS_COHORT_NOBODY:
    default:
      return g_strdup (_("Nobody"));
    }
}

/** cs_rollout_words_count: (transfer full): for how many of all it is on. */
char *
cs_rollout_words_count (CsFlagState *state, CsCompanyList *companies)
{
  guint n = cs_flag_state_get_n (state);
  guint all = companies != NULL ? cs_company_list_get_n (companies) : 0;

  if (cs_flag_state_is_unclear (state))
    return g_strdup (_("Nobody can say for whom"));
  if (cs_flag_state_is_everyone (state))
    return g_strdup (_("Everyone"));
  if (n == 0)
    return g_strdup (_("Nobody"));
  return g_strdup_printf (ngettext ("%u of %u company", "%u of %u companies", all), n, all);
}

/** cs_rollout_words_duration: (transfer full): such as "3 d 4 h"; what is less is left out. */
char *
cs_rollout_words_duration (gint64 micros)
{
  gint64 seconds = micros / G_USEC_PER_SEC;

  if (seconds < 2 * MINUTE)
    return g_strdup_printf (C_ ("duration", "%d s"), (int) seconds);
  if (seconds < 2 * HOUR)
    return g_strdup_printf (C_ ("duration", "%d min"), (int) (seconds / MINUTE));
  if (seconds < DAY)
    return g_strdup_printf (C_ ("duration", "%d h"), (int) (seconds / HOUR));
  if (seconds % DAY < HOUR)
    return g_strdup_printf (C_ ("duration", "%d d"), (int) (seconds / DAY));
  return g_strdup_printf (C_ ("duration", "%d d %d h"), (int) (seconds / DAY),
                          (int) (seconds % DAY / HOUR));
}

/** cs_rollout_words_plan: (transfer full): for whom a stage is, and what it needs. */
char *
cs_rollout_words_plan (const CsStage *stage, CsCompanyList *companies)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *cohort = cs_rollout_words_cohort (stage->cohort, companies);

  g_string_append (words, cohort);
  if (stage->soak > 0)
    {
      g_autofree char *soak = cs_rollout_words_duration (stage->soak);

      g_string_append (words, " · ");
      /* Translators: of a stage of a rollout: for how long it has to be good */
      g_string_append_printf (words, _("watched for %s"), soak);
    }
  for (guint i = 0; i < stage->needs->len; i++)
    {
      const CsPolicyNeed *need = stage->needs->pdata[i];

      g_string_append (words, " · ");
      if (need->count == 1)
        /* Translators: of a stage of a rollout: a role */
        g_string_append_printf (words, _("signed by %s"), need->role);
      else
        /* Translators: of a stage of a rollout: a role, and how many who have it */
        g_string_append_printf (words, _("signed by %s (%u)"), need->role, need->count);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/** cs_rollout_words_soak: (transfer full) (nullable): how long it has soaked, of how long. */
char *
cs_rollout_words_soak (CsRollout *rollout)
{
  const CsStage *stage = cs_flag_get_stage (cs_rollout_get_flag (rollout));
  gint64 soaked = cs_rollout_get_soaked (rollout);
  g_autofree char *done = NULL;
  g_autofree char *wanted = NULL;

  if (stage == NULL || stage->soak == 0)
    return NULL;
  wanted = cs_rollout_words_duration (stage->soak);
  if (soaked >= stage->soak)
    return g_strdup_printf (_("Soaked for %s"), wanted);
  done = cs_rollout_words_duration (soaked);
  /* Translators: for how long a stage was watched and good, of the time that it needs */
  return g_strdup_printf (_("Soaked %s of %s"), done, wanted);
}

/** cs_rollout_words_stage: (transfer full): where a flag is. */
char *
cs_rollout_words_stage (CsFlag *flag)
{
  const CsStage *stage = cs_flag_get_stage (flag);

  if (stage == NULL)
    return g_strdup (_("Off"));
  return g_strdup_printf (_("Stage %d of %u: %s"), cs_flag_get_stage_index (flag, stage->id) + 1,
                          cs_flag_get_stages (flag)->len, stage->title);
}

static char *
dup_gates (CsRolloutEntry *entry, CsStatus *status)
{
  GPtrArray *gates = cs_rollout_entry_get_gates (entry);
  CsFlag *flag = cs_rollout_get_flag (cs_rollout_entry_get_rollout (entry));

  if (gates == NULL)
    {
      *status = CS_STATUS_RUNNING;
      return g_strdup (_("Looking…"));
    }
  if (gates->len == 0)
    {
      *status = CS_STATUS_READY;
      return g_strdup_printf (_("Ready for “%s”"), cs_flag_get_next_stage (flag)->title);
    }
  *status = CS_STATUS_WAITING;
  return g_strdup (((CsGate *) gates->pdata[0])->words);
}

/**
 * cs_rollout_words_waiting:
 * @entry: a flag
 * @status: (out): how that is to be shown
 *
 * Returns: (transfer full): what it waits for, in one sentence
 */
char *
cs_rollout_words_waiting (CsRolloutEntry *entry, CsStatus *status)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (entry);
  const GError *error = cs_rollout_entry_get_error (entry);
  CsFlag *flag = rollout != NULL ? cs_rollout_get_flag (rollout) : NULL;

  *status = CS_STATUS_FAILED;
  if (error != NULL)
    return g_strdup (error->message);
  if (flag != NULL && !cs_rollout_entry_is_busy (entry) && cs_flag_get_change (flag) == NULL)
    {
      if (cs_flag_get_trouble (flag) != NULL)
        return g_strdup (_("The last change failed, and nobody knows what is there"));
      if (cs_flag_get_drift (flag) != NULL)
        return g_strdup (_("Changed by hand"));
      if (cs_rollout_entry_get_problem (entry) != NULL)
        return g_strdup (cs_rollout_entry_get_problem (entry)->message);
      if (cs_flag_get_next_stage (flag) != NULL)
        return dup_gates (entry, status);
      *status = CS_STATUS_PASSED;
      return g_strdup (_("In its last stage"));
    }
  *status = CS_STATUS_RUNNING;
  if (flag == NULL)
    return g_strdup (_("Being read…"));
  if (cs_rollout_entry_is_busy (entry))
    return g_strdup (_("Being switched…"));
  *status = CS_STATUS_INTERRUPTED;
  return g_strdup_printf (_("%s is switching it, or was interrupted"),
                          cs_flag_get_change (flag)->by);
}

/**
 * cs_rollout_words_schedule:
 * @flag: a flag for which a promotion is planned
 *
 * Returns: (transfer full): what is planned, for when and by whom, or why it was suspended
 */
char *
cs_rollout_words_schedule (CsFlag *flag)
{
  const CsFlagSchedule *schedule = cs_flag_get_schedule (flag);
  const CsStage *stage = cs_flag_find_stage (flag, schedule->stage);
  const char *title = stage != NULL ? stage->title : schedule->stage;
  g_autofree char *when = cs_time_words_moment (schedule->at);

  if (schedule->suspended != NULL)
    /* Translators: the stage, and why it is not promoted at the planned time */
    return g_strdup_printf (_("What was planned for “%s” is suspended: %s"), title,
                            schedule->suspended->words);
  /* Translators: the stage, the time, and who planned it */
  return g_strdup_printf (_("“%s” is planned for %s, by %s"), title, g_strchug (when),
                          schedule->by);
}

/** cs_rollout_words_act: what was done, in words. */
const char *
cs_rollout_words_act (CsFlagAct act)
{
  static const char *const words[] = {
    [CS_FLAG_PROMOTE] = N_("Switched on"),
    [CS_FLAG_BACK] = N_("Stepped back"),
    [CS_FLAG_KILL] = N_("Switched off everywhere"),
    [CS_FLAG_ADOPT] = N_("Adopted what was there"),
    [CS_FLAG_RESTORE] = N_("Restored what was recorded"),
  };

  g_return_val_if_fail ((guint) act < G_N_ELEMENTS (words), NULL);
  return _(words[act]);
}

/** cs_rollout_words_provider: what a kind of provider is called. */
const char *
cs_rollout_words_provider (const char *kind)
{
  if (g_strcmp0 (kind, "dotenv") == 0)
    return _("File of settings (.env)");
  if (g_strcmp0 (kind, "flagd") == 0)
    return _("File of flagd");
  if (g_strcmp0 (kind, "unleash") == 0)
    return "Unleash";
  return kind != NULL ? kind : "";
}

/** cs_rollout_words_place: (transfer full): where a flag is switched. */
char *
cs_rollout_words_place (CsFlag *flag)
{
  JsonObject *provider = cs_flag_get_provider (flag);
  const char *target = cs_json_get_string (provider, "target");
  const char *path = cs_json_get_string (provider, "path");
  const char *url = cs_json_get_string (provider, "url");

  if (url != NULL)
    return g_strdup (url);
  return g_strdup_printf ("%s:%s", target != NULL ? target : "", path != NULL ? path : "");
}
