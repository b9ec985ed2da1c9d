/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which chapters are phases, what each phase is for, and what its steps are. */

#include "cs-labels.h"
#include "cs-outline.h"

#include <string.h>

#define MAX_LEVEL 7
#define MAX_SPLITS 200

typedef struct
{
  CsMarkdown *markdown;
  CsSource *source;
  const guint8 *holds; /* CS_HOLDS_… of each line, from 1 */
  guint phase_level;   /* of the headings that count phases, 0 if there are none */
  GPtrArray *phases;   /* of CsPlannedPhase */
} Plan;

static guint
lines_hold (Plan *plan, guint from, guint to, guint what)
{
  guint found = 0;

  for (guint i = from; i <= to; i++)
    found |= plan->holds[i];
  return found & what;
}

static guint
count_holding (Plan *plan, guint from, guint to, guint what)
{
  guint n = 0;

  for (guint i = from; i <= to; i++)
    n += (plan->holds[i] & what) != 0 ? 1 : 0;
  return n;
}

static void
free_phase (gpointer data)
{
  CsPlannedPhase *phase = data;

  g_array_unref (phase->steps);
  g_free (phase);
}

static CsSection *
child_at (CsSection *section, guint index)
{
  return g_ptr_array_index (section->children, index);
}

/* The last line before the first chapter inside. */
static guint
own_end (CsSection *section)
{
  return section->children->len > 0 ? child_at (section, 0)->line - 1 : section->end_line;
}

static gboolean
is_prose_topic (CsTopic topic)
{
  return topic >= CS_TOPIC_PROSE && topic != CS_TOPIC_TRIGGERS;
}

/* What topics a chapter passes on to the phases that it holds. */
static gboolean
dominates (CsTopic topic)
{
  return topic == CS_TOPIC_PREPARE || topic == CS_TOPIC_ROLLBACK || topic == CS_TOPIC_ROLLOUT ||
         topic == CS_TOPIC_REFERENCE || topic == CS_TOPIC_FOLLOWUP || topic == CS_TOPIC_SIGNOFF;
}

static CsTopic
effective_topic (CsSection *section, CsSection *wrapper)
{
  if (section->topic == CS_TOPIC_ROLLBACK || wrapper == NULL)
    return section->topic;
  if (dominates (wrapper->topic) && !is_prose_topic (section->topic))
    return wrapper->topic;
  return section->topic != CS_TOPIC_NONE ? section->topic : wrapper->topic;
}

static CsPhaseKind
kind_of_topic (CsTopic topic)
{
  switch (topic)
    {
    case CS_TOPIC_PREPARE:
    case CS_TOPIC_BLOCKERS:
      return CS_PHASE_PREPARE;
    case CS_TOPIC_VERIFY:
      return CS_PHASE_VERIFY;
    case CS_TOPIC_MONITOR:
      return CS_PHASE_MONITOR;
    case CS_TOPIC_ROLLOUT:
      return CS_PHASE_ROLLOUT;
    case CS_TOPIC_ROLLBACK:
    case CS_TOPIC_TRIGGERS:
      return CS_PHASE_ROLLBACK;
    case CS_TOPIC_FOLLOWUP:
      return CS_PHASE_FOLLOWUP;
    case CS_TOPIC_SIGNOFF:
      return CS_PHASE_SIGNOFF;
    case CS_TOPIC_NONE:
    case CS_TOPIC_DEPLOY:
      return CS_PHASE_DEPLOY;
    default:
      return CS_PHASE_REFERENCE;
    }
}

/* Whether a chapter is something to walk through, and not only to read. */
static gboolean
is_phase (Plan *plan, CsSection *section, CsTopic topic)
{
  guint held = lines_hold (plan, section->line, section->end_line, CS_HOLDS_CONTENT);
  guint content = held & (CS_HOLDS_COMMAND | CS_HOLDS_CHECK | CS_HOLDS_SIGNOFF);

  if (is_prose_topic (topic))
    return content != 0;
  if (topic == CS_TOPIC_NONE || topic == CS_TOPIC_REFERENCE)
    return (held & (CS_HOLDS_BLOCK | CS_HOLDS_ORDERED)) != 0 || content != 0;
  return TRUE;
}

/* Titles of "Deployment Window" and "Trigger Conditions" say something about the phase. */
static gboolean
is_remark (Plan *plan, CsSection *section)
{
  if (!is_prose_topic (section->topic) && section->topic != CS_TOPIC_TRIGGERS)
    return FALSE;
  return lines_hold (plan, section->line, section->end_line,
                     CS_HOLDS_COMMAND | CS_HOLDS_BLOCK | CS_HOLDS_CHECK | CS_HOLDS_SIGNOFF) == 0;
}

static gboolean
is_counted (CsSection *section)
{
  return section->numbering != CS_NUMBERING_NONE && section->numbering != CS_NUMBERING_OPTION &&
         section->numbering != CS_NUMBERING_TIME;
}

/* "Rollback Steps" that holds "1. …", "2. …" is no step itself: its chapters are. */
static gboolean
is_wrapper (Plan *plan, CsSection *section, guint n_siblings)
{
  if (section->children->len == 0 || is_counted (section))
    return FALSE;
  if (lines_hold (plan, section->line, own_end (section), CS_HOLDS_BLOCK | CS_HOLDS_CHECK) != 0)
    return FALSE;
  if (n_siblings == 1)
    return TRUE;
  for (guint i = 0; i < section->children->len; i++)
    {
      if (!is_counted (child_at (section, i)))
        return FALSE;
    }
  return section->children->len > 1;
}

static void
add_step (CsPlannedPhase *phase, CsSection *section, guint line, guint end_line)
{
  CsPlannedStep step = { section, line, MIN (end_line, phase->end_line) };

  if (line <= phase->end_line)
    g_array_append_val (phase->steps, step);
}

/* Where a phase has no headings and no commands inside, bold labels over lists cut it into steps.
 */
static void
add_label_steps (Plan *plan, CsPlannedPhase *phase, guint from, guint to)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint));
  guint label_line = 0;

  if (lines_hold (plan, from, to, CS_HOLDS_BLOCK) != 0)
    return;
  for (guint i = from; i <= to; i++)
    {
      g_autofree char *label = NULL;

      if (cs_markdown_get_line_kind (plan->markdown, i) != CS_LINE_TEXT)
        continue;
      if (label_line != 0 && cs_markdown_is_item_start (plan->markdown, i))
        g_array_append_val (lines, label_line);
      label_line = 0;
      if (cs_markdown_is_item_start (plan->markdown, i))
        continue;
      label = cs_label_dup (plan->source, i);
      if (label != NULL)
        label_line = i;
    }
  for (guint i = 0; lines->len > 1 && i < lines->len; i++)
    {
      guint start = g_array_index (lines, guint, i);
      guint end = i + 1 < lines->len ? g_array_index (lines, guint, i + 1) - 1 : to;

      add_step (phase, NULL, start, end);
    }
}

static gboolean
has_content (Plan *plan, CsSection *section)
{
  return lines_hold (plan, section->line, section->end_line,
                     CS_HOLDS_BLOCK | CS_HOLDS_CHECK | CS_HOLDS_SIGNOFF) != 0;
}

/* A heading whose own contents are labelled lists, and nothing before them. */
static gboolean
is_label_list (Plan *plan, CsSection *section)
{
  for (guint i = section->line + 1; i <= section->end_line; i++)
    {
      g_autofree char *label = NULL;

      if (cs_markdown_get_line_kind (plan->markdown, i) == CS_LINE_BLANK)
        continue;
      label = cs_label_dup (plan->source, i);
      return label != NULL && lines_hold (plan, i, section->end_line, CS_HOLDS_BLOCK) == 0;
    }
  return FALSE;
}

static void
add_child_steps (Plan *plan, CsPlannedPhase *phase, CsSection *section)
{
  gboolean prose = is_prose_topic (phase->section->topic);
  guint n_steps = 0;

  for (guint i = 0; i < section->children->len; i++)
    n_steps += is_remark (plan, child_at (section, i)) ? 0 : 1;
  for (guint i = 0; i < section->children->len; i++)
    {
      CsSection *child = child_at (section, i);

      if (is_remark (plan, child) || (prose && !has_content (plan, child)))
        continue;
      if (is_wrapper (plan, child, n_steps) &&
          (child->topic != CS_TOPIC_ROLLBACK || phase->kind == CS_PHASE_ROLLBACK))
        add_child_steps (plan, phase, child);
      else if (n_steps == 1 && child->children->len == 0 && is_label_list (plan, child))
        add_label_steps (plan, phase, child->line + 1, child->end_line);
      else
        add_step (phase, child, child->line, child->end_line);
    }
}

static void
plan_steps (Plan *plan, CsPlannedPhase *phase, guint own_end_line)
{
  guint held = lines_hold (plan, phase->line, own_end_line,
                           CS_HOLDS_BLOCK | CS_HOLDS_CHECK | CS_HOLDS_SIGNOFF);

  if (own_end_line >= phase->end_line)
    {
      add_label_steps (plan, phase, phase->line + 1, phase->end_line);
      return;
    }
  if (held != 0)
    add_step (phase, phase->section, phase->line, own_end_line);
  add_child_steps (plan, phase, phase->section);
}

/* Lines to sign and nothing to run; a single one also where there is nothing to tick either and the
 * heading is about looking at what was done ("Validation") or about nothing that is known. */
static gboolean
is_for_signing (Plan *plan, CsPlannedPhase *phase)
{
  guint n = count_holding (plan, phase->line, phase->end_line, CS_HOLDS_SIGNOFF);

  if (n == 0 || lines_hold (plan, phase->line, phase->end_line, CS_HOLDS_COMMAND) != 0)
    return FALSE;
  return n > 1 ||
         ((phase->kind == CS_PHASE_VERIFY || !phase->kind_known) &&
          lines_hold (plan, phase->line, phase->end_line, CS_HOLDS_CHECK | CS_HOLDS_BLOCK) == 0);
}

static CsPlannedPhase *
add_phase (Plan *plan, CsSection *section, CsSection *wrapper, CsTopic topic, guint end_line)
{
  CsPlannedPhase *phase = g_new0 (CsPlannedPhase, 1);

  phase->section = section;
  phase->wrapper = wrapper;
  phase->kind = kind_of_topic (topic);
  phase->kind_known = topic != CS_TOPIC_NONE;
  phase->line = section->line;
  phase->end_line = end_line;
  phase->steps = g_array_new (FALSE, FALSE, sizeof (CsPlannedStep));
  if (phase->kind != CS_PHASE_SIGNOFF && is_for_signing (plan, phase))
    phase->kind = CS_PHASE_SIGNOFF;
  g_ptr_array_add (plan->phases, phase);
  plan_steps (plan, phase, MIN (own_end (section), end_line));
  return phase;
}

/* A chapter that only holds phases: its headings count phases, or, where those of other chapters
 * do, a single one is as deep and as rich as they are. */
static gboolean
holds_phases (Plan *plan, CsSection *section)
{
  guint n_rich = 0, n_others = 0;

  if (is_prose_topic (section->topic))
    return FALSE;
  for (guint i = 0; i < section->children->len; i++)
    {
      CsSection *child = child_at (section, i);

      if (child->level != plan->phase_level)
        continue;
      if (child->numbering == CS_NUMBERING_PHASE)
        return TRUE;
      if (child->children->len > 1)
        n_rich++;
      else if (!is_remark (plan, child))
        n_others++;
    }
  return n_rich == 1 && n_others == 0;
}

/* What a chapter says before its first phase; a phase of its own only if there is something to do.
 */
static void
plan_preamble (Plan *plan, CsSection *section)
{
  guint end = own_end (section);

  if (lines_hold (plan, section->line, end, CS_HOLDS_COMMAND | CS_HOLDS_CHECK) != 0)
    add_phase (plan, section, NULL, section->topic, end);
}

static void
plan_chapter (Plan *plan, CsSection *section, CsSection *wrapper)
{
  CsTopic topic = effective_topic (section, wrapper);

  if (wrapper == NULL && plan->phase_level > 0 && holds_phases (plan, section))
    {
      plan_preamble (plan, section);
      for (guint i = 0; i < section->children->len; i++)
        {
          if (!is_remark (plan, child_at (section, i)))
            plan_chapter (plan, child_at (section, i), section);
        }
      return;
    }
  if (is_phase (plan, section, topic))
    add_phase (plan, section, wrapper, topic, section->end_line);
}

/* The level of headings that say "Phase N", below the chapters. */
static void
find_phase_level (Plan *plan, CsSection *section, guint chapter_level)
{
  for (guint i = 0; i < section->children->len && plan->phase_level == 0; i++)
    {
      CsSection *child = child_at (section, i);

      if (is_prose_topic (child->topic) && child->level == chapter_level)
        continue;
      if (child->level > chapter_level && child->numbering == CS_NUMBERING_PHASE)
        plan->phase_level = child->level;
      else
        find_phase_level (plan, child, chapter_level);
    }
}

static void
plan_chapters_of (Plan *plan, CsSection *section, CsSection *title)
{
  for (guint i = 0; i < section->children->len; i++)
    {
      CsSection *child = child_at (section, i);

      if (child != title)
        plan_chapter (plan, child, NULL);
    }
}

/* Whether lines hold anything but blank lines and rules. */
static gboolean
has_words (Plan *plan, guint from, guint to)
{
  for (guint i = from; i <= to; i++)
    {
      CsLineKind kind = cs_markdown_get_line_kind (plan->markdown, i);

      if (kind != CS_LINE_BLANK && kind != CS_LINE_RULE)
        return TRUE;
    }
  return FALSE;
}

static CsPlannedPhase *
copy_part (CsPlannedPhase *whole, guint from, guint to)
{
  CsPlannedPhase *part = g_new0 (CsPlannedPhase, 1);

  *part = *whole;
  part->line = from;
  part->end_line = to;
  part->steps = g_array_new (FALSE, FALSE, sizeof (CsPlannedStep));
  for (guint i = 0; i < whole->steps->len; i++)
    {
      CsPlannedStep step = g_array_index (whole->steps, CsPlannedStep, i);

      step.line = MAX (step.line, from);
      step.end_line = MIN (step.end_line, to);
      if (step.line <= step.end_line)
        g_array_append_val (part->steps, step);
    }
  return part;
}

/* Cuts the way back out of the phase that it stands in: it is not on the path. */
static void
split_rollback (Plan *plan, guint index, CsSection *rollback)
{
  CsPlannedPhase *whole = g_ptr_array_index (plan->phases, index), *after = NULL;
  guint end = MIN (rollback->end_line, whole->end_line);

  if (end < whole->end_line && has_words (plan, end + 1, whole->end_line))
    after = copy_part (whole, end + 1, whole->end_line);
  else
    end = whole->end_line;
  add_phase (plan, rollback, NULL, CS_TOPIC_ROLLBACK, end);
  g_ptr_array_insert (plan->phases, (int) index + 1,
                      g_ptr_array_steal_index (plan->phases, plan->phases->len - 1));
  if (after != NULL)
    g_ptr_array_insert (plan->phases, (int) index + 2, after);
  if (rollback->line > whole->line)
    {
      CsPlannedPhase *before = copy_part (whole, whole->line, rollback->line - 1);

      free_phase (whole);
      plan->phases->pdata[index] = before;
    }
  else
    {
      g_ptr_array_remove_index (plan->phases, index);
    }
}

/* The phase that holds a line. Where none does, because there is only text to read, one is made of
 * nothing but that line's chapter, to be cut. */
static CsPlannedPhase *
find_phase_at (Plan *plan, CsSection *section, guint *index)
{
  guint low = 0, high = plan->phases->len;
  CsPlannedPhase *phase;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      phase = g_ptr_array_index (plan->phases, middle);
      if (section->line > phase->end_line)
        low = middle + 1;
      else
        high = middle;
    }
  *index = low;
  phase = low < plan->phases->len ? g_ptr_array_index (plan->phases, low) : NULL;
  if (phase != NULL && section->line >= phase->line)
    return phase;
  high = phase != NULL ? phase->line - 1 : section->end_line;
  phase = g_new0 (CsPlannedPhase, 1);
  phase->section = section;
  phase->kind = CS_PHASE_REFERENCE;
  phase->line = section->line;
  phase->end_line = MIN (section->end_line, high);
  phase->steps = g_array_new (FALSE, FALSE, sizeof (CsPlannedStep));
  g_ptr_array_insert (plan->phases, (int) *index, phase);
  return phase;
}

/* The chapters about the way back, each in the array of its level. The document's title is asked
 * only where none is. */
static void
collect_rollbacks (CsSection *section, CsSection *title, GPtrArray **levels)
{
  for (guint i = 0; i < section->children->len; i++)
    {
      CsSection *child = child_at (section, i);

      if (child->topic == CS_TOPIC_ROLLBACK && child->weight >= 100 && child != title)
        g_ptr_array_add (levels[MIN (child->level, MAX_LEVEL)], child);
      else
        collect_rollbacks (child, title, levels);
    }
}

/* A document that is about the way back as a whole, by its title: what its chapters tell to do is
 * the way back; where none does, what they say else. */
static void
take_all_for_rollback (Plan *plan, CsSection *title)
{
  static const CsPhaseKind KINDS[] = { CS_PHASE_DEPLOY, CS_PHASE_ROLLOUT, CS_PHASE_FOLLOWUP,
                                       CS_PHASE_MONITOR, CS_PHASE_PREPARE, CS_PHASE_VERIFY };
  gboolean found = FALSE;

  if (plan->phases->len == 0)
    add_phase (plan, title, NULL, CS_TOPIC_ROLLBACK, title->end_line);
  for (guint i = 0; i < G_N_ELEMENTS (KINDS) && !found; i++)
    {
      for (guint j = 0; j < plan->phases->len; j++)
        {
          CsPlannedPhase *phase = g_ptr_array_index (plan->phases, j);

          found |= phase->kind == KINDS[i];
          phase->kind = phase->kind == KINDS[i] ? CS_PHASE_ROLLBACK : phase->kind;
        }
    }
}

/* A document without a phase for the way back may hide it in another: the highest level that has
 * one gives all of its. */
static void
split_hidden_rollbacks (Plan *plan, CsSection *document, CsSection *title)
{
  GPtrArray *levels[MAX_LEVEL + 1];
  gboolean done = FALSE;

  for (guint i = 0; i < plan->phases->len; i++)
    {
      if (((CsPlannedPhase *) g_ptr_array_index (plan->phases, i))->kind == CS_PHASE_ROLLBACK)
        return;
    }
  for (guint level = 0; level <= MAX_LEVEL; level++)
    levels[level] = g_ptr_array_new ();
  collect_rollbacks (document, title, levels);
  for (guint level = 0; level <= MAX_LEVEL; level++)
    {
      for (guint i = 0; !done && i < MIN (levels[level]->len, MAX_SPLITS); i++)
        {
          CsSection *rollback = g_ptr_array_index (levels[level], i);
          guint index;

          find_phase_at (plan, rollback, &index);
          split_rollback (plan, index, rollback);
        }
      done |= levels[level]->len > 0;
      g_ptr_array_unref (levels[level]);
    }
  if (!done && title != NULL && title->topic == CS_TOPIC_ROLLBACK && title->weight >= 100)
    take_all_for_rollback (plan, title);
}

/**
 * cs_outline_plan:
 * @holds: what each line holds, from line 1
 *
 * Decides which chapters are phases and what their steps are.
 *
 * Returns: (transfer full): of #CsPlannedPhase, in document order, disjoint
 */
GPtrArray *
cs_outline_plan (CsSection *document, CsMarkdown *markdown, CsSource *source, const guint8 *holds)
{
  Plan plan = { markdown, source, holds, 0, g_ptr_array_new_with_free_func (free_phase) };
  CsSection *title = cs_outline_get_title_section (document);
  CsSection *holder = title != NULL ? title : document;
  guint chapter_level = 1;

  if (holder->children->len > 0)
    chapter_level = child_at (holder, 0)->level;
  find_phase_level (&plan, document, MAX (chapter_level, 2));
  if (title == NULL)
    {
      plan_preamble (&plan, document);
      plan_chapters_of (&plan, document, NULL);
    }
  else if (title->children->len == 0 && document->children->len == 1)
    {
      add_phase (&plan, title, NULL, title->topic, title->end_line);
    }
  else
    {
      plan_preamble (&plan, title);
      plan_chapters_of (&plan, title, NULL);
      plan_chapters_of (&plan, document, title);
    }
  split_hidden_rollbacks (&plan, document, title);
  return plan.phases;
}
