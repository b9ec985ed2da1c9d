/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps what is in this program's memory out of core files. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cs_core_file_forbid (void);
void cs_core_file_allow (void); /* in a child, between fork and exec */
void cs_core_file_lend (void);
void cs_core_file_take_back (void);

G_END_DECLS
