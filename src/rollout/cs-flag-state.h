/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For whom a feature is on: everyone, or the companies of a list. */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Immutable, with counted references. The list is in the order of joining. */
typedef struct _CsFlagState CsFlagState;

CsFlagState *cs_flag_state_new (gboolean everyone, const char *const *ids);
CsFlagState *cs_flag_state_new_nobody (void);
/* What is there is neither: words say what (“a rule that …”). It equals nothing but itself. */
CsFlagState *cs_flag_state_new_unclear (const char *words);
gboolean cs_flag_state_is_unclear (CsFlagState *self);
CsFlagState *cs_flag_state_ref (CsFlagState *self);
void cs_flag_state_unref (CsFlagState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFlagState, cs_flag_state_unref)

gboolean cs_flag_state_is_everyone (CsFlagState *self);
const char *const *cs_flag_state_get_ids (CsFlagState *self);
guint cs_flag_state_get_n (CsFlagState *self);
gboolean cs_flag_state_contains (CsFlagState *self, const char *id);

/* Whether it is on for the same companies, in whatever order they came. */
gboolean cs_flag_state_equal (CsFlagState *self, CsFlagState *other);
/* The ids that other has and self has not: in the order of other (transfer full). */
char **cs_flag_state_list_added (CsFlagState *self, CsFlagState *other);
/* The ids in their natural order, joined (transfer full). */
char *cs_flag_state_dup_list (CsFlagState *self, const char *separator);
char **cs_flag_state_dup_sorted (CsFlagState *self);
/* "everyone", "nobody", "3 companies: 15, 42, 103" (transfer full). */
char *cs_flag_state_dup_words (CsFlagState *self);

/* The blob that stands for it, and its digest. */
GBytes *cs_flag_state_to_bytes (CsFlagState *self);
CsFlagState *cs_flag_state_new_from_bytes (GBytes *bytes, GError **error);
const char *cs_flag_state_get_digest (CsFlagState *self);
/* Whether it is on for one company in the state that bytes are, without building it. CORRUPT. */
gboolean
cs_flag_state_look_up (GBytes *bytes, const char *id, gboolean *on, GError **error);

G_END_DECLS
