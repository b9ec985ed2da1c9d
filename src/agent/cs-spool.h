/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory of all runs: claims, what became of them, and what is swept away. */

#pragma once

#include "cs-runs.h"

G_BEGIN_DECLS

typedef struct _CsSpool CsSpool;

CsSpool *cs_spool_open (const char *state, GError **error);
void cs_spool_close (CsSpool *self);

char *cs_spool_dup_directory (CsSpool *self, const char *id);
char **cs_spool_list (CsSpool *self);

CsClaim cs_spool_claim (CsSpool *self,
                        const char *id,
                        JsonObject *claim,
                        const char *script,
                        GError **error);
gboolean cs_spool_spend (CsSpool *self, const char *id, GError **error);
gboolean cs_spool_void (CsSpool *self, const char *id, const char *was, GError **error);
gboolean cs_spool_knows (CsSpool *self, const char *id, const char *body);
gboolean cs_spool_give_up (CsSpool *self, const char *id);

CsRunState cs_spool_read (CsSpool *self, const char *id, JsonObject **run, int *pid);
gint64 cs_spool_get_forgotten (CsSpool *self);
void cs_spool_sweep (CsSpool *self, gint64 keep_days, gint64 keep_mib);

G_END_DECLS
