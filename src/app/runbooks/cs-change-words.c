/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between two versions of a runbook, in sentences. */

#define G_LOG_DOMAIN "cs-change-words"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-change-words.h"

/* With a name after the colon. */
static const char *const sentences[][3] = {
  [CS_CHANGE_OF_PHASE] = { N_("Phase added: %s"), N_("Phase removed: %s"),
                           N_("Phase renamed: %s") },
  [CS_CHANGE_OF_STEP] = { N_("Step added: %s"), N_("Step removed: %s"), N_("Step renamed: %s") },
  [CS_CHANGE_OF_COMMAND] = { N_("Command added: %s"), N_("Command removed: %s"),
                             N_("Command changed: %s") },
  [CS_CHANGE_OF_CODE] = { N_("Code block added: %s"), N_("Code block removed: %s"),
                          N_("Code block changed: %s") },
  [CS_CHANGE_OF_CHECK] = { N_("Check added: %s"), N_("Check removed: %s"),
                           N_("Check changed: %s") },
  [CS_CHANGE_OF_SIGNOFF] = { N_("Sign-off added: %s"), N_("Sign-off removed: %s"),
                             N_("Sign-off changed: %s") },
};

/* The first line; more of a command is in the comparison of the lines. */
static char *
shorten (const char *text)
{
  gsize length = strcspn (text, "\n");
  g_autofree char *line = g_strndup (text, length);

  g_strstrip (line);
  return text[length] == '\0' || text[length + 1] == '\0' ? g_steal_pointer (&line)
                                                          : g_strconcat (line, " …", NULL);
}

static char *
name_things (const CsChange *change)
{
  g_autofree char *before = change->before != NULL ? shorten (change->before) : NULL;
  g_autofree char *after = change->after != NULL ? shorten (change->after) : NULL;

  if (before != NULL && after != NULL && !g_str_equal (before, after))
    /* Translators: what was there before, and what is there now */
    return g_strdup_printf (_("%s → %s"), before, after);
  return g_strdup (after != NULL ? after : before);
}

/**
 * cs_change_words_describe:
 * @change: a difference
 *
 * Returns: (transfer full): a sentence about it
 */
char *
cs_change_words_describe (const CsChange *change)
{
  g_autofree char *things = name_things (change);
  guint verb = MIN ((guint) change->kind, 2);
  g_auto (GStrv) parts = NULL;

  if (change->subject == CS_CHANGE_OF_PHASE && change->kind == CS_CHANGE_CHANGED)
    return g_strdup_printf (_("Kind of phase “%s” changed: %s"), change->where, things);
  parts = g_strsplit (_(sentences[change->subject][verb]), "%s", 2);
  return g_strjoinv (things, parts);
}

/**
 * cs_change_words_icon:
 * @change: a difference
 *
 * Returns: (transfer none): the name of a symbolic icon for it
 */
const char *
cs_change_words_icon (const CsChange *change)
{
  switch (change->kind)
    {
    case CS_CHANGE_ADDED:
      return "list-add-symbolic";
    case CS_CHANGE_REMOVED:
      return "list-remove-symbolic";
    case CS_CHANGE_RENAMED:
    case CS_CHANGE_CHANGED:
    default:
      return "document-edit-symbolic";
    }
}
