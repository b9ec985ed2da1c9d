/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blobs as files: `ab/abcdef…`, each named by the SHA-256 of its bytes. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CS_BLOB_TEMPORARY_PREFIX ".incoming-"

gboolean cs_blob_directory_prepare (const char *directory, GError **error);
gboolean cs_blob_directory_adopt (const char *directory,
                                  const char *temporary,
                                  const char *digest,
                                  GError **error);
gboolean cs_blob_directory_has (const char *directory, const char *digest);
GBytes *cs_blob_directory_map (const char *directory, const char *digest, GError **error);
gboolean cs_blob_directory_check (const char *directory,
                                  const char *digest,
                                  GCancellable *cancellable,
                                  GError **error);
GPtrArray *cs_blob_directory_list (const char *directory, GError **error);

G_END_DECLS
