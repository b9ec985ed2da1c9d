/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has happened to one check item. */

#include "cs-states-private.h"

G_DEFINE_FINAL_TYPE (CsCheckState, cs_check_state, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_DONE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
cs_check_state_dispose (GObject *object)
{
  CsCheckState *self = CS_CHECK_STATE (object);

  g_clear_object (&self->check);
  G_OBJECT_CLASS (cs_check_state_parent_class)->dispose (object);
}

static void
cs_check_state_finalize (GObject *object)
{
  CsCheckState *self = CS_CHECK_STATE (object);

  g_free (self->actor);
  G_OBJECT_CLASS (cs_check_state_parent_class)->finalize (object);
}

static void
cs_check_state_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CsCheckState *self = CS_CHECK_STATE (object);

  switch (id)
    {
    case PROP_DONE:
      g_value_set_boolean (value, self->done);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_check_state_class_init (CsCheckStateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_check_state_dispose;
  object_class->finalize = cs_check_state_finalize;
  object_class->get_property = cs_check_state_get_property;

  properties[PROP_DONE] =
    g_param_spec_boolean ("done", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cs_check_state_init (CsCheckState *self)
{
}

/* A state for a check item; one that the document shows as ticked counts as done by nobody. */
CsCheckState *
cs_check_state_new (CsCheck *check)
{
  CsCheckState *self = g_object_new (CS_TYPE_CHECK_STATE, NULL);

  self->check = g_object_ref (check);
  self->done = cs_check_get_done (check);
  return self;
}

void
cs_check_state_set (CsCheckState *self, gboolean done, const char *actor, gint64 at)
{
  g_free (self->actor);
  self->actor = g_strdup (actor);
  self->at = at;
  self->done = done;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DONE]);
}

/**
 * cs_check_state_get_check:
 *
 * Returns: (transfer none): the item of the runbook
 */
CsCheck *
cs_check_state_get_check (CsCheckState *self)
{
  g_return_val_if_fail (CS_IS_CHECK_STATE (self), NULL);

  return self->check;
}

/**
 * cs_check_state_get_done:
 *
 * Returns: whether it is ticked
 */
gboolean
cs_check_state_get_done (CsCheckState *self)
{
  g_return_val_if_fail (CS_IS_CHECK_STATE (self), FALSE);

  return self->done;
}

/**
 * cs_check_state_get_actor:
 *
 * Returns: (nullable): who ticked or unticked it last; %NULL if nobody did
 */
const char *
cs_check_state_get_actor (CsCheckState *self)
{
  g_return_val_if_fail (CS_IS_CHECK_STATE (self), NULL);

  return self->actor;
}

/**
 * cs_check_state_get_at:
 *
 * Returns: when (UTC microseconds); 0 if nobody did
 */
gint64
cs_check_state_get_at (CsCheckState *self)
{
  g_return_val_if_fail (CS_IS_CHECK_STATE (self), 0);

  return self->at;
}
