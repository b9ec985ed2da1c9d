/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of files with their SHA-256 sums, which is there as a whole or not at all. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CS_BUNDLE_SUMS: the file that holds the sums of all others, as sha256sum(1) writes them */
#define CS_BUNDLE_SUMS "SHA256SUMS"
/** CS_BUNDLE_HEADS: the file that holds the sum of CS_BUNDLE_SUMS, and what the caller adds */
#define CS_BUNDLE_HEADS "HEADS"

/* Writes; waits on the disk, so it belongs on no main loop. */
typedef struct _CsBundleWriter CsBundleWriter;

CsBundleWriter *cs_bundle_writer_new (const char *directory, GError **error);
gboolean cs_bundle_writer_add (CsBundleWriter *self,
                               const char *name,
                               const void *data,
                               gsize size,
                               GCancellable *cancellable,
                               GError **error);
char *cs_bundle_writer_finish (CsBundleWriter *self, const char *heads, GError **error);
void cs_bundle_writer_free (CsBundleWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsBundleWriter, cs_bundle_writer_free)

G_END_DECLS
