/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected of commands, in words and as JSON. */

#pragma once

#include "ctl.h"

#include <stdio.h>

/* One line each, numbered from 1, behind this indentation; nothing where nothing is expected. */
void ctl_judgements_print (CsBlockState *block, const char *indent, FILE *file);
JsonArray *ctl_judgements_to_json (CsBlockState *block);

/* "2.3.1.2": a command by its own id; its step comes with it. NULL if there is none. */
CsBlockState *ctl_find_block (CsDeployment *deployment, const char *id, CsStepState **step);
