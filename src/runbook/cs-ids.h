/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ids of what a runbook consists of: "2.3.1". */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *cs_id_new (const char *parent, const char *sign, guint number);

G_END_DECLS
