/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file on a target, changed so that nobody's change is lost and nobody sees half of one. */

#define G_LOG_DOMAIN "cs-rollout"

#include "cs-target-file.h"

#include "cs-digest.h"
#include "cs-error.h"

#include <stdlib.h>
#include <string.h>

/** PIECE: bytes that are read at once; they come in twice as many letters */
#define PIECE (100 * 1024)
/** TRIES: how often it is read from its beginning because somebody changed it meanwhile */
#define TRIES 40

/* What every script begins with. The file may be a link; what it points to is what counts. */
#define BEGIN                                                                 \
  "(\n"                                                                       \
  "LC_ALL=C\n"                                                                \
  "export LC_ALL\n"                                                           \
  "stop () { echo \"stop $*\"; exit 0; }\n"                                   \
  "sum () { sha256sum < \"$1\" | cut -c1-64; }\n"                             \
  "file=$(readlink -f -- \"$CS_FILE\") && [ -e \"$file\" ] || stop missing\n" \
  "[ -f \"$file\" ] || stop invalid it is no plain file\n"                    \
  "[ -r \"$file\" ] || stop refused it can not be read\n"

/* What they print is written in letters that stand for half a byte each: nothing that masks what
 * looks like a secret, a telephone number or a card can take it for one. */
#define END \
  ") 2>&1 | od -An -v -tx1 | tr -d ' \\n' | tr 0123456789abcdef ghijklmnopqrstuv\n"

static const char look_script[] =
  BEGIN
  "echo \"digest $(sum \"$file\")\"\n"
  "echo \"size $(wc -c < \"$file\" | tr -d ' ')\"\n"
  "for key in $CS_KEYS; do\n"
  "  awk -v key=\"$key\" '\n"
  "    $0 ~ (\"^[ \\t]*(export[ \\t]+)?\" key \"[ \\t]*=\") {\n"
  "      print \"line \" key \" \" NR \" \" $0\n"
  "    }\n"
  "  ' \"$file\"\n"
  "done\n" END;

static const char read_script[] =
  BEGIN
  "echo \"digest $(sum \"$file\")\"\n"
  "echo \"size $(wc -c < \"$file\" | tr -d ' ')\"\n"
  "printf 'data '\n"
  "tail -c +$((CS_OFFSET + 1)) \"$file\" | head -c \"$CS_LENGTH\"\n" END;

/* Whoever changes the file through Countersign locks its directory, so that no file is left behind;
 * whoever does not is noticed by the digest, which is compared again just before the new file takes
 * the place of the old one. */
#define LOCK                                                                            \
  "dir=$(dirname -- \"$file\")\n"                                                       \
  "name=$(basename -- \"$file\")\n"                                                     \
  "new=$dir/.$name.countersign-new\n"                                                   \
  "backup=$dir/$name.countersign-backup\n"                                              \
  "[ -w \"$dir\" ] || stop refused its directory can not be written\n"                  \
  "command -v flock > /dev/null || stop refused there is no flock\n"                    \
  "exec 9< \"$dir\"\n"                                                                  \
  "flock -w 20 9 || stop conflict somebody else is changing it\n"                       \
  "[ \"$(sum \"$file\")\" = \"$CS_EXPECTED\" ] || stop conflict it has changed\n"       \
  "rm -f -- \"$new\"\n"                                                                 \
  "cp -p -- \"$file\" \"$new\" || stop refused it can not be copied\n"                  \
  "[ \"$(stat -c '%a %u %g' \"$file\")\" = \"$(stat -c '%a %u %g' \"$new\")\" ] || {\n" \
  "  rm -f -- \"$new\"\n"                                                               \
  "  stop refused its mode and owner can not be kept\n"                                 \
  "}\n"

#define SWAP                                                                            \
  "if cmp -s \"$file\" \"$new\"; then\n"                                                \
  "  rm -f -- \"$new\"\n"                                                               \
  "  echo written\n"                                                                    \
  "  exit 0\n"                                                                          \
  "fi\n"                                                                                \
  "sync \"$new\" 2> /dev/null || sync\n"                                                \
  "cp -p -- \"$file\" \"$backup.new\" && mv -f -- \"$backup.new\" \"$backup\" || {\n"   \
  "  rm -f -- \"$new\" \"$backup.new\"\n"                                               \
  "  stop refused no copy could be kept beside it\n"                                    \
  "}\n"                                                                                 \
  "[ \"$(sum \"$file\")\" = \"$CS_EXPECTED\" ] || {\n"                                  \
  "  rm -f -- \"$new\"\n"                                                               \
  "  stop conflict it has changed\n"                                                    \
  "}\n"                                                                                 \
  "mv -f -- \"$new\" \"$file\" || stop refused the new file could not take its place\n" \
  "sync \"$dir\" 2> /dev/null || sync\n"                                                \
  "echo written\n"

static const char edit_script[] =
  BEGIN LOCK
  "total=$(awk 'END { print NR }' \"$file\")\n"
  "whole=$(tail -c 1 \"$file\" | od -An -tx1 | tr -d ' ')\n"
  "[ \"$total\" -eq 0 ] && whole=0a\n"
  "between () { [ \"$1\" -gt \"$2\" ] || head -n \"$2\" \"$file\" | tail -n +\"$1\"; }\n"
  "{\n"
  "  done=0\n"
  "  i=0\n"
  "  while [ \"$i\" -lt \"$CS_EDITS\" ]; do\n"
  "    eval \"n=\\$CS_N_$i text=\\$CS_TEXT_$i\"\n"
  "    i=$((i + 1))\n"
  "    if [ \"$n\" -gt 0 ]; then\n"
  "      between $((done + 1)) $((n - 1))\n"
  "      printf '%s' \"$text\"\n"
  "      [ \"$n\" -lt \"$total\" ] || [ \"$whole\" = 0a ] && echo\n"
  "      done=$n\n"
  "    else\n"
  "      between $((done + 1)) \"$total\"\n"
  "      [ \"$whole\" = 0a ] || echo\n"
  "      whole=0a\n"
  "      done=$total\n"
  "      printf '%s\\n' \"$text\"\n"
  "    fi\n"
  "  done\n"
  "  between $((done + 1)) \"$total\"\n"
  "} > \"$new\" || stop refused the new file could not be written\n" SWAP END;

/* The content stands between the two; a line ends it that the content can't hold. */
static const char replace_begin[] = BEGIN LOCK "head -c \"$CS_SIZE\" > \"$new\" <<'";
static const char replace_end[] =
  "[ \"$(sum \"$new\")\" = \"$CS_WANTED\" ] || {\n"
  "  rm -f -- \"$new\"\n"
  "  stop refused the new file could not be written\n"
  "}\n" SWAP END;

/** cs_file_line_new: (transfer full): a line. */
CsFileLine *
cs_file_line_new (const char *key, guint n, const char *text)
{
  CsFileLine *self = g_new0 (CsFileLine, 1);

  self->key = g_strdup (key);
  self->n = n;
  self->text = g_strdup (text);
  return self;
}

/** cs_file_line_free: frees a line. */
void
cs_file_line_free (CsFileLine *self)
{
  g_free (self->key);
  g_free (self->text);
  g_free (self);
}

/** cs_file_look_free: frees what was seen. */
void
cs_file_look_free (CsFileLook *self)
{
  g_free (self->digest);
  g_ptr_array_unref (self->lines);
  g_free (self);
}

/* From letters to bytes; NULL if they are none. */
static GByteArray *
decode (const char *letters)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize length = strlen (letters);

  if (length % 2 != 0 || strspn (letters, "ghijklmnopqrstuv") != length)
    return NULL;
  g_byte_array_set_size (bytes, (guint) (length / 2));
  for (gsize i = 0; i < bytes->len; i++)
    bytes->data[i] = (guint8) ((letters[2 * i] - 'g') << 4 | (letters[2 * i + 1] - 'g'));
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  return g_steal_pointer (&bytes);
}

/* "stop CODE WORDS" */
static void
set_stop_error (const char *stop, const char *path, GError **error)
{
  static const struct
  {
    const char *word;
    CsError code;
  } codes[] = {
    { "invalid", CS_ERROR_INVALID },
    { "refused", CS_ERROR_REFUSED },
    { "conflict", CS_ERROR_CONFLICT },
  };
  g_autofree char *line = g_strchomp (g_strdup (stop));
  const char *words = strchr (line, ' ');

  for (gsize i = 0; words != NULL && i < G_N_ELEMENTS (codes); i++)
    if (g_str_has_prefix (line, codes[i].word))
      {
        g_set_error (error, CS_ERROR, (int) codes[i].code, "%s was not written or read:%s", path,
                     words);
        return;
      }
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_FOUND, "There is no file %s", path);
}

/* What one script printed, as bytes behind which a NUL stands. */
static GByteArray *
finish_script (GTask *task, GObject *source, GAsyncResult *result, GError **error)
{
  const char *path = g_object_get_data (G_OBJECT (task), "path");
  int status = 0;
  g_autofree char *output =
    cs_target_shell_run_finish (CS_TARGET_SHELL (source), result, &status, error);
  g_autoptr (GByteArray) bytes = NULL;

  if (output == NULL)
    return NULL;
  bytes = decode (output);
  if (bytes == NULL || status != 0)
    g_set_error (error, CS_ERROR, CS_ERROR_PROTOCOL,
                 "The target did not say what %s is; it has to have sh, awk, od, tr and sha256sum",
                 path);
  else if (g_str_has_prefix ((char *) bytes->data, "stop "))
    set_stop_error ((char *) bytes->data + strlen ("stop "),
                    path, error);
  else
    return g_steal_pointer (&bytes);
  return NULL;
}

static GTask *
new_task (CsTargetShell *shell,
          const char *path,
          gpointer tag,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (shell, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_object_set_data_full (G_OBJECT (task), "path", g_strdup (path), g_free);
  return task;
}

static gboolean
read_look_line (CsFileLook *look, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  guint n = g_strv_length (words);

  if (n == 2 && strcmp (words[0], "digest") == 0 && cs_digest_is_valid (words[1]))
    {
      g_free (look->digest);
      look->digest = g_strdup (words[1]);
    }
  else if (n == 2 && strcmp (words[0], "size") == 0)
    look->size = g_ascii_strtoll (words[1], NULL, 10);
  else if (n == 4 && strcmp (words[0], "line") == 0)
    g_ptr_array_add (look->lines,
                     cs_file_line_new (words[1], (guint) atoi (words[2]), words[3]));
  else
    return FALSE;
  return TRUE;
}

/* text ends where what a file holds begins. */
static CsFileLook *
parse_look (const char *text, const char *path, GError **error)
{
  g_autoptr (CsFileLook) look = g_new0 (CsFileLook, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  look->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) cs_file_line_free);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' && !read_look_line (look, *line))
      {
        g_set_error (error, CS_ERROR, CS_ERROR_PROTOCOL, "The target could not read %s: %s", path,
                     *line);
        return NULL;
      }
  if (look->digest != NULL)
    return g_steal_pointer (&look);
  g_set_error (error, CS_ERROR, CS_ERROR_PROTOCOL, "The target did not say what %s is", path);
  return NULL;
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GByteArray) bytes = finish_script (task, source, result, &error);
  CsFileLook *look = NULL;

  if (bytes != NULL)
    look =
      parse_look ((char *) bytes->data, g_object_get_data (G_OBJECT (task), "path"), &error);
  if (look != NULL)
    g_task_return_pointer (task, look, (GDestroyNotify) cs_file_look_free);
  else
    g_task_return_error (task, error);
}

/**
 * cs_target_file_look_async:
 * @shell: of the target
 * @path: of the file there
 * @keys: (array zero-terminated=1): names of letters, digits and underscores
 * @cancellable: (nullable): of the looking
 * @callback: called when it is known
 * @user_data: for @callback
 */
void
cs_target_file_look_async (CsTargetShell *shell,
                           const char *path,
                           const char *const *keys,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autofree char *joined = g_strjoinv (" ", (char **) keys);
  const char *const variables[] = { "CS_FILE", path, "CS_KEYS", joined, NULL };

  cs_target_shell_run_async (shell, look_script, variables, NULL, cancellable, looked_cb,
                             new_task (shell, path, cs_target_file_look_async, cancellable,
                                       callback, user_data));
}

/** cs_target_file_look_finish: (transfer full): the file as it is. */
CsFileLook *
cs_target_file_look_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  gint64 limit;
  char *digest;
  GByteArray *content;
  guint tries;
} Reading;

static void
reading_free (Reading *reading)
{
  g_free (reading->digest);
  g_byte_array_unref (reading->content);
  g_free (reading);
}

static void read_piece (GTask *task);

static void
set_changing_error (GTask *task, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_CONFLICT, "%s is being changed; try again",
               (char *) g_object_get_data (G_OBJECT (task), "path"));
}

/* Takes a piece; whether that was the last one. */
static gboolean
take_piece (GTask *task, GByteArray *bytes, GError **error)
{
  Reading *reading = g_task_get_task_data (task);
  const char *path = g_object_get_data (G_OBJECT (task), "path");
  char *data = strstr ((char *) bytes->data, "\ndata ");
  g_autoptr (CsFileLook) look = NULL;
  gsize length;

  if (data != NULL)
    *data = '\0';
  look = parse_look ((char *) bytes->data, path, error);
  if (look == NULL)
    return FALSE;
  if (reading->digest == NULL)
    reading->digest = g_strdup (look->digest);
  if (look->size > reading->limit)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "%s is larger than %" G_GINT64_FORMAT " bytes",
                 path, reading->limit);
  else if (strcmp (look->digest, reading->digest) != 0)
    set_changing_error (task, error);
  if (data == NULL || (error != NULL && *error != NULL))
    return FALSE;
  data += strlen ("\ndata ");
  length = bytes->len - 1 - (gsize) (data - (char *) bytes->data);
  g_byte_array_append (reading->content, (guint8 *) data, (guint) length);
  return length == 0 || reading->content->len >= look->size;
}

/* Whether all pieces are of one file. */
static gboolean
check_whole (GTask *task, GError **error)
{
  Reading *reading = g_task_get_task_data (task);
  g_autofree char *digest = cs_digest_of_data (reading->content->data, reading->content->len);

  if (strcmp (digest, reading->digest) == 0)
    return TRUE;
  set_changing_error (task, error);
  return FALSE;
}

static void
piece_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GByteArray) bytes = finish_script (task, source, result, &error);
  gboolean last = bytes != NULL && take_piece (task, bytes, &error);

  if (error == NULL && last)
    check_whole (task, &error);
  if (error == NULL && last)
    g_task_return_boolean (task, TRUE);
  else if (error == NULL)
    read_piece (g_steal_pointer (&task));
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_CONFLICT) && ++reading->tries < TRIES)
    {
      g_error_free (error);
      g_clear_pointer (&reading->digest, g_free);
      g_byte_array_set_size (reading->content, 0);
      read_piece (g_steal_pointer (&task));
    }
  else
    g_task_return_error (task, error);
}

static void
read_piece (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  g_autofree char *offset = g_strdup_printf ("%u", reading->content->len);
  g_autofree char *length = g_strdup_printf ("%d", PIECE);
  const char *const variables[] = {
    "CS_FILE", g_object_get_data (G_OBJECT (task), "path"), "CS_OFFSET", offset, "CS_LENGTH",
    length, NULL,
  };

  cs_target_shell_run_async (g_task_get_source_object (task), read_script, variables, NULL,
                             g_task_get_cancellable (task), piece_cb, task);
}

/**
 * cs_target_file_read_async:
 * @shell: of the target
 * @path: of the file there
 * @limit: bytes that it may have
 * @cancellable: (nullable): of the reading
 * @callback: called when it is read
 * @user_data: for @callback
 */
void
cs_target_file_read_async (CsTargetShell *shell,
                           const char *path,
                           gint64 limit,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task =
    new_task (shell, path, cs_target_file_read_async, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  reading->limit = limit;
  reading->content = g_byte_array_new ();
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  read_piece (task);
}

/** cs_target_file_read_finish: (transfer full): all of it; a NUL stands behind it. */
GBytes *
cs_target_file_read_finish (GAsyncResult *result, char **digest, GError **error)
{
  Reading *reading;
  char *copy;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  reading = g_task_get_task_data (G_TASK (result));
  *digest = g_strdup (reading->digest);
  copy = g_malloc (reading->content->len + 1);
  if (reading->content->len > 0)
    memcpy (copy, reading->content->data, reading->content->len);
  copy[reading->content->len] = '\0';
  return g_bytes_new_take (copy, reading->content->len);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GByteArray) bytes = finish_script (task, source, result, &error);

  if (bytes == NULL)
    g_task_return_error (task, error);
  else if (strcmp ((char *) bytes->data, "written\n") == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "%s was not written: %s",
                             (char *) g_object_get_data (G_OBJECT (task), "path"),
                             (char *) bytes->data);
}

/**
 * cs_target_file_edit_async:
 * @shell: of the target
 * @path: of the file there
 * @digest: what it has to have
 * @edits: (element-type CsFileLine): the lines that take the place of others
 * @cancellable: (nullable): before it is written
 * @callback: called when it is on disk
 * @user_data: for @callback
 */
void
cs_target_file_edit_async (CsTargetShell *shell,
                           const char *path,
                           const char *digest,
                           GPtrArray *edits,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GPtrArray) variables = g_ptr_array_new_with_free_func (g_free);
  const char *const first[] = { "CS_FILE", path, "CS_EXPECTED", digest, "CS_EDITS" };

  for (gsize i = 0; i < G_N_ELEMENTS (first); i++)
    g_ptr_array_add (variables, g_strdup (first[i]));
  g_ptr_array_add (variables, g_strdup_printf ("%u", edits->len));
  for (guint i = 0; i < edits->len; i++)
    {
      const CsFileLine *edit = edits->pdata[i];

      g_ptr_array_add (variables, g_strdup_printf ("CS_N_%u", i));
      g_ptr_array_add (variables, g_strdup_printf ("%u", edit->n));
      g_ptr_array_add (variables, g_strdup_printf ("CS_TEXT_%u", i));
      g_ptr_array_add (variables, g_strdup (edit->text));
    }
  g_ptr_array_add (variables, NULL);
  cs_target_shell_run_async (shell, edit_script, (const char *const *) variables->pdata, NULL,
                             cancellable, written_cb,
                             new_task (shell, path, cs_target_file_edit_async, cancellable,
                                       callback, user_data));
}

/**
 * cs_target_file_replace_async:
 * @shell: of the target
 * @path: of the file there
 * @digest: what it has to have
 * @content: text that takes its place
 * @cancellable: (nullable): before it is written
 * @callback: called when it is on disk
 * @user_data: for @callback
 */
void
cs_target_file_replace_async (CsTargetShell *shell,
                              const char *path,
                              const char *digest,
                              GBytes *content,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autofree char *wanted = cs_digest_of_bytes (content);
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (content));
  const char *const variables[] = { "CS_FILE", path, "CS_EXPECTED", digest, "CS_WANTED", wanted,
                                    "CS_SIZE", size, NULL };
  GString *script = g_string_new (NULL);

  g_string_append (script, replace_begin);
  g_string_append_printf (script, "%s'\n", wanted);
  g_string_append_len (script, g_bytes_get_data (content, NULL),
                       (gssize) g_bytes_get_size (content));
  g_string_append_printf (script, "\n%s\n", wanted);
  g_string_append (script, replace_end);
  cs_target_shell_run_async (shell, script->str, variables, NULL, cancellable, written_cb,
                             new_task (shell, path, cs_target_file_replace_async, cancellable,
                                       callback, user_data));
  g_string_free (script, TRUE);
}

/** cs_target_file_write_finish: %TRUE when it is on disk, whole. */
gboolean
cs_target_file_write_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
