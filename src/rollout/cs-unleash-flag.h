/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A flag in one environment of an Unleash server: what its Admin API says, and what to ask it for
 * so that it says something else. */

#pragma once

#include "cs-flag-state.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** CS_UNLEASH_VALUES, CS_UNLEASH_STRATEGIES: what an Unleash server takes unless it is told
 * otherwise: values in a constraint, strategies in an environment */
#define CS_UNLEASH_VALUES 250
#define CS_UNLEASH_STRATEGIES 30

typedef struct _CsUnleashFlag CsUnleashFlag;

/** CsUnleashWrite: one request; path is behind that of the environment, body may be NULL */
typedef struct
{
  const char *method;
  char *path;
  JsonObject *body;
  char *words; /* for people */
} CsUnleashWrite;

void cs_unleash_write_free (CsUnleashWrite *self);

/* From what GET /api/admin/projects/P/features/KEY answers. context: what the id of a company is
 * called there. NOT_FOUND: it has no such environment; INVALID: it is archived, or no flag. */
CsUnleashFlag *cs_unleash_flag_parse (const char *text,
                                      gssize length,
                                      const char *key,
                                      const char *environment,
                                      const char *context,
                                      GError **error);
void cs_unleash_flag_free (CsUnleashFlag *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsUnleashFlag, cs_unleash_flag_free)

CsFlagState *cs_unleash_flag_get_state (CsUnleashFlag *self);
const char *cs_unleash_flag_get_version (CsUnleashFlag *self); /* digest of what counts */

/* The requests, in the order in which they have to be made, so that no company's answer changes but
 * from what it is to what it is to be (transfer full) (element-type CsUnleashWrite). INVALID: more
 * companies than a server takes, or strategies of others that would be switched on along. */
GPtrArray *
cs_unleash_flag_list_writes (CsUnleashFlag *self, CsFlagState *wanted, GError **error);

G_END_DECLS
