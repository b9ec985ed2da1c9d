/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output from outside, as a terminal may get it. */

#include "cs-output-filter.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *in;
  const char *out;
} Sample;

static const Sample samples[] = {
  { "text", "plain text", "plain text" },
  { "line-ends", "a\nb\r\nc", "a\r\nb\r\nc" },
  { "progress", "10%\r20%\b\b!", "10%\r20%\b\b!" },
  { "colour", "\033[1;32mok\033[0m", "\033[1;32mok\033[0m" },
  { "erase", "a\033[Kb\033[2J", "a\033[Kb\033[2J" },
  { "title-bel", "a\033]0;evil\ab", "ab" },
  { "title-st", "a\033]2;evil\033\\b", "ab" },
  { "clipboard", "a\033]52;c;ZXZpbA==\ab", "ab" },
  { "hyperlink", "\033]8;;http://x\033\\t\033]8;;\033\\", "t" },
  { "device-control", "a\033Pq#0\033\\b", "ab" },
  { "c1-title", "a\xc2\x9d" "0;evil\ab", "ab" },
  { "c1-title-st", "a\xc2\x9d" "0;evil\xc2\x9c" "b", "ab" },
  { "c1-colour", "\xc2\x9b" "31mred", "\033[31mred" },
  { "latin", "\xc2\xa9 \xc3\xa4", "\xc2\xa9 \xc3\xa4" },
  { "mode", "a\033[?1049hb\033[?1000hc", "abc" },
  { "answer", "a\033[6nb\033[cc\033[21td", "abcd" },
  { "charset", "a\033(0b", "ab" },
  { "reset", "a\033cb", "ab" },
  { "bell", "a\ab\x7f" "c\x0e" "d", "abcd" },
  { "interrupted", "\033[31\033[1mb", "\033[1mb" },
};

static void
test_whole (gconstpointer data)
{
  const Sample *sample = data;
  g_autoptr (CsOutputFilter) filter = cs_output_filter_new ();
  g_autoptr (GString) out = g_string_new (NULL);

  cs_output_filter_feed (filter, sample->in, strlen (sample->in), out);
  g_assert_cmpstr (out->str, ==, sample->out);
}

/* Whatever way the output is cut into reads, the same comes out. */
static void
test_split (gconstpointer data)
{
  const Sample *sample = data;
  gsize length = strlen (sample->in);

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autoptr (CsOutputFilter) filter = cs_output_filter_new ();
      g_autoptr (GString) out = g_string_new (NULL);

      cs_output_filter_feed (filter, sample->in, cut, out);
      cs_output_filter_feed (filter, sample->in + cut, length - cut, out);
      g_assert_cmpstr (out->str, ==, sample->out);
    }
}

static void
test_endless_string (void)
{
  g_autoptr (CsOutputFilter) filter = cs_output_filter_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *junk = g_strnfill (1 << 20, 'x');

  cs_output_filter_feed (filter, "\033]0;", 4, out);
  cs_output_filter_feed (filter, junk, 1 << 20, out);
  cs_output_filter_feed (filter, "\033[", 2, out);
  g_assert_cmpuint (out->len, ==, 0);

  cs_output_filter_reset (filter);
  cs_output_filter_feed (filter, "\033[", 2, out);
  cs_output_filter_feed (filter, junk, 1 << 20, out);
  g_assert_cmpuint (out->len, <=, 1 << 20);
}

static void
test_nul (void)
{
  g_autoptr (CsOutputFilter) filter = cs_output_filter_new ();
  g_autoptr (GString) out = g_string_new (NULL);

  cs_output_filter_feed (filter, "a\0b\033\0c", 6, out);
  g_assert_cmpmem (out->str, out->len, "abc", 3);
}

/* What a program draws on its terminal passes; what reaches beyond the picture does not. */
static void
expect_drawn (const char *output, const char *expected)
{
  CsOutputFilter *filter = cs_output_filter_new_for_terminal ();
  g_autoptr (GString) safe = g_string_new (NULL);

  for (gsize i = 0; i < strlen (output); i++)
    cs_output_filter_feed (filter, output + i, 1, safe);
  cs_output_filter_free (filter);
  g_assert_cmpstr (safe->str, ==, expected);
}

static void
test_terminal (void)
{
  expect_drawn ("\033[?1049h\033[1;24r\033(B\033=x\033[?25l",
                "\033[?1049h\033[1;24r\033(B\033=x\033[?25l");
  expect_drawn ("a\nb\a\017", "a\nb\a\017");
  expect_drawn ("\033]0;title\007a\033]52;c;ZXZpbA==\033\\b", "ab");
  expect_drawn ("\033P+q544e\033\\a\033_apc\033\\b\033^pm\033\\c", "abc");
  expect_drawn ("\302\2350;title\302\234a", "a");
  expect_drawn ("\033[21ta\033[8;1;1tb", "ab");
  expect_drawn ("a\005b", "ab");
}

static void
expect_last_line (const char *output, const char *expected)
{
  g_autoptr (GBytes) bytes = g_bytes_new (output, strlen (output));
  g_autofree char *line = cs_output_filter_dup_last_line (bytes, 10);

  g_assert_cmpstr (line, ==, expected);
}

static void
test_last_line (void)
{
  expect_last_line ("", NULL);
  expect_last_line ("\n \r\n", NULL);
  expect_last_line ("one\ntwo\n\n", "two");
  expect_last_line (" 10 %\r 90 %\r", "90 %");
  expect_last_line ("\033[1;32mgreen\033[0m\n", "green");
  expect_last_line ("\033]0;title\007plain\033[2K", "plain");
  expect_last_line ("\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"
                    "\303\244\303\244\303\244\303\244",
                    "\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"
                    "\303\244\303\244");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *whole = g_strdup_printf ("/app/output-filter/whole/%s", samples[i].name);
      g_autofree char *split = g_strdup_printf ("/app/output-filter/split/%s", samples[i].name);

      g_test_add_data_func (whole, &samples[i], test_whole);
      g_test_add_data_func (split, &samples[i], test_split);
    }
  g_test_add_func ("/app/output-filter/endless-string", test_endless_string);
  g_test_add_func ("/app/output-filter/nul", test_nul);

  g_test_add_func ("/app/output-filter/terminal", test_terminal);
  g_test_add_func ("/app/output-filter/last-line", test_last_line);
  return g_test_run ();
}
