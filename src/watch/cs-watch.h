/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is watched for a deployment or a rollout, and what came of it: the fold of its stream. */

#pragma once

#include "cs-alarm.h"
#include "cs-judge.h"
#include "cs-people.h"
#include "cs-probe.h"
#include "cs-store.h"

G_BEGIN_DECLS

#define CS_WATCH_STREAM_PREFIX "watch/"

/** CS_WATCH_COUNTDOWN: seconds before a rollback, unless the consent says others */
#define CS_WATCH_COUNTDOWN 60

/** CsConsent: someone signed that the program may roll back by itself */
typedef struct
{
  char *by;        /* a person's id */
  gint64 at;
  char *procedure; /* title of the rollback procedure */
  gint64 countdown; /* microseconds in which a person can stop it */
} CsConsent;

/** CsWatchJudgement: the newest recorded verdict about a bound */
typedef struct
{
  CsWatchVerdict verdict;
  gint64 at;
  char *reason;
} CsWatchJudgement;

/* Records of "watch/OWNER", where the owner is a stream, "deployment/ID": `watch-began` {title},
 * `watch-probe-set` (see CsProbe), `watch-probe-removed` {id}, `watch-criterion-set` (see
 * CsCriterion), `watch-criterion-removed` {id}, `watch-judged` {criterion, verdict, before, words,
 * reason}, `watch-consented` (a decree: {procedure, countdown}), `watch-consent-withdrawn`
 * {reason}, `watch-alarm-raised` {criterion, words, reason, severity, procedure?, fires-at?, at},
 * `watch-alarm-acknowledged`, `-stopped` {alarm, reason}, `-fired`, `-settled` {alarm, at},
 * `watch-ended` {}.
 * Signal ::changed after each. */
#define CS_TYPE_WATCH (cs_watch_get_type ())
G_DECLARE_FINAL_TYPE (CsWatch, cs_watch, CS, WATCH, GObject)

/* Folds the watch of an owner, which may have no record yet, and follows the store. people: who may
 * consent. */
void cs_watch_load_async (CsStore *store,
                          CsPeople *people,
                          const char *owner,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
CsWatch *cs_watch_load_finish (GAsyncResult *result, GError **error);

const char *cs_watch_get_owner (CsWatch *self);
const char *cs_watch_get_stream (CsWatch *self);
gint64 cs_watch_get_n_records (CsWatch *self);
gboolean cs_watch_is_begun (CsWatch *self);
gboolean cs_watch_is_ended (CsWatch *self);
gint64 cs_watch_get_begun_at (CsWatch *self); /* 0: not begun */

/* In the order in which they were set first; owned by the watch, until it changes. */
GPtrArray *cs_watch_get_probes (CsWatch *self);   /* of CsProbe */
GPtrArray *cs_watch_get_criteria (CsWatch *self); /* of CsCriterion */
GPtrArray *cs_watch_get_alarms (CsWatch *self);   /* of CsAlarm, oldest first */
const CsProbe *cs_watch_find_probe (CsWatch *self, const char *id_or_name);
const CsCriterion *cs_watch_find_criterion (CsWatch *self, const char *id);
const CsAlarm *cs_watch_find_open_alarm (CsWatch *self, const char *criterion);
/* The one whose countdown ends first; NULL. */
const CsAlarm *cs_watch_get_counting_alarm (CsWatch *self);
const CsWatchJudgement *cs_watch_get_judgement (CsWatch *self, const char *criterion); /* NULL */
const CsConsent *cs_watch_get_consent (CsWatch *self); /* NULL: it only alarms */
/* The name of a probe's series in a CsSeriesStore (transfer full). */
char *cs_watch_dup_series (CsWatch *self, const CsProbe *probe);

/* Intents. CONFLICT if someone was first; INVALID, NOT_FOUND, REFUSED with the reason. */

/* A probe or bound without an id gets the next free one; with one, it takes the place of that. */
void cs_watch_set_probe_async (CsWatch *self,
                               const char *actor,
                               const CsProbe *probe,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void cs_watch_set_criterion_async (CsWatch *self,
                                   const char *actor,
                                   const CsCriterion *criterion,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* id: of a probe, whose bounds go with it, or of a bound */
void cs_watch_remove_async (CsWatch *self,
                            const char *actor,
                            const char *id,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
void cs_watch_end_async (CsWatch *self,
                         const char *actor,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);

/* Consent to automatic rollback, signed. countdown: seconds, 10 to 3600. */
void cs_watch_consent_async (CsWatch *self,
                             CsPerson *person,
                             CsKey *key,
                             CsAskpass *askpass,
                             const char *procedure,
                             guint countdown,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
void cs_watch_withdraw_consent_async (CsWatch *self,
                                      const char *actor,
                                      const char *reason,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/* Someone takes care of all that calls; or stops the countdown, with a reason. */
void cs_watch_acknowledge_async (CsWatch *self,
                                 const char *actor,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void cs_watch_stop_countdown_async (CsWatch *self,
                                    const char *actor,
                                    const char *reason,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean cs_watch_act_finish (CsWatch *self, GAsyncResult *result, GError **error);

/* For who measures: what was concluded, by the clock of the watch. A bad verdict and the alarm that
 * it raises are one append, and so are a good one and the end of that alarm. */
void cs_watch_note_verdict_async (CsWatch *self,
                                  const char *actor,
                                  const CsCriterion *criterion,
                                  CsWatchVerdict verdict,
                                  const char *reason,
                                  gint64 at,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* The countdown of an alarm is over. Whoever records it begins the rollback; CONFLICT: somebody
 * else did. */
void cs_watch_note_fired_async (CsWatch *self,
                                const char *actor,
                                const CsAlarm *alarm,
                                gint64 at,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

G_END_DECLS
