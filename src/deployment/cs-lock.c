/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That one deployment acts on an environment, and no other one does. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-lock-private.h"

#include "cs-json.h"

struct _CsLock
{
  GObject parent_instance;

  char *environment;
  char *deployment;
  char *title;
  char *actor;
  gint64 since;
  char *displaced;
  char *reason;
};

G_DEFINE_FINAL_TYPE (CsLock, cs_lock, G_TYPE_OBJECT)

static void
cs_lock_finalize (GObject *object)
{
  CsLock *self = CS_LOCK (object);

  g_free (self->environment);
  g_free (self->deployment);
  g_free (self->title);
  g_free (self->actor);
  g_free (self->displaced);
  g_free (self->reason);
  G_OBJECT_CLASS (cs_lock_parent_class)->finalize (object);
}

static void
cs_lock_class_init (CsLockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_lock_finalize;
}

static void
cs_lock_init (CsLock *self)
{
}

CsLock *
cs_lock_new (CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  const char *environment = cs_json_get_string (body, "environment");
  const char *deployment = cs_json_get_string (body, "deployment");
  CsLock *self;

  if (environment == NULL || deployment == NULL)
    return NULL;
  self = g_object_new (CS_TYPE_LOCK, NULL);
  self->environment = g_strdup (environment);
  self->deployment = g_strdup (deployment);
  self->title = g_strdup (cs_json_get_string (body, "title"));
  self->actor = g_strdup (cs_record_get_actor (record));
  self->since = cs_record_get_at (record);
  self->displaced = g_strdup (cs_json_get_string (body, "from"));
  self->reason = g_strdup (cs_json_get_string (body, "reason"));
  return self;
}

/* Names of environments are the same in any case of letters, as for policies. */
gboolean
cs_lock_is_for (CsLock *self, const char *environment)
{
  g_autofree char *one = g_utf8_casefold (self->environment, -1);
  g_autofree char *two = g_utf8_casefold (environment, -1);

  return g_str_equal (one, two);
}

/** cs_lock_get_environment: what is locked, e.g. `production`. */
const char *
cs_lock_get_environment (CsLock *self)
{
  g_return_val_if_fail (CS_IS_LOCK (self), NULL);

  return self->environment;
}

/** cs_lock_get_deployment: the id of the deployment that may act there. */
const char *
cs_lock_get_deployment (CsLock *self)
{
  g_return_val_if_fail (CS_IS_LOCK (self), NULL);

  return self->deployment;
}

/** cs_lock_get_title: that deployment's title; empty if it has none. */
const char *
cs_lock_get_title (CsLock *self)
{
  g_return_val_if_fail (CS_IS_LOCK (self), NULL);

  return self->title != NULL ? self->title : "";
}

/** cs_lock_get_actor: who took it, a person id. */
const char *
cs_lock_get_actor (CsLock *self)
{
  g_return_val_if_fail (CS_IS_LOCK (self), NULL);

  return self->actor;
}

/** cs_lock_get_since: since when (UTC microseconds). */
gint64
cs_lock_get_since (CsLock *self)
{
  g_return_val_if_fail (CS_IS_LOCK (self), 0);

  return self->since;
}

/** cs_lock_get_displaced: (nullable): id of the deployment that it was taken over from. */
const char *
cs_lock_get_displaced (CsLock *self)
{
  g_return_val_if_fail (CS_IS_LOCK (self), NULL);

  return self->displaced;
}

/** cs_lock_get_reason: (nullable): why it was taken over. */
const char *
cs_lock_get_reason (CsLock *self)
{
  g_return_val_if_fail (CS_IS_LOCK (self), NULL);

  return self->reason;
}
