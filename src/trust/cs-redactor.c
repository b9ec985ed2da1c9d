/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes out of a stream of bytes what is not for everyone. */

/* Two stages. The first one knows the secrets and finds them wherever reads were split: it holds
 * back just the bytes that may begin one. The second one goes by looks, line by line: it holds back
 * the line that is not complete, unless there is a pause in which people should see what is there.
 */

#include "cs-redactor.h"

#include "cs-multi-match.h"
#include "cs-redaction-rules.h"
#include "cs-secret-forms.h"

#include <string.h>

#define MAX_LINE 65536 /* bytes that wait for the end of their line */
#define CONTEXT 1024   /* bytes before a cut in a longer line that the rules may look back at */

/* A known secret among the bytes that are held, from the first one on. */
typedef struct
{
  gssize from; /* negative: it began in what has gone on already */
  gssize to;
} Place;

struct _CsRedactor
{
  GPtrArray *forms;      /* of all secrets */
  CsMultiMatch *secrets; /* NULL until it is needed */
  guint state;
  GString *held;
  GArray *places; /* Place, in order and apart */

  CsRedactionRules *rules;
  GString *line;   /* lines on their way, the last one often not complete */
  gsize told;      /* bytes of it that have gone on already */
  gboolean within; /* what follows belongs to a mask, up to the next blank */
};

static void
wipe (GString *text)
{
  explicit_bzero (text->str, text->allocated_len);
  g_string_free (text, TRUE);
}

/**
 * cs_redactor_new:
 *
 * Returns: (transfer full): a redactor that knows no secret yet and goes by looks alone
 */
CsRedactor *
cs_redactor_new (void)
{
  CsRedactor *self = g_new0 (CsRedactor, 1);

  self->held = g_string_new (NULL);
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
  self->rules = cs_redaction_rules_new ();
  self->line = g_string_new (NULL);
  return self;
}

/** cs_redactor_free: wipes the memory that held secrets. */
void
cs_redactor_free (CsRedactor *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->forms, g_ptr_array_unref);
  g_clear_pointer (&self->secrets, cs_multi_match_free);
  wipe (self->held);
  g_array_unref (self->places);
  cs_redaction_rules_free (self->rules);
  wipe (self->line);
  g_free (self);
}

/**
 * cs_redactor_set_salt:
 * @name: what the stream is called
 *
 * People's names are told apart by a hash of them, which is another one in each redactor. With a
 * salt it is the same each time that the same stream comes; before the first byte.
 */
void
cs_redactor_set_salt (CsRedactor *self, const char *name)
{
  cs_redaction_rules_set_salt (self->rules, name);
}

/**
 * cs_redactor_add_secret:
 * @secret: a value that must not be seen, in any of its forms; an empty one is ignored
 *
 * Takes a secret to look for; before the first byte.
 */
void
cs_redactor_add_secret (CsRedactor *self, const char *secret)
{
  g_return_if_fail (self->secrets == NULL);

  if (self->forms == NULL)
    self->forms = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_ptr_array_add (self->forms, cs_secret_forms (secret));
}

static void
compile (CsRedactor *self)
{
  self->secrets = cs_multi_match_new (FALSE);
  for (guint i = 0; i < self->forms->len; i++)
    {
      GPtrArray *forms = g_ptr_array_index (self->forms, i);

      for (guint j = 0; j < forms->len; j++)
        cs_multi_match_add (self->secrets, forms->pdata[j], strlen (forms->pdata[j]), i);
    }
  cs_multi_match_compile (self->secrets);
  g_clear_pointer (&self->forms, g_ptr_array_unref);
}

/* Appends a part of the line without what the masks cover. */
static void
tell (CsRedactor *self, gsize end, GArray *masks, GString *out)
{
  gsize from = self->told;

  for (guint i = 0; i < masks->len; i++)
    {
      const CsMask *mask = &g_array_index (masks, CsMask, i);

      if (mask->to <= from)
        continue;
      if (mask->from >= end)
        break;
      /* One that began before is told of already. */
      if (mask->from >= from)
        {
          g_string_append_len (out, self->line->str + from, (gssize) (mask->from - from));
          g_string_append (out, mask->replacement != NULL ? mask->replacement : CS_REDACTED);
        }
      self->within = mask->to > end || (mask->to == end && end == self->line->len);
      from = MIN (mask->to, end);
    }
  g_string_append_len (out, self->line->str + from, (gssize) (end - from));
  self->told = end;
}

/* Applies the rules to all that waits, and tells it up to @end. */
static void
apply_rules (CsRedactor *self, gsize end, GString *out)
{
  g_autoptr (GArray) masks = g_array_new (FALSE, FALSE, sizeof (CsMask));

  g_array_set_clear_func (masks, (GDestroyNotify) cs_mask_clear);
  cs_redaction_rules_find (self->rules, self->line->str, self->line->len, masks);
  self->within = FALSE;
  tell (self, end, masks, out);
}

/* A mask that reached the end of what was there goes on with the word. */
static gsize
skip_masked (CsRedactor *self, const char *bytes, gsize length)
{
  gsize i = 0;

  while (self->within && i < length && (guchar) bytes[i] > ' ')
    i++;
  if (i < length)
    self->within = FALSE;
  return i;
}

/* Where a line that is too long to be waited for is cut: behind a blank, if there is one. */
static gsize
find_cut (const GString *line)
{
  gsize cut = line->len;

  while (cut > line->len - CONTEXT && (guchar) line->str[cut - 1] > ' ')
    cut--;
  return cut > line->len - CONTEXT ? cut : line->len;
}

/* How much of what comes can be taken before a line is too long to be waited for: where a line is
 * cut must not depend on how reads were split, for the same stream is to give the same text
 * again. */
static gsize
measure_piece (CsRedactor *self, const char *bytes, gsize length)
{
  gsize room = MAX_LINE + 1 - self->line->len;
  gsize piece = 0;

  while (piece < length)
    {
      gsize most = MIN (room, length - piece);
      const char *newline = memchr (bytes + piece, '\n', most);

      if (newline == NULL)
        return piece + most;
      piece = (gsize) (newline + 1 - bytes);
      room = MAX_LINE + 1;
    }
  return piece;
}

/* Tells the lines that are complete. */
static void
tell_lines (CsRedactor *self, GString *out)
{
  const char *newline = memrchr (self->line->str, '\n', self->line->len);
  gsize complete = newline != NULL ? (gsize) (newline + 1 - self->line->str) : 0;
  gsize length = self->line->len;
  char after = self->line->str[complete];

  if (complete == 0)
    return;
  /* The rules see complete lines and the NUL that they expect; the rest stays where it is. */
  self->line->str[complete] = '\0';
  self->line->len = complete;
  apply_rules (self, complete, out);
  self->line->str[complete] = after;
  self->line->len = length;
  g_string_erase (self->line, 0, (gssize) complete);
  self->within = FALSE;
  self->told = 0;
}

static void
feed_rules (CsRedactor *self, const char *bytes, gsize length, GString *out)
{
  gsize done = 0;

  while (done < length)
    {
      gsize piece;

      done += skip_masked (self, bytes + done, length - done);
      piece = measure_piece (self, bytes + done, length - done);
      g_string_append_len (self->line, bytes + done, (gssize) piece);
      done += piece;
      tell_lines (self, out);
      if (self->line->len > MAX_LINE)
        {
          gsize cut = find_cut (self->line);

          apply_rules (self, cut, out);
          g_string_erase (self->line, 0, (gssize) (cut - MIN (cut, CONTEXT)));
          self->told = MIN (cut, CONTEXT);
        }
    }
}

/* What ends at the last byte that was read; it may have begun within a place before it. */
static void
add_place (CsRedactor *self, gsize length)
{
  Place place = { (gssize) self->held->len - (gssize) length, (gssize) self->held->len };

  while (self->places->len > 0)
    {
      const Place *last = &g_array_index (self->places, Place, self->places->len - 1);

      if (last->to <= place.from)
        break;
      place.from = MIN (place.from, last->from);
      g_array_set_size (self->places, self->places->len - 1);
    }
  g_array_append_val (self->places, place);
}

/* Hands on the first @end bytes that are held. */
static void
release (CsRedactor *self, gsize end, GString *out)
{
  gssize from = 0;
  guint done = 0;

  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = &g_array_index (self->places, Place, i);

      if (place->from < (gssize) end)
        {
          if (place->from >= 0)
            {
              feed_rules (self, self->held->str + from, (gsize) (place->from - from), out);
              feed_rules (self, CS_REDACTED, strlen (CS_REDACTED), out);
            }
          from = MIN (place->to, (gssize) end);
        }
      done += place->to <= (gssize) end;
      place->from -= (gssize) end;
      place->to -= (gssize) end;
    }
  feed_rules (self, self->held->str + from, end - (gsize) from, out);
  g_array_remove_range (self->places, 0, done);
  g_string_erase (self->held, 0, (gssize) end);
}

/**
 * cs_redactor_feed:
 * @bytes: (array length=length): what comes next, cut anywhere
 * @out: what is certain is appended
 */
void
cs_redactor_feed (CsRedactor *self, const char *bytes, gsize length, GString *out)
{
  if (self->forms != NULL && self->secrets == NULL)
    compile (self);
  if (self->secrets == NULL)
    {
      feed_rules (self, bytes, length, out);
      return;
    }
  for (gsize i = 0; i < length;)
    {
      gsize taken, matched;
      guint each, id;

      self->state = cs_multi_match_find (self->secrets, self->state, bytes + i, length - i, &taken);
      g_string_append_len (self->held, bytes + i, (gssize) taken);
      i += taken;
      each = self->state;
      if (cs_multi_match_get_match (self->secrets, &each, &id, &matched))
        add_place (self, matched);
    }
  release (self, self->held->len - cs_multi_match_get_depth (self->secrets, self->state), out);
}

/**
 * cs_redactor_pause:
 * @out: what people may see is appended
 *
 * For a moment in which nothing comes: also tells what waits for the end of its line, as a prompt
 * does, unless it could be the beginning of a secret.
 */
void
cs_redactor_pause (CsRedactor *self, GString *out)
{
  if (self->line->len > self->told &&
      !cs_redaction_rules_is_open (self->line->str, self->line->len))
    apply_rules (self, self->line->len, out);
}

/**
 * cs_redactor_peek:
 * @out: what cs_redactor_pause() would tell now is appended
 *
 * For a look at a stream that is kept as well: what is kept must not depend on when it paused, so
 * the same bytes are told again when it is certain what they are.
 */
void
cs_redactor_peek (CsRedactor *self, GString *out)
{
  g_autoptr (GArray) masks = NULL;
  gboolean within = self->within;
  gsize told = self->told;

  if (self->line->len <= self->told ||
      cs_redaction_rules_is_open (self->line->str, self->line->len))
    return;
  masks = g_array_new (FALSE, FALSE, sizeof (CsMask));
  g_array_set_clear_func (masks, (GDestroyNotify) cs_mask_clear);
  cs_redaction_rules_peek (self->rules, self->line->str, self->line->len, masks);
  tell (self, self->line->len, masks, out);
  self->told = told;
  self->within = within;
}

/**
 * cs_redactor_finish:
 * @out: what still waits is appended
 *
 * Ends the stream; another one may begin.
 */
void
cs_redactor_finish (CsRedactor *self, GString *out)
{
  if (self->secrets != NULL)
    release (self, self->held->len, out);
  apply_rules (self, self->line->len, out);
  g_string_truncate (self->line, 0);
  self->told = 0;
  self->within = FALSE;
  self->state = 0;
}

/**
 * cs_redactor_redact:
 * @text: a text that is there as a whole
 *
 * Returns: (transfer full): @text as it may be stored and shown
 */
char *
cs_redactor_redact (CsRedactor *self, const char *text)
{
  GString *out = g_string_new (NULL);

  cs_redactor_feed (self, text, strlen (text), out);
  cs_redactor_finish (self, out);
  return g_string_free (out, FALSE);
}
