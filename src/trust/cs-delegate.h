/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key in memory that may sign for a person for a while, and the paper that says so. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** CS_DELEGATE_NAMESPACE: the namespace in which a person signs a delegation */
#define CS_DELEGATE_NAMESPACE "delegate@countersign"
#define CS_DELEGATE_TYPE "https://countersign.github.io/delegation/v1"

/* A new Ed25519 key. It never leaves memory, and is gone with the program. */
typedef struct _CsDelegate CsDelegate;

CsDelegate *cs_delegate_new (GError **error);
void cs_delegate_free (CsDelegate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDelegate, cs_delegate_free)

const char *cs_delegate_get_public_line (CsDelegate *self); /* "ssh-ed25519 AAAA…" */
GBytes *cs_delegate_sign (CsDelegate *self,
                          const char *namespace_,
                          GBytes *message,
                          GError **error);

/* What the person signs: canonical JSON; times in UTC microseconds; deployment may be NULL. */
GBytes *cs_delegate_build_payload (CsDelegate *self,
                                   gint64 issued,
                                   gint64 expires,
                                   const char *deployment,
                                   GError **error);

/**
 * CsDelegation:
 * @key: (transfer none): of the delegate, as SSH encodes it
 * @deployment: (nullable): the only deployment that it is for
 */
typedef struct
{
  GBytes *key;
  gint64 issued;
  gint64 expires;
  char *deployment;
} CsDelegation;

CsDelegation *cs_delegation_parse (GBytes *payload, GError **error);
void cs_delegation_free (CsDelegation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsDelegation, cs_delegation_free)

G_END_DECLS
