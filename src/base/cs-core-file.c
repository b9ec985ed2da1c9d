/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps what is in this program's memory out of core files. */

#include "cs-core-file.h"

#include <sys/prctl.h>
#include <sys/resource.h>

static struct rlimit before;
static gboolean forbidden;
static GMutex lending;
static int dumpable; /* under lending */

/**
 * cs_core_file_forbid:
 *
 * Has no core file written when this program crashes: it has held passphrases and secrets. Once,
 * when it starts. Not by prctl(PR_SET_DUMPABLE), which would hide /proc/PID from the desktop's
 * portals.
 */
void
cs_core_file_forbid (void)
{
  struct rlimit none;

  if (forbidden || getrlimit (RLIMIT_CORE, &before) != 0)
    return;
  none = before;
  none.rlim_cur = 0;
  forbidden = setrlimit (RLIMIT_CORE, &none) == 0;
}

/**
 * cs_core_file_allow:
 *
 * Gives a child back what this program was started with: the commands of a deployment run as they
 * would without it. May be called between fork and exec.
 */
void
cs_core_file_allow (void)
{
  if (forbidden)
    setrlimit (RLIMIT_CORE, &before);
}

/**
 * cs_core_file_lend:
 *
 * Until cs_core_file_take_back(), children that are made without a fork start with the limit that
 * this program was started with; it can be given to none of them later, because a child may look at
 * once. One thread at a time. This program itself can't be dumped meanwhile: the little while for
 * which that also hides /proc/PID is over when the child has started.
 */
void
cs_core_file_lend (void)
{
  if (!forbidden)
    return;
  g_mutex_lock (&lending);
  dumpable = prctl (PR_GET_DUMPABLE, 0, 0, 0, 0);
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    setrlimit (RLIMIT_CORE, &before);
}

/**
 * cs_core_file_take_back:
 *
 * Ends what cs_core_file_lend() began, in the same thread.
 */
void
cs_core_file_take_back (void)
{
  struct rlimit none = before;

  if (!forbidden)
    return;
  none.rlim_cur = 0;
  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_DUMPABLE, dumpable, 0, 0, 0);
  g_mutex_unlock (&lending);
}
