/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What in a text is not for everyone, by how it looks. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** CS_REDACTED: what stands in place of what was taken out */
#define CS_REDACTED "[redacted]"

/**
 * CsMask:
 *
 * A place in a text, in bytes, and what to write there; %NULL for %CS_REDACTED.
 */
typedef struct
{
  gsize from;
  gsize to;
  char *replacement;
} CsMask;

typedef struct _CsRedactionRules CsRedactionRules;

CsRedactionRules *cs_redaction_rules_new (void);
void cs_redaction_rules_free (CsRedactionRules *self);
void cs_redaction_rules_set_salt (CsRedactionRules *self, const char *name);
void cs_redaction_rules_find (CsRedactionRules *self,
                              const char *text,
                              gsize length,
                              GArray *masks);
void cs_redaction_rules_peek (CsRedactionRules *self,
                              const char *text,
                              gsize length,
                              GArray *masks);
gboolean cs_redaction_rules_is_open (const char *line, gsize length);

void cs_mask_clear (CsMask *mask);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRedactionRules, cs_redaction_rules_free)

G_END_DECLS
