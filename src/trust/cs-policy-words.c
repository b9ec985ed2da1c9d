/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy asks for, in the words that all faces show. */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-policy-words.h"

#include <glib/gi18n-lib.h>

/* By their keys, see cs_role_dup_key(). */
static const struct
{
  const char *key;
  const char *words;
} roles[] = {
  { "developer", N_("Developer") },
  { "tech lead", N_("Tech lead") },
  { "operations", N_("Operations") },
  { "qa", N_("Quality assurance") },
  { "security", N_("Security") },
  { "product owner", N_("Product owner") },
  { "incident commander", N_("Incident commander") },
  { "manager", N_("Manager") },
};

/**
 * cs_policy_words_list_roles:
 *
 * Returns: (transfer full): the well-known roles, in the reader's language
 */
char **
cs_policy_words_list_roles (void)
{
  char **list = g_new0 (char *, G_N_ELEMENTS (roles) + 1);

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    list[i] = g_strdup (_(roles[i].words));
  return list;
}

/**
 * cs_policy_words_get_role:
 * @role: as it was granted, or as a policy or runbook names it
 *
 * Returns: (transfer none): @role itself; where that is no more than the key of a well-known role,
 *   its name in the reader's language
 */
const char *
cs_policy_words_get_role (const char *role)
{
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (g_strcmp0 (roles[i].key, role) == 0)
      return _(roles[i].words);
  return role;
}

/**
 * cs_policy_words_join:
 * @words: (array zero-terminated=1): things of one kind
 *
 * Returns: (transfer full): the list as it stands in a sentence
 */
char *
cs_policy_words_join (char **words)
{
  guint n = g_strv_length (words);
  g_autofree char *before = NULL;

  if (n <= 1)
    return g_strdup (n == 1 ? words[0] : "");
  before = g_strdup (words[0]);
  for (guint i = 1; i < n - 1; i++)
    {
      /* Translators: two things of a longer list */
      char *longer = g_strdup_printf (_("%s, %s"), before, words[i]);

      g_free (before);
      before = longer;
    }
  /* Translators: what stands before the last thing of a list, and that */
  return g_strdup_printf (_("%s and %s"), before, words[n - 1]);
}

static char *
describe_needs (const CsPolicy *policy)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) needs = NULL;
  g_autofree char *list = NULL;

  for (guint i = 0; i < policy->needs->len; i++)
    {
      const CsPolicyNeed *need = g_ptr_array_index (policy->needs, i);
      g_autofree char *words =
        g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u signature as %s", "%u signatures as %s",
                                      need->count),
                         need->count, cs_policy_words_get_role (need->role));

      g_strv_builder_add (builder, words);
    }
  needs = g_strv_builder_end (builder);
  list = cs_policy_words_join (needs);
  /* Translators: %s is e.g. "2 signatures as Tech lead and 1 signature as Operations" */
  return g_strdup_printf (_("At least %s, also where the runbook asks for fewer."), list);
}

/**
 * cs_policy_words_describe:
 * @policy: (nullable): %NULL: nobody holds a role
 *
 * Returns: (transfer full): one sentence for each thing that holds
 */
char **
cs_policy_words_describe (const CsPolicy *policy)
{
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();
  g_autofree char *overruling = NULL;

  if (policy == NULL)
    {
      g_strv_builder_add (sentences, _("Nobody holds a role yet: whoever has a key may sign every "
                                       "line, also who runs the deployment."));
      return g_strv_builder_end (sentences);
    }
  g_strv_builder_add (sentences, _("Each line of the runbook is signed by someone who holds its "
                                   "role, and one person signs one line."));
  if (policy->needs->len > 0)
    {
      g_autofree char *needs = describe_needs (policy);

      g_strv_builder_add (sentences, needs);
    }
  g_strv_builder_add (sentences,
                      policy->operator_may_approve
                        ? _("Who runs a deployment may approve it; the record says so.")
                        : _("Who runs a deployment can’t approve it (four eyes)."));
  if (policy->stage == CS_POLICY_STAGE_PRODUCTION)
    g_strv_builder_add (sentences, _("This is production: deployment windows hold, and so does "
                                     "what runbooks say for production."));
  else if (policy->stage == CS_POLICY_STAGE_OTHER)
    g_strv_builder_add (sentences, _("This is not production: deployment windows don’t hold."));
  overruling = g_strdup_printf (_("To overrule takes the role %s, a reason and a signature."),
                                cs_policy_words_get_role (policy->overrider));
  g_strv_builder_add (sentences, overruling);
  return g_strv_builder_end (sentences);
}

/** cs_policy_words_dup_text: (transfer full): these sentences, one behind the other. */
char *
cs_policy_words_dup_text (const CsPolicy *policy)
{
  g_auto (GStrv) sentences = cs_policy_words_describe (policy);

  return g_strjoinv (" ", sentences);
}
