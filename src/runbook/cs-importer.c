/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fills a runbook from its source. */

#include "cs-importer.h"

#include "cs-block-marks.h"
#include "cs-block-parts.h"
#include "cs-checks.h"
#include "cs-classify.h"
#include "cs-code-facts.h"
#include "cs-diagnostics.h"
#include "cs-environments.h"
#include "cs-estimates.h"
#include "cs-expected-lists.h"
#include "cs-facts.h"
#include "cs-ids.h"
#include "cs-labels.h"
#include "cs-languages.h"
#include "cs-metadata.h"
#include "cs-outline.h"
#include "cs-phase-words.h"
#include "cs-signoffs.h"

#include <string.h>

typedef struct
{
  CsRunbook *runbook;
  CsSource *source;
  CsMarkdown *markdown;
  CsSection *document;
  GPtrArray *blocks;     /* of CsBlock, in document order */
  GPtrArray *checks;     /* of CsCheck */
  GPtrArray *signoffs;   /* of CsSignoff */
  GPtrArray *code_facts; /* of CsFact, found in blocks */
  guint8 *holds;
  CsVariableUses uses;
  guint next_block; /* the first that belongs to no step yet */
  guint next_check;
} Importer;

static gboolean
find_overruled_kind (Importer *self, guint line, CsBlockKind *kind)
{
  const CsOverrule *overrule =
    cs_overrules_find (self->runbook->overrules, CS_OVERRULE_BLOCK, line);

  for (*kind = CS_BLOCK_COMMAND; overrule != NULL && *kind <= CS_BLOCK_SAMPLE; (*kind)++)
    {
      if (strcmp (cs_block_kind_to_string (*kind), overrule->value) == 0)
        return TRUE;
    }
  return FALSE;
}

static CsPhaseKind
overrule_phase_kind (Importer *self, guint line, CsPhaseKind found)
{
  const CsOverrule *overrule =
    cs_overrules_find (self->runbook->overrules, CS_OVERRULE_PHASE, line);

  for (CsPhaseKind kind = CS_PHASE_PREPARE; overrule != NULL && kind <= CS_PHASE_REFERENCE; kind++)
    {
      if (strcmp (cs_phase_kind_to_string (kind), overrule->value) == 0)
        return kind;
    }
  return found;
}

/* Takes out what a person said is no check, or no sign-off. */
static void
drop_overruled (Importer *self)
{
  CsOverrules *overrules = self->runbook->overrules;

  for (guint i = cs_overrules_get_length (overrules) > 0 ? self->checks->len : 0; i > 0; i--)
    {
      CsCheck *check = g_ptr_array_index (self->checks, i - 1);

      if (cs_overrules_find (overrules, CS_OVERRULE_CHECK, check->line) != NULL)
        g_ptr_array_remove_index (self->checks, i - 1);
    }
  for (guint i = cs_overrules_get_length (overrules) > 0 ? self->signoffs->len : 0; i > 0; i--)
    {
      CsSignoff *signoff = g_ptr_array_index (self->signoffs, i - 1);

      if (cs_overrules_find (overrules, CS_OVERRULE_SIGNOFF, signoff->line) == NULL)
        continue;
      for (guint line = signoff->line; (self->holds[line] & CS_HOLDS_SIGNED) != 0; line++)
        self->holds[line] &= (guint8) ~CS_HOLDS_SIGNED;
      g_ptr_array_remove_index (self->signoffs, i - 1);
    }
}

static CsBlock *
make_block (Importer *self, const CsElement *element, const char *heading)
{
  CsBlockKind decided;
  gboolean overruled = find_overruled_kind (self, element->line, &decided);
  g_autoptr (CsClassified) classified =
    cs_classify (element, self->source, self->markdown, &self->uses, heading,
                 overruled ? &decided : NULL);
  CsBlock *block = g_object_new (CS_TYPE_BLOCK, NULL);

  block->kind = classified->kind;
  block->reason = classified->reason;
  block->language = g_steal_pointer (&classified->language);
  block->info = g_strdup (element->info != NULL ? element->info : "");
  block->line = element->line;
  block->end_line = element->end_line;
  cs_block_find_marks (block, classified);
  cs_code_facts_find (block, classified, self->code_facts);
  if (!overruled)
    cs_block_find_parts (block, classified, heading, self->code_facts);
  block->text = g_steal_pointer (&classified->text);
  return block;
}

static gboolean
is_form_language (const char *language)
{
  CsLanguage kind = cs_language_of (language);

  return kind == CS_LANGUAGE_NONE || kind == CS_LANGUAGE_OUTPUT ||
         strcmp (language, "markdown") == 0 || strcmp (language, "md") == 0 ||
         strcmp (language, "yaml") == 0 || strcmp (language, "yml") == 0;
}

static void
mark_lines (Importer *self, guint from, guint to, guint what)
{
  for (guint i = from; i <= to; i++)
    self->holds[i] |= (guint8) what;
}

/* "[ ] Tell the team" or "- [ ] Lint passes" between the commands of a block is nothing that a
 * shell could run. */
static void
mark_boxes (Importer *self, const CsElement *element)
{
  guint line = element->line + 1;

  for (const char *p = element->text; *p != '\0'; line++)
    {
      const char *end = strchrnul (p, '\n'), *start = p + strspn (p, " \t");

      if (end - start > 6 && strchr ("-*+", *start) != NULL && start[1] == ' ')
        start += 2;
      if (end - start > 4 && *start == '[' && strchr (" xX", start[1]) != NULL &&
          start[2] == ']' && start[3] == ' ')
        self->holds[line] |= CS_HOLDS_FORM;
      p = *end == '\n' ? end + 1 : end;
    }
}

static gboolean
holds_signoff_chapter (CsSection *section)
{
  for (guint i = 0; i < section->children->len; i++)
    {
      CsSection *child = g_ptr_array_index (section->children, i);

      if (child->topic == CS_TOPIC_SIGNOFF || holds_signoff_chapter (child))
        return TRUE;
    }
  return FALSE;
}

/* A title ("Release Sign-Off Form") speaks for its whole document only if no chapter does. */
static void
mark_signoff_chapters (Importer *self, CsSection *section)
{
  gboolean title = section == cs_outline_get_title_section (self->document);

  if (section->topic == CS_TOPIC_SIGNOFF && !(title && holds_signoff_chapter (section)))
    {
      mark_lines (self, section->line, section->end_line, CS_HOLDS_SIGNOFF_CHAPTER);
      return;
    }
  for (guint i = 0; i < section->children->len; i++)
    mark_signoff_chapters (self, g_ptr_array_index (section->children, i));
}

/* "Option A: by machine" over a block; NULL for any other heading. */
static char *
dup_option (const char *heading)
{
  CsNumbering numbering;

  if (!cs_heading_may_be_option (heading, strlen (heading)))
    return NULL;
  g_free (cs_heading_clean_title (heading, &numbering));
  return numbering == CS_NUMBERING_OPTION ? cs_heading_strip_markup (heading) : NULL;
}

static void
find_blocks (Importer *self)
{
  const char *heading = NULL;
  g_autofree char *option = NULL;

  for (guint i = 0; i < cs_markdown_get_n_elements (self->markdown); i++)
    {
      const CsElement *element = cs_markdown_get_element (self->markdown, i);
      CsBlock *block;

      if (element->kind == CS_ELEMENT_ITEM && element->ordered)
        self->holds[element->line] |= CS_HOLDS_ORDERED;
      if (element->kind == CS_ELEMENT_HEADING)
        {
          heading = element->text;
          g_free (option);
          option = dup_option (heading);
        }
      if (element->kind != CS_ELEMENT_CODE)
        continue;
      block = make_block (self, element, heading);
      block->option = g_strdup (option);
      g_ptr_array_add (self->blocks, block);
      g_array_append_val (self->runbook->block_lines, block->line);
      self->holds[block->line] |= CS_HOLDS_BLOCK;
      if (block->kind == CS_BLOCK_COMMAND)
        self->holds[block->line] |= CS_HOLDS_COMMAND;
      if (block->kind != CS_BLOCK_COMMAND && block->kind != CS_BLOCK_EXPECTED &&
          is_form_language (block->language))
        mark_lines (self, element->line + (element->fenced ? 1 : 0), element->end_line,
                    CS_HOLDS_FORM);
      else if (cs_language_of (block->language) == CS_LANGUAGE_SHELL)
        mark_boxes (self, element);
    }
}

static void
mark_checks_and_signoffs (Importer *self)
{
  for (guint i = 0; i < self->checks->len; i++)
    self->holds[((CsCheck *) g_ptr_array_index (self->checks, i))->line] |= CS_HOLDS_CHECK;
  for (guint i = 0; i < self->signoffs->len; i++)
    self->holds[((CsSignoff *) g_ptr_array_index (self->signoffs, i))->line] |= CS_HOLDS_SIGNOFF;
}

/* Where a step holds several options, the commands of one are enough. */
static void
join_options (CsStep *step)
{
  guint n = g_list_model_get_n_items (cs_step_get_blocks (step));
  CsBlock *first = NULL;
  gboolean several = FALSE;

  for (guint pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < n && (pass == 0 || several); i++)
        {
          g_autoptr (CsBlock) block = g_list_model_get_item (cs_step_get_blocks (step), i);

          if (block->option == NULL || block->kind != CS_BLOCK_COMMAND)
            continue;
          if (first == NULL)
            first = block;
          several |= strcmp (first->option, block->option) != 0;
          if (pass == 1)
            cs_block_join_choice (block, first->id);
        }
    }
}

/* Gives a step what stands in its lines. Steps come in document order, so do blocks and checks. */
static void
fill_step (Importer *self, CsPhase *phase, CsStep *step)
{
  guint n_blocks = 0, n_checks = 0;

  for (; self->next_block < self->blocks->len; self->next_block++)
    {
      CsBlock *block = g_ptr_array_index (self->blocks, self->next_block);

      if (block->line > step->end_line)
        break;
      if (block->line < step->line)
        continue;
      block->id = cs_id_new (step->id, ".", ++n_blocks);
      cs_block_name_parts (block);
      if (phase->kind == CS_PHASE_ROLLBACK)
        cs_block_drop_way_back (block);
      cs_items_add_to (&step->blocks, CS_TYPE_BLOCK, block);
    }
  join_options (step);
  for (; self->next_check < self->checks->len; self->next_check++)
    {
      CsCheck *check = g_ptr_array_index (self->checks, self->next_check);

      if (check->line > step->end_line)
        break;
      if (check->line < step->line)
        continue;
      check->id = cs_id_new (step->id, ".c", ++n_checks);
      cs_items_add_to (&step->checks, CS_TYPE_CHECK, check);
    }
}

static void
set_signed_lines (Importer *self, CsStep *step)
{
  for (guint line = step->line; line <= step->end_line; line++)
    {
      if ((self->holds[line] & CS_HOLDS_SIGNED) == 0)
        continue;
      if (step->signed_lines == NULL)
        step->signed_lines = g_array_new (FALSE, FALSE, sizeof (guint));
      g_array_append_val (step->signed_lines, line);
    }
}

static gboolean
has_commands (Importer *self, guint from, guint to)
{
  for (guint i = from; i <= to; i++)
    {
      if ((self->holds[i] & CS_HOLDS_COMMAND) != 0)
        return TRUE;
    }
  return FALSE;
}

static void
add_step (Importer *self, CsPhase *phase, CsPlannedPhase *planned, const CsPlannedStep *place)
{
  g_autoptr (CsStep) step = g_object_new (CS_TYPE_STEP, NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (phase->steps));
  guint line = place->line, end_line = place->end_line;
  CsSection *section = place->section;
  CsNumbering numbering;

  step->id = cs_id_new (phase->id, ".", n + 1);
  step->source = cs_source_ref (self->source);
  step->line = line;
  step->end_line = end_line;
  if (section != NULL)
    {
      step->alternative_of = cs_section_facts_dup_alternative_of (section);
      step->environment = cs_section_facts_dup_environment (section, planned->section);
      step->title = g_strdup (section->title);
      step->estimate = cs_estimate_of_title (section->words, has_commands (self, line, end_line));
    }
  else
    {
      g_autofree char *label = cs_label_dup (self->source, line);

      step->title = cs_heading_clean_title (label != NULL ? label : "", &numbering);
      step->environment = cs_environments_dup_named (step->title);
    }
  if (step->estimate < 0)
    step->estimate = cs_estimate_of_lines (self->source, self->markdown, line, end_line);
  fill_step (self, phase, step);
  set_signed_lines (self, step);
  cs_items_add (phase->steps, step);
}

/* What the author says of the phase as a whole: in its title, in its own lines, in remarks inside
 * ("Deployment Window"), in the title of a chapter that holds nothing else. */
static void
estimate_phase (Importer *self, CsPhase *phase, CsPlannedPhase *planned, guint own_end)
{
  gboolean commands = has_commands (self, phase->line, phase->end_line);
  GPtrArray *children = planned->section->children;

  phase->estimate = cs_estimate_of_title (planned->section->words, commands);
  if (phase->estimate < 0)
    phase->estimate = cs_estimate_of_lines (self->source, self->markdown, phase->line, own_end);
  for (guint i = 0; i < children->len && phase->estimate < 0; i++)
    {
      CsSection *child = g_ptr_array_index (children, i);

      if (child->topic == CS_TOPIC_WINDOW)
        phase->estimate =
          cs_estimate_of_lines (self->source, self->markdown, child->line, child->end_line);
    }
  if (phase->estimate < 0 && planned->wrapper != NULL && planned->wrapper->children->len == 1)
    phase->estimate = cs_estimate_of_title (planned->wrapper->words, commands);
}

/* What else the author says of the phase as a whole. */
static void
describe_phase (Importer *self, CsPhase *phase, CsPlannedPhase *planned, guint own_end)
{
  phase->alternative_of = cs_section_facts_dup_alternative_of (planned->section);
  cs_phase_words_find (self->source, self->markdown, phase->line, own_end, &phase->goal,
                       &phase->risk);
  if (phase->risk == NULL)
    phase->risk = g_strdup (cs_section_facts_get_risk (planned->section->words));
  if (!planned->kind_known && phase->kind == planned->kind &&
      has_commands (self, phase->line, phase->end_line))
    cs_diagnostics_take (self->code_facts, phase->line, "unknown-kind", NULL);
}

/* A table of all phases says how risky each is. */
static void
take_risks_of_table (CsRunbook *runbook)
{
  g_autoptr (GHashTable) levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  CsNumbering numbering;

  for (guint i = 0; i < runbook->facts->len; i++)
    {
      CsFact *fact = g_ptr_array_index (runbook->facts, i);

      if (fact->kind == CS_FACT_RISK)
        g_hash_table_replace (levels, cs_heading_clean_title (fact->text, &numbering), fact);
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (runbook->phases)); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (G_LIST_MODEL (runbook->phases), i);
      const char *bracket = strstr (phase->title, " ("); /* "Backup (30 minutes)" */
      g_autofree char *title =
        g_strndup (phase->title, bracket != NULL ? (gsize) (bracket - phase->title)
                                                 : strlen (phase->title));
      CsFact *fact = g_hash_table_lookup (levels, title);

      if (fact != NULL && phase->risk == NULL)
        phase->risk = g_strdup (cs_fact_get_string (fact, "level"));
    }
}

/* Adds up what the steps take; -1 unless each step with something to run says. */
static gint64
sum_of_steps (CsPhase *phase)
{
  gint64 sum = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      if (step->estimate >= 0)
        sum += step->estimate;
      else if (g_list_model_get_n_items (cs_step_get_blocks (step)) > 0)
        return -1;
    }
  return sum > 0 ? sum : -1;
}

/* A chapter that begins with the name of a stage of testing is about that work ("QA Sign-off"),
 * which any deployment may ask for, unless it says that it is for that environment alone. */
static char *
dup_environment (CsSection *section)
{
  char *named = cs_section_facts_dup_environment (section, NULL);

  if (named != NULL || section->environment == NULL || strcmp (section->environment, "qa") == 0 ||
      strcmp (section->environment, "uat") == 0)
    return named;
  return g_strdup (section->environment);
}

static void
add_phase (Importer *self, CsPlannedPhase *planned)
{
  g_autoptr (CsPhase) phase = g_object_new (CS_TYPE_PHASE, NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runbook->phases));
  guint own_end = planned->end_line;
  CsPlannedStep whole = { planned->section, planned->line, planned->end_line };

  phase->id = cs_id_new ("", "", n + 1);
  phase->title = g_strdup (planned->section->title);
  phase->kind = overrule_phase_kind (self, planned->line, planned->kind);
  phase->environment = dup_environment (planned->section);
  phase->source = cs_source_ref (self->source);
  phase->line = planned->line;
  phase->end_line = planned->end_line;
  if (planned->steps->len > 0)
    own_end = MAX (g_array_index (planned->steps, CsPlannedStep, 0).line, 1) - 1;
  estimate_phase (self, phase, planned, own_end);
  describe_phase (self, phase, planned, own_end);
  for (guint i = 0; i < planned->steps->len; i++)
    {
      CsPlannedStep *step = &g_array_index (planned->steps, CsPlannedStep, i);

      add_step (self, phase, planned, step);
    }
  if (planned->steps->len == 0)
    add_step (self, phase, planned, &whole);
  if (phase->estimate < 0)
    phase->estimate = sum_of_steps (phase);
  cs_items_add (self->runbook->phases, phase);
}

static void
add_passage (Importer *self, const char *title, guint line, guint end_line)
{
  CsPassage passage = { g_strdup (title), line, end_line };

  g_array_append_val (self->runbook->passages, passage);
}

/* What lies between the phases is text to read. */
static void
add_passages (Importer *self)
{
  guint line = 1, n_lines = cs_source_get_n_lines (self->source);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->runbook->phases)); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (G_LIST_MODEL (self->runbook->phases), i);

      if (phase->line > line)
        add_passage (self, "", line, phase->line - 1);
      line = phase->end_line + 1;
    }
  if (line <= n_lines)
    add_passage (self, "", line, n_lines);
}

static void
add_signoffs (Importer *self)
{
  GListModel *phases = G_LIST_MODEL (self->runbook->phases);
  guint n_phases = g_list_model_get_n_items (phases), next = 0;

  for (guint i = 0; i < self->signoffs->len; i++)
    {
      CsSignoff *signoff = g_ptr_array_index (self->signoffs, i);

      signoff->id = cs_id_new ("", "s", i + 1);
      for (; next < n_phases; next++)
        {
          g_autoptr (CsPhase) phase = g_list_model_get_item (phases, next);

          if (signoff->line > phase->end_line)
            continue;
          if (signoff->line >= phase->line)
            signoff->phase_id = g_strdup (phase->id);
          break;
        }
      cs_items_add (self->runbook->signoffs, signoff);
    }
}

static void
set_title (Importer *self)
{
  CsSection *section = cs_outline_get_title_section (self->document);

  if (section == NULL && self->document->children->len > 0)
    section = g_ptr_array_index (self->document->children, 0);
  self->runbook->title =
    g_strdup (section != NULL && *section->words != '\0' ? section->words : "Runbook");
  self->runbook->metadata =
    cs_metadata_find (self->source, self->markdown, section != NULL ? section->line : 0);
}

/**
 * cs_importer_fill:
 * @runbook: a runbook with nothing but its source
 *
 * Understands the source: finds phases, steps, blocks, checks, sign-offs and the rest.
 */
void
cs_importer_fill (CsRunbook *runbook)
{
  g_autoptr (GPtrArray) planned = NULL;
  g_autoptr (GArray) choice_lines = g_array_new (FALSE, FALSE, sizeof (guint));
  Importer self = { .runbook = runbook, .source = runbook->source, .uses = { runbook->source } };

  self.markdown = cs_markdown_new (self.source);
  self.document = cs_outline_new (self.markdown, self.source);
  self.holds = g_malloc0 (cs_source_get_n_lines (self.source) + 2);
  self.blocks = g_ptr_array_new_with_free_func (g_object_unref);
  self.code_facts = g_ptr_array_new ();
  find_blocks (&self);
  cs_expected_lists_find (self.source, self.markdown, self.blocks);
  mark_signoff_chapters (&self, self.document);
  self.checks = cs_checks_find (self.source, self.markdown, self.holds, choice_lines);
  self.signoffs = cs_signoffs_find (self.source, self.markdown, self.holds);
  drop_overruled (&self);
  mark_checks_and_signoffs (&self);
  set_title (&self);

  planned = cs_outline_plan (self.document, self.markdown, self.source, self.holds);
  for (guint i = 0; i < planned->len; i++)
    add_phase (&self, g_ptr_array_index (planned, i));
  add_passages (&self);
  add_signoffs (&self);
  runbook->facts = cs_facts_find (self.source, self.markdown, self.document, choice_lines);
  g_ptr_array_extend_and_steal (runbook->facts, self.code_facts);
  take_risks_of_table (runbook);
  cs_diagnostics_add (runbook, self.blocks, cs_markdown_get_unclosed_line (self.markdown));

  g_ptr_array_unref (self.blocks);
  g_ptr_array_unref (self.checks);
  g_ptr_array_unref (self.signoffs);
  cs_variable_uses_clear (&self.uses);
  g_free (self.holds);
  cs_section_free (self.document);
  cs_markdown_free (self.markdown);
}
