/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of an agent: claimed on disk, queued, handed to supervisors, and told about. */

#pragma once

#include "cs-run-keys.h"
#include "cs-run-order.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * CsRunState:
 * @CS_RUN_NONE: nobody asked for it here
 * @CS_RUN_NOT_STARTED: it never began and never will
 * @CS_RUN_UNKNOWN: it was started; how it ended can't be said
 * @CS_RUN_VOID: its id is spent
 */
typedef enum
{
  CS_RUN_NONE,
  CS_RUN_QUEUED,
  CS_RUN_RUNNING,
  CS_RUN_FINISHED,
  CS_RUN_NOT_STARTED,
  CS_RUN_UNKNOWN,
  CS_RUN_VOID,
} CsRunState;

typedef enum
{
  CS_CLAIM_NEW,
  CS_CLAIM_SAME,  /* the same body claimed it before */
  CS_CLAIM_OTHER, /* another body did */
  CS_CLAIM_VOID,
  CS_CLAIM_FAILED,
} CsClaim;

typedef struct _CsRuns CsRuns;

typedef void (*CsRunsFunc) (gpointer user_data);

/* Finds what was running when the agent ended, and follows it. supervisor: path of the program;
 * environment: of the scripts; home: where they begin. */
CsRuns *cs_runs_open (const char *state,
                      const char *supervisor,
                      char **environment,
                      const char *home,
                      GError **error);
void cs_runs_close (CsRuns *self);
void cs_runs_set_limits (CsRuns *self, guint at_once, guint queue);

/* Worker threads. */
CsClaim cs_runs_claim (CsRuns *self,
                       const char *id,
                       JsonObject *claim,
                       const char *script,
                       GError **error);
gboolean cs_runs_has_left (CsRuns *self,
                           const char *deployment,
                           const char *name,
                           const char *value);
gboolean cs_runs_knows (CsRuns *self, const char *id, const char *body);
void cs_runs_sweep (CsRuns *self, gint64 keep_days, gint64 keep_mib);

/* The main thread. */
gboolean cs_runs_has_room (CsRuns *self);
void cs_runs_submit (CsRuns *self, const char *id, CsRunOrder *order);
CsRunState cs_runs_get_state (CsRuns *self, const char *id);
const char *cs_run_state_to_string (CsRunState state);
JsonObject *cs_runs_describe (CsRuns *self, const char *id, CsRunState *state);
void cs_runs_stop (CsRuns *self, const char *id, gboolean at_once);
gboolean cs_runs_type (CsRuns *self, const char *id, const CsRunKeys *keys, GError **error);
gboolean cs_runs_forget (CsRuns *self, const char *id, CsRunState *was, GError **error);
char *cs_runs_dup_deployment (CsRuns *self, const char *id);
int cs_runs_open_output (CsRuns *self, const char *id);
gint64 cs_runs_get_output_size (CsRuns *self, const char *id);
gint64 cs_runs_get_forgotten (CsRuns *self);
char *cs_runs_dup_directory (CsRuns *self, const char *id);
void cs_runs_count (CsRuns *self, guint *running, guint *queued, guint *limit);

guint cs_runs_watch (CsRuns *self, const char *id, CsRunsFunc callback, gpointer user_data);
void cs_runs_unwatch (CsRuns *self, guint watch);

G_END_DECLS
