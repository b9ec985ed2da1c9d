/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects what a document says beside its steps. */

#include "cs-facts.h"

#include "cs-durations.h"
#include "cs-labels.h"
#include "cs-thresholds.h"

#include <string.h>

#define MAX_LINE 1000

typedef struct
{
  CsSource *source;
  CsMarkdown *markdown;
  GPtrArray *facts;
  CsSection *section; /* that the line at hand stands in */
  CsTopic topic;      /* of it or of what it stands in */
  char *label;        /* the last bold label in it, in lower case; NULL if there is none */
  CsTopic label_topic;
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

static gboolean
stands_under (CsSection *section, CsTopic topic)
{
  for (; section != NULL; section = section->parent)
    {
      if (section->topic == topic)
        return TRUE;
    }
  return FALSE;
}

/* "🟢 LOW RISK - Safe to activate" */
static void
add_heading_risk (Collector *self, CsSection *section)
{
  static const char *const LEVELS[] = { "low", "medium", "high", "critical" };
  g_autofree char *lower = g_utf8_strdown (section->words, -1);

  for (guint i = 0; i < G_N_ELEMENTS (LEVELS); i++)
    {
      g_autofree char *words = g_strdup_printf ("%s risk", LEVELS[i]);

      if (strstr (lower, words) != NULL)
        cs_fact_set_string (add (self, CS_FACT_RISK, section->line, section->words), "level",
                            LEVELS[i]);
    }
}

static guint
count_environments (CsSection *parent)
{
  guint n = 0;

  for (guint i = 0; parent != NULL && i < MIN (parent->children->len, 16); i++)
    n += ((CsSection *) g_ptr_array_index (parent->children, i))->environment != NULL ? 1 : 0;
  return n;
}

static gboolean
is_decision (const char *lower)
{
  return strstr (lower, "go/no-go") != NULL || strstr (lower, "go / no-go") != NULL ||
         strstr (lower, "decision") != NULL || strstr (lower, "entscheidung") != NULL ||
         strstr (lower, "décision") != NULL || strstr (lower, "decisión") != NULL ||
         strstr (lower, "successful when") != NULL || strstr (lower, "successful if") != NULL;
}

/* What a heading itself says. */
static void
take_section (Collector *self, CsSection *section)
{
  g_autofree char *lower = g_utf8_strdown (section->words, -1);

  add_heading_risk (self, section);
  if (section->parent != NULL && section->parent->topic == CS_TOPIC_BLOCKERS)
    add (self, CS_FACT_BLOCKER, section->line, section->title);
  if (is_decision (lower))
    add (self, CS_FACT_DECISION, section->line, section->words);
  if (section->numbering == CS_NUMBERING_OPTION)
    add (self, CS_FACT_ALTERNATIVE, section->line, section->words);
  else if (section->environment != NULL && count_environments (section->parent) > 1 &&
           section->level > 1 && section->children->len == 0)
    add (self, CS_FACT_ALTERNATIVE, section->line, section->words);
  if (section->children->len == 0 && section->numbering == CS_NUMBERING_STEP &&
      stands_under (section->parent, CS_TOPIC_ROLLOUT))
    add (self, CS_FACT_STAGE, section->line, section->title);
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

static const char *
severity_of (Collector *self, const char *text)
{
  g_autofree char *title =
    self->section != NULL ? g_utf8_strdown (self->section->words, -1) : g_strdup ("");

  if (stands_under (self->section, CS_TOPIC_TRIGGERS) || self->label_topic == CS_TOPIC_TRIGGERS)
    return "rollback";
  if (strstr (text, "(WARNING)") != NULL ||
      (self->label != NULL && strstr (self->label, "warning") != NULL))
    return "warning";
  if (strstr (text, "(CRITICAL)") != NULL ||
      (self->label != NULL && strstr (self->label, "critical alert") != NULL))
    return "critical";
  if (self->label != NULL && strstr (self->label, "alert") != NULL)
    return "warning";
  if (g_str_has_prefix (text, "If ") || g_str_has_prefix (text, "Wenn ") ||
      strstr (title, "symptom") != NULL)
    return "warning";
  return "target";
}

static gboolean
may_hold_bound (const char *text, gsize length)
{
  return memchr (text, '<', length) != NULL || memchr (text, '>', length) != NULL ||
         memmem (text, length, "≥", strlen ("≥")) != NULL ||
         memmem (text, length, "≤", strlen ("≤")) != NULL ||
         memmem (text, length, "Zero ", 5) != NULL ||
         memmem (text, length, " consecutive", 12) != NULL ||
         memmem (text, length, "should be 0", 11) != NULL;
}

static void
take_bounds (Collector *self, guint line, const char *words)
{
  if (self->topic == CS_TOPIC_PROSE || self->topic == CS_TOPIC_RISKS ||
      self->topic == CS_TOPIC_CONTACTS ||
      (self->topic == CS_TOPIC_REFERENCE && !g_str_has_prefix (words, "Symptom")))
    return;
  cs_thresholds_find (words, line, severity_of (self, words), NULL, self->facts);
}

static gboolean
is_window_label (const char *lower)
{
  static const char *const WORDS[] = { "window", "best time", "best deployment time",
                                       "recommended", "wartungsfenster", "zeitfenster",
                                       "fenêtre", "ventana", "janela",
                                       "finestra", "时间窗口" };

  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    {
      if (strstr (lower, WORDS[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* "Best Time: 2:00 AM - 5:00 AM" under a label or heading about the window, or saying so itself. */
static void
take_window (Collector *self, guint line, const char *key, const char *value)
{
  g_autofree char *lower = g_utf8_strdown (key, -1);
  gboolean under = self->label != NULL && is_window_label (self->label);

  if (*value == '\0' || strstr (lower, "duration") != NULL || strstr (lower, "dauer") != NULL ||
      strstr (lower, "rollback") != NULL || strstr (lower, "downtime") != NULL ||
      strstr (lower, "reason") != NULL)
    return;
  if (self->topic == CS_TOPIC_WINDOW
        ? is_window_label (lower) || under
        : under || (is_window_label (lower) && strstr (lower, "recommended") == NULL))
    add (self, CS_FACT_WINDOW, line, value);
}

static gboolean
collects_items (Collector *self)
{
  return self->label_topic == CS_TOPIC_TRIGGERS || self->label_topic == CS_TOPIC_FOLLOWUP ||
         stands_under (self->section, CS_TOPIC_TRIGGERS) ||
         stands_under (self->section, CS_TOPIC_FOLLOWUP) ||
         stands_under (self->section, CS_TOPIC_CONTACTS);
}

static void
take_item (Collector *self, guint line, const char *words, gboolean top)
{
  gboolean group = g_str_has_suffix (words, ":");

  if ((stands_under (self->section, CS_TOPIC_TRIGGERS) || self->label_topic == CS_TOPIC_TRIGGERS) &&
      !group)
    add (self, CS_FACT_TRIGGER, line, words);
  if (top && (self->topic == CS_TOPIC_FOLLOWUP || self->label_topic == CS_TOPIC_FOLLOWUP ||
              stands_under (self->section, CS_TOPIC_FOLLOWUP)))
    {
      CsFact *fact = add (self, CS_FACT_FOLLOW_UP, line, words);

      cs_fact_set_string (fact, "when", self->label != NULL ? self->label : self->section->words);
    }
  if (stands_under (self->section, CS_TOPIC_CONTACTS) && strchr (words, '`') == NULL)
    {
      CsFact *fact = add (self, CS_FACT_CONTACT, line, words);

      cs_fact_set_string (fact, "level", self->label != NULL ? self->label : self->section->words);
    }
}

static void
take_label (Collector *self, guint line, char *label)
{
  guint weight;
  g_autofree char *words = cs_heading_strip_markup (label);

  g_free (self->label);
  self->label = g_utf8_strdown (words, -1);
  self->label_topic = cs_heading_get_topic (words, &weight);
  if (is_decision (self->label))
    add (self, CS_FACT_DECISION, line, words);
}

static void
take_text (Collector *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length);
  gboolean item = cs_markdown_is_item_start (self->markdown, line);
  g_autofree char *label = NULL, *words = NULL, *key = NULL, *value = NULL;

  if (length == 0 || length > MAX_LINE || self->section == NULL)
    return;
  label = item ? NULL : cs_label_dup (self->source, line);
  if (label != NULL)
    {
      take_label (self, line, label);
      return;
    }
  if (may_hold_bound (text, length) || (item && collects_items (self)))
    words = item_words (text, length);
  if (may_hold_bound (text, length))
    take_bounds (self, line, words);
  if (item && words != NULL)
    take_item (self, line, words, *text != ' ' && *text != '\t');
  if (memchr (text, ':', length) == NULL || !cs_label_split (text, length, &key, &value))
    return;
  take_window (self, line, key, value);
  if (g_ascii_strcasecmp (key, "When to use") == 0 &&
      stands_under (self->section, CS_TOPIC_ROLLBACK))
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

/* "FEATURE_X=true", "# OR": the last assignment of a line is the one that counts. */
static void
take_settings (Collector *self, guint line)
{
  gsize length;
  const char *text = cs_source_get_line (self->source, line, &length), *end = text + length;
  const char *flag = NULL, *sign;
  CsFact *fact;

  if (memmem (text, length, "# O", 3) != NULL &&
      cs_markdown_get_line_kind (self->markdown, line) == CS_LINE_CODE)
    {
      g_autofree char *comment = length < 200 ? item_words (text, length) : g_strdup ("");

      if (g_str_has_prefix (comment, "# OR") || g_str_has_prefix (comment, "# Or ") ||
          g_str_has_prefix (comment, "# ODER"))
        add (self, CS_FACT_ALTERNATIVE, line, comment);
    }
  for (const char *p = text; (p = memmem (p, (gsize) (end - p), "FEATURE_", 8)) != NULL; p += 8)
    {
      for (sign = p;
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

static void
enter_section (Collector *self, CsSection *section)
{
  self->section = section;
  self->topic = topic_of (section);
  self->label_topic = CS_TOPIC_NONE;
  g_clear_pointer (&self->label, g_free);
  take_section (self, section);
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
  return self.facts;
}
