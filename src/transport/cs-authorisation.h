/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a target that enforces approvals needs to know beside the script: what was signed. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CsAuthorisation:
 * @command: the command as the runbook has it, with its placeholders; the script is this with the
 *   values put in
 * @values: what is put in for each placeholder, by its text as written
 * @deployment: its id
 * @environment: (nullable): for which it is
 * @envelopes: sign-offs (DSSE envelopes as JSON objects)
 * @stream: (nullable): the journal's stream whose head the target is shown
 * @n: of the head
 * @hash: (nullable): of the head
 *
 * A target of another kind takes no notice of it.
 */
typedef struct
{
  char *command;
  JsonObject *values;
  char *deployment;
  char *environment;
  JsonArray *envelopes;
  char *stream;
  gint64 n;
  char *hash;
} CsAuthorisation;

CsAuthorisation *cs_authorisation_new (void);
void cs_authorisation_free (CsAuthorisation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAuthorisation, cs_authorisation_free)

G_END_DECLS
