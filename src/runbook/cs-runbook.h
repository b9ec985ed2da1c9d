/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A runbook as people wrote it, understood: the immutable model of one Markdown document. */

#pragma once

#include "cs-fact.h"
#include "cs-overrules.h"
#include "cs-phase.h"
#include "cs-signoff.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CS_RUNBOOK_MAX_SIZE: larger documents are refused (bytes) */
#define CS_RUNBOOK_MAX_SIZE (16 * 1024 * 1024)

#define CS_TYPE_RUNBOOK (cs_runbook_get_type ())
G_DECLARE_FINAL_TYPE (CsRunbook, cs_runbook, CS, RUNBOOK, GObject)

/* Reads a document. Bounded in time and memory for any bytes; safe in any thread. INVALID with what
 * and where if it is no text (NUL bytes, not UTF-8 and no known damage) or larger than the
 * limit. */
CsRunbook *cs_runbook_new_from_bytes (GBytes *source, GError **error);

/* The same, with what people decided differently (NULL: nothing). */
CsRunbook *cs_runbook_new_with_overrules (GBytes *source, CsOverrules *overrules, GError **error);
CsOverrules *cs_runbook_get_overrules (CsRunbook *self); /* those it was read with; NULL: none */

/* Loads and reads a file, in a worker thread. NOT_FOUND, INVALID (directory, binary…). */
void cs_runbook_load_async (GFile *file,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
CsRunbook *cs_runbook_load_finish (GAsyncResult *result, GError **error);

/* The same from bytes that are there already, with what people decided differently (NULL: nothing),
 * in a worker thread. INVALID. */
void cs_runbook_parse_async (GBytes *source,
                             CsOverrules *overrules,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
CsRunbook *cs_runbook_parse_finish (GAsyncResult *result, GError **error);

GBytes *cs_runbook_get_source (CsRunbook *self);      /* the bytes as they were */
const char *cs_runbook_get_digest (CsRunbook *self);  /* SHA-256 of them */
const char *cs_runbook_get_text (CsRunbook *self);    /* repaired UTF-8, what people see */
/* without emoji; file name or "Runbook" if none */
const char *cs_runbook_get_title (CsRunbook *self);
const char *cs_runbook_get_encoding_damage (CsRunbook *self); /* NULL, "cp1252", "mac_roman" */
const char *cs_runbook_get_metadata (CsRunbook *self, const char *key); /* "Version", "Date"… */
GListModel *cs_runbook_get_phases (CsRunbook *self);  /* of CsPhase, in document order */
GListModel *cs_runbook_get_signoffs (CsRunbook *self); /* of CsSignoff */

GPtrArray *cs_runbook_get_facts (CsRunbook *self); /* of CsFact, in document order; owned by it */

CsPhase *cs_runbook_find_phase (CsRunbook *self, const char *id);
CsStep *cs_runbook_find_step (CsRunbook *self, const char *id);

/* The model as `runbook show --json` prints it (transfer full). */
JsonNode *cs_runbook_to_json (CsRunbook *self);

/* The source rebuilt from the nodes of the model, line range by line range (transfer full); equal
 * to the source by promise, and a test holds it to that. */
GBytes *cs_runbook_rebuild_source (CsRunbook *self);

/* The lines from … to (1-based, both included) of the text (transfer full). */
char *cs_runbook_dup_lines (CsRunbook *self, guint from, guint to);

G_END_DECLS
