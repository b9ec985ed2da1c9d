/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps away from a target that does not answer, until it may answer again. */

#define G_LOG_DOMAIN "cs-transport"

#include "cs-breaker.h"

#include "cs-error.h"

struct _CsBreaker
{
  GObject parent_instance;

  char *name;
  CsThrottle *throttle;
  char *problem;
  guint failures;  /* in a row */
  guint answers;   /* in a row, since it opened */
  gboolean opened; /* open or half-open: which one is a matter of time */
  gint64 opened_at;
  gboolean trying; /* half-open, and someone is on the way */
  CsBreakerState told;
  GSource *timer;
  CsBreakerClock clock;
  gpointer clock_data;
};

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS,
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsBreaker, cs_breaker, G_TYPE_OBJECT)

GType
cs_breaker_state_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { CS_BREAKER_CLOSED, "CS_BREAKER_CLOSED", "closed" },
        { CS_BREAKER_OPEN, "CS_BREAKER_OPEN", "open" },
        { CS_BREAKER_HALF_OPEN, "CS_BREAKER_HALF_OPEN", "half-open" },
        { 0, NULL, NULL },
      };

      g_once_init_leave (&type, g_enum_register_static ("CsBreakerState", values));
    }
  return type;
}

/**
 * cs_breaker_state_to_string:
 * @state: a state
 *
 * Returns: its word in records and on the command line
 */
const char *
cs_breaker_state_to_string (CsBreakerState state)
{
  static const char *const words[] = { "closed", "open", "half-open" };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (words), NULL);
  return words[state];
}

static gint64
monotonic_clock (gpointer user_data)
{
  return g_get_monotonic_time ();
}

static void
stop_timer (CsBreaker *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
tell (CsBreaker *self)
{
  CsBreakerState state = cs_breaker_get_state (self);

  if (state != self->told)
    {
      self->told = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
pause_over_cb (gpointer user_data)
{
  CsBreaker *self = user_data;

  g_clear_pointer (&self->timer, g_source_unref);
  tell (self);
  return G_SOURCE_REMOVE;
}

/* So that whoever shows the state sees it change when nobody asks. */
static void
start_timer (CsBreaker *self)
{
  gint64 wait = cs_breaker_get_wait (self);

  stop_timer (self);
  if (wait == 0)
    return;
  self->timer = g_timeout_source_new ((guint) (wait / 1000 + 1));
  g_source_set_callback (self->timer, pause_over_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
cs_breaker_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, cs_breaker_get_state (CS_BREAKER (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cs_breaker_dispose (GObject *object)
{
  stop_timer (CS_BREAKER (object));
  G_OBJECT_CLASS (cs_breaker_parent_class)->dispose (object);
}

static void
cs_breaker_finalize (GObject *object)
{
  CsBreaker *self = CS_BREAKER (object);

  g_clear_pointer (&self->throttle, cs_throttle_free);
  g_free (self->name);
  g_free (self->problem);
  G_OBJECT_CLASS (cs_breaker_parent_class)->finalize (object);
}

static void
cs_breaker_class_init (CsBreakerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = cs_breaker_get_property;
  object_class->dispose = cs_breaker_dispose;
  object_class->finalize = cs_breaker_finalize;

  properties[PROP_STATE] = g_param_spec_enum (
    "state", NULL, NULL, CS_TYPE_BREAKER_STATE, CS_BREAKER_CLOSED,
    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * CsBreaker::changed:
   *
   * There was a failure, an answer or a reset, or the pause is over.
   */
  signals[CHANGED] = g_signal_new ("changed", CS_TYPE_BREAKER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
cs_breaker_init (CsBreaker *self)
{
  self->throttle = cs_throttle_new ();
  self->clock = monotonic_clock;
}

/**
 * cs_breaker_new:
 * @name: of the target
 *
 * Returns: (transfer full): a closed breaker
 */
CsBreaker *
cs_breaker_new (const char *name)
{
  CsBreaker *self = g_object_new (CS_TYPE_BREAKER, NULL);

  self->name = g_strdup (name);
  return self;
}

/**
 * cs_breaker_set_clock:
 * @self: a breaker that nobody has used yet
 * @clock: monotonic microseconds, in place of the system's
 * @user_data: for @clock
 *
 * Has it go by another clock.
 */
void
cs_breaker_set_clock (CsBreaker *self, CsBreakerClock clock, gpointer user_data)
{
  g_return_if_fail (CS_IS_BREAKER (self));
  self->clock = clock;
  self->clock_data = user_data;
}

/**
 * cs_breaker_get_name:
 * @self: a breaker
 *
 * Returns: the name of its target
 */
const char *
cs_breaker_get_name (CsBreaker *self)
{
  g_return_val_if_fail (CS_IS_BREAKER (self), NULL);
  return self->name;
}

/**
 * cs_breaker_get_throttle:
 * @self: a breaker
 *
 * Returns: (transfer none): what keeps to the rate of the same target
 */
CsThrottle *
cs_breaker_get_throttle (CsBreaker *self)
{
  g_return_val_if_fail (CS_IS_BREAKER (self), NULL);
  return self->throttle;
}

/**
 * cs_breaker_get_state:
 * @self: a breaker
 *
 * Returns: whether one is let through now
 */
CsBreakerState
cs_breaker_get_state (CsBreaker *self)
{
  g_return_val_if_fail (CS_IS_BREAKER (self), CS_BREAKER_OPEN);

  if (!self->opened)
    return CS_BREAKER_CLOSED;
  return cs_breaker_get_wait (self) > 0 ? CS_BREAKER_OPEN : CS_BREAKER_HALF_OPEN;
}

/**
 * cs_breaker_get_failures:
 * @self: a breaker
 *
 * Returns: how many times in a row the target failed; 0 after an answer
 */
guint
cs_breaker_get_failures (CsBreaker *self)
{
  g_return_val_if_fail (CS_IS_BREAKER (self), 0);
  return self->failures;
}

/**
 * cs_breaker_get_problem:
 * @self: a breaker
 *
 * Returns: (nullable): what was wrong the last time; %NULL after an answer
 */
const char *
cs_breaker_get_problem (CsBreaker *self)
{
  g_return_val_if_fail (CS_IS_BREAKER (self), NULL);
  return self->problem;
}

/**
 * cs_breaker_get_wait:
 * @self: a breaker
 *
 * Returns: microseconds until it lets someone through to try; 0 unless it is open
 */
gint64
cs_breaker_get_wait (CsBreaker *self)
{
  gint64 until;

  g_return_val_if_fail (CS_IS_BREAKER (self), 0);

  if (!self->opened)
    return 0;
  until = self->opened_at + CS_BREAKER_PAUSE;
  return MAX (0, until - self->clock (self->clock_data));
}

/**
 * cs_breaker_enter:
 * @self: a breaker
 *
 * Asks to be let through; costs no time either way.
 *
 * Returns: whether one is let through; else %CS_ERROR_UNREACHABLE
 */
gboolean
cs_breaker_enter (CsBreaker *self, GError **error)
{
  CsBreakerState state = cs_breaker_get_state (self);

  if (state == CS_BREAKER_OPEN)
    {
      gint64 seconds = (cs_breaker_get_wait (self) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;

      g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE,
                   "“%s” failed %u times in a row, so it is left alone for %d s more (reset it to "
                   "try at once). The last time: %s",
                   self->name, self->failures, (int) seconds,
                   self->problem != NULL ? self->problem : "it did not answer");
      return FALSE;
    }
  if (state == CS_BREAKER_HALF_OPEN && self->trying)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_UNREACHABLE,
                   "“%s” failed %u times in a row and is being tried again just now; wait for how "
                   "that ends",
                   self->name, self->failures);
      return FALSE;
    }
  self->trying = state == CS_BREAKER_HALF_OPEN;
  return TRUE;
}

/**
 * cs_breaker_leave:
 * @self: a breaker that let one through
 *
 * Says that it was neither an answer nor a failure of the target.
 */
void
cs_breaker_leave (CsBreaker *self)
{
  g_return_if_fail (CS_IS_BREAKER (self));
  self->trying = FALSE;
}

/**
 * cs_breaker_wants_answers:
 * @self: a breaker
 *
 * Returns: whether an answer would change anything
 */
gboolean
cs_breaker_wants_answers (CsBreaker *self)
{
  g_return_val_if_fail (CS_IS_BREAKER (self), FALSE);
  return self->opened || self->failures > 0;
}

/**
 * cs_breaker_foresee_answer:
 * @self: a breaker
 *
 * Returns: its state after one more answer
 */
CsBreakerState
cs_breaker_foresee_answer (CsBreaker *self)
{
  g_return_val_if_fail (CS_IS_BREAKER (self), CS_BREAKER_OPEN);

  if (!self->opened || self->answers + 1 >= CS_BREAKER_SUCCESSES)
    return CS_BREAKER_CLOSED;
  return CS_BREAKER_HALF_OPEN;
}

/**
 * cs_breaker_foresee_failure:
 * @self: a breaker
 *
 * Returns: its state after one more failure
 */
CsBreakerState
cs_breaker_foresee_failure (CsBreaker *self)
{
  g_return_val_if_fail (CS_IS_BREAKER (self), CS_BREAKER_OPEN);

  return self->opened || self->failures + 1 >= CS_BREAKER_FAILURES ? CS_BREAKER_OPEN
                                                                   : CS_BREAKER_CLOSED;
}

/**
 * cs_breaker_answered:
 * @self: a breaker
 *
 * The target answered, whatever became of the command. What was sent before it opened and answers
 * late says as much as a try.
 */
void
cs_breaker_answered (CsBreaker *self)
{
  g_return_if_fail (CS_IS_BREAKER (self));

  self->trying = FALSE;
  if (self->opened)
    self->answers++;
  if (!self->opened || self->answers >= CS_BREAKER_SUCCESSES)
    {
      self->opened = FALSE;
      self->failures = self->answers = 0;
      g_clear_pointer (&self->problem, g_free);
      stop_timer (self);
    }
  tell (self);
}

/**
 * cs_breaker_failed:
 * @self: a breaker
 * @problem: (nullable): what was wrong
 * @ago: microseconds since it happened; less than 0 counts as now
 *
 * The target did not answer.
 */
void
cs_breaker_failed (CsBreaker *self, const char *problem, gint64 ago)
{
  g_return_if_fail (CS_IS_BREAKER (self));

  self->trying = FALSE;
  self->failures++;
  self->answers = 0;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  if (self->opened || self->failures >= CS_BREAKER_FAILURES)
    {
      self->opened = TRUE;
      self->opened_at = self->clock (self->clock_data) - MAX (0, ago);
      start_timer (self);
    }
  tell (self);
}

/**
 * cs_breaker_reset:
 * @self: a breaker
 *
 * Closes it: someone knows that the target is well, or wants to try at once.
 */
void
cs_breaker_reset (CsBreaker *self)
{
  g_return_if_fail (CS_IS_BREAKER (self));

  self->opened = self->trying = FALSE;
  self->failures = self->answers = 0;
  g_clear_pointer (&self->problem, g_free);
  stop_timer (self);
  tell (self);
}
