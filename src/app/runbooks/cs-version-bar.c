/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses among the versions of a document, and one to compare with. */

#define G_LOG_DOMAIN "cs-version-bar"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-time-words.h"
#include "cs-version-bar.h"

struct _CsVersionBar
{
  AdwBin parent_instance;

  CsLibraryDocument *document;
  CsLibraryEntry *version;
  gboolean filling; /* choices made by the program are no choices */

  GtkWidget *box;
  GtkDropDown *version_choice;
  GtkDropDown *comparison_choice;
};

G_DEFINE_FINAL_TYPE (CsVersionBar, cs_version_bar, ADW_TYPE_BIN)

enum
{
  VERSION_CHOSEN,
  COMPARISON_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static char *
describe (CsLibraryEntry *entry, gboolean newest)
{
  g_autofree char *time = cs_time_words_moment (cs_library_entry_get_added_at (entry));

  if (newest)
    /* Translators: when a version was added, and by whom */
    return g_strdup_printf (_("%s by %s (newest)"), time, cs_library_entry_get_added_by (entry));
  /* Translators: when a version was added, and by whom */
  return g_strdup_printf (_("%s by %s"), time, cs_library_entry_get_added_by (entry));
}

static void
fill (CsVersionBar *self)
{
  g_autoptr (GtkStringList) versions = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) others = gtk_string_list_new (NULL);
  GListModel *list =
    self->document != NULL ? cs_library_document_get_versions (self->document) : NULL;
  guint n = list != NULL ? g_list_model_get_n_items (list) : 0;
  guint selected = 0;

  gtk_string_list_append (others, _("Don’t Compare"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CsLibraryEntry) entry = g_list_model_get_item (list, i);
      g_autofree char *words = describe (entry, i == 0);

      gtk_string_list_append (versions, words);
      gtk_string_list_append (others, words);
      if (entry == self->version)
        selected = i;
    }
  self->filling = TRUE;
  gtk_drop_down_set_model (self->version_choice, G_LIST_MODEL (versions));
  gtk_drop_down_set_selected (self->version_choice, selected);
  gtk_drop_down_set_model (self->comparison_choice, G_LIST_MODEL (others));
  gtk_drop_down_set_selected (self->comparison_choice, 0);
  self->filling = FALSE;
  gtk_widget_set_visible (self->box, n > 1);
}

static void
emit (CsVersionBar *self, guint signal, guint position)
{
  GListModel *list = cs_library_document_get_versions (self->document);
  g_autoptr (CsLibraryEntry) entry = g_list_model_get_item (list, position);

  g_signal_emit (self, signals[signal], 0,
                 entry != NULL ? cs_library_entry_get_digest (entry) : NULL);
}

static void
version_selected_cb (CsVersionBar *self)
{
  if (!self->filling && self->document != NULL)
    emit (self, VERSION_CHOSEN, gtk_drop_down_get_selected (self->version_choice));
}

/* The first choice is not to compare. */
static void
comparison_selected_cb (CsVersionBar *self)
{
  guint selected = gtk_drop_down_get_selected (self->comparison_choice);

  if (!self->filling && self->document != NULL)
    emit (self, COMPARISON_CHOSEN, selected - 1);
}

static void
cs_version_bar_dispose (GObject *object)
{
  CsVersionBar *self = CS_VERSION_BAR (object);

  g_clear_object (&self->document);
  g_clear_object (&self->version);
  G_OBJECT_CLASS (cs_version_bar_parent_class)->dispose (object);
}

static void
cs_version_bar_class_init (CsVersionBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cs_version_bar_dispose;

  signals[VERSION_CHOSEN] =
    g_signal_new ("version-chosen", CS_TYPE_VERSION_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[COMPARISON_CHOSEN] =
    g_signal_new ("comparison-chosen", CS_TYPE_VERSION_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/countersign/Countersign/runbooks/cs-version-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, CsVersionBar, box);
  gtk_widget_class_bind_template_child (widget_class, CsVersionBar, version_choice);
  gtk_widget_class_bind_template_child (widget_class, CsVersionBar, comparison_choice);
  gtk_widget_class_bind_template_callback (widget_class, version_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, comparison_selected_cb);
}

static void
cs_version_bar_init (CsVersionBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * cs_version_bar_show:
 * @self: a bar
 * @document: (nullable): whose versions
 * @version: (nullable): the one that is shown
 *
 * Offers the versions of a document; a document with a single one needs no bar.
 */
void
cs_version_bar_show (CsVersionBar *self, CsLibraryDocument *document, CsLibraryEntry *version)
{
  g_return_if_fail (CS_IS_VERSION_BAR (self));

  if (self->document != NULL)
    g_signal_handlers_disconnect_by_func (cs_library_document_get_versions (self->document), fill,
                                          self);
  g_set_object (&self->document, document);
  g_set_object (&self->version, version);
  if (document != NULL)
    g_signal_connect_object (cs_library_document_get_versions (document), "items-changed",
                             G_CALLBACK (fill), self, G_CONNECT_SWAPPED);
  fill (self);
}
