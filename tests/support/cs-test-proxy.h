/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network between two programs that a test can cut: TCP on loopback, relayed in a thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CsTestProxy CsTestProxy;

/* Relays every connection to port on 127.0.0.1. */
CsTestProxy *cs_test_proxy_new (guint16 port);
void cs_test_proxy_free (CsTestProxy *self);
guint16 cs_test_proxy_get_port (CsTestProxy *self);

/* Ends every connection now, with a reset; new ones can be made. */
void cs_test_proxy_cut (CsTestProxy *self);

/* The network is down: nothing goes through in either direction, and nobody is told. Up: what was
 * connected before is reset, as by a router that has forgotten it, and new connections can be
 * made. */
void cs_test_proxy_down (CsTestProxy *self);
void cs_test_proxy_up (CsTestProxy *self);

guint64 cs_test_proxy_get_relayed (CsTestProxy *self); /* bytes so far, towards the client */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTestProxy, cs_test_proxy_free)

G_END_DECLS
