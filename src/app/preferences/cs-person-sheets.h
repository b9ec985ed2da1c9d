/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be decided about people, each on a sheet that is signed. */

#pragma once

#include "cs-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Each stands before parent. */
void cs_person_sheets_found (GtkWindow *parent, CsWorkspace *workspace);
void cs_person_sheets_add (GtkWindow *parent, CsWorkspace *workspace);
void cs_person_sheets_grant (GtkWindow *parent, CsWorkspace *workspace, CsPerson *person);
void cs_person_sheets_take (GtkWindow *parent,
                            CsWorkspace *workspace,
                            CsPerson *person,
                            const char *role);
void cs_person_sheets_add_key (GtkWindow *parent, CsWorkspace *workspace, CsPerson *person);
void cs_person_sheets_rotate_key (GtkWindow *parent,
                                  CsWorkspace *workspace,
                                  CsPerson *person,
                                  const char *fingerprint);
void cs_person_sheets_retire_key (GtkWindow *parent,
                                  CsWorkspace *workspace,
                                  CsPerson *person,
                                  const char *fingerprint);

G_END_DECLS
