/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stage of a rollout: for whom, for how long, under which conditions. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-stage.h"

#include "cs-error.h"
#include "cs-json.h"

/** MAX_SOAK: seconds; a year */
#define MAX_SOAK ((gint64) 366 * 24 * 3600)

static void
need_free (CsPolicyNeed *need)
{
  g_free (need->role);
  g_free (need);
}

/**
 * cs_stage_new:
 * @id: (nullable): of the stage; %NULL: it is to get one
 * @title: as people call it
 * @cohort: for whom; copied
 *
 * Returns: (transfer full): a stage that may begin and end at any time
 */
CsStage *
cs_stage_new (const char *id, const char *title, const CsCohort *cohort)
{
  CsStage *self = g_new0 (CsStage, 1);

  self->id = g_strdup (id);
  self->title = g_strdup (title);
  self->cohort = cs_cohort_copy (cohort);
  self->needs = g_ptr_array_new_with_free_func ((GDestroyNotify) need_free);
  return self;
}

/** cs_stage_copy: (transfer full): a copy. */
CsStage *
cs_stage_copy (const CsStage *self)
{
  CsStage *copy = cs_stage_new (self->id, self->title, self->cohort);

  copy->soak = self->soak;
  copy->guardrails = g_strdupv (self->guardrails);
  for (guint i = 0; i < self->needs->len; i++)
    {
      const CsPolicyNeed *need = self->needs->pdata[i];

      cs_stage_require (copy, need->role, need->count);
    }
  return copy;
}

/** cs_stage_free: frees a stage. */
void
cs_stage_free (CsStage *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->title);
  cs_cohort_free (self->cohort);
  g_strfreev (self->guardrails);
  g_ptr_array_unref (self->needs);
  g_free (self);
}

/** cs_stage_require: asks for @count signatures of people in @role before it begins. */
void
cs_stage_require (CsStage *self, const char *role, guint count)
{
  CsPolicyNeed *need = g_new0 (CsPolicyNeed, 1);

  need->role = g_strdup (role);
  need->count = count;
  g_ptr_array_add (self->needs, need);
}

/** cs_stage_to_json: (transfer full): as it is recorded. */
JsonNode *
cs_stage_to_json (const CsStage *self)
{
  JsonNode *node = json_node_init_object (json_node_alloc (), NULL);
  JsonObject *object = json_object_new ();
  g_autofree char *cohort = cs_cohort_to_string (self->cohort);
  JsonArray *needs = json_array_new ();

  json_node_take_object (node, object);
  json_object_set_string_member (object, "id", self->id);
  json_object_set_string_member (object, "title", self->title);
  json_object_set_string_member (object, "cohort", cohort);
  json_object_set_int_member (object, "soak", self->soak / G_USEC_PER_SEC);
  if (self->guardrails != NULL)
    {
      JsonArray *guardrails = json_array_new ();

      for (char **id = self->guardrails; *id != NULL; id++)
        json_array_add_string_element (guardrails, *id);
      json_object_set_array_member (object, "guardrails", guardrails);
    }
  for (guint i = 0; i < self->needs->len; i++)
    {
      const CsPolicyNeed *need = self->needs->pdata[i];
      JsonObject *element = json_object_new ();

      json_object_set_string_member (element, "role", need->role);
      json_object_set_int_member (element, "count", need->count);
      json_array_add_object_element (needs, element);
    }
  json_object_set_array_member (object, "needs", needs);
  return node;
}

static gboolean
read_needs (CsStage *self, JsonArray *needs, GError **error)
{
  for (guint i = 0; needs != NULL && i < json_array_get_length (needs); i++)
    {
      JsonNode *node = json_array_get_element (needs, i);
      JsonObject *need = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *role = need != NULL ? cs_json_get_string (need, "role") : NULL;
      gint64 count = need != NULL ? cs_json_get_int (need, "count", 1) : 0;

      if (role == NULL || *role == '\0' || count < 1 || count > 20)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                       "The stage “%s” needs signatures of nobody", self->title);
          return FALSE;
        }
      cs_stage_require (self, role, (guint) count);
    }
  return TRUE;
}

/**
 * cs_stage_new_from_json:
 * @object: {id, title, cohort, soak (seconds), guardrails, needs: [{role, count}]}; all but title
 *   and cohort may be absent
 *
 * Returns: (transfer full): the stage; %NULL with %CS_ERROR_INVALID
 */
CsStage *
cs_stage_new_from_json (JsonObject *object, GError **error)
{
  const char *title = cs_json_get_string (object, "title");
  const char *text = cs_json_get_string (object, "cohort");
  gint64 soak = cs_json_get_int (object, "soak", 0);
  JsonArray *guardrails = cs_json_get_array (object, "guardrails");
  g_autoptr (CsCohort) cohort = NULL;
  g_autoptr (CsStage) self = NULL;

  if (title == NULL || *title == '\0' || text == NULL || soak < 0 || soak > MAX_SOAK)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "A stage needs a title, a cohort, and a soak of at most a year");
      return NULL;
    }
  cohort = cs_cohort_parse (text, error);
  if (cohort == NULL)
    return NULL;
  self = cs_stage_new (cs_json_get_string (object, "id"), title, cohort);
  self->soak = soak * G_USEC_PER_SEC;
  if (guardrails != NULL)
    {
      g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

      for (guint i = 0; i < json_array_get_length (guardrails); i++)
        g_strv_builder_add (ids, json_array_get_string_element (guardrails, i));
      self->guardrails = g_strv_builder_end (ids);
    }
  if (!read_needs (self, cs_json_get_array (object, "needs"), error))
    return NULL;
  return g_steal_pointer (&self);
}
