/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes connections in: as many as may be, encrypted, guarded, and not for longer than they use. */

#pragma once

#include "cs-agent-config.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _CsListener CsListener;

CsListener *cs_listener_new (SoupServer *server, CsAgentConfig *config, GError **error);
void cs_listener_free (CsListener *self);
void cs_listener_set_config (CsListener *self, CsAgentConfig *config);
void cs_listener_stop_accepting (CsListener *self);
guint cs_listener_get_n_connections (CsListener *self);
char **cs_listener_list_addresses (CsListener *self);

/* From the server's signals: a request has come, was accepted as one of ours, was answered. */
void cs_listener_request_begun (SoupServerMessage *message);
void cs_listener_request_proven (SoupServerMessage *message);
void cs_listener_request_ended (SoupServerMessage *message);

G_END_DECLS
