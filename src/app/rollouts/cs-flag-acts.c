/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done to a flag without a plan of its own, each asked for once. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-flag-acts.h"

#include "cs-reason-dialog.h"
#include "cs-rollout-words.h"

#include <glib/gi18n.h>

/** Asked: what is done if the dialog is confirmed */
typedef struct
{
  CsRolloutEntry *entry;
  CsRolloutAct act;
} Asked;

static void
asked_free (gpointer data, GClosure *closure)
{
  Asked *asked = data;

  g_object_unref (asked->entry);
  g_free (asked);
}

static void
answered_cb (CsReasonDialog *dialog, const char *response, gpointer user_data)
{
  Asked *asked = user_data;

  if (g_str_equal (response, "confirm"))
    cs_rollout_entry_act (asked->entry, asked->act, cs_reason_dialog_get_text (dialog));
}

static void
ask (CsReasonDialog *dialog, CsRolloutEntry *entry, CsRolloutAct act)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->entry = g_object_ref (entry);
  asked->act = act;
  g_signal_connect_data (dialog, "response", G_CALLBACK (answered_cb), asked, asked_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/** cs_flag_acts_kill: (skip): off, for everyone, now. */
void
cs_flag_acts_kill (GtkWindow *parent, CsRolloutEntry *entry)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (entry);
  CsFlag *flag = cs_rollout_get_flag (rollout);
  g_autofree char *count = cs_rollout_words_count (cs_rollout_get_state (rollout),
                                                   cs_rollout_get_company_list (rollout));
  g_autofree char *place = cs_rollout_words_place (flag);
  g_autofree char *heading =
    g_strdup_printf (_("Switch Off “%s” Everywhere?"), cs_flag_get_key (flag));
  g_autofree char *body =
    g_strdup_printf (_("It is on for: %s. It is switched off at once in %s, without a signature, "
                       "and read back. To have it on again, it is promoted from the first stage."),
                     count, place);

  ask (cs_reason_dialog_new (parent, heading, body, _("Reason"), _("Switch Off"), TRUE), entry,
       cs_rollout_kill_async);
}

/** cs_flag_acts_adopt: (skip): what is there is right. */
void
cs_flag_acts_adopt (GtkWindow *parent, CsRolloutEntry *entry)
{
  CsFlag *flag = cs_rollout_get_flag (cs_rollout_entry_get_rollout (entry));
  g_autofree char *body =
    g_strdup_printf (_("What was changed by hand becomes what is recorded; nothing is written. %s"),
                     cs_flag_get_drift (flag));

  ask (cs_reason_dialog_new (parent, _("Adopt What Is There?"), body, _("Reason"), _("Adopt"),
                             FALSE),
       entry, cs_rollout_adopt_async);
}

/** cs_flag_acts_restore: (skip): what is recorded is right. */
void
cs_flag_acts_restore (GtkWindow *parent, CsRolloutEntry *entry)
{
  CsFlag *flag = cs_rollout_get_flag (cs_rollout_entry_get_rollout (entry));
  g_autofree char *body =
    g_strdup_printf (_("What is recorded is written again, and read back; what was changed by hand "
                       "is gone then. %s"),
                     cs_flag_get_drift (flag));

  ask (cs_reason_dialog_new (parent, _("Restore What Is Recorded?"), body, _("Reason"),
                             _("Restore"), TRUE),
       entry, cs_rollout_restore_async);
}

/** cs_flag_acts_unschedule: (skip): what was planned for a time is not done. */
void
cs_flag_acts_unschedule (GtkWindow *parent, CsRolloutEntry *entry)
{
  CsFlag *flag = cs_rollout_get_flag (cs_rollout_entry_get_rollout (entry));
  g_autofree char *plan = cs_rollout_words_schedule (flag);

  ask (cs_reason_dialog_new (parent, _("Cancel What Is Planned?"), plan, _("Reason"),
                             _("Cancel the Plan"), FALSE),
       entry, cs_rollout_unschedule_async);
}
