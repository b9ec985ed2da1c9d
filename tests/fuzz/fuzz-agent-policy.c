/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text gives a policy that means something, or an error; so do tokens and allowed_signers. */

#include "cs-agent-policy.h"
#include "cs-allowed-signers.h"
#include "cs-tokens.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
read_tokens (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tokens = cs_tokens_parse (text, &error);
  g_autoptr (GPtrArray) again = NULL;
  g_autofree char *written = NULL;

  if (tokens == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  written = cs_tokens_write (tokens);
  again = cs_tokens_parse (written, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, tokens->len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsAgentPolicy) policy = cs_agent_policy_parse (text, &error);
  g_autoptr (CsAllowedSigners) signers = NULL;

  g_assert_true ((policy == NULL) == (error != NULL));
  if (policy != NULL)
    {
      cs_agent_policy_has_role (policy, "anna", "Tech Lead");
      g_assert_true (!policy->require_approvals || policy->roles->len > 0);
      g_assert_false (policy->require_approvals &&
                      cs_agent_policy_allows_variable (policy, "PATH"));
    }
  g_clear_error (&error);
  signers = cs_allowed_signers_parse (text, &error);
  g_assert_true ((signers == NULL) == (error != NULL));
  read_tokens (text);
  return 0;
}
