/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets that a command refers to by name, and the values of those that stand in it. */

/* A reference is a variable of the shell: `$COUNTERSIGN_SECRET_DB_PASSWORD`. So a command with
 * references is an ordinary command: what is signed is what is sent, whatever the value is, and it
 * can be tried by hand where the variable is set. */

#include "cs-secret-references.h"

#include <string.h>

static gboolean
is_name_character (char c)
{
  return g_ascii_isupper (c) || g_ascii_isdigit (c) || c == '_';
}

/**
 * cs_secret_name_is_valid:
 *
 * Returns: whether a secret can have this name: A to Z, digits and underscores, a letter first
 */
gboolean
cs_secret_name_is_valid (const char *name)
{
  if (!g_ascii_isupper (*name))
    return FALSE;
  while (is_name_character (*name))
    name++;
  return *name == '\0';
}

/**
 * cs_secret_references_list:
 * @text: a command
 *
 * Returns: (transfer full) (element-type utf8): the names of the secrets that it refers to, each
 *   once, in their order
 */
GPtrArray *
cs_secret_references_list (const char *text)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (const char *p = text; (p = strstr (p, CS_SECRET_PREFIX)) != NULL;)
    {
      gboolean whole = p == text || !(g_ascii_isalnum (p[-1]) || p[-1] == '_');
      const char *end = p += strlen (CS_SECRET_PREFIX);
      g_autofree char *name = NULL;

      while (is_name_character (*end))
        end++;
      name = g_strndup (p, (gsize) (end - p));
      if (whole && cs_secret_name_is_valid (name) &&
          !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
      p = end;
    }
  return names;
}

/* Where the value begins in the text of a mark: behind the option, the name or the user. */
static const char *
find_value (const CsMark *mark)
{
  static const char *const separators[] = { ": Basic ", ": basic ", ": token ", ": ", "=", ":",
                                            " " };
  const char *text = mark->text;

  if (g_str_has_prefix (text, "-p"))
    return text + 2;
  if (g_str_has_prefix (mark->name, "credentials_"))
    return strchr (text, ':') != NULL ? strchr (text, ':') + 1 : text;
  if (g_str_equal (mark->name, "secret_in_variable"))
    return strchr (text, '=') != NULL ? strchr (text, '=') + 1 : text;
  if (!g_str_equal (mark->name, "password_on_command_line") &&
      !g_str_equal (mark->name, "bearer_token") &&
      !g_str_equal (mark->name, "basic_credentials") && !g_str_equal (mark->name, "token") &&
      !g_str_equal (mark->name, "api_key_header"))
    return text;
  for (guint i = 0; i < G_N_ELEMENTS (separators); i++)
    {
      const char *at = strstr (text, separators[i]);

      if (at != NULL)
        return at + strlen (separators[i]);
    }
  return text;
}

/**
 * cs_secret_mark_dup_value:
 * @mark: of the kind %CS_MARK_SECRET
 *
 * Returns: (transfer full) (nullable): the secret itself, without its option, name, user or quotes;
 *   %NULL if it is not on this line as a whole, as a private key
 */
char *
cs_secret_mark_dup_value (const CsMark *mark)
{
  const char *value;
  gsize length;

  g_return_val_if_fail (mark->kind == CS_MARK_SECRET, NULL);

  if (g_str_equal (mark->name, "private_key"))
    return NULL;
  value = find_value (mark);
  value += strspn (value, "'\"");
  length = strcspn (value, "'\"");
  return length > 0 ? g_strndup (value, length) : NULL;
}
