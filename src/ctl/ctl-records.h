/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as people and programs read them. */

#pragma once

#include "cs-record.h"

G_BEGIN_DECLS

void ctl_records_print (GPtrArray *records);
void ctl_records_print_json (GPtrArray *records);
void ctl_records_print_csv (GPtrArray *records);

G_END_DECLS
