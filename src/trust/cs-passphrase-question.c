/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question that only a person can answer: a passphrase, a PIN. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-passphrase-question-private.h"

struct _CsPassphraseQuestion
{
  GObject parent_instance;

  char *prompt;
  char *key;
  char *problem;
  guint tries;
  gboolean wrong;
  CsPassphraseAnswered answered; /* NULL once it was called */
  gpointer user_data;
};

G_DEFINE_FINAL_TYPE (CsPassphraseQuestion, cs_passphrase_question, G_TYPE_OBJECT)

static void
give (CsPassphraseQuestion *self, const char *answer, gboolean remember, const char *reason)
{
  CsPassphraseAnswered answered = g_steal_pointer (&self->answered);

  if (answered != NULL)
    answered (answer, remember, reason, self->user_data);
}

static void
cs_passphrase_question_finalize (GObject *object)
{
  CsPassphraseQuestion *self = CS_PASSPHRASE_QUESTION (object);

  give (self, NULL, FALSE, "Nobody answered");
  g_free (self->prompt);
  g_free (self->key);
  g_free (self->problem);

  G_OBJECT_CLASS (cs_passphrase_question_parent_class)->finalize (object);
}

static void
cs_passphrase_question_class_init (CsPassphraseQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_passphrase_question_finalize;
}

static void
cs_passphrase_question_init (CsPassphraseQuestion *self)
{
}

/**
 * cs_passphrase_question_new: (skip)
 * @prompt: as OpenSSH words it
 * @key: (nullable): file of the key
 * @tries: how many answers may be given
 * @wrong: whether the answer before was wrong
 * @problem: (nullable): why it can't be remembered
 * @answered: called once
 *
 * Returns: (transfer full): the question
 */
CsPassphraseQuestion *
cs_passphrase_question_new (const char *prompt,
                            const char *key,
                            guint tries,
                            gboolean wrong,
                            const char *problem,
                            CsPassphraseAnswered answered,
                            gpointer user_data)
{
  CsPassphraseQuestion *self = g_object_new (CS_TYPE_PASSPHRASE_QUESTION, NULL);

  self->prompt = g_strdup (prompt);
  self->key = g_strdup (key);
  self->tries = tries;
  self->wrong = wrong;
  self->problem = g_strdup (problem);
  self->answered = answered;
  self->user_data = user_data;
  return self;
}

/** cs_passphrase_question_get_prompt: the question, as OpenSSH words it. */
const char *
cs_passphrase_question_get_prompt (CsPassphraseQuestion *self)
{
  g_return_val_if_fail (CS_IS_PASSPHRASE_QUESTION (self), NULL);
  return self->prompt;
}

/** cs_passphrase_question_get_key: (nullable): the file of the key whose passphrase it is. */
const char *
cs_passphrase_question_get_key (CsPassphraseQuestion *self)
{
  g_return_val_if_fail (CS_IS_PASSPHRASE_QUESTION (self), NULL);
  return self->key;
}

/** cs_passphrase_question_get_tries: how many answers may be given, this one counted. */
guint
cs_passphrase_question_get_tries (CsPassphraseQuestion *self)
{
  g_return_val_if_fail (CS_IS_PASSPHRASE_QUESTION (self), 0);
  return self->tries;
}

/** cs_passphrase_question_get_wrong: whether the answer before was wrong. */
gboolean
cs_passphrase_question_get_wrong (CsPassphraseQuestion *self)
{
  g_return_val_if_fail (CS_IS_PASSPHRASE_QUESTION (self), FALSE);
  return self->wrong;
}

/** cs_passphrase_question_get_problem: (nullable): why the keyring can't remember it. */
const char *
cs_passphrase_question_get_problem (CsPassphraseQuestion *self)
{
  g_return_val_if_fail (CS_IS_PASSPHRASE_QUESTION (self), NULL);
  return self->problem;
}

/**
 * cs_passphrase_question_answer:
 * @answer: what the person typed; copied by whoever needs it
 * @remember: whether the keyring is to remember it, if it is right
 *
 * Answers. Further answers are passed over.
 */
void
cs_passphrase_question_answer (CsPassphraseQuestion *self, const char *answer, gboolean remember)
{
  g_return_if_fail (CS_IS_PASSPHRASE_QUESTION (self));
  g_return_if_fail (answer != NULL);

  give (self, answer, remember, NULL);
}

/**
 * cs_passphrase_question_refuse:
 * @reason: in a sentence; whoever wanted the key is told
 *
 * Gives no answer.
 */
void
cs_passphrase_question_refuse (CsPassphraseQuestion *self, const char *reason)
{
  g_return_if_fail (CS_IS_PASSPHRASE_QUESTION (self));
  g_return_if_fail (reason != NULL);

  give (self, NULL, FALSE, reason);
}
