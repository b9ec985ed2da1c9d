/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the records of a flag to its state. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-flag-private.h"

#include "cs-decree.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"

#include <stdlib.h>
#include <string.h>

typedef gboolean (*Fold) (CsFlag *self, CsRecord *record);

static const char *const acts[] = { "promote", "back", "kill", "adopt", "restore" };

/** cs_flag_act_to_string: (transfer none): the word for it. */
const char *
cs_flag_act_to_string (CsFlagAct act)
{
  return acts[act];
}

/** cs_flag_act_from_string: whether @word is one of them. */
gboolean
cs_flag_act_from_string (const char *word, CsFlagAct *act)
{
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    if (g_strcmp0 (acts[i], word) == 0)
      {
        *act = (CsFlagAct) i;
        return TRUE;
      }
  return FALSE;
}

/** cs_flag_change_free: frees a change. */
void
cs_flag_change_free (CsFlagChange *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->stage);
  g_free (self->from);
  g_free (self->to);
  g_free (self->plan);
  g_free (self->reason);
  g_free (self->by);
  g_free (self);
}

/** cs_flag_ballot_free: frees a ballot. */
void
cs_flag_ballot_free (CsFlagBallot *self)
{
  g_free (self->plan);
  g_free (self->by);
  g_free (self->role);
  g_strfreev (self->roles);
  g_free (self->comment);
  g_free (self);
}

/** cs_flag_override_free: frees an override. */
void
cs_flag_override_free (CsFlagOverride *self)
{
  g_free (self->plan);
  g_free (self->by);
  g_strfreev (self->roles);
  g_strfreev (self->gates);
  g_free (self->reason);
  g_free (self);
}

/** cs_flag_former_free: frees it. */
void
cs_flag_former_free (CsFlagFormer *self)
{
  g_free (self->stage);
  g_free (self->state);
  g_free (self);
}

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static char **
read_strings (JsonArray *array)
{
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_strv_builder_add (strings, json_node_get_string (node));
    }
  return g_strv_builder_end (strings);
}

static guint
get_number (const char *id)
{
  return *id == 's' ? (guint) strtoul (id + 1, NULL, 10) : 0;
}

static gboolean
define_stages (CsFlag *self, JsonArray *array, GError **error)
{
  g_autoptr (GPtrArray) stages = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_stage_free);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      CsStage *stage = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        stage = cs_stage_new_from_json (json_node_get_object (node), error);
      else
        g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A stage is an object");
      if (stage == NULL)
        return FALSE;
      g_ptr_array_add (stages, stage);
      if (stage->id == NULL)
        stage->id = g_strdup_printf ("s%u", ++self->last_stage);
      self->last_stage = MAX (self->last_stage, get_number (stage->id));
      if (!g_hash_table_add (ids, stage->id))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "The stage %s is there twice", stage->id);
          return FALSE;
        }
    }
  g_ptr_array_unref (self->stages);
  self->stages = g_steal_pointer (&stages);
  return TRUE;
}

/* Takes what a definition says; what it does not say stays. */
gboolean
cs_flag_define (CsFlag *self, JsonObject *definition, GError **error)
{
  JsonObject *provider = cs_json_get_object (definition, "provider");
  JsonArray *stages = cs_json_get_array (definition, "stages");
  const struct
  {
    const char *member;
    char **text;
  } texts[] = {
    { "description", &self->description },
    { "owner", &self->owner },
    { "environment", &self->environment },
  };

  if (stages != NULL && !define_stages (self, stages, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (cs_json_get_string (definition, texts[i].member) != NULL)
      set_text (texts[i].text, cs_json_get_string (definition, texts[i].member));
  if (provider == NULL)
    return TRUE;
  g_clear_pointer (&self->provider, json_object_unref);
  self->provider = json_object_ref (provider);
  return TRUE;
}

static gboolean
fold_definition (CsFlag *self, CsRecord *record)
{
  return cs_flag_define (self, cs_record_get_body (record), NULL);
}

static gboolean
fold_pinned (CsFlag *self, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);

  g_strfreev (self->pinned_in);
  g_strfreev (self->pinned_out);
  self->pinned_in = read_strings (cs_json_get_array (body, "in"));
  self->pinned_out = read_strings (cs_json_get_array (body, "out"));
  self->pins.in = (const char *const *) self->pinned_in;
  self->pins.out = (const char *const *) self->pinned_out;
  return TRUE;
}

/* Who decided it, if the signature counts and the key was theirs. */
static CsDecree *
open_decree (CsFlag *self, CsRecord *record, char ***roles)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDecree) decree =
    cs_decree_open (cs_record_get_body (record), self->stream, cs_record_get_kind (record),
                    cs_record_get_previous (record), &error);
  CsPerson *person = decree != NULL ? cs_people_lookup (self->people, decree->by) : NULL;

  if (person == NULL ||
      !cs_person_check_key (person, decree->key, cs_record_get_at (record), &error))
    return NULL;
  *roles = cs_person_list_roles (person, cs_record_get_at (record));
  return g_steal_pointer (&decree);
}

static gboolean
fold_signed (CsFlag *self, CsRecord *record)
{
  char **roles = NULL;
  g_autoptr (CsDecree) decree = open_decree (self, record, &roles);
  CsFlagBallot *ballot;

  if (decree == NULL || cs_json_get_string (decree->content, "plan") == NULL)
    {
      g_strfreev (roles);
      return FALSE;
    }
  ballot = g_new0 (CsFlagBallot, 1);
  ballot->n = cs_record_get_n (record);
  ballot->plan = g_strdup (cs_json_get_string (decree->content, "plan"));
  ballot->by = g_strdup (decree->by);
  ballot->role = g_strdup (cs_json_get_string (decree->content, "role"));
  ballot->roles = roles;
  ballot->approve = cs_json_get_boolean (decree->content, "approve");
  ballot->comment = g_strdup (cs_json_get_string (decree->content, "comment"));
  ballot->at = cs_record_get_at (record);
  /* What someone signed later about the same takes the place of the earlier. */
  for (guint i = self->ballots->len; i > 0; i--)
    {
      const CsFlagBallot *other = self->ballots->pdata[i - 1];

      if (strcmp (other->by, ballot->by) == 0 && strcmp (other->plan, ballot->plan) == 0)
        g_ptr_array_remove_index (self->ballots, i - 1);
    }
  g_ptr_array_add (self->ballots, ballot);
  cs_flag_heed_ballot (self, ballot);
  return TRUE;
}

static gboolean
fold_overridden (CsFlag *self, CsRecord *record)
{
  char **roles = NULL;
  g_autoptr (CsDecree) decree = open_decree (self, record, &roles);
  CsFlagOverride *override;

  if (decree == NULL || cs_json_get_string (decree->content, "plan") == NULL)
    {
      g_strfreev (roles);
      return FALSE;
    }
  override = g_new0 (CsFlagOverride, 1);
  override->plan = g_strdup (cs_json_get_string (decree->content, "plan"));
  override->by = g_strdup (decree->by);
  override->roles = roles;
  override->gates = read_strings (cs_json_get_array (decree->content, "gates"));
  override->reason = g_strdup (cs_json_get_string (decree->content, "reason"));
  override->at = cs_record_get_at (record);
  g_ptr_array_add (self->overrides, override);
  return TRUE;
}

static gboolean
fold_begun (CsFlag *self, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  JsonObject *from = cs_json_get_object (body, "from");
  JsonObject *to = cs_json_get_object (body, "to");
  g_autofree CsFlagChange *change = g_new0 (CsFlagChange, 1);

  if (self->change != NULL || from == NULL || to == NULL ||
      !cs_flag_act_from_string (cs_json_get_string (body, "act"), &change->act) ||
      cs_json_get_string (body, "change") == NULL || cs_json_get_string (to, "digest") == NULL)
    return FALSE;
  change->id = g_strdup (cs_json_get_string (body, "change"));
  change->stage = g_strdup (cs_json_get_string (body, "stage"));
  change->from = g_strdup (cs_json_get_string (from, "digest"));
  change->to = g_strdup (cs_json_get_string (to, "digest"));
  change->n_from = (guint) cs_json_get_int (from, "count", 0);
  change->n_to = (guint) cs_json_get_int (to, "count", 0);
  change->plan = g_strdup (cs_json_get_string (body, "plan"));
  change->reason = g_strdup (cs_json_get_string (body, "reason"));
  change->by = g_strdup (cs_record_get_actor (record));
  change->at = cs_record_get_at (record);
  self->change = g_steal_pointer (&change);
  return TRUE;
}

static void
remember_former (CsFlag *self)
{
  CsFlagFormer *former = g_new0 (CsFlagFormer, 1);

  former->stage = g_strdup (self->stage);
  former->state = g_strdup (self->members);
  former->n = self->n_members;
  g_ptr_array_add (self->formers, former);
}

static gboolean
is_of_change (CsFlag *self, CsRecord *record)
{
  return self->change != NULL &&
         g_strcmp0 (cs_json_get_string (cs_record_get_body (record), "change"),
                    self->change->id) == 0;
}

static gboolean
fold_applied (CsFlag *self, CsRecord *record)
{
  CsFlagChange *change = self->change;
  gboolean moves;

  if (!is_of_change (self, record))
    return FALSE;
  moves = g_strcmp0 (self->stage, change->stage) != 0;
  if (change->act == CS_FLAG_PROMOTE && moves)
    remember_former (self);
  else if (change->act == CS_FLAG_BACK && self->formers->len > 0)
    g_ptr_array_remove_index (self->formers, self->formers->len - 1);
  else if (change->act == CS_FLAG_KILL)
    g_ptr_array_set_size (self->formers, 0);
  set_text (&self->stage, change->stage);
  set_text (&self->members, change->to);
  self->n_members = change->n_to;
  if (moves)
    self->since = cs_record_get_at (record);
  set_text (&self->trouble, NULL);
  set_text (&self->drift, NULL);
  set_text (&self->drift_state, NULL);
  g_ptr_array_add (self->changes, g_steal_pointer (&self->change));
  return TRUE;
}

static gboolean
fold_undone (CsFlag *self, CsRecord *record)
{
  if (!is_of_change (self, record))
    return FALSE;
  g_clear_pointer (&self->change, cs_flag_change_free);
  return TRUE;
}

static gboolean
fold_failed (CsFlag *self, CsRecord *record)
{
  if (!is_of_change (self, record))
    return FALSE;
  set_text (&self->trouble, cs_json_get_string (cs_record_get_body (record), "problem"));
  g_clear_pointer (&self->change, cs_flag_change_free);
  return TRUE;
}

static gboolean
fold_drift_found (CsFlag *self, CsRecord *record)
{
  JsonObject *body = cs_record_get_body (record);
  JsonObject *found = cs_json_get_object (body, "found");

  set_text (&self->drift, cs_json_get_string (body, "words"));
  set_text (&self->drift_state, found != NULL ? cs_json_get_string (found, "digest") : NULL);
  return self->drift != NULL;
}

static gboolean
fold_drift_gone (CsFlag *self, CsRecord *record)
{
  set_text (&self->drift, NULL);
  set_text (&self->drift_state, NULL);
  set_text (&self->trouble, NULL);
  return TRUE;
}

static const struct
{
  const char *kind;
  Fold fold;
} kinds[] = {
  { "flag-added", fold_definition },
  { "flag-changed", fold_definition },
  { "flag-pinned", fold_pinned },
  { "rollout-signed", fold_signed },
  { "rollout-overridden", fold_overridden },
  { "change-begun", fold_begun },
  { "change-applied", fold_applied },
  { "change-undone", fold_undone },
  { "change-failed", fold_failed },
  { "drift-found", fold_drift_found },
  { "drift-gone", fold_drift_gone },
  { "promotion-scheduled", cs_flag_fold_scheduled },
  { "promotion-unscheduled", cs_flag_fold_unscheduled },
  { "promotion-suspended", cs_flag_fold_suspended },
};

/* Whatever a record is, the next one follows it. FALSE: it made no sense and changed nothing. */
gboolean
cs_flag_fold (CsFlag *self, CsRecord *record)
{
  gboolean good = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].kind, cs_record_get_kind (record)) == 0)
      good = kinds[i].fold (self, record);
  if (good)
    cs_flag_heed_schedule (self, record);
  else
    g_warning ("Record %" G_GINT64_FORMAT " of “%s” makes no sense and changes nothing",
               cs_record_get_n (record), self->stream);
  set_text (&self->head, cs_record_get_hash (record));
  self->n_records = cs_record_get_n (record) + 1;
  return good;
}
