/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bound was passed that people are called for, or that leads back. */

#pragma once

#include "cs-criterion.h"
#include "cs-record.h"

G_BEGIN_DECLS

/**
 * CsAlarmState:
 * @CS_ALARM_RAISED: people are called; it rolls nothing back
 * @CS_ALARM_COUNTING: it rolls back when its time has come, unless someone stops it
 * @CS_ALARM_STOPPED: someone stopped the countdown; people are still called
 * @CS_ALARM_FIRED: the rollback was begun
 * @CS_ALARM_SETTLED: the bound is kept again
 */
typedef enum
{
  CS_ALARM_RAISED,
  CS_ALARM_COUNTING,
  CS_ALARM_STOPPED,
  CS_ALARM_FIRED,
  CS_ALARM_SETTLED,
} CsAlarmState;

/** CsAlarm: times are UTC microseconds; 0 and NULL where it did not come to that */
typedef struct
{
  gint64 n; /* of the record that raised it */
  CsAlarmState state;
  char *criterion;  /* id of the bound */
  char *words;      /* the bound, in words */
  char *reason;     /* what was found */
  CsSeverity severity;
  char *procedure;  /* the rollback that it leads to; NULL: none */
  gint64 raised_at;
  gint64 fires_at;
  gint64 acknowledged_at;
  char *acknowledged_by;
  gint64 stopped_at;
  char *stopped_by;
  char *stop_reason;
  gint64 fired_at;
  gint64 settled_at;
} CsAlarm;

const char *cs_alarm_state_to_string (CsAlarmState state);
void cs_alarm_free (CsAlarm *self);
gboolean cs_alarm_is_open (const CsAlarm *self); /* neither fired nor settled */
/* Whether someone is still to be called. */
gboolean cs_alarm_is_calling (const CsAlarm *self);

/* For the fold of the watch's stream. */
CsAlarm *cs_alarm_new_from_record (CsRecord *record);
gboolean cs_alarm_fold (CsAlarm *self, CsRecord *record);
gboolean cs_alarm_fold_all (GPtrArray *alarms, CsRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAlarm, cs_alarm_free)

G_END_DECLS
