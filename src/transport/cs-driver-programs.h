/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of the shell programs that a session sends to a target. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Every request is its assignments, the head, and one of the programs. */
extern const char cs_driver_program_head[];
extern const char cs_driver_program_greet[];
extern const char cs_driver_program_run[];
extern const char cs_driver_program_recover[];
extern const char cs_driver_program_stop[];
extern const char cs_driver_program_forget[];

G_END_DECLS
