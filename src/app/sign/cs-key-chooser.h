/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses the key to sign with: those that a person has, or a new one. */

#pragma once

#include "cs-people.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Property "key": the chosen CsKey, or NULL. */
#define CS_TYPE_KEY_CHOOSER (cs_key_chooser_get_type ())
G_DECLARE_FINAL_TYPE (CsKeyChooser, cs_key_chooser, CS, KEY_CHOOSER, AdwComboRow)

char *cs_key_chooser_describe (CsKey *key);
const char *cs_key_chooser_describe_origin (CsKey *key);
void cs_key_chooser_set_people (CsKeyChooser *self, CsPeople *people, const char *actor);
void cs_key_chooser_load (CsKeyChooser *self, const char *keys_directory);
void cs_key_chooser_add (CsKeyChooser *self, CsKey *key);
CsKey *cs_key_chooser_get_key (CsKeyChooser *self);

G_END_DECLS
