/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What someone signs about a rollout, each on a sheet. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-rollout-sheets.h"

#include "cs-decree-sheet.h"
#include "cs-introduction.h"
#include "cs-rollout-words.h"

#include <glib/gi18n.h>

/* Under this the sheet has what it is about. */
#define SUBJECT "subject"

typedef enum
{
  SIGN,
  REJECT,
  OVERRIDE,
} Decision;

/** Subject: of a sheet: the very plan that is signed on it */
typedef struct
{
  Decision decision;
  GtkWindow *parent; /* owned, until the sheet is there */
  CsWorkspace *workspace;
  CsRolloutEntry *entry;
  char *role; /* NULL */
  CsRolloutPlan *plan;
} Subject;

static void
subject_free (Subject *subject)
{
  g_clear_object (&subject->parent);
  g_clear_object (&subject->workspace);
  g_clear_object (&subject->entry);
  g_free (subject->role);
  g_clear_pointer (&subject->plan, cs_rollout_plan_free);
  g_free (subject);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Subject, subject_free)

/** Signing: with which key, once whoever it belongs to is known */
typedef struct
{
  CsDecreeSheet *sheet;
  CsKey *key;
  CsAskpass *askpass;
  GCancellable *cancellable;
} Signing;

static void
signing_free (Signing *signing)
{
  g_clear_object (&signing->sheet);
  g_clear_object (&signing->key);
  g_clear_object (&signing->askpass);
  g_clear_object (&signing->cancellable);
  g_free (signing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Signing, signing_free)

static void
decided_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsDecreeSheet) sheet = user_data;
  Subject *subject = g_object_get_data (G_OBJECT (sheet), SUBJECT);
  g_autoptr (GError) error = NULL;

  if (!cs_rollout_decide_finish (CS_ROLLOUT (source), result, &error))
    {
      cs_decree_sheet_show_problem (sheet, error);
      return;
    }
  cs_rollout_entry_refresh (subject->entry);
  gtk_window_destroy (GTK_WINDOW (sheet));
}

static void
decide (Signing *signing, CsPerson *person)
{
  CsDecreeSheet *sheet = signing->sheet;
  Subject *subject = g_object_get_data (G_OBJECT (sheet), SUBJECT);
  CsRollout *rollout = cs_rollout_entry_get_rollout (subject->entry);
  const char *words = cs_decree_sheet_get_text (sheet, "words");

  if (subject->decision == OVERRIDE)
    cs_rollout_override_async (rollout, subject->plan, cs_rollout_entry_get_actor (subject->entry),
                               person, words, signing->key, signing->askpass, signing->cancellable,
                               decided_cb, g_object_ref (sheet));
  else
    cs_rollout_sign_async (rollout, subject->plan, person, subject->role,
                           subject->decision == SIGN, *words != '\0' ? words : NULL, signing->key,
                           signing->askpass, signing->cancellable, decided_cb,
                           g_object_ref (sheet));
}

static void
introduced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Signing) signing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPerson) person = cs_people_introduce_finish (CS_PEOPLE (source), result, &error);

  if (person != NULL)
    decide (signing, person);
  else
    cs_decree_sheet_show_problem (signing->sheet, error);
}

/* Who signs here for the first time is made known by the key, then it is signed. */
static void
begin (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  CsWorkspace *workspace = cs_decree_sheet_get_workspace (sheet);
  const char *name = cs_decree_sheet_get_text (sheet, "name");
  Signing *signing = g_new0 (Signing, 1);

  signing->sheet = g_object_ref (sheet);
  signing->key = g_object_ref (key);
  signing->askpass = g_object_ref (askpass);
  signing->cancellable = g_object_ref (cancellable);
  cs_people_introduce_async (cs_workspace_get_people (workspace),
                             cs_workspace_get_actor (workspace), name, key, askpass, cancellable,
                             introduced_cb, signing);
}

static char *
dup_statement (Subject *subject)
{
  CsRollout *rollout = cs_rollout_entry_get_rollout (subject->entry);
  CsCompanyList *companies = cs_rollout_get_company_list (rollout);
  CsFlag *flag = cs_rollout_get_flag (rollout);
  const CsStage *stage = cs_flag_find_stage (flag, subject->plan->stage);
  g_autofree char *before = cs_rollout_words_count (subject->plan->from, companies);
  g_autofree char *after = cs_rollout_words_count (subject->plan->to, companies);
  const char *key = cs_flag_get_key (flag);
  const char *title = stage != NULL ? stage->title : subject->plan->stage;

  switch (subject->decision)
    {
    case OVERRIDE:
      return g_strdup_printf (_("I let “%s” go on to “%s” although something stands in its way. "
                                "Now on for: %s; then: %s. It stands out in the history for "
                                "ever."),
                              key, title, before, after);
    case REJECT:
      return g_strdup_printf (_("I reject that “%s” goes on to “%s”. Now on for: %s; then: %s."),
                              key, title, before, after);
    case SIGN:
    default:
      return g_strdup_printf (_("I approve that “%s” goes on to “%s”. Now on for: %s; then: %s. "
                                "Once any of that is different, this signature counts no more."),
                              key, title, before, after);
    }
}

static const char *
get_title (Decision decision)
{
  if (decision == OVERRIDE)
    return _("Override");
  return decision == REJECT ? _("Reject the Change") : _("Sign the Change");
}

static void
present (Subject *subject)
{
  g_autofree char *statement = dup_statement (subject);
  CsDecreeSheet *sheet = cs_decree_sheet_new (subject->parent, subject->workspace,
                                              get_title (subject->decision), statement, begin);
  const char *name = g_get_real_name ();

  g_clear_object (&subject->parent);
  g_object_set_data_full (G_OBJECT (sheet), SUBJECT, subject, (GDestroyNotify) subject_free);
  if (subject->role != NULL)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("In the Role of"));
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subject->role);
      gtk_widget_add_css_class (row, "fact");
      cs_decree_sheet_add_row (sheet, row);
    }
  if (!cs_people_is_governed (cs_workspace_get_people (subject->workspace), G_MAXINT64))
    cs_decree_sheet_add_entry (sheet, "name", _("Your Name"), FALSE);
  if (name != NULL && !g_str_equal (name, "Unknown"))
    cs_decree_sheet_set_text (sheet, "name", name);
  cs_decree_sheet_add_entry (sheet, "words",
                             subject->decision == OVERRIDE ? _("Reason") : _("Comment"),
                             subject->decision != SIGN);
  gtk_window_present (GTK_WINDOW (sheet));
}

static void
planned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Subject) subject = user_data;
  g_autoptr (GError) error = NULL;

  subject->plan = cs_rollout_plan_stage_finish (CS_ROLLOUT (source), result, &error);
  if (subject->plan != NULL)
    present (g_steal_pointer (&subject));
  else
    gtk_widget_activate_action (GTK_WIDGET (subject->parent), "win.toast", "s", error->message);
}

static void
open_sheet (GtkWindow *parent,
            CsWorkspace *workspace,
            CsRolloutEntry *entry,
            const char *stage,
            const char *role,
            Decision decision)
{
  Subject *subject = g_new0 (Subject, 1);

  subject->decision = decision;
  subject->parent = g_object_ref (parent);
  subject->workspace = g_object_ref (workspace);
  subject->entry = g_object_ref (entry);
  subject->role = g_strdup (role);
  cs_rollout_plan_stage_async (cs_rollout_entry_get_rollout (entry), stage, NULL, planned_cb,
                               subject);
}

/** cs_rollout_sheets_sign: (skip): someone approves that a flag goes on to a stage. */
void
cs_rollout_sheets_sign (GtkWindow *parent,
                        CsWorkspace *workspace,
                        CsRolloutEntry *entry,
                        const char *stage,
                        const char *role)
{
  open_sheet (parent, workspace, entry, stage, role, SIGN);
}

/** cs_rollout_sheets_reject: (skip): someone rejects it. */
void
cs_rollout_sheets_reject (GtkWindow *parent,
                          CsWorkspace *workspace,
                          CsRolloutEntry *entry,
                          const char *stage,
                          const char *role)
{
  open_sheet (parent, workspace, entry, stage, role, REJECT);
}

/** cs_rollout_sheets_override: (skip): someone lets it go on past what stands in the way. */
void
cs_rollout_sheets_override (GtkWindow *parent,
                            CsWorkspace *workspace,
                            CsRolloutEntry *entry,
                            const char *stage)
{
  open_sheet (parent, workspace, entry, stage, NULL, OVERRIDE);
}
