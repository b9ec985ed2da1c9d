/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words by which forms ask for signatures: the one table to extend. */

#include "cs-signoff-words.h"

#include <string.h>

/* In lower case. "=" at the beginning: the whole label; else the words may stand anywhere in it,
 * "*" at the end allowing any ending. The first that matches decides. */
static const struct
{
  const char *words;
  CsFormWord kind;
} WORDS[] = {
  { "signature*", CS_FORM_SIGNATURE },
  { "=signed", CS_FORM_SIGNATURE },
  { "unterschrift*", CS_FORM_SIGNATURE },
  { "gezeichnet", CS_FORM_SIGNATURE },
  { "firma", CS_FORM_SIGNATURE },
  { "assinatura*", CS_FORM_SIGNATURE },
  { "handtekening*", CS_FORM_SIGNATURE },
  { "签名", CS_FORM_SIGNATURE },
  { "签字", CS_FORM_SIGNATURE },
  { "署名", CS_FORM_SIGNATURE },
  { "서명", CS_FORM_SIGNATURE },
  { "подпись", CS_FORM_SIGNATURE },
  { "podpis*", CS_FORM_SIGNATURE },
  { "visa", CS_FORM_SIGNATURE },
  { "initials", CS_FORM_SIGNATURE },
  { "imza", CS_FORM_SIGNATURE },
  { "kürzel", CS_FORM_SIGNATURE },

  { "=date", CS_FORM_FIELD },
  { "=time", CS_FORM_FIELD },
  { "=date/time", CS_FORM_FIELD },
  { "=date & time", CS_FORM_FIELD },
  { "=date and time", CS_FORM_FIELD },
  { "=timestamp", CS_FORM_FIELD },
  { "=datum", CS_FORM_FIELD },
  { "=uhrzeit", CS_FORM_FIELD },
  { "=zeit", CS_FORM_FIELD },
  { "=datum/uhrzeit", CS_FORM_FIELD },
  { "=ort", CS_FORM_FIELD },
  { "=ort, datum", CS_FORM_FIELD },
  { "=heure", CS_FORM_FIELD },
  { "=fecha", CS_FORM_FIELD },
  { "=hora", CS_FORM_FIELD },
  { "=data", CS_FORM_FIELD },
  { "=ora", CS_FORM_FIELD },
  { "=tijd", CS_FORM_FIELD },
  { "=日期", CS_FORM_FIELD },
  { "=时间", CS_FORM_FIELD },
  { "=日時", CS_FORM_FIELD },
  { "=日付", CS_FORM_FIELD },
  { "=дата", CS_FORM_FIELD },
  { "=data i godzina", CS_FORM_FIELD },
  { "version*", CS_FORM_FIELD },
  { "comment*", CS_FORM_FIELD },
  { "notes", CS_FORM_FIELD },
  { "bemerkung*", CS_FORM_FIELD },
  { "kommentar*", CS_FORM_FIELD },
  { "anmerkung*", CS_FORM_FIELD },
  { "commentaire*", CS_FORM_FIELD },
  { "comentario*", CS_FORM_FIELD },
  { "observaciones", CS_FORM_FIELD },
  { "ticket*", CS_FORM_FIELD },
  { "commit*", CS_FORM_FIELD },
  { "release tag", CS_FORM_FIELD },
  { "start time", CS_FORM_FIELD },
  { "end time", CS_FORM_FIELD },
  { "started at", CS_FORM_FIELD },
  { "finished at", CS_FORM_FIELD },
  { "completed at", CS_FORM_FIELD },
  { "duration", CS_FORM_FIELD },
  { "deployment completed", CS_FORM_FIELD },
  { "=completed", CS_FORM_FIELD },
  { "=status", CS_FORM_FIELD },
  { "result", CS_FORM_FIELD },
  { "reason", CS_FORM_FIELD },
  { "=email", CS_FORM_FIELD },
  { "=phone", CS_FORM_FIELD },
  { "=telefon", CS_FORM_FIELD },
  { "=role", CS_FORM_FIELD },
  { "=title", CS_FORM_FIELD },
  { "=rolle", CS_FORM_FIELD },
  { "=department", CS_FORM_FIELD },
  { "=grund", CS_FORM_FIELD },
  { "deployment date", CS_FORM_FIELD },
  { "backup*", CS_FORM_FIELD },
  { "url", CS_FORM_FIELD },
  { "issues*", CS_FORM_FIELD },
  { "version tag", CS_FORM_FIELD },
  { "approval date", CS_FORM_FIELD },
  { "date *", CS_FORM_FIELD },
  { "date de", CS_FORM_FIELD },
  { "fecha de", CS_FORM_FIELD },
  { "data de", CS_FORM_FIELD },
  { "time *", CS_FORM_FIELD },
  { "datum *", CS_FORM_FIELD },
  { "* date", CS_FORM_FIELD },
  { "* time", CS_FORM_FIELD },

  { "approved", CS_FORM_APPROVAL },
  { "approved by", CS_FORM_APPROVAL },
  { "approver*", CS_FORM_APPROVAL },
  { "approval*", CS_FORM_APPROVAL },
  { "executed by", CS_FORM_APPROVAL },
  { "verified by", CS_FORM_APPROVAL },
  { "reviewed by", CS_FORM_APPROVAL },
  { "performed by", CS_FORM_APPROVAL },
  { "prepared by", CS_FORM_APPROVAL },
  { "authorized by", CS_FORM_APPROVAL },
  { "authorised by", CS_FORM_APPROVAL },
  { "released by", CS_FORM_APPROVAL },
  { "checked by", CS_FORM_APPROVAL },
  { "tested by", CS_FORM_APPROVAL },
  { "completed by", CS_FORM_APPROVAL },
  { "deployed by", CS_FORM_APPROVAL },
  { "signed off by", CS_FORM_APPROVAL },
  { "signed by", CS_FORM_APPROVAL },
  { "confirmed by", CS_FORM_APPROVAL },
  { "accepted by", CS_FORM_APPROVAL },
  { "witnessed by", CS_FORM_APPROVAL },
  { "monitored by", CS_FORM_APPROVAL },
  { "validated by", CS_FORM_APPROVAL },
  { "conducted by", CS_FORM_APPROVAL },
  { "owned by", CS_FORM_APPROVAL },
  { "rolled back by", CS_FORM_APPROVAL },
  { "requested by", CS_FORM_APPROVAL },
  { "sign-off*", CS_FORM_SIGNATURE },
  { "signoff*", CS_FORM_SIGNATURE },
  { "sign off", CS_FORM_SIGNATURE },
  { "freigegeben*", CS_FORM_APPROVAL },
  { "freigabe*", CS_FORM_APPROVAL },
  { "genehmigt*", CS_FORM_APPROVAL },
  { "genehmigung*", CS_FORM_APPROVAL },
  { "durchgeführt*", CS_FORM_APPROVAL },
  { "ausgeführt*", CS_FORM_APPROVAL },
  { "geprüft*", CS_FORM_APPROVAL },
  { "abgenommen*", CS_FORM_APPROVAL },
  { "abnahme*", CS_FORM_APPROVAL },
  { "bestätigt*", CS_FORM_APPROVAL },
  { "erstellt von", CS_FORM_APPROVAL },
  { "verifiziert*", CS_FORM_APPROVAL },
  { "testé*", CS_FORM_APPROVAL },
  { "rédigé*", CS_FORM_APPROVAL },
  { "effectué*", CS_FORM_APPROVAL },
  { "=par", CS_FORM_APPROVAL },
  { "=von", CS_FORM_APPROVAL },
  { "=by", CS_FORM_APPROVAL },
  { "=validation", CS_FORM_APPROVAL },
  { "getestet von", CS_FORM_APPROVAL },
  { "probado por", CS_FORM_APPROVAL },
  { "testado por", CS_FORM_APPROVAL },
  { "testato da", CS_FORM_APPROVAL },
  { "getest door", CS_FORM_APPROVAL },
  { "approuvé*", CS_FORM_APPROVAL },
  { "validé*", CS_FORM_APPROVAL },
  { "vérifié*", CS_FORM_APPROVAL },
  { "exécuté*", CS_FORM_APPROVAL },
  { "réalisé*", CS_FORM_APPROVAL },
  { "autorisé*", CS_FORM_APPROVAL },
  { "aprobado*", CS_FORM_APPROVAL },
  { "revisado*", CS_FORM_APPROVAL },
  { "ejecutado*", CS_FORM_APPROVAL },
  { "autorizado*", CS_FORM_APPROVAL },
  { "verificado*", CS_FORM_APPROVAL },
  { "realizado*", CS_FORM_APPROVAL },
  { "aprovado*", CS_FORM_APPROVAL },
  { "executado*", CS_FORM_APPROVAL },
  { "validado*", CS_FORM_APPROVAL },
  { "approvato*", CS_FORM_APPROVAL },
  { "eseguito*", CS_FORM_APPROVAL },
  { "verificato*", CS_FORM_APPROVAL },
  { "autorizzato*", CS_FORM_APPROVAL },
  { "goedgekeurd*", CS_FORM_APPROVAL },
  { "uitgevoerd*", CS_FORM_APPROVAL },
  { "gecontroleerd*", CS_FORM_APPROVAL },
  { "批准*", CS_FORM_APPROVAL },
  { "审批*", CS_FORM_APPROVAL },
  { "审核*", CS_FORM_APPROVAL },
  { "执行人*", CS_FORM_APPROVAL },
  { "确认人*", CS_FORM_APPROVAL },
  { "承認*", CS_FORM_APPROVAL },
  { "実施者*", CS_FORM_APPROVAL },
  { "確認者*", CS_FORM_APPROVAL },
  { "승인*", CS_FORM_APPROVAL },
  { "утверд*", CS_FORM_APPROVAL },
  { "согласов*", CS_FORM_APPROVAL },
  { "выполнил*", CS_FORM_APPROVAL },
  { "проверил*", CS_FORM_APPROVAL },
  { "zatwierdz*", CS_FORM_APPROVAL },
  { "wykonał*", CS_FORM_APPROVAL },
  { "onaylayan*", CS_FORM_APPROVAL },

  { "=name", CS_FORM_NAME },
  { "=full name", CS_FORM_NAME },
  { "=print name", CS_FORM_NAME },
  { "=nom", CS_FORM_NAME },
  { "=nombre", CS_FORM_NAME },
  { "=nome", CS_FORM_NAME },
  { "=naam", CS_FORM_NAME },
  { "=姓名", CS_FORM_NAME },
  { "=氏名", CS_FORM_NAME },
  { "=имя", CS_FORM_NAME },
  { "=фио", CS_FORM_NAME },

  { "lead", CS_FORM_ROLE },
  { "leader", CS_FORM_ROLE },
  { "manager*", CS_FORM_ROLE },
  { "engineer*", CS_FORM_ROLE },
  { "developer*", CS_FORM_ROLE },
  { "owner*", CS_FORM_ROLE },
  { "dba", CS_FORM_ROLE },
  { "qa", CS_FORM_ROLE },
  { "operations", CS_FORM_ROLE },
  { "ops", CS_FORM_ROLE },
  { "operator*", CS_FORM_ROLE },
  { "sre", CS_FORM_ROLE },
  { "devops", CS_FORM_ROLE },
  { "cto", CS_FORM_ROLE },
  { "cio", CS_FORM_ROLE },
  { "ceo", CS_FORM_ROLE },
  { "ciso", CS_FORM_ROLE },
  { "director*", CS_FORM_ROLE },
  { "architect*", CS_FORM_ROLE },
  { "administrator*", CS_FORM_ROLE },
  { "admin", CS_FORM_ROLE },
  { "security officer", CS_FORM_ROLE },
  { "commander", CS_FORM_ROLE },
  { "stakeholder*", CS_FORM_ROLE },
  { "supervisor*", CS_FORM_ROLE },
  { "tester*", CS_FORM_ROLE },
  { "reviewer*", CS_FORM_ROLE },
  { "executor", CS_FORM_ROLE },
  { "deployer", CS_FORM_ROLE },
  { "witness", CS_FORM_ROLE },
  { "leiter*", CS_FORM_ROLE },
  { "*leiter", CS_FORM_ROLE },
  { "*leitung", CS_FORM_ROLE },
  { "betrieb", CS_FORM_ROLE },
  { "entwickler*", CS_FORM_ROLE },
  { "*verantwortlich*", CS_FORM_ROLE },
  { "verantwortlich*", CS_FORM_ROLE },
  { "entwicklung", CS_FORM_ROLE },
  { "responsable*", CS_FORM_ROLE },
  { "chef", CS_FORM_ROLE },
  { "ingénieur*", CS_FORM_ROLE },
  { "développeur*", CS_FORM_ROLE },
  { "directeur*", CS_FORM_ROLE },
  { "gerente*", CS_FORM_ROLE },
  { "desarrollador*", CS_FORM_ROLE },
  { "ingeniero*", CS_FORM_ROLE },
  { "jefe", CS_FORM_ROLE },
  { "líder", CS_FORM_ROLE },
  { "responsável", CS_FORM_ROLE },
  { "engenheiro*", CS_FORM_ROLE },
  { "desenvolvedor*", CS_FORM_ROLE },
  { "responsabile", CS_FORM_ROLE },
  { "sviluppatore", CS_FORM_ROLE },
  { "verantwoordelijke", CS_FORM_ROLE },
  { "beheerder", CS_FORM_ROLE },
  { "负责人", CS_FORM_ROLE },
  { "经理", CS_FORM_ROLE },
  { "工程师", CS_FORM_ROLE },
  { "責任者", CS_FORM_ROLE },
  { "担当者", CS_FORM_ROLE },
};

static gboolean
is_letter_before (const char *text, const char *at)
{
  const char *before = at > text ? g_utf8_find_prev_char (text, at) : NULL;

  return before != NULL && g_unichar_isalnum (g_utf8_get_char (before)) && (guchar) *at < 0xe3;
}

static gboolean
matches (const char *label, gsize label_length, const char *words)
{
  gboolean open_start, open_end;
  gsize length;

  if (*words == '=')
    return strcmp (label, words + 1) == 0;
  open_start = *words == '*';
  words += open_start ? 1 : 0;
  length = strlen (words);
  open_end = words[length - 1] == '*';
  length -= open_end ? 1 : 0;
  for (const char *p = label;
       (p = memmem (p, label_length - (gsize) (p - label), words, length)) != NULL; p++)
    {
      if (!open_start && is_letter_before (label, p))
        continue;
      if (open_end || (guchar) *p >= 0xe3 || p[length] == '\0' ||
          !g_unichar_isalnum (g_utf8_get_char (p + length)))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_form_word_of:
 * @label: the words before a blank or over a column
 *
 * Returns: what the label asks for, in any of the languages known
 */
CsFormWord
cs_form_word_of (const char *label)
{
  g_autofree char *lower = g_utf8_strdown (label, -1);
  gsize length;

  g_strstrip (lower);
  length = strlen (lower);
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (matches (lower, length, WORDS[i].words))
        return WORDS[i].kind;
    }
  return CS_FORM_UNKNOWN;
}
