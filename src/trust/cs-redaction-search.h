/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rules of redaction have in common: a text, a place in it, and what they mask. */

#pragma once

#include "cs-redaction-rules.h"

G_BEGIN_DECLS

/** CsRedactionSearch: @text has @length bytes and a NUL behind them */
typedef struct
{
  const char *text;
  gsize length;
  GArray *masks;
  const guint8 *salt; /* 16 bytes */
  gsize *key;         /* bytes of a private key whose end has not come yet; 0: none */
} CsRedactionSearch;

/* A rule looks around the bytes from @from to @to, where its trigger stands, within their line. */
typedef void (*CsRedactionRule) (CsRedactionSearch *search, gsize from, gsize to);

static inline char
cs_redaction_at (const CsRedactionSearch *search, gsize i)
{
  return i < search->length ? search->text[i] : '\n';
}

static inline gboolean
cs_redaction_is_name (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '-';
}

void cs_redaction_mask (CsRedactionSearch *search, gsize from, gsize to, char *replacement);
void cs_redaction_mask_key (CsRedactionSearch *search, gsize from);

void cs_redaction_rule_assignment (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_authorization (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_bearer (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_mysql (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_sshpass (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_redis (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_curl (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_url (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_api_key (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_jwt (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_private_key (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_email (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_digits (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_plus (CsRedactionSearch *search, gsize from, gsize to);
void cs_redaction_rule_phone (CsRedactionSearch *search, gsize from, gsize to);

G_END_DECLS
