/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Things to tick by which someone signs: "- [ ] CTO sign-off". */

#include "cs-boxes.h"
#include "cs-headings.h"
#include "cs-signoff-search.h"
#include "cs-word-folding.h"

#include <string.h>

#define MAX_WORDS 5

/* Words that say no more than that someone signs, folded. */
static gboolean
is_consent (const char *word)
{
  static const char *const WORDS[] = {
    "sign-off",      "signoff",     "sign-offs",  "approval",     "approved",     "approves",
    "signature",     "ok",          "go",         "freigabe",     "unterschrift", "zustimmung",
    "abnahme",       "approbation", "validation", "accord",       "aprobacion",   "firma",
    "visto",         "aprovacao",   "assinatura", "approvazione", "goedkeuring",  "akkoord",
    "zatwierdzenie", "zgoda",       "podpis",     "согласование", "подпись",
  };

  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strcmp (WORDS[i], word) == 0)
        return TRUE;
    }
  return FALSE;
}

/* "obtained": that the consent is there is what is ticked. */
static gboolean
is_given (const char *word)
{
  static const char *const WORDS[] = {
    "obtained",  "received",  "given",     "granted",  "complete", "completed", "recorded",
    "confirmed", "erteilt",   "eingeholt", "erhalten", "liegt",    "obtenu",    "obtenue",
    "recu",      "recue",     "donne",     "obtenido", "obtenida", "recibido",  "recibida",
    "obtido",    "obtida",    "recebido",  "recebida", "ottenuto", "ottenuta",  "ricevuto",
    "ricevuta",  "verkregen", "ontvangen", "uzyskano",
  };

  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strcmp (WORDS[i], word) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Roles that stand before what they are about: "Responsable técnico", "Leiter Betrieb". */
static gboolean
is_leading_role (const char *word)
{
  static const char *const WORDS[] = {
    "responsable", "chef",        "cheffe",       "jefe",         "jefa",       "lider",
    "gerente",     "director",    "directora",    "directeur",    "directrice", "diretor",
    "diretora",    "responsavel", "responsabile", "direttore",    "leiter",     "leiterin",
    "leitung",     "coordenador", "coordinador",  "coordinateur", "head",       "engenheiro",
    "ingeniero",   "ingenieur",   "kierownik",    "руководитель",
  };

  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strcmp (WORDS[i], word) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Words by which a thing is done with, or for, whom a role names. */
static gboolean
relates (char **words)
{
  static const char *const RELATIONS[] = { "with", "from", "by", "to", "for", "at", "the",
                                           "mit", "von", "an", "durch", "fur", "con", "avec",
                                           "par", "por", "para", "pour", "com", "met" };

  for (; *words != NULL; words++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (RELATIONS); i++)
        {
          if (strcmp (*words, RELATIONS[i]) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

/* "PO", "PMO": who signs, in capitals. */
static gboolean
is_acronym (const char *words)
{
  gsize n = 0;

  while (g_ascii_isupper (words[n]))
    n++;
  return n >= 2 && n <= 4 && (words[n] == ' ' || words[n] == '-');
}

/* Whether words name someone who signs and nothing that is to be done: "Release Lead", "CTO
 * sign-off"; "Ops team notified" is a thing to do. */
static gboolean
names_signer (CsSignoffSearch *self, const char *words)
{
  g_autofree char *folded = cs_fold_words (words);
  g_auto (GStrv) parts = g_strsplit (folded, " ", -1);
  guint n = g_strv_length (parts);

  if (n > 1 && is_given (parts[n - 1]))
    n--;
  if (n == 0 || n > MAX_WORDS || relates (parts))
    return FALSE;
  if (n == 2 && is_acronym (words) && is_consent (parts[1]))
    return TRUE;
  if (!cs_form_names_role (words) || cs_signoff_search_word_of (self, words) == CS_FORM_FIELD)
    return FALSE;
  return cs_form_names_role (parts[n - 1]) || (n > 1 && is_consent (parts[n - 1])) ||
         is_leading_role (parts[0]) || (guchar) *words >= 0xe3;
}

/**
 * cs_signoff_search_take_item:
 * @line: an item of a list, without blanks to fill in
 *
 * Takes a thing to tick for a line to sign, if that is what is ticked: where signatures are asked
 * for, it names a role and nothing else.
 *
 * Returns: whether it was taken
 */
gboolean
cs_signoff_search_take_item (CsSignoffSearch *self, guint line)
{
  gsize length, end;
  const char *text = cs_source_get_line (self->source, line, &length);
  g_autofree char *words = NULL;
  gboolean done;

  while (length > 0 && strchr (" \t>-*+", *text) != NULL)
    text++, length--;
  if (!cs_box_parse_item (text, length, &done, &end))
    return FALSE;
  {
    g_autofree char *rest = g_strndup (text + end, length - end);

    rest[strcspn (rest, "(:")] = '\0';
    words = cs_heading_strip_markup (rest);
  }
  if (!names_signer (self, words))
    return FALSE;
  cs_signoff_search_add (self, line, words);
  self->open_item = TRUE;
  return TRUE;
}
