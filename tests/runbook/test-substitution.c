/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values in commands: data in every position, in bash and in dash. */

#include "cs-error.h"
#include "cs-substitution.h"
#include "cs-test-documents.h"

#include <glib/gstdio.h>
#include <string.h>

/* Each position gets the first values of the list, and of the rest one in so many. */
#define N_WORST 20
#define MORE_EVERY 8

typedef enum
{
  BASH = 0,
  BOTH = 1 << 0,    /* for bash and dash */
  OPERAND = 1 << 1, /* a word begins with the value */
} Kind;

/* p prints its arguments, each with a NUL behind it. */
#define PROBE "p () { printf '%s\\000' \"$@\"; }\nuser=U\n"

typedef struct
{
  const char *name;
  Kind kind;
  const char *script; /* with <VALUE> */
  const char *before; /* what is printed: this, the value and that; NULL: only after */
  guint before_length;
  const char *after;
  guint after_length;
} Position;

#define PRINTS(before, after) before, sizeof before - 1, after, sizeof after - 1
#define SAYS(text) NULL, 0, text, sizeof text - 1

static const Position positions[] = {
  { "bare", BOTH | OPERAND, "p <VALUE>", PRINTS ("", "\0") },
  { "part of a word", BOTH, "p pre<VALUE>post", PRINTS ("pre", "post\0") },
  { "option", BOTH, "p --message=<VALUE>", PRINTS ("--message=", "\0") },
  { "path", BOTH, "p ~root/<VALUE>*", PRINTS ("/root/", "*\0") },
  { "double", BOTH, "p \"a <VALUE> b\"", PRINTS ("a ", " b\0") },
  { "double at both ends", BOTH | OPERAND, "p \"<VALUE>\"", PRINTS ("", "\0") },
  { "behind a variable", BOTH, "p \"$user<VALUE>name\"", PRINTS ("U", "name\0") },
  { "bare behind a variable", BOTH, "p $user<VALUE>name", PRINTS ("U", "name\0") },
  { "behind escapes", BOTH, "p \"\\\\<VALUE>\\$x\"", PRINTS ("\\", "$x\0") },
  { "single", BOTH, "p 'a \\ \"$x <VALUE> b'", PRINTS ("a \\ \"$x ", " b\0") },
  { "ansi", BASH, "p $'a\\'\\x41<VALUE>b'", PRINTS ("a'A", "b\0") },
  { "locale", BASH, "p $\"a<VALUE>b\"", PRINTS ("a", "b\0") },
  { "document", BOTH, "cat <<EOF\nx \"<VALUE>\" y\nEOF\n", PRINTS ("x \"", "\" y\n") },
  { "document alone", BOTH, "cat <<EOF\n<VALUE>\nEOF\n", PRINTS ("", "\n") },
  { "document with variables", BOTH,
    "cat <<E\n$user<VALUE>`echo a`$(echo b)\\$\nE\n", PRINTS ("U", "ab$\n") },
  { "document with tabs", BOTH, "cat <<-EOF\n\t\t<VALUE>\n\tEOF\n", PRINTS ("", "\n") },
  { "document that ends like the value", BOTH, "cat <<EOF\nE<VALUE>F\nEOF\n", PRINTS ("E", "F\n") },
  { "plain document", BOTH, "cat <<'EOF'\nx $y <VALUE> `\nEOF\n", PRINTS ("x $y ", " `\n") },
  { "escaped document", BOTH, "cat <<\\EOF; p b\n'<VALUE>\"\nEOF\n", PRINTS ("'", "\"\nb\0") },
  { "two documents", BOTH, "cat <<A; cat <<\"B\"\n(\nA\n) <VALUE>.\nB\n", PRINTS ("(\n) ", ".\n") },
  { "document in pipe", BOTH, "cat <<A |\n<VALUE>.\nA\ncat", PRINTS ("", ".\n") },
  { "comment", BOTH, "p a # it's <VALUE>\np b", SAYS ("a\0b\0") },
  { "first comment", BOTH, "#<VALUE>\np b", SAYS ("b\0") },
  { "substitution", BOTH | OPERAND, "p \"$(printf '%s.' <VALUE>)\"", PRINTS ("", ".\0") },
  { "double in substitution", BOTH | OPERAND,
    "p \"x $(printf '%s.' \"<VALUE>\") y\"", PRINTS ("x ", ". y\0") },
  { "single in substitution", BOTH | OPERAND, "x=$(printf '%s.' '<VALUE>'); p \"$x\"",
    PRINTS ("", ".\0") },
  { "comment in substitution", BOTH, "p \"$(p a # <VALUE>\nprintf b)\"", SAYS ("ab\0") },
  { "case in substitution", BOTH | OPERAND,
    "p \"$(case $user in (a) echo no;; U|b) printf '%s.' <VALUE>;; esac)\"", PRINTS ("", ".\0") },
  { "document in substitution", BOTH,
    "p \"$(cat <<EOF\nx (<VALUE>'.\nEOF\n)\"", PRINTS ("x (", "'.\0") },
  { "backquotes", BOTH | OPERAND, "x=`printf '%s.' <VALUE>`; p \"$x\"", PRINTS ("", ".\0") },
  { "double in backquotes", BOTH | OPERAND, "x=`printf '%s.' \"<VALUE>\"`; p \"$x\"",
    PRINTS ("", ".\0") },
  { "single in backquotes", BOTH | OPERAND,
    "x=`printf '%s.' 'a\\\\<VALUE>'`; p \"$x\"", PRINTS ("a\\", ".\0") },
  { "backquotes in double", BOTH | OPERAND, "p \"a `printf '%s.' <VALUE>`\"",
    PRINTS ("a ", ".\0") },
  { "double in backquotes in double", BOTH | OPERAND,
    "p \"`printf '%s.' \\\"<VALUE>\\\"`\"", PRINTS ("", ".\0") },
  { "inner backquotes", BOTH | OPERAND,
    "x=`printf '%s.' \"\\`printf '%s:' <VALUE>\\`\"`; p \"$x\"", PRINTS ("", ":.\0") },
  { "backquotes in document", BOTH | OPERAND,
    "cat <<EOF\n`printf '%s.' \"<VALUE>\"`\nEOF\n", PRINTS ("", ".\n") },
  { "substitution in document", BOTH | OPERAND,
    "cat <<EOF\n$(printf '%s.' \"<VALUE>\")\nEOF\n", PRINTS ("", ".\n") },
  { "assignment", BOTH | OPERAND, "x=<VALUE>; p \"$x\"", PRINTS ("", "\0") },
  { "assignment before a command", BOTH, "x=<VALUE> y=\"\" env >/dev/null; p a", SAYS ("a\0") },
  { "export", BOTH | OPERAND, "export x=\"<VALUE>\" && p \"$x\"", PRINTS ("", "\0") },
  { "pattern", BOTH, "x='<VALUE>'; case $x in <VALUE>) p yes ;; *) p no ;; esac", SAYS ("yes\0") },
  { "test", BOTH | OPERAND, "if [ <VALUE> = \"<VALUE>\" ]; then p yes; fi", SAYS ("yes\0") },
  { "loop", BOTH | OPERAND, "for i in <VALUE> b; do p \"$i\"; done", PRINTS ("", "\0b\0") },
  { "group", BOTH | OPERAND, "{ (p <VALUE>); } | cat", PRINTS ("", "\0") },
  { "function", BOTH | OPERAND, "f () { p \"$1\" <VALUE>; }\nf a", PRINTS ("a\0", "\0") },
  { "continued line", BOTH | OPERAND, "p a \\\n  <VALUE>", PRINTS ("a\0", "\0") },
  { "file", BOTH, "p a >out-<VALUE>x; p c", SAYS ("c\0") },
  { "array", BASH | OPERAND, "a=(one <VALUE> # it's\n); p \"${a[1]}\"", PRINTS ("", "\0") },
  { "variable", BOTH, "x=<VALUE>; p -- \"$x\"", PRINTS ("--\0", "\0") },
  { "variable in a variable", BOTH, "x=<VALUE>; y=\"a$x\"; p \"$y\"", PRINTS ("a", "\0") },
  { "variable in a document", BOTH, "x='<VALUE>'\ncat <<EOF\n$x.\nEOF\n", PRINTS ("", ".\n") },
  { "variable as pattern", BOTH, "x=<VALUE>; case '<VALUE>' in \"$x\") p yes ;; esac",
    SAYS ("yes\0") },
  { "argument of a function", BOTH | OPERAND, "f () { p -- \"$1\"; }\nf <VALUE>",
    PRINTS ("--\0", "\0") },
  { "positional", BOTH, "set -- <VALUE>; p -- \"$1\"", PRINTS ("--\0", "\0") },
  { "loop variable", BOTH | OPERAND, "for i in \"<VALUE>\"; do p -- \"$i\"; done",
    PRINTS ("--\0", "\0") },
  { "pattern in double", BOTH, "case \"<VALUE>\" in \"<VALUE>\") p yes ;; *) p no ;; esac",
    SAYS ("yes\0") },
  { "file that is read", BOTH, "cat <in-<VALUE> 2>/dev/null; p c", SAYS ("c\0") },
  { "file at whose end is written", BOTH, "p a >>\"out-<VALUE>\"; p c 2>&1", SAYS ("c\0") },
  { "comment behind a redirection", BOTH, "p a >/dev/null # <VALUE>\np b", SAYS ("b\0") },
  { "condition", BASH | OPERAND, "if [[ <VALUE> == \"<VALUE>\" ]]; then p yes; fi",
    SAYS ("yes\0") },
  { "pattern of a condition", BASH, "x='<VALUE>'; [[ \"a$x\" == a<VALUE> ]] && p yes",
    SAYS ("yes\0") },
  { "variable of a condition", BASH, "x='<VALUE>'; [[ -z $x || -n $x ]] && p yes",
    SAYS ("yes\0") },
  { "word as input", BASH, "cat <<<\"a <VALUE>\"", PRINTS ("a ", "\n") },
  { "process", BASH | OPERAND, "cat <(printf '%s.' <VALUE>)", PRINTS ("", ".") },
};

static char *
make_long (void)
{
  GString *text = g_string_new (NULL);

  while (text->len < 100 * 1024)
    g_string_append (text, "it's \"long\" \\ $(touch pwned) `touch pwned`; ");
  return g_string_free (text, FALSE);
}

static const char *const nasty[] = {
  "plain", "'; rm -rf / #", "'; touch pwned; '", "\"; touch pwned; \"", "$(touch pwned)",
  "`touch pwned`", "\\`touch pwned\\`", "\\$(touch pwned)", "a\ntouch pwned\nb", "\n", "\n\n",
  "a\n", "\na", "a\nEOF\ntouch pwned\n", "\\", "\\\\", "\\\n", "a\\", "'", "''", "\"", "\"\"",
  "'\"'\"'",
  "-n", "--help", "-", "!", "!!", "!$", "*", "?", "[a-z]*", "{a,b}", "~", "~root", "~/x", "",
  " ", "\t",
  "\ta\n\tb", "  a  b  ", ";", "&", "|", "&&", "||", "<", ">", ">pwned", "<<EOF", "()", ")",
  "(touch pwned)",
  ")\"; touch pwned; \"", "}", "${x:=pwned}", "$user", "${", "$", "$'", "$\"", "$((1+1))", "#",
  " # a",
  "a#b", "%s%n\\n", "\\x41\\101", "\001", "\177", "\r", "a\r\nb", "\x1b[31m", "grüße, 世界 🚀",
  "\xc2\x81\xc2\x88",
  "<VALUE>", "<OTHER>", "=", "a=b", "x y=z", "E", "EO", "OF", "F", "if", "done", "esac", "0",
  "2", "1e",
  "a\\\nEOF", "\\\\\nEOF", "'EOF'", "$(", "`", "\"`", "\"$(", "'\"`$(", "&>pwned",
  "\\'; touch pwned #",
};

static GHashTable *
one_value (const char *value)
{
  GHashTable *values = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (values, (gpointer) "<VALUE>", (gpointer) value);
  return values;
}

/* A directory of numbered scripts, which a shell then runs one after the other. */
typedef struct
{
  char *directory;
  GPtrArray *scripts;
  GPtrArray *expected; /* GBytes */
} Batch;

static Batch *
batch_new (void)
{
  Batch *self = g_new0 (Batch, 1);

  self->directory = g_dir_make_tmp ("countersign-substitution-XXXXXX", NULL);
  g_assert_nonnull (self->directory);
  self->scripts = g_ptr_array_new_with_free_func (g_free);
  self->expected = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return self;
}

static void
batch_free (Batch *self)
{
  const char *argv[] = { "rm", "-rf", self->directory, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_ptr_array_unref (self->scripts);
  g_ptr_array_unref (self->expected);
  g_free (self->directory);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

static void
batch_add (Batch *self, const char *script, const char *expected, gsize length)
{
  g_autofree char *name = g_strdup_printf ("%s/case-%u", self->directory, self->scripts->len);
  g_autofree char *whole = g_strconcat (PROBE, script, "\n", NULL);

  g_assert_true (g_file_set_contents_full (name, whole, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_ptr_array_add (self->scripts, g_strdup (script));
  g_ptr_array_add (self->expected, g_bytes_new (expected, length));
}

static void
batch_compare (Batch *self, const char *shell)
{
  for (guint i = 0; i < self->scripts->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/out-%u.txt", self->directory, i);
      g_autofree char *output = NULL;
      gsize length = 0, wanted_length;
      const char *wanted = g_bytes_get_data (self->expected->pdata[i], &wanted_length);

      g_assert_true (g_file_get_contents (name, &output, &length, NULL));
      if (length == wanted_length && (length == 0 || memcmp (output, wanted, length) == 0))
        continue;
      for (gsize k = 0; k < length; k++)
        output[k] = output[k] == '\0' ? '|' : output[k];
      g_error ("%s, script %u:\n%.2000s\nprinted:\n%.1000s\ninstead of:\n%.1000s", shell, i,
               (char *) self->scripts->pdata[i], output, wanted);
    }
}

static void
batch_run (Batch *self, const char *shell)
{
  g_autofree char *loop = g_strdup_printf (
    "i=0; while [ $i -lt %u ]; do (. ./case-$i) >out-$i.txt 2>/dev/null; i=$((i + 1)); done",
    self->scripts->len);
  const char *argv[] = { shell, "-c", loop, NULL };
  g_autofree char *pwned = g_build_filename (self->directory, "pwned", NULL);
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (self->directory, (char **) argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  batch_compare (self, shell);
  g_assert_false (g_file_test (pwned, G_FILE_TEST_EXISTS));
}

/* A document without expansions can't hold the line that ends it; the value's first and last line
 * have neighbours there. */
static gboolean
has_inner_line (const char *value, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (value, "\n", -1);

  for (guint i = 1; lines[0] != NULL && i + 1 < g_strv_length (lines); i++)
    {
      if (g_str_equal (lines[i], line))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_refused (const Position *position, const char *value)
{
  if ((position->kind & OPERAND) != 0 && *value == '-')
    return TRUE;
  return (g_str_equal (position->name, "plain document") ||
          g_str_equal (position->name, "escaped document") ||
          strstr (position->name, "in document") != NULL) &&
         has_inner_line (value, "EOF");
}

static void
add_combination (Batch *batch, const Position *position, const char *value)
{
  g_autoptr (GHashTable) values = one_value (value);
  g_autoptr (GError) error = NULL;
  g_autofree char *script = cs_substitution_apply (position->script, values, &error);
  g_autoptr (GString) expected = g_string_new (NULL);

  if (is_refused (position, value))
    {
      g_assert_null (script);
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      return;
    }
  if (error != NULL)
    g_error ("%s, “%.100s”: %s", position->name, value, error->message);
  if (position->before != NULL)
    {
      g_string_append_len (expected, position->before, position->before_length);
      g_string_append (expected, value);
    }
  g_string_append_len (expected, position->after, position->after_length);
  batch_add (batch, script, expected->str, expected->len);
}

static void
run_positions (const char *shell, gboolean is_bash)
{
  g_autoptr (Batch) batch = batch_new ();
  g_autofree char *long_value = make_long ();

  for (guint i = 0; i < G_N_ELEMENTS (positions); i++)
    {
      if ((positions[i].kind & BOTH) == 0 && !is_bash)
        continue;
      for (guint k = 0; k < G_N_ELEMENTS (nasty); k++)
        if (k < N_WORST || (i + k) % MORE_EVERY == 0)
          add_combination (batch, &positions[i], nasty[k]);
      if (strstr (positions[i].name, "before a command") == NULL)
        add_combination (batch, &positions[i], long_value);
    }
  batch_run (batch, shell);
}

static void
test_positions_bash (void)
{
  run_positions ("bash", TRUE);
}

static void
test_positions_dash (void)
{
  run_positions ("dash", FALSE);
}

/* In a shell that does not know $'…' the value may look odd, but it must stay data. */
static void
test_ansi_in_dash (void)
{
  g_autofree char *directory = g_dir_make_tmp ("countersign-substitution-XXXXXX", NULL);
  g_autofree char *pwned = g_build_filename (directory, "pwned", NULL);

  for (guint k = 0; k < G_N_ELEMENTS (nasty); k++)
    {
      g_autoptr (GHashTable) values = one_value (nasty[k]);
      g_autofree char *script = cs_substitution_apply (": -- $'<VALUE>'", values, NULL);
      const char *argv[] = { "dash", "-c", script, NULL };
      int status;

      g_assert_true (g_spawn_sync (directory, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                   NULL, NULL, &status, NULL));
      g_assert_cmpint (status, ==, 0);
    }
  g_assert_false (g_file_test (pwned, G_FILE_TEST_EXISTS));
  g_rmdir (directory);
}

/* Random scripts: each function appends a script and what it must come to. */
typedef struct
{
  GRand *random;
  const char *texts[3];
  char *values[3];
} Dice;

static void add_inside_double (Dice *dice, GString *script, GString *wanted, guint depth);

static char *
random_value (Dice *dice)
{
  GString *value = g_string_new (NULL);
  guint n = (guint) g_rand_int_range (dice->random, 0, 5);

  for (guint i = 0; i < n; i++)
    g_string_append (value, nasty[g_rand_int_range (dice->random, 0, G_N_ELEMENTS (nasty))]);
  return g_string_free (value, FALSE);
}

static void
add_slot (Dice *dice, GString *script, GString *wanted)
{
  int i = g_rand_int_range (dice->random, 0, G_N_ELEMENTS (dice->texts));

  g_string_append (script, dice->texts[i]);
  g_string_append (wanted, dice->values[i]);
}

static void
add_word (Dice *dice, GString *script, GString *wanted, guint depth)
{
  guint n = (guint) g_rand_int_range (dice->random, 1, 4);

  for (guint i = 0; i < n; i++)
    switch (g_rand_int_range (dice->random, 0, 5))
      {
      case 0:
        g_string_append (script, "a.b");
        g_string_append (wanted, "a.b");
        break;
      case 1:
        g_string_append (script, "'x\" \\ ");
        g_string_append (wanted, "x\" \\ ");
        add_slot (dice, script, wanted);
        g_string_append (script, "$#'");
        g_string_append (wanted, "$#");
        break;
      case 2:
        g_string_append (script, "\\'\\$");
        g_string_append (wanted, "'$");
        break;
      case 3:
        g_string_append_c (script, '"');
        add_inside_double (dice, script, wanted, depth);
        g_string_append_c (script, '"');
        break;
      default:
        g_string_append (script, ".");
        g_string_append (wanted, ".");
        add_slot (dice, script, wanted);
      }
}

static void
add_substitution (Dice *dice, GString *script, GString *wanted, guint depth)
{
  static const char *const BEFORE[] = { "", "case $user in a) ;; (U) ", "{ ", " ( ",
                                        "x=1 # note (\n", "if :; then " };
  static const char *const AFTER[] = { "", " ;; esac", "; }", " )", "", "; fi" };
  int i = g_rand_int_range (dice->random, 0, G_N_ELEMENTS (BEFORE));

  g_string_append_printf (script, "$(%sprintf %%s. ", BEFORE[i]);
  add_word (dice, script, wanted, depth);
  g_string_append_printf (script, "%s)", AFTER[i]);
  g_string_append_c (wanted, '.');
}

static void
add_backquotes (Dice *dice, GString *script, GString *wanted, guint depth)
{
  g_autoptr (GString) inner = g_string_new ("printf %s. ");

  add_word (dice, inner, wanted, depth);
  g_string_append_c (wanted, '.');
  g_string_append_c (script, '`');
  for (const char *p = inner->str; *p != '\0'; p++)
    {
      if (strchr ("\\`$", *p) != NULL)
        g_string_append_c (script, '\\');
      g_string_append_c (script, *p);
    }
  g_string_append_c (script, '`');
}

static void
add_document (Dice *dice, GString *script, GString *wanted, guint depth)
{
  g_string_append_printf (script, "$(cat <<E%u\n$user", depth);
  g_string_append (wanted, "U");
  add_slot (dice, script, wanted);
  g_string_append (script, " \" ' ");
  g_string_append (wanted, " \" ' ");
  if (depth > 0)
    add_substitution (dice, script, wanted, depth - 1);
  add_slot (dice, script, wanted);
  g_string_append_printf (script, ".\nE%u\n)", depth);
  g_string_append (wanted, ".");
}

static void
add_inside_double (Dice *dice, GString *script, GString *wanted, guint depth)
{
  guint n = (guint) g_rand_int_range (dice->random, 1, 4);

  for (guint i = 0; i < n; i++)
    switch (g_rand_int_range (dice->random, 0, depth > 0 ? 6 : 3))
      {
      case 0:
        g_string_append (script, " it's \\$\\` ");
        g_string_append (wanted, " it's $` ");
        break;
      case 1:
        g_string_append (script, "$user");
        g_string_append (wanted, "U");
        add_slot (dice, script, wanted);
        break;
      case 2:
        g_string_append (script, " ");
        g_string_append (wanted, " ");
        add_slot (dice, script, wanted);
        break;
      case 3:
        add_substitution (dice, script, wanted, depth - 1);
        break;
      case 4:
        add_backquotes (dice, script, wanted, depth - 1);
        break;
      default:
        add_document (dice, script, wanted, depth - 1);
      }
}

static void
add_random (Dice *dice, Batch *batch)
{
  g_autoptr (GString) script = g_string_new ("p ");
  g_autoptr (GString) wanted = g_string_new (NULL);
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_autofree char *filled = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (dice->texts); i++)
    {
      dice->values[i] = random_value (dice);
      g_hash_table_insert (values, (gpointer) dice->texts[i], dice->values[i]);
    }
  add_word (dice, script, wanted, 4);
  g_string_append_c (wanted, '\0');
  filled = cs_substitution_apply (script->str, values, &error);
  if (error != NULL)
    g_error ("%s\n%s", script->str, error->message);
  batch_add (batch, filled, wanted->str, wanted->len);
  for (guint i = 0; i < G_N_ELEMENTS (dice->texts); i++)
    g_free (dice->values[i]);
}

static void
test_random (void)
{
  Dice dice = { .texts = { "<VALUE>", "<OTHER>", "{{ hash }}" } };
  g_autoptr (Batch) batch = batch_new ();

  dice.random = g_rand_new_with_seed (4229927735u);
  for (guint i = 0; i < 400; i++)
    add_random (&dice, batch);
  batch_run (batch, "bash");
  batch_run (batch, "dash");
  g_rand_free (dice.random);
}

static const struct
{
  const char *script;
  const char *value;
  const char *words; /* of the error */
} refusals[] = {
  { "echo a\necho $((<VALUE> + 1))", "x", "line 2" },
  { "echo $((<VALUE> + 1))", "a[$(touch pwned)]", "whole number" },
  { "((x = <VALUE>))", "1 + 1", "whole number" },
  { "for ((i = 0; i < <VALUE>; i++)); do :; done", "x", "whole number" },
  { "cat <<'EOF'\na\n<VALUE>\nEOF\n", "EOF", "line 3" },
  { "cat <<'EOF'\n<VALUE>\nEOF\n", "a\nEOF\nb", "would end" },
  { "cat <<'EOF'\nE<VALUE>\nEOF\n", "OF", "would end" },
  { "cat <<-'EOF'\n\ta <VALUE>\n\tEOF\n", "b\n\tc", "tabs" },
  { "cat <<-'EOF'\n\t<VALUE>\n\tEOF\n", "\tc", "tabs" },
  { "cat <<-E\n$(p '<VALUE>')\nE\n", "a\n\tb", "tabs" },
  { "cat <<EOF\n$(p '<VALUE>')\nEOF\n", "a\nEOF\nb", "would end" },
  { "cat <<<VALUE>\na\n<VALUE>\n", "x", "behind <<" },
  { "echo \"${x:-<VALUE>}\"", "a b", "${" },
  { "echo ${x#<VALUE>}", "*", "${" },
  { "echo ${<VALUE>}", "x", "variable" },
  { "echo $<VALUE>", "x", "right before" },
  { "echo \"$<VALUE>\"", "(touch pwned)", "right before" },
  { "cat <<EOF\n$<VALUE>\nEOF\n", "(touch pwned)", "right before" },
  { "echo \"\\<VALUE>\"", "$(touch pwned)", "right before" },
  { "echo \\<VALUE>", "; touch pwned", "right before" },
  { "echo \"$\\\n<VALUE>\"", "(touch pwned)", "cut in two" },
  { "echo 'a\necho <VALUE>", "x", "line 1, a single quote is never closed" },
  { "echo \"<VALUE>", "x", "double quote" },
  { "echo `<VALUE>", "x", "backquote" },
  { "echo $(p <VALUE>", "x", "parenthesis" },
  { "cat <<EOF\n<VALUE>\n", "x", "no end" },
  { "echo ) <VALUE>", "x", "no (" },
  { "<VALUE>", "reboot", "command's name" },
  { "true && \"<VALUE>\" now", "reboot", "command's name" },
  { "a[<VALUE>]=1", "x[$(touch pwned)]", "index" },
  { "a=([<VALUE>]=1)", "x[$(touch pwned)]", "index" },
  { "declare -i a=<VALUE>", "x[$(touch pwned)]", "once more" },
  { "[[ <VALUE> -eq 1 ]]", "x[$(touch pwned)]", "once more" },
  { "[ -v <VALUE> ]", "x[$(touch pwned)]", "once more" },
  { "let <VALUE>", "x[$(touch pwned)]", "once more" },
  { "eval \"echo '<VALUE>'\"", "'; touch pwned; '", "once more" },
  { "bash -c 'echo <VALUE>'", "; touch pwned", "once more" },
  { "sudo /bin/sh -c \"echo <VALUE>\"", "; touch pwned", "once more" },
  { "ssh web git reset --hard <VALUE>", "a; touch pwned", "once more" },
  { "ssh <VALUE> uptime", "-oProxyCommand=touch", "begins with a dash" },
  { "ssh -- <VALUE> uptime", "-oProxyCommand=touch", "once more" },
  { "ssh web <<'EOF'\ngit reset --hard <VALUE>\nEOF\n", "a; touch pwned", "line 2" },
  { "ssh web <<EOF; true\ngit reset --hard <VALUE>\nEOF\n", "a; touch pwned", "line 2" },
  { "echo \"echo <VALUE>\" | bash", "; touch pwned", "once more" },
  { "{ echo a\necho \"echo <VALUE>\"; } | ssh web", "; touch pwned", "once more" },
  { "for i in 1; do\necho <VALUE>\ndone | sh", "; touch pwned", "once more" },
  { "(echo <VALUE>) | sh", "; touch pwned", "once more" },
  { "cat <<EOF |\n<VALUE>\nEOF\nsh", "; touch pwned", "once more" },
  { "mysql -e \"DELETE FROM a WHERE b = '<VALUE>'\"", "' OR '1", "once more" },
  { "mysql shop <<EOF\nDELETE FROM a WHERE b = '<VALUE>';\nEOF\n", "' OR '1", "once more" },
  { "python3 -c 'print(<VALUE>)'", "__import__('os')", "once more" },
  { "php artisan tinker --execute=\"<VALUE>\"", "system('touch pwned')", "once more" },
  { "sed -i 's/a/<VALUE>/' b", "x/e; ", "once more" },
  { "make deploy VERSION=<VALUE>", "$(shell touch pwned)", "once more" },
  { "flock /tmp/lock -c 'deploy <VALUE>'", "; touch pwned", "once more" },
  { "systemd-run --pty deploy <VALUE>", "$(touch pwned)", "once more" },
  { "sg web -c \"deploy <VALUE>\"", "; touch pwned", "once more" },
  { "sg web \"deploy <VALUE>\"", "; touch pwned", "once more" },
  { "aws ssm send-command --parameters 'commands=[\"deploy <VALUE>\"]'", "; touch pwned",
    "once more" },
  { "az vm run-command invoke --scripts \"deploy <VALUE>\"", "; touch pwned", "once more" },
  { "az vmss do --scripts=\"cd /srv && deploy <VALUE>\"", "; touch pwned", "once more" },
  { "npx nodemon --exec \"deploy <VALUE>\"", "; touch pwned", "once more" },
  { "git rebase --exec 'deploy <VALUE>' main", "; touch pwned", "once more" },
  { "git rebase -x 'deploy <VALUE>' main", "; touch pwned", "once more" },
  { "bin/rails runner \"puts '<VALUE>'\"", "'; `touch pwned`; '", "once more" },
  { "sail artisan tinker --execute=\"a('/x/<VALUE>')\"", "'); system('reboot", "once more" },
  { "watch 'ls <VALUE>'", "; touch pwned", "once more" },
  { "xargs -I{} deploy {} <VALUE>", "a b", "once more" },
  { "find . -exec deploy '<VALUE>' {} +", "a b", "once more" },
  { "parallel 'deploy {} <VALUE>' ::: a", "; touch pwned", "once more" },
  { "tmux new-session -d 'deploy <VALUE>'", "; touch pwned", "once more" },
  { "screen -dm 'deploy <VALUE>'", "; touch pwned", "once more" },
  { "echo 'deploy <VALUE>' | at now", "; touch pwned", "once more" },
  { "batch <<'EOF'\ndeploy <VALUE>\nEOF\n", "; touch pwned", "once more" },
  { "echo '* * * * * deploy <VALUE>' | crontab -", "; touch pwned", "once more" },
  { "expect -d 'spawn <VALUE>'", "[exec touch pwned]", "once more" },
  { "anything -c 'deploy <VALUE>'", "; touch pwned", "once more" },
  { "anything -e 'deploy <VALUE>'", "; touch pwned", "once more" },
  { "anything --command='/bin/deploy <VALUE>'", "; touch pwned", "once more" },
  { "anything --eval 'deploy <VALUE>'", "; touch pwned", "once more" },
  { "rm <VALUE>", "-rf", "begins with a dash" },
  { "rm a\nrm \"<VALUE>\"", "-rf", "line 2" },
  { "rm a ''<VALUE>", "-rf", "begins with a dash" },
  { "true -- a; rm <VALUE>", "-rf", "begins with a dash" },
  { "true -- a | rm <VALUE>", "-rf", "begins with a dash" },
  { "git fetch `echo <VALUE>`", "--upload-pack=x", "begins with a dash" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (GHashTable) values = one_value (refusals[i].value);
      g_autoptr (GError) error = NULL;
      g_autofree char *script = cs_substitution_apply (refusals[i].script, values, &error);

      if (script != NULL)
        g_error ("%s\nbecame\n%s", refusals[i].script, script);
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      if (strstr (error->message, refusals[i].words) == NULL)
        g_error ("%s\n“%s” does not say “%s”", refusals[i].script, error->message,
                 refusals[i].words);
    }
}

#define CODE "read as commands"

/* Values that variables carry to where they would not be data. */
static const struct
{
  const char *script;
  const char *value;
  const char *words; /* of the error */
} carried[] = {
  { "X=<VALUE>; mysql -e \"SELECT '$X'\"", "'; DROP TABLE a; '", CODE },
  { "X=<VALUE>\neval \"$X\"", "touch pwned; :", "line 2, and what" },
  { "X=<VALUE>; ssh web \"deploy $X\"", "; touch pwned", CODE },
  { "X=<VALUE>; ssh web deploy \"${X}\"", "; touch pwned", CODE },
  { "X='<VALUE>'; bash -c \"echo $X\"", "; touch pwned", CODE },
  { "export X=\"<VALUE>\"; sudo sh -c \"echo $X\"", "; touch pwned", CODE },
  { "X=<VALUE>; echo a | xargs sh -c \"deploy $X\"", "; touch pwned", CODE },
  { "X=<VALUE>; echo a | xargs -I{} sh -c \"deploy {} ${X}\"", "; touch pwned", CODE },
  { "X=<VALUE>; find . -exec sh -c \"deploy $X\" \\;", "; touch pwned", CODE },
  { "X=<VALUE>\nmysql shop <<EOF\nDELETE FROM a WHERE b = '$X';\nEOF\n", "' OR '1", CODE },
  { "X=<VALUE>\nssh web <<EOF\ndeploy $X\nEOF\n", "; touch pwned", CODE },
  { "X=<VALUE>; mysql shop <<<\"$X\"", "DROP TABLE a", CODE },
  { "X=<VALUE>; echo \"echo $X\" | bash", "; touch pwned", CODE },
  { "X=<VALUE>; { echo a; echo \"$X\"; } | sh", "; touch pwned", CODE },
  { "X=<VALUE>; python3 -c \"print('$X')\"", "'); import os; ('", CODE },
  { "X=<VALUE>; sed -i \"s/a/$X/\" b", "x/e; ", CODE },
  { "X=<VALUE>; awk \"/$X/\" b", "/ { system(\"touch pwned\") } /", CODE },
  { "X=<VALUE>; watch \"ls $X\"", "; touch pwned", CODE },
  { "X=<VALUE>; trap \"rm $X\" EXIT", "; touch pwned", CODE },
  { "X=<VALUE>; read -r Y <<<\"$X\"; echo a", "a b", CODE },
  { "X=<VALUE>; declare \"Y=$X\"", "a[$(touch pwned)]", CODE },
  { "X=<VALUE>; Y=$X; Z=\"a $Y\"; eval \"$Z\"", "; touch pwned", "$Z carries" },
  { "X+=<VALUE>; eval \"$X\"", "; touch pwned", CODE },
  { "X=(a <VALUE>); eval \"${X[1]}\"", "; touch pwned", CODE },
  { "X=$(echo '<VALUE>'); eval \"$X\"", "; touch pwned", CODE },
  { "X=`echo '<VALUE>'`; eval \"$X\"", "; touch pwned", CODE },
  { "X=$(cat <<EOF\n<VALUE>\nEOF\n); eval \"$X\"", "; touch pwned", CODE },
  { "X=\"${Y:-<VALUE>}\"; eval \"$X\"", "a b", "${" },
  { "for x in a <VALUE>; do eval \"$x\"; done", "; touch pwned", "$x carries" },
  { "X=<VALUE>; for x in a \"$X\"; do ssh web \"$x\"; done", "; touch pwned", "$x carries" },
  { "f () { ssh web \"deploy $1\"; }\nf <VALUE>", "; touch pwned", "$1 or $@ carries" },
  { "function f { ssh web \"deploy $*\"; }\nf '<VALUE>'", "; touch pwned", CODE },
  { "f () { eval \"$1\"; }\nX=<VALUE>\nf \"$X\"", "; touch pwned", CODE },
  { "f () { eval \"$X\"; }\nX=<VALUE>\nf", "; touch pwned", CODE },
  { "f () { echo \"$X\"; }\nX=<VALUE>\nY=$(f)\neval \"$Y\"", "; touch pwned", CODE },
  { "set -- a <VALUE>; eval \"$2\"", "; touch pwned", CODE },
  { "while :; do eval \"$X\"; X=<VALUE>; done", "; touch pwned", CODE },
  { "X=<VALUE>; echo \"`eval \"$X\"`\"", "; touch pwned", CODE },
  { "X=<VALUE>; echo \"$(eval \"$X\")\"", "; touch pwned", CODE },
  { "X=<VALUE>; echo $((X + 1))", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; ((X > 1)) && p a", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; for ((i = 0; i < X; i++)); do :; done", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; a[$X]=1", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; a[X]=1", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; a=([$X]=1)", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; p \"${a[$X]}\"", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; p \"${a[X]}\"", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; p \"${a:$X}\"", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; p \"${a:0:X}\"", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; p \"${!X}\"", "a[$(touch pwned)]", "reckoned" },
  { "X=<VALUE>; p \"${X@P}\"", "$(touch pwned)", "reckoned" },
  { "X=<VALUE>; [[ $X -eq 1 ]]", "a[$(touch pwned)]", CODE },
  { "X=<VALUE>; [[ -v $X ]]", "a[$(touch pwned)]", CODE },
  { "X=<VALUE>; test -v \"$X\"", "a[$(touch pwned)]", CODE },
  { "X=<VALUE>; printf -v \"$X\" a", "a[$(touch pwned)]", CODE },
  { "printf -v Y %s '<VALUE>'; eval \"$Y\"", "; touch pwned", CODE },
  { "X=<VALUE>; $X", "reboot", "the command" },
  { "X=<VALUE>; true && \"${X}\" now", "reboot", "the command" },
  { "X=<VALUE>; rm $X", "a b", "double quotes" },
  { "X=<VALUE>; rm a/$X", "*", "double quotes" },
  { "X=<VALUE>; rm \"$X\"", "-rf", "begins with it" },
  { "X=<VALUE>; true -- a; rm \"$X\"", "-rf", "begins with it" },
  { "echo 'rm <VALUE>' > deploy.sh", "a; touch pwned", "once more" },
  { "echo 'rm <VALUE>' >> \"$HOME/deploy.sh\"", "a; touch pwned", "once more" },
  { "cat <<EOF > deploy.sh\nrm <VALUE>\nEOF\n", "a; touch pwned", "once more" },
  { "cat > fix.sql <<'EOF'\nDELETE FROM a WHERE b = '<VALUE>';\nEOF\n", "' OR '1", "once more" },
  { "sudo tee /usr/local/bin/deploy.sh <<EOF\nrm <VALUE>\nEOF\n", "a; touch pwned", "once more" },
  { "X=<VALUE>\ncat <<EOF > deploy.sh\nrm $X\nEOF\n", "a; touch pwned", CODE },
};

static void
test_carried (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (carried); i++)
    {
      g_autoptr (GHashTable) values = one_value (carried[i].value);
      g_autoptr (GError) error = NULL;
      g_autofree char *script = cs_substitution_apply (carried[i].script, values, &error);

      if (script != NULL)
        g_error ("%s\nbecame\n%s", carried[i].script, script);
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      if (strstr (error->message, carried[i].words) == NULL)
        g_error ("%s\n“%s” does not say “%s”", carried[i].script, error->message,
                 carried[i].words);
    }
}

/* The same scripts with a value that is one plain word for everyone, but not where a command's name
 * has to be. */
static void
test_carried_plain (void)
{
  g_autoptr (GHashTable) values = one_value ("7");

  for (guint i = 0; i < G_N_ELEMENTS (carried); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *script = cs_substitution_apply (carried[i].script, values, &error);

      if (g_str_equal (carried[i].words, "the command"))
        g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      else if (script == NULL)
        g_error ("%s\n%s", carried[i].script, error->message);
    }
}

/* What a later command of the same session does with a variable that an earlier one has left. */
static const struct
{
  const char *script;
  gboolean sound; /* whatever the variable holds */
} later[] = {
  { "p -- \"$X\"", TRUE },
  { "p -- \"a ${X} b\"", TRUE },
  { "Y=\"$X\"; export Y; p -- \"$Y\"", TRUE },
  { "cat <<EOF\n$X.\nEOF\n", TRUE },
  { "f () { p -- \"$1\"; }\nf \"x$X\"", TRUE },
  { "[ \"x$X\" = x ] || p -- \"$X\"", TRUE },
  { "for i in a b; do p \"$i\" \"x$X\"; done", TRUE },
  { "case \"$X\" in pwned) p no ;; *) p yes ;; esac", TRUE },
  { "p no `echo a`", TRUE },
  { "eval \"p $X\"", FALSE },
  { "Y=$X; eval \"p $Y\"", FALSE },
  { "sh -c \"echo $X\"", FALSE },
  { "p \"$(eval \"echo $X\")\"", FALSE },
  { "p \"`eval \"echo $X\"`\"", FALSE },
  { "echo \"echo $X\" | sh", FALSE },
  { "f () { eval \"$1\"; }\nf \"echo $X\"", FALSE },
  { "trap \"echo $X\" EXIT", FALSE },
  { "p \"$[1]\" \"$X\"", FALSE }, /* which can't be followed */
  { "if true; then eval \"echo $X\"; fi", FALSE },
};

static void
add_later (Batch *batch, guint at, const char *value)
{
  g_autoptr (GHashTable) values = one_value (value);
  g_autoptr (GHashTable) left = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_autofree char *first = cs_substitution_apply ("export X='<VALUE>'", values, &error);
  g_autofree char *both = NULL;
  gboolean good;

  g_assert_no_error (error);
  g_hash_table_insert (left, (gpointer) "X", (gpointer) value);
  good = cs_substitution_check_carried (later[at].script, values, left, &error);
  if (later[at].sound && !good)
    g_error ("%s, “%.100s”: %s", later[at].script, value, error->message);
  if (!good)
    g_assert_nonnull (strstr (error->message, "line "));
  if (!good)
    return;
  both = g_strconcat (first, "\n(", later[at].script, "\n) >/dev/null 2>&1; p end", NULL);
  batch_add (batch, both, "end", sizeof "end");
}

static void
run_later (const char *shell)
{
  g_autoptr (Batch) batch = batch_new ();
  g_autofree char *long_value = make_long ();

  for (guint i = 0; i < G_N_ELEMENTS (later); i++)
    {
      for (guint k = 0; k < G_N_ELEMENTS (nasty); k++)
        add_later (batch, i, nasty[k]);
      add_later (batch, i, long_value);
    }
  batch_run (batch, shell);
}

static void
test_later_bash (void)
{
  run_later ("bash");
}

static void
test_later_dash (void)
{
  run_later ("dash");
}

/* Each script above whose first command sets X, as two commands of one session. */
static void
test_later_refused (void)
{
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (carried); i++)
    {
      static const char start[] = "X=<VALUE>";
      g_autoptr (GHashTable) left = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (GError) error = NULL;
      gsize length = strlen (start);
      const char *script;

      if (strncmp (carried[i].script, start, length) != 0 ||
          strchr (";\n", carried[i].script[length]) == NULL)
        continue;
      n++;
      script = carried[i].script + length + 1;
      g_hash_table_insert (left, (gpointer) "X", (gpointer) carried[i].value);
      if (cs_substitution_check_carried (script, none, left, &error))
        g_error ("%s\nwas allowed", script);
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
      g_clear_error (&error);
      g_hash_table_insert (left, (gpointer) "X", (gpointer) "7");
      if (cs_substitution_check_carried (script, none, left, &error) ==
          g_str_equal (carried[i].words, "the command"))
        g_error ("%s\n%s", script, error != NULL ? error->message : "was allowed");
    }
  g_assert_cmpuint (n, >, 40);
}

/* Which variables may hold a value when a command is done. */
static void
test_holders (void)
{
  static const struct
  {
    const char *script;
    const char *names;
  } cases[] = {
    { "export X=<VALUE>", "X" },
    { "export Y=\"at $X\"", "X Y" },
    { "Z=3; echo <VALUE>", "X Y" },
    { "export W=\"$(echo \"$Y\")\"", "W X Y" },
    { "V=$[1] U=$W", "U V W X Y" }, /* can't be followed: whatever is named there */
    { "for i in <VALUE>; do :; done", "U V W X Y i" },
  };
  g_autoptr (GHashTable) values = one_value ("x");
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GList) sorted = NULL;
      g_autoptr (GString) found = g_string_new (NULL);

      cs_substitution_add_holders (cases[i].script, values, names);
      sorted = g_list_sort (g_hash_table_get_keys (names), (GCompareFunc) strcmp);
      for (GList *l = sorted; l != NULL; l = l->next)
        g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", (char *) l->data);
      g_assert_cmpstr (found->str, ==, cases[i].names);
    }
}

static const struct
{
  const char *script;
  const char *value;
  const char *wanted;
} texts[] = {
  { "git reset --hard <VALUE>", "1a2b3c", "git reset --hard '1a2b3c'" },
  { "ssh web \"cd /srv && git reset --hard <VALUE>\"", "1a2b3c",
    "ssh web \"cd /srv && git reset --hard 1a2b3c\"" },
  { "echo $((<VALUE> + 1))", "41", "echo $(( 41  + 1))" },
  { "echo \"${x:-<VALUE>}\"", "v1.2", "echo \"${x:-v1.2}\"" },
  { "echo 'no <value>' it's", "x", "echo 'no <value>' it's" },
  { "php artisan import <VALUE>", "a b", "php artisan import 'a b'" },
  { "rm -- <VALUE>", "-rf", "rm -- '-rf'" },
  { "git checkout a -- \"<VALUE>\" b", "-b", "git checkout a -- \"-b\" b" },
  { "deploy --tag=<VALUE>", "-b", "deploy --tag='-b'" },
  { "deploy >a-<VALUE>", "-b", "deploy >a-'-b'" },
  { "make deploy VERSION=<VALUE>", "v1.2", "make deploy VERSION='v1.2'" },
  { "X='<VALUE>'; git commit -m \"$X\"", "a b; $(c)",
    "X='a b; $(c)'; git commit -m \"$X\"" },
  { "X='<VALUE>'; if [[ -z $X ]]; then exit 1; fi", "a b",
    "X='a b'; if [[ -z $X ]]; then exit 1; fi" },
  { "X='<VALUE>'; Y=$X; case $Y in a*) ;; esac", "a b", "X='a b'; Y=$X; case $Y in a*) ;; esac" },
  { "X='<VALUE>'; p \"${X:-none}\" \"${#X}\"", "a b", "X='a b'; p \"${X:-none}\" \"${#X}\"" },
  { "X='<VALUE>'; ssh web \"deploy $TAG\"", "a b", "X='a b'; ssh web \"deploy $TAG\"" },
  { "X=<VALUE>; ssh web \"deploy $X\"", "v1.2", "X='v1.2'; ssh web \"deploy $X\"" },
  { "docker exec web bash -c 'ls <VALUE>'", "/srv/app", "docker exec web bash -c 'ls /srv/app'" },
};

static void
test_texts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GHashTable) values = one_value (texts[i].value);
      g_autoptr (GError) error = NULL;
      g_autofree char *script = cs_substitution_apply (texts[i].script, values, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (script, ==, texts[i].wanted);
    }
}

static void
assert_filled (const char *script, const char *text, const char *value, const char *wanted)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_autofree char *filled = NULL;

  g_hash_table_insert (values, (gpointer) text, (gpointer) value);
  filled = cs_substitution_apply (script, values, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (filled, ==, wanted);
}

/* What is a placeholder, and what only looks like one. */
static void
test_occurrences (void)
{
  assert_filled ("tar -xzf code_YYYYMMDD_HHMMSS.tar.gz", "YYYYMMDD_HHMMSS", "20261120_021400",
                 "tar -xzf code_'20261120_021400'.tar.gz");
  assert_filled ("del \"call:CALL_ID_HERE\" MY_CALL_ID_HERE $CALL_ID_HERE ${CALL_ID_HERE}",
                 "CALL_ID_HERE", "7",
                 "del \"call:7\" MY_CALL_ID_HERE $CALL_ID_HERE ${CALL_ID_HERE}");
  assert_filled ("YOUR_TOKEN=YOUR_TOKEN run", "YOUR_TOKEN", "a", "YOUR_TOKEN='a' run");
  assert_filled ("run up --step=X --other=X", "--step=X", "a b", "run up --step='a b' --other=X");
  assert_filled ("echo [DATE] a[DATE]", "[DATE]", "x", "echo 'x' a[DATE]");
  assert_filled ("helm install --set v={{ version }} ${{ version }}", "{{ version }}", "1",
                 "helm install --set v='1' ${{ version }}");
}

/* Twice the text takes at most about twice the processor time. */
static double
time_shape (const char *part, guint n)
{
  g_autoptr (GString) script = g_string_new (NULL);
  g_autoptr (GHashTable) values = one_value ("a'b");
  g_autofree char *filled = NULL;
  double start;

  for (guint i = 0; i < n; i++)
    g_string_append (script, part);
  g_string_append (script, "\np <VALUE>");
  start = cs_test_documents_get_cpu_time ();
  filled = cs_substitution_apply (script->str, values, NULL);
  return cs_test_documents_get_cpu_time () - start;
}

static void
test_linear (void)
{
  static const char *const SHAPES[] = {
    "p <VALUE>\n", "p \"<VALUE>", "'", "p `echo <VALUE>` ", "cat <<E\n<VALUE>\nE\n", "<VALUE>",
    "$(", "p \\`", "x", "x=<VALUE>; y=$x; ", "x=$y; y=$x; eval \"$x\"\n",
    "f () { p $x; }; x=<VALUE>\n", "case a in a) p <VALUE> ;; esac\n", "cat <<E\n", "# <VALUE> ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (SHAPES); i++)
    {
      double once = MIN (time_shape (SHAPES[i], 20000), time_shape (SHAPES[i], 20000));
      double more = MIN (time_shape (SHAPES[i], 160000), time_shape (SHAPES[i], 160000));

      g_test_message ("%s: %.4f s, %.4f s", SHAPES[i], once, more);
      g_assert_cmpfloat (more, <, 8 * 3 * once + 0.1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runbook/substitution/positions/bash", test_positions_bash);
  g_test_add_func ("/runbook/substitution/positions/dash", test_positions_dash);
  g_test_add_func ("/runbook/substitution/ansi-in-dash", test_ansi_in_dash);
  g_test_add_func ("/runbook/substitution/random", test_random);
  g_test_add_func ("/runbook/substitution/refused", test_refused);
  g_test_add_func ("/runbook/substitution/carried", test_carried);
  g_test_add_func ("/runbook/substitution/carried-plain", test_carried_plain);
  g_test_add_func ("/runbook/substitution/later/bash", test_later_bash);
  g_test_add_func ("/runbook/substitution/later/dash", test_later_dash);
  g_test_add_func ("/runbook/substitution/later/refused", test_later_refused);
  g_test_add_func ("/runbook/substitution/holders", test_holders);
  g_test_add_func ("/runbook/substitution/texts", test_texts);
  g_test_add_func ("/runbook/substitution/occurrences", test_occurrences);
  g_test_add_func ("/runbook/substitution/linear", test_linear);
  return g_test_run ();
}
