/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one error domain; callers branch on its codes, the faces put them into words. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CS_ERROR (cs_error_quark ())

/**
 * CsError:
 * @CS_ERROR_FAILED: something broke that none of the others names
 * @CS_ERROR_NOT_FOUND: what was asked for does not exist
 * @CS_ERROR_EXISTS: what was to be made exists already
 * @CS_ERROR_CONFLICT: someone else was first; read again, then decide
 * @CS_ERROR_REFUSED: a gate or a policy forbids it; the message names which
 * @CS_ERROR_WAITING: a person has to act first; the message names who and what
 * @CS_ERROR_AUTH: a key, passphrase, signature or host key was not accepted
 * @CS_ERROR_PROTOCOL: the other side said something that it must not say
 * @CS_ERROR_UNREACHABLE: the target or server could not be reached
 * @CS_ERROR_INVALID: the input is wrong; the message says what and where
 * @CS_ERROR_CORRUPT: stored data does not have its digest
 * @CS_ERROR_TOO_NEW: stored data was written by a newer version
 * @CS_ERROR_BUSY: another program holds what is needed; try again
 * @CS_ERROR_STORAGE: the disk is full, read-only or failing
 */
typedef enum
{
  CS_ERROR_FAILED,
  CS_ERROR_NOT_FOUND,
  CS_ERROR_EXISTS,
  CS_ERROR_CONFLICT,
  CS_ERROR_REFUSED,
  CS_ERROR_WAITING,
  CS_ERROR_AUTH,
  CS_ERROR_PROTOCOL,
  CS_ERROR_UNREACHABLE,
  CS_ERROR_INVALID,
  CS_ERROR_CORRUPT,
  CS_ERROR_TOO_NEW,
  CS_ERROR_BUSY,
  CS_ERROR_STORAGE,
} CsError;

GQuark cs_error_quark (void);

G_END_DECLS
