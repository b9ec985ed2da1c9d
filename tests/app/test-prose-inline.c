/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of a runbook as Pango markup: nothing in them is markup of its own. */

#include "cs-prose-inline.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *in;
  const char *out;
} Sample;

static const Sample samples[] = {
  { "text", "a < b & c", "a &lt; b &amp; c" },
  { "emphasis", "*a* **b**", "<i>a</i> <b>b</b>" },
  { "code", "`<b>`", "<tt>&lt;b&gt;</tt>" },
  { "html", "a <b>bold</b>", "a &lt;b&gt;bold&lt;/b&gt;" },
  { "link", "[x](https://a.b/?c=1&d=2)",
    "<a href=\"https://a.b/?c=1&amp;d=2\" title=\"https://a.b/?c=1&amp;d=2\">x</a>" },
  { "quote-in-link", "[x](https://a.b/\"y)",
    "<a href=\"https://a.b/&quot;y\" title=\"https://a.b/&quot;y\">x</a>" },
  { "file-link", "[x](file:///etc/passwd)", "x" },
  { "script-link", "[x](javascript:alert(1))", "x" },
  { "mail-link", "<a@b.c>", "<a href=\"mailto:a@b.c\" title=\"mailto:a@b.c\">a@b.c</a>" },
  { "loud-link", "[x](JavaScript:alert(1))", "x" },
  { "data-link", "[x](data:text/html;base64,PGI+)", "x" },
  { "hidden-scheme", "[x](java&#x0A;script:alert(1))", "x" },
  { "nameless-link", "[x](//a.b/c)", "x" },
  { "desktop-link", "[x](smb://a/b) [y](ssh://a) [z](apt:c)", "x y z" },
  { "link-in-emphasis", "*[x](http://a.b)*",
    "<i><a href=\"http://a.b\" title=\"http://a.b\">x</a></i>" },
  { "image", "![a plan](plan.png)", "<i>a plan</i>" },
  { "image-alone", "![](<plan & b.png>)", "<i>plan &amp; b.png</i>" },
  { "image-in-link", "[![a](b.png)](https://c.d)",
    "<a href=\"https://c.d\" title=\"https://c.d\"><i>a</i></a>" },
  { "entities", "&lt;script&gt; &amp;amp;", "&lt;script&gt; &amp;amp;" },
  { "relative-link", "[x](other.md)", "x" },
  { "breaks", "a\nb\\\nc", "a b\nc" },
  { "nothing", "", "" },
};

static char *
to_markup (const char *markdown)
{
  cmark_node *document = cmark_parse_document (markdown, strlen (markdown), CMARK_OPT_DEFAULT);
  cmark_node *first = cmark_node_first_child (document);
  char *markup = first != NULL ? cs_prose_inlines_to_markup (first) : g_strdup ("");

  cmark_node_free (document);
  return markup;
}

static void
test_sample (gconstpointer data)
{
  const Sample *sample = data;
  g_autofree char *markup = to_markup (sample->in);

  g_assert_cmpstr (markup, ==, sample->out);
}

/* Well-formed however deep the document nests. */
static void
test_deep (void)
{
  g_autoptr (GString) markdown = g_string_new (NULL);
  g_autofree char *markup = NULL;
  g_autofree char *wrapped = NULL;
  g_autoptr (GError) error = NULL;
  GMarkupParser parser = { NULL };
  GMarkupParseContext *context;

  for (int i = 0; i < 200; i++)
    g_string_append (markdown, i % 2 == 0 ? "*a " : "**b ");
  for (int i = 199; i >= 0; i--)
    g_string_append (markdown, i % 2 == 0 ? " c*" : " d**");

  markup = to_markup (markdown->str);
  wrapped = g_strdup_printf ("<markup>%s</markup>", markup);
  context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  g_markup_parse_context_parse (context, wrapped, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_markup_parse_context_free (context);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/prose-inline/%s", samples[i].name);

      g_test_add_data_func (path, &samples[i], test_sample);
    }
  g_test_add_func ("/app/prose-inline/deep", test_deep);

  return g_test_run ();
}
