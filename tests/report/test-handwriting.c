/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Handwriting: drawn, written, read back, drawn again; and what is none is refused. */

#include "cs-error.h"
#include "cs-handwriting-drawing.h"

#include <string.h>

#define WIDTH 400
#define HEIGHT 100

static CsHandwriting *
draw_two (void)
{
  CsHandwriting *self = cs_handwriting_new (WIDTH * CS_HANDWRITING_UNITS,
                                            HEIGHT * CS_HANDWRITING_UNITS);

  cs_handwriting_begin_stroke (self);
  g_assert_true (cs_handwriting_add_point (self, 10, 50, 1000, 200));
  g_assert_true (cs_handwriting_add_point (self, 20.04, 60.06, 1016, 900));
  g_assert_true (cs_handwriting_add_point (self, 20.04, 60.06, 1020, 900));
  g_assert_true (cs_handwriting_add_point (self, 9999, -5, 1040, 4000));
  cs_handwriting_begin_stroke (self);
  g_assert_true (cs_handwriting_add_point (self, 200, 50, 1500, -1));
  return self;
}

static char *
to_text (CsHandwriting *self)
{
  g_autoptr (GBytes) bytes = cs_handwriting_to_bytes (self);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return g_strndup (data, size);
}

/* Where and when the pen was, and how hard it was pressed, is in the file. */
static void
test_format (void)
{
  g_autoptr (CsHandwriting) self = draw_two ();
  g_autofree char *text = to_text (self);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (CsHandwriting) again = cs_handwriting_new_from_bytes (bytes, &error);
  g_autofree char *once_more = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "viewBox=\"0 0 4000 1000\""));
  g_assert_nonnull (strstr (text, "<path d=\"M100 500L200 601L4000 0\" data-time=\"0 16 40\" "
                                  "data-pressure=\"200 900 1000\"/>\n"
                                  "<path d=\"M2000 500h0\" data-time=\"500\"/>\n"));
  once_more = to_text (again);
  g_assert_cmpstr (text, ==, once_more);
  g_assert_cmpuint (cs_handwriting_get_n_strokes (again), ==, 2);
}

static void
test_undo (void)
{
  g_autoptr (CsHandwriting) self = draw_two ();

  cs_handwriting_undo (self);
  g_assert_cmpuint (cs_handwriting_get_n_strokes (self), ==, 1);
  g_assert_false (cs_handwriting_is_empty (self));
  cs_handwriting_undo (self);
  g_assert_true (cs_handwriting_is_empty (self));
  cs_handwriting_undo (self);
  cs_handwriting_begin_stroke (self);
  for (guint i = 0; i < CS_HANDWRITING_MAX_POINTS; i++)
    g_assert_true (cs_handwriting_add_point (self, i % 300, i % 90, i, -1));
  g_assert_false (cs_handwriting_add_point (self, 1, 1, 0, -1));
}

static void
assert_refused (const void *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsHandwriting) self = cs_handwriting_new_from_bytes (bytes, &error);

  g_assert_null (self);
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID);
}

/* There is one way to write it: no byte can be put in, and none left out. */
static void
test_refused (void)
{
  g_autoptr (CsHandwriting) self = draw_two ();
  g_autoptr (CsHandwriting) empty = cs_handwriting_new (10, 10);
  g_autofree char *text = to_text (self);
  g_autofree char *nothing = to_text (empty);
  g_autofree char *large = g_malloc0 (CS_HANDWRITING_MAX_SIZE + 1);
  gsize size = strlen (text);

  for (gsize i = 0; i < size; i++)
    {
      g_autofree char *more = g_malloc (size + 1);

      memcpy (more, text, i);
      more[i] = '0';
      memcpy (more + i + 1, text + i, size - i);
      /* A number may have one more digit behind another. */
      if (!g_ascii_isdigit (text[i]) && (i == 0 || !g_ascii_isdigit (text[i - 1])))
        assert_refused (more, size + 1);
      assert_refused (text, i);
    }
  assert_refused (nothing, strlen (nothing));
  assert_refused (large, CS_HANDWRITING_MAX_SIZE + 1);
  assert_refused ("<svg onload=\"alert (1)\"/>", 25);
}

static cairo_status_t
write_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static GByteArray *
make_png (int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, width, height);
  cairo_t *cr = cairo_create (surface);
  GByteArray *png = g_byte_array_new ();

  cairo_move_to (cr, 0, 0);
  cairo_line_to (cr, width, height);
  cairo_stroke (cr);
  cairo_destroy (cr);
  cairo_surface_write_to_png_stream (surface, write_cb, png);
  cairo_surface_destroy (surface);
  return png;
}

static void
test_picture (void)
{
  g_autoptr (GByteArray) png = make_png (300, 100);
  g_autoptr (GByteArray) huge = make_png (4001, 1);
  g_autoptr (GBytes) bytes = g_bytes_new (png->data, png->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsHandwriting) self = cs_handwriting_new_from_bytes (bytes, &error);
  g_autoptr (GBytes) again = NULL;

  g_assert_no_error (error);
  g_assert_cmpfloat (cs_handwriting_get_aspect (self), ==, 3);
  again = cs_handwriting_to_bytes (self);
  g_assert_true (g_bytes_equal (bytes, again));
  assert_refused (huge->data, huge->len);
  for (guint i = 0; i < png->len; i++)
    assert_refused (png->data, i);
  g_byte_array_append (png, (const guint8 *) "x", 1);
  assert_refused (png->data, png->len);
}

static guint
count_ink (cairo_surface_t *surface, int left, int right)
{
  const guint8 *data;
  int stride = cairo_image_surface_get_stride (surface);
  guint n = 0;

  cairo_surface_flush (surface);
  data = cairo_image_surface_get_data (surface);
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = left; x < right; x++)
      n += data[y * stride + x] > 0;
  return n;
}

/* It is seen, stays in its rectangle, and is thicker where the pen was pressed. */
static void
test_draw (void)
{
  guint inks[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (CsHandwriting) self = cs_handwriting_new (1000, 1000);
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 200, 100);
      cairo_t *cr = cairo_create (surface);

      cs_handwriting_begin_stroke (self);
      cs_handwriting_add_point (self, 20, 20, 0, i == 0 ? 0 : CS_HANDWRITING_MAX_PRESSURE);
      cs_handwriting_add_point (self, 80, 80, 9, i == 0 ? 0 : CS_HANDWRITING_MAX_PRESSURE);
      cs_handwriting_draw (self, cr, 0, 0, 200, 100);
      inks[i] = count_ink (surface, 0, 100);
      g_assert_cmpuint (inks[i], >, 60);
      g_assert_cmpuint (count_ink (surface, 100, 200), ==, 0);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
  g_assert_cmpuint (inks[1], >, 2 * inks[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/handwriting/format", test_format);
  g_test_add_func ("/report/handwriting/undo", test_undo);
  g_test_add_func ("/report/handwriting/refused", test_refused);
  g_test_add_func ("/report/handwriting/picture", test_picture);
  g_test_add_func ("/report/handwriting/draw", test_draw);
  return g_test_run ();
}
