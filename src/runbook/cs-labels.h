/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bold labels and "Key: value" lines. */

#pragma once

#include "cs-source.h"

G_BEGIN_DECLS

char *cs_label_dup (CsSource *source, guint line);
gboolean cs_label_may_split (CsSource *source, guint line);
gboolean cs_label_split (const char *text, gsize length, char **key, char **value);

G_END_DECLS
