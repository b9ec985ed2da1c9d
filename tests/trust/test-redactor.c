/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is taken out of a stream, and what is left. */

#include "cs-redactor.h"

#include "cs-redaction-rules.h"
#include "cs-secret-forms.h"

#include <string.h>

#define SECRET "p+w/ö 'q\"$x\\!7"

static CsRedactor *
redactor_new (const char *secret)
{
  CsRedactor *redactor = cs_redactor_new ();

  if (secret != NULL)
    cs_redactor_add_secret (redactor, secret);
  return redactor;
}

/* In two pieces. */
static char *
redact_cut (const char *secret, const char *text, gsize cut)
{
  g_autoptr (CsRedactor) redactor = redactor_new (secret);
  GString *out = g_string_new (NULL);

  cs_redactor_feed (redactor, text, cut, out);
  cs_redactor_feed (redactor, text + cut, strlen (text) - cut, out);
  cs_redactor_finish (redactor, out);
  return g_string_free (out, FALSE);
}

static char *
redact (const char *secret, const char *text)
{
  g_autoptr (CsRedactor) redactor = redactor_new (secret);

  return cs_redactor_redact (redactor, text);
}

/* Each form of a secret is found, wherever the reads were cut. */
static void
test_forms (void)
{
  g_autoptr (GPtrArray) forms = cs_secret_forms (SECRET);

  g_assert_cmpuint (forms->len, >, 10);
  for (guint i = 0; i < forms->len; i++)
    {
      const char *form = forms->pdata[i];
      g_autofree char *text = g_strdup_printf ("before <%s> after", form);

      for (gsize cut = 1; cut < strlen (text); cut++)
        {
          g_autofree char *out = redact_cut (SECRET, text, cut);

          g_assert_cmpstr (out, ==, "before <" CS_REDACTED "> after");
        }
    }
}

/* In three pieces, at every two offsets, with a look at what is there in between. */
static void
test_every_split (void)
{
  g_autoptr (GPtrArray) forms = cs_secret_forms (SECRET);

  for (guint i = 0; i < forms->len; i++)
    {
      g_autofree char *text = g_strdup_printf ("<%s>", (const char *) forms->pdata[i]);
      gsize length = strlen (text);

      for (gsize one = 0; one < length; one++)
        for (gsize two = one; two < length; two++)
          {
            g_autoptr (CsRedactor) redactor = redactor_new (SECRET);
            g_autoptr (GString) out = g_string_new (NULL);
            g_autoptr (GString) seen = g_string_new (NULL);

            cs_redactor_feed (redactor, text, one, out);
            cs_redactor_peek (redactor, seen);
            cs_redactor_feed (redactor, text + one, two - one, out);
            cs_redactor_peek (redactor, seen);
            cs_redactor_feed (redactor, text + two, length - two, out);
            cs_redactor_finish (redactor, out);
            g_assert_cmpstr (out->str, ==, "<" CS_REDACTED ">");
            g_assert_null (strstr (seen->str, SECRET));
          }
    }
}

/* Basic credentials hold the password behind a name, at any place among the groups of three. */
static void
test_base64 (void)
{
  static const char *const names[] = { "", "a", "ab", "abc", "abcd", "deploy-user" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *credentials = g_strdup_printf ("%s:%s", names[i], SECRET "tail");
      g_autofree char *base64 =
        g_base64_encode ((const guchar *) credentials, strlen (credentials));
      g_autofree char *out = redact (SECRET, base64);

      g_assert_nonnull (strstr (out, CS_REDACTED));
      g_assert_cmpuint (strlen (out), <=,
                        strlen (base64) - strlen (SECRET) * 8 / 6 + 3 + strlen (CS_REDACTED));
    }
}

/* Secrets over one another, beside one another, and the beginning of one that never comes. */
static void
test_overlaps (void)
{
  static const struct
  {
    const char *text;
    const char *out;
  } cases[] = {
    { "abcabcab", "[redacted]" },
    { "xabcabx abcab", "x[redacted]x [redacted]" },
    { "abcababcab", "[redacted][redacted]" },
    { "abca", "abca" },
    { "cabcabcd", "[redacted]" },
    { "bcabcabcda", "b[redacted]a" },
    { "cabc abcab", "cabc [redacted]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize cut = 1; cut < strlen (cases[i].text); cut++)
      {
        g_autoptr (CsRedactor) redactor = redactor_new ("abcab");
        g_autoptr (GString) out = g_string_new (NULL);

        cs_redactor_add_secret (redactor, "cabcd");
        cs_redactor_add_secret (redactor, "cabcabcd");
        cs_redactor_feed (redactor, cases[i].text, cut, out);
        cs_redactor_feed (redactor, cases[i].text + cut, strlen (cases[i].text) - cut, out);
        cs_redactor_finish (redactor, out);
        g_assert_cmpstr (out->str, ==, cases[i].out);
      }
}

static void
test_rules (void)
{
  static const struct
  {
    const char *text;
    const char *out;
  } cases[] = {
    { "password=hunter2 next", "password=[redacted] next" },
    { "Password: hunter2", "Password: [redacted]" },
    { "DB_PASSWORD=\"hun ter2\" x", "DB_PASSWORD=\"[redacted]\" x" },
    { "{\"api_key\": \"abc\\\"def\", \"n\": 1}", "{\"api_key\": \"[redacted]\", \"n\": 1}" },
    { "{\\\"password\\\":\\\"abc\\\"}", "{\\\"password\\\":\\\"[redacted]\\\"}" },
    { "'clientSecret' => 'abc'", "'clientSecret' => '[redacted]'" },
    { "export APP_KEY=base64:AAAA==", "export APP_KEY=[redacted]" },
    { "tool --token abc123 --verbose", "tool --token [redacted] --verbose" },
    { "Kennwort: geheim", "Kennwort: [redacted]" },
    { "mysql -u root -pS3cret shop", "mysql -u root -p[redacted] shop" },
    { "mysqldump -p'S3 cret' shop", "mysqldump -p'[redacted]' shop" },
    { "mysql -u root -p shop", "mysql -u root -p shop" },
    { "redis-cli -a S3cret ping", "redis-cli -a [redacted] ping" },
    { "curl -u bob:S3cret http://h/", "curl -u bob:[redacted] http://h/" },
    { "sshpass -p S3cret ssh h", "sshpass -p [redacted] ssh h" },
    { "Authorization: Bearer abc.def", "Authorization: Bearer [redacted]" },
    { "-H 'Authorization: Basic Ym9i' x", "-H 'Authorization: Basic [redacted]' x" },
    { "using bearer abcdefghijk now", "using bearer [redacted] now" },
    { "postgres://bob:S3cr@et@db:5432/x", "postgres://bob:[redacted]@db:5432/x" },
    { "AKIAIOSFODNN7EXAMPLE", "AKIA[redacted]" },
    { "ghp_0123456789abcdefghij", "ghp_[redacted]" },
    { "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y", "x [redacted] y" },
    { "card 4111 1111 1111 1111.", "card [redacted]1111." },
    { "card 5500-0000-0000-0004", "card [redacted]0004" },
    { "378282246310005", "[redacted]0005" },
    { "call +49 30 123456-78 now", "call [redacted] now" },
    { "Tel.: 030/1234567", "Tel.: [redacted]" },
    { "phone (555) 123-4567", "phone ([redacted]" },
    { "-----BEGIN RSA PRIVATE KEY-----\nAAA\nBBB\n-----END RSA PRIVATE KEY-----\nx",
      "[redacted]\nx" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *whole = redact (NULL, cases[i].text);

      g_assert_cmpstr (whole, ==, cases[i].out);
      for (gsize cut = 1; cut < strlen (cases[i].text); cut++)
        {
          g_autofree char *out = redact_cut (NULL, cases[i].text, cut);

          g_assert_cmpstr (out, ==, cases[i].out);
        }
    }
}

/* A log must stay readable: none of this is a secret. */
static void
test_left_alone (void)
{
  static const char *const texts[] = {
    "2026-11-20 12:07:24.123456 tests passed: 412, skipped_passed=3",
    "usage: 1500 tokens: 300, maxTokens unlimited",
    "DB_PASSWORD=$DB_PASSWORD --password=${SECRET} token=<TOKEN> password=null",
    "password: ******** secret: xxxx",
    "[sudo] password for deploy:",
    "git@github.com:countersign/countersign.git",
    "http://localhost:8080/a@b ssh://host:22/path",
    "pid 12345, 1732104000000 ms, 1732104000000000000 ns, v1.2345.6789",
    "4111 1111 1111 1112",
    "+0100 +12 +1 file changed",
    "a1b2c3d4-1234-5678-9abc-def012345678",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublicKeysAreNoSecret",
    "-----BEGIN PUBLIC KEY-----",
    "@import x; @ 5 €; a@b",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *out = redact (NULL, texts[i]);

      g_assert_cmpstr (out, ==, texts[i]);
    }
}

/* The same person stays the same in one stream; who it is can't be looked up. */
static void
test_email (void)
{
  g_autofree char *out = redact (NULL, "bob@example.com ann@example.com bob@example.org\n");
  g_auto (GStrv) words = g_strsplit (out, " ", -1);
  g_autofree char *other = redact (NULL, "bob@example.com");

  g_assert_true (g_str_has_suffix (words[0], "@example.com"));
  g_assert_true (g_str_has_suffix (words[2], "@example.org\n"));
  g_assert_cmpuint (strcspn (words[0], "@"), ==, 8);
  g_assert_cmpint (strncmp (words[0], words[2], 8), ==, 0);
  g_assert_cmpint (strncmp (words[0], words[1], 8), !=, 0);
  g_assert_cmpint (strncmp (words[0], other, 8), !=, 0);
}

/* A private key that comes in many reads, and one whose end never comes. */
static void
test_private_key (void)
{
  g_autoptr (CsRedactor) redactor = cs_redactor_new ();
  g_autoptr (GString) out = g_string_new (NULL);

  cs_redactor_feed (redactor, "-----BEGIN OPENSSH PRIVATE KEY-----\n", 36, out);
  for (guint i = 0; i < 20; i++)
    cs_redactor_feed (redactor, "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n", 32, out);
  cs_redactor_feed (redactor, "-----END OPENSSH PRIVATE KEY-----\nafter\n", 40, out);
  g_assert_null (strstr (out->str, "b3Bl"));
  g_assert_nonnull (strstr (out->str, "\nafter\n"));

  g_string_truncate (out, 0);
  cs_redactor_feed (redactor, "-----BEGIN PRIVATE KEY-----\n", 28, out);
  for (guint i = 0; i < 4000; i++)
    cs_redactor_feed (redactor, "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n", 32, out);
  cs_redactor_finish (redactor, out);
  g_assert_nonnull (strstr (out->str, "b3Bl"));
}

/* Someone waits for the prompt; nobody should see half a password. */
static void
test_pause (void)
{
  g_autoptr (CsRedactor) redactor = redactor_new ("hunter2hunter2");
  g_autoptr (GString) out = g_string_new (NULL);

  cs_redactor_feed (redactor, "Continue? [y/N] ", 16, out);
  cs_redactor_pause (redactor, out);
  g_assert_cmpstr (out->str, ==, "Continue? [y/N] ");
  cs_redactor_feed (redactor, "y\ntoken: ", 9, out);
  cs_redactor_pause (redactor, out);
  g_assert_cmpstr (out->str, ==, "Continue? [y/N] y\ntoken: ");
  cs_redactor_feed (redactor, "abc", 3, out);
  cs_redactor_pause (redactor, out);
  g_assert_null (strstr (out->str, "abc"));
  cs_redactor_feed (redactor, "def rest\n", 9, out);
  g_assert_cmpstr (out->str, ==, "Continue? [y/N] y\ntoken: [redacted] rest\n");

  g_string_truncate (out, 0);
  cs_redactor_feed (redactor, "is hunter2", 10, out);
  cs_redactor_pause (redactor, out);
  g_assert_null (strstr (out->str, "hunter"));
  cs_redactor_feed (redactor, "hunter2 it?\n", 12, out);
  g_assert_cmpstr (out->str, ==, "is [redacted] it?\n");

  g_string_truncate (out, 0);
  cs_redactor_feed (redactor, "paid 4111 1111 ", 15, out);
  cs_redactor_pause (redactor, out);
  g_assert_null (strstr (out->str, "4111"));
  cs_redactor_feed (redactor, "1111 1111\n", 10, out);
  g_assert_cmpstr (out->str, ==, "paid [redacted]1111\n");
}

/* Bytes of any kind come out as they went in, in one read or in many, lines of any length. */
static void
test_bytes (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 300000; i++)
    g_string_append_c (text, (char) g_test_rand_int_range (0, i % 3000 == 0 ? 256 : 32));
  for (guint i = 0; i < 200000; i++)
    g_string_append_c (text, '.');
  for (guint round = 0; round < 5; round++)
    {
      g_autoptr (CsRedactor) redactor = redactor_new (round % 2 == 0 ? "....never" : NULL);
      g_autoptr (GString) out = g_string_new (NULL);
      gsize i = 0;

      while (i < text->len)
        {
          gsize size = (gsize) g_test_rand_int_range (1, 70000);

          size = MIN (size, text->len - i);
          cs_redactor_feed (redactor, text->str + i, size, out);
          i += size;
        }
      cs_redactor_finish (redactor, out);
      g_assert_cmpmem (out->str, out->len, text->str, text->len);
    }
}

/* Random text with secrets in it, in random reads: never a secret, and always the same result. */
static void
test_random (void)
{
  static const char *const words[] = { "alpha", " ", "\n", "hunter2!", "hunter", "2!",
                                       "==", "x", "hunt", "er2!", "\t", "aHVudGVyMiE=" };

  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *whole = NULL;

      for (guint i = 0; i < 60; i++)
        g_string_append (text, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
      whole = redact ("hunter2!", text->str);
      g_assert_null (strstr (whole, "hunter2!"));
      g_assert_null (strstr (whole, "aHVudGVyMi"));
      for (guint each = 0; each < 5; each++)
        {
          g_autoptr (CsRedactor) redactor = redactor_new ("hunter2!");
          g_autoptr (GString) out = g_string_new (NULL);

          for (gsize i = 0; i < text->len;)
            {
              gsize size = (gsize) g_test_rand_int_range (1, 12);

              size = MIN (size, text->len - i);
              cs_redactor_feed (redactor, text->str + i, size, out);
              i += size;
            }
          cs_redactor_finish (redactor, out);
          g_assert_cmpstr (out->str, ==, whole);
        }
    }
}

/* Lines that are too long to be waited for, and people: the same stream gives the same text. */
static void
test_same_again (void)
{
  static const char *const words[] = { "joe@example.org ", "password=hunter2 ", "x", "........",
                                       "4111 1111 1111 1111 ", "\n", "tokens: ", "abc" };

  for (guint round = 0; round < 6; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *whole = NULL;

      while (text->len < 300000)
        g_string_append (text, words[g_test_rand_int_range (0, round < 3 ? 5 : 8)]);
      for (guint each = 0; each < 4; each++)
        {
          g_autoptr (CsRedactor) redactor = redactor_new (each % 2 == 1 ? "never" : NULL);
          g_autoptr (GString) out = g_string_new (NULL);
          g_autoptr (GString) seen = g_string_new (NULL);

          cs_redactor_set_salt (redactor, "one");
          for (gsize i = 0; i < text->len;)
            {
              gsize size = (gsize) g_test_rand_int_range (1, each == 0 ? 300000 : 40000);

              size = MIN (size, text->len - i);
              cs_redactor_feed (redactor, text->str + i, size, out);
              cs_redactor_peek (redactor, seen);
              i += size;
            }
          cs_redactor_finish (redactor, out);
          g_assert_null (strstr (seen->str, "hunter2"));
          if (whole == NULL)
            whole = g_strdup (out->str);
          g_assert_cmpstr (out->str, ==, whole);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/redactor/forms", test_forms);
  g_test_add_func ("/trust/redactor/every-split", test_every_split);
  g_test_add_func ("/trust/redactor/base64", test_base64);
  g_test_add_func ("/trust/redactor/overlaps", test_overlaps);
  g_test_add_func ("/trust/redactor/rules", test_rules);
  g_test_add_func ("/trust/redactor/left-alone", test_left_alone);
  g_test_add_func ("/trust/redactor/email", test_email);
  g_test_add_func ("/trust/redactor/private-key", test_private_key);
  g_test_add_func ("/trust/redactor/pause", test_pause);
  g_test_add_func ("/trust/redactor/bytes", test_bytes);
  g_test_add_func ("/trust/redactor/random", test_random);
  g_test_add_func ("/trust/redactor/same-again", test_same_again);
  return g_test_run ();
}
