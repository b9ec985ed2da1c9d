/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of files that CsBundleWriter wrote, held to its sums. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsEvidenceFault:
 * @file: the name in the folder
 * @message: what is wrong with it
 */
typedef struct
{
  char *file;
  char *message;
} CsEvidenceFault;

void cs_evidence_fault_add (GPtrArray *faults, const char *file, const char *format, ...)
  G_GNUC_PRINTF (3, 4);
void cs_evidence_fault_free (CsEvidenceFault *self);

typedef struct _CsBundleReader CsBundleReader;

CsBundleReader *cs_bundle_reader_open (const char *directory, GError **error);
gboolean cs_bundle_reader_check (CsBundleReader *self,
                                 GPtrArray *faults,
                                 GCancellable *cancellable,
                                 GError **error);
GBytes *cs_bundle_reader_load (CsBundleReader *self, const char *name);
char *cs_bundle_reader_dup_text (CsBundleReader *self, const char *name);
const char *cs_bundle_reader_get_digest (CsBundleReader *self, const char *name);
gboolean cs_bundle_reader_has_digest (CsBundleReader *self, const char *digest);
GPtrArray *cs_bundle_reader_list (CsBundleReader *self, const char *prefix);
guint cs_bundle_reader_get_n_listed (CsBundleReader *self);
void cs_bundle_reader_free (CsBundleReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsBundleReader, cs_bundle_reader_free)

G_END_DECLS
