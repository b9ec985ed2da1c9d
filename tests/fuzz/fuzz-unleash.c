/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever an Unleash server answers gives a flag, or an error; and for a flag, requests. */

#include "cs-unleash-flag.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *const ids[] = { "15", "42", "7", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (CsUnleashFlag) flag =
    cs_unleash_flag_parse (text, (gssize) size, "phonetic", "production", "companyId", &error);
  g_autoptr (CsFlagState) nobody = cs_flag_state_new_nobody ();
  g_autoptr (CsFlagState) some = cs_flag_state_new (FALSE, ids);
  g_autoptr (CsFlagState) everyone = cs_flag_state_new (TRUE, ids);
  CsFlagState *const states[] = { nobody, some, everyone };

  if (flag == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }
  g_assert_nonnull (cs_unleash_flag_get_version (flag));
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GPtrArray) writes = cs_unleash_flag_list_writes (flag, states[i], &error);

      g_assert_true ((writes == NULL) == (error != NULL));
      /* What is there already takes no request. */
      if (writes != NULL && writes->len == 0)
        g_assert_true (cs_flag_state_equal (states[i], cs_unleash_flag_get_state (flag)));
      g_clear_error (&error);
    }
  return 0;
}
