/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runbooks of any size: ordinary ones to measure with, and shapes that readers choke on. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What real runbooks are made of; each kind heavy in something else. */
guint cs_test_documents_get_n_ordinary (void);
const char *cs_test_documents_get_ordinary_name (guint index);
GBytes *cs_test_documents_make_ordinary (guint index, gsize size);

/* What costs quadratic time if anything does. */
guint cs_test_documents_get_n_shapes (void);
const char *cs_test_documents_get_shape_name (guint index);
GBytes *cs_test_documents_make_shape (guint index, gsize size);

/* The Markdown files of a folder, one behind the other, until they fill size bytes; NULL if there
 * are none. */
GBytes *cs_test_documents_join_folder (const char *folder, gsize size);

/* Seconds of processor time that this thread has used. */
double cs_test_documents_get_cpu_time (void);

G_END_DECLS
