/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inlines of a Markdown paragraph as Pango markup. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-prose-inline.h"

/* Pango nests its attributes; what nests deeper than any person writes gets plain text. */
#define MAX_DEPTH 16

static void
append_escaped (GString *out, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text != NULL ? text : "", -1);

  g_string_append (out, escaped);
}

/* Nothing is fetched: a picture is its description, or its address where it has none. */
static void
append_image (GString *out, cmark_node *node)
{
  g_string_append (out, "<i>");
  append_escaped (out, cmark_node_get_url (node));
  g_string_append (out, "</i>");
}

/* Only what opens in a browser or a mail program; nothing that names a file or a program. */
static gboolean
is_safe_link (const char *url)
{
  g_autofree char *scheme = url != NULL ? g_uri_parse_scheme (url) : NULL;

  return g_strcmp0 (scheme, "https") == 0 || g_strcmp0 (scheme, "http") == 0 ||
         g_strcmp0 (scheme, "mailto") == 0;
}

static void
append_link (GString *out, cmark_node *node, gboolean entering)
{
  const char *url = cmark_node_get_url (node);

  if (!is_safe_link (url))
    return;

  if (entering)
    {
      /* The words of a link can say anything; the tooltip says where it leads. */
      g_string_append (out, "<a href=\"");
      append_escaped (out, url);
      g_string_append (out, "\" title=\"");
      append_escaped (out, url);
      g_string_append (out, "\">");
    }
  else
    {
      g_string_append (out, "</a>");
    }
}

static void
append_leaf (GString *out, cmark_node *node, cmark_node_type type)
{
  if (type == CMARK_NODE_SOFTBREAK)
    {
      g_string_append_c (out, ' ');
    }
  else if (type == CMARK_NODE_LINEBREAK)
    {
      g_string_append_c (out, '\n');
    }
  else if (type == CMARK_NODE_IMAGE)
    {
      append_image (out, node);
    }
  else if (type == CMARK_NODE_CODE)
    {
      g_string_append (out, "<tt>");
      append_escaped (out, cmark_node_get_literal (node));
      g_string_append (out, "</tt>");
    }
  else
    {
      append_escaped (out, cmark_node_get_literal (node));
    }
}

static void
append_span (GString *out, cmark_node *node, cmark_node_type type, gboolean entering)
{
  if (type == CMARK_NODE_EMPH)
    g_string_append (out, entering ? "<i>" : "</i>");
  else if (type == CMARK_NODE_STRONG)
    g_string_append (out, entering ? "<b>" : "</b>");
  else if (type == CMARK_NODE_IMAGE)
    g_string_append (out, entering ? "<i>" : "</i>");
  else if (type == CMARK_NODE_LINK)
    append_link (out, node, entering);
  else if (g_str_equal (cmark_node_get_type_string (node), "strikethrough"))
    g_string_append (out, entering ? "<s>" : "</s>");
}

/**
 * cs_prose_inlines_to_markup: (skip)
 * @parent: a paragraph, heading or table cell
 *
 * All text is escaped; links lead to http, https and mailto alone.
 *
 * Returns: (transfer full): Pango markup
 */
char *
cs_prose_inlines_to_markup (cmark_node *parent)
{
  GString *out = g_string_new (NULL);
  cmark_iter *iter = cmark_iter_new (parent);
  cmark_event_type event;
  int depth = 0;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    {
      cmark_node *node = cmark_iter_get_node (iter);
      cmark_node_type type = cmark_node_get_type (node);
      gboolean entering = event == CMARK_EVENT_ENTER;

      if (node == parent)
        continue;

      if (entering && cmark_node_first_child (node) == NULL)
        append_leaf (out, node, type);

      if (cmark_node_first_child (node) == NULL)
        continue;

      if (!entering)
        depth--;
      if (depth < MAX_DEPTH)
        append_span (out, node, type, entering);
      if (entering)
        depth++;
    }

  cmark_iter_free (iter);
  return g_string_free (out, FALSE);
}
