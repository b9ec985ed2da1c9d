/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds a deployment up, below its header, with the one thing that can be done about it. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-notice-bar.h"

struct _CsNoticeBar
{
  AdwBin parent_instance;

  GtkBox *box;
  GtkImage *icon;
  GtkLabel *words;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (CsNoticeBar, cs_notice_bar, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_ICON_NAME,
  PROP_BUTTON_LABEL,
  PROP_NARROW,
  PROP_SUGGESTED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
clicked_cb (CsNoticeBar *self)
{
  g_signal_emit (self, signals[CLICKED], 0);
}

static void
set_narrow (CsNoticeBar *self, gboolean narrow)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->box), narrow ? GTK_ORIENTATION_VERTICAL
                                                                     : GTK_ORIENTATION_HORIZONTAL);
  gtk_widget_set_halign (GTK_WIDGET (self->button), narrow ? GTK_ALIGN_END : GTK_ALIGN_FILL);
}

static void
cs_notice_bar_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  CsNoticeBar *self = CS_NOTICE_BAR (object);

  switch (prop_id)
    {
    case PROP_ICON_NAME:
      gtk_image_set_from_icon_name (self->icon, g_value_get_string (value));
      break;
    case PROP_BUTTON_LABEL:
      gtk_button_set_label (self->button, g_value_get_string (value));
      break;
    case PROP_NARROW:
      set_narrow (self, g_value_get_boolean (value));
      break;
    case PROP_SUGGESTED:
      if (g_value_get_boolean (value))
        gtk_widget_add_css_class (GTK_WIDGET (self->button), "suggested-action");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self->button), "suggested-action");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_notice_bar_class_init (CsNoticeBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = cs_notice_bar_set_property;

  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_BUTTON_LABEL] = g_param_spec_string ("button-label", NULL, NULL, NULL, flags);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, flags);
  properties[PROP_SUGGESTED] = g_param_spec_boolean ("suggested", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CLICKED] = g_signal_new ("clicked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
cs_notice_bar_init (CsNoticeBar *self)
{
  GtkBox *line = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10));

  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10));
  self->icon = GTK_IMAGE (g_object_new (GTK_TYPE_IMAGE, "accessible-role",
                                        GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL));
  self->words = GTK_LABEL (gtk_label_new (NULL));
  self->button = GTK_BUTTON (gtk_button_new ());

  gtk_widget_set_hexpand (GTK_WIDGET (self->words), TRUE);
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_wrap_mode (self->words, PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_box_append (line, GTK_WIDGET (self->icon));
  gtk_box_append (line, GTK_WIDGET (self->words));
  gtk_box_append (self->box, GTK_WIDGET (line));
  gtk_box_append (self->box, GTK_WIDGET (self->button));
  gtk_widget_add_css_class (GTK_WIDGET (self->box), "notice");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
  cs_notice_bar_set_words (self, NULL);

  g_signal_connect_object (self->button, "clicked", G_CALLBACK (clicked_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * cs_notice_bar_set_words: (skip)
 * @self: a #CsNoticeBar
 * @words: (nullable): what holds it up; %NULL: nothing does, and the bar is not shown
 *
 * What is hidden keeps its words, and its button is told to nobody.
 */
void
cs_notice_bar_set_words (CsNoticeBar *self, const char *words)
{
  g_return_if_fail (CS_IS_NOTICE_BAR (self));

  if (words != NULL && g_strcmp0 (words, gtk_label_get_label (self->words)) != 0)
    gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words), words != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->button), words != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), words != NULL);
}
