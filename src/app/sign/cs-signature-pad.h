/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where someone signs by hand: with a pen, a finger, a pointer, the keyboard, or from a file. */

#pragma once

#include "cs-handwriting.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CS_TYPE_SIGNATURE_PAD (cs_signature_pad_get_type ())
G_DECLARE_FINAL_TYPE (CsSignaturePad, cs_signature_pad, CS, SIGNATURE_PAD, AdwBin)

GBytes *cs_signature_pad_dup_bytes (CsSignaturePad *self);

G_END_DECLS
