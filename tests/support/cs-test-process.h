/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that tests start: to their end, or as servers that never outlive the test. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs argv[0] to its end, and fails the test if that is none without a fault. What it printed
 * (transfer full). */
char *cs_test_run (const char *const *argv);

/* Starts a server. The kernel kills it when the test ends, however that is. directory and envp may
 * be NULL. */
GPid cs_test_spawn (const char *directory, const char *const *argv, const char *const *envp);

/* Kills it and waits for that; *pid becomes 0. Nothing if it is 0 already. */
void cs_test_kill (GPid *pid);

/* Adds the children of a process, without the process itself. */
void cs_test_collect_children (GPid pid, GArray *pids);

/* A port of 127.0.0.1 that nobody listens on. */
guint16 cs_test_find_port (void);

/* An Ed25519 key pair without a passphrase; an older one at the same place is replaced. */
void cs_test_make_key (const char *path);

G_END_DECLS
