/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flag and the stages that a runbook describes. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flag-suggestions.h"

#include "cs-error.h"

#include <string.h>

#define DAY ((gint64) 24 * 3600)

/** Found: what the lines of one stage, or of all of them, set */
typedef struct
{
  const char *list_key; /* NULL: none */
  const char *list;
  const char *everyone_key; /* NULL: none */
  gboolean everyone;
} Found;

static const CsFact *
next_stage (GPtrArray *facts, guint from, guint *index)
{
  for (guint i = from; i < facts->len; i++)
    if (((CsFact *) facts->pdata[i])->kind == CS_FACT_STAGE)
      {
        *index = i;
        return facts->pdata[i];
      }
  return NULL;
}

/* The last line of what holds this line: a step, else a phase. */
static guint
find_end (CsRunbook *runbook, guint line)
{
  GListModel *phases = cs_runbook_get_phases (runbook);
  guint end = G_MAXUINT;

  for (guint i = 0; i < g_list_model_get_n_items (phases); i++)
    {
      g_autoptr (CsPhase) phase = g_list_model_get_item (phases, i);
      GListModel *steps = cs_phase_get_steps (phase);

      if (line < cs_phase_get_line (phase) || line > cs_phase_get_end_line (phase))
        continue;
      end = MIN (end, cs_phase_get_end_line (phase));
      for (guint k = 0; k < g_list_model_get_n_items (steps); k++)
        {
          g_autoptr (CsStep) step = g_list_model_get_item (steps, k);

          if (line >= cs_step_get_line (step) && line <= cs_step_get_end_line (step))
            end = MIN (end, cs_step_get_end_line (step));
        }
    }
  return end;
}

static void
take_flag (Found *found, const char *key, const char *value)
{
  if (g_str_has_suffix (key, "_COMPANIES"))
    {
      found->list_key = key;
      found->list = value;
    }
  else if (g_str_has_suffix (key, "_ENABLED"))
    {
      found->everyone_key = key;
      found->everyone = g_ascii_strcasecmp (value, "true") == 0;
    }
}

static Found
find_flags (GPtrArray *facts, guint from, guint until)
{
  Found found = { NULL };

  for (guint i = 0; i < facts->len; i++)
    {
      const CsFact *fact = facts->pdata[i];
      const char *key = cs_fact_get_string (fact, "key");
      const char *value = cs_fact_get_string (fact, "value");

      if (fact->kind == CS_FACT_FLAG && fact->line >= from && fact->line <= until && key != NULL)
        take_flag (&found, key, value != NULL ? value : "");
    }
  return found;
}

/* "Expanded Rollout (Week 2-3)": two weeks; 0 if it says nothing of the kind. */
static gint64
find_soak (const char *title)
{
  static const struct
  {
    const char *word;
    gint64 seconds;
  } units[] = { { "week", 7 * DAY }, { "woche", 7 * DAY }, { "day", DAY }, { "tag", DAY } };
  g_autofree char *lower = g_utf8_strdown (title, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      const char *p = strstr (lower, units[i].word);
      char *end = NULL;
      guint64 first, last;

      if (p == NULL)
        continue;
      p += strcspn (p, "0123456789()");
      if (!g_ascii_isdigit (*p))
        continue;
      first = last = g_ascii_strtoull (p, &end, 10);
      if (*end == '-' && g_ascii_isdigit (end[1]))
        last = g_ascii_strtoull (end + 1, NULL, 10);
      if (first <= last && last < 1000)
        return (gint64) (last - first + 1) * units[i].seconds;
    }
  return 0;
}

static JsonObject *
make_stage (const CsFact *fact, const Found *found, GError **error)
{
  JsonObject *stage;
  const char *cohort = NULL;

  if (found->list != NULL && *found->list != '\0')
    cohort = found->list;
  else if (found->everyone)
    cohort = "everyone";
  if (cohort == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The stage “%s” in line %u does not say which companies it is for; give the "
                   "stages yourself",
                   fact->text, fact->line);
      return NULL;
    }
  stage = json_object_new ();
  json_object_set_string_member (stage, "title", fact->text);
  json_object_set_string_member (stage, "cohort", cohort);
  json_object_set_int_member (stage, "soak", find_soak (fact->text));
  return stage;
}

/* FEATURE_PHONETIC_MATCHING_ENABLED → phonetic-matching */
static char *
dup_key (const char *variable)
{
  g_autofree char *key = g_ascii_strdown (variable, -1);
  char *name = key + (g_str_has_prefix (key, "feature_") ? strlen ("feature_") : 0);

  if (g_str_has_suffix (name, "_enabled"))
    name[strlen (name) - strlen ("_enabled")] = '\0';
  else if (g_str_has_suffix (name, "_companies"))
    name[strlen (name) - strlen ("_companies")] = '\0';
  return g_strdup (g_strdelimit (name, "_", '-'));
}

static JsonArray *
make_stages (CsRunbook *runbook, GPtrArray *facts, Found *all, GError **error)
{
  g_autoptr (JsonArray) stages = json_array_new ();
  const CsFact *stage;
  guint index = 0;

  for (guint from = 0; (stage = next_stage (facts, from, &index)) != NULL; from = index + 1)
    {
      guint unused;
      const CsFact *next = next_stage (facts, index + 1, &unused);
      guint until = MIN (find_end (runbook, stage->line),
                         next != NULL ? next->line - 1 : G_MAXUINT);
      Found found = find_flags (facts, stage->line, until);
      JsonObject *made = make_stage (stage, &found, error);

      if (made == NULL)
        return NULL;
      json_array_add_object_element (stages, made);
      all->list_key = found.list_key != NULL ? found.list_key : all->list_key;
      all->everyone_key = found.everyone_key != NULL ? found.everyone_key : all->everyone_key;
    }
  if (json_array_get_length (stages) > 0)
    return g_steal_pointer (&stages);
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "The runbook describes no stages of a rollout");
  return NULL;
}

/**
 * cs_flag_suggestions_find:
 * @runbook: that may describe a rollout
 *
 * Each stage is for whom the settings in its lines say: the companies that a variable `…_COMPANIES`
 * lists, or everyone where `…_ENABLED` is true and lists nobody. It soaks for the weeks or days
 * that its title names.
 *
 * Returns: (transfer full): a definition; %NULL with %CS_ERROR_NOT_FOUND or %CS_ERROR_INVALID
 */
JsonObject *
cs_flag_suggestions_find (CsRunbook *runbook, GError **error)
{
  Found all = { NULL };
  JsonArray *stages = make_stages (runbook, cs_runbook_get_facts (runbook), &all, error);
  g_autoptr (JsonObject) definition = NULL;
  JsonObject *provider;
  g_autofree char *key = NULL;

  if (stages == NULL)
    return NULL;
  definition = json_object_new ();
  json_object_set_array_member (definition, "stages", stages);
  if (all.list_key == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The runbook names no variable that lists companies");
      return NULL;
    }
  provider = json_object_new ();
  json_object_set_string_member (provider, "kind", "dotenv");
  json_object_set_string_member (provider, "companies", all.list_key);
  if (all.everyone_key != NULL)
    json_object_set_string_member (provider, "everyone", all.everyone_key);
  json_object_set_object_member (definition, "provider", provider);
  key = dup_key (all.everyone_key != NULL ? all.everyone_key : all.list_key);
  json_object_set_string_member (definition, "key", key);
  json_object_set_string_member (definition, "description", cs_runbook_get_title (runbook));
  return g_steal_pointer (&definition);
}
