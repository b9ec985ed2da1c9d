/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agent says of itself: version, how long it runs, its certificate. */

#define G_LOG_DOMAIN "cs-agent-group"

#include "config.h"

#include <glib/gi18n.h>

#include "cs-agent-greeting.h"
#include "cs-agent-group.h"
#include "cs-fact-row.h"
#include "cs-time-words.h"

struct _CsAgentGroup
{
  AdwPreferencesGroup parent_instance;

  GCancellable *cancellable; /* of the question that is under way */
  GPtrArray *rows;           /* unowned */
};

G_DEFINE_FINAL_TYPE (CsAgentGroup, cs_agent_group, ADW_TYPE_PREFERENCES_GROUP)

static void
clear (CsAgentGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

static void
add_row (CsAgentGroup *self, const char *title, const char *value, gboolean code)
{
  GtkWidget *row;

  if (value == NULL)
    return;
  row = cs_fact_row_new (title, value, code);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

static void
add_certificates (CsAgentGroup *self, const CsAgentGreeting *greeting)
{
  g_autofree char *expires = cs_time_words_date (greeting->expires);
  g_autofree char *from = cs_time_words_moment (greeting->next_from);
  /* Translators: from a date and time on */
  g_autofree char *title = g_strdup_printf (_("Certificate from %s on"), from);

  add_row (self, _("Certificate that it shows"), greeting->certificate, TRUE);
  if (greeting->expires > 0)
    add_row (self, _("Certificate valid until"), expires, FALSE);
  add_row (self, title, greeting->next, TRUE);
}

static void
show_greeting (CsAgentGroup *self, const CsAgentGreeting *greeting)
{
  g_autofree char *uptime = cs_time_words_duration (greeting->uptime);
  g_autofree char *login =
    greeting->user != NULL && greeting->host != NULL
      ? g_strdup_printf ("%s@%s", greeting->user, greeting->host)
      : g_strdup (greeting->host);
  /* Translators: commands on a server: running now, waiting, and at most running at once */
  g_autofree char *commands = g_strdup_printf (_("%u running, %u waiting; %u at most at once"),
                                               greeting->running, greeting->queued,
                                               greeting->limit);

  add_row (self, _("Version"), greeting->version, FALSE);
  add_row (self, _("Runs commands as"), login, TRUE);
  add_row (self, _("Running for"), uptime, FALSE);
  add_row (self, _("Commands"), commands, FALSE);
  add_row (self, _("Signatures"),
           greeting->require_approvals
             ? _("It runs only what the right people have signed for, and checks that itself")
             : _("It runs what anyone on its list of signers sends"),
           FALSE);
  add_certificates (self, greeting);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsAgentGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsAgentGreeting) greeting = cs_agent_greeting_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  clear (self);
  if (greeting != NULL)
    show_greeting (self, greeting);
  else
    add_row (self, _("Not known"), error->message, FALSE);
}

static void
stop (CsAgentGroup *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
cs_agent_group_dispose (GObject *object)
{
  stop (CS_AGENT_GROUP (object));
  G_OBJECT_CLASS (cs_agent_group_parent_class)->dispose (object);
}

static void
cs_agent_group_finalize (GObject *object)
{
  g_ptr_array_unref (CS_AGENT_GROUP (object)->rows);
  G_OBJECT_CLASS (cs_agent_group_parent_class)->finalize (object);
}

static void
cs_agent_group_class_init (CsAgentGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_agent_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = cs_agent_group_finalize;
}

static void
cs_agent_group_init (CsAgentGroup *self)
{
  self->rows = g_ptr_array_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Agent"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), _("As it says of itself"));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * cs_agent_group_show:
 * @self: a group
 * @target: (nullable): what to show; %NULL: nothing any more
 *
 * Asks an agent how it is, and shows the answer, or why there is none. Of a target that is no
 * agent it shows nothing.
 */
void
cs_agent_group_show (CsAgentGroup *self, CsTarget *target)
{
  gboolean agent = target != NULL && cs_target_get_kind (target) == CS_TARGET_AGENT;

  g_return_if_fail (CS_IS_AGENT_GROUP (self));

  stop (self);
  clear (self);
  gtk_widget_set_visible (GTK_WIDGET (self), agent);
  if (!agent)
    return;
  add_row (self, _("Being asked for…"), cs_target_get_url (target), FALSE);
  self->cancellable = g_cancellable_new ();
  cs_agent_greeting_load_async (target, self->cancellable, loaded_cb, g_object_ref (self));
}
