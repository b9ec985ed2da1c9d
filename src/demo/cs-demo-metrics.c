/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts answers and how long they took, as Prometheus reads it. */

#include "cs-demo-metrics.h"

static const double bounds[] = {
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
};

struct _CsDemoMetrics
{
  char *version;
  gint64 started;                         /* seconds since 1970 */
  guint64 by_status[600];                 /* index: the HTTP status */
  guint64 buckets[G_N_ELEMENTS (bounds)]; /* index: the first bound that was not exceeded */
  guint64 count;
  double sum; /* seconds */
};

static void
append_number (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.9g", value);
  g_string_append (text, buffer);
}

static void
append_histogram (CsDemoMetrics *self, GString *text)
{
  guint64 total = 0;

  g_string_append (text, "# HELP http_request_duration_seconds Time from request to answer.\n"
                         "# TYPE http_request_duration_seconds histogram\n");
  for (gsize i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      total += self->buckets[i];
      g_string_append (text, "http_request_duration_seconds_bucket{le=\"");
      append_number (text, bounds[i]);
      g_string_append_printf (text, "\"} %" G_GUINT64_FORMAT "\n", total);
    }
  g_string_append_printf (text,
                          "http_request_duration_seconds_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT
                          "\nhttp_request_duration_seconds_sum ",
                          self->count);
  append_number (text, self->sum);
  g_string_append_printf (text, "\nhttp_request_duration_seconds_count %" G_GUINT64_FORMAT "\n",
                          self->count);
}

CsDemoMetrics *
cs_demo_metrics_new (const char *version)
{
  CsDemoMetrics *self = g_new0 (CsDemoMetrics, 1);

  self->version = g_strdup (version);
  self->started = g_get_real_time () / G_USEC_PER_SEC;
  return self;
}

void
cs_demo_metrics_count (CsDemoMetrics *self, guint status, double seconds)
{
  if (status < G_N_ELEMENTS (self->by_status))
    self->by_status[status]++;
  self->count++;
  self->sum += seconds;
  for (gsize i = 0; i < G_N_ELEMENTS (bounds); i++)
    if (seconds <= bounds[i])
      {
        self->buckets[i]++;
        break;
      }
}

/* The text exposition format, version 0.0.4. */
char *
cs_demo_metrics_to_text (CsDemoMetrics *self)
{
  GString *text = g_string_new ("# HELP http_requests_total Answers, by status.\n"
                                "# TYPE http_requests_total counter\n");

  for (gsize status = 0; status < G_N_ELEMENTS (self->by_status); status++)
    if (self->by_status[status] > 0)
      g_string_append_printf (text,
                              "http_requests_total{status=\"%" G_GSIZE_FORMAT
                              "\"} %" G_GUINT64_FORMAT "\n",
                              status, self->by_status[status]);
  append_histogram (self, text);
  g_string_append_printf (text,
                          "# HELP greeting_build_info The version that runs.\n"
                          "# TYPE greeting_build_info gauge\n"
                          "greeting_build_info{version=\"%s\"} 1\n"
                          "# HELP process_start_time_seconds When it started, since 1970.\n"
                          "# TYPE process_start_time_seconds gauge\n"
                          "process_start_time_seconds ",
                          self->version);
  g_string_append_printf (text, "%" G_GINT64_FORMAT "\n", self->started);
  return g_string_free (text, FALSE);
}

void
cs_demo_metrics_free (CsDemoMetrics *self)
{
  g_free (self->version);
  g_free (self);
}
