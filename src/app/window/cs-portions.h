/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that only the main loop may do, in portions between which the window answers. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Does a little, well below a millisecond; FALSE: that was the last of it. */
typedef gboolean (*CsPortion) (gpointer data);

void cs_portions_run_async (CsPortion portion,
                            gpointer data,
                            GDestroyNotify destroy,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cs_portions_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
