/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A company that has a feature in every stage, or in none. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-company-pins.h"

#include <string.h>

static gboolean
contains (const char *const *ids, const char *company)
{
  return ids != NULL && g_strv_contains (ids, company);
}

/** cs_company_pins_get: (skip): whether, and to what. */
CsCompanyPin
cs_company_pins_get (CsFlag *flag, const char *company)
{
  const CsPins *pins = cs_flag_get_pins (flag);

  if (contains (pins->in, company))
    return CS_COMPANY_PIN_IN;
  return contains (pins->out, company) ? CS_COMPANY_PIN_OUT : CS_COMPANY_PIN_NONE;
}

/* The others, and the company if it belongs to them now. */
static char **
dup_list (const char *const *ids, const char *company, gboolean with)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (; ids != NULL && *ids != NULL; ids++)
    if (strcmp (*ids, company) != 0)
      g_strv_builder_add (list, *ids);
  if (with)
    g_strv_builder_add (list, company);
  return g_strv_builder_end (list);
}

static void
pinned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) origin = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_flag_act_finish (CS_FLAG (source), result, &error))
    gtk_widget_activate_action (origin, "win.toast", "s", error->message);
}

/** cs_company_pins_set: (skip): it counts from the next switching on. */
void
cs_company_pins_set (GtkWidget *origin,
                     CsRolloutEntry *entry,
                     const char *company,
                     CsCompanyPin pin)
{
  CsFlag *flag = cs_rollout_get_flag (cs_rollout_entry_get_rollout (entry));
  const CsPins *pins = cs_flag_get_pins (flag);
  g_auto (GStrv) in = dup_list (pins->in, company, pin == CS_COMPANY_PIN_IN);
  g_auto (GStrv) out = dup_list (pins->out, company, pin == CS_COMPANY_PIN_OUT);
  const CsPins wanted = { (const char *const *) in, (const char *const *) out };

  cs_flag_pin_async (flag, cs_rollout_entry_get_actor (entry), &wanted, NULL, pinned_cb,
                     g_object_ref (origin));
}
