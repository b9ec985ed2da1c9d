/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of code in a step, and what it is. */

#include "cs-block.h"

#include "cs-digest.h"
#include "cs-model.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (CsBlock, cs_block, G_TYPE_OBJECT)

static void
cs_block_finalize (GObject *object)
{
  CsBlock *self = CS_BLOCK (object);

  g_free (self->id);
  g_free (self->language);
  g_free (self->info);
  g_free (self->text);
  g_free (self->digest);
  g_free (self->target);
  g_free (self->condition);
  g_free (self->inside);
  g_free (self->choice);
  g_free (self->option);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_pointer (&self->attributes, g_hash_table_unref);
  g_ptr_array_unref (self->marks);
  G_OBJECT_CLASS (cs_block_parent_class)->finalize (object);
}

static void
cs_block_class_init (CsBlockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_block_finalize;
}

static void
cs_block_init (CsBlock *self)
{
  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_mark_free);
}

/**
 * cs_block_reason_to_string:
 *
 * Returns: (transfer none): the reason as the JSON has it
 */
const char *
cs_block_reason_to_string (CsBlockReason reason)
{
  static const char *const NAMES[] = {
    [CS_BLOCK_REASON_UNSURE] = "unsure",       [CS_BLOCK_REASON_SHELL] = "shell",
    [CS_BLOCK_REASON_PROMPTS] = "prompts",     [CS_BLOCK_REASON_PROGRAMS] = "programs",
    [CS_BLOCK_REASON_ANNOUNCED] = "announced", [CS_BLOCK_REASON_LANGUAGE] = "language",
    [CS_BLOCK_REASON_OUTPUT] = "output",       [CS_BLOCK_REASON_SETTINGS] = "settings",
    [CS_BLOCK_REASON_FOREIGN] = "foreign",     [CS_BLOCK_REASON_SEEN] = "seen",
    [CS_BLOCK_REASON_NOTE] = "note",           [CS_BLOCK_REASON_LISTING] = "listing",
  };

  return NAMES[reason];
}

/**
 * cs_block_kind_to_string:
 *
 * Returns: (transfer none): the word of the JSON model
 */
const char *
cs_block_kind_to_string (CsBlockKind kind)
{
  static const char *const NAMES[] = { "command", "expected", "file", "sample" };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (NAMES), NULL);
  return NAMES[kind];
}

/**
 * cs_block_get_id:
 *
 * Returns: (transfer none): "2.3.1" for the first block of step 2.3
 */
const char *
cs_block_get_id (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->id;
}

CsBlockKind
cs_block_get_kind (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), CS_BLOCK_SAMPLE);
  return self->kind;
}

/**
 * cs_block_get_reason:
 *
 * Returns: why the importer takes the block for what it is
 */
CsBlockReason
cs_block_get_reason (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), CS_BLOCK_REASON_UNSURE);
  return self->reason;
}

/**
 * cs_block_get_language:
 *
 * Returns: (transfer none): first word of the info string in lower case, empty if there is none
 */
const char *
cs_block_get_language (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->language;
}

/**
 * cs_block_get_text:
 *
 * Returns: (transfer none): the contents; of a command block what would run, without prompts and
 *   lines that belong to an interactive program
 */
const char *
cs_block_get_text (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->text;
}

/**
 * cs_block_get_digest:
 *
 * Makes the SHA-256 of the text when it is first asked for; may be called in any thread.
 *
 * Returns: (transfer none): the digest, in lower-case hexadecimal
 */
const char *
cs_block_get_digest (CsBlock *self)
{
  char *digest;

  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);

  if (g_atomic_pointer_get (&self->digest) == NULL)
    {
      digest = cs_digest_of_data (self->text, strlen (self->text));
      if (!g_atomic_pointer_compare_and_exchange (&self->digest, NULL, digest))
        g_free (digest); /* another thread was faster */
    }
  return g_atomic_pointer_get (&self->digest);
}

/**
 * cs_block_get_line:
 *
 * Returns: line of the opening fence, from 1
 */
guint
cs_block_get_line (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), 0);
  return self->line;
}

/**
 * cs_block_get_end_line:
 *
 * Returns: line of the closing fence
 */
guint
cs_block_get_end_line (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), 0);
  return self->end_line;
}

/**
 * cs_block_get_attribute:
 * @name: "timeout", "target"…
 *
 * Looks up what the author wrote in the info string: `{timeout=120 target=web}`.
 *
 * Returns: (transfer none) (nullable): the value
 */
const char *
cs_block_get_attribute (CsBlock *self, const char *name)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->attributes != NULL ? g_hash_table_lookup (self->attributes, name) : NULL;
}

/**
 * cs_block_get_endless:
 *
 * Returns: whether a command in it runs until it is stopped
 */
gboolean
cs_block_get_endless (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), FALSE);
  return self->endless;
}

/**
 * cs_block_get_interactive:
 *
 * Returns: whether a command in it asks for input
 */
gboolean
cs_block_get_interactive (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), FALSE);
  return self->interactive;
}

/**
 * cs_block_get_destructive:
 *
 * Returns: whether a command in it destroys or stops something
 */
gboolean
cs_block_get_destructive (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), FALSE);
  return self->destructive;
}

/**
 * cs_block_get_marks:
 *
 * Returns: (transfer none) (element-type CsMark): what has to be known before the block is run:
 *   placeholders, secrets, commands that never end, ask, destroy or go elsewhere, expectations
 */
GPtrArray *
cs_block_get_marks (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->marks;
}

/**
 * cs_block_get_condition:
 *
 * Returns: (transfer none) (nullable): the words in which the author leaves it to a person to run
 *   it ("If tests fail:"), or names it among others to choose from ("Option B: by hand")
 */
const char *
cs_block_get_condition (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->condition;
}

/**
 * cs_block_get_choice:
 *
 * Returns: (transfer none) (nullable): the same word for all blocks of which one is enough
 */
const char *
cs_block_get_choice (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->choice;
}

/**
 * cs_block_is_offer:
 *
 * Returns: whether a person may run it or not: that it has not run holds nothing up
 */
gboolean
cs_block_is_offer (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), FALSE);
  return self->condition != NULL && self->choice == NULL;
}

/**
 * cs_block_get_inside:
 *
 * Returns: (transfer none) (nullable): the commands that open what it is typed into (`ssh web`,
 *   `docker exec -it db bash`); %NULL if it is for the shell of the target
 */
const char *
cs_block_get_inside (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->inside;
}

/**
 * cs_block_get_target:
 *
 * Returns: (transfer none) (nullable): where it is to be run, as the author calls it: the host of
 *   the hop that it stands behind, or `{target=web}`
 */
const char *
cs_block_get_target (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  return self->target;
}

/**
 * cs_block_get_n_parts:
 *
 * Returns: of how many parts it consists that are run one by one; 0 if it is run as a whole
 */
guint
cs_block_get_n_parts (CsBlock *self)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), 0);
  return self->parts != NULL ? self->parts->len : 0;
}

/**
 * cs_block_get_part:
 * @index: less than cs_block_get_n_parts()
 *
 * Returns: (transfer none): the part, a block of its own with id, lines and text
 */
CsBlock *
cs_block_get_part (CsBlock *self, guint index)
{
  g_return_val_if_fail (CS_IS_BLOCK (self), NULL);
  g_return_val_if_fail (index < cs_block_get_n_parts (self), NULL);
  return g_ptr_array_index (self->parts, index);
}
