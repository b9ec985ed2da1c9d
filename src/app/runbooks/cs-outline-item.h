/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of a runbook's outline: a phase, a step, or what stands in a step. */

#pragma once

#include "cs-runbook.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CS_OUTLINE_PHASE,
  CS_OUTLINE_STEP,
  CS_OUTLINE_BLOCK,
  CS_OUTLINE_CHECK,
  CS_OUTLINE_SIGNOFF,
} CsOutlineKind;

#define CS_TYPE_OUTLINE_ITEM (cs_outline_item_get_type ())
G_DECLARE_FINAL_TYPE (CsOutlineItem, cs_outline_item, CS, OUTLINE_ITEM, GObject)

/* A GListModel of the items of phases, each with its children (transfer full). */
GListModel *cs_outline_item_list_for_runbook (CsRunbook *runbook);

CsOutlineKind cs_outline_item_get_kind (CsOutlineItem *self);
const char *cs_outline_item_get_title (CsOutlineItem *self);
const char *cs_outline_item_get_icon (CsOutlineItem *self); /* NULL: none */
const char *cs_outline_item_get_chip (CsOutlineItem *self); /* NULL: none */
const char *cs_outline_item_get_chip_style (CsOutlineItem *self);
gint64 cs_outline_item_get_estimate (CsOutlineItem *self);      /* seconds, -1 if not said */
guint cs_outline_item_get_line (CsOutlineItem *self);           /* 1-based */
GListModel *cs_outline_item_get_children (CsOutlineItem *self); /* NULL: none */

G_END_DECLS
