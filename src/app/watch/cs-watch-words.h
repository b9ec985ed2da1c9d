/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a watch found, in the words of the window. */

#pragma once

#include "cs-watch.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

char *cs_watch_words_number (double number, const char *unit);
char *cs_watch_words_criterion (const CsCriterion *criterion);
char *cs_watch_words_probe (const CsProbe *probe);
const char *cs_watch_words_verdict (CsWatchVerdict verdict);
const char *cs_watch_words_icon (CsWatchVerdict verdict);
const char *cs_watch_words_class (CsWatchVerdict verdict);
const char *cs_watch_words_severity (CsSeverity severity);
const char *cs_watch_words_field (CsField field);
const char *cs_watch_words_statistic (CsStatistic statistic);
char *cs_watch_words_alarm_end (const CsAlarm *alarm);

G_END_DECLS
