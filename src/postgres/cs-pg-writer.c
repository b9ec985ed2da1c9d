/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes to a team's journal, and follows what others write. */

#define G_LOG_DOMAIN "cs-postgres"

#include "cs-pg-writer.h"

#include "cs-clock.h"
#include "cs-error.h"
#include "cs-pg-committer.h"
#include "cs-pg-index.h"

#define MS G_TIME_SPAN_MILLISECOND

/* A colleague who was not told looks by himself: a program may die before it tells. */
#define LOOK_INTERVAL (500 * MS)
#define TELL_INTERVAL (50 * MS)

/* The index waits for a pause, and an append does not wait for all of it. */
#define PAUSE (50 * MS)
#define INDEX_PORTION 256

/** COPIED_WINDOW: how far below the newest copied record another one may have appeared since */
#define COPIED_WINDOW 4096

typedef struct
{
  CsPgLink *link;
  CsPgCommitter *committer;
  CsPgFollower *follower;
  CsAnnouncer *announcer;

  guint generation; /* of the connection that the rest is about */
  gint64 looked_at;
  gint64 told_at;
  gint64 acted_at;
  gboolean must_look;
  gboolean owes_telling;
  gboolean owes_index;
} CsPgWriter;

/* Only who listens is told; to read what nobody wants to know would cost all others, too. */
static gboolean
is_listened_to (gpointer user_data)
{
  CsPgWriter *self = user_data;

  return cs_announcer_is_heard (self->announcer);
}

static CsPgConnection *
get_connection (CsPgWriter *self)
{
  return cs_pg_link_get_connection (self->link);
}

static gboolean
ensure_connection (CsPgWriter *self, GError **error)
{
  if (!cs_pg_link_ensure (self->link, error))
    return FALSE;
  if (cs_pg_link_get_generation (self->link) != self->generation)
    self->must_look = self->owes_index = TRUE;
  self->generation = cs_pg_link_get_generation (self->link);
  return TRUE;
}

/* Gives the connection up if it is lost. */
static void
check_connection (CsPgWriter *self, const GError *error)
{
  if (get_connection (self) != NULL && cs_pg_connection_is_lost (get_connection (self)))
    cs_pg_link_drop (self->link, error);
}

/* With G_MESSAGES_DEBUG=cs-postgres: how old the acts of others are when they arrive, by the clock
 * of who did them. What it takes from here until they are seen is in cs-window-acts.c. */
static void
note_arrival (GPtrArray *records)
{
  for (guint i = 0; i < records->len; i++)
    {
      CsRecord *record = g_ptr_array_index (records, i);

      g_debug ("%s of %s: arrived after %.1f ms", cs_record_get_kind (record),
               cs_record_get_stream (record),
               (double) (cs_clock_now () - cs_record_get_at (record)) / MS);
    }
}

static void
look (CsPgWriter *self, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;

  self->must_look = FALSE;
  self->looked_at = g_get_monotonic_time ();
  if (cs_pg_follower_collect (self->follower, get_connection (self), is_listened_to, self, records,
                              &error))
    {
      self->owes_index |= records->len > 0;
      note_arrival (records);
    }
  else if (!cs_pg_connection_is_lost (get_connection (self)))
    g_warning ("%s", error->message);
  check_connection (self, error);
}

/* Own records are announced before their append is answered, and after all of their stream that
 * comes before them. */
static void
announce (CsPgWriter *self, CsPgAppend **appends, guint n_appends)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean listened = is_listened_to (self);
  gboolean gap = FALSE;

  for (guint i = 0; listened && i < n_appends && !gap; i++)
    if (appends[i]->records != NULL)
      {
        gap = !cs_pg_follower_take (self->follower, appends[i]->records);
        for (guint j = 0; !gap && j < appends[i]->records->len; j++)
          g_ptr_array_add (records, g_object_ref (g_ptr_array_index (appends[i]->records, j)));
      }
  if (gap && get_connection (self) != NULL)
    look (self, records);
  cs_announcer_add (self->announcer, records);
  if (records->len > 0)
    cs_announcer_wake (self->announcer);
}

static void
append (gpointer back_end, CsStoreWriter *writer, GTask **tasks, guint n_tasks)
{
  CsPgWriter *self = back_end;
  g_autoptr (GPtrArray) group = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_pg_append_free);
  CsPgAppend **appends;

  for (guint i = 0; i < n_tasks; i++)
    g_ptr_array_add (group, cs_pg_append_new (tasks[i]));
  appends = (CsPgAppend **) group->pdata;
  cs_pg_committer_run (self->committer, writer, appends, group->len);
  announce (self, appends, group->len);
  for (guint i = 0; i < group->len; i++)
    {
      if (appends[i]->records != NULL)
        self->owes_telling = self->owes_index = TRUE;
      cs_pg_append_answer (appends[i]);
    }
  self->acted_at = g_get_monotonic_time ();
}

static gboolean
index_portion (CsPgWriter *self, gboolean wait, gboolean *complete, GError **error)
{
  gboolean ok =
    ensure_connection (self, error) &&
    cs_pg_index_advance (get_connection (self), INDEX_PORTION,
                         cs_pg_follower_get_settled (self->follower), wait, complete, error);

  check_connection (self, NULL);
  return ok;
}

/* What others have written is asked for, too. */
static gboolean
index_for_query (gpointer back_end, gboolean *complete, GError **error)
{
  CsPgWriter *self = back_end;
  g_autoptr (GError) local_error = NULL;
  gboolean ok = ensure_connection (self, &local_error) &&
                cs_pg_index_check (get_connection (self), complete, &local_error);

  check_connection (self, NULL);
  if (ok && (*complete || index_portion (self, TRUE, complete, &local_error)))
    return TRUE;
  /* The reader has a copy to answer from, or says so. */
  *complete = g_error_matches (local_error, CS_ERROR, CS_ERROR_UNREACHABLE);
  if (!*complete)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return *complete;
}

static void
tell_others (CsPgWriter *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PGresult) told =
    cs_pg_connection_run (get_connection (self), CS_PG_NOTIFY, NULL, &error);

  self->owes_telling = FALSE;
  self->told_at = g_get_monotonic_time ();
  if (told == NULL)
    check_connection (self, error);
}

static void
take_notifications (CsPgWriter *self)
{
  PGconn *pg = get_connection (self)->pg;
  PGnotify *notification;

  if (PQconsumeInput (pg) != 1)
    {
      g_autoptr (GError) error = NULL;

      cs_pg_connection_fail (get_connection (self), NULL, &error);
      cs_pg_link_drop (self->link, error);
      return;
    }
  /* Who is told by another one looks now, and finds what we would have told, too. */
  while ((notification = PQnotifies (pg)) != NULL)
    {
      if (notification->be_pid != PQbackendPID (pg))
        {
          self->must_look = TRUE;
          self->told_at = g_get_monotonic_time ();
        }
      PQfreemem (notification);
    }
}

static void
look_and_announce (CsPgWriter *self)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  look (self, records);
  cs_announcer_add (self->announcer, records);
  if (records->len > 0)
    cs_announcer_wake (self->announcer);
}

/* What is done while nobody waits. */
static gint64
rest (gpointer back_end)
{
  CsPgWriter *self = back_end;
  gint64 now = g_get_monotonic_time ();
  gboolean soon;

  if (!ensure_connection (self, NULL))
    return cs_pg_link_get_pause (self->link);
  take_notifications (self);
  if (get_connection (self) != NULL && self->owes_telling && now - self->told_at >= TELL_INTERVAL)
    tell_others (self);
  soon = self->must_look && is_listened_to (self);
  if (get_connection (self) != NULL &&
      now - self->looked_at >= (soon ? TELL_INTERVAL : LOOK_INTERVAL))
    look_and_announce (self);
  if (get_connection (self) != NULL && self->owes_index && now - self->acted_at >= PAUSE)
    {
      gboolean complete = TRUE;

      /* When that fails a query that follows will say so: the records themselves are safe. */
      self->owes_index = index_portion (self, FALSE, &complete, NULL) && !complete;
      self->acted_at = self->owes_index ? self->acted_at : now;
      return 0;
    }
  if (self->owes_telling || soon)
    return TELL_INTERVAL;
  return self->owes_index ? PAUSE : LOOK_INTERVAL;
}

static int
get_fd (gpointer back_end)
{
  CsPgWriter *self = back_end;

  return get_connection (self) != NULL ? PQsocket (get_connection (self)->pg) : -1;
}

static void
end (gpointer back_end)
{
  CsPgWriter *self = back_end;

  if (get_connection (self) != NULL && self->owes_telling)
    tell_others (self);
}

static void
writer_free (gpointer back_end)
{
  CsPgWriter *self = back_end;

  cs_pg_committer_free (self->committer);
  cs_pg_link_free (self->link);
  cs_pg_follower_free (self->follower);
  cs_announcer_unref (self->announcer);
  g_free (self);
}

/* What the copy has is what callers will know; whatever comes after it is told to them. */
static gboolean
begin_lost (CsPgWriter *self,
            CsMirror *mirror,
            const GError *why,
            CsPgStateFunc state,
            gpointer user_data)
{
  g_autoptr (GArray) seqs = NULL;
  gint64 from = 0;

  if (mirror == NULL || !cs_mirror_is_complete (mirror) ||
      !g_error_matches (why, CS_ERROR, CS_ERROR_UNREACHABLE))
    return FALSE;
  seqs = cs_mirror_list_seqs (mirror, COPIED_WINDOW, &from, NULL);
  if (seqs == NULL)
    return FALSE;
  cs_pg_follower_begin_behind (self->follower, from, seqs);
  state (why, user_data);
  return TRUE;
}

/**
 * cs_pg_writer_start:
 * @blobs: the directory of blobs on this computer
 * @mirror: (nullable): has what was known last; if it is complete, a server that can't be reached
 * now is no error
 * @state: told when the connection is lost or back, in the writer's thread once this has returned
 * @workspace: (inout) (transfer full) (nullable): the id of the workspace; what it must be, if that
 * is known
 *
 * Connects, and starts the thread.
 *
 * Returns: (transfer full): the writer; %NULL with %CS_ERROR_UNREACHABLE, %CS_ERROR_AUTH,
 * %CS_ERROR_NOT_FOUND if there is no workspace, %CS_ERROR_TOO_NEW or %CS_ERROR_REFUSED
 */
CsStoreWriter *
cs_pg_writer_start (CsPgServer *server,
                    const char *blobs,
                    CsAnnouncer *announcer,
                    CsMirror *mirror,
                    CsPgStateFunc state,
                    gpointer user_data,
                    char **workspace,
                    GError **error)
{
  static const CsWriterBackEnd kind = {
    .thread = "team-writer",
    .append = append,
    .index = index_for_query,
    .rest = rest,
    .get_fd = get_fd,
    .end = end,
    .free = writer_free,
  };
  CsPgWriter *self = g_new0 (CsPgWriter, 1);
  g_autoptr (GError) local_error = NULL;

  self->announcer = cs_announcer_ref (announcer);
  self->follower = cs_pg_follower_new ();
  self->link = cs_pg_link_new (server, self->follower, *workspace);
  self->committer = cs_pg_committer_new (self->link, blobs);
  if (!ensure_connection (self, &local_error) &&
      !begin_lost (self, mirror, local_error, state, user_data))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      writer_free (self);
      return NULL;
    }
  g_free (*workspace);
  *workspace = g_strdup (cs_pg_link_get_workspace (self->link));
  cs_pg_link_set_state_func (self->link, state, user_data);
  return cs_store_writer_start (&kind, self);
}
