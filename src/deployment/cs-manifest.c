/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that a signature is for: those that it releases, and those of the way back. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-deployment-private.h"

#include "cs-digest.h"

#include <string.h>

static gboolean
has_signoffs (CsPhaseState *phase)
{
  return g_list_model_get_n_items (G_LIST_MODEL (phase->signoffs)) > 0;
}

/* By its line, for a signature that was replaced there is held by itself. */
static gboolean
stands_in (CsPhaseState *phase, CsSignoffState *signoff)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->signoffs)); i++)
    {
      g_autoptr (CsSignoffState) line = g_list_model_get_item (G_LIST_MODEL (phase->signoffs), i);

      if (line->signoff == signoff->signoff)
        return TRUE;
    }
  return FALSE;
}

static void
add_commands (CsPhaseState *phase, GPtrArray *commands)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (phase->steps)); i++)
    {
      g_autoptr (CsStepState) step = g_list_model_get_item (G_LIST_MODEL (phase->steps), i);

      for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (step->blocks)); k++)
        {
          g_autoptr (CsBlockState) block = g_list_model_get_item (G_LIST_MODEL (step->blocks), k);

          g_ptr_array_add (commands, g_object_ref (block->block));
        }
    }
}

/**
 * cs_deployment_list_released:
 * @signoff: a sign-off of the deployment
 *
 * The commands that a signature releases: those of the phases on the path behind it, up to and
 * including the next phase that has lines to sign itself. A signature behind the last command
 * releases none: it accepts what happened. One before the first phase releases
 * from there.
 *
 * Returns: (transfer full) (element-type CsBlock): in the order of the path
 */
GPtrArray *
cs_deployment_list_released (CsDeployment *self, CsSignoffState *signoff)
{
  GPtrArray *commands = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean behind = cs_deployment_signoff_is_upfront (self, signoff);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->phases)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->phases), i);

      if (behind)
        add_commands (phase, commands);
      if (behind && has_signoffs (phase))
        break;
      behind = behind || stands_in (phase, signoff);
    }
  return commands;
}

/**
 * cs_deployment_list_rollback:
 *
 * The commands of the runbook's rollback procedures. Each approval is for these as well: who signs
 * the way forward has signed the way back, so that nobody has to be found for it at night.
 *
 * Returns: (transfer full) (element-type CsBlock): in the order of the runbook
 */
GPtrArray *
cs_deployment_list_rollback (CsDeployment *self)
{
  GPtrArray *commands = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (CS_IS_DEPLOYMENT (self), commands);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rollbacks)); i++)
    {
      g_autoptr (CsPhaseState) phase = g_list_model_get_item (G_LIST_MODEL (self->rollbacks), i);

      add_commands (phase, commands);
    }
  return commands;
}

/* Those that are released, and behind them those of the way back. */
static GPtrArray *
list_covered (CsDeployment *self, CsSignoffState *signoff, guint *n_rollback)
{
  GPtrArray *commands = cs_deployment_list_released (self, signoff);
  g_autoptr (GPtrArray) rollback = cs_deployment_list_rollback (self);

  *n_rollback = rollback->len;
  for (guint i = 0; i < rollback->len; i++)
    g_ptr_array_add (commands, g_object_ref (g_ptr_array_index (rollback, i)));
  return commands;
}

/* What would be sent now; empty for a command that lacks a value: it has nothing to be sent. */
static char *
digest_script (CsDeployment *self, CsBlock *block)
{
  g_autoptr (GPtrArray) names = cs_deployment_list_value_names (self, block);
  g_autofree char *text = NULL;
  gboolean whole = TRUE;

  for (guint i = 0; i < names->len; i++)
    whole = whole && cs_deployment_get_value (self, g_ptr_array_index (names, i)) != NULL;
  text = whole ? cs_deployment_dup_command (self, block, NULL) : NULL;
  return text != NULL ? cs_digest_of_data (text, strlen (text)) : g_strdup ("");
}

/* What reads the command, as a statement names it. */
static const char *
name_shell (CsBlock *block)
{
  return cs_block_get_interactive (block) ? CS_RUN_DEFAULT_SHELL " terminal"
                                          : CS_RUN_DEFAULT_SHELL;
}

/* Fills in what the statement is for: commands, scripts, shells, and the digest over them. */
void
cs_deployment_list_manifest (CsDeployment *self, CsSignoffState *signoff, CsStatement *statement)
{
  g_autoptr (GPtrArray) blocks = list_covered (self, signoff, &statement->rollback);
  g_autoptr (GStrvBuilder) commands = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) scripts = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) shells = g_strv_builder_new ();

  for (guint i = 0; i < blocks->len; i++)
    {
      CsBlock *block = g_ptr_array_index (blocks, i);
      g_autofree char *script = digest_script (self, block);

      g_strv_builder_add (commands, cs_block_get_digest (block));
      g_strv_builder_add (scripts, script);
      g_strv_builder_add (shells, name_shell (block));
    }
  statement->commands = g_strv_builder_end (commands);
  statement->scripts = g_strv_builder_end (scripts);
  statement->shells = g_strv_builder_end (shells);
  statement->manifest_digest =
    cs_statement_compute_manifest ((const char *const *) statement->commands);
}

/**
 * cs_deployment_compute_manifest:
 * @signoff: a sign-off of the deployment
 * @statement: what was signed for it
 *
 * Returns: (transfer full): the digest that @statement has if it is for the very commands of the
 *   runbook that it should be for; one made before sign-offs were for the way back is held to the
 *   way forward alone
 */
char *
cs_deployment_compute_manifest (CsDeployment *self,
                                CsSignoffState *signoff,
                                const CsStatement *statement)
{
  guint n_rollback = 0;
  g_autoptr (GPtrArray) blocks = statement->shells != NULL
                                   ? list_covered (self, signoff, &n_rollback)
                                   : cs_deployment_list_released (self, signoff);
  g_autoptr (GPtrArray) digests = g_ptr_array_new ();

  for (guint i = 0; i < blocks->len; i++)
    g_ptr_array_add (digests, (gpointer) cs_block_get_digest (g_ptr_array_index (blocks, i)));
  g_ptr_array_add (digests, NULL);
  return cs_statement_compute_manifest ((const char *const *) digests->pdata);
}
