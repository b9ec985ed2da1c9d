/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A company that has a feature in every stage, or in none. */

#pragma once

#include "cs-rollout-entry.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** CsCompanyPin: what a flag is pinned to for a company */
typedef enum
{
  CS_COMPANY_PIN_OUT = -1,
  CS_COMPANY_PIN_NONE = 0,
  CS_COMPANY_PIN_IN = 1,
} CsCompanyPin;

CsCompanyPin cs_company_pins_get (CsFlag *flag, const char *company);
/* Records it; origin tells if that can't be done. */
void cs_company_pins_set (GtkWidget *origin,
                          CsRolloutEntry *entry,
                          const char *company,
                          CsCompanyPin pin);

G_END_DECLS
