/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outcome of a run, as a supervisor writes it down. */

#include "cs-run-report.h"

#include "cs-clock.h"
#include "cs-json.h"
#include "cs-run-files.h"
#include "cs-shell-report.h"

#include <string.h>
#include <unistd.h>

extern char **environ;

/** MIN_SECRET: bytes; what is shorter is looked for as a whole value only */
#define MIN_SECRET 4

/* The environment with which the shell began: NAME=VALUE, each ended by a NUL. */
static GBytes *
list_environment (void)
{
  GByteArray *out = g_byte_array_new ();

  for (char **entry = environ; *entry != NULL; entry++)
    g_byte_array_append (out, (const guint8 *) *entry, (guint) strlen (*entry) + 1);
  return g_byte_array_free_to_bytes (out);
}

static GHashTable *
join_variables (const CsRunOrder *order)
{
  GHashTable *all = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable *tables[] = { order->variables, order->secrets };
  GHashTableIter iter;
  gpointer name, value;

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_hash_table_iter_init (&iter, tables[i]);
      while (g_hash_table_iter_next (&iter, &name, &value))
        g_hash_table_insert (all, name, value);
    }
  return all;
}

static gboolean
holds_secret (const CsRunOrder *order, const char *name, const char *value)
{
  GHashTableIter iter;
  gpointer secret;

  if (g_hash_table_contains (order->secrets, name))
    return TRUE;
  g_hash_table_iter_init (&iter, order->secrets);
  while (value != NULL && g_hash_table_iter_next (&iter, NULL, &secret))
    if (*(char *) secret != '\0' && (strlen (secret) >= MIN_SECRET ? strstr (value, secret) != NULL
                                                                   : strcmp (value, secret) == 0))
      return TRUE;
  return FALSE;
}

static JsonObject *
build_environment (const CsRunOrder *order, GHashTable *environment)
{
  JsonObject *object = json_object_new ();
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, environment);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!holds_secret (order, name, value))
      json_object_set_member (object, name,
                              value != NULL ? cs_bytes_to_json (value, -1)
                                            : json_node_new (JSON_NODE_NULL));
  return object;
}

static JsonObject *
build_output (const CsRunReport *self)
{
  JsonObject *output = json_object_new ();

  json_object_set_int_member (output, "size", self->size);
  json_object_set_int_member (output, "kept", self->kept);
  json_object_set_boolean_member (output, "truncated", self->kept < self->size);
  json_object_set_string_member (output, "digest", self->digest);
  return output;
}

static const char *
decide_ending (const CsRunReport *self, const CsShellReport *shell)
{
  if (self->ending != NULL)
    return self->ending;
  return self->status > 128 && (shell == NULL || shell->status != self->status) ? "signaled"
                                                                                : "exited";
}

static void
set_time (JsonObject *object, const char *name, gint64 at)
{
  g_autofree char *text = cs_clock_format (at);

  json_object_set_string_member (object, name, text);
}

/**
 * cs_run_report_build:
 *
 * Returns: (transfer full): canonical JSON: `ending`, `status`, `started`, `finished`, `output`,
 *   and `cwd` and `environment` if the script's shell could say
 */
char *
cs_run_report_build (const CsRunReport *self)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GHashTable) variables = join_variables (self->order);
  g_autoptr (GBytes) before = list_environment ();
  /* A NUL stands behind it that is not counted, as the reader of reports wants it. */
  g_autoptr (GBytes) said = g_bytes_new_static (self->said->str, self->said->len);
  g_autoptr (CsShellReport) shell = cs_shell_report_parse (before, variables, said);
  JsonObject *object = json_object_new ();
  char *text;

  json_node_take_object (node, object);
  json_object_set_string_member (object, "ending", decide_ending (self, shell));
  json_object_set_int_member (object, "status", self->status);
  set_time (object, "started", self->started);
  set_time (object, "finished", self->finished);
  json_object_set_object_member (object, "output", build_output (self));
  if (shell != NULL && shell->cwd != NULL)
    json_object_set_member (object, "cwd", cs_bytes_to_json (shell->cwd, -1));
  if (shell != NULL && shell->environment != NULL)
    json_object_set_object_member (object, "environment",
                                   build_environment (self->order, shell->environment));
  text = cs_json_to_canonical (node, NULL);
  g_assert (text != NULL);
  return text;
}
