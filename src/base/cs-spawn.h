/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children with three pipes. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CsSpawned:
 *
 * A child in a session of its own, and this side of its pipes.
 */
typedef struct
{
  GPid pid;
  int input;
  int output;
  int errors;
} CsSpawned;

gboolean cs_spawn_pipes (const char *const *argv,
                         const char *const *envp,
                         const char *directory,
                         CsSpawned *spawned,
                         GError **error);

G_END_DECLS
