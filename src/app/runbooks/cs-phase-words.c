/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds of phases are called. */

#define G_LOG_DOMAIN "cs-phase-words"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-phase-words.h"

static const char *const phase_words[] = {
  [CS_PHASE_PREPARE] = N_("Prepare"),
  [CS_PHASE_DEPLOY] = N_("Deploy"),
  [CS_PHASE_VERIFY] = N_("Verify"),
  [CS_PHASE_MONITOR] = N_("Monitor"),
  [CS_PHASE_ROLLOUT] = N_("Roll Out"),
  [CS_PHASE_ROLLBACK] = N_("Roll Back"),
  [CS_PHASE_FOLLOWUP] = N_("Follow Up"),
  [CS_PHASE_SIGNOFF] = N_("Sign Off"),
  [CS_PHASE_REFERENCE] = N_("Reference"),
};

/**
 * cs_phase_words_of:
 * @kind: a kind of phase
 *
 * Returns: (transfer none): the word for it
 */
const char *
cs_phase_words_of (CsPhaseKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (phase_words), NULL);

  return _(phase_words[kind]);
}
