/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The output of one run on its way from the target to those who keep it and those who watch. */

/* What is kept depends on nothing but the bytes that come and the run's id: not on how reads were
 * split, nor on when nothing came. So a run that is recovered gives the same blob again. People who
 * watch see the beginning of a line earlier: they are shown what is certain of it, and what is kept
 * later follows behind that. In a terminal nothing waits for the end of a line, so there a pause
 * decides for both; what a terminal showed does not come again. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-output.h"

#include "cs-redactor.h"
#include "cs-run-private.h"

#include <string.h>

struct _CsOutput
{
  CsRun *run;
  CsRedactor *redactor;
  GString *clear;   /* what came out of the redactor just now */
  GString *shown;   /* what people have seen that is not kept yet */
  gboolean waiting; /* the last line has no end */
  gint64 size;
  gint64 kept;
  GError *failure; /* a blob that can't be written */
};

static void
add_secret (gpointer data, gpointer user_data)
{
  cs_redactor_add_secret (user_data, data);
}

/**
 * cs_output_new:
 * @run: whose output it is; it says what is secret and who keeps the rest
 *
 * Returns: (transfer full): the way of its output
 */
CsOutput *
cs_output_new (CsRun *run)
{
  CsOutput *self = g_new0 (CsOutput, 1);

  self->run = g_object_ref (run);
  self->redactor = cs_redactor_new ();
  self->clear = g_string_new (NULL);
  self->shown = g_string_new (NULL);
  cs_redactor_set_salt (self->redactor, cs_run_get_id (run));
  g_ptr_array_foreach (cs_run_get_hidden (run), add_secret, self->redactor);
  return self;
}

/** cs_output_free: wipes what was held back. */
void
cs_output_free (CsOutput *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->run);
  cs_redactor_free (self->redactor);
  g_string_free (self->clear, TRUE);
  g_string_free (self->shown, TRUE);
  g_clear_error (&self->failure);
  g_free (self);
}

/* Keeps, counts and shows what is clear. A blob that can't be written is remembered, and the rest
 * is read all the same: the script must not stall, and the target has it all. */
static void
hand_on (CsOutput *self)
{
  CsBlobWriter *writer = cs_run_get_writer (self->run);
  gsize length = self->clear->len;
  gsize keep = (gsize) MIN ((gint64) length, CS_RUN_OUTPUT_LIMIT - self->kept);
  gsize seen = MIN (length, self->shown->len);

  self->size += (gint64) length;
  if (writer != NULL && keep > 0 && self->failure == NULL &&
      cs_blob_writer_write (writer, self->clear->str, keep, &self->failure))
    self->kept += (gint64) keep;
  g_string_erase (self->shown, 0, (gssize) seen);
  if (length > seen)
    cs_run_push (self->run, self->clear->str + seen, length - seen);
  g_string_truncate (self->clear, 0);
}

/**
 * cs_output_feed:
 * @data: (array length=length): what the script printed next, cut anywhere
 * @length: bytes
 */
void
cs_output_feed (CsOutput *self, const void *data, gsize length)
{
  if (length == 0)
    return;
  cs_redactor_feed (self->redactor, data, length, self->clear);
  self->waiting = ((const char *) data)[length - 1] != '\n';
  hand_on (self);
}

/**
 * cs_output_is_waiting:
 *
 * Returns: whether there is the beginning of a line that nobody was shown yet
 */
gboolean
cs_output_is_waiting (CsOutput *self)
{
  return self->waiting;
}

/**
 * cs_output_pause:
 *
 * For %CS_OUTPUT_PAUSE milliseconds nothing came: people see what is there, as a prompt.
 */
void
cs_output_pause (CsOutput *self)
{
  g_autoptr (GString) seen = NULL;

  self->waiting = FALSE;
  if (cs_run_is_terminal (self->run))
    {
      cs_redactor_pause (self->redactor, self->clear);
      hand_on (self);
      return;
    }
  seen = g_string_new (NULL);
  cs_redactor_peek (self->redactor, seen);
  if (seen->len <= self->shown->len)
    return;
  cs_run_push (self->run, seen->str + self->shown->len, seen->len - self->shown->len);
  g_string_assign (self->shown, "");
  g_string_append_len (self->shown, seen->str, (gssize) seen->len);
}

/**
 * cs_output_finish:
 *
 * All has come: what was held back is handed on, and the blob is made durable.
 *
 * Returns: (transfer full) (nullable): the digest of what was kept; %NULL without an error if
 *   nobody keeps it, or with %CS_ERROR_STORAGE
 */
char *
cs_output_finish (CsOutput *self, GError **error)
{
  CsBlobWriter *writer = cs_run_get_writer (self->run);

  cs_redactor_finish (self->redactor, self->clear);
  hand_on (self);
  if (self->failure != NULL)
    g_propagate_error (error, g_steal_pointer (&self->failure));
  else if (writer != NULL)
    return cs_blob_writer_finish (writer, error);
  return NULL;
}

/**
 * cs_output_get_size:
 *
 * Returns: bytes, also of what was not kept
 */
gint64
cs_output_get_size (CsOutput *self)
{
  return self->size;
}

/**
 * cs_output_get_truncated:
 *
 * Returns: whether more came than %CS_RUN_OUTPUT_LIMIT
 */
gboolean
cs_output_get_truncated (CsOutput *self)
{
  return self->size > CS_RUN_OUTPUT_LIMIT;
}
