/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of a runbook's outline: a phase, a step, or what stands in a step. */

#define G_LOG_DOMAIN "cs-outline-item"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-outline-item.h"
#include "cs-phase-words.h"
#include "cs-short-words.h"

struct _CsOutlineItem
{
  GObject parent_instance;

  CsOutlineKind kind;
  char *title;
  const char *icon;
  const char *chip;
  const char *chip_style;
  gint64 estimate;
  guint line;
  GListStore *children;
};

G_DEFINE_FINAL_TYPE (CsOutlineItem, cs_outline_item, G_TYPE_OBJECT)

static const struct
{
  const char *icon;
  const char *empty_title;
} block_words[] = {
  [CS_BLOCK_COMMAND] = { "utilities-terminal-symbolic", N_("Command") },
  [CS_BLOCK_EXPECTED] = { "object-select-symbolic", N_("Expected output") },
  [CS_BLOCK_FILE] = { "text-x-generic-symbolic", N_("File") },
  [CS_BLOCK_SAMPLE] = { "format-text-plaintext-symbolic", N_("Sample") },
};

static CsOutlineItem *
new_item (CsOutlineKind kind, const char *title, const char *icon, guint line)
{
  CsOutlineItem *self = g_object_new (CS_TYPE_OUTLINE_ITEM, NULL);

  self->kind = kind;
  self->title = cs_short_words (title);
  self->icon = icon;
  self->line = line;
  self->estimate = -1;
  return self;
}

static void
add_child (CsOutlineItem *self, CsOutlineItem *child)
{
  if (self->children == NULL)
    self->children = g_list_store_new (CS_TYPE_OUTLINE_ITEM);
  g_list_store_append (self->children, child);
  g_object_unref (child);
}

/* The first line of a block that says something: neither empty nor a comment. */
static char *
dup_first_line (CsBlock *block)
{
  const char *rest = cs_block_get_text (block);

  while (*rest != '\0')
    {
      const char *end = strchrnul (rest, '\n');
      g_autofree char *line = g_strstrip (g_strndup (rest, end - rest));

      if (*line != '\0' && *line != '#')
        return g_steal_pointer (&line);
      rest = *end == '\0' ? end : end + 1;
    }
  return g_strdup (_(block_words[cs_block_get_kind (block)].empty_title));
}

static CsOutlineItem *
new_block (CsBlock *block)
{
  g_autofree char *title = dup_first_line (block);

  return new_item (CS_OUTLINE_BLOCK, title, block_words[cs_block_get_kind (block)].icon,
                   cs_block_get_line (block));
}

static CsOutlineItem *
new_check (CsCheck *check)
{
  return new_item (CS_OUTLINE_CHECK, cs_check_get_text (check),
                   cs_check_get_done (check) ? "checkbox-checked-symbolic" : "checkbox-symbolic",
                   cs_check_get_line (check));
}

/* Blocks and checks come from two lists; the outline has them in the order of the document. */
static void
add_contents (CsOutlineItem *self, CsStep *step)
{
  GListModel *blocks = cs_step_get_blocks (step);
  GListModel *checks = cs_step_get_checks (step);
  guint b = 0, c = 0;

  while (b < g_list_model_get_n_items (blocks) || c < g_list_model_get_n_items (checks))
    {
      g_autoptr (CsBlock) block = g_list_model_get_item (blocks, b);
      g_autoptr (CsCheck) check = g_list_model_get_item (checks, c);

      if (check == NULL || (block != NULL && cs_block_get_line (block) < cs_check_get_line (check)))
        {
          add_child (self, new_block (block));
          b++;
        }
      else
        {
          add_child (self, new_check (check));
          c++;
        }
    }
}

static CsOutlineItem *
new_step (CsStep *step)
{
  CsOutlineItem *self =
    new_item (CS_OUTLINE_STEP, cs_step_get_title (step), NULL, cs_step_get_line (step));

  self->estimate = cs_step_get_estimate (step);
  add_contents (self, step);
  return self;
}

static CsOutlineItem *
new_signoff (CsSignoff *signoff)
{
  return new_item (CS_OUTLINE_SIGNOFF, cs_signoff_get_role (signoff), "document-edit-symbolic",
                   cs_signoff_get_line (signoff));
}

/* Sign-offs that stand in phase_id, or in no phase if that is NULL. */
static void
add_signoffs (CsOutlineItem *self, CsRunbook *runbook, const char *phase_id)
{
  GListModel *signoffs = cs_runbook_get_signoffs (runbook);

  for (guint i = 0; i < g_list_model_get_n_items (signoffs); i++)
    {
      g_autoptr (CsSignoff) signoff = g_list_model_get_item (signoffs, i);

      if (g_strcmp0 (cs_signoff_get_phase_id (signoff), phase_id) == 0)
        add_child (self, new_signoff (signoff));
    }
}

/* A phase without headings of its own is one step, which needs no second line. */
static gboolean
is_whole_phase (CsPhase *phase, CsStep *step)
{
  return g_list_model_get_n_items (cs_phase_get_steps (phase)) == 1 &&
         cs_step_get_line (step) <= cs_phase_get_line (phase);
}

static CsOutlineItem *
new_phase (CsRunbook *runbook, CsPhase *phase)
{
  CsOutlineItem *self =
    new_item (CS_OUTLINE_PHASE, cs_phase_get_title (phase), NULL, cs_phase_get_line (phase));
  GListModel *steps = cs_phase_get_steps (phase);

  self->chip = cs_phase_words_of (cs_phase_get_kind (phase));
  self->chip_style = cs_phase_kind_to_string (cs_phase_get_kind (phase));
  self->estimate = cs_phase_get_estimate (phase);
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++)
    {
      g_autoptr (CsStep) step = g_list_model_get_item (steps, i);

      if (is_whole_phase (phase, step))
        add_contents (self, step);
      else
        add_child (self, new_step (step));
    }
  add_signoffs (self, runbook, cs_phase_get_id (phase));
  return self;
}

static void
cs_outline_item_finalize (GObject *object)
{
  CsOutlineItem *self = CS_OUTLINE_ITEM (object);

  g_free (self->title);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (cs_outline_item_parent_class)->finalize (object);
}

static void
cs_outline_item_class_init (CsOutlineItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_outline_item_finalize;
}

static void
cs_outline_item_init (CsOutlineItem *self)
{
}

/**
 * cs_outline_item_list_for_runbook:
 * @runbook: a runbook
 *
 * Returns: (transfer full): a list of #CsOutlineItem, one a phase, and one for the sign-offs that
 *   stand in none
 */
GListModel *
cs_outline_item_list_for_runbook (CsRunbook *runbook)
{
  GListStore *list = g_list_store_new (CS_TYPE_OUTLINE_ITEM);
  GListModel *phases;
  g_autoptr (CsOutlineItem) rest = NULL;

  g_return_val_if_fail (CS_IS_RUNBOOK (runbook), NULL);

  phases = cs_runbook_get_phases (runbook);
  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      g_autoptr (CsOutlineItem) item = new_phase (runbook, phase);

      g_list_store_append (list, item);
    }
  rest = new_item (CS_OUTLINE_PHASE, _("Signatures"), NULL, 1);
  add_signoffs (rest, runbook, NULL);
  if (rest->children != NULL)
    {
      g_autoptr (CsOutlineItem) first = g_list_model_get_item (G_LIST_MODEL (rest->children), 0);

      rest->line = first->line;
      g_list_store_append (list, rest);
    }
  return G_LIST_MODEL (list);
}

/**
 * cs_outline_item_get_kind:
 * @self: an item
 *
 * Returns: what it stands for
 */
CsOutlineKind
cs_outline_item_get_kind (CsOutlineItem *self)
{
  g_return_val_if_fail (CS_IS_OUTLINE_ITEM (self), CS_OUTLINE_PHASE);

  return self->kind;
}

/**
 * cs_outline_item_get_title:
 * @self: an item
 *
 * Returns: its words
 */
const char *
cs_outline_item_get_title (CsOutlineItem *self)
{
  g_return_val_if_fail (CS_IS_OUTLINE_ITEM (self), NULL);

  return self->title;
}

/**
 * cs_outline_item_get_icon:
 * @self: an item
 *
 * Returns: (nullable): the name of its symbolic icon
 */
const char *
cs_outline_item_get_icon (CsOutlineItem *self)
{
  g_return_val_if_fail (CS_IS_OUTLINE_ITEM (self), NULL);

  return self->icon;
}

/**
 * cs_outline_item_get_chip:
 * @self: an item
 *
 * Returns: (nullable): the word for a phase's kind
 */
const char *
cs_outline_item_get_chip (CsOutlineItem *self)
{
  g_return_val_if_fail (CS_IS_OUTLINE_ITEM (self), NULL);

  return self->chip;
}

/**
 * cs_outline_item_get_chip_style:
 * @self: an item
 *
 * Returns: (nullable): the CSS class that goes with the chip
 */
const char *
cs_outline_item_get_chip_style (CsOutlineItem *self)
{
  g_return_val_if_fail (CS_IS_OUTLINE_ITEM (self), NULL);

  return self->chip_style;
}

/**
 * cs_outline_item_get_estimate:
 * @self: an item
 *
 * Returns: seconds that it should take; -1 if the runbook does not say
 */
gint64
cs_outline_item_get_estimate (CsOutlineItem *self)
{
  g_return_val_if_fail (CS_IS_OUTLINE_ITEM (self), -1);

  return self->estimate;
}

/**
 * cs_outline_item_get_line:
 * @self: an item
 *
 * Returns: its line in the source, from 1
 */
guint
cs_outline_item_get_line (CsOutlineItem *self)
{
  g_return_val_if_fail (CS_IS_OUTLINE_ITEM (self), 1);

  return self->line;
}

/**
 * cs_outline_item_get_children:
 * @self: an item
 *
 * Returns: (nullable) (transfer none): what stands in it
 */
GListModel *
cs_outline_item_get_children (CsOutlineItem *self)
{
  g_return_val_if_fail (CS_IS_OUTLINE_ITEM (self), NULL);

  return self->children != NULL ? G_LIST_MODEL (self->children) : NULL;
}
