/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That one deployment acts on an environment, and no other one does. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define CS_TYPE_LOCK (cs_lock_get_type ())
G_DECLARE_FINAL_TYPE (CsLock, cs_lock, CS, LOCK, GObject)

const char *cs_lock_get_environment (CsLock *self);
const char *cs_lock_get_deployment (CsLock *self); /* id of the one that may act */
const char *cs_lock_get_title (CsLock *self);      /* of that deployment */
const char *cs_lock_get_actor (CsLock *self);      /* person id: who took it */
gint64 cs_lock_get_since (CsLock *self);           /* UTC microseconds */
/* Where it was taken over: id of the deployment that had it, and why. NULL elsewhere. */
const char *cs_lock_get_displaced (CsLock *self);
const char *cs_lock_get_reason (CsLock *self);

G_END_DECLS
