/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a run in the spool, and how they are written. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* In the directory of a run, which gets its name once, with the claim in it. */
#define CS_RUN_FILE_CLAIM "claim"      /* who asked for what; JSON */
#define CS_RUN_FILE_SCRIPT "run.script" /* with its values, without its variables */
#define CS_RUN_FILE_STATE "run.state"  /* a pipe: the report of the script's shell is not kept */
#define CS_RUN_FILE_KEYS "run.keys"    /* a pipe: what is typed into its terminal is not kept */
#define CS_RUN_FILE_PROCESS "process"  /* made once: "run PID SINCE BOOT", or "void" */
#define CS_RUN_FILE_OUTPUT "output"
#define CS_RUN_FILE_OUTCOME "outcome" /* JSON; there when the run has ended, whole */

gboolean cs_run_files_write (int directory,
                             const char *name,
                             const void *data,
                             gsize length,
                             gboolean exclusive,
                             GError **error);
int cs_run_files_replace (int directory,
                          const char *name,
                          const void *data,
                          gsize length,
                          GError **error);
char *cs_run_files_read (int directory, const char *name, gsize limit);

char *cs_run_files_dup_boot (void);
guint64 cs_run_files_get_since (int pid);

JsonNode *cs_bytes_to_json (const char *data, gssize length);
char *cs_bytes_from_json (JsonNode *node);

G_END_DECLS
