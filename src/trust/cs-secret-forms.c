/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways in which a secret can be written. */

#include "cs-secret-forms.h"

#include <string.h>

/* Shorter pieces of a longer text stand for too much else. */
#define LEAST_PIECE 6
#define LEAST_LINE 16

static void
add (GPtrArray *forms, const char *form)
{
  if (*form != '\0' && !g_ptr_array_find_with_equal_func (forms, form, g_str_equal, NULL))
    g_ptr_array_add (forms, g_strdup (form));
}

static void
wipe_string (char *text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
take (GPtrArray *forms, char *form)
{
  add (forms, form);
  wipe_string (form);
}

/* RFC 3986, section 2.1, with either case of digits; and as HTML forms do it, with a plus. */
static char *
to_percent (const char *secret, const char *hex, gboolean form)
{
  GString *text = g_string_new (NULL);

  for (const guchar *p = (const guchar *) secret; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || strchr ("-._~", *p) != NULL)
      g_string_append_c (text, (char) *p);
    else if (form && *p == ' ')
      g_string_append_c (text, '+');
    else
      g_string_append_printf (text, "%%%c%c", hex[*p >> 4], hex[*p & 15]);
  return g_string_free (text, FALSE);
}

static char *
to_hex (const char *secret, const char *hex)
{
  GString *text = g_string_new (NULL);

  for (const guchar *p = (const guchar *) secret; *p != '\0'; p++)
    g_string_append_printf (text, "%c%c", hex[*p >> 4], hex[*p & 15]);
  return g_string_free (text, FALSE);
}

/* What is the same in the base64 text of anything that holds the secret @before bytes after a
 * boundary of three (RFC 4648). */
static void
add_base64 (GPtrArray *forms, const char *secret, gsize before)
{
  gsize length = before + strlen (secret);
  g_autofree guchar *bytes = g_malloc0 (length);
  char *text;
  gsize first = (before * 8 + 5) / 6;
  gsize last = length * 8 / 6;

  memcpy (bytes + before, secret, length - before);
  text = g_base64_encode (bytes, length);
  explicit_bzero (bytes, length);
  text[last] = '\0';
  if (last > first && last - first >= LEAST_PIECE)
    {
      add (forms, text + first);
      g_strdelimit (text, "+", '-');
      g_strdelimit (text, "/", '_');
      add (forms, text + first);
    }
  wipe_string (text);
}

/* Each byte of @special gets @mark before it. */
static char *
to_escaped (const char *secret, const char *special, const char *mark)
{
  GString *text = g_string_new (NULL);

  for (const char *p = secret; *p != '\0'; p++)
    {
      if (strchr (special, *p) != NULL)
        g_string_append (text, mark);
      g_string_append_c (text, *p);
    }
  return g_string_free (text, FALSE);
}

static char *
to_replaced (const char *secret, const char *const *pairs)
{
  GString *text = g_string_new (NULL);

  for (const char *p = secret; *p != '\0'; p++)
    {
      const char *const *pair = pairs;

      while (*pair != NULL && (*pair)[0] != *p)
        pair += 2;
      if (*pair != NULL)
        g_string_append (text, pair[1]);
      else
        g_string_append_c (text, *p);
    }
  return g_string_free (text, FALSE);
}

static void
add_quoted (GPtrArray *forms, const char *secret)
{
  static const char *const single[] = { "'", "'\\''", NULL };
  static const char *const single_double[] = { "'", "'\"'\"'", NULL };
  static const char *const ansi_c[] = { "'", "\\'", "\\", "\\\\", "\n", "\\n",
                                        "\t", "\\t", "\r", "\\r", NULL };
  static const char *const json[] = { "\"", "\\\"", "\\", "\\\\", "\n", "\\n",
                                      "\t", "\\t", "\r", "\\r", NULL };
  static const char *const json_slash[] = { "\"", "\\\"", "\\", "\\\\", "\n", "\\n", "\t",
                                            "\\t", "\r", "\\r", "/", "\\/", NULL };
  static const char *const html[] = { "&", "&amp;", "<", "&lt;", ">", "&gt;",
                                      "\"", "&quot;", "'", "&#39;", NULL };
  static const char *const terminal[] = { "\n", "\r\n", NULL };

  take (forms, to_replaced (secret, single));
  take (forms, to_replaced (secret, single_double));
  take (forms, to_escaped (secret, "\\\"$`", "\\"));
  take (forms, to_escaped (secret, "\\\"$`!", "\\"));
  take (forms, to_escaped (secret, " \t!\"#$&'()*,;<>?[\\]^`{|}~", "\\"));
  take (forms, to_escaped (secret, " \t!\"#$&'()*;<>?[\\]`{|}~", "\\"));
  take (forms, to_replaced (secret, ansi_c));
  take (forms, to_replaced (secret, json));
  take (forms, to_replaced (secret, json_slash));
  take (forms, to_replaced (secret, html));
  take (forms, to_replaced (secret, terminal));
}

/* A key of several lines may be printed with something before each. */
static void
add_lines (GPtrArray *forms, const char *secret)
{
  g_auto (GStrv) lines = g_strsplit_set (secret, "\r\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      if (strlen (*line) >= LEAST_LINE)
        add (forms, *line);
      explicit_bzero (*line, strlen (*line));
    }
}

static void
free_form (gpointer form)
{
  wipe_string (form);
}

/**
 * cs_secret_forms:
 * @secret: a secret
 *
 * Lists how @secret looks as it is, percent-encoded, within base64 text, in hexadecimal digits,
 * quoted for a shell, in JSON and in HTML; and its long lines.
 *
 * Returns: (transfer full) (element-type utf8): the forms, each once, @secret first; the array
 * wipes them when it is freed
 */
GPtrArray *
cs_secret_forms (const char *secret)
{
  GPtrArray *forms = g_ptr_array_new_with_free_func (free_form);

  add (forms, secret);
  add_quoted (forms, secret);
  for (gsize before = 0; before < 3; before++)
    add_base64 (forms, secret, before);
  take (forms, g_base64_encode ((const guchar *) secret, strlen (secret)));
  take (forms, to_percent (secret, "0123456789ABCDEF", FALSE));
  take (forms, to_percent (secret, "0123456789abcdef", FALSE));
  take (forms, to_percent (secret, "0123456789ABCDEF", TRUE));
  if (strlen (secret) * 2 >= LEAST_PIECE)
    {
      take (forms, to_hex (secret, "0123456789abcdef"));
      take (forms, to_hex (secret, "0123456789ABCDEF"));
    }
  if (strpbrk (secret, "\r\n") != NULL)
    add_lines (forms, secret);
  return forms;
}
