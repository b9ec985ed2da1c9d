/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A blob on its way into the store, of any size, in bounded memory. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_TYPE_BLOB_WRITER (cs_blob_writer_get_type ())
G_DECLARE_FINAL_TYPE (CsBlobWriter, cs_blob_writer, CS, BLOB_WRITER, GObject)

/* Made by cs_store_open_blob(). May be used from any one thread at a time; every call can wait on
 * the disk, so none belongs on a main loop. Dropping an unfinished writer removes what it wrote. */

CsBlobWriter *cs_blob_writer_new (const char *directory, GError **error);
gboolean cs_blob_writer_write (CsBlobWriter *self, const void *data, gsize length, GError **error);
gint64 cs_blob_writer_get_size (CsBlobWriter *self);
char *cs_blob_writer_finish (CsBlobWriter *self, GError **error);

G_END_DECLS
