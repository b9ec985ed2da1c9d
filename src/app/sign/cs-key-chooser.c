/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses the key to sign with: those that a person has, or a new one. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-key-chooser.h"

#include <glib/gi18n.h>

struct _CsKeyChooser
{
  AdwComboRow parent_instance;

  GListStore *keys;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (CsKeyChooser, cs_key_chooser, ADW_TYPE_COMBO_ROW)

enum
{
  PROP_0,
  PROP_KEY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* "ed25519 SHA256:k3…", short enough for a row; the whole fingerprint is in the subtitle. */
static char *
describe_cb (CsKey *key)
{
  const char *comment = cs_key_get_comment (key);
  const char *origin = cs_key_get_origin (key) == CS_KEY_AGENT ? _("SSH agent") : _("key file");

  if (comment != NULL && *comment != '\0')
    return g_strdup_printf ("%s %s (%s)", cs_key_get_algorithm (key), comment, origin);

  return g_strdup_printf ("%s %.15s… (%s)", cs_key_get_algorithm (key),
                          cs_key_get_fingerprint (key), origin);
}

static void
update_subtitle (CsKeyChooser *self)
{
  CsKey *key = cs_key_chooser_get_key (self);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), key != NULL
                                                        ? cs_key_get_fingerprint (key)
                                                        : _("You have no key to sign with yet"));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KEY]);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsKeyChooser) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) keys = cs_key_list_finish (result, &error);

  if (keys == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        adw_action_row_set_subtitle (ADW_ACTION_ROW (self), error->message);
      return;
    }

  for (guint i = 0; i < keys->len; i++)
    g_list_store_append (self->keys, g_ptr_array_index (keys, i));
  update_subtitle (self);
}

static void
cs_key_chooser_dispose (GObject *object)
{
  CsKeyChooser *self = CS_KEY_CHOOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->keys);

  G_OBJECT_CLASS (cs_key_chooser_parent_class)->dispose (object);
}

static void
cs_key_chooser_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CsKeyChooser *self = CS_KEY_CHOOSER (object);

  switch (prop_id)
    {
    case PROP_KEY:
      g_value_set_object (value, cs_key_chooser_get_key (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cs_key_chooser_class_init (CsKeyChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_key_chooser_dispose;
  object_class->get_property = cs_key_chooser_get_property;

  properties[PROP_KEY] = g_param_spec_object ("key", NULL, NULL, CS_TYPE_KEY,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cs_key_chooser_init (CsKeyChooser *self)
{
  GtkExpression *expression =
    gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (describe_cb), NULL,
                                 NULL);

  self->cancellable = g_cancellable_new ();
  self->keys = g_list_store_new (CS_TYPE_KEY);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _("Key"));
  adw_combo_row_set_expression (ADW_COMBO_ROW (self), expression);
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (self->keys));
  gtk_expression_unref (expression);

  g_signal_connect (self, "notify::selected-item", G_CALLBACK (update_subtitle), NULL);
}

/**
 * cs_key_chooser_load:
 * @self: a #CsKeyChooser
 * @keys_directory: where Countersign keeps the keys that it made
 *
 * Looks for the keys that a person has, and offers them.
 */
void
cs_key_chooser_load (CsKeyChooser *self, const char *keys_directory)
{
  g_return_if_fail (CS_IS_KEY_CHOOSER (self));

  cs_key_list_async (keys_directory, self->cancellable, listed_cb, g_object_ref (self));
}

/**
 * cs_key_chooser_add:
 * @self: a #CsKeyChooser
 * @key: a key that was just made
 *
 * Offers @key as well, and chooses it.
 */
void
cs_key_chooser_add (CsKeyChooser *self, CsKey *key)
{
  g_return_if_fail (CS_IS_KEY_CHOOSER (self));
  g_return_if_fail (CS_IS_KEY (key));

  g_list_store_append (self->keys, key);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self),
                              g_list_model_get_n_items (G_LIST_MODEL (self->keys)) - 1);
}

/**
 * cs_key_chooser_get_key:
 * @self: a #CsKeyChooser
 *
 * Returns: (transfer none) (nullable): the chosen key
 */
CsKey *
cs_key_chooser_get_key (CsKeyChooser *self)
{
  g_return_val_if_fail (CS_IS_KEY_CHOOSER (self), NULL);

  return adw_combo_row_get_selected_item (ADW_COMBO_ROW (self));
}
