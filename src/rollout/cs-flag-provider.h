/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What switches a feature in the world: a file on a server, a flag service. */

#pragma once

#include "cs-flag-state.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * CsFlagReading: what a provider says now
 * @state: for whom the feature is on
 * @version: what it was read from, to be compared when it is written
 * @detail: (nullable): what else the provider has to remember until then
 */
typedef struct
{
  CsFlagState *state;
  char *version;
  gpointer detail;
  GDestroyNotify free_detail;
} CsFlagReading;

void cs_flag_reading_free (CsFlagReading *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFlagReading, cs_flag_reading_free)

#define CS_TYPE_FLAG_PROVIDER (cs_flag_provider_get_type ())
G_DECLARE_INTERFACE (CsFlagProvider, cs_flag_provider, CS, FLAG_PROVIDER, GObject)

struct _CsFlagProviderInterface
{
  GTypeInterface parent;

  gboolean (*has_everyone) (CsFlagProvider *self);
  void (*read_async) (CsFlagProvider *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  char *(*plan) (CsFlagProvider *self,
                 CsFlagReading *reading,
                 CsFlagState *wanted,
                 GError **error);
  void (*apply_async) (CsFlagProvider *self,
                       CsFlagReading *reading,
                       CsFlagState *wanted,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  void (*verify_async) (CsFlagProvider *self,
                        CsFlagState *wanted,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  void (*close_async) (CsFlagProvider *self, GAsyncReadyCallback callback, gpointer user_data);
};

/* Whether it can say "everyone", also those that nobody has listed; else it gets lists alone. */
gboolean cs_flag_provider_has_everyone (CsFlagProvider *self);

/* Reads for whom it is on. NOT_FOUND, INVALID (what is there can't be understood), UNREACHABLE,
 * AUTH, WAITING. */
void cs_flag_provider_read_async (CsFlagProvider *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CsFlagReading *
cs_flag_provider_read_finish (CsFlagProvider *self, GAsyncResult *result, GError **error);

/* What would be written, for people (transfer full). INVALID: it can't be. */
char *cs_flag_provider_plan (CsFlagProvider *self,
                             CsFlagReading *reading,
                             CsFlagState *wanted,
                             GError **error);

/* Writes it, if what is there is still what was read, and has it take effect. CONFLICT: somebody
 * has changed it meanwhile, and nothing was written. FAILED: written, but what was to follow (a
 * reload) failed. Other errors: nobody knows, read again. */
void cs_flag_provider_apply_async (CsFlagProvider *self,
                                   CsFlagReading *reading,
                                   CsFlagState *wanted,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
cs_flag_provider_apply_finish (CsFlagProvider *self, GAsyncResult *result, GError **error);

/* Reads back what is there, and what those see who use it. FAILED with what differs. */
void cs_flag_provider_verify_async (CsFlagProvider *self,
                                    CsFlagState *wanted,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
cs_flag_provider_verify_finish (CsFlagProvider *self, GAsyncResult *result, GError **error);

/* Before a program ends: connections are closed. */
void cs_flag_provider_close_async (CsFlagProvider *self,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
cs_flag_provider_close_finish (CsFlagProvider *self, GAsyncResult *result, GError **error);

/* FAILED, with what is there and what was to be there, unless both are the same. */
gboolean cs_flag_reading_check (CsFlagReading *self, CsFlagState *wanted, GError **error);

G_END_DECLS
