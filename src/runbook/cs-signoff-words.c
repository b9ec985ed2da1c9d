/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words by which forms ask for signatures: the one table to extend. */

#include "cs-signoff-words.h"

#include "cs-word-folding.h"

#include <string.h>

/* Words parted by "|", of any language; neither case nor accents count. "=" at the beginning: the
 * whole label; "^": it begins so; else the words may stand anywhere in it, "*" at the beginning or
 * end allowing any beginning or ending. The first row that has one decides. */
static const struct
{
  CsFormWord kind;
  const char *words;
} ROWS[] = {
  { CS_FORM_APPROVAL,
    "签核人|簽核人|签字人|签署人|簽署人|签收人|署名者|unterzeichner*|unterzeichnende*|signataire*|firmante*|"
    "signatory|signatories|signer|signers|assinante*|firmatari*|ondertekenaar*" },
  { CS_FORM_SIGNATURE,
    "signature*|=signed|unterschrift*|gezeichnet|firma|assinatura*|handtekening*|签名|签字|署名|"
    "서명|подпись|podpis*|visa|initials|imza|kürzel|signé|signe|assinado|firmato|ondertekend|"
    "podpisano|签署|签章|簽名|簽核|簽署|捺印|押印|印|サイン|approbation signature" },
  { CS_FORM_FIELD,
    "=date|=time|=date/time|=date & time|=date and time|=timestamp|=datum|=uhrzeit|=zeit|"
    "=datum/uhrzeit|=ort und datum|=ort|=ort, datum|=heure|=fecha|=hora|=data|=ora|=tijd|=日期|"
    "=时间|=日時|=日付|"
    "=дата|=data i godzina|version*|comment*|notes|bemerkung*|kommentar*|anmerkung*|"
    "commentaire*|comentario*|observaciones|ticket*|commit*|release tag|start time|"
    "end time|started at|finished at|completed at|duration|=deployment completed|=completed|"
    "=status|result|reason|=email|=phone|=telefon|=role|=title|=rolle|=department|=grund|"
    "deployment date|backup*|url|issues*|version tag|approval date|date *|date de|fecha de|"
    "data de|time *|datum *|* date|* time|window*|contact*|environment*|number*|"
    "=tests passed|=tests failed|rate|count|total|id|link*|location|server*|host*|browser*|"
    "score*|notizen|dauer|*fenster|*nummer|umgebung|anzahl*|ergebnis*|beginn*|ende|durée|"
    "début|=fin|numéro*|environnement|fenêtre*|nombre de *|effectif|remarque*|observations|"
    "motif*|raison*|heure*|duración|inicio|entorno|ventana*|motivo*|número*|versión|versão|"
    "duração|início|término|janela*|ambiente*|observações|comentário*|horário*|durata|"
    "inizio|finestra*|versione|note|opmerking*|versie|duur|omgeving|时间|日期|版本|耗时|地址|备注|环境|"
    "編號|编号|原因|数量|時間|日時|日付|承認日|開始|終了|バージョン|備考|理由|項目数|время|версия|примечани*|approved at|"
    "approved on|released on|signed on|signed at|executed at|freigegeben am|genehmigt am|"
    "geprüft am|approuvé le|validé le|aprobado el|aprovado em|approvato il|goedgekeurd op|"
    "=functie|=função|=function|=funktion|=fonction|=función|=funzione|=position|=positie|"
    "razón|razao|razão|=cargo|=stanowisko|=должность|=职位|=職位|=役職|^fecha|"
    "^datum|^data/hora|^data e hora|"
    "^data do|^data da|^fecha/hora|"
    "=am|=on|=le|=il|=op|=release|=stand|=tag|=report|=rapport|=build|limitation*|"
    "known limitation*|beperking*|einschränkung*|limitación*|limitações|open issue*|"
    "open problem*|known issue*|open points|offene punkte|问题|建议|窗口|problèmes ouverts|"
    "problemas abiertos|next step*|action items|комментари*|причин*|wersja|uwagi|czas *|"
    "godzina|środowisko" },
  { CS_FORM_APPROVAL,
    "approved|approved by|approver*|approval*|executed by|verified by|reviewed by|"
    "performed by|prepared by|authorized by|authorised by|released by|checked by|tested by|"
    "completed by|deployed by|signed off by|signed by|confirmed by|accepted by|"
    "witnessed by|monitored by|validated by|conducted by|owned by|rolled back by|"
    "requested by" },
  { CS_FORM_SIGNATURE, "sign-off*|signoff*|sign off|サインオフ" },
  { CS_FORM_APPROVAL,
    "freigegeben*|freigabe*|genehmigt*|genehmigung*|^durchgeführt*|^ausgeführt*|^geprüft*|"
    "abgenommen*|abnahme*|^bestätigt*|erstellt von|verifiziert*|testé par|testée par|"
    "rédigé*|^effectué*|=par|=von|=by|=validation|getestet von|probado por|testado por|"
    "testato da|getest door|approuvé*|validé*|vérifié par|vérifiée par|=vérifié|"
    "exécuté par|exécutée par|=exécuté|réalisé par|réalisée par|autorisé*|aprobado*|"
    "^revisado*|^ejecutado*|autorizado*|^verificado*|^realizado*|aprovado*|^executado*|"
    "^validado*|approvato*|^eseguito*|^verificato*|autorizzato*|goedgekeurd*|^uitgevoerd*|"
    "^gecontroleerd*|批准*|审批*|审核*|执行人*|确认人*|承認*|実施者*|確認者*|승인*|утверд*|согласов*|выполнил*|"
    "проверил*|zatwierdz*|wykonał*|onaylayan*|approuvée|aprobada|aprovada|contrôlé*|"
    "relu par|mis en production par|déployé par|lancé par|desplegado por|elaborado por|"
    "autorizada por|supervisado por|implantado por|preparado por|conferido por|"
    "liberado por|homologado por|redatto da|rilasciato da|preparato da|controllato da|"
    "voorbereid door|vrijgegeven door|akkoord|批准人|审批人|审核人|验收人|复核人|测试人|发布人|部署人|操作人|负责人签字|核准*|"
    "審核*|審批*|承認者|作成者|レビュー者|=レビュー|検証者|作業者|担当|согласовал*|разработал*|ответственный|wdrożył*|"
    "sprawdził*|przygotował*|zaakceptował*|odpowiedzialny|vorbereitet von|freigebende*|"
    "genehmigende*|prüfer*|ausführende*|verantwortet von|gegengezeichnet*|zugestimmt*|"
    "witness*|countersigned*|operator signature|deployment approved|go-live approved|"
    "confirmé par|accepté par|^confirmado*|aceptado*|aceito por|^confermato*|accettato*|"
    "bevestigd*|abgezeichnet*|durchgeführt von|durchgeführt durch|ausgeführt von|"
    "ausgeführt durch|geprüft von|geprüft durch|bestätigt von|bestätigt durch|effectué par|"
    "effectuée par|ejecutado por|revisado por|verificado por|realizado por|executado por|"
    "validado por|eseguito da|verificato da|uitgevoerd door|gecontroleerd door|"
    "confirmado por|confermato da|decision maker*|entscheider*|décideur*|tomador* de decisão|"
    "决策人|決裁者|决定人|決定者" },
  { CS_FORM_NAME,
    "=name und funktion|=name und rolle|=name and title|=name and role|=name, title|"
    "=name/title|=nom et fonction|=nombre y cargo|=nome e cargo|=nome e ruolo|=naam en functie|"
    "=name|=full name|=print name|=nom|=nombre|=nome|=naam|=姓名|=氏名|=имя|=фио|=nachname|"
    "=vorname|=vor- und nachname|=prénom|=nom et prénom|=nom, prénom|=nombre y apellido|"
    "=nombre y apellidos|=nome completo|=nome e cognome|=imię i nazwisko|=nazwisko|=名前|"
    "=姓 名|=names|=print|=printed name|=ф.и.о." },
  { CS_FORM_ROLE,
    "lead|leader|manager*|engineer*|developer*|owner*|dba|qa|operations|ops|operator*|sre|"
    "devops|cto|cio|ceo|ciso|director*|architect*|administrator*|admin|security officer|"
    "commander|stakeholder*|supervisor*|tester*|reviewer*|executor|deployer|witness|"
    "leiter*|*leiter|*leitung|betrieb|entwickler*|*verantwortlich*|verantwortlich*|"
    "entwicklung|responsable*|chef|ingénieur*|développeur*|directeur*|gerente*|"
    "desarrollador*|ingeniero*|jefe|líder|responsável|engenheiro*|desenvolvedor*|"
    "responsabile|sviluppatore|verantwoordelijke|beheerder|负责人|经理|工程师|責任者|担当者|supervisión|"
    "chefe|coordenador*|analista*|gestor*|equipe*|équipe|coordinateur*|administrateur*|"
    "exploitant|exploitation|administrador*|coordinador*|operaciones|operaç*|desarrollo|"
    "operatore|coordinatore|amministratore|referente|capo progetto|ontwikkelaar|"
    "projectleider|leidinggevende|teamleider|技术负责人|项目经理|主管|总监|リーダー|マネージャ*|管理者|руководитель|"
    "менеджер|инженер|разработчик|администратор|kierownik|inżynier|programista|"
    "administrator|właściciel|projektleiter*|teamleit*|geschäftsführ*|"
    "sponsor*|patrocinador*|=gerencia|=dirección|=direção|=direzione|=direction|chair|"
    "chairman|chairwoman|chairperson|vorsitzende*|président*|presidente|presidenta|"
    "datenschutzbeauftragte*|vp|head of *" },
};

typedef struct
{
  char *text; /* folded */
  gsize length;
  CsFormWord kind;
  gboolean whole;
  gboolean first;
  gboolean open_start;
  gboolean open_end;
  guint next; /* of those that begin with the same two bytes; 0: none */
} Word;

/* All words in the order of the table, and the first of those that begin with two bytes; 1 is the
 * first word. */
typedef struct
{
  GArray *all; /* of Word */
  guint16 firsts[256 * 256];
} Words;

static guint
bytes_at (const char *text)
{
  return (guint) (guchar) text[0] << 8 | (guchar) text[1];
}

static void
add_word (GArray *all, const char *words, CsFormWord kind)
{
  g_autofree char *folded = cs_fold_words (words);
  char *p = folded;
  Word word = { .kind = kind };

  word.whole = *p == '=';
  p += word.whole ? 1 : 0;
  word.first = *p == '^';
  p += word.first ? 1 : 0;
  word.open_start = *p == '*';
  p += word.open_start ? 1 : 0;
  word.length = strlen (p);
  word.open_end = p[word.length - 1] == '*';
  word.length -= word.open_end ? 1 : 0;
  word.text = g_strndup (p, word.length);
  g_assert (word.length > 1);
  g_array_append_val (all, word);
}

/* From the last on, so that each of the lists is in the order of the table. */
static void
chain (Words *self)
{
  for (guint i = self->all->len; i > 0; i--)
    {
      Word *word = &g_array_index (self->all, Word, i - 1);

      word->next = self->firsts[bytes_at (word->text)];
      self->firsts[bytes_at (word->text)] = (guint16) i;
    }
}

static const Words *
all_words (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      Words *self = g_new0 (Words, 1);

      self->all = g_array_new (FALSE, FALSE, sizeof (Word));
      for (guint i = 0; i < G_N_ELEMENTS (ROWS); i++)
        {
          g_auto (GStrv) words = g_strsplit (ROWS[i].words, "|", -1);

          for (char **word = words; *word != NULL; word++)
            add_word (self->all, *word, ROWS[i].kind);
        }
      chain (self);
      g_once_init_leave (&ready, (gsize) self);
    }
  return (const Words *) ready;
}

/* Whether the word stands at a place of the label, and may stand there. */
static gboolean
matches (const char *label, const char *at, gsize length, const Word *word)
{
  if ((gsize) (label + length - at) < word->length || memcmp (at, word->text, word->length) != 0)
    return FALSE;
  if (word->whole)
    return at == label && length == word->length;
  return (at == label || !word->first) &&
         cs_is_word_at (label, at, word->length, word->open_start, word->open_end);
}

/* "Installed by", "Deployado por", "Abgenommen durch": who did it answers for it. */
static gboolean
is_done_by (const char *folded)
{
  static const struct
  {
    const char *word;
    const char *endings; /* of the word before it, parted by "|" */
  } AGENTS[] = {
    { "by", "ed|en|wn|ne|un" },
    { "par", "e|ee|es|ees|it|is" },
    { "por", "do|da|dos|das|to|ta" },
    { "von", "t|en" },
    { "durch", "t|en" },
    { "da", "to|ta|ti|te" },
    { "door", "d|t|te|en" },
    { "przez", "" },
  };
  const char *agent = strrchr (folded, ' '), *before;

  for (guint i = 0; agent != NULL && i < G_N_ELEMENTS (AGENTS); i++)
    {
      g_auto (GStrv) endings = NULL;
      g_autofree char *done = NULL;

      if (strcmp (agent + 1, AGENTS[i].word) != 0)
        continue;
      done = g_strndup (folded, (gsize) (agent - folded));
      before = strrchr (done, ' ') != NULL ? strrchr (done, ' ') + 1 : done;
      if (strcmp (before, "needed") == 0 || strcmp (before, "required") == 0)
        return FALSE; /* until when */
      endings = g_strsplit (AGENTS[i].endings, "|", -1);
      for (char **ending = endings; *ending != NULL; ending++)
        {
          if (g_str_has_suffix (before, *ending))
            return TRUE;
        }
      return endings[0] == NULL;
    }
  return FALSE;
}

/* The first word in the table that the label has, of the kinds wanted; "tech_lead" is two words. */
static CsFormWord
find_word (const char *label, guint kinds)
{
  g_autofree char *folded = g_strdelimit (cs_fold_words (label), "_", ' ');
  const Words *words = all_words ();
  guint found = 0; /* the first word of the table, as far as the label was looked through */
  gsize length;

  g_strstrip (folded);
  length = strlen (folded);
  for (const char *p = folded; *p != '\0'; p++)
    {
      for (guint i = words->firsts[bytes_at (p)]; i != 0 && (found == 0 || i < found);)
        {
          const Word *word = &g_array_index (words->all, Word, i - 1);

          if ((kinds & (1u << word->kind)) != 0 && matches (folded, p, length, word))
            found = i;
          i = word->next;
        }
    }
  if (found != 0)
    return g_array_index (words->all, Word, found - 1).kind;
  return (kinds & 1u << CS_FORM_APPROVAL) != 0 && is_done_by (folded) ? CS_FORM_APPROVAL
                                                                      : CS_FORM_UNKNOWN;
}

/* "Webhook signature", "Signature algorithm": what programs sign. */
static gboolean
speaks_of_programs (const char *label)
{
  static const char *const WORDS[] = {
    "hmac",    "header",   "algorithm", "algorithmus", "algorithme", "algoritmo", "encoding",
    "webhook", "jwt",      "gpg",       "pgp",         "cosign",     "checksum",  "sha256",
    "apk",     "keystore", "artifact",  "binary",      "payload",    "api",       "token",
  };
  g_autofree char *folded = cs_fold_words (label);
  g_auto (GStrv) words = g_strsplit_set (folded, " _-/`", -1);

  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (g_strv_contains ((const char *const *) words, WORDS[i]))
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
  CsFormWord word = find_word (label, G_MAXUINT);

  return word == CS_FORM_SIGNATURE && speaks_of_programs (label) ? CS_FORM_FIELD : word;
}

/**
 * cs_form_is_pending:
 * @words: what stands where something is to be filled in
 *
 * Returns: whether it says that nothing is yet: "TBD", "⏳ Pending", "[Pendiente]"
 */
gboolean
cs_form_is_pending (const char *words)
{
  static const char *const WORDS[] = {
    "pending",
    "tbd",
    "tbc",
    "to be determined",
    "to be confirmed",
    "awaiting",
    "awaiting signature",
    "pending signature",
    "pending approval",
    "not signed",
    "unsigned",
    "ausstehend",
    "offen",
    "steht aus",
    "noch offen",
    "en attente",
    "à définir",
    "à compléter",
    "pendiente",
    "por definir",
    "pendente",
    "a definir",
    "in attesa",
    "da definire",
    "in afwachting",
    "oczekuje",
    "ожидает",
    "ожидается",
    "待定",
    "待签",
    "待签字",
    "待审批",
    "待批准",
    "待确认",
    "未签",
    "未承認",
    "未署名",
    "未定",
    "保留中",
    "承認待ち",
  };
  gsize length;

  while (*words != '\0' && !g_unichar_isalpha (g_utf8_get_char (words)))
    words = g_utf8_next_char (words);
  length = strlen (words);
  while (length > 0 && strchr (" ])>_*`.", words[length - 1]) != NULL)
    length--;
  for (guint i = 0; length > 0 && i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strlen (WORDS[i]) == length && g_ascii_strncasecmp (WORDS[i], words, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_form_names_person:
 * @label: the words before a blank
 *
 * Returns: whether they say who signs ("Signature of the Tech Lead"), and not only that one does
 */
gboolean
cs_form_names_person (const char *label)
{
  return find_word (label, 1u << CS_FORM_APPROVAL | 1u << CS_FORM_ROLE) != CS_FORM_UNKNOWN;
}

static gboolean
has_stem (const char *label, const char *const *stems, guint n)
{
  g_autofree char *folded = cs_fold_words (label);

  for (guint i = 0; i < n; i++)
    {
      if (strstr (folded, stems[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* "Decided by": who decides that it goes on. */
static gboolean
asks_decision (const char *label)
{
  static const char *const STEMS[] = {
    "decided by",   "decision maker", "decision by", "entschieden von",
    "entscheider",  "decide par",     "prise par",   "decideur",
    "decidido por", "tomada por",     "deciso da",   "besloten door",
    "决策人",       "决定人",         "決裁者",      "決定者",
  };

  return has_stem (label, STEMS, G_N_ELEMENTS (STEMS));
}

/**
 * cs_form_asks_consent:
 * @label: words that ask for an approval or a signature
 *
 * Returns: whether they ask someone to agree ("Approved by"), and not only who did it ("Executed
 *   by")
 */
gboolean
cs_form_asks_consent (const char *label)
{
  static const char *const STEMS[] = {
    "approv",  "approb",    "freig",      "genehmig",  "abgenommen", "abnahme", "zugestimmt",
    "aprob",   "aprov",     "goedgekeur", "akkoord",   "zatwierdz",  "утвержд", "согласов",
    "承認",    "批准",      "审批",       "審批",      "审核",       "核准",    "승인",
    "authori", "autori",    "sign",       "unterschr", "firma",      "assinat", "签",
    "署名",    "handteken", "podpis",     "подпис",    "簽",         "утверд",  "onayla",
  };

  return has_stem (label, STEMS, G_N_ELEMENTS (STEMS)) || asks_decision (label);
}

/**
 * cs_form_asks_review:
 *
 * Returns: like cs_form_asks_consent(), also whether they ask someone to look at what was done
 *   ("Verified by")
 */
gboolean
cs_form_asks_review (const char *label)
{
  static const char *const STEMS[] = {
    "verif",   "review",  "valid",     "check",    "confirm", "accept",      "accet",    "acept",
    "witness", "gepruft", "pruf",      "bestatig", "revis",   "relu",        "control",  "homolog",
    "conform", "conferm", "gecontrol", "bevestig", "sprawdz", "zaakcept",    "провер",   "确认",
    "复核",    "確認",    "検証",      "レビュー", "audit",   "countersign", "gegengez",
  };

  return cs_form_asks_consent (label) || has_stem (label, STEMS, G_N_ELEMENTS (STEMS));
}

/**
 * cs_form_asks_acknowledgement:
 * @heading: words of a heading
 *
 * Returns: whether people are to acknowledge something below; "Acknowledgements" are thanks
 */
gboolean
cs_form_asks_acknowledgement (const char *heading)
{
  g_autofree char *folded = cs_fold_words (heading);

  return g_str_has_suffix (folded, "acknowledgement") ||
         g_str_has_suffix (folded, "acknowledgment");
}

/**
 * cs_form_names_approver:
 *
 * Returns: whether words ask for the person who approves ("Approver", "Approved by"), and not only
 *   for an approval
 */
gboolean
cs_form_names_approver (const char *label)
{
  static const char *const STEMS[] = {
    "approver",      "approved by",      "approbateur",
    "approuve par",  "aprobador",        "aprobado por",
    "aprovador",     "aprovado por",     "approvatore",
    "approvato da",  "genehmiger",       "genehmigende",
    "genehmigt von", "genehmigt durch",  "freigeber",
    "freigebende",   "freigegeben von",  "freigegeben durch",
    "goedkeurder",   "goedgekeurd door", "signator",
    "signer",        "unterzeichn",      "signataire",
    "承認者",        "审批人",           "審批人",
    "批准人",        "审核人",           "署名者",
  };

  return has_stem (label, STEMS, G_N_ELEMENTS (STEMS));
}

/* "Due date", "Approved on", "承認日", folded. */
static gboolean
names_date (const char *folded)
{
  static const char *const WORDS[] = { "date", "datum", "fecha", "data", "дата", "time",
                                       "heure", "uhrzeit", "hora", "ora", "tijd", "zeit",
                                       "timestamp", "on", "am", "le" };
  static const char *const PARTS[] = { "日", "时间", "時間", "時刻" };
  g_auto (GStrv) words = g_strsplit_set (folded, " /,", -1);

  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (g_strv_contains ((const char *const *) words, WORDS[i]))
        return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (PARTS); i++)
    {
      if (strstr (folded, PARTS[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_form_asks_date:
 * @of_signature: (out): whether it is the date of a signature: "Date", "Approved on"; not so that
 *   of something else, as in "Due date"
 *
 * Returns: whether the words over a column or before a blank ask for a date or a time
 */
gboolean
cs_form_asks_date (const char *label, gboolean *of_signature)
{
  static const char *const PLAIN[] = {
    "date",          "datum",      "fecha",         "data",        "дата",          "日期",
    "日付",          "日時",       "时间",          "時間",        "time",          "heure",
    "uhrzeit",       "hora",       "date/time",     "date & time", "date and time", "date time",
    "datum/uhrzeit", "ort, datum", "ort/datum",     "fecha/hora",  "fecha y hora",  "data/hora",
    "data e hora",   "date/heure", "date et heure", "data/ora",    "data e ora",    "datum/tijd",
    "datum en tijd", "timestamp",
  };
  g_autofree char *folded = cs_fold_words (label);

  *of_signature = cs_form_asks_consent (label);
  for (guint i = 0; i < G_N_ELEMENTS (PLAIN) && !*of_signature; i++)
    *of_signature = strcmp (folded, PLAIN[i]) == 0;
  return names_date (folded) && cs_form_word_of (label) == CS_FORM_FIELD;
}

/**
 * cs_form_names_role:
 * @label: words
 *
 * Returns: whether a role is among them: "Tech Lead", "CTO"
 */
gboolean
cs_form_names_role (const char *label)
{
  return find_word (label, 1u << CS_FORM_ROLE) != CS_FORM_UNKNOWN;
}

/**
 * cs_form_names_group:
 * @label: the words over a column
 *
 * Returns: whether it is one of roles or groups of people: "Role", "Department", "役割"
 */
gboolean
cs_form_names_group (const char *label)
{
  static const char *const WORDS[] = {
    "role",        "roles",        "rolle",     "rôle",     "rol",        "ruolo",
    "papel",       "função",       "functie",   "funktion", "fonction",   "función",
    "funzione",    "position",     "title",     "cargo",    "department", "abteilung",
    "département", "departamento", "reparto",   "afdeling", "team",       "équipe",
    "equipo",      "equipe",       "bereich",   "area",     "área",       "service",
    "stakeholder", "stakeholders", "party",     "person",   "reviewer",   "signer",
    "name",        "group",        "gruppe",    "角色",     "部门",       "部門",
    "职位",        "職位",         "岗位",      "团队",     "役割",       "部署",
    "チーム",      "роль",         "должность", "отдел",    "rola",       "stanowisko",
    "dział",
  };
  g_autofree char *folded = cs_fold_words (label);
  g_auto (GStrv) words = g_strsplit_set (folded, " _-/*(", -1);

  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      g_autofree char *word = cs_fold_words (WORDS[i]);

      if (g_strv_contains ((const char *const *) words, word))
        return TRUE;
    }
  return FALSE;
}
