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
  CsPeople *people; /* those who are known; may be NULL */
  char *actor;
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

static char *
describe_cb (CsKey *key)
{
  return cs_key_chooser_describe (key);
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

/* How well a key fits who acts here: theirs, someone's, nobody's, one that counts no more. */
static guint
rate (CsKeyChooser *self, CsKey *key)
{
  CsPerson *person = cs_people_lookup_key (self->people, cs_key_get_public_line (key));

  if (person == NULL)
    return 1;
  if (!cs_person_check_key (person, cs_key_get_fingerprint (key), G_MAXINT64 - 1, NULL))
    return 0;
  return g_strcmp0 (cs_person_get_id (person), self->actor) == 0 ? 3 : 2;
}

static void
select_best (CsKeyChooser *self)
{
  guint best = 0, best_rate = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->keys)); i++)
    {
      g_autoptr (CsKey) key = g_list_model_get_item (G_LIST_MODEL (self->keys), i);
      guint rated = rate (self, key);

      if (rated > best_rate)
        {
          best = i;
          best_rate = rated;
        }
    }
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), best);
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
  if (self->people != NULL && keys->len > 0)
    select_best (self);
  update_subtitle (self);
}

static void
cs_key_chooser_dispose (GObject *object)
{
  CsKeyChooser *self = CS_KEY_CHOOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->keys);
  g_clear_object (&self->people);

  G_OBJECT_CLASS (cs_key_chooser_parent_class)->dispose (object);
}

static void
cs_key_chooser_finalize (GObject *object)
{
  g_free (CS_KEY_CHOOSER (object)->actor);

  G_OBJECT_CLASS (cs_key_chooser_parent_class)->finalize (object);
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
  object_class->finalize = cs_key_chooser_finalize;
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
 * cs_key_chooser_describe:
 * @key: a key
 *
 * Returns: (transfer full): what kind of key it is, and where it is held, short enough for a row
 */
char *
cs_key_chooser_describe (CsKey *key)
{
  const char *comment = cs_key_get_comment (key);
  const char *origin = cs_key_chooser_describe_origin (key);

  if (comment != NULL && *comment != '\0')
    return g_strdup_printf ("%s %s (%s)", cs_key_get_algorithm (key), comment, origin);

  return g_strdup_printf ("%s %.15s… (%s)", cs_key_get_algorithm (key),
                          cs_key_get_fingerprint (key), origin);
}

/** cs_key_chooser_describe_origin: where the private half of @key is held, in words. */
const char *
cs_key_chooser_describe_origin (CsKey *key)
{
  if (cs_key_is_hardware (cs_key_get_public_line (key)))
    return _("security key");
  switch (cs_key_get_origin (key))
    {
    case CS_KEY_AGENT:
      return _("SSH agent");
    case CS_KEY_FILE:
      return _("key file");
    case CS_KEY_PUBLIC:
    default:
      return _("not on this computer");
    }
}

/**
 * cs_key_chooser_set_people:
 * @self: a #CsKeyChooser
 * @people: who is known
 * @actor: who acts here
 *
 * Has the keys that are loaded from now on begin with the one that most likely signs: of @actor,
 * else of someone who is known.
 */
void
cs_key_chooser_set_people (CsKeyChooser *self, CsPeople *people, const char *actor)
{
  g_return_if_fail (CS_IS_KEY_CHOOSER (self));

  g_set_object (&self->people, people);
  g_free (self->actor);
  self->actor = g_strdup (actor);
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
