/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How code looks in a source view: its language, and colours that follow light and dark. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-code-style.h"

#include <adwaita.h>

static void
update_scheme_cb (GtkSourceBuffer *buffer)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleScheme *scheme = gtk_source_style_scheme_manager_get_scheme (
    gtk_source_style_scheme_manager_get_default (), dark ? "Adwaita-dark" : "Adwaita");

  gtk_source_buffer_set_style_scheme (buffer, scheme);
}

/* A text view knows its height only some frames after it is shown, and a card that opens takes what
 * it says first: lines are counted instead. */
static void
request_height_cb (GtkWidget *view)
{
  GtkTextView *text = GTK_TEXT_VIEW (view);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (view, "Xg");
  int lines = gtk_text_buffer_get_line_count (gtk_text_view_get_buffer (text));
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_widget_set_size_request (view, -1,
                               lines * height + gtk_text_view_get_top_margin (text) +
                                 gtk_text_view_get_bottom_margin (text));
}

/**
 * cs_code_style_apply: (skip)
 * @view: a source view
 * @language: (nullable): the language's id, such as "sh"
 * @text: the code
 *
 * Shows @text in @view.
 */
void
cs_code_style_apply (GtkSourceView *view, const char *language, const char *text)
{
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)));
  GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();

  if (language != NULL)
    gtk_source_buffer_set_language (buffer,
                                    gtk_source_language_manager_get_language (manager, language));
  cs_code_style_set_text (view, text);

  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_scheme_cb), buffer, G_CONNECT_SWAPPED);
  update_scheme_cb (buffer);
  g_signal_connect (view, "realize", G_CALLBACK (request_height_cb), NULL);
}

/**
 * cs_code_style_set_text: (skip)
 * @view: a source view that has been styled
 * @text: the code
 *
 * Shows other code of the same language.
 */
void
cs_code_style_set_text (GtkSourceView *view, const char *text)
{
  g_autofree char *shown = g_strchomp (g_strdup (text));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), shown, -1);
  if (gtk_widget_get_realized (GTK_WIDGET (view)))
    request_height_cb (GTK_WIDGET (view));
}
