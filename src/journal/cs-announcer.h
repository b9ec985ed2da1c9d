/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells the store's main context about records that became durable in another thread. */

#pragma once

#include "cs-store.h"

G_BEGIN_DECLS

typedef struct _CsAnnouncer CsAnnouncer;

CsAnnouncer *cs_announcer_new (CsStore *store, GMainContext *context, GThread *owner);
CsAnnouncer *cs_announcer_ref (CsAnnouncer *self);
void cs_announcer_unref (CsAnnouncer *self);
void cs_announcer_close (CsAnnouncer *self);

void cs_announcer_add (CsAnnouncer *self, GPtrArray *records);
void
cs_announcer_answer (CsAnnouncer *self, GTask *task, GPtrArray *records, GError *error);
void cs_announcer_wake (CsAnnouncer *self);
void cs_announcer_flush (CsAnnouncer *self);
GMainContext *cs_announcer_get_context (CsAnnouncer *self);
gboolean cs_announcer_is_heard (CsAnnouncer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAnnouncer, cs_announcer_unref)

G_END_DECLS
