/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words with which a runbook asks for a decision, or forbids to go on. */

#include "cs-decision-words.h"

#include "cs-byte-search.h"
#include "cs-word-folding.h"
#include "cs-word-sieve.h"

#include <string.h>

#define MAX_GATE 300

/* In headings and labels, in lower case. */
static const char *const TITLES[] = {
  "go/no-go", "go / no-go", "go/no go", "go-no-go", "go or no-go", "decision", "entscheidung",
  "freigabeentscheid", "décision", "decisión", "decisão", "decisione", "beslissing", "decyzja",
  "решение о", "successful when", "successful if", "successful once", "erfolgreich, wenn",
  "erfolgreich wenn", "erfolgreich, sobald", "决策", "判定",
};

/* Whoever reads this has to stop and look. */
static const char *const GATES[] = {
  "cannot deploy", "can not deploy", "can't deploy", "cannot proceed", "can't proceed",
  "do not proceed", "don't proceed", "do not deploy", "don't deploy", "do not continue",
  "don't continue", "do not enable", "do not activate", "do not start", "must not proceed",
  "must not deploy", "must not continue", "never proceed", "only proceed", "proceed only",
  "only continue", "continue only", "no deployment without", "no deploy without",
  "required before any", "sign before", "signed before", "sign off before", "signed off before",
  "unterschreiben vor", "unterzeichnen vor", "vor dem deployment unter", "signer avant",
  "firmar antes", "assinar antes", "firmare prima", "abort if", "abort the deployment if",
  "halt if", "stop if", "darf nicht deployt", "nicht fortfahren", "nicht weitermachen",
  "nicht deployen", "nicht ausrollen", "nur fortfahren", "nur weitermachen", "erst fortfahren",
  "abbrechen, wenn",
  "abbrechen wenn", "abbruch, wenn", "abbruch wenn", "kein deployment ohne", "keine freigabe ohne",
  "ne pas déployer", "ne pas continuer", "ne pas poursuivre", "ne continuer que", "no desplegar",
  "no continuar", "continuar solo si", "não prosseguir", "não implantar", "prosseguir somente se",
  "non procedere", "procedere solo se", "niet doorgaan", "nie kontynuować", "не продолжать",
  "не разворачивать", "продолжать только", "不要继续", "禁止部署", "请勿继续", "続行しない",
};

/* What a call-out forbids or allows only so; words by themselves. */
static const char *const LIMITS[] = {
  "only", "not", "don't", "never", "must", "no", "stop", "cannot", "can't", "nur", "nicht", "kein",
  "keine", "niemals", "muss", "stopp", "jamais", "ne", "uniquement", "no", "nunca", "solo", "sólo",
  "não", "somente", "non", "mai", "niet", "alleen", "nie", "tylko", "не", "только", "никогда",
};

static const char *const SIGNS[] = { "⚠", "❌", "🛑", "⛔", "🚫", "🚨" };

static CsWordSieve titles = CS_WORD_SIEVE (TITLES);
static CsWordSieve gates = CS_WORD_SIEVE (GATES);

/**
 * cs_decision_is_title:
 * @lower: the words of a heading or label, in lower case
 *
 * Returns: whether a decision is asked for under it
 */
gboolean
cs_decision_is_title (const char *lower)
{
  return cs_word_sieve_holds (&titles, lower);
}

/**
 * cs_decision_may_be_gate:
 * @bytes: what a line holds at most
 *
 * Returns: %FALSE if cs_decision_is_gate() surely is, and cs_decision_is_call_out(), too
 */
gboolean
cs_decision_may_be_gate (CsBytes bytes)
{
  return cs_bytes_has (bytes, cs_bytes_spell ("stop")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("halt")) ||
         cs_bytes_has (bytes, cs_bytes_spell ("alto")) || cs_word_sieve_may_hold (&gates, bytes);
}

/**
 * cs_decision_is_gate:
 * @lower: a line of prose or a comment, in lower case, without marks around it
 *
 * Returns: whether it says when to go on, or forbids it
 */
gboolean
cs_decision_is_gate (const char *lower)
{
  static const char *const STOPS[] = { "stop", "stopp", "halt", "стоп", "alto" };

  for (guint i = 0; i < G_N_ELEMENTS (STOPS); i++)
    {
      const char *after = lower + strlen (STOPS[i]);

      if (*lower != *STOPS[i] || !g_str_has_prefix (lower, STOPS[i]))
        continue;
      if (*after == '!' || *after == ':' || cs_bytes_begin (after, " -") ||
          cs_bytes_begin (after, " –") || cs_bytes_begin (after, " —"))
        return TRUE;
    }
  return cs_word_sieve_holds (&gates, lower);
}

/* What an observation means for the deployment: the first word behind the colon, in lower case. */
static gboolean
is_outcome (const char *lower)
{
  static const char *const WORDS[] = {
    "success", "successful", "succeeded", "failure", "failed", "fail", "pass", "passed", "ok",
    "go", "no-go", "proceed", "continue", "abort", "stop", "rollback", "roll back", "revert",
    "investigate", "escalate", "erfolg", "erfolgreich", "fehlgeschlagen", "weiter", "fortfahren",
    "abbruch", "abbrechen", "zurückrollen", "eskalieren", "succès", "échec", "continuer",
    "poursuivre", "arrêter", "annuler", "éxito", "fallo", "continuar", "detener", "revertir",
    "abortar", "sucesso", "falha", "parar", "reverter", "prosseguir", "successo", "procedere",
    "annullare", "doorgaan", "stoppen", "terugdraaien", "成功", "失败", "继续", "回滚", "中止",
  };
  gsize length = strcspn (lower, " .,;:!(-");

  if (cs_bytes_begin (lower, "no-go") || cs_bytes_begin (lower, "roll back"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strlen (WORDS[i]) == length && strncmp (lower, WORDS[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Where the words behind ": " begin. */
static const char *
conclusion_of (const char *lower)
{
  const char *colon = strstr (lower, ": ");

  return colon != NULL ? colon + 1 + strspn (colon + 1, " *_`") : NULL;
}

/**
 * cs_decision_is_alternative_outcome:
 * @first: an item of a list
 * @second: the next one
 *
 * Returns: whether they tell what two observations of one thing mean: "Errors stopped: success" and
 *   "Errors continue: roll back". "Unit tests: passed" and "Unit costs: passed" tell how it is.
 */
gboolean
cs_decision_is_alternative_outcome (const char *first, const char *second)
{
  g_autofree char *one = cs_lower_words (first, -1), *other = cs_lower_words (second, -1);
  const char *here = conclusion_of (one), *there = conclusion_of (other);
  gsize subject = strcspn (one, " :");

  if (here == NULL || there == NULL || strcmp (here, there) == 0)
    return FALSE;
  if (subject != strcspn (other, " :") || strncmp (one, other, subject) != 0 ||
      one[subject] != ' ')
    return FALSE;
  return is_outcome (here) || is_outcome (there);
}

static gboolean
has_limit (const char *lower)
{
  g_auto (GStrv) words = g_strsplit_set (lower, " \t*_.,:;!()", -1);

  for (char **word = words; *word != NULL; word++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (LIMITS); i++)
        {
          if (strcmp (*word, LIMITS[i]) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

/**
 * cs_decision_is_call_out:
 * @text: a line of prose, as it stands
 *
 * Returns: whether it is a warning in bold letters that forbids something or allows it only so:
 *   "**⚠️ DO NOT ENABLE YET**"
 */
gboolean
cs_decision_is_call_out (const char *text, gsize length)
{
  const char *end = text + length;
  g_autofree char *lower = NULL;

  while (text < end && (*text == ' ' || *text == '>'))
    text++;
  if (end - text < 8 || end - text > MAX_GATE)
    return FALSE;
  if (memcmp (text, "**", 2) != 0 && memcmp (text, "__", 2) != 0)
    return FALSE;
  text += 2;
  for (guint i = 0; i < G_N_ELEMENTS (SIGNS); i++)
    {
      if (memcmp (text, SIGNS[i], MIN (strlen (SIGNS[i]), (gsize) (end - text))) != 0)
        continue;
      lower = cs_lower_words (text, end - text);
      return has_limit (lower);
    }
  return FALSE;
}
