/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proof that the journal is whole: every chain and every blob hashed again. */

#include "cs-verification.h"

#include "cs-verification-private.h"

#define PROGRESS_USEC (50 * 1000)

struct _CsVerification
{
  GObject parent_instance;

  gint64 n_records;
  gint64 n_streams;
  gint64 n_blobs;
  GPtrArray *findings; /* CsFinding */
  GPtrArray *notes;    /* char */
};

G_DEFINE_FINAL_TYPE (CsVerification, cs_verification, G_TYPE_OBJECT)

/* What a running verification tells, from several threads, to the caller's main context. */
typedef struct
{
  gatomicrefcount references;
  CsVerificationProgress progress;
  gpointer progress_data;
  GMainContext *context;
  GMutex lock;
  gint64 told_at;
} Teller;

typedef struct
{
  Teller *teller;
  gint64 done;
  gint64 total;
} Telling;

static void
teller_unref (Teller *teller)
{
  if (!g_atomic_ref_count_dec (&teller->references))
    return;
  g_main_context_unref (teller->context);
  g_mutex_clear (&teller->lock);
  g_free (teller);
}

static void
telling_free (Telling *telling)
{
  teller_unref (telling->teller);
  g_free (telling);
}

static gboolean
tell_cb (gpointer user_data)
{
  Telling *telling = user_data;

  telling->teller->progress (telling->done, telling->total, telling->teller->progress_data);
  return G_SOURCE_REMOVE;
}

static void
tell (gint64 done, gint64 total, gpointer user_data)
{
  Teller *teller = user_data;
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (GSource) source = NULL;
  gint64 now = g_get_monotonic_time ();
  Telling *telling;

  if (teller->progress == NULL)
    return;
  locker = g_mutex_locker_new (&teller->lock);
  if (now - teller->told_at < PROGRESS_USEC)
    return;
  teller->told_at = now;
  telling = g_new0 (Telling, 1);
  g_atomic_ref_count_inc (&teller->references);
  telling->teller = teller;
  telling->done = done;
  telling->total = total;
  /* The task's own priority, so that none comes after the task has returned. */
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_cb, telling, (GDestroyNotify) telling_free);
  g_source_attach (source, teller->context);
}

static void
cs_verification_finalize (GObject *object)
{
  CsVerification *self = CS_VERIFICATION (object);

  g_ptr_array_unref (self->findings);
  g_ptr_array_unref (self->notes);
  G_OBJECT_CLASS (cs_verification_parent_class)->finalize (object);
}

static void
cs_verification_class_init (CsVerificationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_verification_finalize;
}

static void
cs_verification_init (CsVerification *self)
{
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_finding_free);
  self->notes = g_ptr_array_new_with_free_func (g_free);
}

/**
 * cs_finding_new:
 * @stream: (nullable): the stream of the record that is wrong
 * @n: the record's place in it; -1 for none
 * @blob: (nullable): the digest of the blob that is wrong
 * @format: a printf format for the sentence that says what is wrong
 *
 * Returns: (transfer full): the finding
 */
CsFinding *
cs_finding_new (const char *stream, gint64 n, const char *blob, const char *format, ...)
{
  CsFinding *self = g_new0 (CsFinding, 1);
  va_list args;

  self->stream = g_strdup (stream);
  self->n = n;
  self->blob = g_strdup (blob);
  va_start (args, format);
  self->message = g_strdup_vprintf (format, args);
  va_end (args);
  return self;
}

/** cs_finding_free: */
void
cs_finding_free (CsFinding *self)
{
  if (self == NULL)
    return;
  g_free (self->stream);
  g_free (self->blob);
  g_free (self->message);
  g_free (self);
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const CsFinding *p = *(const CsFinding *const *) a;
  const CsFinding *q = *(const CsFinding *const *) b;
  int order;

  if ((p->stream == NULL) != (q->stream == NULL))
    return p->stream == NULL ? 1 : -1;
  order = g_strcmp0 (p->stream, q->stream);
  if (order == 0)
    order = (p->n > q->n) - (p->n < q->n);
  return order != 0 ? order : g_strcmp0 (p->blob, q->blob);
}

static void
run_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (CsVerification) self = g_object_new (CS_TYPE_VERIFICATION, NULL);
  GError *error = NULL;

  if (!cs_store_verify (source, self, tell, task_data, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_sort (self->findings, compare_findings);
  g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
}

/**
 * cs_verification_run_async:
 * @progress: (nullable) (scope notified): called in this call's main context
 *
 * Checks the whole store in threads of its own. What is wrong becomes findings, not an error.
 */
void
cs_verification_run_async (CsStore *store,
                           CsVerificationProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Teller *teller;

  g_return_if_fail (CS_IS_STORE (store));

  task = g_task_new (store, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_verification_run_async);
  teller = g_new0 (Teller, 1);
  g_atomic_ref_count_init (&teller->references);
  g_mutex_init (&teller->lock);
  teller->progress = progress;
  teller->progress_data = progress_data;
  teller->context = g_main_context_ref (g_task_get_context (task));
  g_task_set_task_data (task, teller, (GDestroyNotify) teller_unref);
  g_task_run_in_thread (task, run_thread);
}

/**
 * cs_verification_run_finish:
 *
 * Returns: (transfer full): what was found; %NULL with %CS_ERROR_STORAGE or %CS_ERROR_BUSY if the
 * store could not be read, or %G_IO_ERROR_CANCELLED
 */
CsVerification *
cs_verification_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
ignore_progress (gint64 done, gint64 total, gpointer user_data)
{
}

/** cs_verification_run_sync: cs_verification_run_async() for callers that may wait. */
CsVerification *
cs_verification_run_sync (CsStore *store, GError **error)
{
  g_autoptr (CsVerification) self = g_object_new (CS_TYPE_VERIFICATION, NULL);

  if (!cs_store_verify (store, self, ignore_progress, NULL, NULL, error))
    return NULL;
  g_ptr_array_sort (self->findings, compare_findings);
  return g_steal_pointer (&self);
}

/** cs_verification_set_counts: for a store: how much it has checked. */
void
cs_verification_set_counts (CsVerification *self,
                            gint64 n_records,
                            gint64 n_streams,
                            gint64 n_blobs)
{
  g_return_if_fail (CS_IS_VERIFICATION (self));

  self->n_records = n_records;
  self->n_streams = n_streams;
  self->n_blobs = n_blobs;
}

/** cs_verification_get_n_records: how many records were checked. */
gint64
cs_verification_get_n_records (CsVerification *self)
{
  g_return_val_if_fail (CS_IS_VERIFICATION (self), 0);
  return self->n_records;
}

/** cs_verification_get_n_streams: how many streams they are in. */
gint64
cs_verification_get_n_streams (CsVerification *self)
{
  g_return_val_if_fail (CS_IS_VERIFICATION (self), 0);
  return self->n_streams;
}

/** cs_verification_get_n_blobs: how many blobs were checked, missing ones included. */
gint64
cs_verification_get_n_blobs (CsVerification *self)
{
  g_return_val_if_fail (CS_IS_VERIFICATION (self), 0);
  return self->n_blobs;
}

/** cs_verification_get_findings: (transfer none) (element-type CsFinding): what is wrong. */
GPtrArray *
cs_verification_get_findings (CsVerification *self)
{
  g_return_val_if_fail (CS_IS_VERIFICATION (self), NULL);
  return self->findings;
}

/**
 * cs_verification_add_finding:
 * @finding: (transfer full): what is wrong
 *
 * Adds a finding of the caller's own checks, e.g. of signatures.
 */
void
cs_verification_add_finding (CsVerification *self, CsFinding *finding)
{
  g_return_if_fail (CS_IS_VERIFICATION (self));

  g_ptr_array_add (self->findings, finding);
}

/** cs_verification_get_notes: (transfer none) (element-type utf8): what could not be asked. */
GPtrArray *
cs_verification_get_notes (CsVerification *self)
{
  g_return_val_if_fail (CS_IS_VERIFICATION (self), NULL);
  return self->notes;
}

/**
 * cs_verification_add_note:
 * @note: a sentence
 *
 * Adds what the verification could not look at, e.g. a witness that is not reachable.
 */
void
cs_verification_add_note (CsVerification *self, const char *note)
{
  g_return_if_fail (CS_IS_VERIFICATION (self));

  g_ptr_array_add (self->notes, g_strdup (note));
}

/** cs_verification_is_clean: whether nothing is wrong. */
gboolean
cs_verification_is_clean (CsVerification *self)
{
  g_return_val_if_fail (CS_IS_VERIFICATION (self), FALSE);
  return self->findings->len == 0;
}
