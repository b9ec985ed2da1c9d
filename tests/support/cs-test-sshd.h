/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A private sshd on loopback, with its own keys and its own home, for tests. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CsTestSshd CsTestSshd;

/* Starts it, and waits until it answers. Everything that it has is in a directory of its own. */
CsTestSshd *cs_test_sshd_new (void);

/* Ends it, its connections, and removes its directory. */
void cs_test_sshd_free (CsTestSshd *self);

/* Ends it and its connections at once; start makes it answer again on the same port. */
void cs_test_sshd_stop (CsTestSshd *self);
void cs_test_sshd_start (CsTestSshd *self);

/* Starts it anew with this line of sshd_config in place of those with the same keyword: for some
 * keywords sshd takes the first, for MaxStartups the last. */
void cs_test_sshd_configure (CsTestSshd *self, const char *line);

/* Kills the processes that serve connections; new ones can be made. */
void cs_test_sshd_kill_connections (CsTestSshd *self);

/* Ends it and everything that was started through it, as a restart of the machine would. */
void cs_test_sshd_kill_all (CsTestSshd *self);

/* A new host key, as if another machine answered. */
void cs_test_sshd_change_host_key (CsTestSshd *self);

const char *cs_test_sshd_get_destination (CsTestSshd *self); /* USER@127.0.0.1:PORT */
guint16 cs_test_sshd_get_port (CsTestSshd *self);
const char *cs_test_sshd_get_identity (CsTestSshd *self); /* a private key that it accepts */
const char *cs_test_sshd_get_home (CsTestSshd *self);     /* HOME of its sessions */

/* Lets these public keys in, one a line, in place of the first. */
void cs_test_sshd_authorize (CsTestSshd *self, const char *lines);

/* What known_hosts has to hold for it. */
char *cs_test_sshd_dup_known_hosts (CsTestSshd *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTestSshd, cs_test_sshd_free)

G_END_DECLS
