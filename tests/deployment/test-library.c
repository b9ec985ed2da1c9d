/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The library: documents, their versions, and what people overrule in them. */

#include "cs-deployment-fixture.h"

#include "cs-error.h"
#include "cs-file-watch.h"
#include "cs-library-watch.h"
#include "cs-folder-scan.h"
#include "cs-json.h"
#include "cs-origin.h"

#include <glib/gstdio.h>
#include <string.h>

#define TEXT(word) "# Deploy\n\n## Deployment\n\n```bash\necho " word "\n```\n\n- [ ] seen\n"

static void
result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (result);
}

static char *
write_file (Fixture *self, const char *name, const char *contents)
{
  char *path = g_build_filename (self->directory, name, NULL);
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_file_set_contents (path, contents, -1, &error);
  g_assert_no_error (error);
  return path;
}

/* Writes a file and adds it; gives the digest. */
static char *
add (Fixture *self, const char *actor, const char *name, const char *contents)
{
  CsLibrary *library = cs_workspace_get_library (self->workspace);
  g_autofree char *path = write_file (self, name, contents);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) bytes = g_bytes_new (contents, strlen (contents));
  g_autoptr (CsRunbook) runbook = NULL;
  g_autoptr (CsLibraryEntry) entry = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  runbook = cs_runbook_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  cs_library_add_file_async (library, actor, runbook, file, NULL, result_cb, &result);
  done = wait_for (&result);
  entry = cs_library_add_finish (library, done, &error);
  g_assert_no_error (error);
  return g_strdup (cs_library_entry_get_digest (entry));
}

static gboolean
overrule (Fixture *self,
          const char *digest,
          const char *what,
          guint line,
          const char *value,
          const char *reason,
          GError **error)
{
  CsLibrary *library = cs_workspace_get_library (self->workspace);
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  cs_library_overrule_async (library, "ann", digest, what, line, value, reason, NULL, result_cb,
                             &result);
  done = wait_for (&result);
  return cs_library_overrule_finish (library, done, error);
}

static void
check_versions (Fixture *self, const char *first, const char *second)
{
  CsLibrary *library = cs_workspace_get_library (self->workspace);
  GListModel *documents = cs_library_get_documents (library);
  g_autoptr (CsLibraryDocument) document = g_list_model_get_item (documents, 0);
  GListModel *versions = cs_library_document_get_versions (document);
  g_autoptr (CsLibraryEntry) newest = g_list_model_get_item (versions, 0);
  g_autoptr (CsLibraryEntry) oldest = g_list_model_get_item (versions, 1);

  g_assert_cmpuint (g_list_model_get_n_items (documents), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (versions), ==, 2);
  g_assert_cmpstr (cs_library_entry_get_digest (newest), ==, second);
  g_assert_cmpstr (cs_library_entry_get_digest (oldest), ==, first);
  g_assert_cmpstr (cs_library_entry_get_added_by (newest), ==, "ben");
  g_assert_cmpstr (cs_library_entry_get_added_by (oldest), ==, "ann");
  g_assert_true (cs_library_document_get_newest (document) == newest);
  g_assert_true (cs_library_find_document (library, cs_library_entry_get_path (newest)) ==
                 document);
  g_assert_cmpint (cs_library_entry_get_added_at (newest), >=,
                   cs_library_entry_get_added_at (oldest));
}

static void
test_versions (Fixture *self, gconstpointer data)
{
  g_autofree char *first = add (self, "ann", "a/deploy.md", TEXT ("one"));
  g_autofree char *other = add (self, "ann", "b/deploy.md", TEXT ("other"));
  g_autofree char *second = add (self, "ben", "a/deploy.md", TEXT ("two"));
  g_autofree char *again = add (self, "cat", "a/deploy.md", TEXT ("two"));

  g_assert_cmpstr (again, ==, second);
  check_versions (self, first, second);
  fixture_restart (self);
  check_versions (self, first, second);
}

/* A link to a file, and the file, are one document. */
static void
test_links (Fixture *self, gconstpointer data)
{
  g_autofree char *path = write_file (self, "a/deploy.md", TEXT ("one"));
  g_autofree char *link = g_build_filename (self->directory, "link.md", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) other = g_file_new_for_path (link);
  g_autoptr (CsOrigin) origin = NULL;
  g_autoptr (CsOrigin) linked = NULL;

  g_assert_true (g_file_make_symbolic_link (other, path, NULL, NULL));
  origin = cs_origin_find (file);
  linked = cs_origin_find (other);
  g_assert_cmpstr (origin->document, ==, linked->document);
  g_assert_cmpstr (origin->name, ==, "deploy.md");
  g_assert_cmpstr (linked->name, ==, "link.md");
}

/* Checkouts of one repository hold the same documents, also by worktree. */
static void
test_checkouts (Fixture *self, gconstpointer data)
{
  const char *places[] = { "one/docs/x.md", "two/docs/x.md", "tree/docs/x.md" };
  const char *names[] = { "one/.git/config", "two/.git/config", "tree/.git",
                          "one/.git/worktrees/tree/commondir" };
  const char *contents[] = {
    "[core]\n\tbare = false\n[remote \"mirror\"]\n\turl = /elsewhere\n[remote \"origin\"]\n"
    "\turl = https://ann:secret@git.example.com/acme/ops.git\n",
    "[remote \"origin\"]\n\turl=git@git.example.com:acme/ops\n",
    "gitdir: ../one/.git/worktrees/tree\n", "../..\n"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (write_file (self, names[i], contents[i]));
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = write_file (self, places[i], TEXT ("one"));
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (CsOrigin) origin = cs_origin_find (file);

      g_assert_cmpstr (origin->document, ==, "git.example.com/acme/ops:docs/x.md");
      g_assert_true (g_str_has_suffix (origin->path, places[i]));
    }
}

static void
test_remotes (void)
{
  static const char *const pairs[][2] = {
    { "https://github.com/acme/ops.git", "github.com/acme/ops" },
    { "https://ann:token@github.com/acme/ops/", "github.com/acme/ops" },
    { "ssh://git@github.com:22/acme/ops.git", "github.com:22/acme/ops" },
    { "git@github.com:acme/ops.git", "github.com/acme/ops" },
    { "/srv/git/ops.git", "/srv/git/ops" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *normal = cs_origin_normalize_remote (pairs[i][0]);

      g_assert_cmpstr (normal, ==, pairs[i][1]);
    }
}

static void
test_overrule (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *what;
    guint line;
    const char *value;
  } NOTHING[] = {
    { "block", 6, "sample" }, { "check", 5, "none" }, { "signoff", 9, "none" },
    { "phase", 5, "verify" }, { "block", 4000000, "file" },
  };
  CsLibrary *library;
  g_autofree char *digest = add (self, "ann", "a/deploy.md", TEXT ("one"));
  g_autoptr (GError) error = NULL;

  g_assert_false (overrule (self, digest, "block", 5, "sample", "", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (overrule (self, digest, "block", 5, "poem", "art", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (overrule (self, digest, "block", 5, NULL, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  for (guint i = 0; i < G_N_ELEMENTS (NOTHING); i++)
    {
      g_assert_false (
        overrule (self, digest, NOTHING[i].what, NOTHING[i].line, NOTHING[i].value, "x", &error));
      g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }

  overrule (self, digest, "block", 5, "sample", "Only shown", &error);
  g_assert_no_error (error);
  overrule (self, digest, "check", 9, "none", "No check", &error);
  g_assert_no_error (error);
  overrule (self, digest, "check", 9, NULL, NULL, &error);
  g_assert_no_error (error);
  fixture_restart (self);
  library = cs_workspace_get_library (self->workspace);
  g_assert_cmpuint (
    cs_overrules_get_length (cs_library_entry_get_overrules (cs_library_find (library, digest))),
    ==, 1);
  g_assert_cmpstr (cs_overrules_find (
                     cs_library_entry_get_overrules (cs_library_find (library, digest)), "block",
                     5)
                     ->by,
                   ==, "ann");
}

static CsBlockKind
get_kind (CsDeployment *deployment)
{
  CsStep *step = cs_runbook_find_step (cs_deployment_get_runbook (deployment), "1.1");
  g_autoptr (CsBlock) block = NULL;

  g_assert_nonnull (step);
  block = g_list_model_get_item (cs_step_get_blocks (step), 0);
  return cs_block_get_kind (block);
}

/* A deployment is what was overruled when it was opened, not what is overruled later. */
static void
test_pinned (Fixture *self, gconstpointer data)
{
  g_autofree char *digest = add (self, "ann", "a/deploy.md", TEXT ("one"));
  g_autofree char *before = g_strdup (cs_deployment_get_id (fixture_start (self, TEXT ("one"))));
  g_autofree char *during = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  overrule (self, digest, "block", 5, "sample", "Only shown", &error);
  g_assert_no_error (error);
  during = g_strdup (cs_deployment_get_id (fixture_start (self, TEXT ("one"))));
  overrule (self, digest, "block", 5, NULL, NULL, &error);
  g_assert_no_error (error);
  after = g_strdup (cs_deployment_get_id (fixture_start (self, TEXT ("one"))));

  for (guint i = 0; i < 2; i++)
    {
      CsWorkspace *workspace = self->workspace;

      g_assert_cmpint (get_kind (cs_workspace_find_deployment (workspace, before, NULL)), ==,
                       CS_BLOCK_COMMAND);
      g_assert_cmpint (get_kind (cs_workspace_find_deployment (workspace, during, NULL)), ==,
                       CS_BLOCK_SAMPLE);
      g_assert_cmpint (get_kind (cs_workspace_find_deployment (workspace, after, NULL)), ==,
                       CS_BLOCK_COMMAND);
      fixture_restart (self);
    }
}

static GPtrArray *
scan (const char *path, CsFolderScan **scan, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) done = NULL;
  GAsyncResult *result = NULL;

  *scan = cs_folder_scan_new (folder);
  cs_folder_scan_run_async (*scan, cancellable, result_cb, &result);
  done = wait_for (&result);
  return cs_folder_scan_run_finish (*scan, done, error);
}

static void
test_folder (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "f/b/deploy.md", "f/a.markdown", "f/README.md",
                                       "f/.git/COMMIT.md", "f/.hidden.md", "f/broken.md",
                                       "f/notes.txt" };
  static const char *const contents[] = { TEXT ("one"), "# A\n\n## Approval\n\nApproved by: ____\n",
                                          "# Words\n\nNothing to do.\n", TEXT ("no"), TEXT ("no"),
                                          "\xff\xfe\xfd", TEXT ("no") };
  g_autofree char *folder = g_build_filename (self->directory, "f", NULL);
  g_autofree char *link = g_build_filename (folder, "again", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (link);
  g_autoptr (CsFolderScan) folder_scan = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (write_file (self, names[i], contents[i]));
  g_assert_true (g_file_make_symbolic_link (file, ".", NULL, NULL));
  found = scan (folder, &folder_scan, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (((CsFolderRunbook *) found->pdata[0])->path, ==, "a.markdown");
  g_assert_cmpuint (((CsFolderRunbook *) found->pdata[0])->n_signoffs, ==, 1);
  g_assert_cmpstr (((CsFolderRunbook *) found->pdata[1])->path, ==, "b/deploy.md");
  g_assert_cmpuint (((CsFolderRunbook *) found->pdata[1])->n_commands, ==, 1);
  g_assert_cmpuint (((CsFolderRunbook *) found->pdata[1])->n_checks, ==, 1);
  g_assert_cmpuint (cs_folder_scan_get_n_files (folder_scan), ==, 4);
  g_assert_false (cs_folder_scan_is_cut (folder_scan));
}

static void
test_folder_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (self->directory, "missing", NULL);
  g_autoptr (CsFolderScan) first = NULL;
  g_autoptr (CsFolderScan) second = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (scan (missing, &first, NULL, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (scan (self->directory, &second, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* However many there are, no more are looked at than is said. */
static void
test_folder_bounded (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->directory, "f", NULL);
  g_autoptr (CsFolderScan) folder_scan = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint i = 0; i <= CS_FOLDER_SCAN_MAX_FILES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u.md", folder, i);
      FILE *file = g_fopen (path, "w");

      g_assert_nonnull (file);
      fputs ("x\n", file);
      fclose (file);
    }
  found = scan (folder, &folder_scan, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_cmpuint (cs_folder_scan_get_n_files (folder_scan), ==, CS_FOLDER_SCAN_MAX_FILES);
  g_assert_true (cs_folder_scan_is_cut (folder_scan));
}

static void
wait_for_change (CsFileWatch *watch, gboolean there)
{
  while ((cs_file_watch_get_runbook (watch) != NULL) != there)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_watch (Fixture *self, gconstpointer data)
{
  CsLibrary *library = cs_workspace_get_library (self->workspace);
  g_autofree char *first = add (self, "ann", "a/deploy.md", TEXT ("one"));
  g_autofree char *path = g_strdup (cs_library_entry_get_path (cs_library_find (library, first)));
  g_autoptr (CsFileWatch) watch = NULL;
  g_autoptr (CsFileWatch) later = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  watch = cs_file_watch_new (library, cs_library_find_document (library, path));
  g_assert_null (cs_file_watch_get_runbook (watch));
  g_file_set_contents (path, TEXT ("two"), -1, &error);
  g_assert_no_error (error);
  wait_for_change (watch, TRUE);

  /* Also what changed while nobody watched is seen. */
  later = cs_file_watch_new (library, cs_library_find_document (library, path));
  wait_for_change (later, TRUE);
  second = g_strdup (cs_runbook_get_digest (cs_file_watch_get_runbook (later)));
  g_assert_cmpstr (second, !=, first);

  g_free (add (self, "ann", "a/deploy.md", TEXT ("two")));
  wait_for_change (watch, FALSE);
  g_assert_nonnull (cs_library_find (library, second));
}

static CsLibraryDocument *
find_document (CsLibrary *library, const char *digest)
{
  return cs_library_find_document (
    library, cs_library_entry_get_document (cs_library_find (library, digest)));
}

static void
wait_for_new_version (CsLibraryWatch *watch, CsLibraryDocument *document, gboolean there)
{
  while (TRUE)
    {
      CsFileWatch *file = cs_library_watch_find (watch, document);

      if (file != NULL && (cs_file_watch_get_runbook (file) != NULL) == there)
        return;
      g_main_context_iteration (NULL, TRUE);
    }
}

/* All documents are watched: those that are there, and those that come later. */
static void
test_watch_all (Fixture *self, gconstpointer data)
{
  CsLibrary *library = cs_workspace_get_library (self->workspace);
  g_autofree char *first = add (self, "ann", "a/deploy.md", TEXT ("one"));
  g_autofree char *second = add (self, "ann", "b/deploy.md", TEXT ("two"));
  g_autofree char *third = NULL;
  g_autofree char *fourth = NULL;
  g_autoptr (CsLibraryWatch) watch = NULL;

  g_free (write_file (self, "a/deploy.md", TEXT ("changed before")));
  watch = cs_library_watch_new (library);
  wait_for_new_version (watch, find_document (library, first), TRUE);
  wait_for_new_version (watch, find_document (library, second), FALSE);
  g_free (write_file (self, "b/deploy.md", TEXT ("changed after")));
  wait_for_new_version (watch, find_document (library, second), TRUE);

  third = add (self, "ann", "c/deploy.md", TEXT ("three"));
  wait_for_new_version (watch, find_document (library, third), FALSE);
  g_free (write_file (self, "c/deploy.md", TEXT ("changed, too")));
  wait_for_new_version (watch, find_document (library, third), TRUE);

  /* Once the version is in the library, nothing is new any more. */
  fourth = add (self, "ann", "c/deploy.md", TEXT ("changed, too"));
  wait_for_new_version (watch, find_document (library, fourth), FALSE);
  g_assert_cmpstr (cs_library_entry_get_document (cs_library_find (library, fourth)), ==,
                   cs_library_entry_get_document (cs_library_find (library, third)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/library/versions", Fixture, NULL, fixture_set_up, test_versions, fixture_tear_down);
  g_test_add ("/library/links", Fixture, NULL, fixture_set_up, test_links, fixture_tear_down);
  g_test_add ("/library/checkouts", Fixture, NULL, fixture_set_up, test_checkouts,
              fixture_tear_down);
  g_test_add_func ("/library/remotes", test_remotes);
  g_test_add ("/library/overrule", Fixture, NULL, fixture_set_up, test_overrule, fixture_tear_down);
  g_test_add ("/library/pinned", Fixture, NULL, fixture_set_up, test_pinned, fixture_tear_down);
  g_test_add ("/library/folder/found", Fixture, NULL, fixture_set_up, test_folder,
              fixture_tear_down);
  g_test_add ("/library/folder/refused", Fixture, NULL, fixture_set_up, test_folder_refused,
              fixture_tear_down);
  g_test_add ("/library/folder/bounded", Fixture, NULL, fixture_set_up, test_folder_bounded,
              fixture_tear_down);
  g_test_add ("/library/watch/all", Fixture, NULL, fixture_set_up, test_watch_all,
              fixture_tear_down);
  g_test_add ("/library/watch", Fixture, NULL, fixture_set_up, test_watch, fixture_tear_down);
  return g_test_run ();
}
