/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proof that the journal is whole: every chain and every blob hashed again. */

#pragma once

#include "cs-store.h"

G_BEGIN_DECLS

/**
 * CsFinding:
 *
 * One thing that is wrong. @stream and @n name a record; @blob names a blob; either may be unset
 * (%NULL, -1).
 */
typedef struct
{
  char *stream;
  gint64 n;
  char *blob;
  char *message;
} CsFinding;

CsFinding *cs_finding_new (const char *stream, gint64 n, const char *blob, const char *format, ...)
  G_GNUC_PRINTF (4, 5);
void cs_finding_free (CsFinding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFinding, cs_finding_free)

#define CS_TYPE_VERIFICATION (cs_verification_get_type ())
G_DECLARE_FINAL_TYPE (CsVerification, cs_verification, CS, VERIFICATION, GObject)

/* done and total count records and blobs; called in the main context of the caller, at most 20
 * times a second. */
typedef void (*CsVerificationProgress) (gint64 done, gint64 total, gpointer user_data);

/* Re-hashes every stream of the store (in parallel), checks that n has no gap, that each record
 * names its predecessor, and that every blob that a record names is there and has its digest.
 * Findings come in the order of streams and n. */
void cs_verification_run_async (CsStore *store,
                                CsVerificationProgress progress,
                                gpointer progress_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CsVerification *cs_verification_run_finish (GAsyncResult *result, GError **error);
CsVerification *cs_verification_run_sync (CsStore *store, GError **error);

gint64 cs_verification_get_n_records (CsVerification *self);
gint64 cs_verification_get_n_streams (CsVerification *self);
gint64 cs_verification_get_n_blobs (CsVerification *self);
GPtrArray *cs_verification_get_findings (CsVerification *self);
void cs_verification_add_finding (CsVerification *self, CsFinding *finding);

/* What could not be asked, as sentences: nothing is wrong because of it. */
GPtrArray *cs_verification_get_notes (CsVerification *self);
void cs_verification_add_note (CsVerification *self, const char *note);

gboolean cs_verification_is_clean (CsVerification *self);

G_END_DECLS
