/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a data directory comes to a team's journal, and leaves it. */

#pragma once

#include "cs-keyring.h"
#include "cs-transfer.h"

G_BEGIN_DECLS

/**
 * CsJoiningKind:
 * @CS_JOINING_JOIN: work with a team's journal; what the directory has of its own must be nothing,
 * or is set aside
 * @CS_JOINING_MOVE: bring what the directory has to a team's database that holds nothing
 * @CS_JOINING_MOVE_HERE: bring what the team's database has into the directory
 * @CS_JOINING_LEAVE: have a journal of its own again, which begins empty
 * @CS_JOINING_PASSWORD: go on with another password
 */
typedef enum
{
  CS_JOINING_JOIN,
  CS_JOINING_MOVE,
  CS_JOINING_MOVE_HERE,
  CS_JOINING_LEAVE,
  CS_JOINING_PASSWORD,
} CsJoiningKind;

/**
 * CsJoining:
 * @directory: the data directory
 * @address: (nullable): of the team's database, to join it or to move there; without a password
 * @password: (nullable): goes into the keyring when it was right
 * @set_aside: a journal of its own is no hindrance: it is kept under another name
 * @only_try: to join or to move there: whether it can be done, and nothing more
 *
 * What is to be done. Unless it is only tried, no program writes to the journal meanwhile.
 */
typedef struct
{
  CsJoiningKind kind;
  char *directory;
  char *address;
  char *password;
  gboolean set_aside;
  gboolean only_try;
} CsJoining;

/**
 * CsJoined:
 * @workspace: the id of the team's workspace
 * @kept: (nullable): where the journal lies that was set aside
 * @n_records: how many were moved
 */
typedef struct
{
  char *workspace;
  char *kept;
  gint64 n_records;
} CsJoined;

CsJoining *cs_joining_new (CsJoiningKind kind,
                           const char *directory,
                           const char *address,
                           const char *password);
void cs_joining_free (CsJoining *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsJoining, cs_joining_free)

void cs_joined_free (CsJoined *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsJoined, cs_joined_free)

void cs_joining_run_async (CsJoining *joining,
                           CsTransferProgress progress,
                           gpointer progress_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
CsJoined *cs_joining_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
