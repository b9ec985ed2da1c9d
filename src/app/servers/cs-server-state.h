/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the state of a test looks, in the list and beside the details. */

#pragma once

#include "cs-server-test.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Icon and colour; the icon is hidden while the test runs, and before it has. */
void cs_server_state_apply (CsServerTest *test, GtkImage *icon, GtkSpinner *spinner);

/* "success" and the like, for words; NULL. */
const char *cs_server_state_get_style (CsServerTestState state);

/* A button that tests, or cancels the test. */
void cs_server_state_apply_button (CsServerTest *test, GtkButton *button);
void cs_server_state_toggle (CsServerTest *test);

G_END_DECLS
