/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person: roles and keys, and what can be decided about them. */

#pragma once

#include "cs-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_PERSON_VIEW (cs_person_view_get_type ())
G_DECLARE_FINAL_TYPE (CsPersonView, cs_person_view, CS, PERSON_VIEW, AdwBin)

GtkWidget *cs_person_view_new (CsWorkspace *workspace, const char *id);

G_END_DECLS
