/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks: the token that lets a caller in, and the person who signed the request. */

#pragma once

#include "cs-agent-config.h"
#include "cs-nonces.h"
#include "cs-problem.h"

G_BEGIN_DECLS

#define CS_CALLER_NAMESPACE "request@countersign"
/** CS_CALLER_WINDOW: microseconds that the time of a request may differ from ours */
#define CS_CALLER_WINDOW (300 * G_USEC_PER_SEC)

/** CsCallerHeaders: as they came; %NULL for what is missing */
typedef struct
{
  char *authorization;
  char *agent;
  char *time;
  char *nonce;
  char *signature;
  char *delegation;
} CsCallerHeaders;

void cs_caller_headers_clear (CsCallerHeaders *self);

const CsToken *cs_caller_check_token (CsAgentConfig *config,
                                      const char *authorization,
                                      gint64 now,
                                      CsProblem **problem);

/**
 * CsCallerQuestion:
 * @target: path and query, as in the request line
 * @now: UTC microseconds
 */
typedef struct
{
  CsAgentConfig *config;
  CsNonces *nonces;
  const CsCallerHeaders *headers;
  const char *method;
  const char *target;
  GBytes *body;
  gint64 now;
} CsCallerQuestion;

/**
 * CsCaller:
 * @person: who signed, or had it signed
 * @deployment: (nullable): the only one that they may act for in this way
 */
typedef struct
{
  char *person;
  char *deployment;
} CsCaller;

CsCaller *cs_caller_check_signature (const CsCallerQuestion *question, CsProblem **problem);
void cs_caller_free (CsCaller *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsCaller, cs_caller_free)

GBytes *cs_caller_build_message (const char *method,
                                 const char *target,
                                 const char *agent,
                                 const char *time,
                                 const char *nonce,
                                 GBytes *body);

G_END_DECLS
