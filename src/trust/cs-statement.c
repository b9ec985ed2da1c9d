/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a signature says: an in-toto Statement v1 about a deployment. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-statement.h"

#include "cs-clock.h"
#include "cs-digest.h"
#include "cs-error.h"
#include "cs-json.h"

#include <string.h>

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"

/** cs_statement_new: (transfer full): a statement that says nothing yet. */
CsStatement *
cs_statement_new (void)
{
  return g_new0 (CsStatement, 1);
}

/** cs_statement_free: frees a statement. */
void
cs_statement_free (CsStatement *self)
{
  if (self == NULL)
    return;
  g_free (self->runbook_digest);
  g_free (self->head_digest);
  g_free (self->manifest_digest);
  g_free (self->deployment);
  g_free (self->environment);
  g_free (self->field);
  g_free (self->role);
  g_free (self->meaning);
  g_free (self->signer);
  g_free (self->key);
  g_free (self->comment);
  g_strfreev (self->commands);
  g_strfreev (self->scripts);
  g_strfreev (self->shells);
  g_free (self->handwriting);
  g_free (self);
}

/**
 * cs_statement_compute_manifest:
 * @commands: (array zero-terminated=1) (nullable): digests of command blocks, in order
 *
 * Returns: (transfer full): the SHA-256 of the digests, each followed by a newline
 */
char *
cs_statement_compute_manifest (const char *const *commands)
{
  g_autoptr (CsDigest) digest = cs_digest_new ();

  for (gsize i = 0; commands != NULL && commands[i] != NULL; i++)
    {
      cs_digest_update (digest, commands[i], strlen (commands[i]));
      cs_digest_update (digest, "\n", 1);
    }
  return cs_digest_finish (digest);
}

static void
add_subject (JsonArray *subjects, const char *name, const char *sha256)
{
  JsonObject *subject = json_object_new ();
  JsonObject *digest = json_object_new ();

  json_object_set_string_member (digest, "sha256", sha256);
  json_object_set_string_member (subject, "name", name);
  json_object_set_object_member (subject, "digest", digest);
  json_array_add_object_element (subjects, subject);
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  json_object_set_string_member (object, member, text != NULL ? text : "");
}

static JsonArray *
build_list (char **texts)
{
  JsonArray *list = json_array_new ();

  for (gsize i = 0; texts != NULL && texts[i] != NULL; i++)
    json_array_add_string_element (list, texts[i]);
  return list;
}

static JsonObject *
build_predicate (const CsStatement *self)
{
  JsonObject *predicate = json_object_new ();
  g_autofree char *at = cs_clock_format (self->at);

  set_text (predicate, "deployment", self->deployment);
  set_text (predicate, "field", self->field);
  set_text (predicate, "role", self->role);
  set_text (predicate, "meaning", self->meaning);
  set_text (predicate, "signer", self->signer);
  set_text (predicate, "key", self->key);
  set_text (predicate, "decision", self->approve ? "approve" : "reject");
  set_text (predicate, "comment", self->comment);
  set_text (predicate, "at", at);
  json_object_set_array_member (predicate, "commands", build_list (self->commands));
  if (self->environment != NULL)
    set_text (predicate, "environment", self->environment);
  if (self->handwriting != NULL)
    set_text (predicate, "handwriting", self->handwriting);
  if (self->scripts != NULL)
    json_object_set_array_member (predicate, "scripts", build_list (self->scripts));
  if (self->shells == NULL)
    return predicate;
  json_object_set_array_member (predicate, "shells", build_list (self->shells));
  json_object_set_int_member (predicate, "rollback", self->rollback);
  return predicate;
}

/**
 * cs_statement_to_payload:
 *
 * Writes the statement as canonical JSON (RFC 8785), the payload of the envelope.
 *
 * Returns: (transfer full): the bytes; %NULL with %CS_ERROR_INVALID if a digest or a text is not
 * one
 */
GBytes *
cs_statement_to_payload (const CsStatement *self, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object;
  JsonArray *subjects;
  char *text;

  g_return_val_if_fail (self != NULL, NULL);

  if (!cs_digest_is_valid (self->runbook_digest) || !cs_digest_is_valid (self->head_digest) ||
      !cs_digest_is_valid (self->manifest_digest) ||
      (self->handwriting != NULL && !cs_digest_is_valid (self->handwriting)))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "A statement needs the digests of runbook, head and manifest");
      return NULL;
    }
  object = json_object_new ();
  subjects = json_array_new ();
  json_node_take_object (node, object);
  add_subject (subjects, "runbook", self->runbook_digest);
  add_subject (subjects, "head", self->head_digest);
  add_subject (subjects, "manifest", self->manifest_digest);
  json_object_set_string_member (object, "_type", STATEMENT_TYPE);
  json_object_set_array_member (object, "subject", subjects);
  json_object_set_string_member (object, "predicateType", CS_STATEMENT_PREDICATE);
  json_object_set_object_member (object, "predicate", build_predicate (self));
  text = cs_json_to_canonical (node, error);
  return text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}

static char *
read_subject (JsonArray *subjects, guint index, const char *name)
{
  JsonNode *node = json_array_get_element (subjects, index);
  JsonObject *subject = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *sha256 = cs_json_get_string (cs_json_get_object (subject, "digest"), "sha256");

  if (g_strcmp0 (cs_json_get_string (subject, "name"), name) != 0 || !cs_digest_is_valid (sha256))
    return NULL;
  return g_strdup (sha256);
}

static gboolean
read_subjects (CsStatement *self, JsonArray *subjects)
{
  if (subjects == NULL || json_array_get_length (subjects) != 3)
    return FALSE;
  self->runbook_digest = read_subject (subjects, 0, "runbook");
  self->head_digest = read_subject (subjects, 1, "head");
  self->manifest_digest = read_subject (subjects, 2, "manifest");
  return self->runbook_digest != NULL && self->head_digest != NULL && self->manifest_digest != NULL;
}

static gboolean
is_digest_or_gap (const char *text)
{
  return *text == '\0' || cs_digest_is_valid (text);
}

static gboolean
is_shell (const char *text)
{
  static const char *const known[] = { "bash", "sh", "bash terminal", "sh terminal", NULL };

  return g_strv_contains (known, text);
}

static char **
read_list (JsonArray *list, gboolean (*is_valid) (const char *text))
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      const char *text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

      if (text == NULL || !is_valid (text))
        return NULL;
      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

static gboolean
read_scripts (CsStatement *self, JsonObject *predicate)
{
  if (!json_object_has_member (predicate, "scripts"))
    return TRUE;
  self->scripts = read_list (cs_json_get_array (predicate, "scripts"), is_digest_or_gap);
  return self->scripts != NULL &&
         g_strv_length (self->scripts) == g_strv_length (self->commands);
}

static gboolean
read_shells (CsStatement *self, JsonObject *predicate)
{
  gint64 rollback = cs_json_get_int (predicate, "rollback", -1);

  if (!json_object_has_member (predicate, "shells"))
    return TRUE;
  self->shells = read_list (cs_json_get_array (predicate, "shells"), is_shell);
  if (self->shells == NULL || self->scripts == NULL || rollback < 0 ||
      g_strv_length (self->shells) != g_strv_length (self->commands) ||
      rollback > (gint64) g_strv_length (self->commands))
    return FALSE;
  self->rollback = (guint) rollback;
  return TRUE;
}

static gboolean
read_commands (CsStatement *self, JsonArray *commands)
{
  g_autofree char *manifest = NULL;

  self->commands = read_list (commands, cs_digest_is_valid);
  if (self->commands == NULL)
    return FALSE;
  manifest = cs_statement_compute_manifest ((const char *const *) self->commands);
  return commands != NULL && g_str_equal (manifest, self->manifest_digest);
}

static gboolean
read_predicate (CsStatement *self, JsonObject *predicate)
{
  const char *decision = cs_json_get_string (predicate, "decision");
  const char *at = cs_json_get_string (predicate, "at");
  struct
  {
    const char *member;
    char **text;
  } texts[] = {
    { "deployment", &self->deployment },
    { "field", &self->field },
    { "role", &self->role },
    { "meaning", &self->meaning },
    { "signer", &self->signer },
    { "key", &self->key },
    { "comment", &self->comment },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      *texts[i].text = g_strdup (cs_json_get_string (predicate, texts[i].member));
      if (*texts[i].text == NULL)
        return FALSE;
    }
  self->approve = g_strcmp0 (decision, "approve") == 0;
  if (!self->approve && g_strcmp0 (decision, "reject") != 0)
    return FALSE;
  if (at == NULL || !cs_clock_parse (at, &self->at, NULL))
    return FALSE;
  self->environment = g_strdup (cs_json_get_string (predicate, "environment"));
  self->handwriting = g_strdup (cs_json_get_string (predicate, "handwriting"));
  return read_commands (self, cs_json_get_array (predicate, "commands")) &&
         read_scripts (self, predicate) && read_shells (self, predicate);
}

/* There is one way to write a statement; what is written otherwise (a member twice, one more, other
 * spacing) could be read in two ways. */
static gboolean
is_canonical (const CsStatement *self, GBytes *payload)
{
  g_autoptr (GBytes) again = cs_statement_to_payload (self, NULL);

  return again != NULL && g_bytes_equal (again, payload);
}

/**
 * cs_statement_from_payload:
 * @payload: the payload of an envelope
 *
 * Reads a statement: of our predicate type, with the three subjects, a manifest that is the digest
 * of its commands, and written canonically.
 *
 * Returns: (transfer full): the statement; %NULL with %CS_ERROR_INVALID
 */
CsStatement *
cs_statement_from_payload (GBytes *payload, GError **error)
{
  g_autoptr (CsStatement) self = cs_statement_new ();
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  gsize size;
  const char *text;

  g_return_val_if_fail (payload != NULL, NULL);

  text = g_bytes_get_data (payload, &size);
  node = cs_json_parse (text != NULL ? text : "", (gssize) size, error);
  if (node == NULL)
    return NULL;
  object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  if (g_strcmp0 (cs_json_get_string (object, "_type"), STATEMENT_TYPE) != 0 ||
      g_strcmp0 (cs_json_get_string (object, "predicateType"), CS_STATEMENT_PREDICATE) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "The payload is not a sign-off statement");
      return NULL;
    }
  if (!read_subjects (self, cs_json_get_array (object, "subject")) ||
      !read_predicate (self, cs_json_get_object (object, "predicate")) ||
      !is_canonical (self, payload))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The sign-off statement is incomplete, contradicts itself or is not canonical");
      return NULL;
    }
  return g_steal_pointer (&self);
}
