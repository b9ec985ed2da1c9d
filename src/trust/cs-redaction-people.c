/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tells of people: e-mail addresses, card numbers, phone numbers. */

#include "cs-redaction-search.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define SALT 16

static gboolean
is_local_character (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("._%+-", c) != NULL) || (guchar) c >= 0x80;
}

/* The end of a host name with a dot in it; @i if there is none. */
static gsize
find_domain_end (CsRedactionSearch *search, gsize i)
{
  gsize end = i;
  gsize dot = 0;

  for (; g_ascii_isalnum (cs_redaction_at (search, end)) || cs_redaction_at (search, end) == '-' ||
         cs_redaction_at (search, end) == '.';
       end++)
    if (cs_redaction_at (search, end) == '.' && end > i &&
        g_ascii_isalpha (cs_redaction_at (search, end + 1)))
      dot = end;
  return dot > i && g_ascii_isalpha (cs_redaction_at (search, dot + 2)) ? end : i;
}

/* Who is meant stays hidden, but the same person stays the same within what one redactor writes. */
static char *
hash_local_part (CsRedactionSearch *search, const char *local, gsize length)
{
  guint8 digest[32] = { 0 };

  gnutls_hmac_fast (GNUTLS_MAC_SHA256, search->salt, SALT, local, length, digest);
  return g_strdup_printf ("%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}

void
cs_redaction_rule_email (CsRedactionSearch *search, gsize from, gsize to)
{
  static const char *const nobody[] = { "git", "root", "noreply", "no-reply" };
  gsize begin = from;

  while (begin > 0 && from - begin < 64 && is_local_character (search->text[begin - 1]))
    begin--;
  if (begin == from || find_domain_end (search, to) == to)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (nobody); i++)
    if (strlen (nobody[i]) == from - begin &&
        g_ascii_strncasecmp (nobody[i], search->text + begin, from - begin) == 0)
      return;
  cs_redaction_mask (search, begin, from,
                     hash_local_part (search, search->text + begin, from - begin));
}

/* ISO/IEC 7812-1, annex B */
static gboolean
check_luhn (const char *digits, gsize length)
{
  guint sum = 0;

  for (gsize i = 0; i < length; i++)
    {
      guint digit = (guint) (digits[length - 1 - i] - '0') * (i % 2 == 1 ? 2 : 1);

      sum += digit > 9 ? digit - 9 : digit;
    }
  return sum % 10 == 0;
}

/* The beginnings and lengths that card issuers use. */
static gboolean
is_card (const char *digits, gsize length)
{
  int two = (digits[0] - '0') * 10 + digits[1] - '0';
  int four = two * 100 + (digits[2] - '0') * 10 + digits[3] - '0';
  gboolean known = FALSE;

  if (digits[0] == '4')
    known = length == 13 || length == 16 || length == 19;
  else if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720))
    known = length == 16;
  else if (two == 34 || two == 37)
    known = length == 15;
  else if (two == 36 || two == 38 || two == 30)
    known = length == 14;
  else if (two == 35 || two == 60 || two == 62 || two == 64 || two == 65 || two == 50 || two == 56)
    known = length >= 16 && length <= 19;
  return known && check_luhn (digits, length);
}

/* A card number: the last four digits may be told, as on a receipt. */
void
cs_redaction_rule_digits (CsRedactionSearch *search, gsize from, gsize to)
{
  char digits[20];
  gsize length = 0;
  gsize end = from;

  if (from > 0 && (cs_redaction_is_name (search->text[from - 1]) || search->text[from - 1] == '.'))
    return;
  for (gsize i = from; length < sizeof digits; i++)
    {
      char c = cs_redaction_at (search, i);

      if (g_ascii_isdigit (c))
        {
          digits[length++] = c;
          end = i + 1;
        }
      else if ((c != ' ' && c != '-') || !g_ascii_isdigit (cs_redaction_at (search, i + 1)))
        break;
    }
  if (length < 13 || length > 19 || cs_redaction_is_name (cs_redaction_at (search, end)) ||
      !is_card (digits, length))
    return;
  for (gsize left = 4; left > 0; left -= g_ascii_isdigit (search->text[end]) ? 1 : 0)
    end--;
  cs_redaction_mask (search, from, end, NULL);
}

/* An international number (ITU-T E.164): a plus, up to fifteen digits, groups. */
void
cs_redaction_rule_plus (CsRedactionSearch *search, gsize from, gsize to)
{
  gsize end = to;
  guint digits = 0;
  guint groups = 0;

  if (from > 0 && (cs_redaction_is_name (search->text[from - 1]) || search->text[from - 1] == '.'))
    return;
  for (gsize i = to - 1; digits <= 15; i++)
    {
      char c = cs_redaction_at (search, i);

      if (g_ascii_isdigit (c))
        {
          digits++;
          end = i + 1;
        }
      else if (c != '\0' && strchr (" -./()", c) != NULL)
        groups++;
      else
        break;
    }
  if (digits < 8 || digits > 15 || cs_redaction_at (search, to - 1) == '0' ||
      (groups == 0 && (from == 0 || search->text[from - 1] == '\n')))
    return;
  cs_redaction_mask (search, from, end, NULL);
}

/* Tel. 030 123456, phone: (555) 123-4567 */
void
cs_redaction_rule_phone (CsRedactionSearch *search, gsize from, gsize to)
{
  gsize begin = to;
  gsize end;
  guint digits = 0;

  if (from > 0 && cs_redaction_is_name (search->text[from - 1]))
    return;
  while (begin - to < 24 &&
         (cs_redaction_is_name (cs_redaction_at (search, begin)) ||
          strchr (".:=\"' \t", cs_redaction_at (search, begin)) != NULL) &&
         !g_ascii_isdigit (cs_redaction_at (search, begin)) &&
         cs_redaction_at (search, begin) != '\0')
    begin++;
  if (cs_redaction_at (search, begin) == '(' || cs_redaction_at (search, begin) == '+')
    begin++;
  end = begin;
  for (gsize i = begin; digits <= 15; i++)
    {
      char c = cs_redaction_at (search, i);

      if (g_ascii_isdigit (c))
        {
          digits++;
          end = i + 1;
        }
      else if (c == '\0' || strchr (" -./()", c) == NULL)
        break;
    }
  if (digits >= 6 && digits <= 15)
    cs_redaction_mask (search, begin, end, NULL);
}
