/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a target can be reached and runs commands: one test, step by step. */

#pragma once

#include "cs-breakers.h"
#include "cs-host-key.h"
#include "cs-target.h"

G_BEGIN_DECLS

/**
 * CsServerTestState:
 * @CS_SERVER_TEST_NONE: not tested since the program started
 * @CS_SERVER_TEST_RUNNING: on its way; the words say how far
 * @CS_SERVER_TEST_ASKING: the host key is new: a person must say whether to trust it
 * @CS_SERVER_TEST_GOOD: a command ran; the latency is known
 * @CS_SERVER_TEST_BAD: it could not be done; the words say why
 */
typedef enum
{
  CS_SERVER_TEST_NONE,
  CS_SERVER_TEST_RUNNING,
  CS_SERVER_TEST_ASKING,
  CS_SERVER_TEST_GOOD,
  CS_SERVER_TEST_BAD,
} CsServerTestState;

/* Signal ::changed: the state or the words are others. */
#define CS_TYPE_SERVER_TEST (cs_server_test_get_type ())
G_DECLARE_FINAL_TYPE (CsServerTest, cs_server_test, CS, SERVER_TEST, GObject)

CsServerTest *
cs_server_test_new (CsTarget *target, CsBreakers *breakers, const char *state_directory);

CsTarget *cs_server_test_get_target (CsServerTest *self);
CsServerTestState cs_server_test_get_state (CsServerTest *self);
const char *cs_server_test_get_words (CsServerTest *self);
CsHostKey *cs_server_test_get_host_key (CsServerTest *self); /* that the server showed; or NULL */
const double *cs_server_test_get_latencies (CsServerTest *self, guint *n);

void cs_server_test_start (CsServerTest *self);
void cs_server_test_trust (CsServerTest *self);
void cs_server_test_distrust (CsServerTest *self);
void cs_server_test_cancel (CsServerTest *self);

G_END_DECLS
