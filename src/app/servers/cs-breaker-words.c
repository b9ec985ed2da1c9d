/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a breaker does, in words for people. */

#define G_LOG_DOMAIN "cs-breaker-words"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-breaker-words.h"

static char *
count_failures (CsBreaker *breaker)
{
  guint n = cs_breaker_get_failures (breaker);

  return g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u failure in a row", "%u failures in a row", n), n);
}

/**
 * cs_breaker_words_describe:
 * @breaker: of a target
 *
 * Returns: (transfer full): its state, why, and what comes next
 */
char *
cs_breaker_words_describe (CsBreaker *breaker)
{
  const char *problem = cs_breaker_get_problem (breaker);
  g_autofree char *failures = count_failures (breaker);
  g_autofree char *state = NULL;

  g_return_val_if_fail (CS_IS_BREAKER (breaker), NULL);

  switch (cs_breaker_get_state (breaker))
    {
    case CS_BREAKER_OPEN:
      /* Translators: %s is "5 failures in a row" */
      state = g_strdup_printf (
        _("Open after %s: nothing is sent there for %d s"), failures,
        (int) ((cs_breaker_get_wait (breaker) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
      break;
    case CS_BREAKER_HALF_OPEN:
      state = g_strdup_printf (_("Half open after %s: the next command tries it"), failures);
      break;
    case CS_BREAKER_CLOSED:
    default:
      if (cs_breaker_get_failures (breaker) == 0)
        return g_strdup (_("Closed: commands go through"));
      state = g_strdup_printf (_("Closed: commands go through, though there were %s"), failures);
    }
  return problem != NULL ? g_strdup_printf ("%s\n%s", state, problem)
                         : g_steal_pointer (&state);
}

/**
 * cs_breaker_words_dup_short:
 * @breaker: of a target
 *
 * Returns: (transfer full) (nullable): a few words; %NULL while commands go through
 */
char *
cs_breaker_words_dup_short (CsBreaker *breaker)
{
  g_autofree char *failures = NULL;

  g_return_val_if_fail (CS_IS_BREAKER (breaker), NULL);

  if (cs_breaker_get_state (breaker) == CS_BREAKER_CLOSED)
    return NULL;
  failures = count_failures (breaker);
  if (cs_breaker_get_state (breaker) == CS_BREAKER_HALF_OPEN)
    return g_strdup_printf (_("Tried again with the next command, after %s"), failures);
  return g_strdup_printf (_("Left alone after %s"), failures);
}
