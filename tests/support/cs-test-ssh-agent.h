/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private ssh-agent, for tests. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsTestSshAgent CsTestSshAgent;

/* Starts one with its socket in directory, and has SSH_AUTH_SOCK say so. Where it must ask whether
 * a key may be used (ssh-add -c), it runs askpass (may be NULL). */
CsTestSshAgent *cs_test_ssh_agent_new (const char *directory, const char *askpass);

/* Ends it, removes its socket, and unsets SSH_AUTH_SOCK. */
void cs_test_ssh_agent_free (CsTestSshAgent *self);

/* ssh-add with these arguments. */
void cs_test_ssh_agent_add (CsTestSshAgent *self, const char *first, ...) G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTestSshAgent, cs_test_ssh_agent_free)

G_END_DECLS
