/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the commands of a deployment run: its one target, or one member of its fleet. */

#pragma once

#include "cs-session.h"

G_BEGIN_DECLS

typedef struct
{
  char *member; /* NULL for the one target */
  CsTarget *target;
  CsSession *session;    /* while this program holds one */
  char *cwd;             /* where the next command begins; NULL: the login's home */
  GHashTable *variables; /* name → value or NULL (unset): what commands have changed so far */
} CsSite;

CsSite *cs_site_new (const char *member, CsTarget *target);
void cs_site_free (CsSite *self);
/* The connection is of no use any more; the next command makes a new one. */
void cs_site_drop_session (CsSite *self);

/* Has this program hold as many open files as connections to n sites need, as far as it may. */
void cs_site_make_room (guint n);

/* One for the target, or one for each member of the fleet, by its name ("" for the one target). */
GHashTable *cs_site_table_new (CsTarget *target);

G_END_DECLS
