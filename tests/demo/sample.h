/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample laid out in a directory of its own, with the service running on a free port. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *home; /* what XDG_DATA_HOME is for the commands of the runbook */
  char *root; /* home/countersign-sample/greeting */
} Sample;

Sample *sample_new (guint16 port);
void sample_free (Sample *sample);

int sample_prepare (const char *root, guint16 port, char **output);
int sample_run (const char *directory, const char *home, const char *script, char **output);
int sample_ctl (Sample *sample, const char *verb, char **output);
guint16 sample_get_port (Sample *sample);
char *sample_read (Sample *sample, const char *name);
void sample_write (Sample *sample, const char *name, const char *text);

G_END_DECLS
