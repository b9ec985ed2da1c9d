/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A company in a list: its name, and its id at the other end. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkListItemFactory *cs_company_line_factory_new (void); /* for items of CsCompanyModel */

G_END_DECLS
