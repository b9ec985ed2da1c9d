/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Importing a runbook of 1 MB against what cmark-gfm takes to render it: at most three times. */

#include "cs-runbook.h"

#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>

#define SIZE (1024 * 1024)
#define ROUNDS 7
#define LIMIT 3.0

static const char CHAPTER[] =
  "### Step %u: Switch the release (5 minutes)\n\n"
  "Put the new release behind the link, then look at the [dashboard](https://example.org/%u).\n"
  "It **must** stay green; the error rate stays below 1%% for ten minutes.\n\n"
  "```bash\n# Switch\ncd /srv/orchard\nln -sfn releases/%u current\nsudo systemctl reload orchard\n"
  "# Expected: active (running)\nsystemctl status orchard --no-pager | head -3\n```\n\n"
  "**Expected Output**:\n```\nactive (running)\n```\n\n"
  "- [ ] The page loads\n- [ ] No errors in the log\n- Response time <500ms\n\n"
  "| Metric | Normal | Alert |\n|---|---|---|\n| Error rate | < 1%% | > 5%% |\n\n";

static GString *
make_document (void)
{
  GString *text = g_string_new ("# Orchard\n\n## Deployment Steps\n\n");

  for (guint i = 1; text->len < SIZE; i++)
    g_string_append_printf (text, CHAPTER, i, i, i);
  g_string_append (text, "## Rollback\n\n```bash\nln -sfn releases/0 current\n```\n");
  return text;
}

static double
time_rendering (const GString *text)
{
  static const char *const EXTENSIONS[] = { "table", "tasklist", "strikethrough", "autolink" };
  gint64 start = g_get_monotonic_time ();
  cmark_parser *parser = cmark_parser_new (CMARK_OPT_DEFAULT);
  cmark_node *document;
  char *html;

  for (guint i = 0; i < G_N_ELEMENTS (EXTENSIONS); i++)
    cmark_parser_attach_syntax_extension (parser, cmark_find_syntax_extension (EXTENSIONS[i]));
  cmark_parser_feed (parser, text->str, text->len);
  document = cmark_parser_finish (parser);
  html = cmark_render_html (document, CMARK_OPT_DEFAULT,
                            cmark_parser_get_syntax_extensions (parser));
  free (html);
  cmark_node_free (document);
  cmark_parser_free (parser);
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static double
time_import (GBytes *bytes)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (CsRunbook) runbook = cs_runbook_new_from_bytes (bytes, NULL);
  gint64 end = g_get_monotonic_time ();

  g_assert_nonnull (runbook);
  return (double) (end - start) / 1000;
}

int
main (void)
{
  GString *text = make_document ();
  g_autoptr (GBytes) bytes = g_bytes_new (text->str, text->len);
  double rendering = G_MAXDOUBLE, import = G_MAXDOUBLE;

  cmark_gfm_core_extensions_ensure_registered ();
  for (guint i = 0; i < ROUNDS; i++)
    {
      rendering = MIN (rendering, time_rendering (text));
      import = MIN (import, time_import (bytes));
    }
  g_print ("runbook of %.1f MB: import %.1f ms, cmark-gfm renders it in %.1f ms, ratio %.2f "
           "(at most %.0f)\n",
           (double) text->len / SIZE, import, rendering, import / rendering, LIMIT);
  g_string_free (text, TRUE);
  return import <= LIMIT * rendering ? 0 : 1;
}
