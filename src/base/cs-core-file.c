/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps what is in this program's memory out of core files. */

#include "cs-core-file.h"

#include <sys/resource.h>

static struct rlimit before;
static gboolean forbidden;

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
 * cs_core_file_allow_child:
 * @pid: a child
 *
 * The same from outside, for a child that was made without a fork.
 */
void
cs_core_file_allow_child (GPid pid)
{
  if (forbidden)
    prlimit (pid, RLIMIT_CORE, &before, NULL);
}
