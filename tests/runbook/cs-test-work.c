/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much work the importer does. The compiler calls __sanitizer_cov_trace_pc() wherever a piece
 * of code begins that has no branch in it; the linker puts __wrap_strlen() for strlen(), and the
 * like. Neither sees what GLib and the parser do by themselves. */

#include "cs-test-work.h"

#include <string.h>

/* As many bytes are about as much work as a piece of code. */
#define BYTES_OF_WORK 16

static guint64 entered;
static guint64 bytes;

guint64
cs_test_work_get (void)
{
  return entered + bytes / BYTES_OF_WORK;
}

void __sanitizer_cov_trace_pc (void);

void
__sanitizer_cov_trace_pc (void)
{
  entered++;
}

#define DECLARE(type, name, ...)    \
  type __real_##name (__VA_ARGS__); \
  type __wrap_##name (__VA_ARGS__)

DECLARE (size_t, strlen, const char *text);
DECLARE (void *, memchr, const void *text, int byte, size_t length);
DECLARE (char *, strchr, const char *text, int byte);
DECLARE (char *, strchrnul, const char *text, int byte);
DECLARE (char *, strrchr, const char *text, int byte);
DECLARE (char *, strstr, const char *text, const char *what);
DECLARE (void *, memmem, const void *text, size_t length, const void *what, size_t n);
DECLARE (size_t, strspn, const char *text, const char *accept);
DECLARE (size_t, strcspn, const char *text, const char *reject);
DECLARE (char *, strpbrk, const char *text, const char *accept);
DECLARE (void *, memcpy, void *to, const void *from, size_t length);
DECLARE (void *, memmove, void *to, const void *from, size_t length);
DECLARE (void *, memset, void *to, int byte, size_t length);
DECLARE (gpointer, g_malloc, gsize size);
DECLARE (gpointer, g_malloc0, gsize size);
DECLARE (gpointer, g_realloc, gpointer memory, gsize size);
DECLARE (char *, g_strdup, const char *text);
DECLARE (char *, g_strndup, const char *text, gsize length);

/* Up to what was found, or all of it. */
static size_t
count_search (const char *text, const char *found, size_t length)
{
  return found != NULL ? (size_t) (found - text) : length;
}

size_t
__wrap_strlen (const char *text)
{
  size_t length = __real_strlen (text);

  bytes += length;
  return length;
}

void *
__wrap_memchr (const void *text, int byte, size_t length)
{
  void *found = __real_memchr (text, byte, length);

  bytes += count_search (text, found, length);
  return found;
}

char *
__wrap_strchr (const char *text, int byte)
{
  char *found = __real_strchr (text, byte);

  bytes += found != NULL ? (size_t) (found - text) : __real_strlen (text);
  return found;
}

char *
__wrap_strchrnul (const char *text, int byte)
{
  char *found = __real_strchrnul (text, byte);

  bytes += (size_t) (found - text);
  return found;
}

char *
__wrap_strrchr (const char *text, int byte)
{
  bytes += __real_strlen (text);
  return __real_strrchr (text, byte);
}

char *
__wrap_strstr (const char *text, const char *what)
{
  char *found = __real_strstr (text, what);

  bytes += found != NULL ? (size_t) (found - text) : __real_strlen (text);
  return found;
}

void *
__wrap_memmem (const void *text, size_t length, const void *what, size_t n)
{
  void *found = __real_memmem (text, length, what, n);

  bytes += count_search (text, found, length);
  return found;
}

size_t
__wrap_strspn (const char *text, const char *accept)
{
  size_t length = __real_strspn (text, accept);

  bytes += length;
  return length;
}

size_t
__wrap_strcspn (const char *text, const char *reject)
{
  size_t length = __real_strcspn (text, reject);

  bytes += length;
  return length;
}

char *
__wrap_strpbrk (const char *text, const char *accept)
{
  char *found = __real_strpbrk (text, accept);

  bytes += found != NULL ? (size_t) (found - text) : __real_strlen (text);
  return found;
}

void *
__wrap_memcpy (void *to, const void *from, size_t length)
{
  bytes += length;
  return __real_memcpy (to, from, length);
}

void *
__wrap_memmove (void *to, const void *from, size_t length)
{
  bytes += length;
  return __real_memmove (to, from, length);
}

void *
__wrap_memset (void *to, int byte, size_t length)
{
  bytes += length;
  return __real_memset (to, byte, length);
}

gpointer
__wrap_g_malloc (gsize size)
{
  bytes += size;
  return __real_g_malloc (size);
}

gpointer
__wrap_g_malloc0 (gsize size)
{
  bytes += size;
  return __real_g_malloc0 (size);
}

gpointer
__wrap_g_realloc (gpointer memory, gsize size)
{
  bytes += size;
  return __real_g_realloc (memory, size);
}

char *
__wrap_g_strdup (const char *text)
{
  bytes += text != NULL ? __real_strlen (text) : 0;
  return __real_g_strdup (text);
}

char *
__wrap_g_strndup (const char *text, gsize length)
{
  char *copy = __real_g_strndup (text, length);

  bytes += length;
  return copy;
}
