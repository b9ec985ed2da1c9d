/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes output from outside safe to show in a terminal: colours and progress pass, the rest not. */

#define G_LOG_DOMAIN "countersign"

#include "config.h"

#include "cs-output-filter.h"

#include <string.h>

/* Control sequences (ECMA-48) that pass: colours, erasing, moving the cursor. What changes modes,
 * titles or the clipboard, or makes the terminal answer, does not. */
#define PASSING_FINALS "mKGCDABEFJHfPX@"

/* What a program that draws may send besides: the bell, tabs, line feeds of all kinds, and the two
 * that choose a character set. Not ENQ, which makes a terminal answer. */
#define TERMINAL_CONTROLS "\a\b\t\n\v\f\r\016\017"

/* Longer control sequences than this are no colours. */
#define MAX_SEQUENCE 64

/* Where a last line is looked for, in bytes from the end. */
#define LAST_LINES 4096

typedef enum
{
  STATE_TEXT,
  STATE_ESCAPE,        /* after ESC */
  STATE_ESCAPE_DROP,   /* after ESC and an intermediate byte: its final byte goes as well */
  STATE_SEQUENCE,      /* in a control sequence */
  STATE_SEQUENCE_DROP, /* in a control sequence that does not pass: up to its final byte */
  STATE_STRING,        /* in OSC, DCS, SOS, PM or APC, until ST or BEL */
  STATE_STRING_ESCAPE, /* after ESC in such a string */
  STATE_C1,            /* after 0xC2, which may begin a C1 control in UTF-8 */
  STATE_STRING_C1,     /* after 0xC2 in a string: 0x9C would end it */
} State;

struct _CsOutputFilter
{
  State state;
  gboolean whole; /* for a terminal that a program draws on */
  char last;      /* the newest text byte that passed */
  GString *sequence;
};

/**
 * cs_output_filter_new:
 *
 * Makes a filter for one stream of output. It keeps its place between two feeds, so a sequence
 * that is split across reads is still found.
 *
 * Returns: (transfer full): a new filter
 */
CsOutputFilter *
cs_output_filter_new (void)
{
  CsOutputFilter *self = g_new0 (CsOutputFilter, 1);

  self->sequence = g_string_new (NULL);
  return self;
}

/**
 * cs_output_filter_new_for_terminal:
 *
 * Makes a filter for the output of a program that draws on its own terminal, such as an editor.
 * What changes the picture passes; titles, the clipboard, other strings for the terminal, and
 * moving or asking about its window do not. Line ends stay as they are.
 *
 * Returns: (transfer full): a new filter
 */
CsOutputFilter *
cs_output_filter_new_for_terminal (void)
{
  CsOutputFilter *self = cs_output_filter_new ();

  self->whole = TRUE;
  return self;
}

/**
 * cs_output_filter_free:
 * @self: a filter
 *
 * Frees @self.
 */
void
cs_output_filter_free (CsOutputFilter *self)
{
  g_string_free (self->sequence, TRUE);
  g_free (self);
}

/**
 * cs_output_filter_reset:
 * @self: a filter
 *
 * Forgets what came before, as after a gap in the output.
 */
void
cs_output_filter_reset (CsOutputFilter *self)
{
  self->state = STATE_TEXT;
  self->last = '\0';
  g_string_truncate (self->sequence, 0);
}

static void
feed_text (CsOutputFilter *self, guchar byte, GString *out)
{
  if (byte == 0x1b)
    {
      self->state = STATE_ESCAPE;
      return;
    }

  if (byte == 0xc2)
    {
      self->state = STATE_C1;
      return;
    }

  if (byte == '\n' && self->last != '\r' && !self->whole)
    g_string_append_c (out, '\r');

  if (byte >= 0x20 ? byte != 0x7f
                   : strchr (self->whole ? TERMINAL_CONTROLS : "\t\b\r\n", byte) != NULL &&
                       byte != '\0')
    g_string_append_c (out, byte);

  self->last = byte;
}

static void
begin_sequence (CsOutputFilter *self)
{
  g_string_assign (self->sequence, "\033[");
  self->state = STATE_SEQUENCE;
}

static void
feed_escape (CsOutputFilter *self, guchar byte, GString *out)
{
  if (byte == '[')
    begin_sequence (self);
  else if (strchr ("]PX^_", byte) != NULL && byte != '\0')
    self->state = STATE_STRING;
  else if (byte >= 0x20 && byte <= 0x2f)
    {
      g_string_printf (self->sequence, "\033%c", byte);
      self->state = STATE_ESCAPE_DROP;
    }
  else if (self->whole && byte >= 0x30 && byte <= 0x7e)
    {
      g_string_append_printf (out, "\033%c", byte);
      self->state = STATE_TEXT;
    }
  else if (byte != 0x1b)
    self->state = STATE_TEXT;
}

/* After ESC and an intermediate byte, such as ESC ( B, which chooses a character set. */
static void
feed_escape_end (CsOutputFilter *self, guchar byte, GString *out)
{
  if (byte >= 0x20 && byte < 0x30)
    return;
  if (self->whole && byte >= 0x30 && byte <= 0x7e && self->sequence->len == 2)
    g_string_append_printf (out, "%s%c", self->sequence->str, byte);
  self->state = byte == 0x1b ? STATE_ESCAPE : STATE_TEXT;
}

static gboolean
passes (CsOutputFilter *self, guchar final)
{
  return self->whole ? final != 't' : strchr (PASSING_FINALS, final) != NULL;
}

static void
feed_sequence (CsOutputFilter *self, guchar byte, GString *out)
{
  if (byte >= 0x40 && byte <= 0x7e)
    {
      g_string_append_c (self->sequence, byte);
      if (passes (self, byte))
        g_string_append_len (out, self->sequence->str, self->sequence->len);
      self->state = STATE_TEXT;
    }
  else if (byte == 0x1b)
    {
      self->state = STATE_ESCAPE;
    }
  else if (((byte >= '0' && byte <= ';') || (self->whole && byte >= 0x20 && byte < 0x40)) &&
           self->sequence->len < MAX_SEQUENCE)
    {
      g_string_append_c (self->sequence, byte);
    }
  else
    {
      /* Private parameters, intermediates, or too long: read on to the final byte, but let that be
       * one which does not pass. */
      g_string_truncate (self->sequence, 0);
      self->state = byte < 0x20 ? STATE_TEXT : STATE_SEQUENCE_DROP;
    }
}

static void
feed_c1 (CsOutputFilter *self, guchar byte, GString *out)
{
  self->state = STATE_TEXT;

  if (byte == 0x9b)
    {
      begin_sequence (self);
    }
  else if (byte == 0x90 || byte == 0x98 || byte == 0x9d || byte == 0x9e || byte == 0x9f)
    {
      self->state = STATE_STRING;
    }
  else if (byte < 0x80 || byte > 0x9f)
    {
      g_string_append_c (out, (char) 0xc2);
      self->last = (char) 0xc2;
      feed_text (self, byte, out);
    }
}

static void
feed_byte (CsOutputFilter *self, guchar byte, GString *out)
{
  switch (self->state)
    {
    case STATE_TEXT:
      feed_text (self, byte, out);
      break;
    case STATE_ESCAPE:
      feed_escape (self, byte, out);
      break;
    case STATE_ESCAPE_DROP:
      feed_escape_end (self, byte, out);
      break;
    case STATE_SEQUENCE_DROP:
      if (byte >= 0x40 || byte < 0x20)
        self->state = byte == 0x1b ? STATE_ESCAPE : STATE_TEXT;
      break;
    case STATE_SEQUENCE:
      feed_sequence (self, byte, out);
      break;
    case STATE_STRING:
      if (byte == 0x1b)
        self->state = STATE_STRING_ESCAPE;
      else if (byte == 0xc2)
        self->state = STATE_STRING_C1;
      else if (byte == '\a')
        self->state = STATE_TEXT;
      break;
    case STATE_STRING_ESCAPE:
      self->state = byte == '\\' ? STATE_TEXT : byte == 0x1b ? STATE_STRING_ESCAPE
                                                             : STATE_STRING;
      break;
    case STATE_C1:
      feed_c1 (self, byte, out);
      break;
    case STATE_STRING_C1:
      self->state = byte == 0x9c ? STATE_TEXT : STATE_STRING;
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * cs_output_filter_feed:
 * @self: a filter
 * @data: (array length=length): bytes as a command printed them
 * @length: how many
 * @out: what may be shown is appended here
 *
 * Passes text, colours and cursor movement; line ends become carriage return and line feed, as
 * a terminal without a line discipline needs them.
 */
void
cs_output_filter_feed (CsOutputFilter *self, const char *data, gsize length, GString *out)
{
  for (gsize i = 0; i < length; i++)
    feed_byte (self, (guchar) data[i], out);
}

static char *
strip_sequences (const char *text)
{
  GString *plain = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (*c != '\033')
      g_string_append_c (plain, *c);
    else
      while (c[1] != '\0' && !g_ascii_isalpha (*c) && *c != '@')
        c++;
  return g_string_free (plain, FALSE);
}

/**
 * cs_output_filter_dup_last_line:
 * @bytes: of an output
 * @length: how many characters at most
 *
 * Finds what a command said last. What overwrites a line (progress) counts as a line.
 *
 * Returns: (transfer full) (nullable): plain text in valid UTF-8; %NULL if there is only space
 */
char *
cs_output_filter_dup_last_line (GBytes *bytes, gsize length)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  gsize skip = size > LAST_LINES ? size - LAST_LINES : 0;
  CsOutputFilter *filter = cs_output_filter_new ();
  g_autoptr (GString) safe = g_string_new (NULL);
  g_autofree char *plain = NULL;
  g_auto (GStrv) lines = NULL;
  guint i;

  cs_output_filter_feed (filter, data + skip, size - skip, safe);
  cs_output_filter_free (filter);
  plain = strip_sequences (safe->str);
  lines = g_strsplit_set (plain, "\r\n", -1);
  for (i = g_strv_length (lines); i > 0; i--)
    {
      g_autofree char *valid = g_utf8_make_valid (g_strstrip (lines[i - 1]), -1);

      if (*valid != '\0')
        return g_utf8_substring (valid, 0, MIN ((glong) length, g_utf8_strlen (valid, -1)));
    }
  return NULL;
}
