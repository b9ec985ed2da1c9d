/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be decided about people, each on a sheet that is signed. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-person-sheets.h"

#include "cs-decree-sheet.h"
#include "cs-introduction.h"
#include "cs-public-key-row.h"
#include "cs-role-row.h"
#include "cs-role.h"

#include <glib/gi18n.h>

/* Under this the sheet has the row with a public key. */
#define KEY_ROW "public-key-row"

static CsPeople *
get_people (CsDecreeSheet *sheet)
{
  return cs_workspace_get_people (cs_decree_sheet_get_workspace (sheet));
}

static CsDecreeSheet *
open_sheet (GtkWindow *parent,
            CsWorkspace *workspace,
            const char *title,
            const char *statement,
            CsDecreeBegin begin,
            CsPerson *person)
{
  CsDecreeSheet *sheet = cs_decree_sheet_new (parent, workspace, title, statement, begin);

  if (person != NULL)
    cs_decree_sheet_set_text (sheet, "id", cs_person_get_id (person));
  gtk_window_present (GTK_WINDOW (sheet));
  return sheet;
}

static void
add_key_row (CsDecreeSheet *sheet, const char *comment)
{
  g_autofree char *directory =
    cs_workspace_dup_keys_directory (cs_decree_sheet_get_workspace (sheet));
  GtkWidget *row = cs_public_key_row_new (get_people (sheet), directory, comment);

  g_object_set_data (G_OBJECT (sheet), KEY_ROW, row);
  cs_decree_sheet_add_required (sheet, "public-key", row);
}

/* NULL: what is wrong has been said. */
static CsKey *
get_added_key (CsDecreeSheet *sheet)
{
  g_autoptr (GError) error = NULL;
  CsKey *key = cs_public_key_row_dup_key (g_object_get_data (G_OBJECT (sheet), KEY_ROW), &error);

  if (key == NULL)
    cs_decree_sheet_show_problem (sheet, error);
  return key;
}

/* The first manager: known by the key, then granted the role by it. */
typedef struct
{
  CsDecreeSheet *sheet;
  CsKey *key;
  CsAskpass *askpass;
  GCancellable *cancellable;
} Founding;

static void
founding_free (Founding *founding)
{
  g_clear_object (&founding->sheet);
  g_clear_object (&founding->key);
  g_clear_object (&founding->askpass);
  g_clear_object (&founding->cancellable);
  g_free (founding);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Founding, founding_free)

static void
introduced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Founding) founding = user_data;
  CsPeople *people = CS_PEOPLE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsPerson) person = cs_people_introduce_finish (people, result, &error);

  if (person == NULL)
    cs_decree_sheet_show_problem (founding->sheet, error);
  else
    cs_people_grant_async (people, cs_person_get_id (person),
                           cs_decree_sheet_get_text (founding->sheet, "role"), founding->key,
                           founding->askpass, founding->cancellable, cs_decree_sheet_recorded_cb,
                           g_object_ref (founding->sheet));
}

static void
begin_found (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  Founding *founding = g_new0 (Founding, 1);

  founding->sheet = g_object_ref (sheet);
  founding->key = g_object_ref (key);
  founding->askpass = g_object_ref (askpass);
  founding->cancellable = g_object_ref (cancellable);
  cs_people_introduce_async (get_people (sheet),
                             cs_workspace_get_actor (cs_decree_sheet_get_workspace (sheet)),
                             cs_decree_sheet_get_text (sheet, "name"), key, askpass, cancellable,
                             introduced_cb, founding);
}

/** cs_person_sheets_found: (skip): someone makes themselves the first manager. */
void
cs_person_sheets_found (GtkWindow *parent, CsWorkspace *workspace)
{
  const char *name = g_get_real_name ();
  CsDecreeSheet *sheet = open_sheet (
    parent, workspace, _("First Manager"),
    _("I am the first manager here. From now on roles and policies decide who may approve, and "
      "managers decide on roles, people and policies. Have a second manager soon: without a "
      "manager’s key nobody can grant roles."),
    begin_found, NULL);
  GtkWidget *entry = cs_decree_sheet_add_entry (sheet, "name", _("Your Name"), TRUE);

  cs_decree_sheet_set_text (sheet, "role", CS_ROLE_MANAGER);
  if (name != NULL && !g_str_equal (name, "Unknown"))
    cs_decree_sheet_set_text (sheet, "name", name);
  gtk_widget_grab_focus (entry);
}

static void
begin_add (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  g_autofree char *id = g_strstrip (g_strdup (cs_decree_sheet_get_text (sheet, "id")));
  g_autoptr (CsKey) theirs = get_added_key (sheet);

  if (theirs != NULL)
    cs_people_add_person_async (get_people (sheet), id, cs_decree_sheet_get_text (sheet, "name"),
                                cs_key_get_public_line (theirs), key, askpass, cancellable,
                                cs_decree_sheet_recorded_cb, g_object_ref (sheet));
}

/** cs_person_sheets_add: (skip): a manager adds someone by their public key. */
void
cs_person_sheets_add (GtkWindow *parent, CsWorkspace *workspace)
{
  CsDecreeSheet *sheet =
    open_sheet (parent, workspace, _("Add a Person"),
                _("This key belongs to this person: I have made sure of it. What it signs from now "
                  "on, this person signs."),
                begin_add, NULL);
  GtkWidget *entry = cs_decree_sheet_add_entry (sheet, "name", _("Name"), TRUE);

  cs_decree_sheet_add_entry (sheet, "id", _("E-Mail Address or User Name"), TRUE);
  add_key_row (sheet, "");
  gtk_widget_grab_focus (entry);
}

static void
begin_grant (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  cs_people_grant_async (get_people (sheet), cs_decree_sheet_get_text (sheet, "id"),
                         cs_decree_sheet_get_text (sheet, "role"), key, askpass, cancellable,
                         cs_decree_sheet_recorded_cb, g_object_ref (sheet));
}

/** cs_person_sheets_grant: (skip): a manager grants a role. */
void
cs_person_sheets_grant (GtkWindow *parent, CsWorkspace *workspace, CsPerson *person)
{
  g_autofree char *statement =
    g_strdup_printf (_("%s may sign in this role from now on."), cs_person_get_name (person));
  CsDecreeSheet *sheet =
    open_sheet (parent, workspace, _("Grant a Role"), statement, begin_grant, person);
  GtkWidget *row = cs_role_row_new ();

  cs_decree_sheet_add_required (sheet, "role", row);
  gtk_widget_grab_focus (row);
}

static void
begin_take (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  cs_people_take_async (get_people (sheet), cs_decree_sheet_get_text (sheet, "id"),
                        cs_decree_sheet_get_text (sheet, "role"), key, askpass, cancellable,
                        cs_decree_sheet_recorded_cb, g_object_ref (sheet));
}

/** cs_person_sheets_take: (skip): a manager takes a role away. */
void
cs_person_sheets_take (GtkWindow *parent,
                       CsWorkspace *workspace,
                       CsPerson *person,
                       const char *role)
{
  g_autofree char *statement =
    g_strdup_printf (_("%s no longer signs as %s. What was signed in that role stands."),
                     cs_person_get_name (person), role);
  CsDecreeSheet *sheet =
    open_sheet (parent, workspace, _("Take a Role"), statement, begin_take, person);

  cs_decree_sheet_set_text (sheet, "role", role);
}

static void
begin_add_key (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  g_autoptr (CsKey) added = get_added_key (sheet);

  if (added != NULL)
    cs_people_add_key_async (get_people (sheet), cs_decree_sheet_get_text (sheet, "id"), added, key,
                             askpass, cancellable, cs_decree_sheet_recorded_cb,
                             g_object_ref (sheet));
}

/** cs_person_sheets_add_key: (skip): someone gets one more key. */
void
cs_person_sheets_add_key (GtkWindow *parent, CsWorkspace *workspace, CsPerson *person)
{
  g_autofree char *statement = g_strdup_printf (
    _("This key, too, belongs to %s. Sign with another key of theirs, or as a manager."),
    cs_person_get_name (person));
  CsDecreeSheet *sheet =
    open_sheet (parent, workspace, _("Add a Key"), statement, begin_add_key, person);

  add_key_row (sheet, cs_person_get_id (person));
}

static void
begin_rotate (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  g_autoptr (CsKey) added = get_added_key (sheet);

  if (added != NULL)
    cs_people_rotate_key_async (get_people (sheet),
                                cs_decree_sheet_get_text (sheet, "fingerprint"), added,
                                cs_decree_sheet_get_text (sheet, "reason"), key, askpass,
                                cancellable, cs_decree_sheet_recorded_cb, g_object_ref (sheet));
}

/** cs_person_sheets_rotate_key: (skip): a key takes the place of another. */
void
cs_person_sheets_rotate_key (GtkWindow *parent,
                             CsWorkspace *workspace,
                             CsPerson *person,
                             const char *fingerprint)
{
  g_autofree char *statement = g_strdup_printf (
    _("From now on %s signs with this key instead of %s. What that one has signed stands."),
    cs_person_get_name (person), fingerprint);
  CsDecreeSheet *sheet =
    open_sheet (parent, workspace, _("Replace a Key"), statement, begin_rotate, person);

  cs_decree_sheet_set_text (sheet, "fingerprint", fingerprint);
  add_key_row (sheet, cs_person_get_id (person));
  cs_decree_sheet_add_entry (sheet, "reason", _("Reason"), TRUE);
}

static void
begin_retire (CsDecreeSheet *sheet, CsKey *key, CsAskpass *askpass, GCancellable *cancellable)
{
  cs_people_retire_key_async (get_people (sheet), cs_decree_sheet_get_text (sheet, "fingerprint"),
                              cs_decree_sheet_get_text (sheet, "reason"), key, askpass,
                              cancellable, cs_decree_sheet_recorded_cb, g_object_ref (sheet));
}

/** cs_person_sheets_retire_key: (skip): a key signs no more. */
void
cs_person_sheets_retire_key (GtkWindow *parent,
                             CsWorkspace *workspace,
                             CsPerson *person,
                             const char *fingerprint)
{
  g_autofree char *statement = g_strdup_printf (
    _("The key %s of %s signs nothing from now on. What it has signed stands."), fingerprint,
    cs_person_get_name (person));
  CsDecreeSheet *sheet =
    open_sheet (parent, workspace, _("Retire a Key"), statement, begin_retire, person);
  GtkWidget *entry = cs_decree_sheet_add_entry (sheet, "reason", _("Reason"), TRUE);

  cs_decree_sheet_set_text (sheet, "fingerprint", fingerprint);
  gtk_widget_grab_focus (entry);
}
