/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private countersign-agent on loopback, with its own files and its own home, for tests. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsTestAgent CsTestAgent;

/* Makes one with countersign-agent init (the program that COUNTERSIGN_AGENT names) that knows one
 * person, and starts it. */
CsTestAgent *cs_test_agent_new (void);

/* Ends it, what it runs, and removes its directory. */
void cs_test_agent_free (CsTestAgent *self);

/* Kills it as a crash would, with nothing said to anyone; what it runs is left alone. start makes
 * it answer again on the same port. */
void cs_test_agent_kill (CsTestAgent *self);
void cs_test_agent_start (CsTestAgent *self);

/* Kills what it runs as well, as a restart of the machine would. */
void cs_test_agent_kill_all (CsTestAgent *self);

/* Adds lines to agent.conf, and has it read that. */
void cs_test_agent_add_settings (CsTestAgent *self, const char *text);

/* Replaces the file that says what it asks for, and has it read that. */
void cs_test_agent_set_policy (CsTestAgent *self, const char *text);

char *cs_test_agent_dup_url (CsTestAgent *self); /* https://127.0.0.1:PORT */
guint16 cs_test_agent_get_port (CsTestAgent *self);
const char *cs_test_agent_get_fingerprint (CsTestAgent *self);
const char *cs_test_agent_get_token (CsTestAgent *self);
const char *cs_test_agent_get_identity (CsTestAgent *self); /* private key of the person */
const char *cs_test_agent_get_directory (CsTestAgent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTestAgent, cs_test_agent_free)

G_END_DECLS
