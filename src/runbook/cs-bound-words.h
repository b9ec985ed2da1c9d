/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds said in words: "over 95 °C", "unter 80 %", "plus de 5 %". */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cs_bound_words_find (
  const char *text, const char **op, const char **start, const char **number);

G_END_DECLS
