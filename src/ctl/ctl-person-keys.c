/* SPDX-License-Identifier: GPL-3.0-or-later */
/* countersignctl person: their keys, and the file that names them all */

#define G_LOG_DOMAIN "countersignctl"

#include "ctl-commands.h"
#include "ctl-person.h"
#include "ctl-print.h"

static CsKey *
load_key (const char *path, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cs_key_load_async (path, NULL, ctl_ready_cb, &result);
  return cs_key_load_finish (ctl_wait (&result), error);
}

static gboolean
begin_add (CsPeople *people,
           char **words,
           const CtlDecideOptions *options,
           CsKey *key,
           CsAskpass *askpass,
           GAsyncResult **result,
           GError **error)
{
  g_autoptr (CsKey) added = load_key (words[1], error);

  if (added == NULL)
    return FALSE;
  cs_people_add_key_async (people, words[0], added, key, askpass, NULL, ctl_ready_cb, result);
  return TRUE;
}

CtlStatus
ctl_person_add_key (Ctl *ctl, char **arguments)
{
  return ctl_person_decide (ctl, arguments, 2, FALSE, begin_add);
}

static gboolean
begin_retire (CsPeople *people,
              char **words,
              const CtlDecideOptions *options,
              CsKey *key,
              CsAskpass *askpass,
              GAsyncResult **result,
              GError **error)
{
  cs_people_retire_key_async (people, words[0], options->reason, key, askpass, NULL, ctl_ready_cb,
                              result);
  return TRUE;
}

CtlStatus
ctl_person_retire_key (Ctl *ctl, char **arguments)
{
  return ctl_person_decide (ctl, arguments, 1, TRUE, begin_retire);
}

static gboolean
begin_rotate (CsPeople *people,
              char **words,
              const CtlDecideOptions *options,
              CsKey *key,
              CsAskpass *askpass,
              GAsyncResult **result,
              GError **error)
{
  g_autoptr (CsKey) added = load_key (words[1], error);

  if (added == NULL)
    return FALSE;
  cs_people_rotate_key_async (people, words[0], added, options->reason, key, askpass, NULL,
                              ctl_ready_cb, result);
  return TRUE;
}

CtlStatus
ctl_person_rotate_key (Ctl *ctl, char **arguments)
{
  return ctl_person_decide (ctl, arguments, 2, TRUE, begin_rotate);
}

CtlStatus
ctl_person_allowed_signers (Ctl *ctl, char **arguments)
{
  g_autofree char *time = NULL;
  const GOptionEntry entries[] = {
    { "at", 0, 0, G_OPTION_ARG_FILENAME, &time, NULL, "TIME" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree char *text = NULL;
  gint64 at = G_MAXINT64;

  if (!ctl_parse (ctl, arguments, entries, 0, 0, &words, &error) ||
      (time != NULL && !ctl_parse_time (time, &at, &error)) || !ctl_open (ctl, &error))
    return ctl_fail (error);
  text = cs_people_dup_allowed_signers_at (cs_workspace_get_people (ctl->workspace), at);
  fputs (text, stdout);
  return CTL_DONE;
}
