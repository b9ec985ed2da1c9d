/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How code looks in a source view: its language, and colours that follow light and dark. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-code-style.h"

#include <adwaita.h>

/* Where the window's own languages are. */
#define LANGUAGES "resource:///io/github/countersign/Countersign/languages"

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

/* Directories can only be added before the first language is asked for. */
static GtkSourceLanguage *
get_language (const char *id)
{
  GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();
  static gsize added;

  if (g_once_init_enter (&added))
    {
      gtk_source_language_manager_append_search_path (manager, LANGUAGES);
      g_once_init_leave (&added, 1);
    }
  return gtk_source_language_manager_get_language (manager, id);
}

/**
 * cs_code_style_set_language: (skip)
 * @buffer: a buffer that has had none yet
 * @language: (nullable): the language's id, such as "sh"
 *
 * Colours what is in the buffer, in light and dark.
 */
void
cs_code_style_set_language (GtkSourceBuffer *buffer, const char *language)
{
  if (language != NULL)
    gtk_source_buffer_set_language (buffer, get_language (language));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_scheme_cb), buffer, G_CONNECT_SWAPPED);
  update_scheme_cb (buffer);
}

/**
 * cs_code_style_apply: (skip)
 * @view: a source view
 * @language: (nullable): the language's id, such as "sh"
 * @text: the code
 *
 * Shows @text in @view, which asks for the height of all its lines.
 */
void
cs_code_style_apply (GtkSourceView *view, const char *language, const char *text)
{
  cs_code_style_set_text (view, text);
  cs_code_style_set_language (
    GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view))), language);
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
