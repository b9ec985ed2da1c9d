/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stages of a rollout, one after the other: what is behind it, where it is, what is ahead. */

#pragma once

#include "cs-rollout.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_STAGE_STEPPER (cs_stage_stepper_get_type ())
G_DECLARE_FINAL_TYPE (CsStageStepper, cs_stage_stepper, CS, STAGE_STEPPER, AdwBin)

void cs_stage_stepper_show (CsStageStepper *self, CsFlag *flag, CsCompanyList *companies);

G_END_DECLS
