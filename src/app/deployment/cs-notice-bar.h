/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What holds a deployment up, below its header, with the one thing that can be done about it. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Properties: "icon-name", "button-label", "narrow" (words above the button), "suggested" (it is
 * what is to be done next). Signal ::clicked. */
#define CS_TYPE_NOTICE_BAR (cs_notice_bar_get_type ())
G_DECLARE_FINAL_TYPE (CsNoticeBar, cs_notice_bar, CS, NOTICE_BAR, AdwBin)

void cs_notice_bar_set_words (CsNoticeBar *self, const char *words);

G_END_DECLS
