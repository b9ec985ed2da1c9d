/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a runbook came from, and which document it is a version of. */

#define G_LOG_DOMAIN "cs-deployment"

#include "cs-origin.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A git configuration beyond this is not read (bytes). */
#define MAX_CONFIG_SIZE (1024 * 1024)

/** cs_origin_copy: (transfer full): the same again. */
CsOrigin *
cs_origin_copy (const CsOrigin *self)
{
  CsOrigin *copy = g_new0 (CsOrigin, 1);

  copy->name = g_strdup (self->name);
  copy->path = g_strdup (self->path);
  copy->document = g_strdup (self->document);
  return copy;
}

/** cs_origin_free: lets go of it. */
void
cs_origin_free (CsOrigin *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self->document);
  g_free (self);
}

/**
 * cs_origin_normalize_remote:
 * @url: the address of a git remote, in any of git's forms
 *
 * Host and path alone: however a checkout was made, it is the same repository. Names and passwords
 * never get into a record.
 *
 * Returns: (transfer full): the address
 */
char *
cs_origin_normalize_remote (const char *url)
{
  const char *scheme = strstr (url, "://");
  const char *start = scheme != NULL ? scheme + 3 : url;
  const char *at;
  char *text, *colon;

  at = memchr (start, '@', strcspn (start, "/"));
  text = g_strdup (at != NULL ? at + 1 : start);
  /* The short form of SSH: host:path. */
  colon = scheme == NULL && *text != '/' ? strchr (text, ':') : NULL;
  if (colon != NULL && memchr (text, '/', (gsize) (colon - text)) == NULL)
    *colon = '/';
  while (*text != '\0' && g_str_has_suffix (text, "/"))
    text[strlen (text) - 1] = '\0';
  if (g_str_has_suffix (text, ".git"))
    text[strlen (text) - 4] = '\0';
  return text;
}

static char *
read_text (const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autofree char *text = NULL;

  if (file == NULL || g_mapped_file_get_length (file) > MAX_CONFIG_SIZE)
    return NULL;
  text = g_strndup (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
  return g_utf8_make_valid (text, -1);
}

static char *
resolve (const char *directory, const char *path)
{
  return g_canonicalize_filename (path, directory);
}

/* The directory with the configuration of a checkout: .git itself, or, in a worktree, where its
 * file .git leads (gitrepository-layout(5)). */
static char *
find_git_directory (const char *checkout)
{
  g_autofree char *direct = g_build_filename (checkout, ".git", NULL);
  g_autofree char *pointer = NULL;
  g_autofree char *linked = NULL;
  g_autofree char *shared = NULL;

  if (g_file_test (direct, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&direct);
  pointer = read_text (checkout, ".git");
  if (pointer == NULL || !g_str_has_prefix (pointer, "gitdir:"))
    return NULL;
  linked = resolve (checkout, g_strstrip (pointer + strlen ("gitdir:")));
  shared = read_text (linked, "commondir");
  return shared != NULL ? resolve (linked, g_strstrip (shared)) : g_steal_pointer (&linked);
}

/* The address of the remote "origin", else of the first one. */
static char *
find_remote (const char *git_directory)
{
  g_autofree char *config = read_text (git_directory, "config");
  g_auto (GStrv) lines = g_strsplit (config != NULL ? config : "", "\n", -1);
  g_autofree char *found = NULL;
  gboolean in_remote = FALSE;
  gboolean in_origin = FALSE;

  for (char **line = lines; *line != NULL; line++)
    {
      const char *text = g_strstrip (*line);
      const char *equals = strchr (text, '=');

      if (*text == '[')
        {
          in_remote = g_str_has_prefix (text, "[remote ");
          in_origin = g_str_has_prefix (text, "[remote \"origin\"]");
        }
      else if (in_remote && equals != NULL && g_str_has_prefix (text, "url") &&
               strspn (text + 3, " \t=") > 0 && (found == NULL || in_origin))
        {
          g_free (found);
          found = g_strstrip (g_strdup (equals + 1));
        }
    }
  return found != NULL && *found != '\0' ? cs_origin_normalize_remote (found) : NULL;
}

/* A path as text, in which bytes that are no UTF-8 stand as %FC: two files stay two documents. */
static char *
path_to_text (const char *path)
{
  GString *text = g_string_new (NULL);
  const char *end;

  while (!g_utf8_validate (path, -1, &end))
    {
      g_string_append_len (text, path, end - path);
      g_string_append_printf (text, "%%%02X", (guint) (guchar) *end);
      path = end + 1;
    }
  g_string_append (text, path);
  return g_string_free (text, FALSE);
}

/* What names the document in every checkout of its repository; NULL outside of one. */
static char *
find_in_checkout (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);

  while (TRUE)
    {
      g_autofree char *git = g_build_filename (directory, ".git", NULL);
      char *parent;

      if (g_file_test (git, G_FILE_TEST_EXISTS))
        {
          g_autofree char *git_directory = find_git_directory (directory);
          g_autofree char *remote = git_directory != NULL ? find_remote (git_directory) : NULL;
          const char *inside = path + strlen (directory);

          g_autofree char *name = path_to_text (inside + strspn (inside, "/"));

          return remote != NULL ? g_strconcat (remote, ":", name, NULL) : NULL;
        }
      parent = g_path_get_dirname (directory);
      if (strcmp (parent, directory) == 0)
        {
          g_free (parent);
          return NULL;
        }
      g_free (directory);
      directory = parent;
    }
}

/**
 * cs_origin_find:
 * @file: a runbook's file
 *
 * Finds out which document a file is: the same path in the same git repository, wherever that is
 * checked out, else the same path on this computer. Reads the disk: call it in a worker thread.
 *
 * Returns: (transfer full): its origin
 */
CsOrigin *
cs_origin_find (GFile *file)
{
  CsOrigin *self = g_new0 (CsOrigin, 1);
  g_autofree char *base = NULL;
  g_autofree char *given = NULL;
  char resolved[PATH_MAX];

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  base = g_file_get_basename (file);
  given = g_file_get_path (file);
  self->name = g_filename_display_name (base != NULL ? base : "");
  if (given == NULL)
    {
      self->document = g_file_get_uri (file);
      return self;
    }
  /* Two ways to one file by symbolic links are one document. */
  self->path = realpath (given, resolved) != NULL ? g_strdup (resolved) : g_steal_pointer (&given);
  self->document = find_in_checkout (self->path);
  if (self->document == NULL)
    self->document = path_to_text (self->path);
  return self;
}
