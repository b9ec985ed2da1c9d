/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the records of a watch to its state. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-watch-private.h"

#include "cs-decree.h"
#include "cs-json.h"

#include <stdlib.h>
#include <string.h>

typedef gboolean (*Fold) (CsWatch *self, CsRecord *record, GError **error);

/** cs_consent_free: frees a consent. */
void
cs_consent_free (CsConsent *self)
{
  if (self == NULL)
    return;
  g_free (self->by);
  g_free (self->procedure);
  g_free (self);
}

/** cs_watch_judgement_free: frees a judgement. */
void
cs_watch_judgement_free (CsWatchJudgement *self)
{
  if (self == NULL)
    return;
  g_free (self->reason);
  g_free (self);
}

static guint
get_number (const char *id)
{
  return id != NULL && *id != '\0' ? (guint) strtoul (id + 1, NULL, 10) : 0;
}

static gboolean
fold_began (CsWatch *self, CsRecord *record, GError **error)
{
  self->begun_at = cs_record_get_at (record);
  return TRUE;
}

static gboolean
fold_probe (CsWatch *self, CsRecord *record, GError **error)
{
  g_autoptr (CsProbe) probe = cs_probe_from_json (cs_record_get_body (record), error);

  if (probe == NULL || probe->id == NULL)
    return FALSE;
  self->last_probe = MAX (self->last_probe, get_number (probe->id));
  for (guint i = 0; i < self->probes->len; i++)
    {
      CsProbe *other = self->probes->pdata[i];

      if (strcmp (other->id, probe->id) != 0)
        continue;
      cs_probe_free (other);
      self->probes->pdata[i] = g_steal_pointer (&probe);
      return TRUE;
    }
  g_ptr_array_add (self->probes, g_steal_pointer (&probe));
  return TRUE;
}

static gboolean
fold_criterion (CsWatch *self, CsRecord *record, GError **error)
{
  g_autoptr (CsCriterion) criterion = cs_criterion_from_json (cs_record_get_body (record), error);

  if (criterion == NULL || criterion->id == NULL ||
      cs_watch_find_probe (self, criterion->probe) == NULL)
    return FALSE;
  self->last_criterion = MAX (self->last_criterion, get_number (criterion->id));
  g_hash_table_remove (self->judgements, criterion->id);
  for (guint i = 0; i < self->criteria->len; i++)
    {
      CsCriterion *other = self->criteria->pdata[i];

      if (strcmp (other->id, criterion->id) != 0)
        continue;
      cs_criterion_free (other);
      self->criteria->pdata[i] = g_steal_pointer (&criterion);
      return TRUE;
    }
  g_ptr_array_add (self->criteria, g_steal_pointer (&criterion));
  return TRUE;
}

static gboolean
fold_probe_removed (CsWatch *self, CsRecord *record, GError **error)
{
  const char *id = cs_json_get_string (cs_record_get_body (record), "id");

  for (guint i = self->criteria->len; i > 0; i--)
    if (g_strcmp0 (((CsCriterion *) self->criteria->pdata[i - 1])->probe, id) == 0)
      g_ptr_array_remove_index (self->criteria, i - 1);
  for (guint i = 0; i < self->probes->len; i++)
    if (g_strcmp0 (((CsProbe *) self->probes->pdata[i])->id, id) == 0)
      {
        g_ptr_array_remove_index (self->probes, i);
        return TRUE;
      }
  return FALSE;
}

static gboolean
fold_criterion_removed (CsWatch *self, CsRecord *record, GError **error)
{
  const char *id = cs_json_get_string (cs_record_get_body (record), "id");

  for (guint i = 0; i < self->criteria->len; i++)
    if (g_strcmp0 (((CsCriterion *) self->criteria->pdata[i])->id, id) == 0)
      {
        g_ptr_array_remove_index (self->criteria, i);
        return TRUE;
      }
  return FALSE;
}

static gboolean
fold_judged (CsWatch *self, CsRecord *record, GError **error)
{
  JsonObject *body = cs_record_get_body (record);
  const char *id = cs_json_get_string (body, "criterion");
  CsWatchJudgement *judgement;
  CsWatchVerdict verdict;

  if (id == NULL || !cs_watch_verdict_from_string (cs_json_get_string (body, "verdict"), &verdict))
    return FALSE;
  judgement = g_new0 (CsWatchJudgement, 1);
  judgement->verdict = verdict;
  judgement->at = cs_record_get_at (record);
  judgement->reason = g_strdup (cs_json_get_string (body, "reason"));
  g_hash_table_replace (self->judgements, g_strdup (id), judgement);
  return TRUE;
}

/* A consent counts if its signature does, and its key was its signer's then. */
static gboolean
fold_consented (CsWatch *self, CsRecord *record, GError **error)
{
  g_autoptr (CsDecree) decree =
    cs_decree_open (cs_record_get_body (record), self->stream, "watch-consented",
                    cs_record_get_previous (record), error);
  CsPerson *person = decree != NULL ? cs_people_lookup (self->people, decree->by) : NULL;
  CsConsent *consent;

  if (person == NULL ||
      !cs_person_check_key (person, decree->key, cs_record_get_at (record), error))
    return FALSE;
  consent = g_new0 (CsConsent, 1);
  consent->by = g_strdup (decree->by);
  consent->at = cs_record_get_at (record);
  consent->procedure = g_strdup (cs_json_get_string (decree->content, "procedure"));
  consent->countdown =
    cs_json_get_int (decree->content, "countdown", CS_WATCH_COUNTDOWN) * G_USEC_PER_SEC;
  cs_consent_free (self->consent);
  self->consent = consent;
  return TRUE;
}

static gboolean
fold_consent_withdrawn (CsWatch *self, CsRecord *record, GError **error)
{
  g_clear_pointer (&self->consent, cs_consent_free);
  return TRUE;
}

static gboolean
fold_alarm_raised (CsWatch *self, CsRecord *record, GError **error)
{
  CsAlarm *alarm = cs_alarm_new_from_record (record);

  if (alarm == NULL)
    return FALSE;
  g_ptr_array_add (self->alarms, alarm);
  return TRUE;
}

static gboolean
fold_alarm (CsWatch *self, CsRecord *record, GError **error)
{
  gboolean done = cs_alarm_fold_all (self->alarms, record);

  /* It was for one rollback; the next one needs another. */
  if (done && strcmp (cs_record_get_kind (record), "watch-alarm-fired") == 0)
    g_clear_pointer (&self->consent, cs_consent_free);
  return done;
}

static gboolean
fold_ended (CsWatch *self, CsRecord *record, GError **error)
{
  self->ended = TRUE;
  return TRUE;
}

static const struct
{
  const char *kind;
  Fold fold;
} folds[] = {
  { "watch-began", fold_began },
  { "watch-probe-set", fold_probe },
  { "watch-probe-removed", fold_probe_removed },
  { "watch-criterion-set", fold_criterion },
  { "watch-criterion-removed", fold_criterion_removed },
  { "watch-judged", fold_judged },
  { "watch-consented", fold_consented },
  { "watch-consent-withdrawn", fold_consent_withdrawn },
  { "watch-alarm-raised", fold_alarm_raised },
  { "watch-alarm-acknowledged", fold_alarm },
  { "watch-alarm-stopped", fold_alarm },
  { "watch-alarm-fired", fold_alarm },
  { "watch-alarm-settled", fold_alarm },
  { "watch-ended", fold_ended },
};

/**
 * cs_watch_fold:
 * @self: a watch
 * @record: the next one of its stream
 *
 * A record that makes no sense, or of a kind that a newer version writes, changes nothing but the
 * end of the stream.
 *
 * Returns: whether it was understood
 */
gboolean
cs_watch_fold (CsWatch *self, CsRecord *record)
{
  const char *kind = cs_record_get_kind (record);
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (folds); i++)
    if (strcmp (folds[i].kind, kind) == 0)
      done = folds[i].fold (self, record, &error);
  if (!done)
    g_warning ("Record %" G_GINT64_FORMAT " of %s (%s) counts for nothing: %s",
               cs_record_get_n (record), self->stream, kind,
               error != NULL ? error->message : "it makes no sense here");
  self->n_records = cs_record_get_n (record) + 1;
  g_free (self->head);
  self->head = g_strdup (cs_record_get_hash (record));
  return done;
}
