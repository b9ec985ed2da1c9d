/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a signature says: an in-toto Statement v1 about a deployment. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CS_STATEMENT_PREDICATE: the predicate type of a sign-off */
#define CS_STATEMENT_PREDICATE "https://countersign.github.io/signoff/v1"

/**
 * CsStatement:
 *
 * @runbook_digest, @head_digest, @manifest_digest are the three subjects; @at is what the signer
 * saw as date and time (UTC microseconds); @commands are the digests of the command blocks that
 * the signature releases, in order; the manifest digest is the SHA-256 of them, each followed by
 * a newline. @scripts are, at the same index, the digests of what is sent for each command: its
 * text with the values put in, empty while a value is missing. That is what a server can hold to
 * that knows nothing of the record. %NULL in statements made before there was such a list.
 * @shells, at the same index again, says what reads each: `bash` or `sh`, with ` terminal` behind
 * it where a person may answer it. The last @rollback of the commands are those of the runbook's
 * rollback procedures: who signs the way forward has signed the way back. Statements made before
 * sign-offs named that have %NULL and 0, and release nothing any more.
 * @environment is where the deployment goes, so that what was approved for one place can't be sent
 * to another; %NULL in statements made before it was said.
 * @handwriting is the digest of a picture of the signer's own handwriting; %NULL: none was made. It
 * is what people recognise on paper; what counts is the key.
 */
typedef struct
{
  char *runbook_digest;
  char *head_digest;
  char *manifest_digest;
  char *deployment;
  char *environment;
  char *field;
  char *role;
  char *meaning;
  char *signer;
  char *key; /* fingerprint */
  gboolean approve;
  char *comment;
  gint64 at;
  char **commands;
  char **scripts;
  char **shells;
  guint rollback;
  char *handwriting;
} CsStatement;

/** CS_STATEMENT_OUTDATED: why a statement without @shells releases nothing */
#define CS_STATEMENT_OUTDATED \
  "it was signed by an older Countersign, whose sign-offs named neither the shell nor the way " \
  "back: sign again"

CsStatement *cs_statement_new (void);
void cs_statement_free (CsStatement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsStatement, cs_statement_free)

char *cs_statement_compute_manifest (const char *const *commands);
GBytes *cs_statement_to_payload (const CsStatement *self, GError **error); /* canonical JSON */
CsStatement *cs_statement_from_payload (GBytes *payload, GError **error);

G_END_DECLS
