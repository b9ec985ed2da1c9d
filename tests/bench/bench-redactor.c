/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast output is redacted, against grep on the same bytes. */

#include "cs-redactor.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SIZE (64 * 1024 * 1024)
#define READ (64 * 1024)
#define ROUNDS 5

static const char *const lines[] = {
  "2026-11-20 12:07:24.123 INFO  [worker-3] Processed order 48213 in 12 ms, queue length 7\n",
  "GET /api/v2/customers/1042/orders?page=3 200 0.012 \"Mozilla/5.0 (X11; Linux x86_64)\"\n",
  "drwxr-xr-x  2 www-data www-data 4096 Nov 20 02:14 releases/20261120_021400\n",
  "  Compiling src/module/component.ts (432 of 1187)\n",
  "Migrating: 2026_11_18_101500_add_index_to_invoices_table ... 12.41 ms DONE\n",
  "a4f1c02e9d1b7f6655c0d8e2 refs/heads/main Clear the cache before the switch\n",
};

static GString *
make_log (void)
{
  GString *log = g_string_sized_new (SIZE + 256);
  guint i = 0;

  while (log->len < SIZE)
    g_string_append (log, lines[i++ % G_N_ELEMENTS (lines)]);
  return log;
}

/* Microseconds of one core, whatever else runs on this machine. */
static double
get_thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

static double
get_children_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double
redact (const GString *log, guint n_secrets)
{
  g_autoptr (CsRedactor) redactor = cs_redactor_new ();
  g_autoptr (GString) out = g_string_sized_new (READ * 2);
  double start;
  gsize total = 0;

  for (guint i = 0; i < n_secrets; i++)
    {
      g_autofree char *secret = g_strdup_printf ("S3cret-%u-%08x!", i, g_random_int ());

      cs_redactor_add_secret (redactor, secret);
    }
  start = get_thread_time ();
  for (gsize i = 0; i < log->len; i += READ)
    {
      cs_redactor_feed (redactor, log->str + i, MIN (READ, log->len - i), out);
      total += out->len;
      g_string_truncate (out, 0);
    }
  cs_redactor_finish (redactor, out);
  total += out->len;
  if (total != log->len)
    g_error ("%" G_GSIZE_FORMAT " bytes instead of %" G_GSIZE_FORMAT, total, log->len);
  return (double) log->len / (get_thread_time () - start);
}

static double
time_grep (const char *path)
{
  const char *argv[] = {
    "grep", "-c", "-i", "-E", "password|secret|token|authorization|[0-9]{13}|@", path, NULL
  };
  double start = get_children_time ();
  g_autoptr (GError) error = NULL;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                     NULL, NULL, NULL, NULL, NULL, &error))
    g_error ("%s", error->message);
  return (double) SIZE / (get_children_time () - start);
}

static int
compare_doubles (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

int
main (void)
{
  g_autoptr (GString) log = make_log ();
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("countersign-bench-XXXXXX", &path, &error);
  double looks[ROUNDS], secrets[ROUNDS], greps[ROUNDS];

  if (fd < 0 || !g_file_set_contents (path, log->str, (gssize) log->len, &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < ROUNDS; i++)
    {
      looks[i] = redact (log, 0);
      secrets[i] = redact (log, 10);
      greps[i] = time_grep (path);
    }
  qsort (looks, ROUNDS, sizeof looks[0], compare_doubles);
  qsort (secrets, ROUNDS, sizeof secrets[0], compare_doubles);
  qsort (greps, ROUNDS, sizeof greps[0], compare_doubles);
  printf (
    "redact, %d MB of a log, by time of one core: %.0f MB/s by looks (goal: 200 or more), "
    "%.0f MB/s with ten secrets besides; grep -iE for six patterns: %.0f MB/s (medians)\n",
    SIZE / 1024 / 1024, looks[ROUNDS / 2], secrets[ROUNDS / 2], greps[ROUNDS / 2]);
  remove (path);
  close (fd);
  return 0;
}
