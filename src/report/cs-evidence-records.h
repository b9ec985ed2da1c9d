/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of a bundle: read, hashed again, and held to its heads. */

#pragma once

#include "cs-bundle-reader.h"

G_BEGIN_DECLS

#define CS_EVIDENCE_DEPLOYMENT "records/deployment.jsonl"
#define CS_EVIDENCE_WATCH "records/watch.jsonl"
#define CS_EVIDENCE_PEOPLE "records/people.jsonl"
#define CS_EVIDENCE_POLICY "records/policy.jsonl"

GPtrArray *cs_evidence_records_read (CsBundleReader *reader, const char *file, GPtrArray *faults);
void cs_evidence_records_check_names (CsBundleReader *reader,
                                      GPtrArray *records,
                                      GPtrArray *faults);

G_END_DECLS
