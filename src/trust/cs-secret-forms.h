/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways in which a secret can be written. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GPtrArray *cs_secret_forms (const char *secret);

G_END_DECLS
