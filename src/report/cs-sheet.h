/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sheet of a deployment that people print, sign and file: a PDF. */

#pragma once

#include "cs-deployment.h"

G_BEGIN_DECLS

typedef struct _CsSheet CsSheet;

CsSheet *cs_sheet_new (CsDeployment *deployment);
void cs_sheet_add_watch (CsSheet *self, GPtrArray *watched);
GBytes *cs_sheet_render (CsSheet *self, GError **error);
void cs_sheet_free (CsSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSheet, cs_sheet_free)

G_END_DECLS
