/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that open another shell: what stands below them is typed there. */

#pragma once

#include "cs-shell-scan.h"
#include "cs-words.h"

G_BEGIN_DECLS

typedef enum
{
  CS_INNER_NONE,
  CS_INNER_HOP,     /* `ssh host`: a shell on another computer */
  CS_INNER_SHELL,   /* `sudo -i`, `docker exec -it db bash`: a shell elsewhere on this one */
  CS_INNER_PROGRAM, /* `mysql -p`, `redis-cli`: a program that reads commands of its own */
} CsInnerShell;

/** CsInnerLook: the simple commands of a line, as cs_inner_shell_look() is called for each */
typedef struct
{
  CsCommand last;
  guint n_commands;
} CsInnerLook;

void cs_inner_shell_look (const CsCommand *command, gpointer look);
CsInnerShell cs_inner_shell_opened_by (const CsInnerLook *look);
char *cs_inner_shell_dup_host (const char *text, const CsShellLine *line);
gboolean cs_inner_shell_is_left_by (const char *text, const CsShellLine *line);

G_END_DECLS
