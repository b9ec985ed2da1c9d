# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that a test starts end with it, however it ends."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl


def die_with_parent():
    """For preexec_fn: the kernel kills the child when the test is gone."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
