/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people and the one who measures do to a watch: checked, appended, folded. */

#define G_LOG_DOMAIN "cs-watch"

#include "cs-watch-private.h"

#include "cs-clock.h"
#include "cs-decree-signing.h"
#include "cs-error.h"

#include <string.h>

/** MIN_COUNTDOWN, MAX_COUNTDOWN: seconds */
#define MIN_COUNTDOWN 10
#define MAX_COUNTDOWN 3600

static JsonNode *
new_body (void)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, json_object_new ());
  return node;
}

static void
set_string (JsonNode *body, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (json_node_get_object (body), member, value);
}

static void
set_time (JsonNode *body, const char *member, gint64 at)
{
  g_autofree char *text = cs_clock_format (at);

  set_string (body, member, text);
}

static void
appended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = cs_store_append_finish (CS_STORE (source), result, &error);

  if (records != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* drafts (transfer full). The store tells of the records before it finishes, so they are folded
 * then. */
static void
append (GTask *task, const char *actor, GPtrArray *drafts)
{
  CsWatch *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) owned = drafts;

  if (self->begun_at == 0)
    g_ptr_array_insert (drafts, 0, cs_draft_new ("watch-began", new_body ()));
  cs_store_append_async (self->store, self->stream, self->n_records, actor, drafts,
                         g_task_get_cancellable (task), appended_cb, task);
}

static GPtrArray *
new_drafts (const char *kind, JsonNode *body)
{
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_draft_free);

  g_ptr_array_add (drafts, cs_draft_new (kind, body));
  return drafts;
}

static gboolean
refuse_if_ended (GTask *task)
{
  CsWatch *self = g_task_get_source_object (task);

  if (!self->ended)
    return FALSE;
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_REFUSED, "This watch has ended.");
  return TRUE;
}

/**
 * cs_watch_set_probe_async:
 * @self: a watch
 * @actor: who
 * @probe: what is to be measured
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Adds a probe, or changes the one with its id. Errors: INVALID, EXISTS if another has its name.
 */
void
cs_watch_set_probe_async (CsWatch *self,
                          const char *actor,
                          const CsProbe *probe,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (CsProbe) copy = cs_probe_copy (probe);
  g_autoptr (GError) error = NULL;
  const CsProbe *other;

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL);

  g_task_set_source_tag (task, cs_watch_set_probe_async);
  if (refuse_if_ended (task))
    return;
  if (!cs_probe_check (copy, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  other = cs_watch_find_probe (self, copy->name);
  if (other != NULL && g_strcmp0 (other->id, copy->id) != 0)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_EXISTS,
                               "There is a probe “%s” already. Choose another name.", copy->name);
      return;
    }
  if (copy->id == NULL)
    copy->id = g_strdup_printf ("p%u", self->last_probe + 1);
  append (g_steal_pointer (&task), actor, new_drafts ("watch-probe-set", cs_probe_to_json (copy)));
}

/**
 * cs_watch_set_criterion_async:
 * @self: a watch
 * @actor: who
 * @criterion: a bound for the numbers of one of its probes
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Adds a bound, or changes the one with its id. Errors: INVALID, NOT_FOUND if there is no such
 * probe.
 */
void
cs_watch_set_criterion_async (CsWatch *self,
                              const char *actor,
                              const CsCriterion *criterion,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (CsCriterion) copy = cs_criterion_copy (criterion);
  g_autoptr (GError) error = NULL;
  const CsProbe *probe;

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL);

  g_task_set_source_tag (task, cs_watch_set_criterion_async);
  if (refuse_if_ended (task))
    return;
  probe = copy->probe != NULL ? cs_watch_find_probe (self, copy->probe) : NULL;
  if (probe == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "There is no probe “%s” for “%s”. Add it first.",
                               copy->probe != NULL ? copy->probe : "", copy->metric);
      return;
    }
  if (!cs_criterion_check (copy, probe->unit, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_free (copy->probe);
  copy->probe = g_strdup (probe->id);
  if (copy->id == NULL)
    copy->id = g_strdup_printf ("c%u", self->last_criterion + 1);
  append (g_steal_pointer (&task), actor,
          new_drafts ("watch-criterion-set", cs_criterion_to_json (copy)));
}

/**
 * cs_watch_remove_async:
 * @self: a watch
 * @actor: who
 * @id: of a probe or a bound
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * What was measured and concluded stays where it is. Errors: NOT_FOUND.
 */
void
cs_watch_remove_async (CsWatch *self,
                       const char *actor,
                       const char *id,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  JsonNode *body;
  gboolean is_probe;

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL && id != NULL);

  g_task_set_source_tag (task, cs_watch_remove_async);
  if (refuse_if_ended (task))
    return;
  is_probe = cs_watch_find_probe (self, id) != NULL;
  if (!is_probe && cs_watch_find_criterion (self, id) == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "There is no probe and no threshold “%s”.", id);
      return;
    }
  body = new_body ();
  set_string (body, "id", is_probe ? cs_watch_find_probe (self, id)->id : id);
  append (g_steal_pointer (&task), actor,
          new_drafts (is_probe ? "watch-probe-removed" : "watch-criterion-removed", body));
}

/**
 * cs_watch_end_async:
 * @self: a watch
 * @actor: who
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Nothing is measured any more. Errors: REFUSED while a rollback is counted down to.
 */
void
cs_watch_end_async (CsWatch *self,
                    const char *actor,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL);

  g_task_set_source_tag (task, cs_watch_end_async);
  if (refuse_if_ended (task))
    return;
  if (cs_watch_get_counting_alarm (self) != NULL)
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_REFUSED,
                             "A rollback is about to begin. Stop the countdown first.");
  else
    append (g_steal_pointer (&task), actor, new_drafts ("watch-ended", new_body ()));
}

static void
consent_signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CsWatch *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  JsonNode *body = cs_decree_sign_finish (result, &error);
  g_autoptr (GPtrArray) drafts = NULL;

  if (body == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* For this very place in the stream: if it has moved, the signature is for nothing. */
  drafts = new_drafts ("watch-consented", body);
  cs_store_append_async (self->store, self->stream, self->n_records,
                         (const char *) g_task_get_task_data (task), drafts,
                         g_task_get_cancellable (task), appended_cb, g_object_ref (task));
}

static gboolean
check_consent (CsWatch *self,
               CsPerson *person,
               const char *procedure,
               guint countdown,
               GError **error)
{
  g_auto (GStrv) roles = cs_person_list_roles (person, G_MAXINT64);

  if (procedure == NULL || *procedure == '\0')
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Say which rollback procedure may be started.");
  else if (countdown < MIN_COUNTDOWN || countdown > MAX_COUNTDOWN)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "The countdown is to be from %d to %d seconds.",
                 MIN_COUNTDOWN, MAX_COUNTDOWN);
  else if (self->probes->len == 0)
    g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                 "Nothing is watched yet. Add a probe before you consent to what it may lead to.");
  else if (cs_people_is_governed (self->people, G_MAXINT64) && roles[0] == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_REFUSED,
                 "%s holds no role here, so this consent would count for nothing. A manager can "
                 "grant one.",
                 cs_person_get_name (person));
  else
    return TRUE;
  return FALSE;
}

/**
 * cs_watch_consent_async:
 * @self: a watch with at least one probe
 * @person: who consents
 * @key: theirs
 * @askpass: (nullable): where a passphrase is asked for
 * @procedure: title of the rollback procedure that may be started
 * @countdown: seconds in which a person can stop it
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Lets a bound of the severity ROLLBACK start that procedure by itself. Without it, it only alarms.
 * Errors: AUTH, CONFLICT, INVALID, REFUSED.
 */
void
cs_watch_consent_async (CsWatch *self,
                        CsPerson *person,
                        CsKey *key,
                        CsAskpass *askpass,
                        const char *procedure,
                        guint countdown,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (JsonObject) content = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (CS_IS_WATCH (self) && CS_IS_PERSON (person) && CS_IS_KEY (key));

  g_task_set_source_tag (task, cs_watch_consent_async);
  g_task_set_task_data (task, g_strdup (cs_person_get_id (person)), g_free);
  if (refuse_if_ended (task))
    return;
  if (!check_consent (self, person, procedure, countdown, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  content = json_object_new ();
  json_object_set_string_member (content, "procedure", procedure);
  json_object_set_int_member (content, "countdown", countdown);
  cs_decree_sign_async (cs_decree_new (self->stream, self->head, "watch-consented",
                                       cs_person_get_id (person), cs_key_get_fingerprint (key),
                                       g_steal_pointer (&content)),
                        key, askpass, cancellable, consent_signed_cb, g_steal_pointer (&task));
}

/**
 * cs_watch_withdraw_consent_async:
 * @self: a watch
 * @actor: who; anyone may, for it is the safe side
 * @reason: (nullable): why
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Errors: NOT_FOUND if there is none.
 */
void
cs_watch_withdraw_consent_async (CsWatch *self,
                                 const char *actor,
                                 const char *reason,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  JsonNode *body;

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL);

  g_task_set_source_tag (task, cs_watch_withdraw_consent_async);
  if (self->consent == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND,
                               "Nobody has consented to automatic rollback.");
      return;
    }
  body = new_body ();
  set_string (body, "reason", reason);
  append (g_steal_pointer (&task), actor, new_drafts ("watch-consent-withdrawn", body));
}

/**
 * cs_watch_acknowledge_async:
 * @self: a watch
 * @actor: who takes care
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Stops the clock of the escalation for all alarms that call now; no countdown. Errors: NOT_FOUND
 * if none calls.
 */
void
cs_watch_acknowledge_async (CsWatch *self,
                            const char *actor,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL);

  g_task_set_source_tag (task, cs_watch_acknowledge_async);
  for (guint i = 0; i < self->alarms->len; i++)
    if (cs_alarm_is_calling (self->alarms->pdata[i]))
      {
        append (g_steal_pointer (&task), actor,
                new_drafts ("watch-alarm-acknowledged", new_body ()));
        return;
      }
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "No alarm calls for anyone.");
}

/**
 * cs_watch_stop_countdown_async:
 * @self: a watch
 * @actor: who
 * @reason: why
 * @cancellable: (nullable): of the waiting
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * No rollback begins by itself because of the alarms that count down now. Errors: INVALID without a
 * reason, NOT_FOUND if nothing counts down.
 */
void
cs_watch_stop_countdown_async (CsWatch *self,
                               const char *actor,
                               const char *reason,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  JsonNode *body;

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL);

  g_task_set_source_tag (task, cs_watch_stop_countdown_async);
  if (cs_watch_get_counting_alarm (self) == NULL)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_NOT_FOUND, "Nothing counts down.");
      return;
    }
  if (reason == NULL || *reason == '\0')
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_INVALID,
                               "Say why the rollback is not to begin.");
      return;
    }
  body = new_body ();
  set_string (body, "reason", reason);
  append (g_steal_pointer (&task), actor, new_drafts ("watch-alarm-stopped", body));
}

/* The alarm that a bad verdict raises now; NULL if it raises none. */
static JsonNode *
new_alarm (CsWatch *self, const CsCriterion *criterion, const char *reason, gint64 at)
{
  g_autofree char *words = cs_criterion_dup_words (criterion);
  JsonNode *body;

  if (criterion->severity < CS_SEVERITY_CRITICAL ||
      cs_watch_find_open_alarm (self, criterion->id) != NULL)
    return NULL;
  body = new_body ();
  set_string (body, "criterion", criterion->id);
  set_string (body, "words", words);
  set_string (body, "reason", reason);
  set_string (body, "severity", cs_severity_to_string (criterion->severity));
  set_time (body, "at", at);
  if (criterion->severity == CS_SEVERITY_ROLLBACK && self->consent != NULL)
    {
      set_string (body, "procedure", self->consent->procedure);
      set_time (body, "fires-at", at + self->consent->countdown);
    }
  return body;
}

/**
 * cs_watch_note_verdict_async:
 * @self: a watch
 * @actor: in whose name it is measured
 * @criterion: the bound
 * @verdict: what the judge says now
 * @reason: and why
 * @at: when, by the clock of the watch
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Records the verdict, with the alarm that it raises. An alarm about the bound that is open is
 * settled by a good one, unless it has led to a rollback.
 */
void
cs_watch_note_verdict_async (CsWatch *self,
                             const char *actor,
                             const CsCriterion *criterion,
                             CsWatchVerdict verdict,
                             const char *reason,
                             gint64 at,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  const CsWatchJudgement *before = cs_watch_get_judgement (self, criterion->id);
  const CsAlarm *open = cs_watch_find_open_alarm (self, criterion->id);
  g_autofree char *words = cs_criterion_dup_words (criterion);
  JsonNode *body = new_body ();
  JsonNode *alarm = verdict == CS_WATCH_BAD ? new_alarm (self, criterion, reason, at) : NULL;
  GPtrArray *drafts;

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL);

  g_task_set_source_tag (task, cs_watch_note_verdict_async);
  set_string (body, "criterion", criterion->id);
  set_string (body, "verdict", cs_watch_verdict_to_string (verdict));
  set_string (body, "before", before != NULL ? cs_watch_verdict_to_string (before->verdict) : NULL);
  set_string (body, "words", words);
  set_string (body, "reason", reason);
  set_time (body, "at", at);
  drafts = new_drafts ("watch-judged", body);
  if (alarm != NULL)
    g_ptr_array_add (drafts, cs_draft_new ("watch-alarm-raised", alarm));
  if (open != NULL && verdict == CS_WATCH_GOOD)
    {
      JsonNode *settled = new_body ();

      json_object_set_int_member (json_node_get_object (settled), "alarm", open->n);
      set_time (settled, "at", at);
      g_ptr_array_add (drafts, cs_draft_new ("watch-alarm-settled", settled));
    }
  append (g_steal_pointer (&task), actor, drafts);
}

/**
 * cs_watch_note_fired_async:
 * @self: a watch
 * @actor: in whose name it is measured
 * @alarm: whose countdown is over
 * @at: when, by the clock of the watch
 * @callback: called when it is recorded
 * @user_data: for @callback
 *
 * Records that the rollback is begun: whoever got this record into the stream begins it, and nobody
 * else. Errors: CONFLICT, REFUSED if it was stopped meanwhile.
 */
void
cs_watch_note_fired_async (CsWatch *self,
                           const char *actor,
                           const CsAlarm *alarm,
                           gint64 at,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  JsonNode *body;

  g_return_if_fail (CS_IS_WATCH (self) && actor != NULL && alarm != NULL);

  g_task_set_source_tag (task, cs_watch_note_fired_async);
  if (alarm->state != CS_ALARM_COUNTING || at < alarm->fires_at)
    {
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_REFUSED, "The countdown is not over.");
      return;
    }
  body = new_body ();
  json_object_set_int_member (json_node_get_object (body), "alarm", alarm->n);
  set_time (body, "at", at);
  append (g_steal_pointer (&task), actor, new_drafts ("watch-alarm-fired", body));
}

/** cs_watch_act_finish: TRUE when it is recorded and folded; else the errors of the call. */
gboolean
cs_watch_act_finish (CsWatch *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
