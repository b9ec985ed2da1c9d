/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes an agent's files, and replaces tokens and certificates while it runs. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsAgentSetup:
 * @host: name in the certificate, and in what is printed
 * @signers: (nullable): a file of allowed_signers to begin with
 */
typedef struct
{
  char *directory;
  char *state;
  char *listen;
  char *host;
  char *environment;
  char *signers;
  gboolean plain;
} CsAgentSetup;

/* Gives the first token, which is kept nowhere. EXISTS if there is an agent already. */
char *cs_agent_setup_init (const CsAgentSetup *self, GError **error);

/* A new token; those of the same scope end after overlap seconds. */
char *cs_agent_setup_rotate_token (const char *directory,
                                   const char *name,
                                   gboolean metrics,
                                   gint64 overlap,
                                   GError **error);

/* A new certificate, put in use after overlap seconds; gives its fingerprint. */
char *cs_agent_setup_rotate_certificate (const char *directory, gint64 overlap, GError **error);

/* Has a running agent read its files again; FALSE if none runs. */
gboolean cs_agent_setup_reload (const char *directory);

G_END_DECLS
