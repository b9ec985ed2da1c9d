/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was overridden so that a step could go on. */

#include "config.h"

#include "cs-override-words.h"

#include "cs-time-words.h"

#include <glib/gi18n.h>

/* What is for the whole deployment is told with each step that is next or was begun after it. */
static gboolean
is_about (const CsRuling *ruling, CsDeployment *deployment, CsStepState *step)
{
  CsNext next;

  if (ruling->kind != CS_RULING_OVERRIDDEN)
    return FALSE;
  if (ruling->step != NULL)
    return g_str_equal (ruling->step, cs_step_get_id (cs_step_state_get_step (step)));
  cs_deployment_get_next (deployment, &next);
  return next.step == step || cs_step_state_get_started (step) >= ruling->at;
}

static char *
describe (const CsRuling *ruling)
{
  g_autofree char *moment = cs_time_words_moment (ruling->at);

  if (ruling->role == NULL)
    /* Translators: who let a step go on, what stood in its way, when, why */
    return g_strdup_printf (_("%s let this go on although “%s” (%s): %s"), ruling->name,
                            ruling->words, moment, ruling->reason);
  /* Translators: who let a step go on, in which role, what stood in its way, when, why */
  return g_strdup_printf (_("%s, as %s, let this go on although “%s” (%s): %s"), ruling->name,
                          ruling->role, ruling->words, moment, ruling->reason);
}

/** cs_override_words: (skip): (transfer full) (nullable): a line for each override. */
char *
cs_override_words (CsDeployment *deployment, CsStepState *step)
{
  GPtrArray *rulings = cs_deployment_get_rulings (deployment);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < rulings->len; i++)
    {
      const CsRuling *ruling = rulings->pdata[i];
      g_autofree char *line = is_about (ruling, deployment, step) ? describe (ruling) : NULL;

      if (line != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}
