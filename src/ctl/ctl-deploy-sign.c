/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl deploy sign */

#define G_LOG_DOMAIN "countersignctl"

#include "cs-error.h"
#include "cs-handwriting.h"
#include "ctl-commands.h"
#include "ctl-key.h"
#include "ctl-print.h"

typedef struct
{
  char *role;
  gboolean reject;
  char *comment;
  char *key;
  char *name;
  char *handwriting;
} SignOptions;

static void
sign_options_clear (SignOptions *options)
{
  g_free (options->role);
  g_free (options->comment);
  g_free (options->key);
  g_free (options->name);
  g_free (options->handwriting);
}

static void
print_statement (CsDeployment *deployment, const CsStatement *statement)
{
  g_autofree char *n_released =
    g_strdup_printf ("%u", g_strv_length (statement->commands) - statement->rollback);
  g_autofree char *n_rollback = g_strdup_printf ("%u", statement->rollback);

  ctl_print (stdout, "%s as %s: %s\n", statement->approve ? "Approved" : "Rejected",
             statement->role, cs_deployment_get_title (deployment));
  if (*statement->meaning != '\0')
    ctl_print (stdout, "  meaning   %s\n", statement->meaning);
  ctl_print (
    stdout,
    "  commands released  %s\n  of the way back    %s\n  runbook   %s\n  head      %s\n"
    "  manifest  %s\n  key       %s\n",
    n_released, n_rollback, statement->runbook_digest, statement->head_digest,
    statement->manifest_digest,
    statement->key);
}

static gboolean
sign (Ctl *ctl,
      CsDeployment *deployment,
      CsSignoffState *signoff,
      const SignOptions *options,
      GBytes *handwriting,
      GError **error)
{
  g_autoptr (CsKey) key = NULL;
  CsAskpass *askpass = ctl_prepare_key (ctl, options->key, &key, error);
  g_autoptr (CsPerson) person =
    askpass != NULL ? ctl_introduce (ctl, options->name, key, askpass, error) : NULL;
  g_autoptr (CsStatement) statement = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (person == NULL)
    return FALSE;
  statement = cs_deployment_prepare_statement (deployment, signoff, options->role, person, key,
                                               !options->reject, options->comment);
  if (handwriting != NULL)
    statement->handwriting = cs_handwriting_digest (handwriting);
  cs_deployment_sign_async (deployment, signoff, statement, handwriting, key, askpass, NULL,
                            ctl_ready_cb, &result);
  if (!cs_deployment_sign_finish (deployment, ctl_wait (&result), error))
    return FALSE;
  print_statement (deployment, statement);
  return TRUE;
}

static CsSignoffState *
find_signoff (CsDeployment *deployment, const char *id, GError **error)
{
  CsSignoffState *signoff = cs_deployment_find_signoff (deployment, id);
  g_autoptr (GPtrArray) gates = NULL;

  if (signoff == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND,
                   "The runbook has no line to sign “%s”; “countersignctl deploy show” names them",
                   id);
      return NULL;
    }
  /* Before a key is asked for its passphrase. */
  gates = cs_deployment_gates_for_sign (deployment, signoff);
  return cs_gates_to_error (gates, error) ? signoff : NULL;
}

/* What is signed is the file, so it is held to being one that everybody can look at. */
static gboolean
read_handwriting (const char *path, GBytes **bytes, GError **error)
{
  g_autoptr (CsHandwriting) handwriting = NULL;
  char *data = NULL;
  gsize size = 0;

  if (path == NULL)
    return TRUE;
  if (!g_file_get_contents (path, &data, &size, error))
    return FALSE;
  *bytes = g_bytes_new_take (data, size);
  handwriting = cs_handwriting_new_from_bytes (*bytes, error);
  return handwriting != NULL;
}

CtlStatus
ctl_deploy_sign (Ctl *ctl, char **arguments)
{
  SignOptions options = { NULL };
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_FILENAME, &options.role, NULL, "ROLE" },
    { "reject", 0, 0, G_OPTION_ARG_NONE, &options.reject, NULL, NULL },
    { "comment", 0, 0, G_OPTION_ARG_FILENAME, &options.comment, NULL, "TEXT" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, NULL, "FILE" },
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &options.name, NULL, "NAME" },
    { "handwriting", 0, 0, G_OPTION_ARG_FILENAME, &options.handwriting, NULL, "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GBytes) handwriting = NULL;
  CsDeployment *deployment = NULL;
  CsSignoffState *signoff = NULL;
  CtlStatus status = CTL_DONE;

  if (ctl_parse (ctl, arguments, entries, 2, 2, &words, &error) &&
      ctl_require (options.role, "--role", &error))
    deployment = ctl_open_deployment (ctl, words[0], &error);
  if (deployment != NULL)
    signoff = find_signoff (deployment, words[1], &error);
  if (signoff == NULL || !read_handwriting (options.handwriting, &handwriting, &error) ||
      !sign (ctl, deployment, signoff, &options, handwriting, &error))
    status = ctl_fail (error);
  sign_options_clear (&options);
  return status;
}
