/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps what is in this program's memory out of core files. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cs_core_file_forbid (void);
void cs_core_file_allow (void); /* in a child, between fork and exec */
void cs_core_file_allow_child (GPid pid);

G_END_DECLS
