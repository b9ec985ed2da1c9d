/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which certificates agents may show by now, where another one was agreed upon at first. */

/* A person compares a fingerprint once, when a target is added. From then on an agent that shows
 * the agreed certificate may say which one it will show next; that one is accepted as well, and as
 * soon as the agent shows it the one before is not accepted any more. Each of the two steps is a
 * record in the stream of targets. Deployments keep a target as it was when they were opened, so
 * what has become of a certificate is asked for by the fingerprint that was agreed upon. */

#include "cs-agent-pins.h"

#include "cs-json.h"

struct _CsAgentPins
{
  int references;   /* atomic */
  GHashTable *pins; /* agreed fingerprint → Pin */
};

typedef struct
{
  char *now;
  char *next;
} Pin;

static void
pin_free (gpointer data)
{
  Pin *pin = data;

  g_free (pin->now);
  g_free (pin->next);
  g_free (pin);
}

/** cs_agent_pins_new: (transfer full): nothing has changed yet. */
CsAgentPins *
cs_agent_pins_new (void)
{
  CsAgentPins *self = g_new0 (CsAgentPins, 1);

  self->references = 1;
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, pin_free);
  return self;
}

/** cs_agent_pins_ref: (transfer full): one more reference. */
CsAgentPins *
cs_agent_pins_ref (CsAgentPins *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

/** cs_agent_pins_unref: gives a reference back. */
void
cs_agent_pins_unref (CsAgentPins *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  g_hash_table_unref (self->pins);
  g_free (self);
}

/**
 * cs_agent_pins_look_up:
 * @agreed: the fingerprint that was agreed upon
 * @next: (out) (optional) (nullable): of the one that is accepted as well
 *
 * Returns: (transfer none): the fingerprint of the certificate that is accepted now
 */
const char *
cs_agent_pins_look_up (CsAgentPins *self, const char *agreed, const char **next)
{
  const Pin *pin = g_hash_table_lookup (self->pins, agreed);

  if (next != NULL)
    *next = pin != NULL ? pin->next : NULL;
  return pin != NULL && pin->now != NULL ? pin->now : agreed;
}

static JsonNode *
build_record (const CsAgentCertificates *told, const char *member, const char *fingerprint)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_node_take_object (node, object);
  json_object_set_string_member (object, "target", told->target);
  json_object_set_string_member (object, "agreed", told->agreed);
  json_object_set_string_member (object, member, fingerprint);
  return node;
}

/**
 * cs_agent_pins_compare:
 * @told: what an agent has said
 * @kind: (out): of the record that is to be written
 *
 * Returns: (transfer full) (nullable): what is new in it, as the body of a record; %NULL if it was
 *   known, or is none of this agent's to say
 */
JsonNode *
cs_agent_pins_compare (CsAgentPins *self, const CsAgentCertificates *told, const char **kind)
{
  const char *next;
  const char *now = cs_agent_pins_look_up (self, told->agreed, &next);
  JsonNode *body;

  if (next != NULL && g_strcmp0 (told->current, next) == 0)
    {
      *kind = CS_AGENT_PINS_ADOPTED;
      return build_record (told, "now", next);
    }
  if (told->next == NULL || g_strcmp0 (told->current, now) != 0 ||
      g_strcmp0 (told->next, next) == 0 || g_str_equal (told->next, now))
    return NULL;
  *kind = CS_AGENT_PINS_ANNOUNCED;
  body = build_record (told, "next", told->next);
  if (told->from != NULL)
    json_object_set_string_member (json_node_get_object (body), "from", told->from);
  return body;
}

static Pin *
take_pin (CsAgentPins *self, const char *agreed)
{
  Pin *pin = g_hash_table_lookup (self->pins, agreed);

  if (pin != NULL)
    return pin;
  pin = g_new0 (Pin, 1);
  g_hash_table_insert (self->pins, g_strdup (agreed), pin);
  return pin;
}

/**
 * cs_agent_pins_fold:
 * @kind: of a record
 * @body: of the same
 *
 * Returns: whether the record is one of ours, and holds what it should
 */
gboolean
cs_agent_pins_fold (CsAgentPins *self, const char *kind, JsonObject *body)
{
  const char *agreed = cs_json_get_string (body, "agreed");
  const char *next = cs_json_get_string (body, "next");
  const char *now = cs_json_get_string (body, "now");
  Pin *pin;

  if (agreed == NULL)
    return FALSE;
  if (g_str_equal (kind, CS_AGENT_PINS_ANNOUNCED) && next != NULL)
    {
      pin = take_pin (self, agreed);
      g_free (pin->next);
      pin->next = g_strdup (next);
      return TRUE;
    }
  if (!g_str_equal (kind, CS_AGENT_PINS_ADOPTED) || now == NULL)
    return FALSE;
  pin = take_pin (self, agreed);
  g_free (pin->now);
  pin->now = g_strdup (now);
  g_clear_pointer (&pin->next, g_free);
  return TRUE;
}

/**
 * cs_agent_pins_forget:
 * @agreed: a fingerprint that a person has agreed upon just now
 *
 * What a person says counts more than what came of the same fingerprint before.
 */
void
cs_agent_pins_forget (CsAgentPins *self, const char *agreed)
{
  g_hash_table_remove (self->pins, agreed);
}
