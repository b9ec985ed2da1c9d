/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one error domain. */

#include "cs-error.h"

G_DEFINE_QUARK (cs_error_quark, cs_error)
