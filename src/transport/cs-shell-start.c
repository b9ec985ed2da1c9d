/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shell of a script reads before it, so that state carries over. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-shell-start.h"

#include "cs-error.h"

#include <string.h>

/* Runs inside the script's own shell, before it: says who it is, and reports at the end. bash lets
 * us keep the report when the script sets an EXIT trap of its own, and has descriptors out of the
 * way of those that scripts use. A trap finds $? as it was; `set -e` neither ends it because of
 * that, nor is it any weaker in it. */
static const char prelude[] =
  "__cs=${d-$1} __cs_done= __cs_fd= __cs_hide=\n"
  "unset d\n"
  "set --\n"
  "printf '%s\\n' \"$$\" >|\"$__cs.pid\"\n"
  "[ -z \"${BASH_VERSION-}\" ] || eval 'exec {__cs_fd}>&4'\n"
  "exec 4>&-\n"
  /* What came as a secret is not told. If it can't be taken away, nothing is told. */
  "__cs_tell () {\n"
  "  if [ -n \"$__cs_hide\" ]; then\n"
  "    (eval \"unset -v $__cs_hide\" && __cs_hide= && __cs_tell)\n"
  "    return\n"
  "  fi\n"
  "  printf '%s\\000' \"$__cs_status\"\n"
  "  pwd\n"
  "  printf '\\000'\n"
  "  export -p\n"
  "}\n"
  "__cs_report () {\n"
  "  __cs_status=$?\n"
  "  if [ -z \"$__cs_done\" ] && [ \"${BASHPID:-$$}\" = \"$$\" ]; then\n"
  "    __cs_done=1\n"
  "    __cs_tell >|\"$__cs.state\"\n"
  "    if [ -n \"$__cs_fd\" ]; then\n"
  "      builtin trap '' PIPE\n"
  "      { printf %s \"$__cs_mark\"; __cs_tell; printf %s \"$__cs_mark\"; } >&\"$__cs_fd\"\n"
  "    fi\n"
  "  fi\n"
  "  return \"$__cs_status\"\n"
  "}\n"
  "trap '{ __cs_report; } 2>/dev/null' EXIT\n"
  "if [ -n \"${BASH_VERSION-}\" ]; then\n"
  /* What `set -x` tells is the script's own, so none of this is told. */
  "  eval 'trap () {\n"
  "    { local __cs_trace=$- __cs_result=0; set +x; } 2>/dev/null\n"
  "    __cs_trap \"$@\" || __cs_result=$?\n"
  "    { case $__cs_trace in *x*) set -x;; esac; return $__cs_result; } 2>/dev/null\n"
  "  }\n"
  "  __cs_trap () {\n"
  "    if [ \"${1-}\" = -- ]; then shift; fi\n"
  "    case $#:${1-} in [01]:* | *:-[lp]*) builtin trap \"$@\"; return ;; esac\n"
  "    local __cs_action=$1 __cs_name\n"
  "    shift\n"
  "    for __cs_name; do\n"
  "      case $BASHPID:$__cs_name in\n"
  "      $$:0 | $$:[Ee][Xx][Ii][Tt])\n"
  "        if [ \"$__cs_action\" = - ]; then __cs_action=; fi\n"
  "        builtin trap -- \"if { __cs_report; } 2>/dev/null; then $__cs_action\n"
  "          { :; } 2>/dev/null; else $__cs_action\n"
  "          { :; } 2>/dev/null; fi\" EXIT ;;\n"
  "      *) builtin trap -- \"$__cs_action\" \"$__cs_name\" ;;\n"
  "      esac\n"
  "    done\n"
  "  }'\n"
  "fi\n";

/* 'text', with each ' as '\'' : a shell takes every other byte in it as it is. */
static void
append_quoted (GString *request, const char *text)
{
  const char *quote;

  g_string_append_c (request, '\'');
  while ((quote = strchr (text, '\'')) != NULL)
    {
      g_string_append_len (request, text, quote - text);
      g_string_append (request, "'\\''");
      text = quote + 1;
    }
  g_string_append (request, text);
  g_string_append_c (request, '\'');
}

/**
 * cs_shell_start_append_assignment:
 * @request: shell text so far
 * @name: of a variable
 * @value: (nullable): any bytes but NUL
 *
 * Appends a line that sets the variable to exactly these bytes.
 */
void
cs_shell_start_append_assignment (GString *request, const char *name, const char *value)
{
  g_string_append_printf (request, "%s=", name);
  append_quoted (request, value != NULL ? value : "");
  g_string_append_c (request, '\n');
}

/**
 * cs_shell_start_is_name:
 *
 * Returns: whether a shell takes @name as the name of a variable
 */
gboolean
cs_shell_start_is_name (const char *name)
{
  if (!g_ascii_isalpha (name[0]) && name[0] != '_')
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '_')
      return FALSE;
  return TRUE;
}

static gboolean
check_name (const char *name, GError **error)
{
  if (cs_shell_start_is_name (name))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "“%s” can't be the name of a shell variable",
               name);
  return FALSE;
}

static gboolean
append_variables (GString *start, GHashTable *variables, GError **error)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, variables);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      if (!check_name (name, error))
        return FALSE;
      g_string_append (start, value != NULL ? "export " : "unset ");
      if (value != NULL)
        cs_shell_start_append_assignment (start, name, value);
      else
        g_string_append_printf (start, "%s\n", (const char *) name);
    }
  return TRUE;
}

/**
 * cs_shell_start_build_secrets:
 * @secrets: (element-type utf8 utf8): to export, by name
 *
 * Gives one line of shell text that exports them, for where nothing is written down.
 *
 * Returns: (transfer full): the text, without an end of the line; empty if there are none; %NULL
 *   with %CS_ERROR_INVALID for what a shell can't take
 */
char *
cs_shell_start_build_secrets (GHashTable *secrets, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  GHashTableIter iter;
  const char *name, *value;

  g_hash_table_iter_init (&iter, secrets);
  while (g_hash_table_iter_next (&iter, (gpointer *) &name, (gpointer *) &value))
    {
      g_autoptr (GString) quoted = g_string_new (NULL);

      if (!check_name (name, error))
        return NULL;
      append_quoted (quoted, value);
      g_string_replace (quoted, "\n", "'\"$__cs_n\"'", 0);
      g_string_append_printf (line, "export %s=%s; ", name, quoted->str);
      explicit_bzero (quoted->str, quoted->len);
    }
  if (line->len == 0)
    return g_strdup ("");
  g_string_prepend (line, "__cs_n=$(printf '\\nx'); __cs_n=${__cs_n%x}; ");
  g_string_append (line, "unset __cs_n");
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
append_hidden (GString *start, GHashTable *secrets)
{
  g_autofree const char **names = (const char **) g_hash_table_get_keys_as_array (secrets, NULL);
  g_autofree char *words = g_strjoinv (" ", (char **) names);

  cs_shell_start_append_assignment (start, "__cs_hide", words);
}

/**
 * cs_shell_start_build:
 * @report_mark: stands before and after the report that goes to descriptor 4
 * @cwd: (nullable): where to begin
 * @variables: (element-type utf8 utf8): to export, by name; value %NULL to unset
 * @secrets: (element-type utf8 utf8) (nullable): what was exported before, and is not told of
 *
 * Gives the text that the script's shell reads first. It finds the path of the run's files in `d`
 * or as its first argument: it writes `PATH.pid`, reads the script from `PATH.script`, a file of
 * its own so that its line numbers are right in what the shell says, and at the end writes
 * `PATH.state` (exit status and NUL, working directory, newline and NUL, what `export -p` prints).
 *
 * Returns: (transfer full): the text; %NULL with %CS_ERROR_INVALID for what a shell can't take
 */
char *
cs_shell_start_build (const char *report_mark,
                      const char *cwd,
                      GHashTable *variables,
                      GHashTable *secrets,
                      GError **error)
{
  g_autoptr (GString) start = g_string_new (NULL);

  cs_shell_start_append_assignment (start, "__cs_mark", report_mark);
  g_string_append (start, prelude);
  if (secrets != NULL && g_hash_table_size (secrets) > 0)
    append_hidden (start, secrets);
  if (cwd != NULL)
    {
      g_string_append (start, "cd -- ");
      append_quoted (start, cwd);
      g_string_append (start, " || exit 126\n");
    }
  if (!append_variables (start, variables, error))
    return NULL;
  g_string_append (start, ". \"$__cs.script\"\n{ __cs_report; } 2>/dev/null\n");
  return g_string_free (g_steal_pointer (&start), FALSE);
}
