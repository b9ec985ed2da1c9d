/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words by which forms ask for signatures: the one table to extend. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CS_FORM_UNKNOWN,
  CS_FORM_SIGNATURE, /* "Signature", "Signed": a signature, of whom is said elsewhere */
  CS_FORM_APPROVAL,  /* "Approved by", "Executed by": someone signs for something */
  CS_FORM_ROLE,      /* "Tech Lead": someone signs if there is a blank to sign in */
  CS_FORM_NAME,      /* "Name": a signature's part, or the whole of it */
  CS_FORM_FIELD,     /* "Date", "Time", "Version": filled in, not signed */
} CsFormWord;

CsFormWord cs_form_word_of (const char *label);
gboolean cs_form_is_pending (const char *words);
gboolean cs_form_names_person (const char *label);
gboolean cs_form_asks_consent (const char *label);
gboolean cs_form_asks_review (const char *label);
gboolean cs_form_asks_acknowledgement (const char *heading);
gboolean cs_form_asks_date (const char *label, gboolean *of_signature);
gboolean cs_form_names_approver (const char *label);
gboolean cs_form_names_group (const char *label);
gboolean cs_form_names_role (const char *label);

G_END_DECLS
