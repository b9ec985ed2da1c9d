/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words by which headings tell what a chapter is for: the one table to extend. */

#include "cs-heading-words.h"

#include "cs-word-folding.h"

#include <string.h>

/* Words that tell the same, as sure as each other, parted by "|": of any language, written as they
 * are written there. Neither case nor accents count. "^" at the beginning: only first in the title;
 * "=": the whole title; "*" at the beginning or end: any beginning, any ending. Scripts without
 * spaces between words need no "*". */
static const struct
{
  CsTopic topic;
  guint8 weight;
  const char *words;
} ROWS[] = {
  /* Looked up in trouble, whatever the trouble is about. */
  { CS_TOPIC_REFERENCE, 120,
    "troubleshoot*|fehlerbehebung*|fehlersuche*|problembehandlung*|problemlösung*|"
    "dépannage|solución de problemas|resolución de problemas|solução de problemas|"
    "resolução de problemas|risoluzione dei problemi|risoluzione problemi|"
    "probleemoplossing|problemen oplossen|^appendix|^anhang|^annexe*|^anexo*|"
    "^apéndice*|^appendice*|^bijlage*|faq*|known issue*|common issue*|common problem*|"
    "bekannte probleme|häufige probleme|häufige fehler|problèmes courants|"
    "problèmes connus|problemas comunes|problemas comuns|problemi comuni|"
    "veelvoorkomende problemen|bekende problemen|rozwiązywanie problemów|"
    "troubleshooting*|устранение неполадок|часто задаваемые|故障排除|故障排查|"
    "常见问题|附录|疑难解答|トラブルシューティング|よくある質問" },
  /* What it says before a rollback does not make it one. */
  { CS_TOPIC_TRIGGERS, 115,
    "rollback trigger*|when to roll back|when to rollback|"
    "rollback criteria|rollback decision*|rollback condition*|rollback-kriterien|"
    "rollback-auslöser|critères de rollback|"
    "critères de retour arrière|criterios de rollback|criteri di rollback|"
    "quand revenir en arrière|quand faire un rollback|cuándo revertir|"
    "quando reverter|quando fare rollback|wann zurück*|критерии отката|回滚条件|"
    "回滚触发|切り戻し判断*|回滚标准|ロールバック判断*" },
  /* Of what, must be said around it. */
  { CS_TOPIC_TRIGGERS, CS_HEADING_TRIGGERS_OF_ANYTHING,
    "trigger condition*|abbruchkriterien|auslöser|déclencheurs*" },
  { CS_TOPIC_FOLLOWUP, 112,
    "post-rollback" },
  { CS_TOPIC_ROLLBACK, 110,
    "rollback*|roll back|roll-back|rolling back|back-out|backout|back out|"
    "fallback plan|revert*|zurückrollen|zurücksetzen|rückfall*|rücksetz*|rückbau|"
    "rückabwicklung|fallback-plan|retour arrière|retour en arrière|plan de retour|"
    "reversión|revertir|plan de reversa|plan de repli|marcha atrás|vuelta atrás|"
    "reversão|reverter|terugdraai*|terugrol*|terugvalplan|wycofani*|roll-backs|"
    "back-out*|plan de rétablissement|plan de rientro|plan de contingencia de retorno|"
    "plano de retorno|volver a la versión anterior|voltar à versão anterior|"
    "piano di rientro|tornare alla versione precedente|terugval*|"
    "powrót do poprzedniej wersji|cofnięci*|rückrollen|zurück zur vorherigen version|"
    "rückweg|откат*|回滚|回退|切り戻し|回滾|復原計畫|回退方案|ロールバック|롤백" },
  { CS_TOPIC_ROLLBACK, 60,
    "fallback|recuperación|recuperação" },
  { CS_TOPIC_ROLLBACK, 90,
    "downgrade|undo|annulation" },
  { CS_TOPIC_ROLLBACK, 100,
    "=restore|=wiederherstellung|=restauration|=restauración|=restauração|=восстановление|"
    "=还原|=復旧" },
  { CS_TOPIC_ROLLBACK, 70,
    "disaster recovery|wiederherstellung*|restauration|restauración|restauração" },
  { CS_TOPIC_ROLLBACK, 100,
    "rückkehr|reversa|desfazer|deshacer|ripristino|annullamento|"
    "restore the previous version|restore previous version|"
    "retour à la version précédente|przywróceni*|возврат*|戻し|復旧手順" },
  { CS_TOPIC_ROLLBACK, 80,
    "notfallplan|przywracani*|contingency plan|plan de contingencia|"
    "plano de contingência|herstelplan|plan d'urgence|восстановлени*|还原|還原|復旧" },
  { CS_TOPIC_SIGNOFF, 100,
    "sign-off*|signoff*|sign off*|signature*|approved by|authorized by|authorised by|"
    "signed by|freigegeben durch|freigegeben von|genehmigt durch|genehmigt von|"
    "unterschrift*|signatures|assinatura*|handtekening*|ondertekening|podpis*|firmas|"
    "подпис*|签字|签名|签署|署名|签核|簽核|簽名|サインオフ" },
  { CS_TOPIC_SIGNOFF, 95,
    "approval*|freigabe*|abnahme*|abzeichnung|genehmigung*|approbation*|firma*|firme|"
    "aprobación*|aprobaciones|aprovação|aprovações|approvazion*|goedkeuring*|"
    "zatwierdzeni*|autorización|autorizaciones|autorização|autorizzazion*|akkoord|"
    "zgoda|zgody|согласован*|утвержден*|согласи*|审批|承認|批准|核准|審批|审核|승인" },
  { CS_TOPIC_SIGNOFF, 90,
    "validation finale" },
  { CS_TOPIC_PREPARE, 80,
    "pre-deploy*|predeploy*|pre deploy*|before deploy*|before you *|pre-flight|"
    "preflight|pre-release|pre-launch|pre-activation|pre-migration|pre-upgrade|"
    "pre-install*|pre-check*|pre-requisite*|prerequisite*|voraussetzung*|"
    "vorbedingung*|vorbereitung*|vorab*|vor dem deployment|vor der bereitstellung|"
    "vor dem release|prérequis|pré-requis|pré-déploiement|avant le déploiement|"
    "avant déploiement|requisitos previos|prerrequisitos|antes del despliegue|"
    "pre-despliegue|predespliegue|previas al despliegue|pré-requisitos|"
    "pré-implantação|antes do deploy*|antes da implantação|prerequisiti|"
    "prima del deploy*|prima del rilascio|vereisten|voorbereiding*|randvoorwaarden|"
    "voor de uitrol|przygotowani*|avant la mise en production|"
    "avant la mise en service|avant de commencer|antes de la puesta en producción|"
    "antes de empezar|antes da publicação|antes do lançamento|antes de começar|"
    "prima della messa in produzione|prima di iniziare|voor de livegang|voorafgaand|"
    "przed wdrożeniem|przed rozpoczęciem|vor dem update|vor der umstellung|"
    "vor der installation|before we start|before the release|подготовк*|"
    "предварительн*|перед релизом|перед развёртыванием|перед деплоем|部署前|发布前|"
    "上线前|前置|事前|前提|部署前檢查|上线准备|準備作業|リリース前|デプロイ前|사전" },
  { CS_TOPIC_PREPARE, 60,
    "pre-production|^preparation*|phase de préparation|étape de préparation|"
    "requisitos|preparación|preparação|preparazione|wymagania|准备|準備|준비" },
  { CS_TOPIC_PREPARE, 25,
    "requirements" },
  { CS_TOPIC_PREPARE, 40,
    "^prepare" },
  { CS_TOPIC_PREPARE, 45,
    "backup*|back up|datensicherung|sicherung*|sauvegarde*|copia de seguridad|"
    "respaldo*|kopia zapasowa|kopie zapasowe|back-up*|*sicherung|cópia de segurança|"
    "copia di sicurezza|резервн*|备份|バックアップ" },
  { CS_TOPIC_PREPARE, 20,
    "checklist*|checkliste*" },
  { CS_TOPIC_MONITOR, 65,
    "monitor*|observab*|hypercare|bake time|überwach*|beobachtung*|surveillance|"
    "supervision|monitoreo|monitorização|monitoramento|monitoraggio|bewaking|"
    "monitorowani*|*überwachung|monitorizaci*|monitorización|nadzór|мониторинг*|"
    "наблюдени*|监控|監視|監控|観測|모니터링" },
  { CS_TOPIC_MONITOR, 60,
    "observation*|metrics|观察" },
  { CS_TOPIC_MONITOR, 58,
    "alert*" },
  { CS_TOPIC_ROLLOUT, 55,
    "rollout*|roll-out*|roll out|ramp-up|phased|feature activation|schrittweise*|"
    "stufenweise*" },
  { CS_TOPIC_ROLLOUT, 58,
    "canary*|déploiement progressif|despliegue gradual|灰度" },
  { CS_TOPIC_ROLLOUT, 50,
    "gradual*" },
  { CS_TOPIC_ROLLOUT, 45,
    "ausrollen" },
  { CS_TOPIC_FOLLOWUP, 48,
    "post-deploy*|postdeploy*|post deploy*|after deploy*|post-release|post-launch|"
    "post-activation|post-migration|post-upgrade|post-install*|cleanup|clean up|"
    "clean-up|nach dem deployment|nach der bereitstellung|abschluss*|aufräum*|"
    "après le déploiement|post-déploiement|nettoyage|después del despliegue|"
    "post-despliegue|posterior al despliegue|posdespliegue|após o deploy*|pós-deploy*|"
    "pós-implantação|dopo il rilascio|na de uitrol|après la mise en production|"
    "après mise en production|post-mise en production|"
    "después de la puesta en producción|após a publicação|após a implantação|"
    "dopo la messa in produzione|dopo il deploy|na de livegang|opschoning|"
    "po wdrożeniu|nach dem update|nach der umstellung|nach dem release|после релиза|"
    "после развёртывания|после деплоя|部署后|发布后|上线后|事後作業|リリース後|"
    "デプロイ後" },
  { CS_TOPIC_FOLLOWUP, 70,
    "follow-up*|follow up*|followup*|post-mortem*|postmortem*|lessons learned|"
    "retrospective|next steps|nacharbeit*|nachbereitung*" },
  { CS_TOPIC_FOLLOWUP, 60,
    "suivi|seguimiento|acompanhamento|nazorg|后续" },
  { CS_TOPIC_REFERENCE, 54,
    "scripts" },
  { CS_TOPIC_VERIFY, 52,
    "success criteria|acceptance*|erfolgskriterien|akzeptanzkriterien|"
    "critères de succès|criterios de éxito|critérios de sucesso" },
  { CS_TOPIC_VERIFY, 50,
    "verif*|validat*|smoke*|health check*|healthcheck*|sanity|verifizier*|"
    "verifikation|validierung|überprüf*|prüf*|kontrolle*|funktionstest*|validation*|"
    "contrôle|contrôles|comprobaci*|pruebas|testes|validação|validación|controllo|"
    "controlli|weryfikacj*|recette|homologação|homologación|verifica|verifiche|"
    "collaudo|*prüfung|*kontrolle|kontrol*|sprawdzeni*|testy|smoke-test*|проверк*|"
    "验证|测试|確認|検証|冒烟|驗證|檢查|動作検証|검증" },
  { CS_TOPIC_VERIFY, 49,
    "check|checks|test|tests|testing|检查|확인" },
  { CS_TOPIC_DEPLOY, 30,
    "deploy*|install*|activation*|execution*|migration*|upgrade*|go-live|cutover|"
    "bereitstell*|inbetriebnahme|einspielen|durchführung|ausführung|auslieferung|"
    "aktualisierung|umstellung|déploiement*|mise en production|mise à jour|exécution|"
    "despliegue*|instalación|actualización|ejecución|implantação|instalação|"
    "atualização|execução|rilascio|distribuzione|aggiornamento|esecuzione|uitrol*|"
    "uitvoering|implementatie|wdrożeni*|mise en service|bascule*|livraison*|"
    "puesta en producción|pase a producción|puesta en marcha|publicação|lançamento|"
    "entrada em produção|messa in produzione|pubblicazione|livegang|ingebruikname|"
    "uitrollen|produktivsetzung|umschaltung|rollout-durchführung|uruchomieni*|"
    "aktualizacj*|*bereitstellung|go live|развёртыван*|деплой*|установк*|релиз*|"
    "выкат*|обновлени*|部署|发布|上线|升级|本番反映|反映手順|デプロイ|リリース|"
    "リリース作業|배포" },
  { CS_TOPIC_DEPLOY, 28,
    "release*|update*|implementation" },
  { CS_TOPIC_DEPLOY, 15,
    "procedure*|steps|schritte|ablauf|étapes|pasos|passos|stappen|kroki|passi|"
    "instrukcja|шаги|作業手順|操作步骤" },
  { CS_TOPIC_REFERENCE, 90,
    "quick reference|command reference|useful commands|nützliche befehle|"
    "befehlsreferenz|commandes utiles|comandos útiles|comandos úteis|comandi utili|"
    "environment variable*|umgebungsvariablen|glossary|glossar|przydatne polecenia|"
    "przydatne komendy|nuttige commando's|полезные команды|常用命令|便利なコマンド" },
  { CS_TOPIC_REFERENCE, 55,
    "support" },
  { CS_TOPIC_REFERENCE, 60,
    "reference*|resources|links" },
  { CS_TOPIC_BLOCKERS, 105,
    "blocker*|showstopper*|blockaden|blockierend*" },
  { CS_TOPIC_RISKS, 105,
    "risk assessment*|risk matrix|^risks|risikobewertung|^risiken|^risques|^riesgos|"
    "^riscos" },
  { CS_TOPIC_CONTACTS, 105,
    "contact*|ansprechpartner*|kontakt*|contatos|contatti|contactos|kontakty|"
    "contactpersonen|ansprechpersonen|контакты|联系人|联系方式|連絡先" },
  { CS_TOPIC_CONTACTS, 50,
    "escalation*|eskalation*" },
  { CS_TOPIC_CONTACTS, 60,
    "on-call" },
  { CS_TOPIC_TIMELINE, 107,
    "timeline*|zeitplan*|calendrier|cronograma" },
  { CS_TOPIC_TIMELINE, 40,
    "planning" },
  { CS_TOPIC_WINDOW, 105,
    "deployment window*|maintenance window*|wartungsfenster|fenêtre de *|ventana de *|"
    "janela de *" },
  { CS_TOPIC_PROSE, 106,
    "summary|overview|introduction|purpose|changelog|change log|change history|"
    "revision history|document history|version history|modified files|files modified|"
    "files changed|quick access|quick links|table of contents|^contents|^toc|"
    "zusammenfassung|überblick|übersicht|einleitung|einführung|inhalt|"
    "inhaltsverzeichnis|änderungshistorie|änderungsverlauf|geänderte dateien|zweck|"
    "en résumé|aperçu|vue d'ensemble|sommaire|table des matières|resumen|"
    "visión general|introducción|índice|resumo|visão geral|introdução|riepilogo|"
    "panoramica|introduzione|samenvatting|overzicht|inleiding|inhoudsopgave|"
    "spis treści|wprowadzenie|^objectif*|^objetivo*|^obiettiv*|^doel|содержание|"
    "введение|概述|简介|目录|概要|目的|はじめに" },
  { CS_TOPIC_PROSE, 70,
    "background|scope" },
};

static void
add_to_bucket (GArray **bucket, const CsHeadingWord *word)
{
  if (*bucket == NULL)
    *bucket = g_array_new (FALSE, FALSE, sizeof (CsHeadingWord));
  g_array_append_vals (*bucket, word, 1);
}

static void
add_word (CsHeadingWords *buckets, const char *words, CsTopic topic, guint8 weight)
{
  CsHeadingWord word = { .topic = topic, .weight = weight };
  g_autofree char *folded = cs_fold_words (words);
  char *p = folded;

  word.whole = *p == '=';
  word.first_only = *p == '^' || word.whole;
  p += word.first_only ? 1 : 0;
  word.open_start = *p == '*';
  p += word.open_start ? 1 : 0;
  word.length = strlen (p);
  word.open_end = p[word.length - 1] == '*';
  word.length -= word.open_end ? 1 : 0;
  word.text = g_strndup (p, word.length);
  word.head = cs_heading_word_head (word.text);
  word.mask = word.length < 4 ? (1u << (8 * word.length)) - 1 : G_MAXUINT32;
  g_assert (word.length > 1);
  buckets->seconds[(guchar) *p][(guchar) p[1] / 32] |= 1u << ((guchar) p[1] % 32);
  add_to_bucket (&buckets->all[(guchar) *p], &word);
  if (word.open_start)
    add_to_bucket (&buckets->inside[(guchar) *p], &word);
}

/**
 * cs_heading_words_get:
 *
 * Returns: (transfer none): all words, made when they are first asked for
 */
const CsHeadingWords *
cs_heading_words_get (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      CsHeadingWords *all = g_new0 (CsHeadingWords, 1);

      for (guint i = 0; i < G_N_ELEMENTS (ROWS); i++)
        {
          g_auto (GStrv) words = g_strsplit (ROWS[i].words, "|", -1);

          for (char **word = words; *word != NULL; word++)
            add_word (all, *word, ROWS[i].topic, ROWS[i].weight);
        }
      g_once_init_leave (&ready, (gsize) all);
    }
  return (const CsHeadingWords *) ready;
}
