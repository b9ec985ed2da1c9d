/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that open another shell: what stands below them is typed there. */

#pragma once

#include "cs-shell-scan.h"

G_BEGIN_DECLS

typedef enum
{
  CS_INNER_NONE,
  CS_INNER_HOP,     /* `ssh host`: a shell on another computer */
  CS_INNER_SHELL,   /* `sudo -i`, `docker exec -it db bash`: a shell elsewhere on this one */
  CS_INNER_PROGRAM, /* `mysql -p`, `redis-cli`: a program that reads commands of its own */
} CsInnerShell;

CsInnerShell cs_inner_shell_opened_by (const char *text,
                                       const CsShellLine *line,
                                       gboolean *alone,
                                       char **host);
gboolean cs_inner_shell_is_left_by (const char *text, const CsShellLine *line);

G_END_DECLS
