/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that a script puts into variables, and what it does with these. */

#pragma once

#include "cs-shell-walk.h"

G_BEGIN_DECLS

/** CsShellReading: what becomes of a variable where it is used */
typedef enum
{
  CS_SHELL_READING_CODE,    /* another program may read it as commands */
  CS_SHELL_READING_NUMBER,  /* it is reckoned with, which bash does with more than numbers */
  CS_SHELL_READING_COMMAND, /* it is the command */
  CS_SHELL_READING_WORDS,   /* no quotes are around it: the shell cuts it into words */
  CS_SHELL_READING_OPERAND, /* a word begins with it */
  CS_SHELL_N_READINGS
} CsShellReading;

CsShellFlows *cs_shell_flows_new (void);
void cs_shell_flows_free (CsShellFlows *self);

void cs_shell_flows_bind (CsShellFlows *self,
                          const char *name,
                          gsize name_length,
                          GArray *uses,
                          guint first_use,
                          gboolean leads,
                          const char *text,
                          gsize length);
void cs_shell_flows_bind_argument (CsShellFlows *self,
                                   GArray *uses,
                                   guint first_use,
                                   const char *text,
                                   gsize length);
void cs_shell_flows_see_function (CsShellFlows *self);
void cs_shell_flows_read (CsShellFlows *self,
                          CsShellReading reading,
                          guint line,
                          const char *text,
                          gsize length);

void cs_shell_flows_hold (CsShellFlows *self, const CsShellSlot *held);
void cs_shell_flows_list_holders (CsShellFlows *self, GHashTable *names);

gboolean cs_shell_flows_check (CsShellFlows *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsShellFlows, cs_shell_flows_free)

G_END_DECLS
