/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fuzz target without a fuzzer: what is in its corpus, and the same damage to it each time. */

#include <gio/gio.h>
#include <string.h>

/* Damaged copies of each file. */
#define COPIES 60
/* Larger files are cut, so that all is done in seconds. */
#define MAX_SIZE (24 * 1024)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  GPtrArray *files; /* of GBytes */
  GRand *dice;
} Replay;

/* From memory of its own that ends with it, so that a sanitizer sees what reads beyond. */
static void
run (const GByteArray *input)
{
  g_autofree guint8 *data = g_memdup2 (input->data, input->len);

  LLVMFuzzerTestOneInput (data != NULL ? data : (const guint8 *) "", input->len);
}

static void
cut (Replay *self, GByteArray *input)
{
  guint at = (guint) g_rand_int_range (self->dice, 0, (gint32) input->len);

  g_byte_array_remove_range (
    input, at, (guint) g_rand_int_range (self->dice, 0, (gint32) (input->len - at) + 1));
}

/* A piece of some file of the corpus, anywhere. */
static void
splice (Replay *self, GByteArray *input)
{
  GBytes *other = g_ptr_array_index (
    self->files, (guint) g_rand_int_range (self->dice, 0, (gint32) self->files->len));
  gsize length;
  const guint8 *data = g_bytes_get_data (other, &length);
  gsize from = (gsize) g_rand_int_range (self->dice, 0, (gint32) length + 1);
  gsize n = MIN (length - from, (gsize) g_rand_int_range (self->dice, 0, 200));
  guint at = (guint) g_rand_int_range (self->dice, 0, (gint32) input->len + 1);
  g_autofree guint8 *tail = g_memdup2 (input->data + at, input->len - at);
  guint tail_length = input->len - at;

  g_byte_array_set_size (input, at);
  g_byte_array_append (input, data + from, (guint) n);
  if (tail != NULL)
    g_byte_array_append (input, tail, tail_length);
}

/* Bytes that mean something to a reader, where they mean something else. */
static void
scatter (Replay *self, GByteArray *input)
{
  static const char MARKS[] = "\n\r\t >-*+#`~|[](){}<>\"'\\:;=0x\xff\xc3\xe2&!_";

  for (guint i = 0; i < 1 + input->len / 200; i++)
    input->data[g_rand_int_range (self->dice, 0, (gint32) input->len)] =
      (guint8) MARKS[g_rand_int_range (self->dice, 0, sizeof MARKS - 1)];
}

static void
damage (Replay *self, GByteArray *input)
{
  guint n = (guint) g_rand_int_range (self->dice, 1, 4);

  for (guint i = 0; i < n; i++)
    {
      int kind = g_rand_int_range (self->dice, 0, 3);

      if (kind == 0 || input->len == 0)
        splice (self, input);
      else if (kind == 1)
        cut (self, input);
      else
        scatter (self, input);
    }
}

static GPtrArray *
read_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GList) names = NULL;
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    names = g_list_insert_sorted (names, g_strdup (name), (GCompareFunc) strcmp);
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *own = l->data;
      g_autofree char *path = g_build_filename (folder, own, NULL);
      char *contents;
      gsize length;

      g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
      g_ptr_array_add (files, g_bytes_new_take (contents, length));
    }
  return files;
}

int
main (int argc, char **argv)
{
  Replay self = { NULL, g_rand_new_with_seed (7) };

  g_assert_cmpint (argc, ==, 2);
  self.files = read_folder (argv[1]);
  g_assert_cmpuint (self.files->len, >, 0);
  g_print ("1..%u\n", self.files->len);
  for (guint i = 0; i < self.files->len; i++)
    {
      GBytes *file = g_ptr_array_index (self.files, i);
      gsize length;
      const guint8 *data = g_bytes_get_data (file, &length);

      for (guint copy = 0; copy <= COPIES; copy++)
        {
          g_autoptr (GByteArray) input = g_byte_array_new ();

          g_byte_array_append (input, data, (guint) (copy == 0 ? length : MIN (length, MAX_SIZE)));
          if (copy > 0)
            damage (&self, input);
          run (input);
        }
      g_print ("ok %u - %u damaged copies\n", i + 1, COPIES);
    }
  g_ptr_array_unref (self.files);
  g_rand_free (self.dice);
  return 0;
}
