/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy withdraw, overrule, override */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "ctl-commands.h"
#include "ctl-key.h"
#include "ctl-print.h"

typedef struct
{
  char *reason;
  char *key;
} RuleOptions;

/* What is decided: about a line of the runbook, or about a gate of a step. */
typedef struct
{
  CsRulingKind kind;
  CsSignoffState *signoff;
  CsStepState *step;
  const char *gate;
} Matter;

static void
print_ruling (CsDeployment *deployment)
{
  GPtrArray *rulings = cs_deployment_get_rulings (deployment);
  g_autofree char *words =
    rulings->len > 0 ? cs_ruling_dup_words (rulings->pdata[rulings->len - 1]) : NULL;

  if (words != NULL)
    ctl_print (stdout, "%s\n", words);
}

static gboolean
rule (Ctl *ctl,
      CsDeployment *deployment,
      const Matter *matter,
      const RuleOptions *options,
      GError **error)
{
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = ctl_prepare_key (ctl, options->key, &key, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (askpass == NULL)
    return FALSE;
  switch (matter->kind)
    {
    case CS_RULING_WITHDRAWN:
      cs_deployment_withdraw_async (deployment, matter->signoff, options->reason, key, askpass,
                                    NULL, ctl_ready_cb, &result);
      break;
    case CS_RULING_OVERRULED:
      cs_deployment_overrule_async (deployment, matter->signoff, options->reason, key, askpass,
                                    NULL, ctl_ready_cb, &result);
      break;
    case CS_RULING_OVERRIDDEN:
    default:
      cs_deployment_override_async (deployment, matter->step, matter->gate, options->reason, key,
                                    askpass, NULL, ctl_ready_cb, &result);
    }
  if (!cs_deployment_rule_finish (deployment, ctl_wait (&result), error))
    return FALSE;
  print_ruling (deployment);
  return TRUE;
}

static gboolean
find_matter (CsDeployment *deployment, char **words, Matter *matter, GError **error)
{
  if (matter->kind != CS_RULING_OVERRIDDEN)
    {
      matter->signoff = cs_deployment_find_signoff (deployment, words[1]);
      if (matter->signoff == NULL)
        g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                     "The runbook has no line to sign “%s”; “countersignctl deploy show” names "
                     "them",
                     words[1]);
      return matter->signoff != NULL;
    }
  matter->step = cs_deployment_find_step (deployment, words[1]);
  matter->gate = words[2];
  if (matter->step == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "The runbook has no step “%s”", words[1]);
  return matter->step != NULL;
}

static CtlStatus
run (Ctl *ctl, char **arguments, CsRulingKind kind)
{
  RuleOptions options = { NULL };
  const GOptionEntry entries[] = {
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &options.reason, NULL, "TEXT" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, NULL, "FILE" },
    { NULL },
  };
  int n_words = kind == CS_RULING_OVERRIDDEN ? 3 : 2;
  Matter matter = { kind, NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  CsDeployment *deployment = NULL;
  CtlStatus status = CTL_DONE;

  if (ctl_parse (ctl, arguments, entries, n_words, n_words, &words, &error) &&
      (kind == CS_RULING_WITHDRAWN || ctl_require (options.reason, "--reason", &error)))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment == NULL || !find_matter (deployment, words, &matter, &error) ||
      !rule (ctl, deployment, &matter, &options, &error))
    status = ctl_fail (error);
  g_free (options.reason);
  g_free (options.key);
  return status;
}

CtlStatus
ctl_deploy_withdraw (Ctl *ctl, char **arguments)
{
  return run (ctl, arguments, CS_RULING_WITHDRAWN);
}

CtlStatus
ctl_deploy_overrule (Ctl *ctl, char **arguments)
{
  return run (ctl, arguments, CS_RULING_OVERRULED);
}

CtlStatus
ctl_deploy_override (Ctl *ctl, char **arguments)
{
  return run (ctl, arguments, CS_RULING_OVERRIDDEN);
}
