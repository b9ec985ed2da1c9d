/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a runbook came from, and which document it is a version of. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CsOrigin: the origin of a file */
typedef struct
{
  char *name;     /* the file's name, to show */
  char *path;     /* where it is on this computer; NULL if it is not on its disk */
  char *document; /* the same for all versions: "github.com/acme/ops:docs/deploy.md", or the path */
} CsOrigin;

/* Looks the file up on the disk, so not on a main loop. */
CsOrigin *cs_origin_find (GFile *file);
CsOrigin *cs_origin_copy (const CsOrigin *self);
void cs_origin_free (CsOrigin *self);

/* "git@github.com:acme/ops.git" and "https://u:p@github.com/acme/ops" → "github.com/acme/ops". */
char *cs_origin_normalize_remote (const char *url);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsOrigin, cs_origin_free)

G_END_DECLS
