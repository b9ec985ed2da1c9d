/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What could be typed next, for the shells: one candidate per line, a tab, and what it stands for.
 * It is read off the same usage lines that help prints. A line that is only ":files" asks the shell
 * for names of files. */

#define G_LOG_DOMAIN "countersignctl"

#include "config.h"

#include "ctl-complete.h"

#include "cs-flag.h"
#include "ctl-print.h"

#include <string.h>

#define FILES ":files"

/* Words of a usage line that stand for something that is known by name. */
static const struct
{
  const char *word;
  const char *group; /* NULL: in every group */
  const char *kind;
} names[] = {
  { "ID", "deploy", "deployment" },
  { "ID", "watch", "deployment" },
  { "ID", "evidence", "deployment" },
  { "KEY", "flag", "flag" },
  { "KEY", "rollout", "flag" },
  { "NAME", "target", "target" },
  { "T", NULL, "target" },
  { "E", NULL, "environment" },
  { "ENVIRONMENT", NULL, "environment" },
  { "DIGEST", NULL, "runbook" },
  { "FILE", NULL, "file" },
  { "FOLDER", NULL, "file" },
  { "DIR", NULL, "file" },
  { "RUNBOOK", NULL, "file" },
};

static void
offer (const char *candidate, const char *words, const char *typed)
{
  if (!g_str_has_prefix (candidate, typed))
    return;
  if (words != NULL && *words != '\0')
    ctl_print (stdout, "%s\t%s\n", candidate, words);
  else
    ctl_print (stdout, "%s\n", candidate);
}

static void
offer_groups (const CtlCommand *commands, gsize n_commands, const char *typed)
{
  for (gsize i = 0; i < n_commands; i++)
    if (i == 0 || !g_str_equal (commands[i].group, commands[i - 1].group))
      offer (commands[i].group, NULL, typed);
  offer ("help", NULL, typed);
}

static void
offer_commands (const CtlCommand *commands, gsize n_commands, const char *group, const char *typed)
{
  for (gsize i = 0; i < n_commands; i++)
    if (g_str_equal (commands[i].group, group))
      offer (commands[i].name, commands[i].summary, typed);
}

/* The usage line without what only groups its parts: (element-type utf8). */
static GPtrArray *
split_usage (const char *usage)
{
  g_autofree char *plain = g_strdelimit (g_strdup (usage), "[]()…,;", ' ');
  g_auto (GStrv) words = g_strsplit_set (plain, " ", -1);
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);

  for (char **word = words; *word != NULL; word++)
    {
      gsize length = strlen (*word);

      while (length > 0 && (*word)[length - 1] == '.')
        (*word)[--length] = '\0';
      if (length > 0)
        g_ptr_array_add (parts, g_strdup (*word));
    }
  return parts;
}

static gboolean
is_option (const char *word)
{
  return word[0] == '-' && word[1] != '\0' && !g_str_equal (word, "--");
}

static void
offer_options (GPtrArray *parts, const char *typed)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < parts->len; i++)
    {
      g_auto (GStrv) options = g_strsplit (parts->pdata[i], "|", -1);

      for (char **option = options; *option != NULL; option++)
        if (is_option (*option) && !g_hash_table_contains (seen, *option))
          {
            const char *kept = g_intern_string (*option);

            g_hash_table_add (seen, (gpointer) kept);
            offer (kept, NULL, typed);
          }
    }
}

/* What the usage line puts behind an option; NULL: nothing, or no such option. */
static const char *
find_argument (GPtrArray *parts, const char *option)
{
  for (guint i = 0; i + 1 < parts->len; i++)
    {
      const char *part = parts->pdata[i];
      const char *next = parts->pdata[i + 1];

      if (g_str_equal (part, option) && !is_option (next) && !g_str_equal (next, "|"))
        return next;
    }
  return NULL;
}

/* The words of a usage line that stand before its options. */
static const char *
find_position (GPtrArray *parts, guint position)
{
  guint at = 0;

  for (guint i = 0; i < parts->len && !is_option (parts->pdata[i]); i++)
    if (at++ == position)
      return parts->pdata[i];
  return NULL;
}

static guint
count_positions (GPtrArray *parts, char **words, guint n_words)
{
  guint count = 0;

  for (guint i = 0; i < n_words; i++)
    {
      if (!is_option (words[i]))
        count++;
      else if (strchr (words[i], '=') == NULL && find_argument (parts, words[i]) != NULL)
        i++;
    }
  return count;
}

static gboolean
open_existing (Ctl *ctl)
{
  g_autofree char *directory = ctl_dup_directory (ctl);

  return g_file_test (directory, G_FILE_TEST_IS_DIR) && ctl_open (ctl, NULL);
}

static void
offer_deployments (Ctl *ctl, const char *typed)
{
  GListModel *deployments = cs_workspace_get_deployments (ctl->workspace);

  for (guint i = 0; i < g_list_model_get_n_items (deployments); i++)
    {
      g_autoptr (CsDeployment) deployment = g_list_model_get_item (deployments, i);

      offer (cs_deployment_get_id (deployment), cs_deployment_get_title (deployment), typed);
    }
}

static void
offer_targets (Ctl *ctl, gboolean environments, const char *typed)
{
  GListModel *targets = G_LIST_MODEL (cs_workspace_get_targets (ctl->workspace));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < g_list_model_get_n_items (targets); i++)
    {
      g_autoptr (CsTarget) target = g_list_model_get_item (targets, i);
      g_autofree char *address = cs_target_dup_address (target);
      const char *environment = cs_target_get_environment (target);

      if (!environments)
        offer (cs_target_get_name (target), address, typed);
      else if (environment != NULL && g_hash_table_add (seen, (gpointer) environment))
        offer (environment, NULL, typed);
    }
}

static void
offer_runbooks (Ctl *ctl, const char *typed)
{
  GListModel *library = G_LIST_MODEL (cs_workspace_get_library (ctl->workspace));

  for (guint i = 0; i < g_list_model_get_n_items (library); i++)
    {
      g_autoptr (CsLibraryEntry) entry = g_list_model_get_item (library, i);

      offer (cs_library_entry_get_digest (entry), cs_library_entry_get_title (entry), typed);
    }
}

static void
offer_flags (Ctl *ctl, const char *typed)
{
  g_autoptr (GPtrArray) heads = cs_store_list_heads_sync (cs_workspace_get_store (ctl->workspace),
                                                          CS_FLAG_STREAM_PREFIX, NULL);

  for (guint i = 0; heads != NULL && i < heads->len; i++)
    {
      const CsStreamHead *head = heads->pdata[i];

      offer (head->stream + strlen (CS_FLAG_STREAM_PREFIX), NULL, typed);
    }
}

static void
offer_kind (Ctl *ctl, const char *kind, const char *typed)
{
  if (g_str_equal (kind, "file"))
    ctl_print (stdout, FILES "\n");
  else if (!open_existing (ctl))
    return;
  else if (g_str_equal (kind, "deployment"))
    offer_deployments (ctl, typed);
  else if (g_str_equal (kind, "runbook"))
    offer_runbooks (ctl, typed);
  else if (g_str_equal (kind, "flag"))
    offer_flags (ctl, typed);
  else
    offer_targets (ctl, g_str_equal (kind, "environment"), typed);
}

static gboolean
is_literal (const char *word)
{
  for (const char *c = word; *c != '\0'; c++)
    if (!g_ascii_islower (*c) && *c != '-')
      return FALSE;
  return *word != '\0' && *word != '-';
}

/* A part of a usage line, such as "FILE|DIGEST" or "go|no-go". */
static void
offer_part (Ctl *ctl, const char *group, const char *part, const char *typed)
{
  g_auto (GStrv) choices = g_strsplit (part, "|", -1);

  for (char **choice = choices; *choice != NULL; choice++)
    {
      if (is_literal (*choice))
        offer (*choice, NULL, typed);
      for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_str_equal (names[i].word, *choice) &&
            (names[i].group == NULL || g_str_equal (names[i].group, group)))
          offer_kind (ctl, names[i].kind, typed);
    }
}

/* words: all behind the command's name; the last is the one that is being typed. */
static void
offer_arguments (Ctl *ctl, const CtlCommand *command, char **words)
{
  g_autoptr (GPtrArray) parts = split_usage (command->usage);
  guint n_words = g_strv_length (words);
  const char *typed = words[n_words - 1];
  const char *part = NULL;

  if (n_words > 1 && is_option (words[n_words - 2]))
    part = find_argument (parts, words[n_words - 2]);
  if (part == NULL && *typed == '-')
    offer_options (parts, typed);
  else if (part == NULL)
    part = find_position (parts, count_positions (parts, words, n_words - 1));
  if (part != NULL)
    offer_part (ctl, command->group, part, typed);
}

/**
 * ctl_complete:
 * @commands: (array length=n_commands): all commands, those of a group one after the other
 * @words: the words of the command line up to the cursor, without the program's name; the last,
 *   which may be empty, is the one that is being typed
 *
 * Prints what could stand there. Changes nothing, makes no data directory, complains about nothing.
 *
 * Returns: %CTL_DONE
 */
CtlStatus
ctl_complete (Ctl *ctl, const CtlCommand *commands, gsize n_commands, char **words)
{
  guint n_words = g_strv_length (words);

  if (n_words == 1)
    offer_groups (commands, n_commands, words[0]);
  else if (n_words == 2)
    offer_commands (commands, n_commands, words[0], words[1]);
  for (gsize i = 0; n_words > 2 && i < n_commands; i++)
    if (g_str_equal (commands[i].group, words[0]) && g_str_equal (commands[i].name, words[1]))
      offer_arguments (ctl, &commands[i], words + 2);
  return CTL_DONE;
}
