/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A long list that comes into a view in portions, between which the window answers. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All of model, within a fraction of a second (transfer full). */
GListModel *cs_growing_list_new (GListModel *model);

G_END_DECLS
