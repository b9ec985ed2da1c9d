/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose keys count, for what and when: an allowed_signers file (ssh-keygen(1)). */

#define G_LOG_DOMAIN "cs-trust"

#include "cs-allowed-signers.h"

#include "cs-error.h"
#include "cs-signature.h"
#include "cs-ssh-wire.h"

#include <string.h>

typedef struct
{
  char *person;
  char *line;
  char *namespaces; /* NULL: all */
  gint64 valid_after;
  gint64 valid_before; /* 0: for ever */
  GBytes *key;
} Entry;

struct _CsAllowedSigners
{
  int references; /* atomic: read by many threads, never changed */
  GPtrArray *entries;
};

static void
entry_free (Entry *entry)
{
  g_free (entry->person);
  g_free (entry->line);
  g_free (entry->namespaces);
  g_clear_pointer (&entry->key, g_bytes_unref);
  g_free (entry);
}

static int
read_digits (const char *text, gsize n)
{
  int value = 0;

  for (gsize i = 0; i < n; i++)
    value = value * 10 + (text[i] - '0');
  return value;
}

/* YYYYMMDD[Z], YYYYMMDDHHMM[Z] or YYYYMMDDHHMMSS[Z]; local time without the Z. */
static gboolean
parse_time (const char *text, gint64 *at)
{
  gsize digits = strspn (text, "0123456789");
  gboolean utc = g_str_equal (text + digits, "Z");
  g_autoptr (GTimeZone) zone = utc ? g_time_zone_new_utc () : g_time_zone_new_local ();
  g_autoptr (GDateTime) time = NULL;

  if ((digits != 8 && digits != 12 && digits != 14) || (!utc && text[digits] != '\0'))
    return FALSE;
  time = g_date_time_new (zone, read_digits (text, 4), read_digits (text + 4, 2),
                          read_digits (text + 6, 2), digits > 8 ? read_digits (text + 8, 2) : 0,
                          digits > 8 ? read_digits (text + 10, 2) : 0,
                          digits > 12 ? read_digits (text + 12, 2) : 0);
  if (time == NULL)
    return FALSE;
  *at = g_date_time_to_unix (time) * G_USEC_PER_SEC;
  return TRUE;
}

/* Takes one word off the front: up to white space that is not in double quotes. */
static char *
take_word (const char **text)
{
  const char *start = *text + strspn (*text, " \t");
  const char *end = start;
  gboolean quoted = FALSE;

  for (; *end != '\0' && (quoted || strchr (" \t", *end) == NULL); end++)
    if (*end == '"')
      quoted = !quoted;
  *text = end;
  return end > start ? g_strndup (start, end - start) : NULL;
}

static gboolean
read_option (Entry *entry, const char *name, const char *value)
{
  if (g_ascii_strcasecmp (name, "namespaces") == 0 && value != NULL && *value != '\0' &&
      entry->namespaces == NULL)
    {
      entry->namespaces = g_strdup (value);
      return TRUE;
    }
  if (g_ascii_strcasecmp (name, "valid-after") == 0 && value != NULL && entry->valid_after == 0)
    return parse_time (value, &entry->valid_after);
  if (g_ascii_strcasecmp (name, "valid-before") == 0 && value != NULL && entry->valid_before == 0)
    return parse_time (value, &entry->valid_before);
  return FALSE;
}

/* name="value",name="value": a comma in quotes parts nothing. */
static gboolean
read_options (Entry *entry, const char *text)
{
  while (*text != '\0')
    {
      gsize length = strcspn (text, "=,");
      g_autofree char *name = g_strndup (text, length);
      g_autofree char *value = NULL;

      text += length;
      if (*text == '=')
        {
          const char *end;

          if (text[1] != '"' || (end = strchr (text + 2, '"')) == NULL)
            return FALSE;
          value = g_strndup (text + 2, end - text - 2);
          text = end + 1;
        }
      if (!read_option (entry, name, value) || (*text != ',' && *text != '\0'))
        return FALSE;
      if (*text == ',' && *++text == '\0')
        return FALSE;
    }
  return entry->valid_before == 0 || entry->valid_before > entry->valid_after;
}

static GBytes *
read_key (const char *type, const char *base64)
{
  g_autoptr (GBytes) blob = base64 != NULL ? cs_signature_decode_base64 (base64) : NULL;
  CsSshWire wire, name;

  if (blob == NULL)
    return NULL;
  wire = (CsSshWire){ g_bytes_get_data (blob, NULL), g_bytes_get_size (blob) };
  if (!cs_ssh_wire_read_string (&wire, &name) || !cs_ssh_wire_is (&name, type))
    return NULL;
  return g_steal_pointer (&blob);
}

/* The key may stand behind the options: TYPE then is the third word. */
static const char *
read_line (Entry *entry, const char *line)
{
  const char *rest = line;
  g_autofree char *person = take_word (&rest);
  g_autofree char *second = take_word (&rest);
  g_autofree char *third = take_word (&rest);
  g_autofree char *fourth = take_word (&rest);

  entry->line = g_strdup (line);
  entry->person = g_steal_pointer (&person);
  if (entry->person == NULL || strpbrk (entry->person, ",\"*?!") != NULL)
    return "it must begin with the name of one person, without wildcards";
  if (second == NULL || third == NULL)
    return "it has no key";
  entry->key = read_key (second, third);
  if (entry->key != NULL)
    return NULL;
  if (!read_options (entry, second))
    return "its options are not namespaces, valid-after and valid-before, each once, with a value "
           "in quotes";
  entry->key = read_key (third, fourth);
  return entry->key != NULL ? NULL : "its key can't be read";
}

static Entry *
find_other_owner (CsAllowedSigners *self, const Entry *entry)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *other = g_ptr_array_index (self->entries, i);

      if (g_bytes_equal (other->key, entry->key) && !g_str_equal (other->person, entry->person))
        return other;
    }
  return NULL;
}

/**
 * cs_allowed_signers_parse:
 * @text: of an allowed_signers file
 *
 * Reads the file, more strictly than OpenSSH: a line names one person, a key belongs to one person,
 * and what is not understood is an error, for who signs counts heads.
 *
 * Returns: (transfer full): the signers; %NULL with %CS_ERROR_INVALID, which names the line
 */
CsAllowedSigners *
cs_allowed_signers_parse (const char *text, GError **error)
{
  g_autoptr (CsAllowedSigners) self = g_new0 (CsAllowedSigners, 1);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  self->references = 1;
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      Entry *entry;
      const char *problem;

      if (*line == '\0' || *line == '#')
        continue;
      entry = g_new0 (Entry, 1);
      problem = read_line (entry, line);
      if (problem == NULL && find_other_owner (self, entry) != NULL)
        problem = "its key belongs to someone else already";
      if (problem != NULL)
        {
          entry_free (entry);
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID, "Line %u of allowed_signers is wrong: %s",
                       i + 1, problem);
          return NULL;
        }
      g_ptr_array_add (self->entries, entry);
    }
  return g_steal_pointer (&self);
}

/** cs_allowed_signers_ref: (transfer full): one more reference. */
CsAllowedSigners *
cs_allowed_signers_ref (CsAllowedSigners *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

/** cs_allowed_signers_unref: gives a reference back. */
void
cs_allowed_signers_unref (CsAllowedSigners *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  g_ptr_array_unref (self->entries);
  g_free (self);
}

/** cs_allowed_signers_get_n_keys: how many lines have a key. */
guint
cs_allowed_signers_get_n_keys (CsAllowedSigners *self)
{
  return self->entries->len;
}

/** cs_allowed_signers_knows: whether a line names this person. */
gboolean
cs_allowed_signers_knows (CsAllowedSigners *self, const char *person)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_str_equal (((Entry *) g_ptr_array_index (self->entries, i))->person, person))
      return TRUE;
  return FALSE;
}

/* A list of patterns, in which one with an exclamation mark takes back what the others give. */
static gboolean
matches (const char *patterns, const char *text)
{
  g_auto (GStrv) list = g_strsplit (patterns, ",", -1);
  gboolean found = FALSE;

  for (char **pattern = list; *pattern != NULL; pattern++)
    if (**pattern == '!' && g_pattern_match_simple (*pattern + 1, text))
      return FALSE;
    else
      found = found || g_pattern_match_simple (*pattern, text);
  return found;
}

static const char *
find_fault (const Entry *entry, const char *namespace_, gint64 at)
{
  if (entry->namespaces != NULL && !matches (entry->namespaces, namespace_))
    return "is not for signatures of this kind";
  if (entry->valid_after != 0 && at < entry->valid_after)
    return "is not valid yet";
  if (entry->valid_before != 0 && at > entry->valid_before)
    return "is not valid any more";
  return NULL;
}

/**
 * cs_allowed_signers_find:
 * @key: a public key, as SSH encodes it
 * @namespace_: what it signed for
 * @at: when it must be valid, in UTC microseconds
 * @line: (out) (optional) (transfer none): the line that says so
 *
 * Returns: (transfer none): whose key it is; %NULL with %CS_ERROR_AUTH if it is nobody's, or not
 *   valid for this
 */
const char *
cs_allowed_signers_find (CsAllowedSigners *self,
                         GBytes *key,
                         const char *namespace_,
                         gint64 at,
                         const char **line,
                         GError **error)
{
  g_autofree char *fingerprint = NULL;
  const char *fault = NULL, *owner = NULL;

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      if (!g_bytes_equal (entry->key, key))
        continue;
      owner = entry->person;
      fault = find_fault (entry, namespace_, at);
      if (fault != NULL)
        continue;
      if (line != NULL)
        *line = entry->line;
      return entry->person;
    }
  fingerprint = cs_signature_fingerprint_key (key);
  if (owner != NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "The key %s of %s %s", fingerprint, owner, fault);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_AUTH, "The key %s is in no line of allowed_signers",
                 fingerprint);
  return NULL;
}
