/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The languages that info strings name, and what people call expected output. */

#include "cs-languages.h"

#include "cs-word-folding.h"

#include <string.h>

static const char *const SHELL[] = { "bash", "sh", "shell", "zsh", "ksh", "dash", "ash", "fish",
                                     "shellscript", "shell-script", "busybox" };
static const char *const CONSOLE[] = { "console", "shell-session", "shellsession", "sh-session",
                                       "bash-session", "terminal", "term", "console-session" };
/* Other shells, and what draws pictures or sets letters. */
static const char *const NO_SHELL[] = {
  "powershell", "ps1", "ps", "pwsh", "posh", "cmd", "bat", "batch", "batchfile", "dos", "winbatch",
  "mermaid", "plantuml", "puml", "dot", "graphviz", "d2", "tree", "vim", "viml", "tex", "latex",
  "math", "vb", "vbnet", "vbscript", "vba", "applescript", "gherkin", "feature", "email", "mail",
  "rst", "asciidoc", "adoc", "message", "template", "regex", "reg", "csh", "tcsh",
};
static const char *const OUTPUT[] = { "text", "txt", "plaintext", "plain", "output", "log", "logs",
                                      "out", "none", "ascii" };
static const char *const FILES[] = {
  "php", "sql", "mysql", "pgsql", "postgresql", "plsql", "env", "dotenv", "json", "jsonc", "json5",
  "yaml", "yml", "toml", "ini", "conf", "config", "cfg", "properties", "diff", "patch", "xml",
  "html", "css", "scss", "javascript", "js", "jsx", "typescript", "ts", "tsx", "python", "py",
  "ruby", "rb", "go", "golang", "rust", "rs", "java", "kotlin", "c", "cpp", "c++", "csharp", "cs",
  "nginx", "apache", "apacheconf", "dockerfile", "docker", "makefile", "make", "hcl", "terraform",
  "tf", "systemd", "service", "crontab", "cron", "groovy", "jenkinsfile", "lua", "perl", "pl",
  "r", "scala", "swift", "vue", "svelte", "graphql", "proto", "protobuf", "csv", "markdown", "md",
  "haproxy", "caddyfile", "jinja", "jinja2", "http", "promql", "elixir", "clojure", "dart", "hosts",
};

/* Beginnings of a label over the output that a command should print, in lower case. */
static const char *const EXPECTED[] = {
  "expected", "expect", "should see", "you should see", "sample output", "example output", "output",
  "result", "should show", "should return", "should output", "erwartet", "ausgabe", "ergebnis",
  "sollte", "beispielausgabe", "résultat attendu", "sortie attendue", "sortie", "attendu",
  "salida esperada", "resultado esperado", "salida", "saída esperada", "saída", "output atteso",
  "risultato atteso", "verwachte uitvoer", "verwacht", "uitvoer", "预期", "期望", "输出", "期待",
  "expectation", "expectations", "outputs", "results", "resultat", "resultado", "resultados",
  "risultato", "resultaat", "erwartete ausgabe", "erwartetes ergebnis", "erwartung", "esperado",
  "expected output", "atteso", "devrait afficher", "deberia mostrar", "deve mostrar",
  "出力", "结果", "結果", "应显示", "应输出", "ожидаемый", "ожидается", "вывод", "результат",
  "oczekiwany", "oczekiwane", "wynik", "예상",
};

/* Beginnings of a label over something that was seen, and is not to be run. */
static const char *const EVIDENCE[] = {
  "current state", "current status", "problem", "symptom", "error", "actual", "before:",
  "log output", "stack trace", "aktueller", "fehlermeldung", "fehler", "état actuel", "erreur",
  "estado actual", "erro", "stato attuale", "当前状态", "错误", "errors", "problems", "symptoms",
  "problème", "symptôme", "problema", "síntoma", "sintoma", "errore", "probleem", "fout", "症状",
  "问题", "エラー", "現象", "ошибка", "проблема", "błąd", "problemy",
};

static gboolean
is_in (const char *const *names, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    {
      if (strcmp (names[i], name) == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_language_of:
 * @name: first word of an info string, in lower case; may be empty
 *
 * Returns: what kind of block the author announces
 */
CsLanguage
cs_language_of (const char *name)
{
  if (*name == '\0')
    return CS_LANGUAGE_NONE;
  if (is_in (SHELL, G_N_ELEMENTS (SHELL), name))
    return CS_LANGUAGE_SHELL;
  if (is_in (CONSOLE, G_N_ELEMENTS (CONSOLE), name))
    return CS_LANGUAGE_CONSOLE;
  if (is_in (OUTPUT, G_N_ELEMENTS (OUTPUT), name))
    return CS_LANGUAGE_OUTPUT;
  if (is_in (FILES, G_N_ELEMENTS (FILES), name))
    return CS_LANGUAGE_FILE;
  return is_in (NO_SHELL, G_N_ELEMENTS (NO_SHELL), name) ? CS_LANGUAGE_OTHER
                                                         : CS_LANGUAGE_UNKNOWN;
}

/* What stands before the words of a label. */
#define MARKS "*_#> \t-"

/* The words of a list, folded once: an array for each byte that some begin with. */
static GPtrArray **
fold_all (const char *const *words, guint n)
{
  GPtrArray **folded = g_new0 (GPtrArray *, 256);

  for (guint i = 0; i < n; i++)
    {
      char *word = cs_fold_words (words[i]);

      if (folded[(guchar) *word] == NULL)
        folded[(guchar) *word] = g_ptr_array_new ();
      g_ptr_array_add (folded[(guchar) *word], word);
    }
  return folded;
}

/* Told by the first two letters, before anything is folded: most words are none. */
static gboolean
may_begin (const char *words, GPtrArray *const *beginnings)
{
  GPtrArray *candidates;

  if ((guchar) words[0] >= 0x80)
    return TRUE;
  if (words[0] == '\0' || (guchar) words[1] >= 0x80)
    return words[0] != '\0';
  candidates = beginnings[(guchar) g_ascii_tolower (words[0])];
  for (guint i = 0; candidates != NULL && i < candidates->len; i++)
    {
      if (((const char *) g_ptr_array_index (candidates, i))[1] == g_ascii_tolower (words[1]))
        return TRUE;
    }
  return FALSE;
}

static gboolean
begins_with (const char *text, GPtrArray *const *beginnings)
{
  g_autofree char *folded = NULL;
  const char *words = text + strspn (text, MARKS);
  GPtrArray *candidates;

  if (!may_begin (words, beginnings))
    return FALSE;
  folded = cs_fold_words (words);
  words = folded + strspn (folded, MARKS);
  candidates = beginnings[(guchar) *words];
  for (guint i = 0; candidates != NULL && i < candidates->len; i++)
    {
      const char *beginning = g_ptr_array_index (candidates, i);

      if (*words == *beginning && g_str_has_prefix (words, beginning) &&
          cs_is_word_at (words, words, strlen (beginning), FALSE, FALSE))
        return TRUE;
    }
  return FALSE;
}

/**
 * cs_language_is_expected_label:
 * @text: the words over a block
 *
 * Returns: whether they announce output, in one of the languages known
 */
gboolean
cs_language_is_expected_label (const char *text)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    g_once_init_leave (&ready, (gsize) fold_all (EXPECTED, G_N_ELEMENTS (EXPECTED)));
  return begins_with (text, (GPtrArray *const *) ready);
}

/**
 * cs_language_is_evidence_label:
 * @text: the words over a block
 *
 * Returns: whether they announce something that was seen: a problem, a state
 */
gboolean
cs_language_is_evidence_label (const char *text)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    g_once_init_leave (&ready, (gsize) fold_all (EVIDENCE, G_N_ELEMENTS (EVIDENCE)));
  return begins_with (text, (GPtrArray *const *) ready);
}
