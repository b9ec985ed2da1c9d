/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of a step that is not run: expected output, a file's contents, a sample. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-code-block.h"

#include "cs-code-style.h"

#include <glib/gi18n.h>

/* The source view's language for a fence's info string; they mostly have the same name. */
static const char *
find_language (CsBlock *block)
{
  const char *language = cs_block_get_language (block);

  if (cs_block_get_kind (block) != CS_BLOCK_FILE || *language == '\0')
    return NULL;
  if (g_str_equal (language, "env"))
    return "sh";

  return language;
}

static char *
describe (CsBlock *block)
{
  const char *language = cs_block_get_language (block);

  switch (cs_block_get_kind (block))
    {
    case CS_BLOCK_EXPECTED:
      return g_strdup (_("Expected output"));
    case CS_BLOCK_FILE:
      /* Translators: the contents of a file, and of what kind, such as "File (php)" */
      return *language != '\0' ? g_strdup_printf (_("File (%s)"), language) : g_strdup (_("File"));
    case CS_BLOCK_COMMAND:
      return g_strdup (_("Command"));
    case CS_BLOCK_SAMPLE:
    default:
      return g_strdup (_("Text"));
    }
}

static void
copy_cb (GtkButton *button, gpointer user_data)
{
  CsBlock *block = user_data;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)),
                          cs_block_get_text (block));
  gtk_widget_activate_action (GTK_WIDGET (button), "win.toast", "s", _("Copied"));
}

static GtkWidget *
new_caption (CsBlock *block, const char *words)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (words);
  GtkWidget *copy;

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (row), label);

  if (cs_block_get_kind (block) == CS_BLOCK_FILE)
    {
      copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
      gtk_widget_add_css_class (copy, "flat");
      gtk_widget_set_tooltip_text (copy, _("Copy the Contents"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _("Copy the Contents"), -1);
      g_signal_connect_object (copy, "clicked", G_CALLBACK (copy_cb), block, 0);
      gtk_box_append (GTK_BOX (row), copy);
    }

  return row;
}

/**
 * cs_code_block_new: (skip)
 * @block: a block that is no command
 *
 * Returns: (transfer floating): a box with a caption and the text
 */
GtkWidget *
cs_code_block_new (CsBlock *block)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *view = gtk_source_view_new ();
  GtkTextView *text = GTK_TEXT_VIEW (view);
  g_autofree char *words = describe (block);

  gtk_text_view_set_editable (text, FALSE);
  gtk_text_view_set_cursor_visible (text, FALSE);
  gtk_text_view_set_monospace (text, TRUE);
  gtk_text_view_set_accepts_tab (text, FALSE);
  gtk_text_view_set_left_margin (text, 12);
  gtk_text_view_set_right_margin (text, 12);
  gtk_text_view_set_top_margin (text, 8);
  gtk_text_view_set_bottom_margin (text, 8);
  cs_code_style_apply (GTK_SOURCE_VIEW (view), find_language (block), cs_block_get_text (block));
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 320);
  gtk_widget_set_overflow (scrolled, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (scrolled, "command-frame");

  gtk_box_append (GTK_BOX (box), new_caption (block, words));
  gtk_box_append (GTK_BOX (box), scrolled);

  return box;
}
