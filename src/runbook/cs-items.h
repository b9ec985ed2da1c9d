/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a part of a runbook consists of: a list that is filled once and never changes again. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_ITEMS (cs_items_get_type ())
G_DECLARE_FINAL_TYPE (CsItems, cs_items, CS, ITEMS, GObject)

CsItems *cs_items_new (GType type);
void cs_items_add (CsItems *self, gpointer item);
void cs_items_add_to (CsItems **self, GType type, gpointer item);
GListModel *cs_items_or_none (CsItems *self, GType type, CsItems **none);

G_END_DECLS
