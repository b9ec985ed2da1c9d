/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came of watching a deployment: each verdict about a bound, and each alarm. */

#pragma once

#include "cs-alarm.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *verdicts; /* of CsRecord: each time that a verdict became another one */
  GPtrArray *alarms;   /* of CsAlarm, oldest first */
} CsWatchStory;

CsWatchStory *cs_watch_story_new (GPtrArray *records);
void cs_watch_story_free (CsWatchStory *self);
char *cs_watch_story_describe (CsRecord *record);
char *cs_watch_story_describe_end (const CsAlarm *alarm);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsWatchStory, cs_watch_story_free)

G_END_DECLS
