/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the class, its opening and its operations share. */

#pragma once

#include "cs-launcher.h"
#include "cs-pump.h"
#include "cs-serving-shell.h"
#include "cs-shell-session.h"

G_BEGIN_DECLS

struct _CsShellSession
{
  GObject parent_instance;

  CsTarget *target;
  char *address;
  char *place;           /* see cs_session_get_place() */
  GMainContext *context; /* all but the pumps happens here */
  CsLauncher *launcher;
  CsChannel *master;      /* holds the connection; NULL for local */
  CsServingShell *server; /* at the other end of it; NULL for local */
  GBytes *before;         /* the environment that it found */
  gboolean swept;         /* the target was told to remove what is old */
  gboolean crowded;       /* a run came while it had another one: there are to be spares */
  CsChannel *spares[2];   /* their drivers wait already; NULL while there is none. One for the next
                          * request, and one for the request after it, which may come before the
                          * first has been replaced */
  GSource *prewarm;       /* will make the next spare */
  gint64 prewarm_by;      /* monotonic time at which it does so whatever else is going on */
  GPtrArray *operations;  /* CsShellOperation, under way */
  GPtrArray *terminals;   /* CsTerminalRun, under way */
  guint room;             /* channels that the connection carries at most, the master's included */
  GTask *closing;
  gboolean closed;
};

/* Whether the connection carries one more channel; if not, whoever wants one waits to be woken by
 * cs_shell_session_settle(). One is kept for what is urgent. */
gboolean cs_shell_session_has_room (CsShellSession *self, gboolean urgent);

/* Gives up spares, if need be; returns whether there is room. */
gboolean cs_shell_session_make_room (CsShellSession *self);

/* Whether there is a spare, or room. */
gboolean cs_shell_session_can_take (CsShellSession *self, gboolean urgent);

/* The server has refused a channel, more than once: it takes no more than there are. */
void cs_shell_session_note_full (CsShellSession *self);

/* Whether these words of ssh say that the server takes no more channels in this connection. */
gboolean cs_shell_session_is_full (const char *said);

/* The idle channel, or a new one; *fresh says which. */
CsChannel *cs_shell_session_take_channel (CsShellSession *self, gboolean *fresh, GError **error);

/* What the channel that holds the connection answered to its greeting: from now on it serves. */
void cs_shell_session_begin_serving (CsShellSession *self, const char *token, GBytes *before);

/* Makes a spare as soon as the main loop has nothing else to do, or a little later. */
void cs_shell_session_prewarm (CsShellSession *self, gboolean now);

/* A request begins (1) or has ended (-1). */
void cs_shell_session_count_request (int change);

/* An operation has ended. */
void cs_shell_session_settle (CsShellSession *self);

/* What a greeting was answered; and an answer that means no. */
gboolean cs_shell_session_take_place (CsShellSession *self, const char *answer, GError **error);
GError *cs_shell_session_describe_refusal (CsShellSession *self, const char *answer);

/* What ssh said when it ended, or what is known otherwise. */
char *cs_shell_session_dup_reason (CsShellSession *self, const char *said);

typedef struct _CsShellOperation CsShellOperation;
typedef struct _CsTerminalRun CsTerminalRun;

typedef enum
{
  CS_SHELL_RUN,
  CS_SHELL_RECOVER,
  CS_SHELL_STOP,
  CS_SHELL_FORGET,
  CS_SHELL_GREET,
  CS_SHELL_PREPARE,
} CsShellOperationKind;

/* task returns a CsOutcome (run, recover; these have a run) or a boolean. ending: for stop; id is
 * NULL for greet, which sets the session's place. */
void cs_shell_operation_start (CsShellSession *session,
                               CsShellOperationKind kind,
                               CsRun *run,
                               const char *id,
                               const char *ending,
                               GTask *task);
/* A request that is answered by a word; task returns a boolean. */
void cs_shell_operation_start_request (CsShellSession *session,
                                       const char *id,
                                       GBytes *request,
                                       GTask *task);
const char *cs_shell_operation_get_id (CsShellOperation *self);
void cs_shell_operation_stop (CsShellOperation *self, const char *ending);
void cs_shell_operation_abort (CsShellOperation *self);
gboolean cs_shell_operation_is_script (CsShellOperation *self);
gboolean cs_shell_operation_has_channel (CsShellOperation *self);
/* Tries again, if it waits for a channel. */
void cs_shell_operation_wake (CsShellOperation *self);

G_END_DECLS
