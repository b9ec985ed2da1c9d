/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a flag is for one company, in words. */

#pragma once

#include "cs-company-flag.h"
#include "cs-people.h"

G_BEGIN_DECLS

char *cs_company_words_state (const CsCompanyFlag *found);  /* on or off, since when, why */
/* Who switched it, signed it and overrode; NULL: nobody ever did. */
char *cs_company_words_people (const CsCompanyFlag *found, CsPeople *people);
char *cs_company_words_pin (const CsCompanyFlag *found);    /* NULL: it is not pinned */
/* When it was, by whom and why. */
char *cs_company_words_change (const CsFlagChange *change, CsPeople *people);

G_END_DECLS
