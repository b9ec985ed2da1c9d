/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a runbook as widgets: Markdown to labels, lists and tables. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-prose.h"

#include "cs-prose-inline.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <string.h>

/* Deeper lists and quotes are shown at this depth. */
#define MAX_DEPTH 6

/* A step's words beyond this are shown as plain text: no person reads so much in a card, and every
 * paragraph is a widget. */
#define MAX_LENGTH (64 * 1024)

/* Paragraphs, items and cells: more of them take longer than a frame to lay out. */
#define MAX_WIDGETS 800

static void append_blocks (GtkBox *box, cmark_node *parent, int depth);

static cmark_node *
parse (const char *markdown)
{
  static const char *const extensions[] = { "table", "strikethrough", "autolink", "tasklist" };
  cmark_parser *parser;
  cmark_node *document;

  cmark_gfm_core_extensions_ensure_registered ();
  parser = cmark_parser_new (CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    cmark_parser_attach_syntax_extension (parser, cmark_find_syntax_extension (extensions[i]));

  cmark_parser_feed (parser, markdown, strlen (markdown));
  document = cmark_parser_finish (parser);
  cmark_parser_free (parser);

  return document;
}

static GtkWidget *
new_label (const char *markup)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);

  return label;
}

static GtkWidget *
new_text_label (const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text != NULL ? text : "", -1);

  return new_label (g_strchomp (escaped));
}

static void
append_inlines (GtkBox *box, cmark_node *node, const char *css_class)
{
  g_autofree char *markup = cs_prose_inlines_to_markup (node);
  GtkWidget *label = new_label (markup);

  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (box, label);
}

static void
append_item (GtkBox *list, cmark_node *item, const char *bullet, int depth)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *mark = gtk_label_new (bullet);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_widget_add_css_class (mark, "dim-label");
  gtk_widget_add_css_class (mark, "numeric");
  gtk_widget_set_hexpand (content, TRUE);
  append_blocks (GTK_BOX (content), item, depth + 1);

  gtk_box_append (GTK_BOX (row), mark);
  gtk_box_append (GTK_BOX (row), content);
  gtk_box_append (list, row);
}

/* A box that is ticked with the step's check items is shown as the document has it. */
static const char *
get_bullet (cmark_node *item)
{
  if (!g_str_equal (cmark_node_get_type_string (item), "tasklist"))
    return "•";
  return cmark_gfm_extensions_get_tasklist_item_checked (item) ? "☑" : "☐";
}

static void
append_list (GtkBox *box, cmark_node *node, int depth)
{
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gboolean ordered = cmark_node_get_list_type (node) == CMARK_ORDERED_LIST;
  int number = cmark_node_get_list_start (node);

  for (cmark_node *item = cmark_node_first_child (node); item != NULL;
       item = cmark_node_next (item))
    {
      g_autofree char *bullet =
        ordered ? g_strdup_printf ("%d.", number++) : g_strdup (get_bullet (item));

      append_item (GTK_BOX (list), item, bullet, depth);
    }

  gtk_box_append (box, list);
}

static void
append_quote (GtkBox *box, cmark_node *node, int depth)
{
  GtkWidget *quote = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_add_css_class (quote, "quote");
  append_blocks (GTK_BOX (quote), node, depth + 1);
  gtk_box_append (box, quote);
}

static void
append_code (GtkBox *box, cmark_node *node)
{
  GtkWidget *label = new_text_label (cmark_node_get_literal (node));

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "code");
  gtk_box_append (box, label);
}

/* As the line under the header says: ":---", ":---:", "---:". */
static float
get_alignment (cmark_node *table, int column)
{
  const uint8_t *alignments = cmark_gfm_extensions_get_table_alignments (table);
  int n_columns = cmark_gfm_extensions_get_table_columns (table);

  if (alignments == NULL || column >= n_columns)
    return 0;
  return alignments[column] == 'r' ? 1.0f : alignments[column] == 'c' ? 0.5f
                                                                      : 0.0f;
}

static void
append_table (GtkBox *box, cmark_node *table)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *grid = gtk_grid_new ();
  int top = 0;

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);

  for (cmark_node *row = cmark_node_first_child (table); row != NULL; row = cmark_node_next (row))
    {
      int left = 0;

      for (cmark_node *cell = cmark_node_first_child (row); cell != NULL;
           cell = cmark_node_next (cell))
        {
          g_autofree char *markup = cs_prose_inlines_to_markup (cell);
          GtkWidget *label = new_label (markup);

          gtk_label_set_wrap (GTK_LABEL (label), FALSE);
          gtk_widget_set_hexpand (label, FALSE);
          gtk_label_set_xalign (GTK_LABEL (label), get_alignment (table, left));
          if (top == 0)
            gtk_widget_add_css_class (label, "caption-heading");
          gtk_grid_attach (GTK_GRID (grid), label, left++, top, 1, 1);
        }
      top++;
    }

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), grid);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_box_append (box, scrolled);
}

static void
append_block (GtkBox *box, cmark_node *node, int depth)
{
  cmark_node_type type = cmark_node_get_type (node);

  if (type == CMARK_NODE_PARAGRAPH)
    append_inlines (box, node, NULL);
  else if (type == CMARK_NODE_HEADING)
    append_inlines (box, node, "heading");
  else if (type == CMARK_NODE_LIST)
    append_list (box, node, depth);
  else if (type == CMARK_NODE_BLOCK_QUOTE)
    append_quote (box, node, depth);
  else if (type == CMARK_NODE_CODE_BLOCK)
    append_code (box, node);
  else if (type == CMARK_NODE_THEMATIC_BREAK)
    gtk_box_append (box, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  else if (g_str_equal (cmark_node_get_type_string (node), "table"))
    append_table (box, node);
  else if (cmark_node_get_literal (node) != NULL)
    gtk_box_append (box, new_text_label (cmark_node_get_literal (node)));
  else
    append_blocks (box, node, depth + 1);
}

/* What lies deeper than MAX_DEPTH is shown as the Markdown that it is. */
static void
append_blocks (GtkBox *box, cmark_node *parent, int depth)
{
  for (cmark_node *node = cmark_node_first_child (parent); node != NULL;
       node = cmark_node_next (node))
    {
      if (depth < MAX_DEPTH)
        {
          append_block (box, node, depth);
        }
      else
        {
          char *source = cmark_render_commonmark (node, CMARK_OPT_DEFAULT, 0);

          gtk_box_append (box, new_text_label (source));
          free (source);
        }
    }
}

static gboolean
is_widget (cmark_node *node)
{
  cmark_node_type type = cmark_node_get_type (node);

  return type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING ||
         type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK ||
         type == CMARK_NODE_THEMATIC_BREAK || type == CMARK_NODE_ITEM ||
         g_str_equal (cmark_node_get_type_string (node), "table_cell");
}

static gboolean
fits (cmark_node *document)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;
  guint n = 0;

  while (n <= MAX_WIDGETS && (event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    n += event == CMARK_EVENT_ENTER && is_widget (cmark_iter_get_node (iter)) ? 1 : 0;
  cmark_iter_free (iter);
  return n <= MAX_WIDGETS;
}

/**
 * cs_prose_new_widget:
 * @markdown: GitHub-flavoured Markdown from anywhere
 *
 * Shows paragraphs, emphasis, code, links, lists, quotes and tables. HTML is shown as the text
 * that it is, a picture as its description. What is too long for a card is shown as plain text.
 *
 * Returns: (transfer floating): a box
 */
GtkWidget *
cs_prose_new_widget (const char *markdown)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  cmark_node *document;

  if (strlen (markdown) > MAX_LENGTH)
    {
      gtk_box_append (GTK_BOX (box), new_text_label (markdown));
      return box;
    }

  document = parse (markdown);
  if (fits (document))
    append_blocks (GTK_BOX (box), document, 0);
  else
    gtk_box_append (GTK_BOX (box), new_text_label (markdown));
  cmark_node_free (document);

  return box;
}

/**
 * cs_prose_to_markup:
 * @markdown: one line of Markdown, such as a check item
 *
 * Returns: (transfer full): Pango markup of its first paragraph
 */
char *
cs_prose_to_markup (const char *markdown)
{
  cmark_node *document = parse (markdown);
  cmark_node *first = cmark_node_first_child (document);
  char *markup;

  if (first != NULL && cmark_node_get_type (first) == CMARK_NODE_PARAGRAPH)
    markup = cs_prose_inlines_to_markup (first);
  else
    markup = g_markup_escape_text (markdown, -1);

  cmark_node_free (document);
  return markup;
}
