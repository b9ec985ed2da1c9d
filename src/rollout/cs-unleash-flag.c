/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag in one environment of an Unleash server: what its Admin API says, and what to ask it for
 * so that it says something else. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-unleash-flag.h"

#include "cs-company-list.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

/** Strategy: one of the environment, as it is there */
typedef struct
{
  JsonObject *object;
  const char *id;
  enum
  {
    LISTED,   /* ours: for the companies of a list */
    EVERYONE, /* ours: for everyone */
    IDLE,     /* disabled: it changes nothing */
    FOREIGN,
  } kind;
  JsonArray *values; /* of LISTED */
  GPtrArray *kept;   /* char*: those of its companies that stay, then those that join */
  gboolean changes;
} Strategy;

struct _CsUnleashFlag
{
  char *key;
  char *context;
  gboolean enabled;
  gboolean has_parents;  /* it is on only where another flag is */
  GPtrArray *strategies; /* of Strategy */
  JsonNode *node;
  CsFlagState *state;
  char *version;
};

static void
strategy_free (Strategy *strategy)
{
  g_clear_pointer (&strategy->kept, g_ptr_array_unref);
  g_free (strategy);
}

/** cs_unleash_write_free: frees a request. */
void
cs_unleash_write_free (CsUnleashWrite *self)
{
  g_free (self->path);
  g_clear_pointer (&self->body, json_object_unref);
  g_free (self->words);
  g_free (self);
}

/** cs_unleash_flag_free: frees what was read. */
void
cs_unleash_flag_free (CsUnleashFlag *self)
{
  g_free (self->key);
  g_free (self->context);
  g_ptr_array_unref (self->strategies);
  g_clear_pointer (&self->node, json_node_unref);
  g_clear_pointer (&self->state, cs_flag_state_unref);
  g_free (self->version);
  g_free (self);
}

CsFlagState *
cs_unleash_flag_get_state (CsUnleashFlag *self)
{
  return self->state;
}

const char *
cs_unleash_flag_get_version (CsUnleashFlag *self)
{
  return self->version;
}

static gboolean
is_empty (JsonObject *object, const char *member)
{
  JsonArray *array = cs_json_get_array (object, member);

  return array == NULL || json_array_get_length (array) == 0;
}

static JsonObject *
get_element (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* The values of “CONTEXT is one of”; NULL if it says anything else. */
static JsonArray *
find_values (JsonObject *strategy, const char *context)
{
  JsonArray *constraints = cs_json_get_array (strategy, "constraints");
  JsonObject *constraint = get_element (constraints, 0);

  if (json_array_get_length (constraints) != 1 || constraint == NULL ||
      g_strcmp0 (cs_json_get_string (constraint, "contextName"), context) != 0 ||
      g_strcmp0 (cs_json_get_string (constraint, "operator"), "IN") != 0 ||
      cs_json_get_boolean (constraint, "inverted"))
    return NULL;
  return cs_json_get_array (constraint, "values");
}

/* Whether it is for all of those whom its constraints let in. */
static gboolean
is_for_all (JsonObject *strategy, const char *context)
{
  JsonObject *parameters = cs_json_get_object (strategy, "parameters");
  const char *rollout = parameters != NULL ? cs_json_get_string (parameters, "rollout") : NULL;
  const char *stickiness =
    parameters != NULL ? cs_json_get_string (parameters, "stickiness") : NULL;
  const char *const known[] = { "default", "random", context, NULL };

  return g_strcmp0 (cs_json_get_string (strategy, "name"), "flexibleRollout") == 0 &&
         g_strcmp0 (rollout, "100") == 0 && is_empty (strategy, "segments") &&
         (stickiness == NULL || g_strv_contains (known, stickiness));
}

static Strategy *
read_strategy (JsonObject *object, const char *context)
{
  Strategy *strategy = g_new0 (Strategy, 1);
  JsonObject *parameters = cs_json_get_object (object, "parameters");
  gboolean sticks_to_context =
    parameters != NULL &&
    g_strcmp0 (cs_json_get_string (parameters, "stickiness"), context) == 0;

  strategy->object = object;
  strategy->id = cs_json_get_string (object, "id");
  strategy->kept = g_ptr_array_new ();
  strategy->kind = FOREIGN;
  if (cs_json_get_boolean (object, "disabled"))
    strategy->kind = IDLE;
  else if (!is_for_all (object, context) || strategy->id == NULL)
    strategy->kind = FOREIGN;
  else if (is_empty (object, "constraints"))
    /* Whoever has no company would be left out of one that sticks to companies. */
    strategy->kind = sticks_to_context ? FOREIGN : EVERYONE;
  else
    {
      strategy->values = find_values (object, context);
      strategy->kind = strategy->values != NULL ? LISTED : FOREIGN;
    }
  return strategy;
}

static char *
dup_foreign_words (CsUnleashFlag *self)
{
  for (guint i = 0; i < self->strategies->len; i++)
    {
      const Strategy *strategy = self->strategies->pdata[i];
      const char *title = cs_json_get_string (strategy->object, "title");
      const char *name = cs_json_get_string (strategy->object, "name");

      if (strategy->kind == FOREIGN)
        return g_strdup_printf ("a strategy “%s” that Countersign did not write",
                                title != NULL && *title != '\0' ? title
                                : name != NULL                  ? name
                                                                : "");
    }
  return NULL;
}

/* NULL: it is no text. */
static const char *
get_text (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}

static gboolean
add_listed (GStrvBuilder *ids, JsonArray *values, GError **error)
{
  for (guint i = 0; i < json_array_get_length (values); i++)
    {
      const char *id = get_text (values, i);

      if (id == NULL || !cs_company_id_check (id, error))
        {
          if (id == NULL)
            g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "A value of a constraint is no text");
          return FALSE;
        }
      g_strv_builder_add (ids, id);
    }
  return TRUE;
}

/* An environment that is on and has no strategy lets everyone in. */
static CsFlagState *
read_state (CsUnleashFlag *self, GError **error)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) listed = NULL;
  g_autofree char *foreign = dup_foreign_words (self);
  gboolean everyone = TRUE;

  if (!self->enabled)
    return cs_flag_state_new_nobody ();
  if (self->has_parents)
    return cs_flag_state_new_unclear ("another flag that it depends on");
  if (foreign != NULL)
    return cs_flag_state_new_unclear (foreign);
  for (guint i = 0; i < self->strategies->len; i++)
    everyone &= ((Strategy *) self->strategies->pdata[i])->kind == IDLE;
  for (guint i = 0; i < self->strategies->len; i++)
    {
      const Strategy *strategy = self->strategies->pdata[i];

      everyone |= strategy->kind == EVERYONE;
      if (strategy->kind == LISTED && !add_listed (ids, strategy->values, error))
        return NULL;
    }
  listed = g_strv_builder_end (ids);
  return cs_flag_state_new (everyone, (const char *const *) listed);
}

static JsonObject *
find_environment (JsonObject *feature, const char *name)
{
  JsonArray *environments = cs_json_get_array (feature, "environments");

  for (guint i = 0; environments != NULL && i < json_array_get_length (environments); i++)
    {
      JsonObject *environment = get_element (environments, i);

      if (environment != NULL &&
          g_strcmp0 (cs_json_get_string (environment, "name"), name) == 0)
        return environment;
    }
  return NULL;
}

/* Counters and times of use are no part of it. */
static char *
make_version (JsonObject *environment, GError **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), NULL);
  JsonObject *counts = json_object_new ();
  g_autofree char *text = NULL;

  json_node_take_object (node, counts);
  json_object_set_boolean_member (counts, "enabled",
                                  cs_json_get_boolean (environment, "enabled"));
  if (json_object_has_member (environment, "strategies"))
    json_object_set_member (counts, "strategies",
                            json_node_copy (json_object_get_member (environment, "strategies")));
  text = cs_json_to_canonical (node, error);
  return text != NULL ? cs_digest_of_data (text, strlen (text)) : NULL;
}

/**
 * cs_unleash_flag_parse:
 * @text: what the server answered
 * @length: bytes
 * @key: of the flag
 * @environment: its name there
 * @context: what the id of a company is called there
 *
 * Returns: (transfer full): the flag; %NULL with %CS_ERROR_PROTOCOL, %CS_ERROR_NOT_FOUND,
 *   %CS_ERROR_INVALID
 */
CsUnleashFlag *
cs_unleash_flag_parse (const char *text,
                       gssize length,
                       const char *key,
                       const char *environment,
                       const char *context,
                       GError **error)
{
  g_autoptr (JsonNode) node = cs_json_parse (text, length, NULL);
  JsonObject *feature =
    node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *found = feature != NULL ? find_environment (feature, environment) : NULL;
  JsonArray *strategies = found != NULL ? cs_json_get_array (found, "strategies") : NULL;
  g_autoptr (CsUnleashFlag) self = NULL;

  if (feature == NULL || cs_json_get_array (feature, "environments") == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_PROTOCOL, "That is no answer of an Unleash server");
  else if (cs_json_get_boolean (feature, "archived"))
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "The flag “%s” is archived in Unleash", key);
  else if (strategies == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                 "The flag “%s” has no environment “%s” in Unleash", key, environment);
  if (strategies == NULL || cs_json_get_boolean (feature, "archived"))
    return NULL;
  self = g_new0 (CsUnleashFlag, 1);
  self->key = g_strdup (key);
  self->context = g_strdup (context);
  self->enabled = cs_json_get_boolean (found, "enabled");
  self->has_parents = !is_empty (feature, "dependencies");
  self->strategies = g_ptr_array_new_with_free_func ((GDestroyNotify) strategy_free);
  for (guint i = 0; i < json_array_get_length (strategies); i++)
    if (get_element (strategies, i) != NULL)
      g_ptr_array_add (self->strategies, read_strategy (get_element (strategies, i), context));
  self->node = g_steal_pointer (&node);
  self->version = make_version (found, error);
  if (self->version != NULL)
    self->state = read_state (self, error);
  return self->state != NULL ? g_steal_pointer (&self) : NULL;
}

/* body, words (transfer full) */
static void
add_write (
  GPtrArray *writes,
  const char *method,
  const char *id,
  JsonObject *body,
  char *words)
{
  CsUnleashWrite *write = g_new0 (CsUnleashWrite, 1);

  write->method = method;
  write->path = id != NULL ? g_strconcat ("/strategies/", id, NULL) : g_strdup ("/strategies");
  write->body = body;
  write->words = words;
  g_ptr_array_add (writes, write);
}

static void
add_switch (GPtrArray *writes, gboolean on)
{
  CsUnleashWrite *write = g_new0 (CsUnleashWrite, 1);

  write->method = "POST";
  write->path = g_strdup (on ? "/on" : "/off");
  write->words = g_strdup (on ? "switched on" : "switched off");
  g_ptr_array_add (writes, write);
}

static JsonArray *
new_constraints (CsUnleashFlag *self, GPtrArray *ids)
{
  JsonArray *constraints = json_array_new ();
  JsonObject *constraint = json_object_new ();
  JsonArray *values = json_array_new ();

  for (guint i = 0; i < ids->len; i++)
    json_array_add_string_element (values, ids->pdata[i]);
  json_object_set_string_member (constraint, "contextName", self->context);
  json_object_set_string_member (constraint, "operator", "IN");
  json_object_set_array_member (constraint, "values", values);
  json_object_set_boolean_member (constraint, "inverted", FALSE);
  json_object_set_boolean_member (constraint, "caseInsensitive", FALSE);
  json_array_add_object_element (constraints, constraint);
  return constraints;
}

/* ids (nullable): NULL for everyone */
static JsonObject *
new_strategy (CsUnleashFlag *self, GPtrArray *ids)
{
  JsonObject *strategy = json_object_new ();
  JsonObject *parameters = json_object_new ();

  json_object_set_string_member (parameters, "rollout", "100");
  json_object_set_string_member (parameters, "stickiness",
                                 ids != NULL ? self->context : "default");
  json_object_set_string_member (parameters, "groupId", self->key);
  json_object_set_string_member (strategy, "name", "flexibleRollout");
  json_object_set_string_member (strategy, "title", "Countersign");
  json_object_set_object_member (strategy, "parameters", parameters);
  json_object_set_array_member (strategy, "constraints",
                                ids != NULL ? new_constraints (self, ids) : json_array_new ());
  return strategy;
}

/* A strategy as it is, for PUT, which takes its place. */
static JsonObject *
copy_strategy (const Strategy *strategy)
{
  static const char *const members[] = { "name", "title", "sortOrder", "disabled",
                                         "parameters", "variants", "segments", "constraints" };
  JsonObject *copy = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (json_object_has_member (strategy->object, members[i]) &&
        !json_object_get_null_member (strategy->object, members[i]))
      json_object_set_member (
        copy, members[i],
        json_node_copy (json_object_get_member (strategy->object, members[i])));
  return copy;
}

static char *
dup_values_words (CsUnleashFlag *self, GPtrArray *ids)
{
  g_autofree char *list = NULL;

  g_ptr_array_add (ids, NULL);
  list = g_strjoinv (", ", (char **) ids->pdata);
  g_ptr_array_set_size (ids, (int) ids->len - 1);
  return g_strdup_printf ("%s is one of: %s", self->context, list);
}

/* Who is listed and stays, stays where it is; whoever is listed twice, or not wanted, is taken
 * out. What is left of wanted is returned. */
static GPtrArray *
keep_listed (CsUnleashFlag *self, CsFlagState *wanted)
{
  GPtrArray *missing = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const char *const *ids = cs_flag_state_get_ids (wanted);

  for (guint i = 0; i < self->strategies->len; i++)
    {
      Strategy *strategy = self->strategies->pdata[i];

      g_ptr_array_set_size (strategy->kept, 0);
      strategy->changes = FALSE;
      for (guint k = 0; strategy->kind == LISTED && k < json_array_get_length (strategy->values);
           k++)
        {
          const char *id = get_text (strategy->values, k);

          if (id != NULL && !cs_flag_state_is_everyone (wanted) &&
              cs_flag_state_contains (wanted, id) && g_hash_table_add (seen, (char *) id))
            g_ptr_array_add (strategy->kept, (char *) id);
          else
            strategy->changes = TRUE;
        }
    }
  for (; !cs_flag_state_is_everyone (wanted) && *ids != NULL; ids++)
    if (g_hash_table_add (seen, (char *) *ids))
      g_ptr_array_add (missing, (char *) *ids);
  return missing;
}

/* Takes from the front of missing; whether it took any. */
static gboolean
fill (GPtrArray *ids, GPtrArray *missing, guint *next)
{
  guint before = ids->len;

  while (*next < missing->len && ids->len < CS_UNLEASH_VALUES)
    g_ptr_array_add (ids, missing->pdata[(*next)++]);
  return ids->len > before;
}

/* Those who join, first where there is room. */
static guint
add_joining (CsUnleashFlag *self, GPtrArray *missing, GPtrArray *writes)
{
  guint next = 0;
  guint n_new = 0;

  for (guint i = 0; i < self->strategies->len; i++)
    {
      Strategy *strategy = self->strategies->pdata[i];
      JsonObject *body;

      if (strategy->kind != LISTED)
        continue;
      strategy->changes |= fill (strategy->kept, missing, &next);
      if (!strategy->changes || strategy->kept->len == 0)
        continue;
      body = copy_strategy (strategy);
      json_object_set_array_member (body, "constraints",
                                    new_constraints (self, strategy->kept));
      add_write (writes, "PUT", strategy->id, body, dup_values_words (self, strategy->kept));
    }
  for (; next < missing->len; n_new++)
    {
      g_autoptr (GPtrArray) ids = g_ptr_array_new ();

      fill (ids, missing, &next);
      add_write (writes, "POST", NULL, new_strategy (self, ids), dup_values_words (self, ids));
    }
  return n_new;
}

static gboolean
has_kind (CsUnleashFlag *self, int kind)
{
  for (guint i = 0; i < self->strategies->len; i++)
    if ((int) ((Strategy *) self->strategies->pdata[i])->kind == kind)
      return TRUE;
  return FALSE;
}

/* What lets in more than is wanted. Strategies of others are kept, but disabled: that is asked for
 * only where somebody put them in by hand, and what is recorded is to be there again. */
static void
add_leaving (CsUnleashFlag *self, CsFlagState *wanted, GPtrArray *writes)
{
  gboolean everyone = cs_flag_state_is_everyone (wanted);

  for (guint i = 0; i < self->strategies->len; i++)
    {
      const Strategy *strategy = self->strategies->pdata[i];

      if (strategy->kind == FOREIGN)
        {
          JsonObject *body = copy_strategy (strategy);

          json_object_set_boolean_member (body, "disabled", TRUE);
          add_write (writes, "PUT", strategy->id, body,
                     g_strdup_printf ("the strategy %s of somebody else is disabled",
                                      strategy->id));
        }
      else if ((strategy->kind == LISTED && strategy->kept->len == 0) ||
               (strategy->kind == EVERYONE && !everyone))
        add_write (writes, "DELETE", strategy->id, NULL,
                   g_strdup_printf ("the strategy %s is removed", strategy->id));
    }
}

/**
 * cs_unleash_flag_list_writes:
 * @self: a flag
 * @wanted: for whom it is to be on
 *
 * Nobody: it is switched off, and its strategies stay. Else those who join are added before those
 * who leave are taken out, so there is always a strategy, and it is switched on at the end.
 *
 * Returns: (transfer full) (element-type CsUnleashWrite): the requests; empty if it is so already;
 *   %NULL with %CS_ERROR_INVALID
 */
GPtrArray *
cs_unleash_flag_list_writes (CsUnleashFlag *self, CsFlagState *wanted, GError **error)
{
  g_autoptr (GPtrArray) writes =
    g_ptr_array_new_with_free_func ((GDestroyNotify) cs_unleash_write_free);
  g_autoptr (GPtrArray) missing = NULL;
  guint n_new = 0;
  gboolean everyone = cs_flag_state_is_everyone (wanted);

  if (!everyone && cs_flag_state_get_n (wanted) == 0)
    {
      if (self->enabled)
        add_switch (writes, FALSE);
      return g_steal_pointer (&writes);
    }
  if (self->has_parents)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "“%s” depends on another flag in Unleash, so nobody can say for whom it would "
                   "be on; take that away there",
                   self->key);
      return NULL;
    }
  if (!self->enabled && has_kind (self, FOREIGN))
    {
      g_autofree char *words = dup_foreign_words (self);

      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Unleash has %s for “%s”, which would be switched on along with it; disable "
                   "it there",
                   words, self->key);
      return NULL;
    }
  missing = keep_listed (self, wanted);
  n_new = add_joining (self, missing, writes);
  if (everyone && !has_kind (self, EVERYONE))
    {
      add_write (writes, "POST", NULL, new_strategy (self, NULL), g_strdup ("for everyone"));
      n_new++;
    }
  if (self->strategies->len + n_new > CS_UNLEASH_STRATEGIES)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "Unleash takes %d strategies of %d companies for “%s”; that is too few for %u",
                   CS_UNLEASH_STRATEGIES, CS_UNLEASH_VALUES, self->key,
                   cs_flag_state_get_n (wanted));
      return NULL;
    }
  add_leaving (self, wanted, writes);
  if (!self->enabled)
    add_switch (writes, TRUE);
  return g_steal_pointer (&writes);
}
