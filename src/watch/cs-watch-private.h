/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of CsWatch share. */

#pragma once

#include "cs-watch.h"

G_BEGIN_DECLS

struct _CsWatch
{
  GObject parent_instance;

  CsStore *store;
  CsPeople *people;
  char *owner;
  char *stream;
  char *head; /* hash of the newest record */
  gint64 n_records;
  gint64 begun_at;
  gboolean ended;
  guint last_probe;     /* the numbers of the newest ids: none is given twice */
  guint last_criterion;
  GPtrArray *probes;
  GPtrArray *criteria;
  GPtrArray *alarms;
  GHashTable *judgements; /* id of the bound → CsWatchJudgement */
  CsConsent *consent;
  gulong appended_handler;
};

gboolean cs_watch_fold (CsWatch *self, CsRecord *record);
void cs_consent_free (CsConsent *self);
void cs_watch_judgement_free (CsWatchJudgement *self);

G_END_DECLS
