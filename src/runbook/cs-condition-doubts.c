/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comments that begin like a condition, and leave nothing to choose: "Wenn fertig, …" says when,
 * "Falls back to …" and "Se reinicia …" are verbs, "Create it (if missing)" is done by the command
 * itself. A needed command that is taken for an offer would be left out; so what is not clearly a
 * condition on an outcome or a choice is none, or is doubted. */

#include "cs-condition-doubts.h"

#include "cs-byte-search.h"
#include "cs-word-sieve.h"

#include <string.h>

/* Beginnings that only look like a condition's. */
static const char *const MISTAKEN[] = {
  "falls back", "falls through", "falls under", "falls within", "falls behind", "falls into",
  "falls below", "else where", "otherwise known", "option is", "caso de uso", "si vous avez des q",
  "if you have questions", "if you have any questions", "if in doubt", "if unsure", "im zweifel",
  "in case of questions", "in case of doubt", "in case you wonder", "en cas de doute",
  "en caso de duda", "em caso de dúvida", "bei fragen", "falls fragen", "wenn fragen",
  "sonst noch", "sonstige",
};

/* When, and not whether. */
static const char *const MOMENTS[] = {
  "wenn fertig", "wenn das fertig", "wenn alles fertig", "wenn dies fertig", "wenn erledigt",
  "wenn abgeschlossen", "wenn beendet", "wenn durchgelaufen", "wenn bereit", "wenn es soweit",
  "wenn es so weit", "if done", "if finished", "if ready", "si listo", "se pronto",
};

/* What has gone as it should: the path goes on. */
static const char *const SUCCESSES[] = {
  "all good", "all is well", "all ok", "everything is", "everything looks", "everything works",
  "everything went", "everything passes", "all tests pass", "all checks pass", "tests pass",
  "checks pass", "all green", "is green", "are green", "successful", "succeeds", "succeeded",
  "no errors", "no error", "looks good", "look good", "verified safe", "as expected",
  "is expected and safe", "alles gut", "alles ok", "alles läuft", "alles klappt", "alles grün",
  "alles in ordnung", "alles klar", "alles funktioniert", "erfolgreich", "keine fehler",
  "bestanden", "grün sind", "grün ist", "tout va bien", "tout est", "tout fonctionne", "réussi",
  "sans erreur", "aucune erreur", "todo va bien", "todo está", "todo salió", "todo funciona",
  "exitos", "con éxito", "sin errores", "tudo estiver", "tudo correr", "tudo ok", "tudo certo",
  "com sucesso", "sem erros", "tutto va bene", "tutto ok", "senza errori",
};

static const char *const NEGATIONS[] = {
  " not ", "n't ", "isn’t", "unsuccess", " nicht ", " kein ", " ne ", " n'", " pas ", " não ",
  " no está", " no fue", " no ha", " non ",
};

/* What a command that may be run twice takes care of itself. */
static const char *const ABSENCES[] = {
  "if missing", "if absent", "not exist", "n't exist", "not already", "isn't already",
  "not present", "not installed", "not yet", "already exists", "already there", "nicht vorhanden",
  "noch nicht", "nicht existiert", "nicht da ist", "fehlt)", "falls fehlend", "n'existe pas",
  "pas encore", "s'il manque", "si absent", "si manquant", "no existe", "aún no", "todavía no",
  "no está instalad", "não exist", "ainda não", "se faltar", "non esiste", "se manca",
};

/* Behind the comma: what a person does then, and no command below. */
static const char *const PERSONAL[] = {
  ", see ", ", call ", ", contact ", ", ask ", ", continue", ", proceed", ", stop", ", abort",
  ", wait", ", ignore", ", press ", ", go to ", ", go back", ", go on", ", skip ", ", escalate",
  ", notify", ", inform ", ", that ", ", this ", ", it ", ", you ", ", we ", ", don't ",
  ", do not ",
  ", weiter", ", siehe ", ", anrufen", ", bitte ", ", abbrechen", ", warten", ", ignorieren",
  ", ist ", ", dann weiter", ", melden", ", continuer", ", voir ", ", appele", ", arrête",
  ", attend", ", poursuiv", ", continuar", ", ver ", ", llamar", ", llame", ", detener",
  ", esperar",
  ", continúe", ", siga", ", consulte", ", ligar", ", pare", ", aguarde", ", parar", ", prossiga",
  ", continue ", ", proseguir",
};

/* "se", "si": conditions in one language, a verb's beginning in the next. What makes a condition of
 * them. */
static const char *const OUTCOMES[] = {
  "falh", "erro", "fallis", "fallí", "fallisc", "échou", "echou", "necess", "nécess", "besoin",
  "precis", "quiser", "houver", "aplic", "exist", "manc", "c'è", "usa", "uso", "utilis", "emple",
  "não", "non ", " no ", "pas ", "for ", "forem", "estiver", "tiver", "fosse", "vuoi", "serve",
  "bisogn", "occorr", "fall", "error", "hay ", "está", "es ", "son ", "vous ", "le ", "la ", "les ",
  "l'", "on ", "il ", "elle ", "un ", "une ", "des ", "el ", "los ", "las ", "tiene", "quiere",
  "desea", "requ", "tout ", "todo ", "tudo ", "aucun", "git", "os ", "as ", "o ", "a ", "sono ",
  "possible", "posible", "possível",
};

static const char *const VERBS[] = {
  "avvia", "riavvia", "esegue", "ferma", "crea", "copia", "installa", "aggiorna", "verifica",
  "controlla", "attiva", "disattiva", "ripristina", "procede", "può ", "deve ", "entra ", "apre ",
  "reinicia", "ejecuta", "detiene", "para ", "instala", "actualiza", "comprueba", "activa",
  "desactiva", "restaura", "recomienda", "debe ", "puede ", "abre ", "limpia", "borra", "elimina",
  "genera", "despliega", "publica", "cambia", "configura", "descarga", "sube", "muestra", "guarda",
};

static CsWordSieve moments = CS_WORD_SIEVE (MOMENTS);
static CsWordSieve successes = CS_WORD_SIEVE (SUCCESSES);
static CsWordSieve negations = CS_WORD_SIEVE (NEGATIONS);
static CsWordSieve absences = CS_WORD_SIEVE (ABSENCES);
static CsWordSieve personal = CS_WORD_SIEVE (PERSONAL);
static CsWordSieve outcomes = CS_WORD_SIEVE (OUTCOMES);

static gboolean
begins_with_one (const char *text, const char *const *words, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      if (*text == *words[i] && g_str_has_prefix (text, words[i]))
        return TRUE;
    }
  return FALSE;
}

/* "Se reinicia el servicio", "Si avvia il servizio" */
static gboolean
is_reflexive (const char *lower)
{
  const char *verb = lower + 3;

  if (!cs_bytes_begin (lower, "se ") && !cs_bytes_begin (lower, "si "))
    return FALSE;
  if (begins_with_one (verb, VERBS, G_N_ELEMENTS (VERBS)))
    return TRUE;
  return *lower == 's' && lower[1] == 'e' && !cs_word_sieve_holds (&outcomes, verb);
}

/* "Caso 1: …" counts cases in Spanish. */
static gboolean
is_counted_case (const char *lower)
{
  return cs_bytes_begin (lower, "caso ") && g_ascii_isdigit (lower[5]);
}

/**
 * cs_condition_doubt:
 * @lower: the words of a comment that begins or ends like a condition, in lower case
 *
 * Returns: whether it states a condition on an outcome or a choice
 */
CsConditionDoubt
cs_condition_doubt (const char *lower)
{
  if (begins_with_one (lower, MISTAKEN, G_N_ELEMENTS (MISTAKEN)) || is_counted_case (lower) ||
      is_reflexive (lower) || cs_word_sieve_holds (&moments, lower))
    return CS_CONDITION_MISTAKEN;
  if (cs_word_sieve_holds (&absences, lower) || cs_word_sieve_holds (&personal, lower) ||
      (cs_word_sieve_holds (&successes, lower) && !cs_word_sieve_holds (&negations, lower)))
    return CS_CONDITION_DOUBTFUL;
  return CS_CONDITION_MEANT;
}
