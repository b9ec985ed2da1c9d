/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects what a document says beside its steps. */

#include "cs-facts.h"

#include "cs-decision-words.h"
#include "cs-diagnostics.h"
#include "cs-due-words.h"
#include "cs-durations.h"
#include "cs-estimates.h"
#include "cs-labels.h"
#include "cs-thresholds.h"
#include "cs-window-facts.h"
#include "cs-word-folding.h"
#include "cs-word-sieve.h"

#include <string.h>

#define MAX_LINE 1000
/* How long an item may be that says what an observation means. */
#define MAX_OUTCOME 200

typedef struct
{
  CsSource *source;
  CsMarkdown *markdown;
  GPtrArray *facts;
  CsSection *section; /* that the line at hand stands in */
  CsTopic topic;      /* of it or of what it stands in */
  char *label;        /* the last bold label in it, in lower case; NULL if there is none */
  char *label_words;  /* the same as it is written */
  CsTopic label_topic;
  const char *label_severity;   /* how bad the label says it is what is listed; NULL: nothing */
  const char *section_severity; /* the same of the heading */
  gboolean symptoms;            /* the heading speaks of them */
  const char *risk;             /* that the heading speaks of; NULL if it does not */
  gboolean things;              /* under a heading for contacts: files, access, no people */
  gboolean window_told;         /* when the window is was said before: a mention is nothing new */
  gboolean criteria;            /* the chapter lists by what success is known */
  guint criteria_end;           /* the last line of such a chapter; 0: none yet */
  gboolean label_criteria;      /* the label announces that */
  const char *when;             /* until when, as heading or label say; NULL: not asked */
  gint64 when_seconds;          /* the same after the deployment; -1: it does not say */
  gboolean options;             /* the label announces what to choose from */
  CsFact *asked;                /* the decision that the label asks for */
  guint item_line;              /* of the last item of a list; 0: none */
  gboolean item_taken;          /* as what an observation means */
  guint next_element;
} Collector;

static CsFact *
add (Collector *self, CsFactKind kind, guint line, const char *text)
{
  CsFact *fact = cs_fact_new (kind, line, text);

  g_ptr_array_add (self->facts, fact);
  return fact;
}

static CsTopic
topic_of (CsSection *section)
{
  while (section != NULL && section->topic == CS_TOPIC_NONE)
    section = section->parent;
  return section != NULL ? section->topic : CS_TOPIC_NONE;
}

static char *
item_words (const char *text, gsize length)
{
  g_autofree char *line = g_strndup (text, length);
  char *p = line + strspn (line, " \t>");

  if (*p != '\0' && strchr ("-*+", *p) != NULL && p[1] == ' ')
    p += 2;
  else if (g_ascii_isdigit (*p) && p[strspn (p, "0123456789")] != '\0' &&
           strchr (".)", p[strspn (p, "0123456789")]) != NULL)
    p += strspn (p, "0123456789") + 1;
  p += strspn (p, " ");
  if (*p == '[' && p[1] != '\0' && p[2] == ']')
    p += 3 + strspn (p + 3, " ");
  return cs_heading_strip_markup (p);
}

/* "Critical Alerts", "Warnschwellen", "Alarme": how bad it is that a bound listed there is crossed;
 * NULL if the words tell nothing of it. */
static const char *
severity_of_words (const char *lower, gboolean heading)
{
  static const char *const ALERTS[] = { "alerts", "alert threshold", "alert condition", "alarme",
                                        "alarmschwelle", "alertes", "alertas", "allarmi", "告警" };
  static const char *const CRITICAL[] = { "critical", "kritisch", "critique", "crític", "critic",
                                          "严重" };
  static CsWordSieve sieve = CS_WORD_SIEVE (ALERTS);
  gboolean alerts =
    (!heading && strstr (lower, "alert") != NULL) || cs_word_sieve_holds (&sieve, lower);

  if (!heading && strstr (lower, "warning") != NULL)
    return "warning";
  if (!alerts)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (CRITICAL); i++)
    {
      if (strstr (lower, CRITICAL[i]) != NULL)
        return "critical";
    }
  return "warning";
}

static const char *
severity_of (Collector *self, const char *text)
{
  if (cs_section_stands_under (self->section, CS_TOPIC_TRIGGERS) ||
      self->label_topic == CS_TOPIC_TRIGGERS)
    return "rollback";
  if (strstr (text, "(WARNING)") != NULL)
    return "warning";
  if (strstr (text, "(CRITICAL)") != NULL)
    return "critical";
  if (self->label_severity != NULL)
    return self->label_severity;
  if (self->section_severity != NULL)
    return self->section_severity;
  if (g_str_has_prefix (text, "If ") || g_str_has_prefix (text, "Wenn ") ||
      g_str_has_prefix (text, "Symptom") || self->symptoms)
    return "warning";
  return "target";
}

static gboolean
may_hold_bound (const char *text, gsize length, CsBytes bytes)
{
  if ((bytes & (CS_BYTES_LESS | CS_BYTES_GREATER)) != 0)
    return TRUE;
  if ((bytes & CS_BYTES_HIGH) != 0 &&
      (cs_bytes_hold (text, length, "≥") || cs_bytes_hold (text, length, "≤")))
    return TRUE;
  return ((bytes & CS_BYTES_UPPER) != 0 && cs_bytes_hold (text, length, "Zero ")) ||
         cs_bytes_hold (text, length, " consecutive") ||
         ((bytes & CS_BYTES_DIGIT) != 0 && cs_bytes_hold (text, length, "should be 0")) ||
         ((bytes & CS_BYTES_PERCENT) != 0 && cs_bytes_hold (text, length, "%)")) ||
         ((bytes & CS_BYTES_COLON) != 0 && cs_bytes_hold (text, length, "changed: "));
}

/* "Staging tests passed (100%)", "Count unchanged: 70": a bound without a sign. */
static void
take_stated (Collector *self, guint line, const char *words, const char *source)
{
  static const char *const WORDS[] = { "unchanged", "exactly", "unverändert", "genau ",
                                       "inchangé", "exactement", "sin cambios", "exactamente",
                                       "inalterado", "exatamente" };
  static CsWordSieve sieve = CS_WORD_SIEVE (WORDS);
  const char *bracket = strrchr (words, '(');
  g_autofree char *lower = cs_lower_words (words, -1);

  if (bracket != NULL && g_ascii_isdigit (bracket[1]) &&
      strcmp (bracket + 1 + strspn (bracket + 1, "0123456789"), "%)") == 0)
    {
      cs_thresholds_add_equal (words, line, words, bracket, bracket + 1, source, self->facts);
      return;
    }
  if (!cs_word_sieve_holds (&sieve, lower))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      const char *found = strstr (lower, WORDS[i]);
      const char *number = found != NULL ? strpbrk (found, "0123456789") : NULL;

      if (number == NULL || strlen (lower) != strlen (words))
        continue;
      cs_thresholds_add_equal (words, line, words, words + (found - lower),
                               words + (number - lower), source, self->facts);
      return;
    }
}

static void
take_bounds (Collector *self, guint line, const char *words, const char *source)
{
  guint before = self->facts->len;

  if (self->topic == CS_TOPIC_PROSE || self->topic == CS_TOPIC_RISKS ||
      self->topic == CS_TOPIC_CONTACTS ||
      (self->topic == CS_TOPIC_REFERENCE && !g_str_has_prefix (words, "Symptom")))
    return;
  cs_thresholds_find_from (words, line, severity_of (self, words), source, self->facts);
  if (self->facts->len == before && strcmp (source, "text") != 0)
    take_stated (self, line, words, source);
}

static gboolean
collects_items (Collector *self)
{
  return self->risk != NULL || self->options || self->asked != NULL || self->criteria ||
         self->label_criteria ||
         self->label_topic == CS_TOPIC_TRIGGERS || self->label_topic == CS_TOPIC_FOLLOWUP ||
         cs_section_stands_under (self->section, CS_TOPIC_TRIGGERS) ||
         cs_section_stands_under (self->section, CS_TOPIC_FOLLOWUP) ||
         cs_section_stands_under (self->section, CS_TOPIC_CONTACTS);
}

/* Whether two items may say what observations of one thing mean: looked at before anything is
 * copied, for most items are no such. */
static gboolean
may_be_outcomes (const char *first, gsize first_length, const char *second, gsize second_length)
{
  const char *space = memchr (second, ' ', second_length);
  const char *end;

  if (first_length > MAX_OUTCOME || second_length > MAX_OUTCOME || space == NULL ||
      !cs_bytes_hold (second, second_length, ": ") || !cs_bytes_hold (first, first_length, ": "))
    return FALSE;
  end = memchr (space + 1, ' ', second_length - (gsize) (space + 1 - second));
  return end != NULL && (gsize) (end - second) < first_length &&
         memcmp (first, second, (gsize) (end + 1 - second)) == 0;
}

/* "- Errors stopped: SUCCESS", "- Errors continue: roll back": items of a list that say what each
 * of several observations of one thing means. */
static void
take_outcome (Collector *self, guint line, const char *text, gsize length)
{
  gboolean near = self->item_line > 0 && line <= self->item_line + 2;
  gboolean taken = FALSE;
  gsize above_length = 0;
  const char *above =
    near ? cs_source_get_line (self->source, self->item_line, &above_length) : NULL;

  if (near && may_be_outcomes (above, above_length, text, length))
    {
      g_autofree char *first = item_words (above, above_length);
      g_autofree char *second = item_words (text, length);

      taken = cs_decision_is_alternative_outcome (first, second);
      if (taken && !self->item_taken)
        add (self, CS_FACT_DECISION, self->item_line, first);
      if (taken)
        add (self, CS_FACT_DECISION, line, second);
    }
  self->item_taken = taken;
  self->item_line = line;
}

/* What is to be done after the deployment, and not what is to be measured. */
static gboolean
is_follow_up (Collector *self)
{
  CsSection *parent = self->section->parent;

  if (self->topic == CS_TOPIC_FOLLOWUP && parent != NULL && parent->topic == CS_TOPIC_MONITOR)
    return FALSE;
  return self->topic == CS_TOPIC_FOLLOWUP || self->label_topic == CS_TOPIC_FOLLOWUP ||
         cs_section_stands_under (self->section, CS_TOPIC_FOLLOWUP);
}

/* "Logs: `/var/log/app.log`" tells where to look and not whom to ask. */
static gboolean
names_a_thing (const char *text, gsize length)
{
  const char *colon = memchr (text, ':', length);
  const char *end = text + length;

  if (colon == NULL)
    return cs_bytes_hold (text, length, "`/");
  for (colon++; colon < end && strchr (" *_", *colon) != NULL; colon++)
    ;
  return colon < end && (*colon == '`' || *colon == '/');
}

static void
take_contact (Collector *self, guint line, const char *words)
{
  CsFact *fact = add (self, CS_FACT_CONTACT, line, words);

  cs_fact_set_string (fact, "level",
                      self->label_words != NULL ? self->label_words : self->section->words);
}

static gboolean
has_arrow (const char *words)
{
  return strstr (words, "→") != NULL || strstr (words, "->") != NULL ||
         strstr (words, "=>") != NULL || strstr (words, "⇒") != NULL;
}

/* Items of what the heading or the label announces. */
static void
take_announced (Collector *self, guint line, const char *words)
{
  if (self->risk != NULL)
    cs_fact_set_string (add (self, CS_FACT_RISK, line, words), "level", self->risk);
  if (self->options)
    add (self, CS_FACT_ALTERNATIVE, line, words);
  if (self->asked != NULL && has_arrow (words))
    add (self, CS_FACT_DECISION, line, words);
}

/* Whether that is meant which comes after the way back. */
static gboolean
comes_after_rollback (Collector *self)
{
  return cs_section_stands_under (self->section, CS_TOPIC_ROLLBACK) ||
         (self->label != NULL && strstr (self->label, "post-rollback") != NULL);
}

/* By when: what the label says, else the nearest heading that does. */
static void
find_when (Collector *self)
{
  self->when = self->label_words != NULL ? self->label_words : self->section->words;
  self->when_seconds = cs_due_words_find (self->when);
  for (CsSection *section = self->section;
       self->when_seconds < 0 && section != NULL && section->level > 0; section = section->parent)
    {
      self->when_seconds = cs_due_words_find (section->words);
      if (self->when_seconds >= 0)
        self->when = section->words;
    }
}

static void
take_after (Collector *self, CsFactKind kind, guint line, const char *words)
{
  CsFact *fact = add (self, kind, line, words);

  if (self->when == NULL)
    find_when (self);
  cs_fact_set_string (fact, "when", self->when);
  if (self->when_seconds >= 0)
    cs_fact_set_int (fact, "seconds", self->when_seconds);
  if (comes_after_rollback (self))
    cs_fact_set_literal (fact, "after", "rollback");
}

static void
take_item (Collector *self, guint line, const char *words, const char *text, gsize length)
{
  gboolean group = g_str_has_suffix (words, ":");
  gboolean top = *text != ' ' && *text != '\t';

  if ((cs_section_stands_under (self->section, CS_TOPIC_TRIGGERS) ||
       self->label_topic == CS_TOPIC_TRIGGERS) &&
      !group)
    add (self, CS_FACT_TRIGGER, line, words);
  if (top)
    take_announced (self, line, words);
  if (top && is_follow_up (self))
    take_after (self, CS_FACT_FOLLOW_UP, line, words);
  else if (top && !group && (self->criteria || self->label_criteria))
    take_after (self, CS_FACT_CRITERION, line, cs_due_words_skip_signs (words));
  if (cs_section_stands_under (self->section, CS_TOPIC_CONTACTS) && !self->things &&
      !names_a_thing (text, length))
    take_contact (self, line, words);
}

/* Most lines are prose and are not looked at: one that stops a reader begins with a mark, or with
 * one of few words. */
static gboolean
may_be_gate (const char *text, gsize length)
{
  static const char BEGINNINGS[] =
    "Do DO On ON Ne NE Pr Ab AB Ha HA St ST No NO Mu Ni NI Nu NU Er Ke";

  if (length < 4 || length > 300)
    return FALSE;
  if (strchr ("*_>", *text) != NULL || (guchar) *text >= 0x80)
    return TRUE;
  for (const char *p = BEGINNINGS; *p != '\0'; p += p[2] == ' ' ? 3 : 2)
    {
      if (p[0] == text[0] && p[1] == text[1])
        return TRUE;
    }
  return FALSE;
}

/* A line on its own that forbids to go on, or tells when: it answers the label above it. */
static void
take_gate (Collector *self, guint line, const char *text, gsize length)
{
  g_autofree char *words = NULL, *lower = NULL;

  if (!may_be_gate (text, length) ||
      !cs_decision_may_be_gate (cs_source_get_line_bytes (self->source, line)))
    return;
  words = item_words (text, length);
  lower = cs_lower_words (words, -1);
  if (!cs_decision_is_gate (lower) && !cs_decision_is_call_out (text, length))
    return;
  if (self->asked != NULL && self->asked->line + 2 >= line &&
      g_ptr_array_index (self->facts, self->facts->len - 1) == self->asked)
    g_ptr_array_remove_index (self->facts, self->facts->len - 1);
  self->asked = add (self, CS_FACT_DECISION, line, words);
}

/* "Options:", "Alternatives:" over a list */
static gboolean
announces_options (const char *lower)
{
  static const char *const WORDS[] = { "options", "alternatives", "optionen", "alternativen",
                                       "möglichkeiten", "solutions possibles", "opciones",
                                       "alternativas", "opções", "opzioni", "alternative",
                                       "opties", "варианты", "选项", "方案" };
  g_autofree char *plain = g_strndup (lower, strcspn (lower, ":(*"));

  g_strstrip (plain);
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strcmp (plain, WORDS[i]) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
take_label (Collector *self, guint line, char *label)
{
  guint weight;

  g_free (self->label_words);
  self->label_words = cs_heading_strip_markup (label);
  g_free (self->label);
  self->label = cs_lower_words (self->label_words, -1);
  self->label_topic = cs_heading_get_topic (self->label_words, &weight);
  self->when = NULL;
  self->label_severity = severity_of_words (self->label, FALSE);
  self->options = announces_options (self->label);
  self->label_criteria = cs_due_words_announce_criteria (self->label);
  self->asked = NULL;
  if (cs_decision_is_title (self->label))
    self->asked = add (self, CS_FACT_DECISION, line, self->label_words);
}

static const char *
source_of (const char *text, gsize length, gboolean item)
{
  if (item && (cs_bytes_hold (text, length, "[ ]") || cs_bytes_hold (text, length, "[x]")))
    return "checkbox";
  return item ? "list" : "text";
}

static void
take_text (Collector *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);
  CsBytes bytes = cs_source_get_line_bytes (self->source, line);
  gboolean item = cs_markdown_is_item_start (self->markdown, line), bounds;
  g_autofree char *label = NULL, *words = NULL, *key = NULL, *value = NULL;

  if (length == 0 || length > MAX_LINE || self->section == NULL)
    return;
  label = item ? NULL : cs_label_dup (self->source, line);
  if (label != NULL)
    {
      take_label (self, line, label);
      if (self->asked == NULL)
        take_gate (self, line, text, length);
      return;
    }
  bounds = (item && (bytes & CS_BYTES_DIGIT) != 0) || may_hold_bound (text, length, bytes);
  if (bounds || (item && collects_items (self)))
    words = item_words (text, length);
  if (bounds)
    take_bounds (self, line, words, source_of (text, length, item));
  if (item && self->asked == NULL && self->topic != CS_TOPIC_PROSE)
    take_outcome (self, line, text, length);
  if (item && words != NULL)
    take_item (self, line, words, text, length);
  if (item && cs_window_facts_may_name (text, length, bytes))
    {
      g_free (words);
      words = item_words (text, length);
      if (!self->window_told)
        self->window_told = cs_window_facts_find_vague (words, line, self->facts);
    }
  if (!item)
    take_gate (self, line, text, length);
  if ((bytes & CS_BYTES_COLON) == 0 || !cs_label_split (text, length, &key, &value))
    return;
  self->window_told |=
    cs_window_facts_find (key, value, line, self->label, self->topic, self->facts);
  if (cs_estimate_is_unreadable (key, value))
    cs_diagnostics_take (self->facts, line, "unreadable-time", NULL);
  if (g_ascii_strcasecmp (key, "When to use") == 0 &&
      cs_section_stands_under (self->section, CS_TOPIC_ROLLBACK))
    add (self, CS_FACT_TRIGGER, line, value);
  if (self->topic == CS_TOPIC_TIMELINE && !item)
    {
      CsDuration duration;

      if (cs_duration_find (value, &duration, NULL, NULL))
        {
          CsFact *fact = add (self, CS_FACT_TIMELINE, line, value);

          cs_fact_set_string (fact, "phase", key);
          cs_fact_set_int (fact, "seconds", duration.most);
        }
    }
}

/* "FEATURE_X=true": the last assignment of a line is the one that counts. */
static void
take_settings (Collector *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length), *end = text + length;
  const char *flag = NULL, *sign = text;
  CsBytes wanted = CS_BYTES_UPPER | CS_BYTES_EMPHASIS | CS_BYTES_EQUALS;
  CsFact *fact;

  if ((cs_source_get_line_bytes (self->source, line) & wanted) != wanted)
    return;
  for (const char *p = text; (p = cs_bytes_find (p, (gsize) (end - p), "FEATURE_", 8)) != NULL;
       p += 8)
    {
      for (sign = MAX (sign, p);
           sign < end && (g_ascii_isupper (*sign) || g_ascii_isdigit (*sign) || *sign == '_');)
        sign++;
      flag = sign < end && *sign == '=' ? p : flag;
    }
  if (flag == NULL)
    return;
  sign = memchr (flag, '=', (gsize) (end - flag));
  fact = add (self, CS_FACT_FLAG, line, "");
  {
    const char *stop = sign + 1;
    g_autofree char *key = g_strndup (flag, (gsize) (sign - flag)), *value = NULL;

    while (stop < end && strchr (" /'\"`", *stop) == NULL)
      stop++;
    value = g_strndup (sign + 1, (gsize) (stop - sign - 1));
    cs_fact_set_string (fact, "key", key);
    cs_fact_set_string (fact, "value", value);
  }
}

static gboolean
announces_options_in_heading (CsSection *section)
{
  g_autofree char *lower = cs_lower_words (section->title, -1);

  return section->children->len == 0 && announces_options (lower);
}

/* "System Access", "Key Files": what a chapter about contacts lists besides people. */
static gboolean
names_things (CsSection *section)
{
  static const char *const WORDS[] = {
    "access", "file", "log", "command", "link", "resource", "documentation", "dashboard", "system",
    "tool", "url", "reference", "zugang", "zugäng", "datei", "protokoll", "befehl", "dokumentation",
    "werkzeug", "accès", "fichier", "ressource", "outil", "acceso", "archivo", "recurso",
    "acesso", "arquivo", "ferramenta", "文件", "日志", "链接",
  };
  g_autofree char *lower = cs_lower_words (section->title, -1);

  for (guint i = 0; section->topic != CS_TOPIC_CONTACTS && i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strstr (lower, WORDS[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
enter_section (Collector *self, CsSection *section)
{
  g_autofree char *title = cs_lower_words (section->words, -1);

  self->section = section;
  self->section_severity = severity_of_words (title, TRUE);
  self->symptoms = strstr (title, "symptom") != NULL;
  self->topic = topic_of (section);
  self->label_topic = CS_TOPIC_NONE;
  self->label_severity = NULL;
  self->options = announces_options_in_heading (section);
  if (cs_due_words_announce_criteria (title))
    self->criteria_end = MAX (self->criteria_end, section->end_line);
  self->criteria = section->line <= self->criteria_end;
  self->label_criteria = FALSE;
  self->when = NULL;
  self->asked = NULL;
  self->things = cs_section_stands_under (section, CS_TOPIC_CONTACTS) && names_things (section);
  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->label_words, g_free);
  self->item_line = 0;
  self->risk = cs_section_facts_find (section, self->facts);
}

static void
flatten (CsSection *section, GPtrArray *out)
{
  for (guint i = 0; i < section->children->len; i++)
    {
      CsSection *child = g_ptr_array_index (section->children, i);

      g_ptr_array_add (out, child);
      flatten (child, out);
    }
}

static void
take_tables (Collector *self, guint line)
{
  while (self->next_element < cs_markdown_get_n_elements (self->markdown) &&
         cs_markdown_get_element (self->markdown, self->next_element)->line <= line)
    {
      const CsElement *element = cs_markdown_get_element (self->markdown, self->next_element++);

      if (element->kind == CS_ELEMENT_TABLE && self->topic != CS_TOPIC_PROSE &&
          self->topic != CS_TOPIC_REFERENCE)
        cs_table_facts_find (self->source, element, NULL, self->facts);
    }
}

/**
 * cs_facts_find:
 * @document: the outline
 * @choice_lines: (element-type guint): lines with boxes to choose among
 *
 * Collects thresholds, triggers, timelines, contacts and all else that a document says beside its
 * steps.
 *
 * Returns: (transfer full) (element-type CsFact): in document order
 */
GPtrArray *
cs_facts_find (CsSource *source, CsMarkdown *markdown, CsSection *document, GArray *choice_lines)
{
  Collector self = { .source = source, .markdown = markdown };
  g_autoptr (GPtrArray) sections = g_ptr_array_new ();
  guint next_section = 0, next_choice = 0;

  self.facts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_fact_free);
  flatten (document, sections);
  for (guint line = 1; line <= cs_source_get_n_lines (source); line++)
    {
      CsLineKind kind = cs_markdown_get_line_kind (markdown, line);

      while (next_section < sections->len &&
             ((CsSection *) g_ptr_array_index (sections, next_section))->line <= line)
        enter_section (&self, g_ptr_array_index (sections, next_section++));
      take_tables (&self, line);
      for (; next_choice < choice_lines->len &&
             g_array_index (choice_lines, guint, next_choice) == line;
           next_choice++)
        {
          g_autofree char *text = cs_source_dup_line (source, line);

          add (&self, CS_FACT_CHOICE, line, g_strstrip (text));
        }
      if (kind == CS_LINE_TEXT)
        take_text (&self, line);
      if (kind == CS_LINE_TEXT || kind == CS_LINE_CODE)
        take_settings (&self, line);
    }
  g_free (self.label);
  g_free (self.label_words);
  return self.facts;
}
