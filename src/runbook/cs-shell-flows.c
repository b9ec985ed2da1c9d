/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that a script puts into variables, and what it does with these: `X=<NAME>; eval "$X"`.
 *
 * Loops and functions run in an order that no reader knows, so order plays no part: whatever may be
 * in a variable anywhere may be in it everywhere. */

#include "cs-shell-flows.h"

#include "cs-error.h"
#include "cs-shell-quoting.h"

#include <string.h>

/* What a script is called with, and its functions: $1, $@… */
#define POSITIONAL "@"
/* What stands behind commands, which may be functions. */
#define ARGUMENTS " "
/* What $(…) prints where it may be a function that prints any variable. */
#define CALLS "("

/* What may be wrong with a value. */
typedef enum
{
  FAULT_NOT_PLAIN,
  FAULT_SPLITS,
  FAULT_DASH,
  FAULT_ANY,
  N_FAULTS
} Fault;

typedef struct
{
  char *name;
  gboolean has[N_FAULTS];
  CsShellUse use[N_FAULTS]; /* the first value with that fault */
  GPtrArray *feeds;         /* variables that get what this one holds */
  GPtrArray *leads;         /* of these, those that may begin with it */
  guint lines[CS_SHELL_N_READINGS];
} Variable;

struct _CsShellFlows
{
  GHashTable *variables; /* by name */
  GPtrArray *order;      /* as they come */
  GPtrArray *from_calls; /* variables that hold what commands printed */
  gboolean functions;
};

static const struct
{
  Fault fault;
  const char *reason;
} READINGS[CS_SHELL_N_READINGS] = {
  { FAULT_NOT_PLAIN, "what stands there may be read as commands once more by another program" },
  { FAULT_NOT_PLAIN, "it is reckoned with there, which runs commands in it" },
  { FAULT_ANY, "it is the command there" },
  { FAULT_SPLITS, "no double quotes are around it there, so that the shell would cut the value "
                  "into several words or take it for a pattern" },
  { FAULT_DASH, "a word begins with it there, so that the program would take the value for an "
                "option; write -- before it" },
};

static void
variable_free (gpointer data)
{
  Variable *self = data;

  g_free (self->name);
  g_ptr_array_unref (self->feeds);
  g_ptr_array_unref (self->leads);
  g_free (self);
}

CsShellFlows *
cs_shell_flows_new (void)
{
  CsShellFlows *self = g_new0 (CsShellFlows, 1);

  self->variables = g_hash_table_new (g_str_hash, g_str_equal);
  self->order = g_ptr_array_new_with_free_func (variable_free);
  self->from_calls = g_ptr_array_new ();
  return self;
}

void
cs_shell_flows_free (CsShellFlows *self)
{
  g_hash_table_unref (self->variables);
  g_ptr_array_unref (self->order);
  g_ptr_array_unref (self->from_calls);
  g_free (self);
}

static Variable *
get_variable (CsShellFlows *self, const char *name, gsize length)
{
  g_autofree char *key = g_strndup (name, length);
  Variable *variable = g_hash_table_lookup (self->variables, key);

  if (variable != NULL)
    return variable;
  variable = g_new0 (Variable, 1);
  variable->name = g_steal_pointer (&key);
  variable->feeds = g_ptr_array_new ();
  variable->leads = g_ptr_array_new ();
  g_hash_table_insert (self->variables, variable->name, variable);
  g_ptr_array_add (self->order, variable);
  return variable;
}

static gboolean
is_faulty (const char *value, Fault fault)
{
  switch (fault)
    {
    case FAULT_NOT_PLAIN:
      return !cs_shell_is_plain (value);
    case FAULT_SPLITS:
      return *value == '\0' || *value == '-' || strpbrk (value, " \t\n*?[]\\~") != NULL;
    case FAULT_DASH:
      return *value == '-';
    case FAULT_ANY:
      return TRUE;
    case N_FAULTS:
    default:
      return FALSE;
    }
}

static void
add_feed (Variable *self, Variable *fed, gboolean leads)
{
  g_ptr_array_add (self->feeds, fed);
  if (leads)
    g_ptr_array_add (self->leads, fed);
}

static void
take_use (Variable *self, const CsShellUse *use, gboolean leads)
{
  for (Fault fault = 0; fault < N_FAULTS; fault++)
    {
      if (self->has[fault] || (fault == FAULT_DASH && !leads) ||
          !is_faulty (use->slot->value, fault))
        continue;
      self->has[fault] = TRUE;
      self->use[fault] = *use;
    }
}

static gboolean
is_name (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* The variable that a text names next: "$name", "${name", "${!name", "$1"; with bare, as in
 * arithmetic, "name" as well. NULL at its end. */
static const char *
next_name (const char **p, const char *end, gboolean bare, gsize *length)
{
  for (; *p < end; (*p)++)
    {
      const char *name = *p, *stop;

      if (*name == '$')
        {
          name++;
          name += name < end && *name == '{' ? 1 : 0;
          name += name + 1 < end && strchr ("!#", *name) != NULL ? 1 : 0;
        }
      else if (!bare || !is_name (*name) || g_ascii_isdigit (*name))
        continue;
      for (stop = name; stop < end && is_name (*stop); stop++)
        ;
      *length = (gsize) (stop - name);
      if (stop == name && name < end && strchr ("@*", *name) != NULL)
        stop = name + 1;
      if (stop == name)
        continue;
      *p = stop;
      if (*length > 0 && !g_ascii_isdigit (*name))
        return name;
      *length = strlen (POSITIONAL);
      return POSITIONAL;
    }
  return NULL;
}

static void
bind (CsShellFlows *self,
      Variable *variable,
      GArray *uses,
      guint first_use,
      gboolean leads,
      const char *text,
      gsize length)
{
  const char *p = text, *end = text + length, *name;
  gsize name_length;

  for (guint i = first_use; i < uses->len; i++)
    take_use (variable, &g_array_index (uses, CsShellUse, i), leads);
  while ((name = next_name (&p, end, FALSE, &name_length)) != NULL)
    add_feed (get_variable (self, name, name_length), variable, leads);
  if (memchr (text, '`', length) != NULL || memmem (text, length, "$(", 2) != NULL)
    g_ptr_array_add (self->from_calls, variable);
}

/**
 * cs_shell_flows_bind:
 * @name: (array length=name_length): a variable
 * @uses: values that were put in
 * @first_use: of these the first that the variable gets
 * @leads: whether what the variable holds may begin with a value
 * @text: (array length=length): the words that it is set to, as written
 *
 * Takes down that a variable may hold these values, and what the variables hold that @text names.
 */
void
cs_shell_flows_bind (CsShellFlows *self,
                     const char *name,
                     gsize name_length,
                     GArray *uses,
                     guint first_use,
                     gboolean leads,
                     const char *text,
                     gsize length)
{
  bind (self, get_variable (self, name, name_length), uses, first_use, leads, text, length);
}

/**
 * cs_shell_flows_bind_argument:
 *
 * Like cs_shell_flows_bind(), for a word behind a command, which may be a function.
 */
void
cs_shell_flows_bind_argument (CsShellFlows *self,
                              GArray *uses,
                              guint first_use,
                              const char *text,
                              gsize length)
{
  if (first_use < uses->len || memchr (text, '$', length) != NULL)
    bind (self, get_variable (self, ARGUMENTS, strlen (ARGUMENTS)), uses, first_use, TRUE,
          text, length);
}

/**
 * cs_shell_flows_see_function:
 *
 * Takes down that words behind commands may become $1 and the like, and that commands may print
 * any variable.
 */
void
cs_shell_flows_see_function (CsShellFlows *self)
{
  self->functions = TRUE;
}

/**
 * cs_shell_flows_read:
 * @line: of the script
 * @text: (array length=length): part of the script
 *
 * Takes down what becomes of the variables that a part of the script names.
 */
void
cs_shell_flows_read (CsShellFlows *self,
                     CsShellReading reading,
                     guint line,
                     const char *text,
                     gsize length)
{
  const char *p = text, *end = text + length, *name;
  gsize name_length;

  while ((name = next_name (&p, end, reading == CS_SHELL_READING_NUMBER, &name_length)) != NULL)
    {
      Variable *variable = get_variable (self, name, name_length);

      if (variable->lines[reading] == 0)
        variable->lines[reading] = line;
    }
}

static void
join (CsShellFlows *self)
{
  Variable *arguments = get_variable (self, ARGUMENTS, strlen (ARGUMENTS));
  Variable *calls = get_variable (self, CALLS, strlen (CALLS));

  if (!self->functions)
    return;
  add_feed (arguments, get_variable (self, POSITIONAL, strlen (POSITIONAL)), TRUE);
  for (guint i = 0; i < self->order->len && self->from_calls->len > 0; i++)
    add_feed (g_ptr_array_index (self->order, i), calls, TRUE);
  for (guint i = 0; i < self->from_calls->len; i++)
    add_feed (calls, g_ptr_array_index (self->from_calls, i), TRUE);
}

/* Carries a fault along to every variable that may get the value. */
static void
spread (CsShellFlows *self, Fault fault)
{
  g_autoptr (GPtrArray) queue = g_ptr_array_new ();

  for (guint i = 0; i < self->order->len; i++)
    {
      Variable *variable = g_ptr_array_index (self->order, i);

      if (variable->has[fault])
        g_ptr_array_add (queue, variable);
    }
  for (guint i = 0; i < queue->len; i++)
    {
      Variable *variable = g_ptr_array_index (queue, i);
      GPtrArray *feeds = fault == FAULT_DASH ? variable->leads : variable->feeds;

      for (guint k = 0; k < feeds->len; k++)
        {
          Variable *fed = g_ptr_array_index (feeds, k);

          if (fed->has[fault])
            continue;
          fed->has[fault] = TRUE;
          fed->use[fault] = variable->use[fault];
          g_ptr_array_add (queue, fed);
        }
    }
}

/* What an earlier command left in a variable is named by that variable. */
static void
set_carried_error (const Variable *self, const CsShellUse *use, guint reading, GError **error)
{
  g_autofree char *way =
    strcmp (self->name, use->slot->text) != 0 ? g_strconcat (" as $", self->name, NULL) : NULL;

  g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
               "$%s, which an earlier command left with a value that was put in, can't stand in "
               "line %u of this one%s: %s%s",
               use->slot->text, self->lines[reading], way != NULL ? way : "",
               READINGS[reading].reason,
               READINGS[reading].fault == FAULT_NOT_PLAIN
                 ? ", so that it may hold only letters, digits and _ - . / : @ % + , ^"
                 : "");
}

static gboolean
check_variable (const Variable *self, GError **error)
{
  for (guint i = 0; i < CS_SHELL_N_READINGS; i++)
    {
      const CsShellUse *use = &self->use[READINGS[i].fault];
      const char *sign = strcmp (self->name, POSITIONAL) == 0 ? "$1 or $" : "$";

      if (self->lines[i] == 0 || !self->has[READINGS[i].fault])
        continue;
      if (use->line == 0)
        {
          set_carried_error (self, use, i, error);
          return FALSE;
        }
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID,
                   "The value of %s can't be put into line %u of the command: %s%s carries it to "
                   "line %u, and %s%s",
                   use->slot->text, use->line, sign, self->name, self->lines[i],
                   READINGS[i].reason,
                   READINGS[i].fault == FAULT_NOT_PLAIN
                     ? ", so that it may hold only letters, digits and _ - . / : @ % + , ^"
                     : "");
      return FALSE;
    }
  return TRUE;
}

/**
 * cs_shell_flows_hold:
 * @held: a variable, by its name, and what it holds as the script begins; must live as long as the
 *   flows
 *
 * Takes down that a variable holds what came from a person's value before the script began.
 */
void
cs_shell_flows_hold (CsShellFlows *self, const CsShellSlot *held)
{
  const CsShellUse use = { held, 0 };

  take_use (get_variable (self, held->text, strlen (held->text)), &use, TRUE);
}

/**
 * cs_shell_flows_list_holders:
 * @names: (element-type utf8 utf8): takes the variables that may hold a value when the script is
 *   done, owned by the table
 *
 * The flows can't be checked any more after this.
 */
void
cs_shell_flows_list_holders (CsShellFlows *self, GHashTable *names)
{
  join (self);
  spread (self, FAULT_ANY);
  for (guint i = 0; i < self->order->len; i++)
    {
      const Variable *variable = g_ptr_array_index (self->order, i);

      if (variable->has[FAULT_ANY] && is_name (*variable->name))
        g_hash_table_add (names, g_strdup (variable->name));
    }
}

/**
 * cs_shell_flows_check:
 *
 * Returns: whether every value that a variable may carry stays data where the variable is used;
 *   %FALSE with %CS_ERROR_INVALID, which names the value, the variable and both lines
 */
gboolean
cs_shell_flows_check (CsShellFlows *self, GError **error)
{
  join (self);
  for (Fault fault = 0; fault < N_FAULTS; fault++)
    spread (self, fault);
  for (guint i = 0; i < self->order->len; i++)
    {
      if (!check_variable (g_ptr_array_index (self->order, i), error))
        return FALSE;
    }
  return TRUE;
}
