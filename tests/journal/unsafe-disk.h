/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk for SQLite that forgets what was not synced when the power is cut. */

#pragma once

#include <glib.h>

/* What becomes of writes that were not synced when the power was cut. */
typedef enum
{
  UNSAFE_DISK_LOSES_ALL,
  UNSAFE_DISK_LOSES_SOME, /* each on its own, in no order */
  UNSAFE_DISK_TEARS,      /* of each one some sectors are written */
  UNSAFE_DISK_N_LOSSES,
} UnsafeDiskLoss;

/* From here on, SQLite opens its files on this disk. The power is cut before the write number
 * @cut (from 1), counting also what truncates, syncs and deletes; 0: never. */
void unsafe_disk_insert (guint cut, UnsafeDiskLoss loss);

/* Ends it. Returns whether the power was cut. What is left lies in the files. */
gboolean unsafe_disk_remove (void);
