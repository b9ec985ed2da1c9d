/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes the frames of a run apart while they come. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _CsAgentFrames CsAgentFrames;

/* The run as it was when the stream began. */
typedef void (*CsAgentFramesBegan) (JsonNode *run, gpointer user_data);
/* Output, in order and without gap. */
typedef void (*CsAgentFramesOutput) (const guint8 *data, gsize length, gpointer user_data);

CsAgentFrames *cs_agent_frames_new (GInputStream *stream,
                                    CsAgentFramesBegan began,
                                    gpointer began_data,
                                    CsAgentFramesOutput output,
                                    gpointer output_data);
void cs_agent_frames_free (CsAgentFrames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAgentFrames, cs_agent_frames_free)

/* Whole frames so far. */
guint cs_agent_frames_get_count (CsAgentFrames *self);

/* The run as it ended. PROTOCOL for what are no frames; any other error, or G_IO_ERROR_CLOSED, if
 * the stream was cut. */
void cs_agent_frames_read_async (CsAgentFrames *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
JsonNode *cs_agent_frames_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
