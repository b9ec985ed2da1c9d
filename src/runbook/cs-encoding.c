/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes to text: UTF-8, Latin-1, and UTF-8 that was once read as something else. */

#include "cs-encoding.h"

#include "cs-codepages.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"
#define ENOUGH_KEPT 64

/* What a code page has at each byte from 0x80 on, and the way back. */
typedef struct
{
  const char *name;
  const guint16 *high; /* 128 characters; 0 where there is none */
} CodePage;

static const CodePage CODE_PAGES[] = {
  { "cp1252", CS_CODEPAGE_1252 },
  { "mac_roman", CS_CODEPAGE_MAC_ROMAN },
};

static int
byte_of (const CodePage *page, gunichar c)
{
  if (c > 0x25ca && c < 0xf000)
    return -1; /* Chinese and the like: beyond both pages */
  /* A control character C1 stands for its own byte: lenient writers keep what the page lacks. */
  if (c >= 0x80 && c < 0xa0 && page->high[c - 0x80] == 0)
    return (int) c;
  for (int i = 0; i < 128; i++)
    {
      if (page->high[i] == c && c != 0)
        return 0x80 + i;
    }
  return -1;
}

/* The bytes that a run of characters was read from; NULL if it holds one that the page lacks. */
static char *
encode_run (const CodePage *page, const char *run, gsize length, gsize *n_bytes)
{
  g_autofree char *bytes = g_malloc (length + 1);
  gsize n = 0;

  for (const char *p = run; p < run + length; p = g_utf8_next_char (p))
    {
      int byte = byte_of (page, g_utf8_get_char (p));

      if (byte < 0)
        return NULL;
      bytes[n++] = (char) byte;
    }
  bytes[n] = '\0';
  *n_bytes = n;
  return g_steal_pointer (&bytes);
}

/* A run is repaired as a whole, if its bytes are UTF-8, else mark by mark from the remnants. */
static gboolean
repair_run (const CodePage *page, const char *run, gsize length, GString *out)
{
  gsize n_bytes;
  g_autofree char *bytes = encode_run (page, run, length, &n_bytes);
  gsize at = 0;
  gboolean repaired = FALSE;

  if (bytes != NULL && g_utf8_validate_len (bytes, n_bytes, NULL))
    {
      g_string_append_len (out, bytes, (gssize) n_bytes);
      return TRUE;
    }
  while (at < length)
    {
      const CsRemnant *remnant = NULL;

      if (byte_of (page, g_utf8_get_char (run + at)) >= 0)
        remnant = cs_codepage_find_remnant (page->name, run + at, length - at);
      if (remnant != NULL)
        {
          g_string_append (out, remnant->mark);
          at += strlen (remnant->damaged);
          repaired = TRUE;
        }
      else
        {
          gsize step = (gsize) (g_utf8_next_char (run + at) - (run + at));

          g_string_append_len (out, run + at, (gssize) step);
          at += step;
        }
    }
  return repaired;
}

/* Repairs every run of characters beyond ASCII. Counts the runs that were and that were not
 * damaged; a text is damaged only if it holds none that makes sense as it is. */
static GString *
repair (const CodePage *page, const char *text, gsize length, guint *n_repaired, guint *n_kept)
{
  GString *out = g_string_sized_new (length + 1);
  const char *end = text + length;

  *n_repaired = *n_kept = 0;
  for (const char *p = text; p < end;)
    {
      const char *run = p;

      while (p < end && (guchar) *p < 0x80)
        p++;
      g_string_append_len (out, run, p - run);
      run = p;
      while (p < end && (guchar) *p >= 0x80)
        p++;
      if (p == run)
        continue;
      if (repair_run (page, run, (gsize) (p - run), out))
        (*n_repaired)++;
      else if (++(*n_kept) > ENOUGH_KEPT && *n_kept > 4 * *n_repaired)
        break; /* a text in good order: the rest need not be tried */
    }
  return out;
}

static GString *
decode_latin1 (const char *data, gsize length)
{
  GString *out = g_string_sized_new (length + length / 8 + 1);

  for (gsize i = 0; i < length; i++)
    {
      guchar byte = (guchar) data[i];
      gunichar c = byte;

      if (byte < 0x80)
        {
          g_string_append_c (out, (char) byte);
          continue;
        }
      if (byte < 0xa0 && CS_CODEPAGE_1252[byte - 0x80] != 0)
        c = CS_CODEPAGE_1252[byte - 0x80];
      g_string_append_unichar (out, c);
    }
  return out;
}

/* Most lines are ASCII, and found to be eight bytes at a time; only the others are looked at byte
 * by byte. No character reaches beyond the end of its line. */
static gboolean
is_utf8 (const char *data, gsize length)
{
  gsize at = 0;

  while (at < length)
    {
      const char *newline;
      guint64 word = 0;
      gsize end = length;

      for (; at + sizeof word <= length; at += sizeof word)
        {
          memcpy (&word, data + at, sizeof word);
          if ((word & G_GUINT64_CONSTANT (0x8080808080808080)) != 0)
            break;
        }
      newline = memchr (data + at, '\n', length - at);
      if (newline != NULL)
        end = (gsize) (newline - data) + 1;
      if (!g_utf8_validate_len (data + at, end - at, NULL))
        return FALSE;
      at = end;
    }
  return TRUE;
}

/**
 * cs_encoding_decode:
 * @data: (array length=length): bytes without NUL
 * @damage: (out) (transfer none): what was repaired: %NULL, "latin1", "cp1252" or "mac_roman"
 *
 * Makes readable text of a document's bytes. UTF-8 is taken as it is, without its byte order mark,
 * unless it is UTF-8 that was read as Windows-1252 or Mac Roman and written again: then the
 * characters that were meant are restored. Bytes that are no UTF-8 are read as Windows-1252, the
 * superset of Latin-1 that the Web reads. Lines stay lines.
 *
 * Returns: (transfer full): valid UTF-8
 */
GString *
cs_encoding_decode (const char *data, gsize length, const char **damage)
{
  gboolean ascii = TRUE;

  *damage = NULL;
  if (length >= 3 && memcmp (data, BOM, 3) == 0)
    {
      data += 3;
      length -= 3;
    }
  for (gsize i = 0; ascii && i < length; i++)
    ascii = (guchar) data[i] < 0x80;
  if (ascii)
    return g_string_new_len (data, (gssize) length);
  if (!is_utf8 (data, length))
    {
      *damage = "latin1";
      return decode_latin1 (data, length);
    }
  for (guint i = 0; i < G_N_ELEMENTS (CODE_PAGES); i++)
    {
      guint n_repaired, n_kept;
      g_autoptr (GString) out = repair (&CODE_PAGES[i], data, length, &n_repaired, &n_kept);

      if (n_repaired > n_kept)
        {
          *damage = CODE_PAGES[i].name;
          return g_steal_pointer (&out);
        }
    }
  return g_string_new_len (data, (gssize) length);
}
