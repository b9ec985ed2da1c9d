/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is pinned in or out of a flag, whatever its stage. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-pin-group.h"

#include "cs-company-pins.h"
#include "cs-rollout-words.h"

#include <glib/gi18n.h>

/* Rows at once; who looks for one among more finds it on the company's own page. */
#define MOST_ROWS 100

struct _CsPinGroup
{
  AdwPreferencesGroup parent_instance;

  CsRolloutEntry *entry;
  GPtrArray *rows; /* unowned */
  char *shown;     /* what the rows say */
};

G_DEFINE_FINAL_TYPE (CsPinGroup, cs_pin_group, ADW_TYPE_PREFERENCES_GROUP)

static void
unpin_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CsPinGroup *self = CS_PIN_GROUP (widget);

  if (self->entry != NULL)
    cs_company_pins_set (widget, self->entry, g_variant_get_string (parameter, NULL),
                         CS_COMPANY_PIN_NONE);
}

static GtkWidget *
add_row (CsPinGroup *self, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
  return row;
}

static void
add_pins (CsPinGroup *self, const char *const *ids, const char *words)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (self->entry);

  for (; ids != NULL && *ids != NULL && self->rows->len < MOST_ROWS; ids++)
    {
      g_autofree char *name =
        cs_rollout_words_company (cs_rollout_get_company_list (rollout), *ids);
      g_autofree char *title =
        g_str_equal (name, *ids) ? g_strdup (name) : g_strdup_printf ("%s (%s)", name, *ids);
      g_autofree char *spoken = g_strdup_printf (_("Unpin %s"), name);
      GtkWidget *row = add_row (self, title, words);
      GtkWidget *button = gtk_button_new_with_label (_("Unpin"));

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_set_tooltip_text (button, spoken);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      spoken, -1);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", *ids);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "pins.unpin");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
}

static guint
count (const char *const *ids)
{
  return ids != NULL ? g_strv_length ((char **) ids) : 0;
}

static void
cs_pin_group_dispose (GObject *object)
{
  g_clear_object (&CS_PIN_GROUP (object)->entry);
  G_OBJECT_CLASS (cs_pin_group_parent_class)->dispose (object);
}

static void
cs_pin_group_finalize (GObject *object)
{
  CsPinGroup *self = CS_PIN_GROUP (object);

  g_ptr_array_unref (self->rows);
  g_free (self->shown);
  G_OBJECT_CLASS (cs_pin_group_parent_class)->finalize (object);
}

static void
cs_pin_group_class_init (CsPinGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_pin_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_pin_group_finalize;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "pins.unpin", "s", unpin_cb);
}

static void
cs_pin_group_init (CsPinGroup *self)
{
  self->rows = g_ptr_array_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Pinned Companies"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
                                         _("It counts from the next switching on."));
}

/* Rows that would be the same ones stay: whoever reads them keeps the place. */
static gboolean
note (CsPinGroup *self, CsRollout *rollout)
{
  const CsPins *pins = cs_flag_get_pins (cs_rollout_get_flag (rollout));
  g_autofree char *in = pins->in != NULL ? g_strjoinv (",", (char **) pins->in) : NULL;
  g_autofree char *out = pins->out != NULL ? g_strjoinv (",", (char **) pins->out) : NULL;
  g_autofree char *text =
    g_strdup_printf ("%p\t%s\t%s", (void *) cs_rollout_get_company_list (rollout),
                     in != NULL ? in : "", out != NULL ? out : "");

  if (g_strcmp0 (self->shown, text) == 0)
    return FALSE;
  g_free (self->shown);
  self->shown = g_steal_pointer (&text);
  return TRUE;
}

/**
 * cs_pin_group_show: (skip)
 * @self: a group
 * @entry: a flag that was read
 *
 * Hidden while nobody is pinned.
 */
void
cs_pin_group_show (CsPinGroup *self, CsRolloutEntry *entry)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (entry);
  const CsPins *pins = cs_flag_get_pins (cs_rollout_get_flag (rollout));
  guint n = count (pins->in) + count (pins->out);
  gboolean same = self->entry == entry;

  g_return_if_fail (CS_IS_PIN_GROUP (self));

  g_set_object (&self->entry, entry);
  if (!note (self, rollout) && same)
    return;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  add_pins (self, pins->in, _("Always has it"));
  add_pins (self, pins->out, _("Never has it"));
  if (n > self->rows->len)
    {
      g_autofree char *more = g_strdup_printf (
        ngettext ("And %u more", "And %u more", n - self->rows->len), n - self->rows->len);

      add_row (self, more, _("Each is on its company’s page"));
    }
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}
