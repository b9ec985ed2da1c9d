/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of trust share: a private directory, waiting, and real keys made by ssh-keygen. */

#pragma once

#include <gio/gio.h>

typedef struct
{
  char *directory;
} TrustFixture;

void trust_fixture_set_up (TrustFixture *fixture, gconstpointer data);
void trust_fixture_tear_down (TrustFixture *fixture, gconstpointer data);
char *trust_fixture_path (TrustFixture *fixture, const char *name);

/* Runs a program to its end; fails the test if it does not end with status. */
char *trust_run (int status, const char *input, const char *first, ...) G_GNUC_NULL_TERMINATED;

/* ssh-keygen -t type; gives the path of the private half. */
char *
trust_make_key (TrustFixture *fixture, const char *name, const char *type, const char *passphrase);

/* A GAsyncReadyCallback whose user_data is a GAsyncResult**, and the loop that waits for it. */
void trust_store_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *trust_wait (GAsyncResult **result);
