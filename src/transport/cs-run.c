/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One script on its way through a session, and its output as it comes. */

#include "cs-run-private.h"

#include "cs-keyring.h"

#include <string.h>

/** LIVE_SIZE: bytes that wait for the main loop at most; what is older by then is not shown */
#define LIVE_SIZE (256 * 1024)
/** LIVE_INTERVAL: microseconds between two emissions of ::output */
#define LIVE_INTERVAL (40 * 1000)
/** TERMINAL_INTERVAL: likewise for a terminal, where people wait for the echo of what they type */
#define TERMINAL_INTERVAL (8 * 1000)
/** TERMINAL_SIZE: bytes that wait for the main loop at most; then the reader waits as well, so that
 * nothing is lost */
#define TERMINAL_SIZE (1024 * 1024)
/** TERMINAL_PATIENCE: microseconds for which it does; a main loop that does not turn gets gaps */
#define TERMINAL_PATIENCE (10 * G_USEC_PER_SEC)

struct _CsRun
{
  GObject parent_instance;

  char *id;
  char *script;
  char *cwd;
  char *shell;
  char *place;
  CsAuthorisation *authorisation;
  CsBlobWriter *writer;
  GHashTable *variables;
  GHashTable *secrets;
  GPtrArray *hidden;
  guint timeout;
  char *terminal; /* its type; NULL: none */
  guint columns;
  guint rows;
  GMainContext *context;

  /* The reader thread fills the ring, the main context empties it. */
  GMutex mutex;
  GCond room;          /* there is less in waiting than before */
  GByteArray *waiting; /* of a terminal, in place of the ring */
  guint8 *ring;
  gint64 size;  /* bytes pushed in all */
  gint64 shown; /* offset up to which bytes were emitted or passed over */
  gint64 flushed_at;
  gint64 latency;
  gint64 sent;   /* UTC microseconds */
  int overtaken; /* atomic */
  GSource *source;
};

enum
{
  OUTPUT,
  INPUT,
  RESIZED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsRun, cs_run, G_TYPE_OBJECT)

static gboolean
flush_cb (gpointer user_data)
{
  cs_run_flush (user_data);
  return G_SOURCE_REMOVE;
}

/* With the mutex held. */
static void
schedule_flush (CsRun *self)
{
  gint64 due =
    self->flushed_at + (self->terminal != NULL ? TERMINAL_INTERVAL : LIVE_INTERVAL);

  if (self->source != NULL)
    return;
  self->source = g_timeout_source_new (0);
  g_source_set_ready_time (self->source, MAX (due, g_get_monotonic_time ()));
  g_source_set_callback (self->source, flush_cb, g_object_ref (self), g_object_unref);
  g_source_attach (self->source, self->context);
}

/* Copies data to the ring at the end of what was pushed. */
static void
copy_to_ring (CsRun *self, const guint8 *data, gsize length)
{
  gsize skip = length > LIVE_SIZE ? length - LIVE_SIZE : 0;
  gsize at = (gsize) ((self->size + (gint64) skip) % LIVE_SIZE);
  gsize first = MIN (length - skip, LIVE_SIZE - at);

  memcpy (self->ring + at, data + skip, first);
  memcpy (self->ring, data + skip + first, length - skip - first);
  self->size += (gint64) length;
}

/* With the mutex held. */
static void
push_to_terminal (CsRun *self, const guint8 *data, gsize length)
{
  gint64 until = g_get_monotonic_time () + TERMINAL_PATIENCE;

  while (self->waiting->len > TERMINAL_SIZE)
    if (!g_cond_wait_until (&self->room, &self->mutex, until))
      g_byte_array_set_size (self->waiting, 0);
  g_byte_array_append (self->waiting, data, (guint) length);
  self->size += (gint64) length;
  schedule_flush (self);
}

/* What waits, and where it begins; with the mutex held. */
static GBytes *
take_waiting (CsRun *self, gint64 *offset)
{
  gsize length = self->waiting != NULL ? self->waiting->len
                                       : (gsize) MIN (self->size - self->shown, LIVE_SIZE);
  guint8 *data = g_malloc (length);
  gsize at, first;

  *offset = self->size - (gint64) length;
  self->shown = self->size;
  self->flushed_at = g_get_monotonic_time ();
  if (self->waiting != NULL)
    {
      memcpy (data, self->waiting->data, length);
      g_byte_array_set_size (self->waiting, 0);
      g_cond_signal (&self->room);
      return g_bytes_new_take (data, length);
    }
  at = (gsize) (*offset % LIVE_SIZE);
  first = MIN (length, LIVE_SIZE - at);
  memcpy (data, self->ring + at, first);
  memcpy (data + first, self->ring, length - first);
  return g_bytes_new_take (data, length);
}

static void
cs_run_finalize (GObject *object)
{
  CsRun *self = CS_RUN (object);

  g_clear_pointer (&self->source, g_source_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->writer);
  g_hash_table_unref (self->variables);
  g_hash_table_unref (self->secrets);
  g_ptr_array_unref (self->hidden);
  g_clear_pointer (&self->waiting, g_byte_array_unref);
  g_free (self->ring);
  g_free (self->terminal);
  g_free (self->id);
  g_free (self->script);
  g_free (self->cwd);
  g_free (self->shell);
  g_free (self->place);
  g_clear_pointer (&self->authorisation, cs_authorisation_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->room);
  G_OBJECT_CLASS (cs_run_parent_class)->finalize (object);
}

static void
cs_run_class_init (CsRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_run_finalize;

  /**
   * CsRun::output:
   * @bytes: what the script printed
   * @offset: where in its whole output @bytes begin
   *
   * Live output, for showing; see the header for its pace.
   */
  signals[OUTPUT] = g_signal_new ("output", CS_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_BYTES, G_TYPE_INT64);
  /**
   * CsRun::input:
   * @bytes: what is typed
   *
   * For the session that runs it in a terminal.
   */
  signals[INPUT] = g_signal_new ("input", CS_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * CsRun::resized:
   *
   * The terminal has another size; for the session that runs it.
   */
  signals[RESIZED] = g_signal_new ("resized", CS_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
cs_run_init (CsRun *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->room);
  self->context = g_main_context_ref_thread_default ();
  self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->secrets =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cs_secret_free);
  self->hidden = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_secret_free);
  self->timeout = CS_RUN_DEFAULT_TIMEOUT;
  self->shell = g_strdup (CS_RUN_DEFAULT_SHELL);
  self->flushed_at = -LIVE_INTERVAL;
  self->latency = -1;
}

/**
 * cs_run_new:
 * @id: a UUID chosen by the caller, recorded before the run is sent
 * @script: shell script, any bytes but NUL
 * @cwd: (nullable): where it starts; %NULL for the login's home
 * @writer: (transfer full) (nullable): takes all output; %NULL to keep nothing
 *
 * Returns: (transfer full): the run; its ::output is emitted in the thread-default main context of
 *   this call
 */
CsRun *
cs_run_new (const char *id, const char *script, const char *cwd, CsBlobWriter *writer)
{
  CsRun *self = g_object_new (CS_TYPE_RUN, NULL);

  g_return_val_if_fail (id != NULL, NULL);

  self->id = g_strdup (id);
  self->script = g_strdup (script != NULL ? script : "");
  self->cwd = g_strdup (cwd);
  self->writer = writer;
  return self;
}

/**
 * cs_run_set_variable:
 * @self: a run that was not started
 * @name: name of a shell variable
 * @value: (nullable): %NULL to unset it
 *
 * Sets a variable that the script finds exported. A name that a shell would not take is refused
 * when the run is started.
 */
void
cs_run_set_variable (CsRun *self, const char *name, const char *value)
{
  g_return_if_fail (CS_IS_RUN (self));
  g_return_if_fail (name != NULL);
  g_hash_table_replace (self->variables, g_strdup (name), g_strdup (value));
}

/**
 * cs_run_set_secret:
 * @self: a run that was not started
 * @name: name of a shell variable
 * @value: what the script finds in it, exported
 *
 * Sets a variable that comes to the script through its connection alone. What the script reports at
 * its end does not hold it, and wherever the output holds the value it is hidden.
 */
void
cs_run_set_secret (CsRun *self, const char *name, const char *value)
{
  g_return_if_fail (CS_IS_RUN (self));
  g_return_if_fail (name != NULL && value != NULL);
  g_hash_table_replace (self->secrets, g_strdup (name), g_strdup (value));
  cs_run_hide (self, value);
}

/**
 * cs_run_hide:
 * @self: a run that was not started
 * @text: what must not be seen in its output
 *
 * Has the output redacted also of @text, in all ways in which it may be written.
 */
void
cs_run_hide (CsRun *self, const char *text)
{
  g_return_if_fail (CS_IS_RUN (self));
  g_return_if_fail (text != NULL);
  g_ptr_array_add (self->hidden, g_strdup (text));
}

/**
 * cs_run_set_timeout:
 * @self: a run that was not started
 * @seconds: how long it may take; 0 for ever
 */
void
cs_run_set_timeout (CsRun *self, guint seconds)
{
  g_return_if_fail (CS_IS_RUN (self));
  self->timeout = seconds;
}

/**
 * cs_run_set_shell:
 * @self: a run that was not started
 * @shell: `bash` or `sh`
 */
void
cs_run_set_shell (CsRun *self, const char *shell)
{
  g_return_if_fail (CS_IS_RUN (self));
  g_free (self->shell);
  self->shell = g_strdup (g_strcmp0 (shell, "sh") == 0 ? "sh" : "bash");
}

/**
 * cs_run_set_place:
 * @self: a run that is to be recovered
 * @place: (nullable): what cs_session_get_place() said of the session that sent it
 *
 * With it, a target that keeps its runs elsewhere by now says that it does not know how the run
 * ended, instead of that it never started.
 */
void
cs_run_set_place (CsRun *self, const char *place)
{
  g_return_if_fail (CS_IS_RUN (self));
  g_free (self->place);
  self->place = g_strdup (place);
}

/**
 * cs_run_take_authorisation:
 * @self: a run that was not started
 * @authorisation: (transfer full) (nullable): what was signed
 *
 * Says what a target that enforces approvals has to know.
 */
void
cs_run_take_authorisation (CsRun *self, CsAuthorisation *authorisation)
{
  g_return_if_fail (CS_IS_RUN (self));
  g_clear_pointer (&self->authorisation, cs_authorisation_free);
  self->authorisation = authorisation;
}

/**
 * cs_run_set_terminal:
 * @self: a run that was not started
 * @type: (nullable): what `TERM` says; %NULL for `xterm-256color`
 * @columns: its width in characters
 * @rows: its height in lines
 *
 * Has it run in a terminal.
 */
void
cs_run_set_terminal (CsRun *self, const char *type, guint columns, guint rows)
{
  g_return_if_fail (CS_IS_RUN (self));

  g_free (self->terminal);
  self->terminal = g_strdup (type != NULL && type[0] != '\0' ? type : "xterm-256color");
  self->columns = columns;
  self->rows = rows;
  if (self->waiting == NULL)
    self->waiting = g_byte_array_new ();
}

/**
 * cs_run_is_terminal:
 * @self: a run
 *
 * Returns: whether it runs in a terminal
 */
gboolean
cs_run_is_terminal (CsRun *self)
{
  g_return_val_if_fail (CS_IS_RUN (self), FALSE);
  return self->terminal != NULL;
}

/**
 * cs_run_resize:
 * @self: a run in a terminal
 * @columns: its width in characters
 * @rows: its height in lines
 *
 * Gives the terminal another size, of which the program is told.
 */
void
cs_run_resize (CsRun *self, guint columns, guint rows)
{
  g_return_if_fail (CS_IS_RUN (self));

  if (self->columns == columns && self->rows == rows)
    return;
  self->columns = columns;
  self->rows = rows;
  g_signal_emit (self, signals[RESIZED], 0);
}

/**
 * cs_run_send_input:
 * @self: a run in a terminal
 * @data: (array length=length): what is typed
 * @length: bytes
 *
 * Types. What comes before the terminal is there is lost, as with any terminal.
 */
void
cs_run_send_input (CsRun *self, const void *data, gsize length)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (CS_IS_RUN (self));

  bytes = g_bytes_new (data, length);
  g_signal_emit (self, signals[INPUT], 0, bytes);
  /* It may have been a password. */
  explicit_bzero ((void *) g_bytes_get_data (bytes, NULL), length);
}

/**
 * cs_run_get_id:
 * @self: a run
 *
 * Returns: its id
 */
const char *
cs_run_get_id (CsRun *self)
{
  g_return_val_if_fail (CS_IS_RUN (self), NULL);
  return self->id;
}

/**
 * cs_run_get_script:
 * @self: a run
 *
 * Returns: its script
 */
const char *
cs_run_get_script (CsRun *self)
{
  g_return_val_if_fail (CS_IS_RUN (self), NULL);
  return self->script;
}

/**
 * cs_run_get_cwd:
 * @self: a run
 *
 * Returns: (nullable): where it starts; %NULL for the login's home
 */
const char *
cs_run_get_cwd (CsRun *self)
{
  g_return_val_if_fail (CS_IS_RUN (self), NULL);
  return self->cwd;
}

/**
 * cs_run_get_output_size:
 * @self: a run
 *
 * Returns: bytes printed so far
 */
gint64
cs_run_get_output_size (CsRun *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (CS_IS_RUN (self), 0);
  locker = g_mutex_locker_new (&self->mutex);
  return self->size;
}

/**
 * cs_run_get_latency:
 * @self: a run
 *
 * Returns: microseconds from sending the script to the target's word that it has begun; -1 before
 *   that
 */
gint64
cs_run_get_latency (CsRun *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (CS_IS_RUN (self), -1);
  locker = g_mutex_locker_new (&self->mutex);
  return self->latency;
}

/**
 * cs_run_note_latency:
 * @self: a run
 * @microseconds: since it was sent
 *
 * The target says that the script has begun.
 */
void
cs_run_note_latency (CsRun *self, gint64 microseconds)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->latency = microseconds;
}

/**
 * cs_run_get_variables:
 * @self: a run
 *
 * Returns: (transfer none): what cs_run_set_variable() set
 */
GHashTable *
cs_run_get_variables (CsRun *self)
{
  return self->variables;
}

/**
 * cs_run_get_timeout:
 * @self: a run
 *
 * Returns: seconds; 0 for ever
 */
guint
cs_run_get_timeout (CsRun *self)
{
  return self->timeout;
}

/**
 * cs_run_get_secrets:
 * @self: a run
 *
 * Returns: (transfer none): what cs_run_set_secret() set
 */
GHashTable *
cs_run_get_secrets (CsRun *self)
{
  return self->secrets;
}

/**
 * cs_run_get_hidden:
 * @self: a run
 *
 * Returns: (transfer none) (element-type utf8): what must not be seen
 */
GPtrArray *
cs_run_get_hidden (CsRun *self)
{
  return self->hidden;
}

/**
 * cs_run_get_shell:
 * @self: a run
 *
 * Returns: `bash` or `sh`
 */
const char *
cs_run_get_shell (CsRun *self)
{
  return self->shell;
}

/**
 * cs_run_get_place:
 * @self: a run
 *
 * Returns: (nullable): what cs_run_set_place() set
 */
const char *
cs_run_get_place (CsRun *self)
{
  return self->place;
}

/**
 * cs_run_get_authorisation:
 * @self: a run
 *
 * Returns: (transfer none) (nullable): what cs_run_take_authorisation() took
 */
const CsAuthorisation *
cs_run_get_authorisation (CsRun *self)
{
  return self->authorisation;
}

/**
 * cs_run_get_terminal_type:
 * @self: a run
 *
 * Returns: (nullable): what `TERM` says; %NULL if it does not run in a terminal
 */
const char *
cs_run_get_terminal_type (CsRun *self)
{
  return self->terminal;
}

/**
 * cs_run_get_terminal_size:
 * @self: a run in a terminal
 * @columns: (out): characters
 * @rows: (out): lines
 */
void
cs_run_get_terminal_size (CsRun *self, guint *columns, guint *rows)
{
  *columns = self->columns;
  *rows = self->rows;
}

/**
 * cs_run_get_writer:
 * @self: a run
 *
 * Returns: (transfer none) (nullable): where output goes
 */
CsBlobWriter *
cs_run_get_writer (CsRun *self)
{
  return self->writer;
}

/**
 * cs_run_get_context:
 * @self: a run
 *
 * Returns: (transfer none): where ::output is emitted
 */
GMainContext *
cs_run_get_context (CsRun *self)
{
  return self->context;
}

/**
 * cs_run_push:
 * @self: a run
 * @data: (array length=length): what was printed
 * @length: bytes
 *
 * Offers output for showing. Costs one copy and never waits, so a busy window can't slow the
 * script down; in a terminal it waits for the window, so that nothing is lost.
 */
void
cs_run_push (CsRun *self, const void *data, gsize length)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->terminal != NULL)
    {
      push_to_terminal (self, data, length);
      return;
    }
  if (self->ring == NULL)
    self->ring = g_malloc (LIVE_SIZE);
  copy_to_ring (self, data, length);
  schedule_flush (self);
}

/**
 * cs_run_flush:
 * @self: a run
 *
 * Emits what waits, in the main context of the run.
 */
void
cs_run_flush (CsRun *self)
{
  g_autoptr (GBytes) bytes = NULL;
  gint64 offset = 0;

  g_mutex_lock (&self->mutex);
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
  if (self->size > self->shown)
    bytes = take_waiting (self, &offset);
  g_mutex_unlock (&self->mutex);

  if (bytes != NULL)
    g_signal_emit (self, signals[OUTPUT], 0, bytes, offset);
}

/**
 * cs_run_set_sent:
 * @self: a run that is to be recovered
 * @at: when it was sent first, in UTC microseconds; 0 if nobody knows
 */
void
cs_run_set_sent (CsRun *self, gint64 at)
{
  g_return_if_fail (CS_IS_RUN (self));
  self->sent = at;
}

/**
 * cs_run_get_sent:
 * @self: a run
 *
 * Returns: what cs_run_set_sent() set
 */
gint64
cs_run_get_sent (CsRun *self)
{
  return self->sent;
}

/**
 * cs_run_is_overtaken:
 * @self: a run that was refused with %CS_ERROR_CORRUPT
 *
 * Returns: whether the witness was shown a later record than this run's when it came: another
 *   request of the same deployment may have been faster
 */
gboolean
cs_run_is_overtaken (CsRun *self)
{
  g_return_val_if_fail (CS_IS_RUN (self), FALSE);
  return g_atomic_int_get (&self->overtaken);
}

/**
 * cs_run_note_overtaken:
 * @self: a run
 *
 * From any thread.
 */
void
cs_run_note_overtaken (CsRun *self)
{
  g_atomic_int_set (&self->overtaken, TRUE);
}
