/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing that was recognised in a line of a runbook, and why. */

#define G_LOG_DOMAIN "cs-finding"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-diagnostic-words.h"
#include "cs-finding.h"
#include "cs-json.h"
#include "cs-phase-words.h"
#include "cs-short-words.h"

struct _CsFinding
{
  GObject parent_instance;

  guint line;
  const char *icon;
  char *title;
  char *why;
  const char *what;
  char *value;
  CsFindingSeverity severity;
  gboolean overruled;
};

G_DEFINE_FINAL_TYPE (CsFinding, cs_finding, G_TYPE_OBJECT)

typedef struct
{
  CsRunbook *runbook;
  GPtrArray *findings;
} Search;

static const struct
{
  const char *icon;
  const char *title;
} block_words[] = {
  [CS_BLOCK_COMMAND] = { "utilities-terminal-symbolic", N_("Command") },
  [CS_BLOCK_EXPECTED] = { "object-select-symbolic", N_("Expected output") },
  [CS_BLOCK_FILE] = { "text-x-generic-symbolic", N_("File") },
  [CS_BLOCK_SAMPLE] = { "format-text-plaintext-symbolic", N_("Sample") },
};

/* A %s is the place as it is written. */
static const struct
{
  const char *icon;
  const char *title;
  const char *why;
} mark_words[] = {
  [CS_MARK_PLACEHOLDER] = { "insert-text-symbolic", N_("Placeholder"),
                            N_("“%s” has to be filled in before the block can be run.") },
  [CS_MARK_SECRET] = { "dialog-password-symbolic", N_("Secret"),
                       N_("A secret stands here in clear text, where everyone can read it.") },
  [CS_MARK_ENDLESS] = { "media-playlist-repeat-symbolic", N_("Endless"),
                        N_("“%s” runs until it is stopped.") },
  [CS_MARK_INTERACTIVE] = { "input-keyboard-symbolic", N_("Interactive"),
                            N_("“%s” asks for input.") },
  [CS_MARK_DESTRUCTIVE] = { "user-trash-symbolic", N_("Destructive"),
                            N_("“%s” destroys or stops something.") },
  [CS_MARK_HOP] = { "network-server-symbolic", N_("Another computer"),
                    N_("After “%s” the rest runs on another computer.") },
  [CS_MARK_CONDITION] = { "dialog-question-symbolic", N_("Condition"),
                          N_("“%s”: a person decides whether what follows is run.") },
  [CS_MARK_EXPECTATION] = { "object-select-symbolic", N_("Expectation"),
                            N_("The output is held against “%s”.") },
  [CS_MARK_EXAMPLE] = { "insert-text-symbolic", N_("Example"),
                        N_("“%s” looks like an example, and would run as it stands.") },
};

/* Lists of the model that have a line each, by their names in its JSON. */
static const struct
{
  const char *member;
  const char *icon;
  const char *title;
} list_words[] = {
  { "alternatives", "view-dual-symbolic", N_("Alternative") },
  { "blockers", "action-unavailable-symbolic", N_("Blocker") },
  { "choices", "view-list-symbolic", N_("Choice") },
  { "contacts", "contact-new-symbolic", N_("Contact") },
  { "decisions", "dialog-question-symbolic", N_("Decision") },
  { "flags", "preferences-other-symbolic", N_("Feature flag") },
  { "follow_ups", "alarm-symbolic", N_("Follow-up") },
  { "risks", "security-medium-symbolic", N_("Risk") },
  { "rollback_triggers", "edit-undo-symbolic", N_("Rollback trigger") },
  { "rollout_stages", "view-continuous-symbolic", N_("Rollout stage") },
  { "thresholds", "utilities-system-monitor-symbolic", N_("Threshold") },
  { "timeline", "document-open-recent-symbolic", N_("Timeline") },
  { "windows", "x-office-calendar-symbolic", N_("Deployment window") },
};

static CsFinding *
add (Search *search, guint line, const char *icon, const char *title, char *why)
{
  CsFinding *self = g_object_new (CS_TYPE_FINDING, NULL);

  self->line = MAX (line, 1);
  self->icon = icon;
  self->title = g_strdup (title);
  self->why = why != NULL ? cs_short_words (why) : NULL;
  g_free (why);
  g_ptr_array_add (search->findings, self);
  return self;
}

static char *
describe_overrule (const CsOverrule *overrule)
{
  /* Translators: who decided how a line is read, and why */
  return g_strdup_printf (_("Decided by %s: “%s”"),
                          overrule->by != NULL ? overrule->by : _("someone"),
                          overrule->reason != NULL ? overrule->reason : "");
}

/* Lets a finding be overruled, and says so if it was. */
static void
set_decision (Search *search, CsFinding *self, const char *what, const char *value)
{
  const CsOverrule *overrule =
    cs_overrules_find (cs_runbook_get_overrules (search->runbook), what, self->line);

  self->what = what;
  self->value = g_strdup (value);
  self->overruled = overrule != NULL;
  if (overrule == NULL)
    return;
  g_free (self->why);
  self->why = describe_overrule (overrule);
}

/* The importer's own reasons. A %s is the word on the fence. */
static const char *const block_reasons[] = {
  [CS_BLOCK_REASON_UNSURE] = N_("Its lines are not certainly commands, so it is only shown."),
  [CS_BLOCK_REASON_SHELL] = N_("Its fence says “%s”, and its lines read like commands."),
  [CS_BLOCK_REASON_PROMPTS] = N_("Prompts tell its commands from their output."),
  [CS_BLOCK_REASON_PROGRAMS] = N_("Its lines read like commands."),
  [CS_BLOCK_REASON_ANNOUNCED] = N_("The words above it announce what the command should print."),
  [CS_BLOCK_REASON_LANGUAGE] = N_("Its fence says “%s”, which is not run here."),
  [CS_BLOCK_REASON_OUTPUT] = N_("Its fence says “%s”: words to read, nothing to run."),
  [CS_BLOCK_REASON_SETTINGS] = N_("It holds nothing but settings, as the words above it say."),
  [CS_BLOCK_REASON_FOREIGN] = N_("Its lines read like something else than a shell’s."),
  [CS_BLOCK_REASON_SEEN] = N_("The words above it say that this is what was seen."),
  [CS_BLOCK_REASON_NOTE] = N_("It holds comments only, and nothing to run."),
  [CS_BLOCK_REASON_LISTING] = N_("It lists names of programs, and calls none."),
};

static char *
explain_block (CsBlock *block)
{
  g_auto (GStrv) parts = g_strsplit (_(block_reasons[cs_block_get_reason (block)]), "%s", 2);

  return g_strjoinv (cs_block_get_language (block), parts);
}

static void
add_block (Search *search, CsBlock *block)
{
  CsBlockKind kind = cs_block_get_kind (block);
  GPtrArray *marks = cs_block_get_marks (block);
  CsFinding *self = add (search, cs_block_get_line (block), block_words[kind].icon,
                         _(block_words[kind].title), explain_block (block));

  set_decision (search, self, CS_OVERRULE_BLOCK, cs_block_kind_to_string (kind));
  for (guint i = 0; i < marks->len; i++)
    {
      const CsMark *mark = g_ptr_array_index (marks, i);
      g_autofree char *text = g_strstrip (g_strdup (mark->text));
      const char *why = _(mark_words[mark->kind].why);
      g_auto (GStrv) parts = g_strsplit (why, "%s", 2);

      add (search, mark->line, mark_words[mark->kind].icon, _(mark_words[mark->kind].title),
           g_strjoinv (text, parts));
    }
}

static void
add_step (Search *search, CsPhase *phase, CsStep *step)
{
  GListModel *blocks = cs_step_get_blocks (step);
  GListModel *checks = cs_step_get_checks (step);

  if (cs_step_get_line (step) != cs_phase_get_line (phase))
    add (search, cs_step_get_line (step), "go-next-symbolic", _("Step"),
         g_strdup_printf (_("A step of “%s”."), cs_phase_get_title (phase)));
  for (guint i = 0; i < g_list_model_get_n_items (blocks); i++)
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, i);

      add_block (search, block);
    }
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++)
    {
      g_autoptr (CsCheck) check = g_list_model_get_item (checks, i);
      gboolean done = cs_check_get_done (check);
      CsFinding *self =
        add (search, cs_check_get_line (check),
             done ? "checkbox-checked-symbolic" : "checkbox-symbolic", _("Check"),
             g_strdup (_("There is a box before it, so a person has to tick it.")));

      set_decision (search, self, CS_OVERRULE_CHECK, "check");
    }
}

static void
add_phases (Search *search)
{
  GListModel *phases = cs_runbook_get_phases (search->runbook);

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_get_steps (phase);
      const char *kind = cs_phase_kind_to_string (cs_phase_get_kind (phase));
      CsFinding *self = add (search, cs_phase_get_line (phase), "view-list-bullet-symbolic",
                             _("Phase"), NULL);

      self->why = g_strdup_printf (_("By its heading it is of the kind “%s”."),
                                   cs_phase_words_of (cs_phase_get_kind (phase)));
      set_decision (search, self, CS_OVERRULE_PHASE, kind);
      for (guint j = 0; j < g_list_model_get_n_items (steps); j++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (steps, j);

          add_step (search, phase, step);
        }
    }
}

static void
add_signoffs (Search *search)
{
  GListModel *signoffs = cs_runbook_get_signoffs (search->runbook);

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);
      CsFinding *self =
        add (search, cs_signoff_get_line (signoff), "document-edit-symbolic", _("Sign-off"),
             g_strdup_printf (_("There is a blank for “%s” to sign in."),
                              cs_signoff_get_role (signoff)));

      set_decision (search, self, CS_OVERRULE_SIGNOFF, "signoff");
    }
}

/* What a person took away is in the model no more, and can be given back all the same. */
static void
add_taken_away (Search *search)
{
  CsOverrules *overrules = cs_runbook_get_overrules (search->runbook);

  for (guint i = 0; i < cs_overrules_get_length (overrules); i++)
    {
      const CsOverrule *overrule = cs_overrules_get (overrules, i);
      gboolean check = g_str_equal (overrule->what, CS_OVERRULE_CHECK);
      CsFinding *self;

      if (!g_str_equal (overrule->value, "none"))
        continue;
      self = add (search, overrule->line, "edit-clear-symbolic",
                  check ? _("Not a check") : _("Not a sign-off"), NULL);
      set_decision (search, self, check ? CS_OVERRULE_CHECK : CS_OVERRULE_SIGNOFF, "none");
    }
}

/* The words of an item, under whatever name its list has them. */
static const char *
find_words (JsonObject *item)
{
  static const char *const names[] = { "raw", "text", "title", "name", "phase", "key", "role" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      JsonNode *node = json_object_get_member (item, names[i]);

      if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
          json_node_get_value_type (node) == G_TYPE_STRING)
        return json_node_get_string (node);
    }
  return "";
}

static void
add_lists (Search *search, JsonObject *model)
{
  for (guint i = 0; i < G_N_ELEMENTS (list_words); i++)
    {
      JsonArray *items = cs_json_get_array (model, list_words[i].member);

      for (guint j = 0; items != NULL && j < json_array_get_length (items); j++)
        {
          JsonNode *node = json_array_get_element (items, j);
          JsonObject *item = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

          if (item != NULL && cs_json_get_int (item, "line", 0) > 0)
            add (search, (guint) cs_json_get_int (item, "line", 0), list_words[i].icon,
                 _(list_words[i].title), g_strdup (find_words (item)));
        }
    }
}

/* In the language of the window; the model has it in English. */
static char *
word_diagnostic (JsonObject *item)
{
  const char *code = cs_json_get_string (item, "code");
  const char *words = code != NULL ? cs_diagnostic_get_words (code) : NULL;

  if (words == NULL)
    return g_strdup (cs_json_get_string (item, "message"));
  return cs_diagnostic_format (_(words), cs_json_get_string (item, "subject"));
}

/* By severity. */
static const struct
{
  const char *icon;
  const char *title;
} diagnostic_words[] = {
  [CS_FINDING_NOTE] = { "dialog-information-symbolic", N_("Note") },
  [CS_FINDING_WARNING] = { "dialog-warning-symbolic", N_("Warning") },
  [CS_FINDING_ERROR] = { "dialog-error-symbolic", N_("Error") },
};

static CsFindingSeverity
read_severity (const char *severity)
{
  if (g_strcmp0 (severity, "error") == 0)
    return CS_FINDING_ERROR;
  return g_strcmp0 (severity, "warning") == 0 ? CS_FINDING_WARNING : CS_FINDING_NOTE;
}

static void
add_diagnostics (Search *search, JsonObject *model)
{
  JsonArray *items = cs_json_get_array (model, "diagnostics");

  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    {
      JsonObject *item = json_array_get_object_element (items, i);
      CsFindingSeverity severity = read_severity (cs_json_get_string (item, "severity"));
      CsFinding *self = add (search, (guint) MAX (cs_json_get_int (item, "line", 1), 1),
                             diagnostic_words[severity].icon, _(diagnostic_words[severity].title),
                             word_diagnostic (item));

      self->severity = severity;
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const CsFinding *x = *(CsFinding *const *) a;
  const CsFinding *y = *(CsFinding *const *) b;

  return x->line < y->line ? -1 : x->line > y->line;
}

static void
cs_finding_finalize (GObject *object)
{
  CsFinding *self = CS_FINDING (object);

  g_free (self->title);
  g_free (self->why);
  g_free (self->value);
  G_OBJECT_CLASS (cs_finding_parent_class)->finalize (object);
}

static void
cs_finding_class_init (CsFindingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_finding_finalize;
}

static void
cs_finding_init (CsFinding *self)
{
}

/**
 * cs_findings_of_runbook:
 * @runbook: a runbook
 *
 * Returns: (transfer full) (element-type CsFinding): everything that was recognised in it, by line
 */
GPtrArray *
cs_findings_of_runbook (CsRunbook *runbook)
{
  g_autoptr (JsonNode) model = NULL;
  Search search = { runbook, g_ptr_array_new_with_free_func (g_object_unref) };

  g_return_val_if_fail (CS_IS_RUNBOOK (runbook), NULL);

  model = cs_runbook_to_json (runbook);
  add_phases (&search);
  add_signoffs (&search);
  add_taken_away (&search);
  add_lists (&search, json_node_get_object (model));
  add_diagnostics (&search, json_node_get_object (model));
  g_ptr_array_sort (search.findings, compare_lines);
  return search.findings;
}

/** cs_finding_get_line: where it stands, from 1. */
guint
cs_finding_get_line (CsFinding *self)
{
  g_return_val_if_fail (CS_IS_FINDING (self), 1);

  return self->line;
}

/** cs_finding_get_icon: the name of its symbolic icon. */
const char *
cs_finding_get_icon (CsFinding *self)
{
  g_return_val_if_fail (CS_IS_FINDING (self), NULL);

  return self->icon;
}

/** cs_finding_get_title: what the line was taken for. */
const char *
cs_finding_get_title (CsFinding *self)
{
  g_return_val_if_fail (CS_IS_FINDING (self), NULL);

  return self->title;
}

/** cs_finding_get_why: why, in a sentence. */
const char *
cs_finding_get_why (CsFinding *self)
{
  g_return_val_if_fail (CS_IS_FINDING (self), NULL);

  return self->why;
}

/** cs_finding_get_severity: how much it is something that the author should look at. */
CsFindingSeverity
cs_finding_get_severity (CsFinding *self)
{
  g_return_val_if_fail (CS_IS_FINDING (self), CS_FINDING_NO_DIAGNOSTIC);

  return self->severity;
}

/** cs_finding_is_overruled: whether a person decided it. */
gboolean
cs_finding_is_overruled (CsFinding *self)
{
  g_return_val_if_fail (CS_IS_FINDING (self), FALSE);

  return self->overruled;
}

/** cs_finding_get_what: (nullable): what can be overruled here; %NULL if nothing can. */
const char *
cs_finding_get_what (CsFinding *self)
{
  g_return_val_if_fail (CS_IS_FINDING (self), NULL);

  return self->what;
}

/** cs_finding_get_value: (nullable): what it is taken for, as an overruling would say. */
const char *
cs_finding_get_value (CsFinding *self)
{
  g_return_val_if_fail (CS_IS_FINDING (self), NULL);

  return self->value;
}
