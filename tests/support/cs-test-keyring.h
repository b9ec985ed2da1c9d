/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real keyring without a window, on a bus of the test's own. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Starts an unlocked GNOME Keyring on the session bus that the environment names, and waits until
 * it has its name there. Its files are below directory; it ends with the bus. */
void cs_test_keyring_start (const char *directory);

G_END_DECLS
