/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all decisions about people share: the words, the key, and the waiting. */

#pragma once

#include "cs-people.h"
#include "ctl.h"

typedef struct
{
  char *path;
  char *reason;
} CtlDecideOptions;

/* Begins the decision; FALSE: it can't be begun. */
typedef gboolean (*CtlDecideFunc) (CsPeople *people,
                                   char **words,
                                   const CtlDecideOptions *options,
                                   CsKey *key,
                                   CsAskpass *askpass,
                                   GAsyncResult **result,
                                   GError **error);

CtlStatus ctl_person_decide (Ctl *ctl,
                             char **arguments,
                             guint n_words,
                             gboolean needs_reason,
                             CtlDecideFunc begin);
